//! `[copies]`: one endpoint written once and carried out many times, as `client-1`, `client-2`, …
//!
//! Copies are made when a scenario is read: everything behind the reader sees plain steps of plain endpoints.

use std::collections::BTreeMap;
use std::ops::Range;

use super::expect::Answer;
use super::{Step, limits};

/// A step as it was written.
pub(super) struct Written {
    pub(super) step: Step,
    /// Done once for each copy of this endpoint.
    pub(super) each: Option<String>,
    /// Where it stands in the text, in bytes.
    pub(super) span: Range<usize>,
}

/// A mistake and where it stands; nowhere when it is about the table as a whole.
pub(super) struct Mistake {
    pub(super) span: Option<Range<usize>>,
    pub(super) message: String,
}

/// How often each copied endpoint is there.
pub(super) type Copies = BTreeMap<String, u32>;

/// The endpoint whose copies this step is about.
fn group<'a>(copies: &'a Copies, written: &Written) -> Option<(&'a str, u32)> {
    let name = written.each.as_ref().unwrap_or(&written.step.by);
    let (name, count) = copies.get_key_value(name)?;
    Some((name, *count))
}

/// Every step as often as it is done, in the order of the list: all copies of one, then all of the next.
///
/// What [`check`] refuses would be too much.
pub(super) fn expand(
    copies: &Copies,
    steps: Vec<Written>,
) -> Result<(Vec<Step>, Vec<Range<usize>>), Mistake> {
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    for written in &steps {
        if let (Some(name), Some((of, _))) = (&written.step.name, group(copies, written)) {
            groups.insert(name.clone(), of.to_owned());
        }
    }
    let (mut all, mut spans) = (Vec::new(), Vec::new());
    for written in steps {
        let own = group(copies, &written);
        for name in [&written.step.on, &written.step.after]
            .into_iter()
            .flatten()
        {
            if let Some(of) = groups.get(name)
                && own.is_none_or(|(own, _)| own != of)
            {
                let message = format!(
                    "`{name}` is a step of every copy of `{of}`, expected `each = \"{of}\"` here to mean them one by one"
                );
                return Err(Mistake {
                    span: Some(written.span),
                    message,
                });
            }
        }
        let Some((of, count)) = own else {
            all.push(written.step);
            spans.push(written.span);
            continue;
        };
        for number in 1..=count {
            let of_this = |name: &String| match groups.get(name) {
                Some(_) => format!("{name}-{number}"),
                None => name.clone(),
            };
            let mut step = written.step.clone();
            if step.by == of {
                step.by = format!("{of}-{number}");
            }
            for name in [&mut step.name, &mut step.on, &mut step.after] {
                *name = name.as_ref().map(of_this);
            }
            all.push(step);
            spans.push(written.span.clone());
        }
    }
    Ok((all, spans))
}

/// Whether the copies are of endpoints, and few enough.
pub(super) fn check(copies: &Copies, steps: &[Written]) -> Result<(), Mistake> {
    let about = |message| Mistake {
        span: None,
        message,
    };
    for (name, count) in copies {
        if !steps.iter().any(|written| written.step.by == *name) {
            return Err(about(format!(
                "copies: `{name}` does no step, expected an endpoint"
            )));
        }
        let most = limits::ENDPOINTS;
        if *count == 0 || usize::try_from(*count).map_or(true, |count| count > most) {
            let message = format!("copies: {count} of `{name}`, expected 1 to {most}");
            return Err(about(message));
        }
    }
    let mut total: u64 = 0;
    for written in steps {
        let span = Some(written.span.clone());
        if let Some(each) = &written.each {
            if !copies.contains_key(each) {
                let message =
                    format!("each `{each}`: not in `[copies]`, expected an endpoint that is");
                return Err(Mistake { span, message });
            }
            if copies.contains_key(&written.step.by) {
                let message = format!(
                    "`{}` has copies itself, expected `each` on a step of another",
                    written.step.by
                );
                return Err(Mistake { span, message });
            }
        }
        total += group(copies, written).map_or(1, |(_, count)| u64::from(count));
    }
    if total > limits::STEPS as u64 {
        return Err(about(format!(
            "there are {total} steps, those of copies included, expected at most {}",
            limits::STEPS
        )));
    }
    Ok(())
}

/// An expected result of a copied step is expected of every copy: `client.reply` is `client-1.reply-1`, ….
pub(super) fn expand_returns<'a>(
    copies: &Copies,
    steps: &[Written],
    all: impl Iterator<Item = &'a mut BTreeMap<String, Answer>>,
) -> Result<(), Mistake> {
    let mut total: u64 = 0;
    for returns in all {
        let keys: Vec<String> = returns.keys().cloned().collect();
        for key in keys {
            let Some((by, label, (of, count), is_named)) = meant(copies, steps, &key) else {
                continue;
            };
            total += u64::from(count);
            if total > limits::STEPS as u64 {
                let message = format!(
                    "there are more than {} expected answers, those of copies included",
                    limits::STEPS
                );
                return Err(Mistake {
                    span: None,
                    message,
                });
            }
            let Some(answer) = returns.remove(&key) else {
                continue;
            };
            for number in 1..=count {
                let by = if by == of {
                    format!("{by}-{number}")
                } else {
                    by.to_owned()
                };
                let label = if is_named {
                    format!("{label}-{number}")
                } else {
                    label.to_owned()
                };
                returns.insert(format!("{by}.{label}"), answer.clone());
            }
        }
    }
    Ok(())
}

