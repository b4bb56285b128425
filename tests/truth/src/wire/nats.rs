//! The protocol of NATS (docs, reference, client protocol): a line of text, and after `PUB`, `MSG` and
//! their forms with headers as many bytes as the line says.

/// A message, as a client publishes it or a server sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    pub subject: String,
    pub reply: Option<String>,
    pub payload: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Message(Message),
    Ping,
    Pong,
    Error(String),
    Other,
}

/// A line with what belongs to it, byte for byte as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub bytes: Vec<u8>,
    pub what: What,
}

/// Cuts a stream of bytes into frames; both sides speak the same language.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
}

const END: &[u8] = b"\r\n";

impl Reader {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next complete frame, if it has arrived.
    pub fn next_frame(&mut self) -> Option<Frame> {
        let line = self.bytes.windows(END.len()).position(|window| window == END)?;
        let text = String::from_utf8_lossy(&self.bytes[..line]).into_owned();
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let start = line + END.len();
        let (end, what) = match words[..] {
            ["MSG" | "HMSG" | "PUB" | "HPUB", ..] => {
                let (headers, size, mut message) = head(&words)?;
                let end = start + size + END.len();
                message.payload = self.bytes.get(start..end)?[headers..size].to_vec();
                (end, What::Message(message))
            }
            ["PING"] => (start, What::Ping),
            ["PONG"] => (start, What::Pong),
            ["-ERR", ..] => (start, What::Error(text)),
            _ => (start, What::Other),
        };
        Some(Frame { bytes: self.bytes.drain(..end).collect(), what })
    }
}

/// Reads the line before a message: the sizes of its headers and of all of it.
fn head(words: &[&str]) -> Option<(usize, usize, Message)> {
    let (name, mut rest) = words.split_first()?;
    let mut number = || {
        let (last, before) = rest.split_last()?;
        rest = before;
        last.parse().ok()
    };
    let size = number()?;
    let headers = if name.starts_with('H') { number()? } else { 0 };
    let (subject, rest) = rest.split_first()?;
    // A server names the subscription, too.
    let reply = rest.get(usize::from(name.ends_with("MSG"))).map(|reply| (*reply).to_owned());
    let subject = (*subject).to_owned();
    Some((headers, size, Message { subject, reply, ..Message::default() }))
}

/// Returns the frame that publishes a message, with these headers if there are any.
pub fn publish(
    subject: &str,
    reply: Option<&str>,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let reply = reply.map(|reply| format!("{reply} ")).unwrap_or_default();
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (mut frame, head) = match headers.is_empty() {
        true => (format!("PUB {subject} {reply}{}\r\n", body.len()), String::new()),
        false => {
            let head = format!("NATS/1.0\r\n{lines}\r\n");
            let all = head.len() + body.len();
            (format!("HPUB {subject} {reply}{} {all}\r\n", head.len()), head)
        }
    };
    frame += &head;
    [frame.as_bytes(), body, END].concat()
}

#[cfg(test)]
mod tests {
    use super::{Message, Reader, What, publish};

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let mut all = publish("orders", Some("_INBOX.1"), &[("Nats-Msg-Id", "m1")], b"a\r\nb");
        all.extend(
            b"MSG orders 2 $JS.ACK.x 3\r\nabc\r\nMSG orders 2 0\r\n\r\nPING\r\n-ERR 'no'\r\n",
        );
        let (mut reader, mut frames) = (Reader::default(), Vec::new());
        for octet in &all {
            reader.push(&[*octet]);
            frames.extend(std::iter::from_fn(|| reader.next_frame()));
        }
        assert_eq!(frames.iter().map(|frame| frame.bytes.len()).sum::<usize>(), all.len());
        let what: Vec<What> = frames.into_iter().map(|frame| frame.what).collect();
        let published = Message {
            subject: "orders".into(),
            reply: Some("_INBOX.1".into()),
            payload: b"a\r\nb".to_vec(),
        };
        assert_eq!(what[0], What::Message(published));
        let What::Message(delivered) = &what[1] else { panic!("{what:?}") };
        assert_eq!(delivered.payload, b"abc");
        assert_eq!(delivered.reply.as_deref(), Some("$JS.ACK.x"));
        assert!(matches!(&what[2], What::Message(empty) if empty.reply.is_none()));
        assert_eq!(what[3..], [What::Ping, What::Error("-ERR 'no'".into())]);
    }

    #[test]
    fn a_message_without_headers_is_a_plain_one() {
        assert_eq!(publish("orders", None, &[], b"m1"), b"PUB orders 2\r\nm1\r\n");
    }
}
