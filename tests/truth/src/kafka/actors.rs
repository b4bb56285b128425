//! The director's side of its Java processes: one each, which it can kill or stop in any gap.

use crate::servers::Failure;
use crate::servers::kafka::Jars;
use ackward::sim::Participant;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::UnboundedSender;

/// Who a process is: a participant, or the director's administrator.
pub type Who = Option<Participant>;

/// A line from a process; see `Actor.java`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// The process is up.
    Ready,
    /// A command was carried out, with this answer; or there was a problem.
    Done {
        #[serde(default)]
        answer: Value,
        problem: Option<String>,
    },
    /// A poll has returned these records.
    Received { records: Vec<Received> },
    /// The callback of a send was called.
    Answered { m: u8, ok: bool },
    /// The consumer has heard which partitions it has.
    Assigned { partitions: Vec<u8> },
    /// The consumer has polled up to the end of what it may read.
    #[serde(rename = "caught_up")]
    CaughtUp {},
    /// The process has ended.
    #[serde(skip)]
    Ended,
}

/// A record that a poll has returned.
#[derive(Clone, Debug, Deserialize)]
pub struct Received {
    pub m: u8,
    pub place: Place,
}

/// Where a record is: a partition, and an offset in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub struct Place(pub u8, pub u64);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// A running process; it is killed when dropped.
pub struct Process {
    child: Child,
    stdin: ChildStdin,
}

impl Process {
    /// Starts a process in this role with these settings; what it says goes to `out`.
    ///
    /// # Errors
    /// If Java cannot be started.
    pub fn start(
        jars: &Jars,
        who: Who,
        role: &str,
        settings: &[(String, String)],
        log: std::fs::File,
        out: UnboundedSender<(Who, Report)>,
    ) -> Result<Process, Failure> {
        let mut command = Command::from(jars.java("-Xmx96m"));
        command.arg("Actor").arg(role);
        command.args(settings.iter().map(|(name, value)| format!("{name}={value}")));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn().map_err(|e| format!("java: {e}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or("an actor has no pipes")?;
        tokio::task::spawn_local(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // Libraries say things too.
                if let Ok(report) = serde_json::from_str(&line) {
                    let _ = out.send((who, report));
                }
            }
            let _ = out.send((who, Report::Ended));
        });
        Ok(Process { child, stdin })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// If the process has ended.
    pub async fn tell(&mut self, command: &str) -> Result<(), Failure> {
        let line = format!("{command}\n");
        self.stdin.write_all(line.as_bytes()).await.map_err(|e| format!("an actor has ended: {e}"))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: i32) {
        if let Some(id) = self.child.id() {
            // SAFETY: kill only sends a signal, to a process that this one has started and not yet
            // waited for.
            unsafe { libc::kill(id as i32, signal) };
        }
    }

    /// Kills the process as `kill -9` does, and waits for its end.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn kill(mut self) -> Result<(), Failure> {
        self.child.kill().await.map_err(|e| format!("an actor cannot be killed: {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn the_lines_of_an_actor_can_be_read() {
        let read = |line: &str| serde_json::from_str::<Report>(line).expect("a report");
        assert!(matches!(read(r#"{"ready":null}"#), Report::Ready));
        let done = read(r#"{"done":{"answer":{"leader":1}}}"#);
        assert!(matches!(done, Report::Done { answer, problem: None } if answer["leader"] == 1));
        let failed = read(r#"{"done":{"problem":"no"}}"#);
        assert!(matches!(failed, Report::Done { problem: Some(_), .. }));
        let received = read(r#"{"received":{"records":[{"m":1,"place":[0,7]}]}}"#);
        assert!(matches!(received, Report::Received { records } if records[0].place.1 == 7));
        assert!(matches!(read(r#"{"caught_up":{}}"#), Report::CaughtUp {}));
    }
}
