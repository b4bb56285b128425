//! The program that a first visit loads. `www/main.js` mounts it: see [`ackward::ui::mount`].

use ackward as _;

fn main() {}
