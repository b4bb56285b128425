//! Which key does what, and when a key belongs to the field that has the focus.

use crate::ui::state::{Msg, Overlay};

/// A key press.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// As the browser names it: "ArrowLeft", " ", "?".
    pub key: &'a str,
    /// Ctrl, Alt or Meta is held: the key is the browser's.
    pub chord: bool,
    pub focus: Focus,
    /// A dialog is open and has the keys to itself.
    pub dialog: bool,
}

/// What has the focus, as far as it wants keys for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nothing that wants keys.
    Page,
    /// A button or link: Space presses it.
    Button,
    /// The scrubber: it moves by arrows, Home and End.
    Slider,
    /// A text field or a choice: all keys.
    Field,
}

/// What the press asks for.
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
        _ => None,
    }
}

/// The keys and what they do, for the help.
pub const LIST: [(&[&str], &str); 11] = [
    (&["→"], "One step forward"),
    (&["←"], "One step back"),
    (&["Space"], "Play or pause"),
    (&["Home"], "To the start"),
    (&["End"], "To the end"),
    (&["b"], "Break it at this step"),
    (&["z", "y"], "Undo, redo"),
    (&["s"], "Share and take away"),
    (&["/"], "Find a scenario"),
    (&["?"], "This help"),
    (&["Esc"], "Close this help"),
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
