//! The course, the quiz, and what this machine lacks: the notes above the verdict.

use aftershake_shared::event::Source;
use aftershake_shared::scenario::expect::Outcome;
use yew::{Callback, Html};

use super::press::{Button, button};
use crate::el;
use crate::part::all;
use crate::store::channel_status::ChannelStatus;
use crate::store::guide::{Action as Did, Course, Quiz};
use crate::store::run_events::Phase;
use crate::store::{Action, AppState};
use crate::text::{self, guide as words};

fn act(
    class: &'static str,
    test: &'static str,
    words: &'static str,
    on: &Callback<Action>,
    did: Did,
) -> Html {
    let description = Button {
        class,
        test,
        words,
        ..Button::default()
    };
    button(description, on, Action::Guide(did))
}

/// The course's card; an invitation while nothing was run.
pub fn course(state: &AppState, on: &Callback<Action>) -> Html {
    let Some(course) = state.guide.course else {
        if state.run.phase == Phase::Idle && state.channel.is_open() {
            return el!("p" { "class": "hint" } act("link", "course", words::COURSE_START, on, Did::CourseAsked));
        }
        return Html::default();
    };
    let Some(lesson) = course.content() else {
        return Html::default();
    };
    let (number, count) = (course.lesson + 1, words::LESSONS.len());
    let title = [
        words::COURSE,
        " ",
        &number.to_string(),
        " ",
        words::COURSE_OF,
        " ",
        &count.to_string(),
    ];
    let claim = crate::catalogue::claim_of(lesson.scenario);
    el!("section" { "class": "card guide", "aria-labelledby": "course-title", "data-test": "course-card" }
        el!("h2" { "id": "course-title" } title.concat()),
        el!("blockquote" {} text::shown(&claim)),
        el!("div" { "aria-live": "polite" } stage(state, course, lesson, on)),
        el!("div" { "class": "buttons" } act("link", "leave-course", words::COURSE_LEAVE, on, Did::CourseLeft)),
    )
}

fn stage(
    state: &AppState,
    course: Course,
    lesson: &words::Lesson,
    on: &Callback<Action>,
) -> Vec<Html> {
    let Some(bet) = course.bet else {
        if !state.channel.is_open() {
            return vec![el!("p" {} words::COURSE_NO_AGENT)];
        }
        return vec![
            el!("p" {} words::COURSE_ASK),
            el!("div" { "class": "buttons" }
                act("ghost", "bet-closed", words::COURSE_CLOSED, on, Did::Bet(Outcome::Closed)),
                act("ghost", "bet-reset", words::COURSE_RESET, on, Did::Bet(Outcome::Reset)),
            ),
        ];
    };
    let Some(diagnosis) = &state.run.diagnosis else {
        return vec![el!("p" {} words::COURSE_RUNS)];
    };
    let outcome = el!("b" {} text::outcome(diagnosis.outcome));
    let is_last = course.lesson + 1 == words::LESSONS.len();
    let (said, next) = match (course.changed, bet == diagnosis.outcome) {
        (true, _) => (words::COURSE_CHANGED, None),
        (false, true) => (words::COURSE_RIGHT, Some(lesson.try_it)),
        (false, false) => (words::COURSE_WRONG, Some(lesson.try_it)),
    };
    let said = el!("p" { "data-test": "bet-result" } said, " ", outcome, ".");
    if let Some(try_it) = next {
        let button = act("ghost", "try-change", try_it, on, Did::ChangeTried);
        return vec![said, el!("div" { "class": "buttons" } button)];
    }
    let next = if is_last {
        words::COURSE_END
    } else {
        words::COURSE_NEXT
    };
    vec![
        said,
        el!("p" { "data-test": "rule" } el!("b" {} words::COURSE_RULE), " ", text::sentence(lesson.rule)),
        el!("div" { "class": "buttons" } act("ghost", "next-lesson", next, on, Did::NextAsked)),
    ]
}

/// Whether the page keeps an ending to itself: in a quiz, and while a bet is to be placed.
pub fn hides_verdict(state: &AppState) -> bool {
    let is_told = match state.run.phase {
        Phase::Idle | Phase::Finished { .. } => false,
        Phase::Asked | Phase::Queued { .. } | Phase::Running | Phase::Failed(_) | Phase::Lost => {
            true
        }
    };
    !is_told && (state.guide.quiz == Quiz::Hidden || bets(state))
}

/// Whether the course waits for a bet.
fn bets(state: &AppState) -> bool {
    state
        .guide
        .course
        .is_some_and(|course| course.bet.is_none())
}

/// In the verdict's place while it is hidden.
pub fn quiz(state: &AppState, on: &Callback<Action>) -> Html {
    if state.guide.quiz != Quiz::Hidden {
        return Html::default();
    }
    let has_run = state.run.diagnosis.is_some();
    let asks = if has_run {
        words::QUIZ_ASK
    } else {
        words::QUIZ_READY
    };
    let show = has_run.then(|| {
        act(
            "ghost",
            "show-verdict",
            words::QUIZ_SHOW,
            on,
            Did::VerdictAsked,
        )
    });
    el!("section" { "class": "card guide", "aria-labelledby": "quiz-title", "data-test": "quiz-card" }
        el!("h2" { "id": "quiz-title" } words::QUIZ),
        el!("p" {} asks),
        el!("div" { "class": "buttons" }
            show,
            act("link", "leave-quiz", words::QUIZ_LEAVE, on, Did::QuizTurned),
        ),
    )
}

/// What a run would have and lacks here, said before it is asked for.
pub fn lacks(state: &AppState) -> Html {
    let ChannelStatus::Open(agent) = &state.channel else {
        return Html::default();
    };
    let missing: Vec<&str> = Source::ALL
        .into_iter()
        .filter(|source| !agent.environment.has(*source))
        .map(in_words)
        .collect();
    if state.run.phase != Phase::Idle {
        return Html::default();
    }
    let wanted = state
        .draft
        .scenario
        .as_ref()
        .map(|scenario| scenario.facilities())
        .unwrap_or_default();
    let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let needs = (!wanted.is_empty()).then(|| {
        el!("p" { "class": "hint", "data-test": "needs" }
            words::NEEDS, " ", el!("b" {} wanted.join(", ")), ". ", words::NEEDS_TRIED,
        )
    });
    let lacks = (!missing.is_empty()).then(|| {
        el!("p" { "class": "hint", "data-test": "lacks" }
            words::LACKS, " ", el!("b" {} missing.join(", ")), ". ", words::LACKS_REMEDY, " ",
            el!("code" {} "aftershake doctor"),
        )
    });
    all(vec![needs.unwrap_or_default(), lacks.unwrap_or_default()])
}

const fn in_words(source: Source) -> &'static str {
    match source {
        Source::Calls => words::LACKS_CALLS,
        Source::Segments => words::LACKS_SEGMENTS,
        Source::Counters => words::LACKS_COUNTERS,
        Source::Sockets => words::LACKS_SOCKETS,
        Source::KernelResets => words::LACKS_REASONS,
    }
}
