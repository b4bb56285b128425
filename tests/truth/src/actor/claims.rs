//! Claims of messages in progress, in Redis: whoever finds one that is not completed fails, and the
//! message comes again later.

use super::consumer::Consumer;
use crate::protocol::Place;
use crate::stores::claim_key;
use ackward::sim::Op;

const IN_PROGRESS: &str = "in-progress";

impl Consumer {
    /// Claims a message; returns false if it is done.
    ///
    /// # Errors
    /// Of Redis, or if the message is in progress.
    pub(super) fn claim_in_progress(&mut self, m: u8) -> Result<bool, String> {
        let lease = match &self.common.errand.place {
            Place::Sqs(queue) => queue.lease_ms,
            _ => None,
        };
        let key = claim_key(&self.common.errand.prefix, m);
        let redis = self.redis.as_mut().ok_or("there is no Redis")?;
        let mut set = ::redis::cmd("SET");
        set.arg(&key).arg(IN_PROGRESS).arg("NX");
        if let Some(ms) = lease {
            set.arg("PX").arg(ms);
        }
        let failed = |e: ::redis::RedisError| e.to_string();
        if set.query::<bool>(redis).map_err(failed)? {
            self.claims = true;
            return Ok(true);
        }
        let state: Option<String> = ::redis::cmd("GET").arg(&key).query(redis).map_err(failed)?;
        match state.as_deref() {
            Some(IN_PROGRESS) | None => Err(format!("m{m} is in progress")),
            Some(_) => Ok(false),
        }
    }

    /// Marks a message as done, whoever has claimed it.
    ///
    /// # Errors
    /// Of Redis.
    pub(super) fn complete(&mut self, m: u8) -> Result<bool, String> {
        let key = claim_key(&self.common.errand.prefix, m);
        let redis = self.redis.as_mut().ok_or("there is no Redis")?;
        self.claims = false;
        let set = ::redis::cmd("SET").arg(&key).arg("done").arg("EX").arg(3600).query(redis);
        set.map(|()| true).map_err(|e| e.to_string())
    }

    /// Deletes the claim of a handler that has failed at this line. If the completion itself has
    /// failed, the claim stays: the work may be done.
    pub(super) fn release_claim(&mut self, pc: u8) {
        let completes = self.program.op(pc) == Some(Op::Complete);
        let claims = std::mem::take(&mut self.claims);
        let m = self.hand.map(|hand| hand.m).filter(|_| claims && !completes);
        if let Some((m, redis)) = m.zip(self.redis.as_mut()) {
            let key = claim_key(&self.common.errand.prefix, m);
            let _: ::redis::RedisResult<u8> = ::redis::cmd("DEL").arg(key).query(redis);
        }
    }
}
