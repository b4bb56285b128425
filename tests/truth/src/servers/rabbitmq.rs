//! RabbitMQ nodes of a Debian root folder (`debootstrap`), run by `chroot`: the system's own may be
//! years older than the series that the model describes.

use super::disk::Disk;
use super::{Failure, Server, free_port, listens, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The time that a node may take to start, on a busy machine.
const START: Duration = Duration::from_secs(90);
/// Where the nodes' data is, seen from inside the root folder.
const DATA: &str = "/var/lib/ackward-truth";
/// How long a quorum queue waits for a consumer whose node is gone, in milliseconds.
pub const DISCONNECTED_MS: u32 = 1000;
/// The secret that nodes of a cluster know each other by; it protects nothing here.
const COOKIE: &str = "ACKWARDTRUTH";

/// The nodes that play the broker of a run, the leader first.
#[derive(Debug)]
pub struct Cast {
    pub nodes: Vec<Node>,
    /// The disk of the only node, if it can lose power.
    pub disk: Option<Disk>,
    root: PathBuf,
    folder: String,
    _epmd: Server,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    root: PathBuf,
    /// The folder of its settings, and the folder of its data, as seen from inside the root.
    home: String,
    data: String,
    name: String,
    log: PathBuf,
    pub port: u16,
    distribution: u16,
    epmd: u16,
    server: Option<Server>,
}

/// Returns the version of RabbitMQ in a root folder, if it is installed there.
pub fn version(root: &Path) -> Option<String> {
    let query = ["dpkg-query", "-W", "-f", "${Version}", "rabbitmq-server"];
    let out = Command::new("chroot").arg(root).args(query).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.split('-').next().filter(|version| !version.is_empty()).map(str::to_owned)
}

impl Cast {
    /// Starts this many nodes with empty data folders, as a cluster if there are several; on a disk
    /// that can lose power if `powered`.
    ///
    /// # Errors
    /// If they cannot be started, or do not listen in time.
    pub async fn start(
        root: &Path,
        logs: &Path,
        count: u8,
        powered: bool,
    ) -> Result<Cast, Failure> {
        static CASTS: AtomicU32 = AtomicU32::new(0);
        let cast = CASTS.fetch_add(1, Ordering::Relaxed);
        let folder = format!("{DATA}-{}-{cast}", std::process::id());
        let epmd_port = free_port()?;
        let mut epmd = Command::new("chroot");
        epmd.arg(root).args(["epmd", "-address", "127.0.0.1", "-port", &epmd_port.to_string()]);
        let epmd = Server::start("epmd", &mut epmd, &logs.join("epmd.log"))?;
        let mut cast =
            Cast { nodes: Vec::new(), disk: None, root: root.to_owned(), folder, _epmd: epmd };
        wait_until("epmd", START, || listens(epmd_port)).await?;
        let names: Vec<String> = (1..=count).map(|n| format!("truth{n}@localhost")).collect();
        for name in &names {
            let node = Node::prepare(&cast, name, &names, epmd_port, logs)?;
            cast.nodes.push(node);
        }
        if powered {
            let place = root.join(&cast.nodes[0].data[1..]);
            cast.disk = Some(Disk::mount(&logs.join("disk.img"), &place)?);
        }
        for node in &mut cast.nodes {
            node.launch()?;
        }
        for node in &mut cast.nodes {
            node.await_start().await?;
        }
        if count > 1 {
            cast.nodes[0].control(&["await_online_nodes", &count.to_string()])?;
        }
        Ok(cast)
    }
}

impl Drop for Cast {
    fn drop(&mut self) {
        // The nodes first: they use what is removed after them.
        self.nodes.clear();
        self.disk.take();
        let _ = fs::remove_dir_all(self.root.join(&self.folder[1..]));
    }
}

impl Node {
    fn prepare(
        cast: &Cast,
        name: &str,
        all: &[String],
        epmd: u16,
        logs: &Path,
    ) -> Result<Node, Failure> {
        let short = name.split('@').next().unwrap_or(name);
        let home = format!("{}/{short}", cast.folder);
        let data = format!("{home}/data");
        let outside = cast.root.join(&home[1..]);
        let mut settings = "log.console = true\nvm_memory_high_watermark.absolute = 1GB\n\
                            disk_free_limit.absolute = 50MB\n"
            .to_owned();
        if all.len() > 1 {
            // Scaled down: a quorum queue waits so long for a consumer whose node is gone.
            settings += &format!("consumer_disconnected_timeout = {DISCONNECTED_MS}\n");
            settings += "cluster_formation.peer_discovery_backend = classic_config\n";
            for (i, peer) in all.iter().enumerate() {
                settings += &format!("cluster_formation.classic_config.nodes.{} = {peer}\n", i + 1);
            }
        }
        let cookie = outside.join(".erlang.cookie");
        let made = fs::create_dir_all(cast.root.join(&data[1..]))
            .and_then(|()| fs::write(outside.join("rabbitmq.conf"), settings))
            .and_then(|()| fs::write(&cookie, COOKIE))
            .and_then(|()| {
                let mode = std::os::unix::fs::PermissionsExt::from_mode(0o400);
                fs::set_permissions(&cookie, mode)
            });
        made.map_err(|e| format!("{}: {e}", outside.display()))?;
        Ok(Node {
            root: cast.root.clone(),
            home,
            data,
            name: name.to_owned(),
            log: logs.join(format!("{short}.log")),
            port: free_port()?,
            distribution: free_port()?,
            epmd,
            server: None,
        })
    }

    /// Starts the node on the data that it has, and waits until it listens.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn restart(&mut self) -> Result<(), Failure> {
        self.launch()?;
        self.await_start().await
    }

    fn launch(&mut self) -> Result<(), Failure> {
        let mut command = Command::new("unshare");
        let run = "mount -t proc proc \"$0/proc\" && \
                   exec chroot \"$0\" /usr/lib/rabbitmq/bin/rabbitmq-server";
        command.args(["--mount", "sh", "-c", run]).arg(&self.root).env_clear();
        self.environment(&mut command);
        self.server = Some(Server::start("RabbitMQ", &mut command, &self.log)?);
        Ok(())
    }

    fn environment(&self, command: &mut Command) {
        let at = |name: &str| format!("{}/{name}", self.data);
        let scheduler = "+sbwt none +S 2:2";
        let loopback = "-kernel inet_dist_use_interface {127,0,0,1}";
        command.envs([
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("HOME", self.home.clone()),
            ("ERL_EPMD_PORT", self.epmd.to_string()),
            ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
            // The script replaces itself with the virtual machine, without a shell around it.
            ("RUNNING_UNDER_SYSTEMD", "true".to_owned()),
            ("RABBITMQ_NODENAME", self.name.clone()),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
            ("RABBITMQ_NODE_PORT", self.port.to_string()),
            ("RABBITMQ_DIST_PORT", self.distribution.to_string()),
            ("RABBITMQ_MNESIA_BASE", at("db")),
            ("RABBITMQ_LOG_BASE", at("log")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", at("plugins")),
            ("RABBITMQ_CONFIG_FILE", format!("{}/rabbitmq", self.home)),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", format!("{loopback} {scheduler}")),
        ]);
    }

    async fn await_start(&mut self) -> Result<(), Failure> {
        let (port, log) = (self.port, self.log.display());
        let server = self.server.as_mut().ok_or("the node was not started")?;
        let ready = || server.has_ended() || listens(port);
        wait_until("RabbitMQ", START, ready).await?;
        match listens(port) {
            true => Ok(()),
            false => Err(format!("RabbitMQ ended at once; see {log}")),
        }
    }

    /// Runs `rabbitmqctl` against the node.
    fn control(&self, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = Command::new("chroot");
        command.arg(&self.root).arg("/usr/lib/rabbitmq/bin/rabbitmqctl").env_clear();
        self.environment(&mut command);
        let out = command.args(["-n", &self.name]).args(arguments).output();
        let out = out.map_err(|e| format!("rabbitmqctl: {e}"))?;
        match out.status.success() {
            true => Ok(()),
            false => Err(format!("rabbitmqctl: {}", String::from_utf8_lossy(&out.stderr))),
        }
    }

    /// Returns true if a classic queue has a message with this text in its files, as the operating
    /// system shows them: written, if not synced.
    pub fn has_written(&self, queue: &str, text: &str) -> bool {
        let data = self.root.join(&self.data[1..]);
        let vhosts = data.join("db").join(&self.name).join("msg_stores/vhosts");
        let folders = entries(&vhosts).flat_map(|vhost| entries(&vhost.join("queues")));
        let holds = |path: PathBuf, what: &str| {
            let bytes = fs::read(path).unwrap_or_default();
            bytes.windows(what.len()).any(|window| window == what.as_bytes())
        };
        let mut own = folders.filter(|folder| holds(folder.join(".queue_name"), queue));
        own.any(|folder| entries(&folder).any(|path| holds(path, text)))
    }

    /// Returns true if the node has saved that it hosts a quorum queue. It saves that some time after
    /// it has declared it, and a queue that is younger loses everything when the node is killed
    /// (rabbitmq/ra#443).
    pub fn knows(&self, queue: &str) -> bool {
        let data = self.root.join(&self.data[1..]);
        let names = data.join("db").join(&self.name).join("quorum").join(&self.name);
        let bytes = fs::read(names.join("names.dets")).unwrap_or_default();
        bytes.windows(queue.len()).any(|window| window == queue.as_bytes())
    }

    /// Kills the node as `kill -9` does.
    pub fn kill(&mut self) {
        self.server.take();
    }

    /// Kills the node, and removes its disk.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn destroy(&mut self) -> Result<(), Failure> {
        self.kill();
        fs::remove_dir_all(self.root.join(&self.data[1..])).map_err(|e| format!("its data: {e}"))
    }

    /// Stops all threads of the node, which then reads nothing.
    pub fn freeze(&self) {
        self.server.iter().for_each(|server| server.signal(libc::SIGSTOP));
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
