//! A RabbitMQ node of a Debian root folder (`debootstrap`), run by `chroot`: the system's own may
//! be years older than the series that the model describes.

use super::{Failure, Server, free_port, listens, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The time that a node may take to start, on a busy machine.
const START: Duration = Duration::from_secs(90);
/// Where a node's data is, seen from inside the root folder.
const DATA: &str = "/var/lib/ackward-truth";

/// A node and its epmd.
#[derive(Debug)]
pub struct Node {
    root: PathBuf,
    data: String,
    log: PathBuf,
    pub port: u16,
    distribution: u16,
    epmd_port: u16,
    _epmd: Server,
    server: Option<Server>,
    pub version: String,
}

/// Returns the version of RabbitMQ in a root folder, if it is installed there.
pub fn version(root: &Path) -> Option<String> {
    let query = ["dpkg-query", "-W", "-f", "${Version}", "rabbitmq-server"];
    let out = Command::new("chroot").arg(root).args(query).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.split('-').next().filter(|version| !version.is_empty()).map(str::to_owned)
}

impl Node {
    /// Prepares a node with an empty data folder, and starts it.
    ///
    /// # Errors
    /// If it cannot be started, or does not listen in time.
    pub async fn start(root: &Path, logs: &Path) -> Result<Node, Failure> {
        let version = version(root).ok_or("RabbitMQ is not installed in the root folder")?;
        let (port, distribution, epmd_port) = (free_port()?, free_port()?, free_port()?);
        let data = format!("{DATA}-{}", std::process::id());
        let outside = root.join(&data[1..]);
        let made = fs::create_dir_all(&outside).and_then(|()| {
            let settings = "log.console = true\nvm_memory_high_watermark.absolute = 1GB\n\
                            disk_free_limit.absolute = 50MB\n";
            fs::write(outside.join("rabbitmq.conf"), settings)
        });
        made.map_err(|e| format!("{}: {e}", outside.display()))?;
        let mut epmd = Command::new("chroot");
        epmd.arg(root).args(["epmd", "-address", "127.0.0.1", "-port", &epmd_port.to_string()]);
        let epmd = Server::start("epmd", &mut epmd, &logs.join("epmd.log"))?;
        wait_until("epmd", START, || listens(epmd_port)).await?;
        let mut node = Node {
            root: root.to_owned(),
            data,
            log: logs.join("rabbitmq.log"),
            port,
            distribution,
            epmd_port,
            _epmd: epmd,
            server: None,
            version,
        };
        node.restart().await?;
        Ok(node)
    }

    /// Starts the node on the data that it has.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn restart(&mut self) -> Result<(), Failure> {
        let mut command = Command::new("unshare");
        let run = "mount -t proc proc \"$0/proc\" && \
                   exec chroot \"$0\" /usr/lib/rabbitmq/bin/rabbitmq-server";
        command.args(["--mount", "sh", "-c", run]).arg(&self.root).env_clear();
        let at = |name: &str| format!("{}/{name}", self.data);
        let scheduler = "+sbwt none +S 2:2";
        let loopback = "-kernel inet_dist_use_interface {127,0,0,1}";
        command.envs([
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("HOME", self.data.clone()),
            ("ERL_EPMD_PORT", self.epmd_port.to_string()),
            ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
            // The script replaces itself with the virtual machine, without a shell around it.
            ("RUNNING_UNDER_SYSTEMD", "true".to_owned()),
            ("RABBITMQ_NODENAME", "truth@localhost".to_owned()),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
            ("RABBITMQ_NODE_PORT", self.port.to_string()),
            ("RABBITMQ_DIST_PORT", self.distribution.to_string()),
            ("RABBITMQ_MNESIA_BASE", at("db")),
            ("RABBITMQ_LOG_BASE", at("log")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", at("plugins")),
            ("RABBITMQ_CONFIG_FILE", at("rabbitmq")),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", format!("{loopback} {scheduler}")),
        ]);
        let server = Server::start("RabbitMQ", &mut command, &self.log)?;
        let server = self.server.insert(server);
        let port = self.port;
        let ready = || server.has_ended() || listens(port);
        wait_until("RabbitMQ", START, ready).await?;
        match listens(port) {
            true => Ok(()),
            false => Err(format!("RabbitMQ ended at once; see {}", self.log.display())),
        }
    }

    /// Returns true if a classic queue has a message with this text in its files, as the operating
    /// system shows them: written, if not synced.
    pub fn has_written(&self, queue: &str, text: &str) -> bool {
        let data = self.root.join(&self.data[1..]);
        let vhosts = data.join("db/truth@localhost/msg_stores/vhosts");
        let folders = entries(&vhosts).flat_map(|vhost| entries(&vhost.join("queues")));
        let holds = |path: PathBuf, what: &str| {
            let bytes = fs::read(path).unwrap_or_default();
            bytes.windows(what.len()).any(|window| window == what.as_bytes())
        };
        let mut own = folders.filter(|folder| holds(folder.join(".queue_name"), queue));
        own.any(|folder| entries(&folder).any(|path| holds(path, text)))
    }

    /// Kills the node as `kill -9` does.
    pub fn kill(&mut self) {
        self.server.take();
    }

    /// Stops all threads of the node, which then reads nothing.
    pub fn freeze(&self) {
        self.server.iter().for_each(|server| server.signal(libc::SIGSTOP));
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(self.root.join(&self.data[1..]));
    }
}
