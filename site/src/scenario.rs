//! A scenario as a page: title, story, verdict and picture in plain HTML, and its files beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aftershake_shared::catalog::{Entry, family_title, find};
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::export::html::{block, text, told};
use aftershake_shared::export::{Run, recorded, svg as picture};
use aftershake_shared::ladder::svg::{self, Caption};
use aftershake_shared::recording::Recording;
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::expect::Outcome;
use anyhow::Context as _;

use crate::frame::{Page, Section};

/// A scenario of the catalogue with its kept recording.
#[derive(Clone, Debug)]
pub struct Kept {
    pub entry: &'static Entry,
    pub scenario: Scenario,
    /// `None` where no machine of ours could run it.
    pub recording: Option<Recording>,
    pub diagnosis: Option<Diagnosis>,
}

impl Kept {
    /// Reads and judges the recording.
    ///
    /// # Errors
    /// A file that is there and is no recording.
    pub fn read(root: &Path, entry: &'static Entry) -> anyhow::Result<Self> {
        let file = root.join(format!("scenarios/recordings/{}.jsonl", entry.name));
        let recording = match fs::read_to_string(&file) {
            Ok(text) => {
                let read = Recording::from_json_lines(&text);
                Some(read.with_context(|| format!("{}", file.display()))?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("{}", file.display())),
        };
        let judge = |one: &Recording| diagnose(&one.events, &one.header.environment.evidence);
        Ok(Self {
            entry,
            scenario: entry.text().parse().with_context(|| entry.name)?,
            diagnosis: recording.as_ref().map(judge),
            recording,
        })
    }

    /// The scenario's title, or its name where it has none.
    pub fn title(&self) -> String {
        if self.scenario.title.is_empty() {
            return self.entry.name.to_owned();
        }
        self.scenario.title.clone()
    }

    /// Writes the page, the picture and the recording; `around` are the scenarios before and after it.
    ///
    /// # Errors
    /// One of the files cannot be written.
    pub fn write(&self, out: &Path, around: [Option<&Self>; 2]) -> anyhow::Result<()> {
        let name = self.entry.name;
        if let (Some(recording), Some(diagnosis)) = (&self.recording, &self.diagnosis) {
            let run = Run::new(recording, diagnosis);
            let file = out.join(format!("scenarios/{name}.svg"));
            crate::write(&file, &picture::write(&run))?;
            let file = out.join(format!("recordings/{name}.jsonl"));
            crate::write(&file, &recorded::write(recording, diagnosis))?;
        }
        let file = out.join(format!("scenarios/{name}.html"));
        crate::write(&file, &self.page(around))
    }

    fn page(&self, around: [Option<&Self>; 2]) -> String {
        let name = self.entry.name;
        let title = self.title();
        let mut body = format!(
            "<p class=\"family-name\">{}</p>\n<h1>{}</h1>\n",
            text(&family_title(self.entry.family)),
            text(&title)
        );
        if !self.scenario.story.is_empty() {
            let story = text(&self.scenario.story);
            let _ = writeln!(body, "<p class=\"story\">{story}</p>");
        }
        let mut description = title.clone();
        if let (Some(recording), Some(diagnosis)) = (&self.recording, &self.diagnosis) {
            description.clone_from(&diagnosis.headline);
            let run = Run::new(recording, diagnosis);
            body += &verdict(diagnosis);
            body += &replay(&run, name);
            body += &self.remedy();
            body += &told(&run);
            body += &files(name, &recording.header.environment.kernel);
        } else {
            body += "<p class=\"card note\">No run of it is kept: it needs more than the machine had on which the others were \
                     recorded.</p>\n<h2>Scenario</h2>\n";
            body += &block(self.entry.toml);
        }
        body += &neighbours(around);
        Page {
            depth: 1,
            title: &format!("{title} - Aftershake"),
            description: &description,
            section: Section::Scenarios,
            replay: self.recording.is_some(),
            body: &body,
        }
        .html()
    }

    /// The scenario that shows what to change.
    fn remedy(&self) -> String {
        let fixed = self.scenario.fixed_by.as_deref().and_then(find);
        let Some(entry) = fixed else {
            return String::new();
        };
        let title = entry.text().parse().map(|scenario| scenario.title);
        let title = title.unwrap_or_else(|_| entry.name.to_owned());
        format!(
            "<p>With the remedy: <a href=\"{}.html\">{}</a>.</p>\n",
            entry.name,
            text(&title)
        )
    }
}

/// The verdict's first lines.
fn verdict(diagnosis: &Diagnosis) -> String {
    let mut html = format!(
        "<section class=\"card verdict\" aria-label=\"Verdict\">\n<p>{}</p>\n<p class=\"headline\">{}</p>\n",
        badge(Some(diagnosis)),
        text(&diagnosis.headline)
    );
    if !diagnosis.explanation.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", text(&diagnosis.explanation));
    }
    html + "</section>\n"
}

