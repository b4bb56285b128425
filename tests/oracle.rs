//! Compares the outcomes that the checker finds with those that the sources require: the two sets
//! are equal.
//!
//! The `.tsv` files of `oracle` hold the rows: the possible outcomes, as effects of a message, what
//! its producer is told, and flags. The `.json` file next to each configures the rows: settings by
//! the products' own names, and the fault at its point, which strikes once and then heals.
//! Everything else is nondeterministic: every interleaving is explored to the end.

#[path = "oracle/config.rs"]
mod config;

use ackward::check::{TerminalState, explore};
use ackward::sim::{CompiledScenario, ProducerReport, Scenario};
use config::scenario;
use serde_json::Value;
use std::collections::BTreeSet;

/// The state limit; no row needs as many.
const MOST: usize = 3_000_000;

struct Row {
    id: String,
    effects: String,
    flags: String,
}

fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        Row { id: cells[0].into(), effects: cells[3].into(), flags: cells[4].into() }
    };
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// Effect counts as written in a row: 0, 1, or 2 for "2+".
type Counts = BTreeSet<u8>;

fn counts(text: &str) -> Counts {
    let inner = text.split('{').nth(1).and_then(|t| t.split('}').next()).unwrap_or_default();
    let count = |item: &str| match item.trim() {
        "2+" => 2,
        n => n.parse().unwrap_or_else(|_| panic!("{n} is no count, in {text}")),
    };
    inner.split(',').map(count).collect()
}

/// Returns the counts for each message in the row, numbered from 0.
fn expected_effects(row: &Row, messages: u8, of: u8) -> Vec<(u8, Counts)> {
    if row.effects.starts_with('m') {
        let part = |p: &str| {
            let number: u8 = p[1..2].parse().unwrap();
            (number - 1, counts(p))
        };
        return row
            .effects
            .split(", m")
            .map(|p| part(&format!("m{}", p.trim_start_matches('m'))))
            .collect();
    }
    if row.effects.contains("each") {
        return (0..messages).map(|m| (m, counts(&row.effects))).collect();
    }
    vec![(of, counts(&row.effects))]
}

fn expected_told(row: &Row) -> Option<ProducerReport> {
    let words = row.flags.split(|c: char| !c.is_alphanumeric());
    let mut told = words.filter_map(|word| match word {
        "ok" => Some(ProducerReport::Ok),
        "err" => Some(ProducerReport::Error),
        "none" => Some(ProducerReport::Nothing),
        _ => None,
    });
    // "none, then ok": the final report counts.
    told.next_back()
}

fn check(row: &Row, config: &Value) -> Vec<String> {
    let of = config.get("of").and_then(Value::as_u64).unwrap_or(1) as u8 - 1;
    let mut wrong = Vec::new();
    let ways = [None, config.get("also")];
    for also in ways.into_iter().enumerate().filter(|(i, also)| *i == 0 || also.is_some()) {
        for faults in config["faults"].as_array().unwrap() {
            let scenario = scenario(config, also.1, faults);
            let setup = CompiledScenario::new(&scenario).unwrap();
            let report = explore(&setup, MOST);
            let name = format!("{} {faults}", row.id);
            assert!(!report.truncated, "{name}: cut off after {} states", report.states);
            assert!(!report.endings.is_empty(), "{name}: the fault never struck");
            let problems = compare(row, &scenario, of, &report.endings);
            wrong.extend(problems.into_iter().map(|p| format!("{name}: {p}")));
        }
    }
    wrong
}

