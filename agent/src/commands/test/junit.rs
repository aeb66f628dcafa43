//! The report of `test --junit`: XML as most CI servers read it.

use std::fmt::Write as _;

use super::Row;

/// The whole file.
pub(super) fn write(rows: &[Row]) -> String {
    let count = |met| rows.iter().filter(|row| row.met == met).count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"aftershake\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        rows.len(),
        count(Some(false)),
        count(None)
    );
    for row in rows {
        let seconds = format!("{}.{:03}", row.took_ms / 1000, row.took_ms % 1000);
        let _ = write!(
            xml,
            "  <testcase classname=\"aftershake\" name=\"{}\" time=\"{seconds}\">",
            escape(&row.name)
        );
        if let Some(first) = row.mismatches.first() {
            // One for each test case: more than one is more than most readers take.
            let all = escape_lines(&row.mismatches);
            let _ = write!(
                xml,
                "<failure message=\"{}\">{all}</failure>",
                escape(first)
            );
        }
        if let Some(why) = &row.skipped {
            let _ = write!(xml, "<skipped message=\"{}\"/>", escape(why));
        }
        if row.runs > 1 {
            let _ = write!(xml, "<system-out>{}</system-out>", escape_lines(&held(row)));
        }
        xml.push_str("</testcase>\n");
    }
    xml.push_str("</testsuite>\n");
    xml
}

/// How often each thing came true over all runs of one scenario.
fn held(row: &Row) -> Vec<String> {
    let all = format!("{} of {} runs as expected", row.met_runs, row.runs);
    let each = row.held.iter().map(|held| held.line(row.runs));
    std::iter::once(all).chain(each).collect()
}

fn escape_lines(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| escape(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// XML text without what XML forbids.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::Held;
    use super::*;

    #[test]
    fn junit_escapes_and_counts() {
        let row = |met, line: &str| Row {
            name: "a<b".into(),
            met,
            took_ms: 1500,
            runs: 1,
            met_runs: 0,
            mismatches: vec![line.into()],
            held: Vec::new(),
            skipped: None,
        };
        let xml = write(&[row(Some(false), "\"x\" & \u{1b}[31m")]);
        assert!(
            xml.contains("tests=\"1\" failures=\"1\" skipped=\"0\""),
            "{xml}"
        );
        assert!(xml.contains("name=\"a&lt;b\" time=\"1.500\""), "{xml}");
        assert!(
            xml.contains("message=\"&quot;x&quot; &amp;  [31m\""),
            "{xml}"
        );
    }

    #[test]
    fn many_runs_tell_how_often_each_thing_held() {
        let row = Row {
            name: "a".into(),
            met: Some(false),
            took_ms: 1,
            runs: 5,
            met_runs: 3,
            mismatches: vec!["run 2: outcome: expected closed, found reset".into()],
            held: vec![Held {
                what: "outcome".into(),
                runs: 3,
            }],
            skipped: None,
        };
        let xml = write(&[row]);
        let words = "</failure><system-out>3 of 5 runs as expected\nheld in 3 of 5 runs: outcome</system-out></testcase>";
        assert!(xml.contains(words), "{xml}");
    }
}
