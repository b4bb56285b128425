//! Icons as SVG paths in a square of 18 px, and the shapes that identify messages.

use crate::diagram::ir::Icon;
use crate::diagram::picture::{Form, Kind, Point};

/// Returns the path of an icon, and whether it is filled.
pub fn glyph(icon: Icon) -> (&'static str, Kind) {
    match icon {
        // A chip with pins.
        Icon::Memory => (
            "M4 4h10v10H4ZM7 4V1.5M11 4V1.5M7 16.5V14M11 16.5V14M4 7H1.5M4 11H1.5M16.5 7H14M16.5 11H14",
            Kind::Icon,
        ),
        // A cylinder.
        Icon::Disk => (
            "M2.5 4.5c0-1.7 2.9-3 6.5-3s6.5 1.3 6.5 3v9c0 1.7-2.9 3-6.5 3s-6.5-1.3-6.5-3ZM2.5 4.5c0 1.7 2.9 3 6.5 3s6.5-1.3 6.5-3",
            Kind::Solid,
        ),
        // A cylinder behind a cylinder.
        Icon::Replicated => (
            "M6.5 3c0-1.1 2.2-2 5-2s5 .9 5 2v7c0 1.1-2.2 2-5 2s-5-.9-5-2ZM6.5 3c0 1.1 2.2 2 5 2s5-.9 5-2M1.5 8c0-1.1 2.2-2 5-2s5 .9 5 2v7c0 1.1-2.2 2-5 2s-5-.9-5-2ZM1.5 8c0 1.1 2.2 2 5 2s5-.9 5-2",
            Kind::Solid,
        ),
        Icon::Clock => ("M9 1a8 8 0 1 0 0 16a8 8 0 1 0 0-16ZM9 4.5V9l3.2 2.2", Kind::Icon),
        Icon::Check => {
            ("M9 1.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15ZM5.5 9.3l2.5 2.5l4.7-5.3", Kind::Solid)
        }
        Icon::Cross => {
            ("M9 1.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15ZM6 6l6 6M12 6l-6 6", Kind::Solid)
        }
        // A circular arrow.
        Icon::Requeue => (
            "M9 1.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15ZM12.7 9.5a3.8 3.8 0 1 1-1.3-3.2M11.9 3.6v3.1H8.8",
            Kind::Icon,
        ),
        // A tray with something in it.
        Icon::DeadLetter => (
            "M1.5 10.5L4 3h10l2.5 7.5V16h-15ZM1.5 10.5H6c0 1.6 1.3 2.5 3 2.5s3-.9 3-2.5h4.5",
            Kind::Solid,
        ),
        Icon::Note => ("M9 5a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z", Kind::Solid),
    }
}

/// A crash: a star with eight rays and a ✕ in it, in a square of 20 px.
pub const BURST: &str = "M10 0l2.2 4.4L17 2.9l-1.5 4.8L20 10l-4.5 2.3L17 17.1l-4.8-1.5L10 20l-2.2-4.4L3 17.1l1.5-4.8L0 10l4.5-2.3L3 2.9l4.8 1.5ZM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4";

/// A restart: a power symbol, in a square of 20 px.
pub const POWER: &str = "M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM10 5v5M6.6 7.2a4.6 4.6 0 1 0 6.8 0";

/// Returns the shape of a message: circle, square, triangle or diamond. Coordinates in tenths of a
/// px.
pub fn token(message: u8, (x, y): Point) -> Form {
    let points = match message % 4 {
        0 => return Form::Circle { centre: (x, y), radius: 40 },
        1 => vec![(x - 38, y - 38), (x + 38, y - 38), (x + 38, y + 38), (x - 38, y + 38)],
        2 => vec![(x, y - 48), (x + 48, y + 38), (x - 48, y + 38)],
        _ => vec![(x, y - 52), (x + 52, y), (x, y + 52), (x - 52, y)],
    };
    Form::Poly { points, closed: true }
}
