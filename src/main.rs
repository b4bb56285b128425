//! The WebAssembly program that a first visit loads. `www/main.js` mounts it with
//! [`ackward::ui::mount`].

use ackward as _;

fn main() {}
