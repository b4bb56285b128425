//! The proxy between consumers and PostgreSQL. It passes everything on, except that it can swallow
//! the reply to one `COMMIT` and cut the connection.

use crate::wire::postgres::{Reader, is_commit_reply};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Where the next reply to a `COMMIT` is reported to, if it shall be lost, and the signal to cut.
type Trap = Rc<RefCell<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>>;

/// The proxy of a run.
#[derive(Clone, Default)]
pub struct CommitProxy {
    trap: Trap,
}

impl CommitProxy {
    /// Listens, and returns the port.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn listen(&self, postgres: u16) -> io::Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let proxy = self.clone();
        tokio::task::spawn_local(async move {
            while let Ok((near, _)) = listener.accept().await {
                let proxy = proxy.clone();
                tokio::task::spawn_local(async move {
                    if let Ok(far) = TcpStream::connect(("127.0.0.1", postgres)).await {
                        proxy.pass(near, far).await;
                    }
                });
            }
        });
        Ok(port)
    }

    /// Swallows the next reply to a `COMMIT`: the receiver tells when it came, and the sender lets
    /// the proxy cut the connection.
    pub fn arm(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (came, has_come) = oneshot::channel();
        let (cut, may_cut) = oneshot::channel();
        *self.trap.borrow_mut() = Some((came, may_cut));
        (has_come, cut)
    }

    async fn pass(self, near: TcpStream, far: TcpStream) {
        let (mut near_in, mut near_out) = near.into_split();
        let (mut far_in, mut far_out) = far.into_split();
        let up = tokio::io::copy(&mut near_in, &mut far_out);
        let down = async {
            let mut reader = Reader::default();
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(read @ 1..) = far_in.read(&mut buffer).await {
                reader.push(&buffer[..read]);
                while let Some(message) = reader.next_message() {
                    let trap = is_commit_reply(&message).then(|| self.trap.borrow_mut().take());
                    if let Some((came, cut)) = trap.flatten() {
                        let _ = came.send(());
                        let _ = cut.await;
                        return;
                    }
                    if near_out.write_all(&message).await.is_err() {
                        return;
                    }
                }
            }
        };
        tokio::select! {
            _ = up => {}
            () = down => {}
        }
    }
}
