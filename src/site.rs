//! The pages of the site as plain HTML: for each scenario, group and preset, and for each section,
//! what can be read before the program runs, or without it.
//!
//! The build writes them (`www/after-build.mjs`), each at the address that the page itself gives it
//! (`src/ui/share.rs`), and puts the head of `index.html` above them. When the program has come, it
//! replaces the content; the markup therefore has the classes and the places of `src/ui/view`.

mod figure;
mod framed;
mod lists;
mod preset;
mod scenario;
mod sections;
mod shell;

pub use figure::figure;

use crate::catalogue;
use crate::check::usual;
use crate::protocol::{Question, Search, Verdict};
use crate::sim::{Class, Scenario};
use serde::Serialize;
use std::collections::HashMap;

/// A page without its head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its folder below that of the site, with a slash at its end; empty for the home page.
    pub path: String,
    pub title: String,
    /// What it shows, in a sentence or two, for search engines and previews.
    pub description: String,
    /// The content of its body.
    pub body: String,
    /// What is shown in a frame of another page: it has neither a description nor an entry in the
    /// sitemap.
    pub framed: bool,
}

/// All that the build writes.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    pub pages: Vec<Page>,
    /// The catalogue as text, for programs that read.
    pub llms: String,
}

/// The faults in a run for which presets are checked.
const FAULTS: u8 = 2;

/// Returns for each preset, by its id, what the worker is to be asked of it.
pub fn questions() -> Vec<(&'static str, Question)> {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let ask = |preset: &'static Scenario| {
        let (scenario, messages) = (Box::new(preset.clone()), preset.configuration.messages);
        let kinds = Class::ALL.into_iter().filter(|&kind| usual().has(kind)).collect();
        let search = Search { scenario, messages, faults: FAULTS, kinds };
        (preset.id.as_str(), Question::Verdict(search))
    };
    presets.map(ask).collect()
}

/// Returns all pages. `checked` has the verdicts of presets by their ids.
pub fn site(checked: &HashMap<String, Verdict>) -> Site {
    let mut pages = vec![scenario::home()];
    pages.extend(catalogue::scenarios().iter().filter_map(scenario::page));
    pages.extend(catalogue::scenarios().iter().filter_map(framed::page));
    pages.extend(lists::group_pages());
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    pages.extend(presets.map(|preset| preset::page(preset, checked.get(&preset.id))));
    pages.extend(sections::pages());
    Site { pages, llms: lists::llms() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn pages() -> Vec<Page> {
        site(&HashMap::new()).pages
    }

    /// The values of an attribute in the markup.
    fn values<'a>(body: &'a str, attribute: &str) -> Vec<&'a str> {
        let start = format!(" {attribute}=\"");
        body.split(&start[..]).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn each_page_has_an_address_a_title_and_a_description_of_its_own() {
        let (mut paths, mut titles) = (HashSet::new(), HashSet::new());
        for page in pages() {
            assert!(page.path.is_empty() || page.path.ends_with('/'), "{}", page.path);
            assert!(paths.insert(page.path.clone()), "{} stands twice", page.path);
            if !page.framed && !page.path.is_empty() {
                assert!(titles.insert(page.title.clone()), "{} is called twice", page.title);
            }
            assert!(page.framed || page.description.len() > 40, "{}", page.path);
        }
        let scenarios = catalogue::scenarios().len();
        assert_eq!(paths.iter().filter(|path| path.starts_with("s/")).count(), scenarios);
        assert_eq!(paths.iter().filter(|path| path.starts_with("figure/")).count(), scenarios);
    }

    #[test]
    fn links_lead_to_pages_that_are_there() {
        let all = pages();
        let paths: HashSet<&str> = all.iter().map(|page| page.path.as_str()).collect();
        for page in &all {
            let up = "../".repeat(page.path.matches('/').count());
            for href in values(&page.body, "href") {
                if href.starts_with("https://") || href.starts_with('#') {
                    continue;
                }
                let path = href.split(['?', '#']).next().unwrap_or_default();
                let path = path.strip_prefix("./").unwrap_or(path);
                let path = path.strip_prefix(&up[..]).unwrap_or_else(|| {
                    panic!("{}: {href} does not lead below the site", page.path)
                });
                let file = path == "llms.txt";
                assert!(file || paths.contains(path), "{}: {href}", page.path);
            }
        }
    }

    #[test]
    fn a_strict_policy_refuses_nothing_of_them() {
        for page in pages() {
            for refused in [" style=", "<style", "<script", " onclick", "javascript:"] {
                assert!(!page.body.contains(refused), "{} has {refused}", page.path);
            }
        }
    }

    #[test]
    fn a_scenario_tells_its_steps_its_outcome_its_fix_and_its_sources() {
        let all = pages();
        let page = all.iter().find(|page| page.path == "s/kafka-acks-1/").expect("it is there");
        let run = catalogue::run_view("kafka-acks-1").expect("it is there");
        for moment in &run.moments[1..] {
            assert!(page.body.contains(&crate::diagram::svg::escaped(&moment.sentence)));
        }
        assert!(page.title.contains("acks=1"), "{}", page.title);
        assert!(page.description.contains("lost"), "{}", page.description);
        assert!(page.body.contains("../../s/kafka-acks-all/"));
        assert!(run.sources.iter().all(|source| page.body.contains(&source.page)));
        assert!(page.body.contains("<svg class=\"diagram body\""));
    }
}
