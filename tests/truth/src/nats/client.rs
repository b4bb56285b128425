//! A connection to a NATS server: the harness speaks the protocol itself.

use crate::director::PATIENCE;
use crate::wire::nats::{Message, Reader, What, publish};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// What comes from the server.
#[derive(Debug)]
pub enum Heard {
    Message(Message),
    Disconnected,
}

/// Requests that wait for their answers, by the subject of the answer; pongs are answers too.
type Waiting = Rc<RefCell<HashMap<String, oneshot::Sender<Vec<u8>>>>>;

const PONG: &str = "PONG";

/// An open connection.
#[derive(Clone)]
pub struct Client {
    out: UnboundedSender<Vec<u8>>,
    waiting: Waiting,
    /// The subject that all answers to this connection begin with.
    inbox: String,
    requests: Rc<RefCell<u32>>,
}

impl Client {
    /// Connects; what no request waits for goes to `heard`. The name has to be its own.
    ///
    /// # Errors
    /// If no server is there, or it does not answer.
    pub async fn connect(
        port: u16,
        name: &str,
        heard: impl Fn(Heard) + 'static,
    ) -> Result<Client, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|e| e.to_string())?;
        let (read, mut write) = stream.into_split();
        let (out, mut frames) = unbounded_channel::<Vec<u8>>();
        let inbox = format!("_INBOX.{name}");
        let client = Client { out, waiting: Waiting::default(), inbox, requests: Rc::default() };
        tokio::task::spawn_local(async move {
            while let Some(frame) = frames.recv().await {
                if write.write_all(&frame).await.is_err() {
                    return;
                }
            }
        });
        let hello = json!({
            "verbose": false, "pedantic": false, "lang": "rust", "version": "0", "name": name,
            "headers": true, "no_responders": true, "protocol": 1,
        });
        client.write(format!("CONNECT {hello}\r\n").as_bytes());
        client.subscribe(&format!("{}.request.*", client.inbox), 1);
        tokio::task::spawn_local(client.clone().listen(read, heard));
        client.flush().await?;
        Ok(client)
    }

    async fn listen(self, mut read: OwnedReadHalf, heard: impl Fn(Heard)) {
        let (mut reader, mut buffer) = (Reader::default(), vec![0; 16 * 1024]);
        while let Ok(size @ 1..) = read.read(&mut buffer).await {
            reader.push(&buffer[..size]);
            while let Some(frame) = reader.next_frame() {
                match frame.what {
                    What::Message(message) => {
                        let waits = self.waiting.borrow_mut().remove(&message.subject);
                        match waits {
                            Some(waits) => drop(waits.send(message.payload)),
                            None => heard(Heard::Message(message)),
                        }
                    }
                    What::Ping => self.write(b"PONG\r\n"),
                    What::Pong => {
                        let waits = self.waiting.borrow_mut().remove(PONG);
                        waits.into_iter().for_each(|waits| drop(waits.send(Vec::new())));
                    }
                    What::Error(problem) => eprintln!("NATS: {problem}"),
                    What::Other => {}
                }
            }
        }
        self.waiting.borrow_mut().clear();
        heard(Heard::Disconnected);
    }

    fn write(&self, frame: &[u8]) {
        // If the connection is gone, whoever listens to it hears of that.
        let _ = self.out.send(frame.to_vec());
    }

    /// Returns the subject of answers to this connection, below which nothing else is published.
    pub fn inbox(&self) -> &str {
        &self.inbox
    }

    pub fn subscribe(&self, subject: &str, sid: u8) {
        self.write(format!("SUB {subject} {sid}\r\n").as_bytes());
    }

    pub fn publish(
        &self,
        subject: &str,
        reply: Option<&str>,
        headers: &[(&str, &str)],
        body: &[u8],
    ) {
        self.write(&publish(subject, reply, headers, body));
    }

    async fn wait(&self, subject: String, ask: impl FnOnce()) -> Result<Vec<u8>, String> {
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().insert(subject, answer);
        ask();
        let answered = timeout(PATIENCE, answered).await.map_err(|_| "NATS does not answer")?;
        answered.map_err(|_| "the connection to NATS is gone".into())
    }

    /// Returns when the server has read everything that was sent before.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn flush(&self) -> Result<(), String> {
        self.wait(PONG.into(), || self.write(b"PING\r\n")).await.map(drop)
    }

    /// Sends a request, and returns the answer.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn request(&self, subject: &str, body: &[u8]) -> Result<Vec<u8>, String> {
        let number = {
            let mut requests = self.requests.borrow_mut();
            *requests += 1;
            *requests
        };
        let reply = format!("{}.request.{number}", self.inbox);
        let ask = || self.publish(subject, Some(&reply), &[], body);
        self.wait(reply.clone(), ask).await
    }

    /// Sends a request to the API of JetStream, and returns the answer.
    ///
    /// # Errors
    /// What the server says.
    pub async fn ask(&self, what: &str, body: &Value) -> Result<Value, String> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.request(&format!("$JS.API.{what}"), text.as_bytes()).await?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|_| "no JetStream is there")?;
        match answer.get("error") {
            Some(error) => Err(format!("{what}: {error}")),
            None => Ok(answer),
        }
    }
}
