//! Kafka's framing (kafka.apache.org/protocol): a size, then a request's header with API key,
//! version and correlation ID; or a response's header with the correlation ID. Of all requests only
//! Produce is looked into.

/// The API key of Produce.
const PRODUCE: i16 = 0;

/// What every record of a run begins with; see `Actor.java`.
const MARK: &[u8] = b"ackward m";

/// A request or a response, byte for byte as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub bytes: Vec<u8>,
}

/// A record in a Produce request: its message, and what tells this call of `send` from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub m: u8,
    pub copy: String,
}

/// Cuts a stream of bytes into frames.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
}

impl Reader {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next complete frame, if it has arrived.
    pub fn next_frame(&mut self) -> Option<Frame> {
        let size = i32::from_be_bytes(*self.bytes.first_chunk()?);
        let end = 4 + usize::try_from(size).ok()?;
        (self.bytes.len() >= end).then(|| {
            let rest = self.bytes.split_off(end);
            Frame { bytes: std::mem::replace(&mut self.bytes, rest) }
        })
    }
}

impl Frame {
    fn number(&self, at: usize) -> Option<i16> {
        Some(i16::from_be_bytes(*self.bytes.get(at..)?.first_chunk()?))
    }

    /// Returns the correlation ID of a request.
    pub fn request_id(&self) -> Option<i32> {
        Some(i32::from_be_bytes(*self.bytes.get(8..)?.first_chunk()?))
    }

    /// Returns the correlation ID of a response.
    pub fn response_id(&self) -> Option<i32> {
        Some(i32::from_be_bytes(*self.bytes.get(4..)?.first_chunk()?))
    }

    /// Returns the record of a Produce request. There is one: the producers do not batch.
    pub fn produced(&self) -> Option<Record> {
        if self.number(4)? != PRODUCE {
            return None;
        }
        let at = self.bytes.windows(MARK.len()).position(|window| window == MARK)?;
        let text = &self.bytes[at + MARK.len()..];
        let end = text.iter().position(|&byte| byte == b';')?;
        let text = std::str::from_utf8(&text[..end]).ok()?;
        let (m, copy) = text.split_once(" copy ")?;
        Some(Record { m: m.parse().ok()?, copy: copy.to_owned() })
    }

    /// Changes a byte of the record in a Produce request.
    pub fn spoil(&mut self) {
        if let Some(at) = self.bytes.windows(MARK.len()).position(|window| window == MARK) {
            self.bytes[at].make_ascii_uppercase();
        }
    }

    /// Returns the version of a request.
    pub fn version(&self) -> Option<i16> {
        self.number(6)
    }

    /// Returns the error code of a response to a Produce request of this version, which is flexible
    /// (9 and above) and has one partition; 0 is none.
    pub fn produce_error(&self, version: i16) -> Option<i16> {
        // Size, correlation ID, no tagged fields, one topic.
        let topic = 4 + 4 + 1 + 1;
        // Until 12 a topic's name, with its length and one; from then on its ID.
        let partitions = match version {
            13.. => topic + 16,
            _ => topic + usize::from(*self.bytes.get(topic)?),
        };
        // One partition, and its index.
        self.number(partitions + 1 + 4)
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Reader, Record};

    fn frame(payload: &[u8]) -> Vec<u8> {
        [&(payload.len() as i32).to_be_bytes(), payload].concat()
    }

    #[test]
    fn a_stream_is_cut_where_frames_end() {
        let bytes = [frame(b"one"), frame(b"three")].concat();
        let mut reader = Reader::default();
        reader.push(&bytes[..9]);
        assert_eq!(reader.next_frame(), Some(Frame { bytes: frame(b"one") }));
        assert_eq!(reader.next_frame(), None);
        reader.push(&bytes[9..]);
        assert_eq!(reader.next_frame(), Some(Frame { bytes: frame(b"three") }));
        assert_eq!(reader.next_frame(), None);
    }

    #[test]
    fn the_record_of_a_produce_request_is_found() {
        let request = |api: u8| {
            let head = [0, api, 0, 13, 0, 0, 0, 7];
            let bytes = frame(&[&head, &b"...m1.ackward m1 copy producer-0-1;..."[..]].concat());
            Frame { bytes }
        };
        assert_eq!(request(0).request_id(), Some(7));
        let record = Record { m: 1, copy: "producer-0-1".into() };
        assert_eq!(request(0).produced(), Some(record));
        assert_eq!(request(1).produced(), None);
        let mut spoiled = request(0);
        spoiled.spoil();
        let differ = spoiled.bytes.iter().zip(&request(0).bytes).filter(|(a, b)| a != b).count();
        assert_eq!(differ, 1);
    }

    #[test]
    fn the_error_of_a_response_is_found_in_either_form() {
        let of = |topic: &[u8]| {
            let head = [0, 0, 0, 7, 0, 2];
            let partition = [2, 0, 0, 0, 0, 0, 19, 0];
            Frame { bytes: frame(&[&head, topic, &partition].concat()) }
        };
        assert_eq!(of(&[9; 16]).produce_error(13), Some(19));
        assert_eq!(of(b"\x07orders").produce_error(12), Some(19));
        assert_eq!(of(&[9; 16]).response_id(), Some(7));
    }
}
