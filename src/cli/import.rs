//! `check` of configuration files: what they say, the verdict, and what would prevent what can go
//! wrong.

mod sarif;
mod text;

use super::print::{Form, pretty};
use super::watch::{Watch, stopped};
use super::{Answer, Wrong};
use crate::check::Property;
use crate::import::{
    self, AckPlace, Answers, BatchFailure, Checked, Fixes, Handler, OnError, Reading, SendFailure,
    Source, Syntax, Version, Versions, setting, version, yes,
};
use crate::sim::plain::echo;

/// Answers to what no file says.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ImportArgs {
    /// For configuration files: what the handler does: database, upsert, inbox, set, service,
    /// service-key, redis, claim, topic, kafka-transaction.
    #[arg(long, value_name = "WHAT", value_parser = named(Handler::options, Handler::from_key))]
    handler: Option<Handler>,
    /// For configuration files: where the acknowledgment stands, if the code does it itself: after,
    /// before.
    #[arg(long, value_name = "PLACE", value_parser = named(AckPlace::options, AckPlace::from_key))]
    ack: Option<AckPlace>,
    /// For configuration files: what an error of the handler leads to: throw, swallow, die,
    /// requeue, reject, park.
    #[arg(long, value_name = "WHAT", value_parser = named(OnError::options, OnError::from_key))]
    on_error: Option<OnError>,
    /// For configuration files: what a handler of batches does when one message fails: whole,
    /// good-part, first-failure.
    #[arg(long, value_name = "WHAT",
          value_parser = named(BatchFailure::options, BatchFailure::from_key))]
    batch: Option<BatchFailure>,
    /// For configuration files: what the caller does when a send fails: ignore, resend, outbox.
    #[arg(long, value_name = "WHAT",
          value_parser = named(SendFailure::options, SendFailure::from_key))]
    send_failure: Option<SendFailure>,
    /// For configuration files: a library's version, such as kafka-clients=3.9; may be given
    /// several times.
    #[arg(long, value_name = "NAME=VERSION", value_parser = version)]
    lib: Vec<(String, Version)>,
    /// For configuration files: the profile of Spring or Quarkus that is active.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// For configuration files: the topic or queue that is meant.
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
    /// For configuration files: whether the consumer group has never committed an offset.
    #[arg(long, value_name = "YES|NO", value_parser = yes)]
    new_group: Option<bool>,
    /// For configuration files: how to read one, such as settings.txt=yaml; yaml, json, properties,
    /// env, hcl, code or describe.
    #[arg(long = "as", value_name = "FILE=SYNTAX", value_parser = syntax)]
    read_as: Vec<(String, Syntax)>,
    /// For configuration files: print SARIF, for code scanning.
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
}

/// Parses one of a few names.
fn named<T: Clone + Send + Sync + 'static>(
    options: fn() -> Vec<(&'static str, &'static str)>,
    from_key: fn(&str) -> Option<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text: &str| {
        from_key(text).ok_or_else(|| {
            let all = options();
            let near = crate::did_you_mean::nearest(text, &all);
            let names: Vec<&str> = all.iter().map(|(key, _)| *key).collect();
            match near.first() {
                Some((name, _)) => format!("did you mean {name}?"),
                None => format!("use one of {}", names.join(", ")),
            }
        })
    }
}

fn syntax(text: &str) -> Result<(String, Syntax), String> {
    let known = || {
        let (file, syntax) = text.rsplit_once('=')?;
        Some((file.to_owned(), Syntax::from_key(syntax)?))
    };
    known().ok_or_else(|| {
        let all: Vec<&str> = Syntax::ALL.iter().map(|syntax| syntax.key()).collect();
        format!("write a file and a syntax, such as settings.txt=yaml; one of {}", all.join(", "))
    })
}

/// What to do with the files besides reading them.
pub struct Options<'a> {
    pub set: &'a [String],
    pub require: &'a [Property],
    pub no_fixes: bool,
    pub progress: bool,
    pub json: bool,
}

impl ImportArgs {
    /// Returns the first of these flags that was given: they say nothing about a preset.
    pub fn given(&self) -> Option<&'static str> {
        let ImportArgs { handler, ack, on_error, send_failure, lib, profile, queue, .. } = self;
        [
            (handler.is_some(), "--handler"),
            (ack.is_some(), "--ack"),
            (on_error.is_some(), "--on-error"),
            (self.batch.is_some(), "--batch"),
            (send_failure.is_some(), "--send-failure"),
            (!lib.is_empty(), "--lib"),
            (profile.is_some(), "--profile"),
            (queue.is_some(), "--queue"),
            (self.new_group.is_some(), "--new-group"),
            (!self.read_as.is_empty(), "--as"),
            (self.sarif, "--sarif"),
        ]
        .into_iter()
        .find_map(|(given, name)| given.then_some(name))
    }

    fn answers(&self, set: &[String]) -> Result<Answers, Wrong> {
        let pair = |text: &String| {
            let problem = |problem| Wrong(format!("--set {}: {problem}", echo(text)));
            setting(text).map_err(problem)
        };
        Ok(Answers {
            handler: self.handler,
            ack: self.ack,
            on_error: self.on_error,
            batch: self.batch,
            send_failure: self.send_failure,
            versions: Versions(self.lib.clone()),
            profile: self.profile.clone(),
            queue: self.queue.clone(),
            new_group: self.new_group,
            set: set.iter().map(pair).collect::<Result<_, _>>()?,
        })
    }

    /// Reads the files as configuration, without a verdict.
    pub fn read(&self, sources: &mut [Source], set: &[String]) -> Result<Reading, Wrong> {
        for source in sources.iter_mut() {
            let named = self.read_as.iter().find(|(name, _)| *name == source.name);
            source.syntax = named.map(|(_, syntax)| *syntax);
        }
        import::read(sources, &self.answers(set)?).map_err(|error| {
            let name = sources.get(error.file).map_or(String::new(), |source| echo(&source.name));
            let line = if error.line > 0 { format!(" line {}", error.line) } else { String::new() };
            Wrong(format!("{name}{line}: {}", error.text))
        })
    }

    /// Judges what was read and reports it.
    pub fn run(
        &self,
        sources: &[Source],
        reading: &Reading,
        options: &Options,
    ) -> Result<Answer, Wrong> {
        let answers = self.answers(options.set)?;
        let mut watch = Watch::new(options.progress);
        let mut doing = || watch.stops(|| "trying every run".to_owned());
        let report =
            match &reading.plan {
                None => None,
                Some(plan) => {
                    let report = import::verdict(plan, &answers, &mut doing);
                    Some(report.map_err(|problem| {
                        Wrong(format!("these settings cannot be run: {problem}"))
                    })?)
                }
            };
        let mut fixes = Fixes::default();
        if let (Some(plan), Some(report), false) = (&reading.plan, &report, options.no_fixes) {
            let mut doing = |_: &Fixes| watch.stops(|| "looking for fixes".to_owned());
            fixes = import::fixes(plan, report, &answers, options.require, &mut doing);
        }
        let stopped = stopped();
        drop(watch);
        let checked = Checked {
            sources,
            answers: &answers,
            reading,
            report: report.as_ref(),
            fixes: &fixes,
            require: options.require,
            stopped,
        };
        let passed = checked.passed();
        let (text, form) = match () {
            () if self.sarif => (sarif::text(&checked), Form::Json),
            () if options.json => (pretty(&import::json(&checked)), Form::Json),
            () => (text::text(&checked), Form::Text),
        };
        Ok(Answer { text, form, passed, stopped })
    }
}
