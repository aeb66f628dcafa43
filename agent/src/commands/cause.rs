//! `aftershake cause`: what is known of a cause: the standard, the kernel, what to change in six languages.

use std::fmt::Write as _;

use aftershake_shared::catalog::producing;
use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::diagnosis::causes::facts;
use aftershake_shared::remedy::origin::Origin;
use aftershake_shared::remedy::page::{error_list, markdown};
use aftershake_shared::remedy::{ERRORS, Language, Remedy, error_text};
use serde_json::{Map, Value, json};

use super::{DONE, bad_input, print, print_json};
use crate::options::CauseOptions;

/// Prints one cause, or the list of them.
///
/// # Errors
/// A name that is no cause's.
pub fn cause(options: &CauseOptions) -> Result<u8, Failure> {
    let Some(slug) = &options.cause else {
        return all(options.json);
    };
    let Some(cause) = CauseId::from_slug(slug) else {
        let message = format!("`{slug}` is no cause");
        return Err(bad_input(message, "aftershake cause   lists all 24"));
    };
    if options.json {
        print_json(&as_json(cause))?;
    } else {
        let page = markdown(cause, 1, &producing(cause));
        print(&format!(
            "{page}\n## What programs show\n\n{}",
            error_list()
        ))?;
    }
    Ok(DONE)
}

fn all(json: bool) -> Result<u8, Failure> {
    if json {
        let list: Vec<Value> = CauseId::ALL.into_iter().map(as_json).collect();
        print_json(&list)?;
        return Ok(DONE);
    }
    let mut text = String::new();
    for cause in CauseId::ALL {
        let _ = writeln!(text, "{:40} {}", cause.slug(), Origin::of(cause).what);
    }
    print(&text)?;
    Ok(DONE)
}

fn as_json(cause: CauseId) -> Value {
    let (origin, remedy, facts) = (Origin::of(cause), Remedy::of(cause), facts(cause));
    let mut code = Map::new();
    let mut errors = Map::new();
    for language in Language::ALL {
        let name = language.name();
        if let Some(lines) = remedy.code_in(language) {
            code.insert(name.to_owned(), lines.into());
        }
        let texts = ERRORS.into_iter().filter_map(|errno| {
            let text = error_text(errno, language)?;
            Some((errno.to_string(), Value::from(text)))
        });
        errors.insert(name.to_owned(), Value::Object(texts.collect()));
    }
    json!({
        "cause": cause.slug(),
        "what": origin.what,
        "rfc": facts.rfc,
        "kernel_function": origin.functions,
        "counters": origin.counters,
        "kernel_reasons": facts.kernel_reasons,
        "fix": facts.fix,
        "remedy": { "title": remedy.title, "what": remedy.what, "code": code, "commands": remedy.commands },
        "errors": errors,
        "scenarios": producing(cause),
    })
}
