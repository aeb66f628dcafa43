//! Reads a file of the reader's, piece by piece, so that the page stays alive; and makes of it what the page shows.
//!
//! Behind the cut. Nothing of the file leaves the browser.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast as _;
use yew::{AttrValue, Callback};

use crate::read_file::Opening;
use crate::store::Action;
use crate::store::opened::{self, File, Holds, Stage};
use crate::text::file as words;

/// Bytes of the largest file that is opened here.
const LARGEST: f64 = 268_435_456.0;
/// Bytes read at a time: some 10 ms of work.
const PIECE: f64 = 262_144.0;
/// Pieces between two words on how far it is.
const PIECES: u32 = 4;

thread_local! {
    /// The file that is read now; older ones are given up.
    static JOB: Cell<u32> = const { Cell::new(0) };
}

/// Gives up what is being read.
pub fn give_up() -> u32 {
    let job = JOB.get().wrapping_add(1);
    JOB.set(job);
    job
}

/// Whether nothing else was opened since.
pub fn is_current(job: u32) -> bool {
    JOB.get() == job
}

/// Reads a file and shows what it holds.
pub fn open(file: web_sys::File, on: &Callback<Action>) {
    let job = give_up();
    let on = on.reform(Action::File);
    yew::platform::spawn_local(async move {
        on.emit(opened::Action::Began(File {
            job,
            name: AttrValue::from(file.name()),
            bytes: whole(file.size()),
            stage: Stage::Reading { bytes: 0, found: 0 },
        }));
        let read = read(&file, job, &on).await;
        if let Some(holds) = read.transpose() {
            on.emit(opened::Action::Ended(job, holds));
        }
    });
}

/// `None` when it was given up.
async fn read(
    file: &web_sys::File,
    job: u32,
    on: &Callback<opened::Action>,
) -> Result<Option<Holds>, AttrValue> {
    let size = file.size();
    if size > LARGEST {
        return Err(AttrValue::Static(words::TOO_LARGE));
    }
    let mut opening = Opening::new(file.name());
    let (mut at, mut pieces) = (0.0, 0);
    while at < size && opening.wants_more() {
        let until = (at + PIECE).min(size);
        let bytes = piece(file, at, until).await.ok_or(words::NOT_READ)?;
        if JOB.get() != job {
            return Ok(None);
        }
        opening.feed(&bytes)?;
        at = until;
        pieces += 1;
        if pieces % PIECES == 0 {
            on.emit(opened::Action::Went(job, whole(at), opening.found()));
        }
    }
    on.emit(opened::Action::Went(job, whole(size), opening.found()));
    while opening.end_part()? {
        // Lets the browser draw and listen.
        yew::platform::time::sleep(Duration::ZERO).await;
        if JOB.get() != job {
            return Ok(None);
        }
    }
    opening.finish().map(Some)
}

async fn piece(file: &web_sys::File, from: f64, until: f64) -> Option<Vec<u8>> {
    let piece = file.slice_with_f64_and_f64(from, until).ok()?;
    let buffer = wasm_bindgen_futures::JsFuture::from(piece.array_buffer()).await;
    let buffer = buffer.ok()?.dyn_into::<ArrayBuffer>().ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's size, far below"
)]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}
