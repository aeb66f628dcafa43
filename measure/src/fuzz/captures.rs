//! The readers of captures, and of counters and traces beside them, as targets.

use aftershake_shared::capture::counters_text::CounterDeltas;
use aftershake_shared::capture::explained::Explained;
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::capture::frames::NotACapture;
use aftershake_shared::capture::pcapng_writer::{Comments, write_pcapng};
use aftershake_shared::capture::trace_text::{ResetTrace, SentReset};
use aftershake_shared::capture::unpacked::{BadGzip, Unpacked};
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::recording::Recording;

use super::Accepted;
use super::targets::Target;

/// Any capture file.
pub const CAPTURE: Target = Target {
    name: "capture",
    read: capture,
    seeds: |recordings: &[Recording]| {
        let of = |one: &Recording| write_pcapng(&one.events, &Comments::default());
        recordings.iter().map(of).collect()
    },
};

/// Counters before and after.
pub const COUNTERS: Target = Target {
    name: "counters-text",
    read: |input| {
        let text = String::from_utf8_lossy(input);
        Ok(accepted(CounterDeltas::read(&text).is_ok()))
    },
    seeds: |_| Vec::new(),
};

/// A saved trace of the kernel's resets.
pub const TRACE: Target = Target {
    name: "reset-trace",
    read: |input| {
        let text = String::from_utf8_lossy(input);
        Ok(accepted(ResetTrace::read(&text).is_ok()))
    },
    seeds: |_| Vec::new(),
};

/// What gzip packed: in pieces it is the same as at once.
pub const GZIP: Target = Target {
    name: "gzip",
    read: |input| {
        let whole = unpacked(input, usize::MAX);
        for size in [1, 13, 4_096] {
            if unpacked(input, size) != whole {
                return Err(format!("in pieces of {size} bytes it is another file"));
            }
        }
        Ok(accepted(whole.1.is_ok()))
    },
    seeds: |_| vec![HELLO.to_vec()],
};

/// `hello, hello, hello` as `gzip a.pcap` packs it.
const HELLO: &[u8] = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x02\xff\x61\x2e\x70\x63\x61\x70\x00\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x00\x9f\xa1\xca\x09\x13\x00\x00\x00";

/// What comes of a file of at most 1 MiB, and how it ends.
fn unpacked(input: &[u8], piece: usize) -> (Vec<u8>, Result<(), BadGzip>) {
    let mut out = Vec::new();
    let mut unpacked = Unpacked::default();
    let mut sink = |bytes: &[u8]| {
        if out.len() < 1 << 20 {
            out.extend_from_slice(bytes);
        }
    };
    let mut pieces = input.chunks(piece.max(1));
    let fed = pieces.try_for_each(|piece| unpacked.feed(piece, &mut sink));
    let ended = unpacked.finish(&mut sink);
    (out, fed.and(ended))
}

const fn accepted(is_read: bool) -> Accepted {
    if is_read { Accepted::Yes } else { Accepted::No }
}

/// However the bytes come, the same is said; what is said holds together.
fn capture(input: &[u8]) -> Result<Accepted, String> {
    let whole = explain(input, usize::MAX);
    for size in [1, 13, 4_096] {
        let pieces = explain(input, size);
        if pieces != whole {
            return Err(format!(
                "in pieces of {size} bytes it is explained otherwise"
            ));
        }
    }
    let Ok(explained) = whole else {
        return Ok(Accepted::No);
    };
    hold(&explained)?;
    hold_beside(input, &explained)?;
    Ok(accepted(explained.summary.segments > 0))
}

fn explain(input: &[u8], size: usize) -> Result<Explained, NotACapture> {
    explain_with(input, size, Options::default())
}

fn explain_with(input: &[u8], size: usize, options: Options) -> Result<Explained, NotACapture> {
    let mut reader = Explainer::new(options);
    for piece in input.chunks(size) {
        reader.feed(piece)?;
    }
    reader.finish()
}

/// Counters and a trace that speak of these RSTs, or of half of them, change what is said of them and not which there are.
fn hold_beside(input: &[u8], plain: &Explained) -> Result<(), String> {
    let sent = plain.connections.iter().flat_map(|one| {
        let ends = one
            .resets
            .iter()
            .zip([one.server, one.client].into_iter().cycle());
        ends.map(|(reset, from)| SentReset {
            at: u64::from(reset.frame) * 1_000,
            from,
            to: Some(if from == one.server {
                one.client
            } else {
                one.server
            }),
            state: None,
            reason: "NO_SOCKET".to_owned(),
        })
    });
    let sent: Vec<SentReset> = sent.collect();
    let counted = i64::try_from(plain.summary.resets).unwrap_or(i64::MAX);
    for (every, moved) in [(1, counted), (2, 0)] {
        let trace = ResetTrace {
            resets: sent.iter().step_by(every).cloned().collect(),
            lost: false,
        };
        let counters = CounterDeltas {
            moved: [("TcpOutRsts".to_owned(), moved)].into(),
        };
        let options = Options {
            counters: Some(counters),
            trace: Some(trace),
            ..Options::default()
        };
        let Ok(beside) = explain_with(input, usize::MAX, options) else {
            return Err("with evidence beside it is no capture".to_owned());
        };
        hold(&beside)?;
        if frames(&beside) != frames(plain) {
            return Err(format!("{:?} became {:?}", frames(plain), frames(&beside)));
        }
    }
    Ok(())
}

fn frames(explained: &Explained) -> Vec<u32> {
    let resets = explained.connections.iter().flat_map(|one| &one.resets);
    resets.map(|reset| reset.frame).collect()
}

/// Frames lie within the file, causes among those left open, sums add up.
fn hold(explained: &Explained) -> Result<(), String> {
    let frames = 0..=explained.packets.saturating_add(1);
    if let Some(problem) = explained
        .problems
        .iter()
        .find(|one| !frames.contains(&one.frame))
    {
        return Err(format!("{problem:?} of {} frames", explained.packets));
    }
    let mut resets = 0;
    for one in &explained.connections {
        resets += one.resets.len() as u64 + u64::from(one.resets_not_explained);
        for reset in &one.resets {
            if reset.candidates.first() != Some(&reset.cause) {
                return Err(format!("the named cause is not the first: {reset:?}"));
            }
            if reset.certainty == Certainty::Certain && reset.candidates.len() != 1 {
                return Err(format!("certain of several: {reset:?}"));
            }
            if !(1..=explained.packets).contains(&reset.frame) {
                return Err(format!("frame {} of {}", reset.frame, explained.packets));
            }
        }
    }
    if resets != explained.summary.resets {
        return Err(format!(
            "{resets} RSTs, the sum says {}",
            explained.summary.resets
        ));
    }
    Ok(())
}
