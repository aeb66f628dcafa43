//! The course and the quiz: what is asked before an answer is shown. Knows no run; the page compares.

use aftershake_shared::scenario::expect::Outcome;

use crate::text::guide::{LESSONS, Lesson};

/// Where the reader is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    pub course: Option<Course>,
    pub quiz: Quiz,
}

/// One claim of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Its number, from 0.
    pub lesson: usize,
    /// How the reader thinks it ends; `None` before the bet.
    pub bet: Option<Outcome>,
    /// Whether the change is being tried.
    pub changed: bool,
}

/// Whether verdicts are hidden until they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quiz {
    #[default]
    Off,
    Hidden,
    Shown,
}

/// What the reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    CourseAsked,
    CourseLeft,
    Bet(Outcome),
    ChangeTried,
    NextAsked,
    QuizTurned,
    VerdictAsked,
}

impl Course {
    /// What it is about.
    pub fn content(self) -> Option<&'static Lesson> {
        LESSONS.get(self.lesson)
    }
}

impl Guide {
    /// The next state, and the scenario to run or to show.
    pub(super) fn reduce(self, action: Action) -> (Self, Option<(&'static str, bool)>) {
        let begun = |lesson: usize| Course {
            lesson,
            bet: None,
            changed: false,
        };
        let mut next = self;
        let mut shows = None;
        match (action, self.course) {
            (Action::CourseAsked, _) => next.course = Some(begun(0)),
            (Action::CourseLeft, _) => next.course = None,
            (Action::NextAsked, Some(course)) => {
                let lesson = course.lesson + 1;
                next.course = (lesson < LESSONS.len()).then(|| begun(lesson));
            }
            (Action::Bet(bet), Some(course)) => {
                next.course = Some(Course {
                    bet: Some(bet),
                    ..course
                });
                shows = course.content().map(|lesson| (lesson.scenario, true));
            }
            (Action::ChangeTried, Some(course)) => {
                next.course = Some(Course {
                    changed: true,
                    ..course
                });
                shows = course.content().map(|lesson| (lesson.change, true));
            }
            (Action::NextAsked | Action::Bet(_) | Action::ChangeTried, None) => {}
            (Action::QuizTurned, _) => {
                next.quiz = if self.quiz == Quiz::Off {
                    Quiz::Hidden
                } else {
                    Quiz::Off
                };
            }
            (Action::VerdictAsked, _) => next.quiz = Quiz::Shown,
        }
        // A claim is read before it is run.
        if let (None, Some(course)) = (shows, next.course.filter(|_| next.course != self.course)) {
            shows = course.content().map(|lesson| (lesson.scenario, false));
        }
        (next, shows)
    }

    /// A new run has a new verdict to hide.
    pub(super) fn run_asked(self) -> Self {
        let quiz = if self.quiz == Quiz::Shown {
            Quiz::Hidden
        } else {
            self.quiz
        };
        Self { quiz, ..self }
    }
}
