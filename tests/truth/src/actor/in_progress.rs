//! What a consumer tells its broker again and again while a handler runs.

use tokio::task::JoinHandle;

/// Says that a message is still being worked on, until it is dropped.
pub struct InProgress(pub JoinHandle<()>);

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.abort();
    }
}
