//! What the stores show of a run: the director's own connections to them.

use crate::mail::Mail;
use crate::servers::Failure;
use crate::servers::redis::Redis;
use tokio_postgres::Client;

/// The stores of a run.
pub struct Stores {
    pub accounts: Client,
    pub mail: Mail,
    amount: i32,
}

impl Stores {
    pub fn new(accounts: Client, mail: Mail, amount: u32) -> Stores {
        Stores { accounts, mail, amount: amount.max(1) as i32 }
    }

    /// Returns the number of effects of a message that the database shows.
    ///
    /// # Errors
    /// Of the database.
    pub async fn applied(&self, m: u8) -> Result<u8, Failure> {
        let query = "SELECT balance + coalesce((SELECT amount FROM charges WHERE id = $1), 0) \
                     FROM accounts WHERE id = $1";
        let row = self.accounts.query_one(query, &[&i32::from(m)]).await.map_err(failed)?;
        Ok((row.get::<_, i32>(0) / self.amount) as u8)
    }

    /// Returns true if the row of a message is in the producer's database.
    ///
    /// # Errors
    /// Of the database.
    pub async fn saved(&self, m: u8) -> Result<bool, Failure> {
        let query = "SELECT id FROM orders WHERE id = $1";
        let row = self.accounts.query_opt(query, &[&i32::from(m)]).await;
        Ok(row.map_err(failed)?.is_some())
    }

    /// Makes the next commits of orders fail, by a constraint that is checked when they commit; or
    /// lets them succeed again.
    ///
    /// # Errors
    /// Of the database.
    pub async fn refuse_orders(&self, refuse: bool) -> Result<(), Failure> {
        let sql = match refuse {
            true => "DELETE FROM customers",
            false => "INSERT INTO customers VALUES (1)",
        };
        self.accounts.batch_execute(sql).await.map_err(failed)
    }

    /// Deletes the ID of a message from the inbox, as a job that prunes it would.
    ///
    /// # Errors
    /// Of the database, or if the ID is not there.
    pub async fn prune(&self, m: u8) -> Result<(), Failure> {
        let done = self.accounts.execute("DELETE FROM inbox WHERE id = $1", &[&i32::from(m)]).await;
        match done.map_err(failed)? {
            1 => Ok(()),
            rows => Err(format!("the inbox has {rows} rows of m{m}")),
        }
    }
}

/// Returns the key of a claim in Redis, below the prefix of a run.
pub fn claim_key(prefix: &str, m: u8) -> String {
    format!("{prefix}-claim-{m}")
}

/// Waits until the claim of a message is gone by itself.
///
/// # Errors
/// Of Redis, or if it stays.
pub async fn await_lease(redis: &Redis, prefix: &str, m: u8) -> Result<(), Failure> {
    let mut connection = redis.connect()?;
    let key = claim_key(prefix, m);
    let gone = || redis::cmd("EXISTS").arg(&key).query(&mut connection) == Ok(0);
    crate::servers::wait_until("the end of a lease", crate::director::PATIENCE, gone).await
}

/// Lets the keys of a message expire now, and returns when they are gone.
///
/// # Errors
/// Of Redis, or if there is no such key.
pub async fn expire(redis: &Redis, prefix: &str, m: u8) -> Result<(), Failure> {
    let mut connection = redis.connect()?;
    let failed = |e: redis::RedisError| format!("Redis: {e}");
    let keys = [format!("{prefix}-seen"), format!("{prefix}-claim-{m}")];
    let mut had = 0;
    for key in &keys {
        had +=
            redis::cmd("PEXPIRE").arg(key).arg(1).query::<u8>(&mut connection).map_err(failed)?;
    }
    if had == 0 {
        return Err(format!("Redis has no key of m{m}"));
    }
    let gone = || {
        let left = redis::cmd("EXISTS").arg(&keys).query::<u8>(&mut connection);
        left.is_ok_and(|left| left == 0)
    };
    crate::servers::wait_until("the expiry of a key", std::time::Duration::from_secs(5), gone).await
}

fn failed(e: tokio_postgres::Error) -> Failure {
    format!("PostgreSQL: {e}")
}
