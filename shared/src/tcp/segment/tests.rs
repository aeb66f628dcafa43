//! Segments from real captures and segments that no honest sender writes.

use super::*;

/// SYN of 127.0.0.1:42926 > 127.0.0.1:8080 as Linux 6.18 sent it.
const SYN: &str = "4500003c7f5a40004006bd5f7f0000017f000001a7ae1f906b1f3f2b00000000a002ffd7fe300000\
                   0204ffd70402080a9d2ac5ce0000000001030307";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn reads_a_real_syn() {
    let bytes = bytes(SYN);
    let segment = read_segment(&bytes, 60).unwrap();
    assert_eq!(segment.src.to_string(), "127.0.0.1:42926");
    assert_eq!(segment.dst.to_string(), "127.0.0.1:8080");
    assert_eq!(segment.flags, Flags::SYN);
    assert_eq!(segment.options.mss, Some(65495));
    assert_eq!(segment.payload_len, 0);
    assert_eq!(segment.seq_len(), 1);
    assert_eq!(segment.problems, []);
}

#[test]
fn every_cut_of_a_segment_is_answered() {
    let whole = bytes(SYN);
    for end in 0..whole.len() {
        let cut = &whole[..end];
        match read_segment(cut, 60) {
            Err(_) => assert!(end < 40, "byte {end} still has a whole fixed header"),
            Ok(_) => assert!(end >= 40),
        }
    }
}

#[test]
fn any_single_wrong_byte_is_answered() {
    let whole = bytes(SYN);
    for at in 0..whole.len() {
        for value in 0..=u8::MAX {
            let mut wrong = whole.clone();
            wrong[at] = value;
            let _ = read_segment(&wrong, 60);
            let _ = payload(&wrong, 60);
        }
    }
}

#[test]
fn keeps_syn_with_rst_as_evidence() {
    let mut odd = bytes(SYN);
    odd[33] = Flags::SYN.0 | Flags::RST.0;
    let segment = read_segment(&odd, 60).unwrap();
    assert_eq!(segment.problems, [SegmentProblem::SynWith(Flags::RST)]);
}

#[test]
fn names_a_data_offset_below_five() {
    let mut odd = bytes(SYN);
    odd[32] = 0x30;
    let segment = read_segment(&odd, 60).unwrap();
    assert_eq!(segment.problems, [SegmentProblem::DataOffsetTooSmall(3)]);
    assert_eq!(
        segment.problems[0].to_string(),
        "data offset 3 is below the minimum 5"
    );
}
