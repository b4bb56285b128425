//! Exports for the browser tests and the benchmark; the page itself does not use them.

use crate::catalogue;
use crate::diagram::mermaid::mermaid;

/// Returns the text trace of a scenario, to be compared byte for byte with the native one. Empty
/// for an unknown scenario.
pub fn trace_text(id: &str) -> String {
    catalogue::run_view(id).map_or_else(String::new, |view| crate::present::text(&view))
}

/// Returns the diagram of a scenario as Mermaid text. Empty for an unknown scenario.
pub fn mermaid_text(id: &str) -> String {
    catalogue::run_view(id).map_or_else(String::new, |view| mermaid(&view.diagram, &view.title))
}
