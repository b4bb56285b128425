//! Redis, of the system's package.

use super::{Failure, Server, free_port, listens, wait_until};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A running server.
#[derive(Debug)]
pub struct Redis {
    pub port: u16,
    pub version: String,
    _server: Server,
}

impl Redis {
    /// Starts a server that keeps nothing on disk.
    ///
    /// # Errors
    /// If it cannot be started, or does not listen in time.
    pub async fn start(folder: &Path) -> Result<Redis, Failure> {
        let port = free_port()?;
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"]);
        command.arg(folder);
        let server = Server::start("Redis", &mut command, &folder.join("redis.log"))?;
        wait_until("Redis", Duration::from_secs(30), || listens(port)).await?;
        let mut redis = Redis { port, version: String::new(), _server: server };
        let failed = |e: redis::RedisError| format!("Redis: {e}");
        let info: String =
            redis::cmd("INFO").arg("server").query(&mut redis.connect()?).map_err(failed)?;
        let line = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
        redis.version = line.unwrap_or_default().trim().to_owned();
        Ok(redis)
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Of the server.
    pub fn connect(&self) -> Result<redis::Connection, Failure> {
        connect(self.port)
    }
}

/// Opens a connection to this port.
///
/// # Errors
/// Of the server.
pub fn connect(port: u16) -> Result<redis::Connection, Failure> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}"));
    client.and_then(|client| client.get_connection()).map_err(|e| format!("Redis: {e}"))
}
