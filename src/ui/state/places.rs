//! The pages of the site, as its navigation and the command palette list them.

use super::{Model, Page, Run};
use crate::ui::share::{Address, Compared, Config, Shown};

/// A page of the site.
pub struct Place {
    pub name: &'static str,
    /// What it is for, in lower case, for a search.
    pub about: &'static str,
    pub address: Address,
    /// The page is on screen.
    pub here: bool,
}

/// Returns the pages of the site.
pub fn places(model: &Model) -> [Place; 8] {
    let page = &model.page;
    let lab = model.run().is_some_and(|run| run.lab);
    // From a scenario, the Lab starts with its configuration.
    let to_lab = match (model.run(), model.trial()) {
        (Some(run), _) => run.in_lab(),
        (_, Some(trial)) => trial.in_lab(),
        _ => Address::Run(Shown::new(Config::default(), true)),
    };
    // The same for a comparison.
    let compared = model.run().map_or_else(Compared::default, Run::compared);
    let place = |name, about, address, here| Place { name, about, address, here };
    [
        place(
            "Scenarios",
            "home, catalogue of failures",
            Address::Home,
            matches!(page, Page::Run(_) | Page::Missing(_) | Page::Overview(..) | Page::Course)
                && !lab,
        ),
        place(
            "Check yours",
            "check configuration files of your own, import",
            Address::CheckFiles,
            matches!(page, Page::CheckFiles),
        ),
        place("Lab", "change settings, build a configuration", to_lab, lab),
        place(
            "Compare",
            "configurations side by side under the same faults",
            Address::Compare(compared),
            matches!(page, Page::Compare(_)),
        ),
        place(
            "Fault matrix",
            "every preset against every fault",
            Address::Matrix(Vec::new()),
            matches!(page, Page::Matrix(..)),
        ),
        place(
            "Simulate",
            "random runs, failure rates",
            model.at_random(),
            matches!(page, Page::Chaos),
        ),
        place(
            "Cost",
            "latency, throughput, round trips and fsyncs of every preset",
            Address::Cost(Vec::new()),
            matches!(page, Page::Cost(..)),
        ),
        place(
            "Advisor",
            "find a configuration that meets your requirements",
            Address::Choose(Vec::new()),
            matches!(page, Page::Choose(..)),
        ),
    ]
}
