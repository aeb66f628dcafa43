//! Netlink messages: building them, attribute in attribute, and asking the kernel to carry them out.
//!
//! A socket belongs to the network namespace in which it was opened and reaches no other. Source: `netlink(7)`.
#![expect(unsafe_code, reason = "netlink sockets")]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::{check, check_size};

pub(crate) const NLM_F_REQUEST: u16 = 1;
/// The kernel answers each message, with an error or with 0.
pub(crate) const NLM_F_ACK: u16 = 4;
pub(crate) const NLM_F_EXCLUSIVE: u16 = 0x200;
pub(crate) const NLM_F_CREATE: u16 = 0x400;
const NLMSG_ERROR: u16 = 2;
/// Marks an attribute that holds attributes.
const NLA_F_NESTED: u16 = 1 << 15;
const HEADER: usize = 16;

/// One or several messages on their way to the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Messages {
    bytes: Vec<u8>,
    /// Where the last message begins.
    start: usize,
}

impl Messages {
    /// Begins a message; `header` is the protocol's own, without padding.
    pub(crate) fn begin(&mut self, kind: u16, flags: u16, header: &[u8]) {
        self.start = self.bytes.len();
        self.bytes.extend([0; 4]); // length, written by `close_lengths`
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend((flags | NLM_F_REQUEST).to_ne_bytes());
        self.bytes.extend([0; 8]); // sequence number and port id
        self.bytes.extend(header);
        self.close_message();
    }

    /// Adds an attribute.
    pub(crate) fn attribute(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.bytes.extend(length.to_ne_bytes());
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend(value);
        self.pad();
        self.close_message();
    }

    /// Adds a text, ended by a zero byte.
    pub(crate) fn text(&mut self, kind: u16, text: &str) {
        let mut value = text.as_bytes().to_vec();
        value.push(0);
        self.attribute(kind, &value);
    }

    /// Adds a number in network byte order.
    pub(crate) fn number(&mut self, kind: u16, number: u32) {
        self.attribute(kind, &number.to_be_bytes());
    }

    /// Adds an attribute that holds what `fill` adds.
    pub(crate) fn nest(&mut self, kind: u16, fill: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.bytes.extend([0; 2]);
        self.bytes.extend((kind | NLA_F_NESTED).to_ne_bytes());
        fill(self);
        let length = u16::try_from(self.bytes.len() - start).unwrap_or(u16::MAX);
        self.write_at(start, &length.to_ne_bytes());
        self.close_message();
    }

    fn pad(&mut self) {
        let length = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(length, 0);
    }

    /// Writes the length of the last message into its header.
    fn close_message(&mut self) {
        let length = u32::try_from(self.bytes.len() - self.start).unwrap_or(u32::MAX);
        self.write_at(self.start, &length.to_ne_bytes());
    }

    fn write_at(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }
}

/// A netlink socket of one network namespace.
pub(crate) struct Netlink {
    fd: OwnedFd,
}

impl Netlink {
    /// Opens one in this thread's network namespace; `protocol` as `NETLINK_ROUTE`.
    pub(crate) fn open(protocol: libc::c_int) -> io::Result<Self> {
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
        // SAFETY: takes numbers only.
        let fd = check(unsafe { libc::socket(libc::AF_NETLINK, kind, protocol) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { fd })
    }

    /// Has the messages carried out. The kernel works within the sending: every answer waits when it returns.
    ///
    /// # Errors
    /// The first error that the kernel answers.
    pub(crate) fn carry_out(&self, messages: &Messages) -> io::Result<()> {
        let bytes = &messages.bytes;
        // SAFETY: sends bytes of a valid array.
        check_size(unsafe {
            libc::send(self.fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), 0)
        })?;
        let mut first_error = None;
        while let Some(answers) = self.receive()? {
            for code in errors(&answers) {
                if code != 0 && first_error.is_none() {
                    first_error = Some(io::Error::from_raw_os_error(-code));
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    fn receive(&self) -> io::Result<Option<Vec<u8>>> {
        let mut reply = vec![0_u8; 16 << 10];
        // SAFETY: receives into a valid array of that length.
        let received = check_size(unsafe {
            libc::recv(
                self.fd.as_raw_fd(),
                reply.as_mut_ptr().cast(),
                reply.len(),
                libc::MSG_DONTWAIT,
            )
        });
        match received {
            Ok(length) => {
                reply.truncate(length);
                Ok(Some(reply))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The codes of the `NLMSG_ERROR` messages; 0 acknowledges.
fn errors(mut bytes: &[u8]) -> Vec<i32> {
    let mut codes = Vec::new();
    while let Some([l0, l1, l2, l3, k0, k1]) = bytes.first_chunk() {
        let length = u32::from_ne_bytes([*l0, *l1, *l2, *l3]);
        let length = usize::try_from(length).unwrap_or(usize::MAX).max(HEADER);
        if u16::from_ne_bytes([*k0, *k1]) == NLMSG_ERROR
            && let Some(code) = bytes.get(HEADER..).and_then(<[u8]>::first_chunk)
        {
            codes.push(i32::from_ne_bytes(*code));
        }
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_headers_and_padding() {
        let mut messages = Messages::default();
        messages.begin(7, NLM_F_ACK, &[1, 2, 3, 4]);
        messages.nest(1, |inside| inside.text(2, "abcd"));
        messages.begin(8, 0, &[]);
        let first = u32::from_ne_bytes(*messages.bytes.first_chunk().unwrap());
        // Header 16, own header 4, nest 4, attribute 4, "abcd\0" padded to 8.
        assert_eq!(first, 36);
        assert_eq!(messages.bytes.len(), 36 + 16);
        assert_eq!(messages.bytes[20..24], [16, 0, 1, 0x80]);
        assert_eq!(messages.bytes[24..28], [9, 0, 2, 0]);
    }

    #[test]
    fn errors_are_found_in_any_bytes() {
        let mut reply = Messages::default();
        reply.begin(NLMSG_ERROR, 0, &(-17_i32).to_ne_bytes());
        reply.begin(3, 0, &[9; 4]);
        reply.begin(NLMSG_ERROR, 0, &0_i32.to_ne_bytes());
        assert_eq!(errors(&reply.bytes), [-17, 0]);
        for cut in 0..reply.bytes.len() {
            let _ = errors(&reply.bytes[..cut]);
        }
    }
}
