//! The service outside every transaction: it counts how often it is called for each message.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// The calls so far, by message.
#[derive(Clone, Default)]
pub struct Mail {
    calls: Rc<RefCell<HashMap<u8, u8>>>,
}

impl Mail {
    /// Listens, and returns the port.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn listen(&self) -> io::Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let calls = self.calls.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                if stream.read_line(&mut line).await.is_err() {
                    continue;
                }
                if let Some(m) = line.trim().strip_prefix("mail m").and_then(|m| m.parse().ok()) {
                    *calls.borrow_mut().entry(m).or_default() += 1;
                    let _ = stream.write_all(b"250 sent\n").await;
                }
            }
        });
        Ok(port)
    }

    /// Returns the number of calls for a message.
    pub fn calls(&self, m: u8) -> u8 {
        self.calls.borrow().get(&m).copied().unwrap_or_default()
    }
}
