//! Where the runs of a book come from: a worker, once for each scenario of a build, or the folder of kept runs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use aftershake_shared::catalog;
use aftershake_shared::channel::Failure;
use aftershake_shared::link;
use aftershake_shared::recording::{Recording, ScenarioText};

use super::block::{Block, Wish};
use super::settings::{RECORDINGS, Settings, When};
use super::{files, placed};
use crate::commands::{bad_input, export, out_file, random_seed, scenario_input};
use crate::judged::Diagnosed;
use crate::worker::protocol::RunRequest;
use crate::worker_process::WorkerProcess;

/// What a block is about.
#[derive(Debug)]
pub(super) enum Subject {
    Scenario(ScenarioText),
    /// A run that the author has kept.
    Recording(Box<Recording>),
}

/// Reads what a block names or holds; files from its folder on, and of the book's folders only.
///
/// # Errors
/// What cannot be read or understood, with the chapter and its line.
pub(super) fn subject(
    wish: &Wish,
    block: &Block,
    (folder, book): (&Path, [&Path; 2]),
    place: &str,
    number: usize,
) -> Result<Subject, Failure> {
    let Some(subject) = &wish.subject else {
        let stem = Path::new(place).file_stem().unwrap_or_default();
        let own = format!("{}-{}", stem.to_string_lossy(), number + 1);
        let text = ScenarioText {
            name: wish.name.clone().unwrap_or(own),
            toml: block.body.clone(),
        };
        if let Err(mut error) = text.parse() {
            // The block's first line follows its fence.
            error.line += block.line;
            return Err(bad_input(format!("{place}:{error}"), ""));
        }
        return Ok(Subject::Scenario(text));
    };
    let at = |failure: Failure| placed(failure, place, block.line);
    let is_named = catalog::find(subject).is_some() || link::find(subject).is_some();
    if !is_named && let Some(found) = files::read(subject, folder, book).map_err(at)? {
        return Ok(found);
    }
    // What is no file of the book is a misspelt name, and answered like one.
    let text = scenario_input::read_named(subject).map_err(at)?;
    Ok(Subject::Scenario(text))
}

/// The runs of one build.
#[derive(Debug)]
pub(super) struct Runs {
    when: When,
    folder: PathBuf,
    worker: Option<WorkerProcess>,
    done: BTreeMap<Key, Rc<Diagnosed>>,
    /// Which scenario a kept run of this name is of.
    names: BTreeMap<String, String>,
}

/// A scenario's name and text, and the seed that was asked for.
type Key = (String, String, Option<u64>);

impl Runs {
    /// Runs nothing yet.
    ///
    /// # Errors
    /// A folder of recordings without a use for it.
    pub(super) fn new(root: &Path, settings: &Settings) -> Result<Self, Failure> {
        if settings.runs == When::Now && settings.recordings.is_some() {
            return Err(bad_input(
                "book.toml: [preprocessor.aftershake] names `recordings`, and `runs` is `now`, which keeps none"
                    .to_owned(),
                "runs = \"keep\"",
            ));
        }
        let folder = settings.recordings.as_deref();
        Ok(Self {
            when: settings.runs,
            folder: root.join(folder.unwrap_or(RECORDINGS.as_ref())),
            worker: None,
            done: BTreeMap::new(),
            names: BTreeMap::new(),
        })
    }

    /// The run of a subject, explained: the same one for every block of a build that asks for it.
    ///
    /// # Errors
    /// A machine on which nothing can be run, a kept run that is missing or cannot be read.
    pub(super) fn of(
        &mut self,
        subject: &Subject,
        seed: Option<u64>,
    ) -> Result<Rc<Diagnosed>, Failure> {
        let text = match subject {
            Subject::Recording(recording) => {
                return Ok(Rc::new(Diagnosed::new(Recording::clone(recording))));
            }
            Subject::Scenario(text) => text,
        };
        let key = (text.name.clone(), text.toml.clone(), seed);
        if let Some(judged) = self.done.get(&key) {
            return Ok(Rc::clone(judged));
        }
        let recording = match self.when {
            When::Now => self.run(text, seed)?,
            When::Keep | When::Kept => self.kept(text, seed)?,
        };
        let judged = Rc::new(Diagnosed::new(recording));
        self.done.insert(key, Rc::clone(&judged));
        Ok(judged)
    }

    fn run(&mut self, text: &ScenarioText, seed: Option<u64>) -> Result<Recording, Failure> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => WorkerProcess::start()?,
        };
        let (recording, _) = worker.run(RunRequest {
            scenario: text.clone(),
            seed: seed.unwrap_or_else(random_seed),
            live: false,
            beside: None,
            last: false,
        })?;
        self.worker = Some(worker);
        Ok(recording)
    }

    /// The kept run of a scenario as it stands; where that is allowed, it is made and kept.
    fn kept(&mut self, text: &ScenarioText, seed: Option<u64>) -> Result<Recording, Failure> {
        let path = self.path(text)?;
        let shown = path.display().to_string();
        let found = export::recorded(&shown)?;
        let why = match found {
            Some(kept) if kept.header.scenario.toml != text.toml => "is of another text",
            Some(kept) if seed.is_some_and(|seed| seed != kept.header.seed) => "has another seed",
            Some(kept) => return Ok(kept),
            None => "is not there",
        };
        if self.when == When::Kept {
            let message = format!("the kept run {shown} {why}, and `runs` is `kept`");
            return Err(bad_input(message, "build once with runs = \"keep\""));
        }
        let recording = self.run(text, seed)?;
        fs::create_dir_all(&self.folder)
            .map_err(|error| bad_input(format!("{shown}: cannot be written: {error}"), ""))?;
        out_file::write(&path, recording.to_json_lines().as_bytes())?;
        Ok(recording)
    }

    fn path(&mut self, text: &ScenarioText) -> Result<PathBuf, Failure> {
        let name = &text.name;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 100 || !name.chars().all(fits) {
            let message = format!(
                "a run named {name:?} cannot be kept, expected up to 100 letters, digits, `-` or `_`"
            );
            return Err(bad_input(message, "name=NAME behind ```aftershake"));
        }
        match self.names.entry(name.clone()) {
            Entry::Occupied(of) if *of.get() != text.toml => {
                let message = format!("two different scenarios are named `{name}`");
                Err(bad_input(message, "name=NAME behind ```aftershake"))
            }
            Entry::Occupied(_) => Ok(()),
            Entry::Vacant(free) => {
                free.insert(text.toml.clone());
                Ok(())
            }
        }?;
        Ok(self.folder.join(format!("{name}.jsonl")))
    }
}
