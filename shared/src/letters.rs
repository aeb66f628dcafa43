//! Which letters must not reach a reader as they are: those that cannot be seen, and those that reorder what is.

/// Whether a letter is a control (Unicode Cc), a bidirectional control (UAX #9), invisible, a tag, a line or
/// paragraph separator, or a noncharacter, which XML 1.0 forbids.
pub fn is_hidden(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || matches!(code, 0xad | 0x61c | 0x180e | 0xfeff)
        || matches!(code, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfff0..=0xfffb)
        || (0xe0000..=0xe0fff).contains(&code)
        || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_disturbs_is_hidden_and_what_is_read_is_not() {
        let hidden = "\u{1b}\n\0\u{7f}\u{9b}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{ffff}";
        assert!(hidden.chars().all(is_hidden));
        assert!(!"a é 漢 😀 ↵ <".chars().any(is_hidden));
    }
}
