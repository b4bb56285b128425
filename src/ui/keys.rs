//! Keyboard shortcuts, and which keys belong to the focused element.

use crate::ui::state::predict::{self, Guess};
use crate::ui::state::{Msg, Overlay};

/// A key press.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// The value of `KeyboardEvent.key`: "ArrowLeft", " ", "?".
    pub key: &'a str,
    /// Ctrl, Alt or Meta is held: the browser handles the key, unless it opens the palette.
    pub chord: bool,
    /// Ctrl or Meta is held, and neither Alt nor Shift.
    pub control: bool,
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
    // From any field or dialog: the browser would go to its own search field.
    if press.control && press.key.eq_ignore_ascii_case("k") {
        return Some(Msg::Open(Overlay::Palette));
    }
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
pub const LIST: [(&[&str], &str); 13] = [
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
    (&["Ctrl+K", "⌘K"], "Command palette: find anything, run any action"),
    (&["?"], "This help"),
    (&["Esc"], "Close dialog"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, focus: Focus) -> Option<Msg> {
        command(Press { key, chord: false, control: false, focus, dialog: false })
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
        let plain =
            Press { key: " ", chord: false, control: false, focus: Focus::Page, dialog: false };
        assert_eq!(command(Press { key: "ArrowLeft", chord: true, ..plain }), None);
        assert_eq!(command(Press { dialog: true, ..plain }), None);
    }

    #[test]
    fn the_palette_opens_from_everywhere() {
        let palette = Some(Msg::Open(Overlay::Palette));
        for (focus, dialog) in [(Focus::Page, false), (Focus::Field, false), (Focus::Field, true)] {
            let press = Press { key: "k", chord: true, control: true, focus, dialog };
            assert_eq!(command(press), palette);
            assert_eq!(command(Press { control: false, ..press }), None);
            assert_eq!(command(Press { key: "j", ..press }), None);
        }
    }
}
