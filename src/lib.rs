//! Ackward: a model checker and visualizer for message-delivery guarantees.
//!
//! Modules, in the direction of data flow. Each one uses only the modules named with it:
//!
//! - [`sim`]: the model: actors, network and stores, with [`sim::World::choices`] and
//!   [`sim::World::step`]. Uses nothing else.
//! - [`products`]: what is particular to each product besides its state machine: its terms, its
//!   usual changes, what a verdict takes for granted of it, what time its calls take. Uses `sim`.
//! - [`text`]: labels and sentences for events. Uses `sim` and `products`.
//! - [`check`]: the model checker. Explores every run within bounds: which properties hold, what
//!   violates them, why, and what would prevent it. Uses `sim`, `products` and `text`.
//! - [`simulate`]: stochastic simulation in virtual time: how often each outcome occurs, and how
//!   long it takes. Uses `sim`, `products` and `check`.
//! - [`diagram`]: a run as a sequence diagram: IR, layout, display list, SVG. Uses `sim`,
//!   `products` and `text`.
//! - [`catalogue`]: scenarios and presets, as data. Uses `sim`, `diagram` and `present`.
//! - [`present`]: a run prepared for display: steps, code, state, verdict. Uses `sim`, `products`,
//!   `text`, `check` and `diagram`.
//! - [`lab`]: settings by name: what each one means, how to change it, how two configurations
//!   differ. Uses `sim`, `products`, `check` and `did_you_mean`.
//! - [`choose`]: from requirements to the configurations that provably meet them. Uses `sim`,
//!   `products`, `check`, `simulate`, `catalogue`, `lab` and `choices`.
//! - [`evidence`]: recorded runs of real products, held against the model. Uses `sim`, `check`,
//!   `catalogue` and `present`.
//! - [`did_you_mean`]: suggestions for mistyped names. Uses nothing else.
//! - `choices`: enumerations with keys and labels. Uses nothing else.
//! - [`icons`]: icons as SVG paths. Uses nothing else.
//! - `import`: configuration files of other programs, with their frameworks' defaults, as settings
//!   and a verdict, behind the feature `import`. Uses `sim`, `text`, `check`, `catalogue`,
//!   `present`, `lab`, `did_you_mean` and `choices`.
//! - [`protocol`]: what the page asks its worker, and the answers. Uses `sim`, `check`,
//!   `simulate` and `present`.
//! - `worker`: the web worker, which answers whatever takes longer than a frame: verdicts, fixes,
//!   the fault matrix, costs, random runs, configuration files; behind the feature `import`. Uses
//!   `sim`, `text`, `check`, `simulate`, `catalogue`, `present`, `evidence`, `lab`, `import` and
//!   `protocol`.
//! - [`site`]: the pages of the site as plain HTML, for readers, printers and search engines, until
//!   the program has come or without it. Uses `sim`, `text`, `check`, `diagram`, `catalogue`,
//!   `present`, `evidence`, `protocol` and `icons`.
//! - `ui`: the web page, behind the feature `browser`. Uses all of the above but `products`,
//!   `import`, `worker`, `site` and `choices`.
//! - `cli`: the command-line program, behind the feature `cli`. Uses all of the above but
//!   `products`, `ui`, `worker`, `protocol`, `icons` and `choices`.
//!
//! [`sim`], [`products`], [`text`], [`check`], [`simulate`] and [`diagram`] form a package of
//! their own (`src/core`, `ackward-core`): the compiler enforces that they depend on nothing else,
//! and they are optimized for speed where the page is optimized for size.
//!
//! Rules that hold everywhere:
//!
//! - Only `ui` and the programs of the page (`main`, `bin`) use yew, web-sys, wasm-bindgen or gloo;
//!   the rest builds without them.
//!   Only `cli` uses clap.
//! - The core uses no clock, no randomness and no I/O. The same scenario and schedule give the same
//!   trace, byte for byte, natively and in wasm.
//! - Events record their cause when they happen; nothing downstream runs the simulation again.

pub mod catalogue;
mod choices;
pub mod choose;
#[cfg(feature = "cli")]
pub mod cli;
pub mod did_you_mean;
pub mod evidence;
pub mod icons;
#[cfg(feature = "import")]
pub mod import;
pub mod lab;
pub mod present;
pub mod protocol;
pub mod site;
#[cfg(feature = "browser")]
pub mod ui;
#[cfg(feature = "import")]
pub mod worker;
pub use ackward_core::{check, diagram, products, sim, simulate, text};
