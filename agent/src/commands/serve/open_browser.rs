//! Opens the browser on an address that holds the token, without the token in any command line.
//!
//! Every user of the machine may read command lines (`ps`), so the browser is given the path of a file
//! that only this user can read and that leads on to the address.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tokio::process::Command;

/// The file that leads to the address; removed when dropped.
#[derive(Debug)]
pub(super) struct RedirectFile(PathBuf);

impl Drop for RedirectFile {
    fn drop(&mut self) {
        // If it is gone already, so much the better.
        let _ = fs::remove_file(&self.0);
    }
}

/// Opens the browser that `BROWSER` names, else the desktop's.
///
/// # Errors
/// There is no `XDG_RUNTIME_DIR`, the file cannot be written, or no browser can be started.
pub(super) fn open(url: &str) -> anyhow::Result<Option<RedirectFile>> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR")
        .filter(|folder| !folder.is_empty())
        .context("XDG_RUNTIME_DIR is not set")?;
    let file = write_redirect(Path::new(&folder), url)?;
    let browsers = std::env::var("BROWSER").unwrap_or_default();
    let commands = commands(&browsers, &file.0.to_string_lossy());
    for words in &commands {
        if let Some((program, arguments)) = words.split_first()
            && start(program, arguments).is_ok()
        {
            return Ok(Some(file));
        }
    }
    let tried: Vec<_> = commands.iter().filter_map(|words| words.first()).collect();
    anyhow::bail!("could not start {tried:?}")
}

fn start(program: &str, arguments: &[String]) -> std::io::Result<()> {
    // The runtime reaps it; it may outlive us.
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
}

/// `BROWSER` is a list with colons, each a command with `%s` for the address or without; then `xdg-open`.
fn commands(browsers: &str, path: &str) -> Vec<Vec<String>> {
    let listed = browsers.split(':').chain(["xdg-open"]);
    let with_path = listed.map(|command| {
        let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if command.contains("%s") {
            for word in &mut words {
                *word = word.replace("%s", path);
            }
        } else if !words.is_empty() {
            words.push(path.to_owned());
        }
        words
    });
    with_path.filter(|words| !words.is_empty()).collect()
}

/// A new file, readable by this user only.
fn write_redirect(folder: &Path, url: &str) -> anyhow::Result<RedirectFile> {
    let path = folder.join(format!("aftershake-{}.html", getrandom::u64()?));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let redirect = RedirectFile(path);
    // The address is our own: digits, a port and base64url, nothing that HTML could take for markup.
    write!(
        file,
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Aftershake</title>\n\
         <meta http-equiv=\"refresh\" content=\"0;url={url}\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<a href=\"{url}\">Open Aftershake</a>\n"
    )?;
    Ok(redirect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_named_browsers_come_first() {
        assert_eq!(commands("", "/f"), [["xdg-open", "/f"]]);
        assert_eq!(
            commands("firefox --new-window %s:w3m", "/f"),
            [
                vec!["firefox", "--new-window", "/f"],
                vec!["w3m", "/f"],
                vec!["xdg-open", "/f"]
            ]
        );
    }

    #[test]
    fn the_file_is_private_and_goes_away() {
        let url = "http://127.0.0.1:4747/#token=abc";
        let file = write_redirect(&std::env::temp_dir(), url).unwrap();
        let path = file.0.clone();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(fs::read_to_string(&path).unwrap().contains(url));
        drop(file);
        assert!(!path.exists());
    }
}
