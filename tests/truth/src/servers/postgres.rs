//! PostgreSQL, of the system's package, with a database for each run.

use super::{Failure, Server, free_port, listens, wait_until};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    pub port: u16,
    pub version: String,
    _server: Server,
}

/// Returns the folder with the server's programs: Debian keeps one for each version.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let all = versions.flatten().map(|entry| entry.path().join("bin"));
    all.filter(|path| path.join("initdb").exists()).max()
}

impl Postgres {
    /// Makes an empty data folder, and starts a server on it.
    ///
    /// # Errors
    /// If it cannot be started, or does not listen in time.
    pub async fn start(folder: &Path) -> Result<Postgres, Failure> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        let data = folder.join("postgres");
        let user = user("postgres").ok_or("there is no user postgres")?;
        let made = std::fs::create_dir_all(&data)
            .and_then(|()| std::os::unix::fs::chown(&data, Some(user), None));
        made.map_err(|e| format!("{}: {e}", data.display()))?;
        let initdb = Command::new(programs.join("initdb"))
            .args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"])
            .arg(&data)
            .current_dir(&data)
            .uid(user)
            .output()
            .map_err(|e| format!("initdb: {e}"))?;
        if !initdb.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&initdb.stderr)));
        }
        let port = free_port()?;
        let mut command = Command::new(programs.join("postgres"));
        let settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            // For relays that read the log.
            "wal_level=logical",
        ];
        command.arg("-D").arg(&data).arg("-p").arg(port.to_string()).current_dir(&data).uid(user);
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        let server = Server::start("PostgreSQL", &mut command, &folder.join("postgres.log"))?;
        let mut postgres = Postgres { port, version: String::new(), _server: server };
        wait_until("PostgreSQL", Duration::from_secs(60), || listens(port)).await?;
        let client = postgres.connect_when_up().await?;
        let row = client.query_one("SHOW server_version", &[]).await;
        let version: String = row.map_err(|e| format!("PostgreSQL: {e}"))?.get(0);
        postgres.version = version.split(' ').next().unwrap_or_default().to_owned();
        Ok(postgres)
    }

    /// Connects to a database.
    ///
    /// # Errors
    /// Of the server.
    pub async fn connect(&self, database: &str) -> Result<Client, Failure> {
        connect(self.port, database).await
    }

    async fn connect_when_up(&self) -> Result<Client, Failure> {
        let mut last = String::new();
        // It listens before it accepts sessions.
        for _ in 0..200 {
            match self.connect("postgres").await {
                Ok(client) => return Ok(client),
                Err(problem) => last = problem,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(last)
    }

    /// Keeps the log of a database, from now on, for a relay that reads it.
    ///
    /// # Errors
    /// Of the server.
    pub async fn keep_log(&self, database: &str) -> Result<(), Failure> {
        let sql = format!("pg_create_logical_replication_slot('{database}', 'test_decoding')");
        self.on_log(database, &sql).await
    }

    /// Keeps the log no longer.
    ///
    /// # Errors
    /// Of the server.
    pub async fn drop_log(&self, database: &str) -> Result<(), Failure> {
        self.on_log(database, &format!("pg_drop_replication_slot('{database}')")).await
    }

    async fn on_log(&self, database: &str, call: &str) -> Result<(), Failure> {
        let client = self.connect(database).await?;
        let done = client.batch_execute(&format!("SELECT {call}")).await;
        done.map_err(|e| format!("PostgreSQL: {e}"))
    }

    /// Makes a database with empty tables for a run of this many messages.
    ///
    /// # Errors
    /// Of the server.
    pub async fn prepare(&self, database: &str, messages: u8) -> Result<Client, Failure> {
        let failed = |e: tokio_postgres::Error| format!("PostgreSQL: {e}");
        let admin = self.connect("postgres").await?;
        for statement in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
            admin.batch_execute(&format!("{statement} {database}")).await.map_err(failed)?;
        }
        let client = self.connect(database).await?;
        let tables = "
            CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
            CREATE TABLE charges (id int PRIMARY KEY, amount int NOT NULL);
            CREATE TABLE inbox (id int PRIMARY KEY);
            CREATE TABLE customers (id int PRIMARY KEY);
            INSERT INTO customers VALUES (1);
            CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL
                REFERENCES customers DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE outbox (id bigserial PRIMARY KEY, m int NOT NULL UNIQUE,
                xid xid8 NOT NULL DEFAULT pg_current_xact_id());
            CREATE TABLE relay (xid xid8 NOT NULL, id bigint NOT NULL);
            INSERT INTO relay VALUES ('0', 0);";
        client.batch_execute(tables).await.map_err(failed)?;
        let rows =
            format!("INSERT INTO accounts SELECT i, 0 FROM generate_series(1, {messages}) i");
        client.batch_execute(&rows).await.map_err(failed)?;
        Ok(client)
    }
}

/// Connects to a database on this port.
///
/// # Errors
/// Of the server.
pub async fn connect(port: u16, database: &str) -> Result<Client, Failure> {
    let to = format!("host=127.0.0.1 port={port} user=postgres dbname={database}");
    let connected = tokio_postgres::connect(&to, NoTls).await;
    let (client, connection) = connected.map_err(|e| format!("PostgreSQL: {e}"))?;
    tokio::task::spawn_local(connection);
    Ok(client)
}

/// Returns the number of a user.
fn user(name: &str) -> Option<u32> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}
