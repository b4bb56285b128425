//! Long searches: progress on standard error, and early termination.
//!
//! A search runs in slices and calls [`Watch::stops`] between them. The first Ctrl-C, SIGTERM or
//! SIGHUP only sets a flag, so that partial results are still reported; the second one exits
//! immediately.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The exit code of a program that was terminated by SIGINT, by shell convention.
pub const INTERRUPTED: u8 = 130;

/// The note in the report of a search that was interrupted.
pub const STOPPED: &str = "stopped early: the results are incomplete";

/// States to expand between two calls of [`Watch::stops`].
pub const SLICE: usize = 4096;

static STOP: AtomicBool = AtomicBool::new(false);

/// Shows the progress of a search and tells when it should stop.
pub struct Watch {
    meter: Option<Meter>,
}

/// The progress line on standard error.
struct Meter {
    /// Standard error is a terminal: the line is overwritten each time.
    terminal: bool,
    pause: Duration,
    next: Instant,
    shown: bool,
}

impl Watch {
    /// Installs the signal handler. Progress is shown on a terminal, or if `progress` is set.
    pub fn new(progress: bool) -> Watch {
        // Signals that were ignored on purpose, as under nohup, stay ignored: the handler is then
        // not installed, and signals keep their default effect.
        let _ = ctrlc::try_set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = stderr().is_terminal() && !dumb;
        let pause = Duration::from_millis(if terminal { 250 } else { 1000 });
        // A short search needs no progress line, unless it was asked for.
        let next = if progress { Instant::now() } else { Instant::now() + 2 * pause };
        let meter = Meter { terminal, pause, next, shown: false };
        Watch { meter: (terminal || progress).then_some(meter) }
    }

    /// Shows progress from time to time; returns true if the search should stop now.
    pub fn stops(&mut self, doing: impl FnOnce() -> String) -> bool {
        if let Some(meter) = self.meter.as_mut().filter(|meter| Instant::now() >= meter.next) {
            meter.show(&doing());
        }
        stopped()
    }
}

/// Returns true once the user has asked the program to stop.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

impl Meter {
    fn show(&mut self, doing: &str) {
        self.next = Instant::now() + self.pause;
        // If standard error cannot be written to, progress is dropped.
        let _ = match self.terminal {
            true => write!(stderr(), "\r{doing}\x1b[K"),
            false => writeln!(stderr(), "{doing}"),
        };
        self.shown = true;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.shown && self.terminal {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
