//! A WASM module without the sections that no browser needs.
//!
//! Source: WebAssembly core specification, section 5.5 (modules) and appendix "custom sections".

use anyhow::{Context as _, bail};

/// `\0asm` and version 1.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";
/// The id of sections that a module works without.
const CUSTOM: u8 = 0;
/// Names of functions, for debuggers, and of the tools that made the module.
const UNNEEDED: [&[u8]; 2] = [b"name", b"producers"];

/// Leaves out [`UNNEEDED`]; everything else stays as it is.
///
/// # Errors
/// This is no module.
pub(crate) fn without_names(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let Some(mut rest) = module.strip_prefix(HEAD) else {
        bail!("the file does not begin as a WASM module");
    };
    let mut kept = HEAD.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = number(after_id).context("a section without a length")?;
        let Some((body, next)) = body.split_at_checked(length) else {
            bail!("a section of {length} bytes with {} left", body.len());
        };
        let is_unneeded = id == CUSTOM && name(body).is_some_and(|name| UNNEEDED.contains(&name));
        if !is_unneeded {
            let section = rest.len() - next.len();
            kept.extend_from_slice(rest.get(..section).unwrap_or_default());
        }
        rest = next;
    }
    Ok(kept)
}

/// A custom section's name.
fn name(body: &[u8]) -> Option<&[u8]> {
    let (length, rest) = number(body)?;
    rest.get(..length)
}

/// An unsigned number in LEB128 and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (index, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(sections: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        for (id, body) in sections {
            bytes.extend([*id, u8::try_from(body.len()).unwrap()]);
            bytes.extend_from_slice(body);
        }
        bytes
    }

    #[test]
    fn only_unneeded_custom_sections_go() {
        let code: (u8, &[u8]) = (10, b"\x04namecode");
        let features: (u8, &[u8]) = (CUSTOM, b"\x0ftarget_features+");
        let names: (u8, &[u8]) = (CUSTOM, b"\x04namelong names");
        assert_eq!(
            without_names(&module(&[code, features, names, code])).unwrap(),
            module(&[code, features, code])
        );
    }

    #[test]
    fn every_cut_within_a_section_is_refused() {
        let whole = module(&[(10, b"code")]);
        for end in 9..whole.len() {
            assert!(without_names(&whole[..end]).is_err(), "cut at {end}");
        }
        assert!(without_names(b"<!doctype html>").is_err());
    }

    #[test]
    fn lengths_of_several_bytes_are_read() {
        assert_eq!(number(b"\xe5\x8e\x26x"), Some((624_485, &b"x"[..])));
        assert_eq!(number(b"\xff\xff"), None);
    }
}
