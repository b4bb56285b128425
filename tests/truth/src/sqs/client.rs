//! Calls of the SQS API: the harness speaks its JSON protocol itself, each call on a connection of its
//! own.

use crate::wire::http::{Reader, call};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There was no answer.
    NoAnswer(String),
    /// The service has refused the call.
    Refused(String),
}

impl From<Problem> for String {
    fn from(problem: Problem) -> String {
        match problem {
            Problem::NoAnswer(why) | Problem::Refused(why) => why,
        }
    }
}

/// Calls an action, and returns its result.
///
/// # Errors
/// If there is no answer, or what the service says.
pub async fn ask(port: u16, action: &str, body: &Value) -> Result<Value, Problem> {
    let lost = |e: std::io::Error| Problem::NoAnswer(format!("{action}: {e}"));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(lost)?;
    let request = call(port, action, body.to_string().as_bytes());
    stream.write_all(&request).await.map_err(lost)?;
    let (mut reader, mut buffer) = (Reader::default(), vec![0; 16 * 1024]);
    loop {
        let size = stream.read(&mut buffer).await.map_err(lost)?;
        if size == 0 {
            return Err(Problem::NoAnswer(format!("{action}: the connection is closed")));
        }
        reader.push(&buffer[..size]);
        let Some(message) = reader.next_message() else { continue };
        let text = String::from_utf8_lossy(&message.body).into_owned();
        return match message.status {
            Some(200) => Ok(serde_json::from_str(&text).unwrap_or_default()),
            status => Err(Problem::Refused(format!("{action}: {status:?} {text}"))),
        };
    }
}
