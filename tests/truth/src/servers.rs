//! Servers on loopback, each with a data folder of its own below one temporary folder.

pub mod disk;
pub mod kafka;
pub mod nats;
pub mod postgres;
pub mod rabbitmq;
pub mod redis;
pub mod sqs;

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A failure of the harness itself: what was tried, and what came of it.
pub type Failure = String;

/// A server process and all that it started, in a process group of its own.
#[derive(Debug)]
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts a server in a process group of its own; its output goes to a log.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Server, Failure> {
        let file = |e: io::Error| format!("{}: {e}", log.display());
        let out = fs::OpenOptions::new().create(true).append(true).open(log).map_err(file)?;
        let err = out.try_clone().map_err(file)?;
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        // Whatever ends the harness ends its servers.
        // SAFETY: prctl is async-signal-safe, and touches nothing but the new process.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let child = command.spawn().map_err(|e| format!("{name} cannot be started: {e}"))?;
        Ok(Server { child })
    }

    /// Returns true if the server has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal to the whole process group.
    pub fn signal(&self, signal: i32) {
        // SAFETY: killpg only sends a signal, to a group that this process started.
        unsafe { libc::killpg(self.child.id() as i32, signal) };
    }

    /// Kills the server as `kill -9` does, and waits for its end.
    pub fn kill(&mut self) {
        self.signal(libc::SIGKILL);
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.kill();
        }
    }
}

/// Waits until `ready` says so. There is nothing to be told by, so it is asked every 20 ms.
///
/// # Errors
/// If that takes longer than `most`.
pub async fn wait_until(
    what: &str,
    most: Duration,
    mut ready: impl FnMut() -> bool,
) -> Result<(), Failure> {
    let start = Instant::now();
    while !ready() {
        if start.elapsed() > most {
            return Err(format!("{what}: not within {} s", most.as_secs()));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Returns true if something listens on the port.
pub fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Returns a port that is free now.
///
/// # Errors
/// Of the operating system.
pub fn free_port() -> Result<u16, Failure> {
    let bound = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr());
    bound.map(|address| address.port()).map_err(|e| format!("no free port: {e}"))
}

/// A folder that is removed with all that is in it.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes a new folder below the system's temporary one.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn temporary() -> Result<Folder, Failure> {
        let path = std::env::temp_dir().join(format!("ackward-truth-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
