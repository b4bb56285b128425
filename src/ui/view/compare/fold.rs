//! Controls that a narrow window folds away behind a button, so that the diagram has room. Where
//! there is room, the styles show them and no button.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The content of the button.
    pub label: Html,
    pub children: Html,
}

#[component]
pub fn Fold(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    html! {
        <div class={classes!("fold", open.then_some("unfolded"))}>
            <button type="button" class="fold-button" aria-expanded={open.to_string()} {onclick}>
                { props.label.clone() }
            </button>
            <div class="folded">{ props.children.clone() }</div>
        </div>
    }
}
