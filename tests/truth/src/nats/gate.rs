//! The gate in front of one server of a cluster: while it is closed, no other server reaches it, and
//! what was under way to it is gone.

use std::io;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The gate in front of a server's listener for other servers.
#[derive(Debug)]
pub struct Gate {
    pub port: u16,
    is_open: watch::Sender<bool>,
}

impl Gate {
    /// Opens a gate in front of this port.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn open(server: u16) -> io::Result<Gate> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (is_open, watches) = watch::channel(true);
        tokio::task::spawn_local(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut watches = watches.clone();
                if !*watches.borrow() {
                    continue;
                }
                tokio::task::spawn_local(async move {
                    let far = TcpStream::connect(("127.0.0.1", server)).await;
                    let Ok(mut far) = far else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = watches.wait_for(|open| !*open) => {}
                    }
                });
            }
        });
        Ok(Gate { port, is_open })
    }

    /// Opens the gate, or closes it and every connection through it.
    pub fn set(&self, open: bool) {
        self.is_open.send_replace(open);
    }
}