/// Endpoint and label of an expected answer's key, the copies of the step that it means, and whether that has a name.
fn meant<'a>(
    copies: &'a Copies,
    steps: &'a [Written],
    key: &'a str,
) -> Option<(&'a str, &'a str, (&'a str, u32), bool)> {
    let (by, label) = key.split_once('.')?;
    let written = steps.iter().find(|written| {
        let name = written.step.name.as_deref();
        written.step.by == by && name == Some(label)
            || copies.contains_key(by) && written.step.by == by && written.step.label() == label
    })?;
    let group = group(copies, written)?;
    Some((by, label, group, written.step.name.is_some()))
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;

    const HEAD: &str = "title = \"x\"\n[copies]\nclient = 3\n";
    const STEPS: &str = "[[steps]]\nby = \"server\"\ndo = \"listen\"\n\
        [[steps]]\nby = \"client\"\nname = \"call\"\ndo = \"connect\"\n\
        [[steps]]\nby = \"server\"\neach = \"client\"\ndo = \"accept\"\n\
        [[steps]]\nby = \"server\"\neach = \"client\"\non = \"call\"\nname = \"hang-up\"\ndo = \"close\"\n\
        [[steps]]\nby = \"client\"\ndo = \"receive\"\n";

    #[test]
    fn a_number_out_of_all_measure_is_refused_before_it_is_written_out() {
        let head = "title = \"x\"\n[copies]\nclient = 4294967295\n";
        let expect = "[expect]\nreturns.\"client.call\" = 0\n";
        let message = said(head, &format!("{STEPS}{expect}"));
        assert!(message.contains("expected 1 to"), "{message}");
        assert!(message.starts_with("2:1: "), "{message}");
        let head = "title = \"x\"\n[copies]\nclient = 900\n";
        let claim =
            "[[claims]]\ntext = \"x\"\nsource = \"x\"\nholds = true\nreturns.\"client.call\" = 0\n";
        let message = said(head, &format!("{STEPS}{}", claim.repeat(200)));
        assert!(message.contains("expected answers"), "{message}");
    }

    fn said(head: &str, steps: &str) -> String {
        let text = format!("{head}{steps}");
        Scenario::parse(&text).unwrap_err().to_string()
    }

    #[test]
    fn every_copy_is_an_endpoint_with_steps_of_its_own() {
        let scenario = Scenario::parse(&format!("{HEAD}{STEPS}")).unwrap();
        assert_eq!(
            scenario.endpoints(),
            ["server", "client-1", "client-2", "client-3"]
        );
        let steps: Vec<String> = scenario
            .steps
            .iter()
            .map(|step| {
                let on = step.on.as_deref().unwrap_or_default();
                format!("{} {} {on}", step.by, step.label())
            })
            .collect();
        assert_eq!(steps[1], "client-1 call-1 ");
        assert_eq!(steps[3], "client-3 call-3 ");
        assert_eq!(steps[4], "server accept ");
        assert_eq!(steps[8], "server hang-up-2 call-2");
        assert_eq!(steps.len(), 13);
    }

    #[test]
    fn what_is_expected_of_a_copied_step_is_expected_of_every_copy() {
        let expect =
            "[expect]\nreturns.\"client.receive\" = \"EOF\"\nreturns.\"server.hang-up\" = 0\n";
        let scenario = Scenario::parse(&format!("{HEAD}{STEPS}{expect}")).unwrap();
        let keys: Vec<_> = scenario.expect.unwrap().returns.into_keys().collect();
        assert_eq!(
            keys,
            [
                "client-1.receive",
                "client-2.receive",
                "client-3.receive",
                "server.hang-up-1",
                "server.hang-up-2",
                "server.hang-up-3"
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let of = |copies: &str| format!("title = \"x\"\n[copies]\n{copies}\n");
        for (head, steps, words) in [
            (of("nobody = 3"), STEPS.to_owned(), "`nobody` does no step"),
            (
                of("client = 0"),
                STEPS.to_owned(),
                "copies: 0 of `client`, expected 1 to 2000",
            ),
            (of("client = 4000"), STEPS.to_owned(), "expected 1 to 2000"),
            (
                of("server = 2\nclient = 3"),
                STEPS.to_owned(),
                "`server` has copies itself",
            ),
            (
                of("client = 2"),
                STEPS.replace("each = \"client\"\non", "on"),
                "15:1: `call` is a step of every copy of `client`",
            ),
            (
                of("client = 2"),
                STEPS.replace("each = \"client\"", "each = \"friend\""),
                "each `friend`: not in `[copies]`",
            ),
        ] {
            let found = said(&head, &steps);
            assert!(found.contains(words), "{found}");
        }
        let many = STEPS.replace(
            "[[steps]]\nby = \"client\"\ndo = \"receive\"\n",
            &"[[steps]]\nby = \"client\"\ndo = \"receive\"\n".repeat(4),
        );
        assert!(said(&of("client = 2000"), &many).contains("there are 14001 steps"));
    }
}
