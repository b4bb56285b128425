//! The three programs that the page is compiled to, and the one place that tells them apart.
//!
//! - A first visit loads the smallest: a scenario can be found, stepped through and embedded with
//!   it. It runs nothing: all scenarios and presets were told when the site was built
//!   ([`crate::ui::advance`]), and it shows what was told.
//! - An embed of a configuration that nobody told in advance loads the one that [`RUNS`] the state
//!   machines as well. It is only ever a part of other pages, and has no [`PAGES`] of its own.
//! - Whatever else there is (the Lab, the matrix, proofs, forks, what is taken away) is in the whole
//!   program, [`WHOLE`], which is fetched when somebody asks for it and takes over where another
//!   stands: `www/whole.js`.
//!
//! All are compiled from all of [`crate::ui`]. What belongs to the larger ones stands behind
//! `if RUNS`, `if PAGES` and `if WHOLE`, and the linker leaves it out of the others:
//!
//! - an address that a program cannot show asks for the whole program by itself: [`shows`];
//! - a message that only the whole program can answer is named in [`wish`];
//! - a page of the whole program is one more arm of `beyond` in `view.rs`, and what only it asks of
//!   the model is in `beyond` of `state/update.rs`.

use crate::sim::Participant;
use crate::ui::share::{Address, Embed};
use crate::ui::state::{About, Msg, Overlay};

/// This is the whole program.
pub const WHOLE: bool = cfg!(feature = "whole");

/// This program runs configurations, rather than show what was told of them.
pub const RUNS: bool = WHOLE || cfg!(feature = "runs");

/// This program shows pages of its own; the one between the two is only ever a part of others.
pub const PAGES: bool = WHOLE || !RUNS;

/// Whether this program can show the address. `www/main.js` knows the same, in order to load at
/// once what will be needed.
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

/// For a message that only the whole program can answer: what it is to do first, as a text that
/// [`granted`] reads.
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

/// What the whole program is to do first.
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
