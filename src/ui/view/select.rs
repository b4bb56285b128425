//! A controlled `<select>` element, which always shows the model's value: a native one keeps the
//! user's choice, even if it was rejected or undone.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// The accessible name, if there is no label.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    pub value: AttrValue,
    pub onchange: Callback<String>,
    /// The options.
    pub children: Html,
}

#[component]
pub fn Select(props: &Props) -> Html {
    let select = use_node_ref();
    {
        let (select, value) = (select.clone(), props.value.clone());
        use_effect(move || {
            if let Some(select) = select.cast::<HtmlSelectElement>().filter(|s| s.value() != *value)
            {
                select.set_value(&value);
            }
        });
    }
    let onchange = props.onchange.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    });
    html! {
        <select ref={select} id={props.id.clone()} aria-label={props.label.clone()} {onchange}>
            { props.children.clone() }
        </select>
    }
}
