//! What the course, the quiz, the palette and the notes on this machine say.

/// The course.
pub const COURSE: &str = "Course";
pub const COURSE_START: &str = "New here? Three claims, three bets: a short course";
pub const COURSE_OF: &str = "of";
pub const COURSE_ASK: &str =
    "Nobody resets on purpose here. How does this connection end? Place your bet; it runs at once.";
pub const COURSE_CLOSED: &str = "With FIN: closed";
pub const COURSE_RESET: &str = "With RST: reset";
pub const COURSE_RUNS: &str = "It runs …";
pub const COURSE_RIGHT: &str = "Your bet was right. It ended:";
pub const COURSE_WRONG: &str = "Your bet was wrong. It ended:";
pub const COURSE_CHANGED: &str = "With the change it ended:";
pub const COURSE_RULE: &str = "The rule:";
pub const COURSE_NEXT: &str = "Next claim";
pub const COURSE_END: &str = "Finish the course";
pub const COURSE_LEAVE: &str = "Leave";
pub const COURSE_NO_AGENT: &str = "The course runs its stories on an agent; there is none now.";

/// One claim of the course.
#[derive(Debug)]
pub struct Lesson {
    /// The scenario as the article has it.
    pub scenario: &'static str,
    /// The same with one thing changed.
    pub change: &'static str,
    /// The button that makes the change.
    pub try_it: &'static str,
    pub rule: &'static str,
}

/// The article's three claims.
pub const LESSONS: [Lesson; 3] = [
    Lesson {
        scenario: "accepts-then-closes",
        change: "sent-before-close",
        try_it: "Let the client speak before the close",
        rule: "Without special options, close() sends FIN when everything received was read, and RST when bytes are left unread.",
    },
    Lesson {
        scenario: "wrong-prefix",
        change: "more-than-the-buffer",
        try_it: "Send more than the buffer holds",
        rule: "What the bytes say does not matter to the kernel; whether all of them were read at the close does.",
    },
    Lesson {
        scenario: "times-out",
        change: "data-between-timeout-and-close",
        try_it: "Let data arrive between the timeout and the close",
        rule: "A timeout is the program’s own affair. What lies unread at the close turns the FIN into RST.",
    },
];

/// The quiz.
pub const QUIZ: &str = "Quiz";
pub const QUIZ_ASK: &str =
    "How did it end, who ended it, and why? The ladder below has all the evidence.";
pub const QUIZ_READY: &str =
    "Verdicts are hidden. Run a scenario and say how it ends before you look.";
pub const QUIZ_SHOW: &str = "Show the verdict";
pub const QUIZ_LEAVE: &str = "End the quiz";

/// What a run needs, and what this machine lacks.
pub const NEEDS: &str = "This scenario needs of the kernel:";
pub const NEEDS_TRIED: &str = "The agent tries it before the run and says so when it is missing.";
pub const LACKS: &str = "On this machine a run goes without:";
pub const LACKS_REMEDY: &str = "A verdict may then name several causes. How to get it:";
pub const LACKS_SEGMENTS: &str = "the segments on the wire";
pub const LACKS_COUNTERS: &str = "the kernel’s counters";
pub const LACKS_SOCKETS: &str = "the state of sockets and queues";
pub const LACKS_REASONS: &str = "the kernel’s own reason for a RST";
pub const LACKS_CALLS: &str = "the programs’ calls";

/// The palette.
pub const PALETTE: &str = "Commands";
pub const PALETTE_INPUT: &str = "A command or a scenario";
pub const PALETTE_NONE: &str = "Nothing has these words.";
pub const SCENARIO: &str = "scenario";
pub const HELP_TITLE: &str = "Keyboard";
