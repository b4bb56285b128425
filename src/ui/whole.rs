//! The three WebAssembly programs that the page is compiled to, and the one place that tells them
//! apart.
//!
//! - A first visit loads the smallest: it can find, step through and embed scenarios. It executes
//!   nothing: all scenarios and presets were prerendered when the site was built
//!   ([`crate::ui::advance`]), and it shows the stored result.
//! - An embed of a configuration that was not prerendered loads the program that also [`RUNS`] the
//!   state machines. It is only ever embedded, and has no [`PAGES`] of its own.
//! - Everything else (the Lab, the matrix, proofs, forks, exports) is in the full program,
//!   [`WHOLE`], which is fetched on demand and takes over from the other one: `www/whole.js`.
//!
//! All three are compiled from the same source, [`crate::ui`]. Code that only the larger ones need
//! is guarded by `if RUNS`, `if PAGES` and `if WHOLE`, and the linker drops it from the others:
//!
//! - an address that a program cannot show requests the full program by itself: [`shows`];
//! - a message that only the full program can handle is named in [`wish`];
//! - a page of the full program is another arm of `beyond` in `view.rs`, and the messages that only
//!   it sends are handled in `beyond` of `state/update.rs`.

use crate::sim::Participant;
use crate::ui::share::{Address, Embed};
use crate::ui::state::{About, Msg, Overlay};

/// True in the full program.
pub const WHOLE: bool = cfg!(feature = "whole");

/// True if this program can run configurations, rather than only show prerendered runs.
pub const RUNS: bool = WHOLE || cfg!(feature = "runs");

/// True if this program has pages of its own; the medium-sized one is only ever embedded.
pub const PAGES: bool = WHOLE || !RUNS;

/// Returns true if this program can show the address. `www/main.js` has the same rule, in order to
/// preload the right program.
pub fn shows(address: &Address, embed: Option<&Embed>) -> bool {
    let Address::Run(shown) = address else {
        return WHOLE || matches!(address, Address::Home | Address::Unknown(_));
    };
    let as_it_is = shown.found.is_none() && shown.config.is_original();
    WHOLE
        || match embed {
            Some(embed) => RUNS || (as_it_is && !embed.given),
            None => !shown.lab && as_it_is,
        }
}

/// For a message that only the full program can handle, returns the command that it is to run
/// first, as a text for [`granted`].
pub fn wish(msg: &Msg) -> Option<String> {
    match msg {
        Msg::Prove => Some(String::new()),
        Msg::Open(Overlay::Share) => Some("share".to_owned()),
        Msg::Open(Overlay::Chances) => Some("break".to_owned()),
        Msg::Break(step, about) => {
            Some(format!("break {step}{}", about.map_or_else(String::new, pointed)))
        }
        _ => None,
    }
}

fn pointed(about: About) -> String {
    match about {
        About::Participant(party) => format!(" {}", party.key()),
        About::Way { from, to, msg } => {
            let msg = msg.map_or_else(String::new, |msg| msg.to_string());
            format!(" {} {} {msg}", from.key(), to.key())
        }
    }
}

/// Parses the command that the full program is to run first.
pub fn granted(wish: &str) -> Option<Msg> {
    let mut words = wish.split(' ');
    match words.next()? {
        "share" => Some(Msg::Open(Overlay::Share)),
        "break" => {
            let Some(step) = words.next() else { return Some(Msg::Open(Overlay::Chances)) };
            let mut party = || Participant::from_key(words.next()?);
            let (one, other) = (party(), party());
            let about = match (one, other) {
                (Some(from), Some(to)) => Some(About::Way {
                    from,
                    to,
                    msg: words.next().and_then(|msg| msg.parse().ok()),
                }),
                (party, _) => party.map(About::Participant),
            };
            Some(Msg::Break(step.parse().ok()?, about))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wished_is_granted() {
        let way = About::Way { from: Participant::Broker, to: Participant::Consumer, msg: Some(1) };
        let unknown =
            About::Way { from: Participant::Producer, to: Participant::Broker, msg: None };
        for msg in [
            Msg::Open(Overlay::Share),
            Msg::Open(Overlay::Chances),
            Msg::Break(7, None),
            Msg::Break(0, Some(About::Participant(Participant::Mail))),
            Msg::Break(12, Some(way)),
            Msg::Break(3, Some(unknown)),
        ] {
            assert_eq!(wish(&msg).as_deref().and_then(granted), Some(msg));
        }
        assert_eq!(wish(&Msg::Forward), None);
        assert_eq!(wish(&Msg::Open(Overlay::Help)), None);
        for text in ["", "nonsense", "break x", "break 1 nobody"] {
            assert!(!matches!(granted(text), Some(Msg::Break(_, Some(_)))), "{text}");
        }
    }
}
