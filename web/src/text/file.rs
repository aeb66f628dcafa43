//! What the card of an opened file says.

use aftershake_shared::capture::explained::Summary;

use super::count;

pub const OPEN: &str = "Open a capture or a recording";
pub const OPEN_REMARK: &str = "pcap, pcapng, gzip, .jsonl or a picture of a run; or drop it anywhere. It is read in this browser and sent nowhere.";
pub const CARD: &str = "Opened file";
pub const CLOSE: &str = "Close the file";
pub const BACK: &str = "← All connections";
pub const READING: &str = "reading";
pub const CANCEL: &str = "Stop reading";
pub const PROGRESS: &str = "Part of the file that is read";
pub const CAPTURE: &str = "capture";
pub const EVIDENCE: &str = "A capture of others: its segments alone. What programs called, what the kernel counted and why it \
     sent a RST is in no packet; aftershake explain takes counters and a trace beside the capture.";
pub const REFUSED: &str = "not read";
pub const TOO_LARGE: &str = "it has more than 256 MiB; aftershake explain reads files of any size";
pub const TOO_MUCH: &str =
    "it unpacks to more than 256 MiB, more than a page can show; `aftershake explain` reads it";
pub const PICTURE_TOO_LONG: &str =
    "a picture longer than 16 MiB, more than a page can take; `aftershake explain` reads it";
pub const CUT: &str = "it unpacks to more than 2 GiB; the rest was not read";
pub const NOT_READ: &str = "the browser could not read it";
pub const PROBLEMS: &str = "Not readable, or not whole";
pub const WHOLE_FILE: &str = "the file";
pub const CAUSES: &str = "Causes named first";
pub const PARTLY: &str = "In a terminal, aftershake explain -v draws all of it.";

/// The heading of a file that is nothing to read.
pub fn not_read(name: &str) -> String {
    format!("Could not read {name}")
}

/// `Read 3.2 of 20.0 MB; 12 345 frames or events so far.`
pub fn going(read: u64, bytes: u64, found: u64) -> String {
    let (read, bytes) = (megabytes(read), megabytes(bytes));
    let found = count(found, "frame or event", "frames and events");
    format!("Read {read} of {bytes} MB; {found} so far.")
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The answer first: how many of its connections were reset.
pub fn headline(summary: &Summary) -> String {
    let number = |outcome: &str| summary.outcomes.get(outcome).copied().unwrap_or(0);
    let all = summary.connections;
    let bad = [
        ("reset", "was reset", "were reset"),
        ("refused", "was refused", "were refused"),
        ("timed-out", "was never answered", "were never answered"),
    ];
    let parts = bad.iter().filter_map(|(name, one, many)| {
        let number = number(name);
        (number > 0).then(|| format!("{number} {}", if number == 1 { one } else { many }))
    });
    let parts: Vec<_> = parts.collect();
    let of_all = match all {
        0 => return "No TCP connection is in it.".to_owned(),
        1 => "The one connection".to_owned(),
        all => format!("Of {all} connections"),
    };
    match (parts.split_last(), all) {
        (None, 1) => format!("{of_all} in it ended without trouble that packets show."),
        (None, _) => format!("{of_all} none was reset, refused or left without an answer."),
        (Some((last, [])), 1) => {
            let ending = last.split_once(' ').map_or(last.as_str(), |(_, rest)| rest);
            format!("{of_all} in it {ending}.")
        }
        (Some((last, [])), _) => format!("{of_all} {last}."),
        (Some((last, others)), _) => format!("{of_all} {} and {last}.", others.join(", ")),
    }
}

/// What the file holds, in numbers.
pub fn contents(summary: &Summary, frames: u32) -> String {
    let mut text = format!(
        "{}, {}, {}.",
        count(frames.into(), "frame", "frames"),
        count(summary.segments, "TCP segment", "TCP segments"),
        count(summary.connections, "connection", "connections"),
    );
    let mut add = |number: u64, one: &str, many: &str| {
        if number > 0 {
            text.push(' ');
            text.push_str(&count(number, one, many));
        }
    };
    add(
        summary.copies,
        "segment was captured twice and is counted once.",
        "segments were captured twice and are counted once.",
    );
    add(
        summary.lost,
        "frame was lost by the program that captured: what is not seen may have been there.",
        "frames were lost by the program that captured: what is not seen may have been there.",
    );
    add(
        summary.connections.saturating_sub(summary.listed),
        "connection that ended well is counted and not listed.",
        "connections that ended well are counted and not listed.",
    );
    text
}

/// How many problems there are, and which frame each is of.
pub fn problems(number: u64) -> String {
    format!("{PROBLEMS}: {}", count(number, "place", "places"))
}

/// `frame 88`.
pub fn frame(number: u32) -> String {
    match number {
        0 => WHOLE_FILE.to_owned(),
        number => format!("frame {number}"),
    }
}

/// Of a connection whose middle was not kept.
pub fn left_out(number: u64) -> String {
    let number = count(
        number,
        "segment of its middle is",
        "segments of its middle are",
    );
    format!("{number} not drawn. {PARTLY}")
}

/// Connections that have a row and no ladder.
pub fn not_drawn(number: u64) -> String {
    let number = count(number, "connection has", "connections have");
    format!("{number} a row and no ladder: too many segments to keep. {PARTLY}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_counts_what_ended_badly() {
        let of = |connections, outcomes: &[(&'static str, u64)]| {
            headline(&Summary {
                connections,
                outcomes: outcomes.iter().copied().collect(),
                ..Summary::default()
            })
        };
        assert_eq!(of(0, &[]), "No TCP connection is in it.");
        assert_eq!(
            of(1, &[("reset", 1)]),
            "The one connection in it was reset."
        );
        assert_eq!(
            of(40, &[("reset", 2), ("refused", 1), ("closed", 37)]),
            "Of 40 connections 2 were reset and 1 was refused."
        );
        let well = of(7, &[("closed", 7)]);
        assert_eq!(
            well,
            "Of 7 connections none was reset, refused or left without an answer."
        );
    }

    #[test]
    fn sizes_are_told_in_megabytes() {
        assert!(going(3_249_999, 20_000_000, 1).starts_with("Read 3.2 of 20.0 MB; 1 frame"));
    }
}
