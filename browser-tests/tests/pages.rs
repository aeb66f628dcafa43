//! Runs in pages that other generators wrote: mdBook with its preprocessor, `MkDocs`, Sphinx, Docusaurus, and bare Markdown.
//!
//! Each from a server of its own, with the policy that the docs recommend for it. `AFTERSHAKE_BOOK` and
//! `AFTERSHAKE_RECIPES` name what was built.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use aftershake_browser_tests::agent::binary;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::files::{FileServer, Served, built};
use anyhow::Context as _;

const VERDICT: &str =
    "The server closed with 16 bytes still unread, so Linux reset the connection.";

/// The policy that a page of the docs recommends.
fn policy(page: &str) -> anyhow::Result<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page);
    let text = fs::read_to_string(&page)?;
    let mut lines = text.lines();
    let line = lines.find(|line| line.starts_with("Content-Security-Policy: "));
    Ok(line
        .with_context(|| format!("{} recommends none", page.display()))?
        .to_owned())
}

fn serve(below: &str, folder: &Path, policy: String) -> anyhow::Result<FileServer> {
    FileServer::start(Served {
        folder: Some((below.to_owned(), folder.to_owned())),
        headers: vec![policy],
        ..Served::default()
    })
}

/// What the console told, but for the picture of the tab, which none of these pages has.
fn told(browser: &Browser) -> anyhow::Result<Vec<String>> {
    let errors = browser.console_errors()?.into_iter();
    Ok(errors.filter(|error| !error.contains("favicon")).collect())
}

/// What could not be fetched. Inline scripts and styles of the generators' own themes are refused, as they must be.
fn missed(browser: &Browser) -> anyhow::Result<Vec<String>> {
    let is_missed =
        |error: &String| error.contains("Failed to load") || error.contains("Loading the");
    Ok(told(browser)?.into_iter().filter(is_missed).collect())
}

#[test]
fn a_chapter_of_the_book_shows_its_runs() -> anyhow::Result<()> {
    let server = serve("/docs", &built("AFTERSHAKE_BOOK")?, policy("mdbook.md")?)?;
    for scheme in [Scheme::Light, Scheme::Dark] {
        let browser = Browser::start(1280, 900, scheme)?;
        browser.open(&format!("{}/docs/why/index.html", server.origin()))?;
        browser.wait_until(&format!(
            "[...document.querySelectorAll('.aftershake-verdict')].some((e) => e.textContent === {VERDICT:?})"
        ))?;
        // The styles came through the policy, and the picture with them.
        browser.wait_until(
            "getComputedStyle(document.querySelector('.aftershake')).getPropertyValue('--card') !== ''",
        )?;
        browser.wait_until(
            "document.querySelector('.aftershake svg').getBoundingClientRect().width > 400",
        )?;
        browser.screenshot(&format!("book-{}", scheme.name()))?;
        assert_eq!(missed(&browser)?, [""; 0]);
    }
    Ok(())
}

#[test]
fn a_page_of_mkdocs_shows_picture_text_and_replay() -> anyhow::Result<()> {
    let browser = recipe("mkdocs", "/docs", policy_with_fonts()?)?;
    assert_eq!(missed(&browser)?, [""; 0]);
    Ok(())
}

#[test]
fn a_page_of_sphinx_shows_picture_text_and_replay() -> anyhow::Result<()> {
    let browser = recipe("sphinx", "/docs", policy_with_fonts()?)?;
    assert_eq!(missed(&browser)?, [""; 0]);
    Ok(())
}

/// Its own policy lets its theme through, so that nothing at all is refused.
#[test]
fn a_page_of_docusaurus_shows_picture_text_and_replay() -> anyhow::Result<()> {
    // Its `baseUrl` is the root.
    let browser = recipe("docusaurus", "", policy("recipes.md")?)?;
    browser.wait_until("document.documentElement.dataset.theme === 'light'")?;
    assert_eq!(told(&browser)?, [""; 0]);
    Ok(())
}

/// The themes of `MkDocs` and Sphinx bring letters of their own.
fn policy_with_fonts() -> anyhow::Result<String> {
    Ok(format!("{}; font-src 'self'", policy("embedding.md")?))
}

/// A browser at the one page of a recipe, once everything that it shows is there.
fn recipe(name: &str, below: &str, policy: String) -> anyhow::Result<Browser> {
    let folder = built("AFTERSHAKE_RECIPES")?.join(name);
    let server = serve(below, &folder, policy)?;
    let browser = Browser::start(1280, 900, Scheme::Light)?;
    browser.open(&format!("{}{below}/", server.origin()))?;
    // A generator may put a number into the file's name.
    browser.wait_until(
        "[...document.images].some((e) => /sent-before-close(-[0-9a-f]+)?[.]svg$/.test(e.src) && e.naturalWidth > 500)",
    )?;
    browser.wait_until(&format!(
        "[...document.querySelectorAll('pre')].some((e) => e.textContent.includes({VERDICT:?}))"
    ))?;
    // What is far below is not fetched yet.
    browser.script("document.querySelector('aftershake-replay').scrollIntoView()")?;
    let replay = "document.querySelector('aftershake-replay').shadowRoot";
    browser.wait_until(&format!(
        "{replay}.querySelector('svg .verdict').textContent.includes('16 bytes')"
    ))?;
    browser.script("scrollTo(0, 0)")?;
    browser.small_screenshot(&format!("view-recipe-{name}"))?;
    Ok(browser)
}

#[test]
fn a_page_of_bare_markdown_shows_the_picture_and_the_report() -> anyhow::Result<()> {
    let pictures = built("AFTERSHAKE_RECIPES")?.join("mkdocs");
    let mut export = Command::new(binary()?);
    export.args(["export", "sent-before-close", "--to", "markdown"]);
    let report = String::from_utf8(export.output()?.stdout)?;
    let markdown = format!("# Why?\n\n![{VERDICT}](docs/sent-before-close.svg)\n\n{report}");
    let mut html = String::new();
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    pulldown_cmark::html::push_html(
        &mut html,
        pulldown_cmark::Parser::new_ext(&markdown, options),
    );
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Why?</title>{html}");
    let server = FileServer::start(Served {
        folder: Some(("/docs".to_owned(), pictures)),
        pages: BTreeMap::from([("/page.html".to_owned(), page)]),
        headers: vec![policy("embedding.md")?],
    })?;
    let browser = Browser::start(1280, 900, Scheme::Light)?;
    browser.open(&format!("{}/page.html", server.origin()))?;
    browser.wait_until("document.images[0].naturalWidth > 500")?;
    browser.wait_until(&format!("document.body.textContent.includes({VERDICT:?})"))?;
    browser.wait_until("document.querySelector('table td') !== null")?;
    assert_eq!(missed(&browser)?, [""; 0]);
    Ok(())
}
