//! Icons as SVG paths on a square of 24, since a font may lack their glyphs.

pub const FIRST: &str = "M6 5v14M18 5l-8 7 8 7";
pub const BACK: &str = "M15 5l-8 7 8 7";
pub const FORWARD: &str = "M9 5l8 7-8 7";
pub const LAST: &str = "M18 5v14M6 5l8 7-8 7";
pub const CROSS: &str = "M6 6l12 12M18 6L6 18";
pub const CHECK: &str = "M4.5 12.5l5 5.5L19.5 6.5";
pub const LIST: &str = "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10";
pub const SEARCH: &str = "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21";
pub const UP: &str = "M5 15l7-8 7 8";
pub const DOWN: &str = "M5 9l7 8 7-8";
pub const UNDO: &str = "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3";
pub const REDO: &str = "M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h3";
pub const SHARE: &str = "M12 15V3M7.5 7.5L12 3l4.5 4.5M5 12v8h14v-8";
pub const SUN: &str = "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v3M12 19v3M2 12h3M19 12h3M4.9 4.9L7 7M17 17l2.1 2.1M19.1 4.9L17 7M7 17l-2.1 2.1";
pub const MOON: &str = "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z";
pub const AGAIN: &str = "M4 12a8 8 0 1 0 3-6.2M4 4v4.5h4.5";

pub const LINK: &str = "M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1.5-1.5";

pub const STOP: &str = "M6 6h12v12H6z";
pub const PLAY: &str = "M7 4.5v15l13-7.5z";
pub const PAUSE: &str = "M6.5 5h4v14h-4zM13.5 5h4v14h-4z";
pub const BOLT: &str = "M14 2L5 13.5h5.5L9 22l10-12.5h-6z";

/// Returns the shape that marks a message on its arrows; the message's number determines it.
pub const fn message(number: usize) -> &'static str {
    match number % 4 {
        0 => "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16z",
        1 => "M5 5h14v14H5z",
        2 => "M12 3.5L21 19.5H3z",
        _ => "M12 2.5L21.5 12L12 21.5L2.5 12z",
    }
}