fn compare(
    row: &Row,
    scenario: &Scenario,
    of: u8,
    endings: &BTreeSet<TerminalState>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, expected: String, found: String| {
        if expected != found {
            wrong.push(format!("{what}: the sources say {expected}, the model {found}"));
        }
    };
    let expected = expected_effects(row, scenario.configuration.messages, of);
    for (msg, counts) in &expected {
        let found: Counts = endings.iter().map(|e| e.ledger.of(*msg).effects().min(2)).collect();
        differ(&format!("effects of m{}", msg + 1), format!("{counts:?}"), format!("{found:?}"));
        if let Some(told) = expected_told(row) {
            let found: BTreeSet<ProducerReport> =
                endings.iter().map(|e| e.ledger.of(*msg).told).collect();
            let expected = BTreeSet::from([told]);
            differ(&format!("told of m{}", msg + 1), format!("{expected:?}"), format!("{found:?}"));
        }
    }
    let flag = |name: &str| row.flags.contains(name);
    let any = |f: &dyn Fn(&TerminalState) -> bool| endings.iter().any(f);
    differ("OOO", flag("OOO").to_string(), any(&|e| e.ledger.out_of_order).to_string());
    differ("BLK", flag("BLK").to_string(), any(&|e| e.ledger.blocked || e.endless).to_string());
    let dead = |e: &TerminalState| (0..4).any(|m| e.ledger.of(m).dead > 0);
    differ("DLQ", flag("DLQ").to_string(), any(&dead).to_string());
    if row.effects.contains("DB row missing") {
        let saved = any(&|e| e.ledger.of(of).saved);
        differ("the row in the database", "false".into(), saved.to_string());
    }
    wrong
}

fn every_row(facts: &str, configs: &str) {
    let configs: Value = serde_json::from_str(configs).unwrap();
    let rows = rows(facts);
    let mut wrong = Vec::new();
    for row in &rows {
        let config = configs.get(&row.id).unwrap_or_else(|| panic!("no settings for {}", row.id));
        wrong.extend(check(row, config));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn the_rows_of_the_fact_sheet_come_out() {
    every_row(include_str!("oracle/facts.tsv"), include_str!("oracle/facts.json"));
}

#[test]
fn further_rows_from_the_same_sources_come_out() {
    every_row(include_str!("oracle/more.tsv"), include_str!("oracle/more.json"));
}

#[test]
fn rows_behind_public_reports_come_out() {
    every_row(include_str!("oracle/reports.tsv"), include_str!("oracle/reports.json"));
}

#[test]
fn rows_about_attempts_of_the_handler_come_out() {
    every_row(include_str!("oracle/attempts.tsv"), include_str!("oracle/attempts.json"));
}

#[test]
fn rows_about_versions_come_out() {
    every_row(include_str!("oracle/versions.tsv"), include_str!("oracle/versions.json"));
}

#[test]
fn rows_about_claims_come_out() {
    every_row(include_str!("oracle/claims.tsv"), include_str!("oracle/claims.json"));
}

#[test]
fn rows_about_outboxes_come_out() {
    every_row(include_str!("oracle/outbox.tsv"), include_str!("oracle/outbox.json"));
}

#[test]
fn rows_about_relays_come_out() {
    every_row(include_str!("oracle/relays.tsv"), include_str!("oracle/relays.json"));
}

#[test]
fn rows_about_retention_come_out() {
    every_row(include_str!("oracle/retention.tsv"), include_str!("oracle/retention.json"));
}

#[test]
fn rows_about_single_active_consumers_come_out() {
    every_row(include_str!("oracle/single-active.tsv"), include_str!("oracle/single-active.json"));
}

#[test]
fn rows_about_batches_come_out() {
    every_row(include_str!("oracle/batches.tsv"), include_str!("oracle/batches.json"));
}

#[test]
fn rows_about_operators_come_out() {
    every_row(include_str!("oracle/operators.tsv"), include_str!("oracle/operators.json"));
}

#[test]
fn rows_about_added_partitions_come_out() {
    every_row(include_str!("oracle/partitions.tsv"), include_str!("oracle/partitions.json"));
}

#[test]
fn rows_about_length_limits_come_out() {
    every_row(include_str!("oracle/length.tsv"), include_str!("oracle/length.json"));
}

#[test]
fn rows_about_the_time_that_handlers_take_come_out() {
    every_row(include_str!("oracle/durations.tsv"), include_str!("oracle/durations.json"));
}

#[test]
fn rows_about_clients_come_out() {
    every_row(include_str!("oracle/clients.tsv"), include_str!("oracle/clients.json"));
}

#[test]
fn rows_about_nats_come_out() {
    every_row(include_str!("oracle/nats.tsv"), include_str!("oracle/nats.json"));
}

#[test]
fn the_copy_of_the_fact_sheet_is_the_current_one() {
    // The original is only available in the maintainers' checkouts.
    if let Ok(original) = std::fs::read_to_string("../shared/facts/oracle.tsv") {
        assert_eq!(original, include_str!("oracle/facts.tsv"));
    }
}
