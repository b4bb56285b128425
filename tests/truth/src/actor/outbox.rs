//! The outbox: how the application writes its rows, and how the relay finds them again.

use super::Common;
use crate::servers::postgres;
use ackward::sim::settings::Database;
use ackward::sim::settings::outbox::{Marks, Reads};
use std::collections::{BTreeSet, HashMap};
use tokio_postgres::{Client, SimpleQueryMessage};

/// The sender's own database, with the orders and perhaps an outbox.
pub struct Orders {
    port: u16,
    database: String,
    client: Client,
    has_outbox: bool,
    settings: ackward::sim::settings::outbox::Outbox,
    messages: u8,
    /// Transactions that are open, by message.
    open: HashMap<u8, Client>,
    /// Rows that the relay has marked already, and has in memory only.
    held: BTreeSet<u8>,
}

impl Orders {
    /// Connects.
    pub async fn open(common: &Common) -> Result<Orders, String> {
        let (errand, scenario) = (&common.errand, &common.setup.scenario);
        Ok(Orders {
            port: errand.postgres,
            database: errand.database.clone(),
            client: postgres::connect(errand.postgres, &errand.database).await?,
            has_outbox: scenario.configuration.database == Some(Database::Outbox),
            settings: scenario.configuration.outbox.clone(),
            messages: scenario.configuration.messages,
            open: HashMap::new(),
            held: BTreeSet::new(),
        })
    }

    /// Returns the statements that write an order and its rows, within a transaction.
    fn inserts(&self, m: u8) -> String {
        let rows = self.rows_of(m).map(|m| match self.has_outbox {
            true => {
                format!("INSERT INTO orders VALUES ({m}, 1); INSERT INTO outbox (m) VALUES ({m});")
            }
            false => format!("INSERT INTO orders VALUES ({m}, 1);"),
        });
        rows.collect()
    }

    /// Returns the messages that are written in one transaction with this one.
    fn rows_of(&self, m: u8) -> std::ops::RangeInclusive<u8> {
        let rows = if self.has_outbox { self.settings.rows_per_transaction } else { 1 };
        let first = m - (m - 1) % rows;
        first..=(first + rows - 1).min(self.messages)
    }

    /// Inserts the order and its rows into a transaction that stays open.
    pub async fn insert(&mut self, m: u8) -> Result<(), String> {
        let client = postgres::connect(self.port, &self.database).await?;
        let sql = format!("BEGIN; {}", self.inserts(m));
        client.batch_execute(&sql).await.map_err(|e| e.to_string())?;
        self.open.insert(m, client);
        Ok(())
    }

    /// Commits the order: the transaction that is open for it, or one of its own.
    pub async fn save(&mut self, m: u8) -> Result<(), String> {
        let done = match self.open.remove(&m) {
            Some(client) => client.batch_execute("COMMIT").await,
            None => {
                let sql = format!("BEGIN; {} COMMIT", self.inserts(m));
                self.client.batch_execute(&sql).await
            }
        };
        done.map_err(|e| e.to_string())
    }

    /// Returns the row that the relay reads next.
    pub async fn next_row(&self) -> Result<Option<u8>, String> {
        if let Some(&m) = self.held.first() {
            return Ok(Some(m));
        }
        let sql = match self.settings.reads {
            Reads::Unsent => "SELECT m FROM outbox ORDER BY id LIMIT 1".to_owned(),
            Reads::IdAfterLast => "SELECT m FROM outbox WHERE id > (SELECT id FROM relay) \
                                   ORDER BY id LIMIT 1"
                .to_owned(),
            Reads::IdBelowXmin => {
                "SELECT m FROM outbox WHERE (xid, id) > (SELECT xid, id FROM relay) \
                                   AND xid < pg_snapshot_xmin(pg_current_snapshot()) \
                                   ORDER BY xid, id LIMIT 1"
                    .to_owned()
            }
            Reads::Log => {
                let changes = self.changes().await?;
                return Ok(changes.first().map(|change| change.m));
            }
        };
        let rows = self.client.simple_query(&sql).await.map_err(|e| e.to_string())?;
        let row = rows.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).and_then(|m| m.parse().ok()),
            _ => None,
        });
        Ok(row)
    }

    /// Reads the row of a message, which has to be the next one if there is an order.
    pub async fn read(&self, m: u8) -> Result<(), String> {
        if self.settings.reads == Reads::Unsent && !self.held.contains(&m) {
            // What is sent and not yet marked is still there, too.
            let query = format!("SELECT m FROM outbox WHERE m = {m}");
            let row = self.client.query_opt(query.as_str(), &[]).await;
            return row.map_err(|e| e.to_string())?.map(drop).ok_or("it has no such row".into());
        }
        match self.next_row().await? {
            Some(next) if next == m => Ok(()),
            next => Err(format!("the next row is that of {next:?}, not of {m}")),
        }
    }

    /// Marks the row as sent, or saves the position after it.
    pub async fn mark(&mut self, m: u8) -> Result<(), String> {
        if self.held.remove(&m) {
            return Ok(());
        }
        let rows = match self.settings.marks {
            Marks::EachRow => m..=m,
            Marks::Transaction => self.rows_of(m),
        };
        let (first, last) = (*rows.start(), *rows.end());
        let sql = match self.settings.reads {
            Reads::Unsent => format!("DELETE FROM outbox WHERE m BETWEEN {first} AND {last}"),
            Reads::IdAfterLast | Reads::IdBelowXmin => format!(
                "UPDATE relay SET (xid, id) = (SELECT xid, id FROM outbox \
                 WHERE m BETWEEN {first} AND {last} ORDER BY xid DESC, id DESC LIMIT 1)"
            ),
            Reads::Log => {
                let changes = self.changes().await?;
                let own = changes.iter().find(|change| change.m == m);
                let end = own.ok_or("the log has no such row")?.end.clone();
                format!("SELECT pg_replication_slot_advance('{}', '{end}')", self.database)
            }
        };
        self.client.batch_execute(&sql).await.map_err(|e| e.to_string())?;
        self.held.extend(rows.filter(|&row| row != m));
        Ok(())
    }

    /// Returns the rows that were added to the outbox after the position in the log.
    async fn changes(&self) -> Result<Vec<Change>, String> {
        let query = format!(
            "SELECT lsn::text, data FROM pg_logical_slot_peek_changes('{}', NULL, NULL)",
            self.database
        );
        let rows = self.client.query(query.as_str(), &[]).await.map_err(|e| e.to_string())?;
        let mut changes: Vec<Change> = Vec::new();
        for row in rows {
            let (lsn, data): (String, String) = (row.get(0), row.get(1));
            if let Some((_, values)) = data.split_once("table public.outbox: INSERT:") {
                let m = values.split_once("m[integer]:").map(|(_, rest)| rest);
                let m = m.and_then(|rest| rest.split(' ').next()).and_then(|m| m.parse().ok());
                changes.push(Change { m: m.ok_or("a row without message")?, end: String::new() });
            } else if data.starts_with("COMMIT") {
                let own = changes.iter_mut().filter(|change| change.end.is_empty());
                own.for_each(|change| change.end.clone_from(&lsn));
            }
        }
        Ok(changes)
    }
}

/// A row in the log of the database.
struct Change {
    m: u8,
    /// The end of its transaction.
    end: String,
}
