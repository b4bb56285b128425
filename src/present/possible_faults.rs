//! The faults that the run of a configuration can suffer, each with what it leads to.

use serde::{Deserialize, Serialize};

use super::{Remark, ending, settings};
use crate::sim::{Class, CompiledScenario, FaultSpec, Scenario, Trace};

/// A fault that strikes if it is added to the script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PossibleFault {
    /// The text form: `lose:ack@m1`.
    pub fault: String,
    /// A description in words.
    pub label: String,
    pub class: Class,
    /// What the run comes to with it.
    pub ending: Remark,
}

/// Returns the faults that strike if they are added to the scenario's script, class by class. Each is
/// added alone, and the run is simulated to its end.
pub fn possible_faults(scenario: &Scenario) -> Vec<PossibleFault> {
    let Ok(setup) = CompiledScenario::new(scenario) else { return Vec::new() };
    let every = (0..scenario.configuration.messages).flat_map(|msg| FaultSpec::all(&setup, msg));
    let mut all: Vec<PossibleFault> = every.filter_map(|fault| possible(scenario, fault)).collect();
    // The sort is stable: within a class the order of the programs' instructions stays.
    all.sort_by_key(|fault| fault.class);
    all
}

/// Returns the fault with what it leads to, or `None` if the run does not reach its point.
fn possible(scenario: &Scenario, fault: FaultSpec) -> Option<PossibleFault> {
    let class = fault.kind.class()?;
    let text = fault.to_string();
    // Some faults have no text form that parses.
    if scenario.faults.contains(&fault) || text.parse() != Ok(fault) {
        return None;
    }
    let mut with = scenario.clone();
    with.faults.push(fault);
    let setup = CompiledScenario::new(&with).ok()?;
    let trace = Trace::run(&setup);
    trace.steps.iter().any(|step| step.key == text).then(|| PossibleFault {
        label: settings::fault_label(&setup, &fault),
        ending: ending::ending(&setup, &trace),
        fault: text,
        class,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::present;

    #[test]
    fn each_strikes_in_the_run_that_it_is_added_to_and_leads_to_what_is_said() {
        for id in ["kafka-default", "rabbitmq-default", "sqs-standard", "inbox"] {
            let Some(preset) = catalogue::preset(id) else { continue };
            let all = possible_faults(preset);
            assert!(all.len() > 10, "{id}: {}", all.len());
            for possible in all {
                let mut with = preset.clone();
                with.faults.push(possible.fault.parse().expect("it parses"));
                let view = present::tell(&with).expect("it runs");
                let strikes = view.moments.iter().any(|moment| moment.key == possible.fault);
                assert!(strikes, "{id}: {}", possible.fault);
                assert_eq!(view.ending, possible.ending, "{id}: {}", possible.fault);
                let chip = view.chips.iter().rfind(|chip| chip.fault).expect("it has a chip");
                assert_eq!(chip.what, possible.label);
            }
        }
    }

    #[test]
    fn a_fault_of_the_script_is_not_offered_again() {
        let scenario = catalogue::scenario("ack-lost").expect("it exists");
        let of = |scenario: &Scenario| -> Vec<String> {
            possible_faults(scenario).into_iter().map(|fault| fault.fault).collect()
        };
        let bare = scenario.without_faults();
        assert!(of(&bare).contains(&"lose:ack@m1".to_owned()), "{:?}", of(&bare));
        let with = bare.with_faults(vec!["lose:ack@m1".parse().unwrap()]);
        assert!(!of(&with).contains(&"lose:ack@m1".to_owned()));
    }

    #[test]
    fn classes_stand_together() {
        let preset = catalogue::preset("kafka-default").expect("it exists");
        let classes: Vec<Class> =
            possible_faults(preset).into_iter().map(|fault| fault.class).collect();
        assert!(classes.is_sorted(), "{classes:?}");
    }
}
