//! A row of the fault matrix: what one fault of each kind does to a preset.

use super::AT_A_TIME;
use crate::catalogue;
use crate::check::{self, CellSearch, can_strike};
use crate::protocol::{Answer, Cell, MATRIX_MESSAGES};
use crate::sim::{Class, CompiledScenario, Trace};

/// The state limit for a cell.
const LIMIT: usize = 300_000;

pub fn answer(preset: &str, shortest: bool, say: &mut dyn FnMut(Answer)) {
    let Some(preset) = catalogue::preset(preset) else {
        return say(Answer::Wrong(format!("there is no preset {preset}")));
    };
    let config = preset.configuration.with_messages(MATRIX_MESSAGES);
    let mut setup = match CompiledScenario::bare(&config) {
        Ok(setup) => setup,
        Err(problem) => return say(Answer::Wrong(problem.to_string())),
    };
    setup.expects(Class::ALL.into_iter().collect());
    let strikes = can_strike(&config);
    let mut row = Vec::new();
    for class in Class::ALL {
        let search = CellSearch::new(&config, class, LIMIT, shortest);
        row.push(match search.filter(|_| strikes.has(class)) {
            None => Cell::Idle,
            Some(mut search) => loop {
                if let Some(cell) = search.advance(AT_A_TIME) {
                    break tried(&setup, &cell);
                }
            },
        });
        say(Answer::Row(row.clone()));
    }
}

fn tried(setup: &CompiledScenario, cell: &check::Cell) -> Cell {
    let run = |(property, schedule): &(check::Property, Vec<_>)| {
        let path = Trace::fork(setup, schedule).path(setup).to_string();
        (property.key().to_owned(), path)
    };
    Cell::Tried {
        complete: cell.proved,
        states: cell.states,
        dead_letters: cell.dead_letters,
        broken: cell.broken.iter().map(run).collect(),
    }
}
