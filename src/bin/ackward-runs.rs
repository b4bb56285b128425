//! The WebAssembly program that can run any configuration; see [`ackward::ui::RUNS`]. `www/main.js`
//! mounts it.

use ackward as _;

fn main() {}
