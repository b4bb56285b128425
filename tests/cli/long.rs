//! Tests of long searches: progress output, limits, and interruption.

use crate::{json, prints, program, run, text};
use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Takes minutes.
const ENDLESS: &[&str] =
    &["check", "kafka-default", "--messages=4", "--faults=4", "--kinds=all", "--limit=50000000"];

#[test]
fn progress_shows_where_it_is_asked_for_and_nowhere_else() {
    let args = ["check", "at-least-once", "--messages=1"];
    assert_eq!(text(&run(&args).stderr), "");
    let out = run(&[&args[..], &["--progress"]].concat());
    assert_eq!(out.status.code(), Some(0));
    assert!(text(&out.stderr).lines().any(|line| line.ends_with(" states")), "{out:?}");
    assert!(!text(&out.stderr).contains('\u{1b}'), "it is no terminal");
    assert_eq!(text(&out.stdout), prints(&args));
    let out = run(&["chaos", "at-least-once", "--runs=20000", "--progress"]);
    assert!(text(&out.stderr).contains(" of 20,000 runs\n"), "{}", text(&out.stderr));
}

#[test]
fn what_was_cut_off_is_not_said_to_be_the_shortest() {
    let args = ["check", "at-least-once", "--messages=1", "--no-fixes"];
    let whole = prints(&args);
    assert!(whole.contains("✕ No duplicate effect: shortest counterexample"), "{whole}");
    let found = json(&[&args[..], &["--json"]].concat());
    let broken = |found: &serde_json::Value| -> Vec<bool> {
        let all = found["properties"].as_array().expect("a list").iter();
        let broken = all.filter(|p| p["finding"] == "broken");
        broken.map(|p| p["shortest"].as_bool().expect("it is said")).collect()
    };
    assert!(broken(&found).iter().all(|&shortest| shortest));
    // With a limit just large enough to find a violation, the search for a shortest counterexample
    // is cut off.
    let mut longer = 0;
    for limit in (20..200).step_by(5) {
        let limit = format!("--limit={limit}");
        let found = json(&[&args[..], &["--json", &limit]].concat());
        longer += broken(&found).iter().filter(|&&shortest| !shortest).count();
        let report = prints(&[&args[..], &[&limit]].concat());
        let said = report.matches(": shortest counterexample").count();
        assert_eq!(said, broken(&found).iter().filter(|&&shortest| shortest).count());
    }
    assert!(longer > 0, "no search was cut off between the two");
}

/// A state that was reached but not expanded is not a terminal state.
#[test]
fn a_script_that_was_cut_off_says_nothing_that_is_not_so() {
    let args = ["check", "at-least-once", "--no-fixes", "--json", "--messages=2"];
    let args = [&args[..], &["--fault=crash:consumer@m1.after-work"]].concat();
    let whole = json(&args);
    let finding = |found: &serde_json::Value, key: &str| {
        let all = found["properties"].as_array().expect("a list").iter();
        all.clone().find(|p| p["property"] == key).expect("it is there")["finding"].clone()
    };
    for limit in (1..121).step_by(3) {
        let limit = format!("--limit={limit}");
        let found = json(&[&args[..], &[&limit]].concat());
        for property in whole["properties"].as_array().expect("a list") {
            let key = property["property"].as_str().expect("a name");
            let known = finding(&found, key);
            assert!(known == "open" || known == property["finding"], "{limit}: {key} {known}");
        }
        let outcomes = whole["outcomes"].as_array().expect("a list");
        for outcome in found["outcomes"].as_array().expect("a list") {
            assert!(outcomes.contains(outcome), "{limit}: {outcome}");
        }
    }
}

/// The search for fixes is bounded, and reports where it was cut off.
#[test]
fn changes_that_are_too_large_to_be_checked_are_said_to_be_so() {
    let args = ["check", "at-least-once", "--messages=1", "--limit=60"];
    let report = prints(&args);
    assert!(report.contains("that could be checked"), "{report}");
    assert!(!report.contains("No single setting fixes this"), "{report}");
    let found = json(&[&args[..], &["--json"]].concat());
    let properties = found["properties"].as_array().expect("a list");
    assert!(properties.iter().any(|property| property["fixes_cut_off"] == true));
}

/// Returns true if this process, and so every program that it starts, ignores these signals.
#[cfg(target_os = "linux")]
fn ignored() -> bool {
    // SIGHUP, SIGINT, SIGTERM.
    const SIGNALS: u64 = 1 | 1 << 1 | 1 << 14;
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask");
    u64::from_str_radix(mask.trim(), 16).expect("a number") & SIGNALS != 0
}

#[cfg(target_os = "linux")]
fn signal(child: &Child, name: &str) {
    let mut kill = std::process::Command::new("kill");
    let status = kill.args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.expect("kill is there").success());
}

/// Starts the program, waits until it is searching, and sends the signal. Returns the exit code and
/// the output.
#[cfg(target_os = "linux")]
fn ended(args: &[&str], name: &str) -> (Option<i32>, String) {
    let mut program = program();
    let program = program.args(args).arg("--progress");
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut stderr = child.stderr.take().expect("it is piped");
    // The first output appears once the search has started.
    stderr.read_exact(&mut [0]).expect("it says what it does");
    let rest = std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, name);
    let began = Instant::now();
    let out = child.wait_with_output().expect("it ends");
    assert!(began.elapsed() < Duration::from_secs(60), "{args:?} goes on");
    let _ = rest.join();
    (out.status.code(), text(&out.stdout).to_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_the_search_with_what_is_known() {
    if ignored() {
        return;
    }
    const STOPPED: &str = "stopped early: the results are incomplete";
    for name in ["INT", "TERM"] {
        let (code, report) = ended(ENDLESS, name);
        assert_eq!(code, Some(130), "{report}");
        assert!(report.contains(STOPPED), "{report}");
        assert!(report.contains("4 messages, at most 4 faults"), "{report}");
        assert!(!report.contains("shortest") && !report.contains(" proved\n"), "{report}");
    }
    let required = [ENDLESS, &["--require=never-stuck"]].concat();
    let (code, report) = ended(&required, "INT");
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("required: never-stuck is undecided"), "{report}");
    let (code, report) = ended(&[ENDLESS, &["--json"]].concat(), "INT");
    assert_eq!(code, Some(130));
    let found: serde_json::Value = serde_json::from_str(&report).expect("it is JSON");
    assert_eq!((&found["stopped"], &found["complete"]), (&true.into(), &false.into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_random_runs_with_those_that_are_done() {
    if ignored() {
        return;
    }
    let args = ["chaos", "kafka-default", "--runs=100000000"];
    let (code, report) = ended(&args, "INT");
    assert_eq!(code, Some(130), "{report}");
    let stopped = "stopped early: the results are incomplete (100,000,000 runs were planned).";
    assert!(report.contains(stopped), "{report}");
    let (code, report) = ended(&[&args[..], &["--require=in-order"]].concat(), "INT");
    assert_eq!(code, Some(1), "{report}");
    assert!(!report.contains("held in every run\n"), "{report}");
}
