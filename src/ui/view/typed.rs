//! A field that is typed into.

use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub id: AttrValue,
    pub value: AttrValue,
    #[prop_or_default]
    pub numeric: bool,
    /// What else is to be read with it.
    #[prop_or_default]
    pub about: Option<AttrValue>,
    pub onchange: Callback<String>,
}

/// A value that is typed. What is being typed stays while the page around it changes.
#[component]
pub fn Typed(props: &Props) -> Html {
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(props.value.clone(), move |value| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.set_value(value);
            }
        });
    }
    let onchange = {
        let (value, changed) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let typed = input.value();
            // Should it be refused, the old value stays.
            input.set_value(&value);
            changed.emit(typed);
        })
    };
    html! {
        <input
            ref={input}
            id={props.id.clone()}
            type="text"
            inputmode={props.numeric.then_some("numeric")}
            spellcheck="false"
            autocomplete="off"
            aria-describedby={props.about.clone()}
            {onchange}
        />
    }
}
