//! The director's side of its actors: one process each, which it can kill in any gap.

use crate::protocol::{Command, Errand, Report};
use crate::servers::Failure;
use ackward::sim::Participant;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::mpsc::UnboundedSender;

/// What comes from an actor.
#[derive(Debug)]
pub enum Note {
    Said(Report),
    Ended,
}

/// A running actor; it is killed when dropped.
pub struct Process {
    child: Child,
    stdin: ChildStdin,
}

impl Process {
    /// Starts an actor; what it says goes to `out`.
    ///
    /// # Errors
    /// If this program cannot be started once more.
    pub fn start(
        errand: &Errand,
        party: Participant,
        log: std::fs::File,
        out: UnboundedSender<(Participant, Note)>,
    ) -> Result<Process, Failure> {
        let failed = |e: std::io::Error| format!("{} cannot be started: {e}", party.key());
        let own = std::env::current_exe().map_err(failed)?;
        let errand = serde_json::to_string(errand).map_err(|e| e.to_string())?;
        let mut child = tokio::process::Command::new(own)
            .arg("actor")
            .arg(errand)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or("an actor has no pipes")?;
        tokio::task::spawn_local(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(report) = serde_json::from_str(&line) {
                    let _ = out.send((party, Note::Said(report)));
                }
            }
            let _ = out.send((party, Note::Ended));
        });
        Ok(Process { child, stdin })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// If the process has ended.
    pub async fn tell(&mut self, command: &Command) -> Result<(), Failure> {
        let line = serde_json::to_string(command).map_err(|e| e.to_string())? + "\n";
        self.stdin.write_all(line.as_bytes()).await.map_err(|e| format!("an actor has ended: {e}"))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: i32) {
        if let Some(id) = self.child.id() {
            // SAFETY: kill only sends a signal, to a process that this one started.
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
