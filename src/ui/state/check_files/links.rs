//! From a report to other pages: the Lab, a comparison with a fix, random runs.

use super::report::{Finding, Fix, Report};
use crate::catalogue;
use crate::check::Property;
use crate::lab;
use crate::ui::share::{Address, Compared, Config, Found, Random, Shown};
use crate::ui::state::open;

impl Report {
    /// Returns the address of the run that violates a property.
    pub fn run_of(&self, finding: &Finding) -> Option<Address> {
        let replay = finding.replay.as_ref()?;
        let found = Found {
            property: Property::from_key(&finding.property),
            path: replay.path.parse().ok()?,
        };
        let config = self.config(&replay.settings)?;
        Some(Address::Run(Shown { found: Some(found), ..Shown::new(config, true) }))
    }

    /// Returns the address of the configuration in the Lab.
    pub fn in_lab(&self) -> Option<Address> {
        let config = self.config(&self.configurations.first()?.settings)?;
        Some(Address::Run(Shown::new(config, true)))
    }

    /// Returns the address of random runs of the configuration.
    pub fn at_random(&self) -> Option<Address> {
        let config = self.config(&self.configurations.first()?.settings)?;
        Some(Address::Chaos(Random { config, plan: Vec::new() }))
    }

    /// Returns the address of a comparison of the configuration with the fixed one, under the faults
    /// of the run that violates the property, if faults alone do it.
    pub fn compared(&self, finding: &Finding, fix: &Fix) -> Option<Address> {
        let replay = finding.replay.as_ref()?;
        let before = self.config(&replay.settings)?;
        let (scenario, _) = open::scenario(&mut before.clone())?;
        let fixed = lab::change(&scenario, &pairs(&fix.settings).collect::<Vec<_>>()).ok()?;
        let settings =
            lab::difference(&catalogue::preset(&before.base)?.configuration, &fixed.configuration);
        let after = Config { settings, ..before.clone() };
        let faults = replay.faults.clone()?;
        Some(Address::Compare(Compared::new(vec![before, after], faults)))
    }

    fn config(&self, settings: &[String]) -> Option<Config> {
        let preset = Config::preset(self.preset.as_deref()?);
        Some(Config { settings: pairs(settings).collect(), ..preset })
    }
}

/// Splits settings such as `acks=1`.
fn pairs(settings: &[String]) -> impl Iterator<Item = (String, String)> + '_ {
    let pairs = settings.iter().filter_map(|setting| setting.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned()))
}
