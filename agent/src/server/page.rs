//! The playground's files, compiled in. The file system is never read while the agent runs.

use tokio_tungstenite::tungstenite::http::{StatusCode, header};

use super::answer::Answer;
use super::request::Head;

/// One file of the page.
struct File {
    /// As in a request: `/index.html`.
    path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    /// The same, compressed with brotli.
    brotli: Option<&'static [u8]>,
}

/// Sorted by path; made by `build.rs` from what `cargo xtask page` has built.
static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The answer to a request for a file. Only exact, undecoded paths are known.
pub(super) fn answer_file(head: &Head) -> Answer {
    let path = match head.path() {
        "/" => "/index.html",
        path => path,
    };
    let found = FILES.binary_search_by(|file| file.path.cmp(path));
    let Some(file) = found.ok().and_then(|at| FILES.get(at)) else {
        return Answer::text(StatusCode::NOT_FOUND, "there is no such file");
    };
    let answer = match file.brotli {
        Some(brotli) if accepts_brotli(head) => {
            Answer::file(file.content_type, brotli).with("content-encoding", "br")
        }
        _ => Answer::file(file.content_type, file.bytes),
    };
    answer.with("vary", "accept-encoding")
}

/// Whether `Accept-Encoding` names `br` and does not forbid it (RFC 9110 §12.5.3).
fn accepts_brotli(head: &Head) -> bool {
    let lines = head.headers.get_all(header::ACCEPT_ENCODING);
    lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let is_brotli = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("br"));
            is_brotli && !parts.any(|q| matches!(q, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::http::{HeaderMap, Method, Version};

    fn head(target: &str, encodings: &str) -> Head {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, encodings.parse().unwrap());
        Head {
            method: Method::GET,
            target: target.to_owned(),
            version: Version::HTTP_11,
            headers,
        }
    }

    #[test]
    fn files_are_sorted_and_the_root_is_the_index() {
        assert!(FILES.is_sorted_by_key(|file| file.path));
        for target in ["/", "/index.html", "/?embed=1"] {
            assert_eq!(answer_file(&head(target, "")).status, StatusCode::OK);
        }
    }

    #[test]
    fn only_exact_paths_are_files() {
        for target in [
            "/../../etc/passwd",
            "/%2e%2e/etc/passwd",
            "/..%5c",
            "//index.html",
            "/index.html/",
            "/INDEX.HTML",
            "/app.wasm.map",
        ] {
            assert_eq!(answer_file(&head(target, "")).status, StatusCode::NOT_FOUND);
        }
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        assert!(accepts_brotli(&head("/", "gzip, deflate, br, zstd")));
        assert!(accepts_brotli(&head("/", "BR;q=0.5")));
        assert!(!accepts_brotli(&head("/", "gzip, br;q=0")));
        assert!(!accepts_brotli(&head("/", "brotli")));
    }
}
