//! HTTP/1.1 (RFC 9112), as far as clients and emulators of SQS speak it: messages with a length.

/// A request or a response, byte for byte as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    pub bytes: Vec<u8>,
    /// The status of a response.
    pub status: Option<u16>,
    /// The header `X-Amz-Target` of a request: "AmazonSQS.SendMessage".
    pub target: Option<String>,
    pub body: Vec<u8>,
}

/// Cuts a stream of bytes into messages.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
}

const END: &[u8] = b"\r\n\r\n";

impl Reader {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next complete message, if it has arrived.
    pub fn next_message(&mut self) -> Option<Message> {
        let start = self.bytes.windows(END.len()).position(|window| window == END)? + END.len();
        let head = String::from_utf8_lossy(&self.bytes[..start]).into_owned();
        let mut lines = head.lines();
        let status = lines.next()?.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = status.and_then(|status| status.parse().ok());
        let header = |name: &str| {
            let fields = head.lines().filter_map(|line| line.split_once(':'));
            let own = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
            own.map(|(_, value)| value.trim().to_owned()).next()
        };
        let length = header("content-length").and_then(|length| length.parse::<usize>().ok());
        let end = start + length.unwrap_or_default();
        let body = self.bytes.get(start..end)?.to_vec();
        let (bytes, target) = (self.bytes.drain(..end).collect(), header("x-amz-target"));
        Some(Message { bytes, status, target, body })
    }
}

/// Returns a call of the SQS API in its JSON protocol. Emulators look at no signature.
pub fn call(port: u16, action: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST / HTTP/1.1\r\n\
         Host: 127.0.0.1:{port}\r\n\
         Connection: close\r\n\
         Content-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: AmazonSQS.{action}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/sqs/aws4_request, \
         SignedHeaders=host, Signature=none\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::{Reader, call};

    #[test]
    fn messages_are_read_however_they_are_cut() {
        let request = call(1, "SendMessage", b"{\"a\": 1}");
        let response = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno".to_vec();
        let (mut reader, mut messages) = (Reader::default(), Vec::new());
        for octet in request.iter().chain(&response) {
            reader.push(&[*octet]);
            messages.extend(reader.next_message());
        }
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].target.as_deref(), Some("AmazonSQS.SendMessage"));
        assert_eq!((&messages[0].bytes, &messages[0].body[..]), (&request, &b"{\"a\": 1}"[..]));
        assert_eq!((messages[1].status, &messages[1].body[..]), (Some(400), &b"no"[..]));
    }
}
