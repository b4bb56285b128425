//! Emulators of SQS: moto and MiniStack come from PyPI, ElasticMQ from Maven Central; `./dev truth sqs`
//! installs them.

use super::{Failure, Server, free_port, listens, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The time that an emulator may take to start, on a busy machine.
const START: Duration = Duration::from_secs(90);

/// An emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Moto,
    ElasticMq,
    MiniStack,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Moto, Kind::ElasticMq, Kind::MiniStack];

    /// Returns its name, as its project writes it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Moto => "moto",
            Kind::ElasticMq => "ElasticMQ",
            Kind::MiniStack => "MiniStack",
        }
    }

    /// Returns why its clock cannot be put forward, if that is so.
    pub fn keeps_time(self) -> Option<&'static str> {
        let why = "its JVM does not start with libfaketime, so its clock cannot be put forward";
        (self == Kind::ElasticMq).then_some(why)
    }

    fn folder(self, root: &Path) -> PathBuf {
        root.join(self.name().to_ascii_lowercase())
    }

    /// Returns the version that is installed.
    ///
    /// # Errors
    /// If none is.
    pub fn version(self, root: &Path) -> Result<String, Failure> {
        let folder = self.folder(root);
        let found = match self {
            Kind::ElasticMq => jar_version(&folder.join("lib")),
            _ => package_version(&folder, &self.name().to_ascii_lowercase()),
        };
        found.ok_or(format!("{} is not in {}", self.name(), folder.display()))
    }

    /// Returns the command that starts it.
    fn command(self, root: &Path, data: &Path, port: u16) -> Result<Command, Failure> {
        let folder = self.folder(root);
        Ok(match self {
            Kind::Moto => {
                let mut command = Command::new(folder.join("bin/python"));
                command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
                command
            }
            Kind::MiniStack => {
                let mut command = Command::new(folder.join("bin/ministack"));
                command.env("GATEWAY_PORT", port.to_string());
                command.env("BIND_HOST", "127.0.0.1").env("SERVICES", "sqs").env("TMPDIR", data);
                command
            }
            Kind::ElasticMq => {
                let settings = data.join("elasticmq.conf");
                let text = format!(
                    "include classpath(\"application.conf\")\n\
                     node-address {{ host = \"127.0.0.1\", port = {port} }}\n\
                     rest-sqs {{ bind-hostname = \"127.0.0.1\", bind-port = {port} }}\n\
                     rest-stats {{ enabled = false }}\n"
                );
                fs::write(&settings, text).map_err(|e| format!("{}: {e}", settings.display()))?;
                let mut command = Command::new("java");
                command.arg("-Xmx256m").arg("-XX:TieredStopAtLevel=1");
                command.arg(format!("-Dconfig.file={}", settings.display()));
                command.arg("-cp").arg(folder.join("lib/*")).arg("org.elasticmq.server.Main");
                command
            }
        })
    }
}

fn package_version(folder: &Path, package: &str) -> Option<String> {
    let ask = format!("import importlib.metadata as m; print(m.version('{package}'))");
    let out = Command::new(folder.join("bin/python")).arg("-c").arg(ask).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn jar_version(folder: &Path) -> Option<String> {
    let names = fs::read_dir(folder).ok()?.flatten();
    names.map(|entry| entry.file_name().to_string_lossy().into_owned()).find_map(|name| {
        let version = name.strip_prefix("elasticmq-server_2.13-")?.strip_suffix(".jar")?;
        Some(version.to_owned())
    })
}

/// Returns the library that gives a process another clock, where Debian puts it.
fn clock_library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let library = |folder: PathBuf| folder.join("faketime/libfaketimeMT.so.1");
    folders.map(|entry| library(entry.path())).find(|path| path.exists())
}

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    pub port: u16,
    /// The file that says how far its clock is put forward, if that is possible.
    clock: Option<PathBuf>,
    _server: Server,
}

impl Emulator {
    /// Starts an emulator, and waits until it listens. Its clock can be put forward if `shifts`.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn start(
        kind: Kind,
        root: &Path,
        data: &Path,
        shifts: bool,
    ) -> Result<Emulator, Failure> {
        fs::create_dir_all(data).map_err(|e| format!("{}: {e}", data.display()))?;
        let (port, log) = (free_port()?, data.join("emulator.log"));
        let mut command = kind.command(root, data, port)?;
        let clock = match shifts {
            true => Some(data.join("clock")),
            false => None,
        };
        if let Some(clock) = &clock {
            set_clock(clock, 0)?;
            let library = clock_library().ok_or("libfaketime is missing")?;
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", clock);
            // How long something waits is of the other clock, which nobody sets.
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let mut server = Server::start(kind.name(), &mut command, &log)?;
        wait_until(kind.name(), START, || server.has_ended() || listens(port)).await?;
        match listens(port) {
            true => Ok(Emulator { port, clock, _server: server }),
            false => Err(format!("{} ended at once; see {}", kind.name(), log.display())),
        }
    }

    /// Puts the clock forward.
    ///
    /// # Errors
    /// If it was not started so that it can be.
    pub fn shift(&self, seconds: u32) -> Result<(), Failure> {
        set_clock(self.clock.as_ref().ok_or("the clock cannot be put forward")?, seconds)
    }
}

fn set_clock(file: &Path, seconds: u32) -> Result<(), Failure> {
    // Whoever reads it meanwhile reads all of it.
    let new = file.with_extension("new");
    let written = fs::write(&new, format!("+{seconds}")).and_then(|()| fs::rename(&new, file));
    written.map_err(|e| format!("{}: {e}", file.display()))
}
