//! Long searches: what they are at, told on standard error, and how they are ended early.
//!
//! A search goes on in slices and calls [`Watch::stops`] between them. Ctrl-C, SIGTERM and SIGHUP
//! only set a flag, so that what is known by then is still reported; the second of them ends the
//! program at once.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The exit code of a program that was ended by SIGINT, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// What an answer says of a search that was ended early.
pub const STOPPED: &str = "stopped early: not everything was tried";

static STOP: AtomicBool = AtomicBool::new(false);

/// Shows what a search is at, and knows when it is to end.
pub struct Watch {
    meter: Option<Meter>,
}

/// The line on standard error.
struct Meter {
    /// It is written over each time.
    terminal: bool,
    pause: Duration,
    next: Instant,
    shown: bool,
}

impl Watch {
    /// Begins to listen to signals. Progress shows on a terminal, or where it is asked for.
    pub fn new(progress: bool) -> Watch {
        // A signal that is ignored on purpose, as under nohup, stays so: then this refuses, and
        // signals do what they do to every program.
        let _ = ctrlc::try_set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = stderr().is_terminal() && !dumb;
        let pause = Duration::from_millis(if terminal { 250 } else { 1000 });
        // What takes a moment needs no progress, unless somebody asks for it.
        let next = if progress { Instant::now() } else { Instant::now() + 2 * pause };
        let meter = Meter { terminal, pause, next, shown: false };
        Watch { meter: (terminal || progress).then_some(meter) }
    }

    /// Shows what is being done, now and then; returns true when the search is to end here.
    pub fn stops(&mut self, doing: impl FnOnce() -> String) -> bool {
        if let Some(meter) = self.meter.as_mut().filter(|meter| Instant::now() >= meter.next) {
            meter.show(&doing());
        }
        stopped()
    }
}

/// Returns true once somebody has asked for an end.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

impl Meter {
    fn show(&mut self, doing: &str) {
        self.next = Instant::now() + self.pause;
        // Where standard error cannot be written to, nobody wants to know.
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
