//! PostgreSQL messages, version 3 of the protocol (docs, 55.7): a type and a size that counts
//! itself.

/// Cuts what a server sends into messages.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
}

impl Reader {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next complete message, if it has arrived.
    pub fn next_message(&mut self) -> Option<Vec<u8>> {
        let size: [u8; 4] = self.bytes.get(1..5)?.try_into().ok()?;
        let end = 1 + u32::from_be_bytes(size) as usize;
        (self.bytes.len() >= end).then(|| self.bytes.drain(..end).collect())
    }
}

/// Returns true if the message is the reply to a `COMMIT` that took effect.
pub fn is_commit_reply(message: &[u8]) -> bool {
    message.first() == Some(&b'C') && message.get(5..) == Some(&b"COMMIT\0"[..])
}

#[cfg(test)]
mod tests {
    use super::{Reader, is_commit_reply};

    #[test]
    fn the_reply_to_a_commit_is_found() {
        let mut reader = Reader::default();
        reader.push(b"C\0\0\0\x0aBEGIN\0C\0\0\0\x0bCOMM");
        assert!(!is_commit_reply(&reader.next_message().expect("it is complete")));
        assert_eq!(reader.next_message(), None);
        reader.push(b"IT\0");
        assert!(is_commit_reply(&reader.next_message().expect("it is complete")));
    }
}
