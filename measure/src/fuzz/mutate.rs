//! Inputs that are nearly right: kept ones, cut, repeated, spliced, flipped, with awkward numbers.

use super::corpus::Corpus;

/// Longest input, in bytes.
const LONGEST: usize = 64 * 1024;
/// Text that parsers of numbers, strings and nesting stumble over.
const AWKWARD: [&[u8]; 24] = [
    b"0",
    b"-1",
    b"1e400",
    b"255",
    b"256",
    b"65535",
    b"65536",
    b"4294967295",
    b"4294967296",
    b"18446744073709551615",
    b"18446744073709551616",
    b"9223372036854775808",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b"\"\"",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\0",
    b"\r\n",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"null",
    b"0.5ns",
    b"1e9s",
];

/// A small generator with a period of 2^64. Source: Steele, Lea and Flood, `SplitMix`, OOPSLA 2014.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.bits() % end).unwrap_or(0)
    }
}

/// Makes inputs out of a corpus.
#[derive(Debug)]
pub struct Mutator<'a> {
    corpus: &'a Corpus,
    random: Random,
}

impl<'a> Mutator<'a> {
    pub const fn new(corpus: &'a Corpus, random: Random) -> Self {
        Self { corpus, random }
    }

    /// The next input: a kept one with one to eight changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.kept().to_vec();
        for _ in 0..=self.random.below(8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn kept(&mut self) -> &'a [u8] {
        let number = self.random.below(self.corpus.inputs.len());
        self.corpus.inputs.get(number).map_or(&[], Vec::as_slice)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let end = at + self.random.below(64).min(input.len() - at);
        match self.random.below(9) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => {
                let again = input.get(at..end).unwrap_or_default().to_vec();
                insert(input, at, &again);
            }
            3 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.random.below(8);
                }
            }
            4 => {
                let value = self.random.bits().to_le_bytes()[0];
                if let Some(byte) = input.get_mut(at) {
                    *byte = value;
                }
            }
            5 => {
                let awkward = AWKWARD.get(self.random.below(AWKWARD.len())).copied();
                insert(input, at, awkward.unwrap_or_default());
            }
            6 => {
                let awkward = AWKWARD.get(self.random.below(AWKWARD.len())).copied();
                let number = word_around(input, at);
                input.splice(number, awkward.unwrap_or_default().iter().copied());
            }
            7 => {
                let other = self.kept();
                let from = self.random.below(other.len());
                let rest = other.get(from..).unwrap_or_default();
                input.truncate(at);
                input.extend_from_slice(rest);
            }
            _ => {
                let other = self.kept();
                let line = line_around(other, self.random.below(other.len()));
                let start = line_around(input, at).start;
                insert(input, start, other.get(line).unwrap_or_default());
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if input.len() + bytes.len() <= LONGEST {
        input.splice(at..at, bytes.iter().copied());
    }
}

/// The letters and digits on both sides of a place.
fn word_around(input: &[u8], at: usize) -> std::ops::Range<usize> {
    around(input, at, |byte| byte.is_ascii_alphanumeric())
}

/// The line at a place, with its end.
fn line_around(input: &[u8], at: usize) -> std::ops::Range<usize> {
    let line = around(input, at, |byte| byte != b'\n');
    line.start..(line.end + 1).min(input.len())
}

fn around(input: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> std::ops::Range<usize> {
    let (before, after) = input.split_at(at.min(input.len()));
    let start = before
        .iter()
        .rev()
        .take_while(|&&byte| belongs(byte))
        .count();
    let end = after.iter().take_while(|&&byte| belongs(byte)).count();
    before.len() - start..before.len() + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let corpus = Corpus {
            inputs: vec![b"do = \"accept\"\n".to_vec(), b"port = 8080\n".to_vec()],
        };
        let inputs = |seed| {
            let mut mutator = Mutator::new(&corpus, Random::new(seed));
            (0..1000).map(|_| mutator.next_input()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }

    #[test]
    fn an_empty_corpus_is_no_reason_to_panic() {
        let corpus = Corpus::default();
        let mut mutator = Mutator::new(&corpus, Random::new(1));
        for _ in 0..1000 {
            assert!(mutator.next_input().len() <= LONGEST);
        }
    }

    #[test]
    fn lines_and_words_are_found_at_both_ends() {
        assert_eq!(line_around(b"ab\ncd\nef", 4), 3..6);
        assert_eq!(line_around(b"ab\ncd\nef", 8), 6..8);
        assert_eq!(word_around(b"port = 8080", 8), 7..11);
    }
}
