//! A text field.

use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub id: AttrValue,
    pub value: AttrValue,
    #[prop_or_default]
    pub numeric: bool,
    /// The id of the element that describes the field (`aria-describedby`).
    #[prop_or_default]
    pub about: Option<AttrValue>,
    /// The text was rejected and stays to be corrected; `value` holds until then.
    #[prop_or_default]
    pub refused: bool,
    pub onchange: Callback<String>,
}

/// Renders a text field. Text that is being typed survives a re-render.
#[component]
pub fn Typed(props: &Props) -> Html {
    let input = use_node_ref();
    let typed = use_mut_ref(|| None::<String>);
    // Counted, since the text may be another spelling of the current value: "1.0" for "1".
    let tries = use_state(|| 0_u32);
    {
        let (input, typed) = (input.clone(), typed.clone());
        let now = (props.value.clone(), props.refused, *tries);
        use_effect_with(now, move |(value, refused, _)| {
            // A later rejection must not restore text that was accepted.
            let kept = if *refused { typed.borrow().clone() } else { typed.take() };
            let shown = kept.as_deref().filter(|_| *refused).unwrap_or(value);
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.set_value(shown);
            }
        });
    }
    let onchange = {
        let changed = props.onchange.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            *typed.borrow_mut() = Some(input.value());
            tries.set(*tries + 1);
            changed.emit(input.value());
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
            aria-invalid={props.refused.then_some("true")}
            {onchange}
        />
    }
}
