//! Every limit of the server in one place; `docs/protocol.md` states them and a test compares.

use std::time::Duration;

/// Bytes of a request line and its headers together.
pub const MAX_HEAD: usize = 16 * 1024;
/// Headers of one request.
pub const MAX_HEADERS: usize = 64;
/// How long a whole head may take, whatever its pace.
pub const HEAD_TIME: Duration = Duration::from_secs(5);
/// Connections open at once, channels included. Beyond it the oldest without a token is dropped;
/// when every one has shown the token, the new one is.
pub const MAX_CONNECTIONS: usize = 64;
/// Wrong tokens answered with 401 within [`WRONG_TOKEN_WINDOW`]; more are answered with 429.
/// The right one always passes.
pub const MAX_WRONG_TOKENS: usize = 10;
/// How long a wrong token counts.
pub const WRONG_TOKEN_WINDOW: Duration = Duration::from_secs(60);
/// Frames that a client may send at once.
pub const FRAME_BURST: u32 = 2_000;
/// Frames that it may send each second, on and on.
pub const FRAMES_PER_SECOND: u32 = 500;
/// Runs at once, over all channels: more would disturb each other's times on a small machine.
pub const MAX_RUNS: usize = 2;
/// Runs that may wait for their turn, over all channels.
pub const MAX_QUEUED: usize = 32;
/// Bytes that may wait for one channel. Beyond it the channel is closed.
pub const MAX_WAITING: usize = 32 << 20;
/// How long a cancelled run may take to end before its worker is killed.
pub const CANCEL_TIME: Duration = Duration::from_secs(1);
/// No run takes longer; the worker's own limit is 30 s.
pub const LONGEST_RUN: Duration = Duration::from_secs(60);
/// Bytes of the scenarios at all these values together.
pub const MAX_MANY_TEXT: usize = 4 << 20;
