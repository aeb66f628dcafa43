//! Figures as a Markdown page, with the machine and the versions that they were measured with.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

/// A table with a head and rows of equal length.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Self {
        Self {
            rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()],
        }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Markdown, with columns aligned so that it reads as text too.
    pub fn markdown(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            text.push('|');
            for (cell, &width) in row.iter().zip(&widths) {
                let _ = write!(text, " {cell:width$} |");
            }
            text.push('\n');
            if number == 0 {
                let rule: Vec<_> = widths.iter().map(|&width| "-".repeat(width + 2)).collect();
                let _ = writeln!(text, "|{}|", rule.join("|"));
            }
        }
        text
    }
}

/// Processor, memory, kernel, and the versions of the programs that took part.
pub fn machine(programs: &[(&str, &[&str])]) -> String {
    let mut table = Table::new(&["what", "which"]);
    let mut add = |what: &str, which: String| table.row(vec![what.to_owned(), which]);
    add("processor", format!("{}, {} cores", processor(), cores()));
    add("memory", memory());
    add("kernel", kernel());
    for (program, version) in programs {
        add(program, first_line(program, version));
    }
    table.markdown()
}

/// Writes a page of the documentation.
///
/// # Errors
/// The file cannot be written.
pub fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

/// The most memory that a process has used so far, in KiB; `None` when it is gone.
pub fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split(": ").nth(1));
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn memory() -> String {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = text
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    format!("{} GiB", kib.div_ceil(1 << 20))
}

/// The release without a local suffix, which may name a machine.
fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let version = release.trim().split('-').next();
    version.unwrap_or_default().to_owned()
}

/// The first line that a program prints about itself, without its own name in front.
fn first_line(program: &str, arguments: &[&str]) -> String {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        return "not installed".to_owned();
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next().unwrap_or_default().trim();
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_markdown() {
        let mut table = Table::new(&["what", "median"]);
        table.row(vec!["run".to_owned(), "2.31 ms".to_owned()]);
        assert_eq!(
            table.markdown(),
            "| what | median  |\n|------|---------|\n| run  | 2.31 ms |\n"
        );
    }
}
