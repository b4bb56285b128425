//! The gate between brokers: while it is closed, nothing passes in either direction, as if the network
//! were slow. What is under way waits, so that no follower has what it has not acknowledged.

use std::io;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The gate in front of a node's listener for other nodes.
#[derive(Clone, Debug)]
pub struct Gate {
    pub port: u16,
    is_open: Rc<watch::Sender<bool>>,
}

impl Gate {
    /// Opens a gate in front of this port. If a node is given, the gate minds only its connections, and
    /// lets those of other nodes pass even while it is closed.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn open(broker: u16, minds: Option<u8>) -> io::Result<Gate> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (is_open, watches) = watch::channel(true);
        tokio::task::spawn_local(async move {
            while let Ok((near, _)) = listener.accept().await {
                let watches = watches.clone();
                tokio::task::spawn_local(async move {
                    let Ok(far) = TcpStream::connect(("127.0.0.1", broker)).await else { return };
                    let ((mut near_in, near_out), (far_in, far_out)) =
                        (near.into_split(), far.into_split());
                    let passes = match minds {
                        Some(node) => !is_from(&mut near_in, node).await,
                        None => false,
                    };
                    let watches = (!passes).then_some(watches);
                    let (up, down) = (watches.clone(), watches);
                    // The end of one side is the end of the other.
                    tokio::select! {
                        () = pass(near_in, far_out, up) => {}
                        () = pass(far_in, near_out, down) => {}
                    }
                });
            }
        });
        Ok(Gate { port, is_open: Rc::new(is_open) })
    }

    /// Opens the gate, or closes it.
    pub fn set(&self, open: bool) {
        self.is_open.send_replace(open);
    }
}

/// Returns true if the first request on the connection is of this node. Kafka's nodes name themselves
/// in the client ID: `1` as brokers, `raft-client-1` as members of the quorum.
async fn is_from(connection: &mut OwnedReadHalf, node: u8) -> bool {
    // Size, API key, its version, correlation ID, and the length of the client ID.
    const BEFORE: usize = 4 + 2 + 2 + 4 + 2;
    let mut head = [0; 64];
    loop {
        let Ok(read @ 1..) = connection.peek(&mut head).await else { return false };
        let length = usize::from(u16::from_be_bytes([head[BEFORE - 2], head[BEFORE - 1]]));
        if read < BEFORE || read < (BEFORE + length).min(head.len()) {
            continue;
        }
        let client = String::from_utf8_lossy(&head[BEFORE..(BEFORE + length).min(head.len())]);
        return client.rsplit('-').next() == Some(node.to_string().as_str());
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut open: Option<watch::Receiver<bool>>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if let Some(open) = &mut open
            && open.wait_for(|open| *open).await.is_err()
        {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
