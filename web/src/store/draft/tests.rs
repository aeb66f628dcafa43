//! The editor's state: typing, the way back, the story's moves.

use super::*;

fn typed(draft: &Draft, text: &str) -> Draft {
    let text = AttrValue::from(text.to_owned());
    let caret = text.len();
    draft.reduce(Action::Edited { text, caret }).unwrap()
}

#[test]
fn a_thousand_changes_are_undone_and_done_again() {
    let first = Draft::default();
    let mut draft = first.clone();
    let mut texts = vec![draft.text.clone()];
    for number in 0..1_000 {
        draft = typed(&draft, &format!("{}# {number} é\n", draft.text));
        texts.push(draft.text.clone());
    }
    for text in texts.iter().rev().skip(1) {
        draft = draft.reduce(Action::Undone).unwrap();
        assert_eq!(&draft.text, text);
    }
    assert!(draft.reduce(Action::Undone).is_none());
    for text in texts.iter().skip(1) {
        draft = draft.reduce(Action::Redone).unwrap();
        assert_eq!(&draft.text, text);
    }
    assert!(!draft.can_redo());
    // One more forgets the first.
    draft = typed(&draft, "short");
    for _ in 0..1_000 {
        draft = draft.reduce(Action::Undone).unwrap();
    }
    assert!(!draft.can_undo());
    assert_ne!(draft.text, first.text);
}

#[test]
fn a_word_is_undone_at_once_and_typing_forgets_what_was_undone() {
    let start = typed(&Draft::default(), "");
    let word = ["a", "ab", "abc", "abc ", "abc d"]
        .iter()
        .fold(start, |draft, text| typed(&draft, text));
    let back = word.reduce(Action::Undone).unwrap();
    assert_eq!(back.text, "abc ");
    let back = back
        .reduce(Action::Undone)
        .unwrap()
        .reduce(Action::Undone)
        .unwrap();
    assert_eq!(back.text, "");
    assert!(back.can_redo());
    assert!(!typed(&back, "x").can_redo());
}

#[test]
fn another_scenario_is_a_change_that_undo_takes_back() {
    let edited = typed(&Draft::default(), "# mine");
    let entry = catalog::find("linger-zero").unwrap();
    let other = edited.replaced(Some(entry.name), AttrValue::Static(entry.toml));
    assert_eq!(other.from, Some("linger-zero"));
    assert!(!other.is_edited());
    let back = other.reduce(Action::Undone).unwrap();
    assert_eq!((back.text.as_str(), back.from), ("# mine", edited.from));
    let again = back.reduce(Action::Redone).unwrap();
    assert_eq!(
        (again.text.as_str(), again.from),
        (entry.toml, Some("linger-zero"))
    );
}

#[test]
fn the_story_s_moves_change_the_text_and_the_text_s_caret_the_step() {
    let draft = Draft::default();
    let steps = draft.story.as_ref().unwrap().steps.len();
    let added = draft
        .reduce(Action::StepAdded {
            before: 1,
            by: "guest".into(),
            kind: "send",
        })
        .unwrap();
    assert_eq!((added.step, added.form), (Some(1), Form::Open));
    assert!(
        added
            .text
            .contains("by = \"guest\"\ndo.send = { text = \"hello\" }")
    );
    let field = Field::OfKind("text");
    let set = added
        .reduce(Action::FieldSet {
            step: 1,
            field,
            typed: Some("bye".into()),
        })
        .unwrap();
    assert!(set.text.contains("do.send = { text = \"bye\" }"));
    let moved = set.reduce(Action::StepShifted { from: 1, to: 0 }).unwrap();
    assert_eq!(moved.step, Some(0));
    let removed = moved.reduce(Action::StepRemoved(0)).unwrap();
    assert_eq!(removed.text, draft.text);
    assert_eq!(removed.story.as_ref().unwrap().steps.len(), steps);
    let at = draft.text.find("do = \"connect\"").unwrap();
    assert_eq!(draft.reduce(Action::CaretMoved(at)).unwrap().step, Some(2));
}

#[test]
fn a_dropped_step_changes_place_and_column_in_one_change() {
    let draft = Draft::default();
    let drag = Drag {
        from: 2,
        to: 0,
        by: "server".into(),
    };
    let dropped = draft
        .reduce(Action::Dragged(drag))
        .unwrap()
        .reduce(Action::Dropped)
        .unwrap();
    let story = dropped.story.as_ref().unwrap();
    assert_eq!(
        (story.steps[0].by(), story.steps[0].kind.as_str()),
        ("server", "connect")
    );
    assert_eq!((dropped.step, &dropped.drag), (Some(0), &None));
    assert_eq!(dropped.reduce(Action::Undone).unwrap().text, draft.text);
}

#[test]
fn a_mistake_is_found_in_its_step() {
    let draft = Draft::default();
    let text = draft.text.replacen("do = \"accept\"", "do = \"acept\"", 1);
    let wrong = typed(&draft, &text);
    assert_eq!(wrong.wrong_step(), Some(1));
    assert!(wrong.story.is_ok());
    assert_eq!(wrong.story.as_ref().unwrap().steps[1].kind, "acept");
}
