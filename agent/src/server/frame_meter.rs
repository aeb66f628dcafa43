//! Counts the WebSocket frames of one client before they are decoded, so that a flood of pings,
//! empty messages or tiny fragments ends the channel. Decodes lengths only and changes no byte.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::limits::{FRAME_BURST, FRAMES_PER_SECOND};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// A stream whose incoming frames are counted. Reading fails with [`TooManyFrames`] after too many.
#[derive(Debug)]
pub(super) struct FrameMeter<S> {
    stream: S,
    boundaries: Boundaries,
    allowed: Allowance,
}

/// The error inside the `io::Error`.
#[derive(Debug, thiserror::Error)]
#[error("more than {FRAME_BURST} frames at once or {FRAMES_PER_SECOND} a second")]
pub(super) struct TooManyFrames;

impl<S> FrameMeter<S> {
    /// `already_read`: bytes that came with the request's head.
    pub(super) fn new(stream: S, already_read: &[u8]) -> Self {
        let mut boundaries = Boundaries::default();
        let mut allowed = Allowance::full();
        allowed.frames = allowed
            .frames
            .saturating_sub(boundaries.frames_in(already_read));
        Self {
            stream,
            boundaries,
            allowed,
        }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

/// Frames still allowed: refilled with time up to the burst.
#[derive(Debug)]
struct Allowance {
    frames: u32,
    since: Instant,
}

impl Allowance {
    fn full() -> Self {
        Self {
            frames: FRAME_BURST,
            since: Instant::now(),
        }
    }

    fn spend(&mut self, frames: u32) -> Result<(), TooManyFrames> {
        if frames > self.frames {
            let per_frame = std::time::Duration::from_secs(1) / FRAMES_PER_SECOND;
            let passed = self.since.elapsed().as_nanos() / per_frame.as_nanos();
            let earned = u32::try_from(passed).unwrap_or(u32::MAX);
            if earned > 0 {
                self.frames = self.frames.saturating_add(earned).min(FRAME_BURST);
                self.since = Instant::now();
            }
        }
        self.frames = self.frames.checked_sub(frames).ok_or(TooManyFrames)?;
        Ok(())
    }
}

/// Where the stream is within a frame (RFC 6455 §5.2).
#[derive(Debug, Default)]
enum Boundaries {
    /// Before the first byte.
    #[default]
    Start,
    /// Before the byte that holds the mask bit and the short length.
    Length,
    /// Within the extended length; `left` bytes of it are still to come.
    Extended { left: u8, value: u64, mask: u64 },
    /// Mask and payload bytes still to come.
    Payload { left: u64 },
}

impl Boundaries {
    /// Follows these bytes and says how many frames begin in them.
    fn frames_in(&mut self, mut bytes: &[u8]) -> u32 {
        let mut begun = 0;
        loop {
            if let Self::Payload { left } = self {
                let skipped = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                *left -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                if *left == 0 {
                    *self = Self::Start;
                }
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return begun;
            };
            match self {
                Self::Start => {
                    begun += 1;
                    *self = Self::Length;
                }
                Self::Length => {
                    let mask = if byte & 0x80 == 0 { 0 } else { 4 };
                    *self = match byte & 0x7f {
                        126 => Self::extended(2, mask),
                        127 => Self::extended(8, mask),
                        len => Self::payload(mask + u64::from(len)),
                    };
                }
                Self::Extended { left, value, mask } => {
                    *left -= 1;
                    *value = *value << 8 | u64::from(*byte);
                    if *left == 0 {
                        *self = Self::payload(value.saturating_add(*mask));
                    }
                }
                Self::Payload { .. } => continue,
            }
            bytes = rest;
        }
    }

    fn extended(left: u8, mask: u64) -> Self {
        Self::Extended {
            left,
            value: 0,
            mask,
        }
    }

    fn payload(left: u64) -> Self {
        match left {
            0 => Self::Start,
            left => Self::Payload { left },
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FrameMeter<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        let begun = self.boundaries.frames_in(fresh);
        Poll::Ready(self.allowed.spend(begun).map_err(io::Error::other))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FrameMeter<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(len: usize) -> Vec<u8> {
        let mut bytes = vec![0x81];
        match len {
            0..126 => bytes.push(0x80 | u8::try_from(len).unwrap()),
            126..65_536 => {
                bytes.push(0x80 + 126);
                bytes.extend(u16::try_from(len).unwrap().to_be_bytes());
            }
            _ => {
                bytes.push(0x80 + 127);
                bytes.extend((len as u64).to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.resize(bytes.len() + len, 0xff);
        bytes
    }

    #[test]
    fn frames_are_counted_however_the_bytes_are_cut() {
        let lens = [0, 1, 125, 126, 300, 65_535, 65_536, 0, 7];
        let bytes: Vec<u8> = lens.into_iter().flat_map(frame).collect();
        for piece in [1, 2, 3, 7, 1000, bytes.len()] {
            let mut boundaries = Boundaries::default();
            let counted: u32 = bytes
                .chunks(piece)
                .map(|part| boundaries.frames_in(part))
                .sum();
            assert_eq!(counted, 9, "in pieces of {piece}");
        }
    }

    #[test]
    fn an_absurd_length_overflows_nothing() {
        let mut bytes = vec![0x82, 0xff];
        bytes.extend([0xff; 40]);
        assert_eq!(Boundaries::default().frames_in(&bytes), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_allowance_comes_back_with_time() {
        let mut allowance = Allowance::full();
        assert!(allowance.spend(FRAME_BURST).is_ok());
        assert!(allowance.spend(1).is_err());
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        assert!(allowance.spend(FRAMES_PER_SECOND).is_ok());
        assert!(allowance.spend(1).is_err());
    }
}
