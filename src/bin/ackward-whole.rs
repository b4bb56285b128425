//! The whole program. It does nothing by itself: `www/main.js` mounts it as the page, and a worker
//! may call what it exports without one.

use ackward as _;

fn main() {}
