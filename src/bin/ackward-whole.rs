//! The WebAssembly program with all features. It does nothing on startup: `www/main.js` mounts it
//! as the page, and a web worker can call its exports without mounting it.

use ackward as _;

fn main() {}