/// How it ended, in words and a colour.
pub fn badge(diagnosis: Option<&Diagnosis>) -> String {
    let Some(diagnosis) = diagnosis else {
        return "<span class=\"badge\">not recorded</span>".to_owned();
    };
    let class = match diagnosis.outcome {
        Outcome::Closed => " good",
        Outcome::Reset | Outcome::Refused => " bad",
        Outcome::Open | Outcome::TimedOut => "",
    };
    let certain = diagnosis.resets.first().map(|reset| {
        format!(
            " <span class=\"cause\">{}, {}</span>",
            reset.cause,
            reset.certainty.name()
        )
    });
    format!(
        "<span class=\"badge{class}\">{}</span>{}",
        diagnosis.outcome.name().replace('-', " "),
        certain.unwrap_or_default()
    )
}

/// The picture in the page's own markup; a player takes its place where scripts run.
fn replay(run: &Run<'_>, name: &str) -> String {
    let title = run.title();
    let caption = Caption {
        title: &title,
        ..Caption::default()
    };
    let style = format!("<style>\n{}</style>\n", svg::STYLE);
    let drawn = svg::draw(&run.ladder, &caption).replace(&style, "");
    format!(
        "<aftershake-replay src=\"{name}.svg\" caption=\"none\" link=\"../play/index.html?scenario={name}\">\n\
         <figure class=\"ladder\">\n{drawn}</figure>\n</aftershake-replay>\n"
    )
}

fn files(name: &str, kernel: &str) -> String {
    format!(
        "<h2>Take it with you</h2>\n<ul class=\"files\">\n\
         <li><a href=\"{name}.svg\">The picture</a>, one SVG without script, the recording inside</li>\n\
         <li><a href=\"../recordings/{name}.jsonl\">The recording</a>, JSON lines with every byte</li>\n\
         <li><a href=\"../play/index.html?scenario={name}\">The playground</a> with this run</li>\n\
         <li><code>aftershake run {name}</code> runs it on your machine</li>\n\
         <li><a href=\"../docs/embedding.html\">How to embed it</a></li>\n</ul>\n\
         <p class=\"origin\">Recorded on Linux {}, in a private network namespace.</p>\n",
        text(kernel)
    )
}

fn neighbours([before, after]: [Option<&Kept>; 2]) -> String {
    let link = |kept: Option<&Kept>, word: &str| {
        kept.map(|kept| {
            format!(
                "<a href=\"{}.html\">{word}: {}</a>",
                kept.entry.name,
                text(&kept.title())
            )
        })
    };
    let links: Vec<_> = [link(before, "Before"), link(after, "Next")]
        .into_iter()
        .flatten()
        .collect();
    format!(
        "<nav class=\"neighbours\" aria-label=\"Other scenarios\">{}</nav>\n",
        links.join(" ")
    )
}
