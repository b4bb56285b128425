//! The program that a first visit loads. `www/boot.js` mounts it: see [`ackward::ui::mount`].

use ackward as _;

fn main() {}
