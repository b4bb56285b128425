//! Keyboard shortcuts, and which keys belong to the focused element.

use crate::ui::state::predict::{self, Guess};
use crate::ui::state::{Msg, Overlay};

/// A key press.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// The value of `KeyboardEvent.key`: "ArrowLeft", " ", "?".
    pub key: &'a str,
    /// Ctrl, Alt or Meta is held: the browser handles the key.
    pub chord: bool,
    pub focus: Focus,
    /// A modal dialog is open and handles all keys.
    pub dialog: bool,
}

/// The kinds of focused elements, by which keys they handle themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// An element that handles no keys.
    Page,
    /// A button or link: Space activates it.
    Button,
    /// The scrubber: arrow keys, Home and End move it.
    Slider,
    /// A text field or select element: handles all keys.
    Field,
}

/// Returns the message for a key press, if any.
pub fn command(press: Press) -> Option<Msg> {
    if press.chord || press.dialog || press.focus == Focus::Field {
        return None;
    }
    let slider = press.focus == Focus::Slider;
    match press.key {
        "ArrowLeft" if !slider => Some(Msg::Back),
        "ArrowRight" if !slider => Some(Msg::Forward),
        "Home" if !slider => Some(Msg::First),
        "End" if !slider => Some(Msg::Last),
        " " if press.focus != Focus::Button => Some(Msg::PlayPause),
        "b" => Some(Msg::Open(Overlay::Chances)),
        "s" => Some(Msg::Open(Overlay::Share)),
        "z" => Some(Msg::Undo),
        "y" => Some(Msg::Redo),
        "?" => Some(Msg::Open(Overlay::Help)),
        "/" => Some(Msg::FocusSearch),
        key => Guess::of_key(key).map(|guess| Msg::Predict(predict::Msg::Answer(guess))),
    }
}

/// The keys and their effects, for the help dialog.
pub const LIST: [(&[&str], &str); 12] = [
    (&["→"], "One step forward"),
    (&["←"], "One step back"),
    (&["Space"], "Play or pause"),
    (&["Home"], "First step"),
    (&["End"], "Last step"),
    (&["b"], "Inject a fault at this step"),
    (&["0", "1", "2", "d"], "Predict the outcome"),
    (&["z", "y"], "Undo, redo"),
    (&["s"], "Share and export"),
    (&["/"], "Find a scenario"),
    (&["?"], "This help"),
    (&["Esc"], "Close dialog"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, focus: Focus) -> Option<Msg> {
        command(Press { key, chord: false, focus, dialog: false })
    }

    #[test]
    fn keys_step() {
        assert_eq!(press("ArrowRight", Focus::Page), Some(Msg::Forward));
        assert_eq!(press("ArrowRight", Focus::Button), Some(Msg::Forward));
        assert_eq!(press(" ", Focus::Page), Some(Msg::PlayPause));
        assert_eq!(press(" ", Focus::Slider), Some(Msg::PlayPause));
        assert_eq!(press("End", Focus::Page), Some(Msg::Last));
        assert_eq!(press("x", Focus::Page), None);
    }

    #[test]
    fn keys_of_the_focused_control_stay_its_own() {
        assert_eq!(press(" ", Focus::Button), None);
        assert_eq!(press("ArrowLeft", Focus::Slider), None);
        assert_eq!(press("Home", Focus::Slider), None);
        for key in ["?", "/", " ", "ArrowLeft", "End"] {
            assert_eq!(press(key, Focus::Field), None);
        }
    }

    #[test]
    fn chords_and_dialogs_are_left_alone() {
        let back = Press { key: "ArrowLeft", chord: true, focus: Focus::Page, dialog: false };
        assert_eq!(command(back), None);
        let help = Press { key: " ", chord: false, focus: Focus::Page, dialog: true };
        assert_eq!(command(help), None);
    }
}
