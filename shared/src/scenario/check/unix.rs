//! Which sockets of a scenario are `AF_UNIX`, and what may be done to them: only what they have.

use crate::scenario::steps::{Needs, StepKind};
use crate::scenario::{Order, Scenario, Step};

/// The steps met so far that made an `AF_UNIX` socket.
#[derive(Default)]
pub(super) struct UnixSockets<'a> {
    makers: Vec<&'a Step>,
}

impl<'a> UnixSockets<'a> {
    /// Takes the next step; `meant` is the one that made what it is done to.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub(super) fn admit(
        &mut self,
        scenario: &Scenario,
        step: &'a Step,
        meant: Option<&Step>,
    ) -> Result<(), String> {
        if matches!(
            step.does,
            StepKind::ListenUnix(_) | StepKind::ConnectUnix(_)
        ) {
            // Threads of their own may call at the same time, and no address tells which `connect` an `accept` took.
            if scenario.order == Order::Free {
                return Err(format!(
                    "`{}` with `order = \"free\"`, expected `order = \"listed\"`: an AF_UNIX client has no address by which to tell it",
                    step.does.name()
                ));
            }
            self.makers.push(step);
            return Ok(());
        }
        if self.makers.is_empty() || !self.is_meant(scenario, step, meant) {
            return Ok(());
        }
        if matches!(step.does, StepKind::Accept(_)) {
            self.makers.push(step);
        }
        step.does.on_unix()
    }

    /// Where both are there: a word for what is meant, a connection or listener with addresses.
    pub(super) const fn word_for_others(&self) -> &'static str {
        if self.makers.is_empty() { "" } else { "TCP " }
    }

    /// Whether the listener is `AF_UNIX`, which no look-up by address finds.
    pub(super) fn made_by(&self, maker: &Step) -> bool {
        self.makers.iter().any(|known| std::ptr::eq(*known, maker))
    }

    fn is_meant(&self, scenario: &Scenario, step: &Step, meant: Option<&Step>) -> bool {
        // A connection may be meant by the name of the other end's `connect`.
        let by_name = step.on.as_ref().and_then(|on| {
            let mut steps = scenario.steps.iter();
            steps.find(|maker| maker.name.as_ref() == Some(on))
        });
        match step.does.needs() {
            Needs::Connection | Needs::Listener => {
                by_name.or(meant).is_some_and(|maker| self.made_by(maker))
            }
            Needs::Nothing | Needs::AnyConnection | Needs::AnyListener | Needs::Rule => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;

    const STORY: &str = r#"title = "x"
[[steps]]
by = "server"
name = "door"
do.listen_unix = { name = "app" }
[[steps]]
by = "client"
name = "call"
do.connect_unix = { name = "app" }
[[steps]]
by = "server"
do = "accept"
"#;

    /// Where and how the story is refused with this step at its end.
    fn refused(step: &str) -> String {
        let error = Scenario::parse(&format!("{STORY}[[steps]]\n{step}\n")).unwrap_err();
        format!("{}: {}", error.line, error.message)
    }

    #[test]
    fn what_both_have_goes_with_unix() {
        for step in [
            "by = \"server\"\ndo.send = { text = \"x\", pieces = 1 }",
            "by = \"server\"\non = \"call\"\ndo.receive = { until_end = true, timeout = \"1ms\" }",
            "by = \"client\"\ndo.receive = { peek = true }",
            "by = \"client\"\ndo.shutdown = { how = \"write\" }",
            "by = \"client\"\ndo = \"duplicate\"",
            "by = \"client\"\ndo.hand_over = { to = \"server\", what = \"connection\" }",
            "by = \"client\"\ndo.set_option = { send_buffer = 4096 }",
            "by = \"server\"\ndo.close = { what = \"listener\" }",
            "by = \"server\"\ndo = \"exit\"",
        ] {
            let text = format!("{STORY}[[steps]]\n{step}\n");
            Scenario::parse(&text).unwrap_or_else(|error| panic!("{step}: {error}"));
        }
    }

    #[test]
    fn what_only_tcp_has_is_refused_with_its_line() {
        for (step, message) in [
            (
                "by = \"client\"\ndo.send = { text = \"x\", out_of_band = true }",
                "13: step 4: `out_of_band` is TCP’s: found it on an AF_UNIX connection, expected none",
            ),
            (
                "by = \"server\"\non = \"call\"\ndo.receive = { truncate = true }",
                "13: step 4: `truncate` is TCP’s: found it on an AF_UNIX connection, expected none",
            ),
            (
                "by = \"client\"\ndo = \"disconnect\"",
                "13: step 4: `disconnect` is TCP’s: found it on an AF_UNIX connection, expected `close`",
            ),
            (
                "by = \"client\"\ndo.set_option = { linger = \"0s\" }",
                "13: step 4: SO_LINGER does nothing to an AF_UNIX socket, expected `send_buffer`",
            ),
            (
                "by = \"server\"\ndo.set_option = { what = \"listener\", defer_accept = \"1s\" }",
                "13: step 4: TCP_DEFER_ACCEPT does nothing to an AF_UNIX socket, expected `send_buffer`",
            ),
            (
                "by = \"outside\"\ndo.destroy = { socket_of = \"server\" }",
                "13: step 4: `destroy` needs a TCP connection, and there is none yet",
            ),
            (
                "by = \"outside\"\ndo.destroy = { socket_of = \"server\", what = \"listener\" }",
                "13: step 4: `destroy` needs a TCP listener, and there is none yet",
            ),
            (
                "by = \"outside\"\ndo.forge = { from = \"client\", flags = \"R\" }",
                "13: step 4: `forge` needs a TCP connection, and there is none yet",
            ),
        ] {
            assert_eq!(refused(step), message);
        }
    }

    #[test]
    fn fields_of_tcp_and_paths_are_refused() {
        let read = |step: &str| {
            let text = format!("title = \"x\"\n[[steps]]\nby = \"a\"\n{step}\n");
            Scenario::parse(&text).unwrap_err().to_string()
        };
        for (step, message) in [
            (
                "do.listen_unix = { name = \"app\", port = 8080 }",
                "4:34: unknown field `port`, expected `name` or `backlog`",
            ),
            (
                "do.connect_unix = { name = \"app\", mptcp = true }",
                "4:35: unknown field `mptcp`, expected `name`",
            ),
            ("do = \"listen_unix\"", "missing field `name`"),
            (
                "do.connect_unix = { name = \"/run/app.sock\" }",
                "2:1: step 1: name is `/run/app.sock`, expected 1 to 40 letters, digits, `-`, `_` or `.`: it is no path, and no file is made",
            ),
            ("do.listen_unix = { name = \"\" }", "step 1: name is ``,"),
        ] {
            let error = read(step);
            assert!(error.contains(message), "{step}: {error}");
        }
    }

    #[test]
    fn without_an_order_nothing_tells_clients_apart() {
        let free = STORY.replace("title = \"x\"", "title = \"x\"\norder = \"free\"");
        let error = Scenario::parse(&free).unwrap_err();
        assert_eq!(error.line, 3);
        assert!(
            error.message.starts_with(
                "step 1: `listen_unix` with `order = \"free\"`, expected `order = \"listed\"`"
            ),
            "{error}"
        );
    }

    #[test]
    fn tcp_beside_it_keeps_what_it_has() {
        let mixed = "[[steps]]\nby = \"server\"\ndo = \"listen\"\n[[steps]]\nby = \"client\"\nname = \"tcp\"\n\
            do = \"connect\"\n[[steps]]\nby = \"server\"\non = \"door2\"\ndo = \"accept\"\n";
        let mixed = mixed.replacen("by = \"server\"", "by = \"server\"\nname = \"door2\"", 1);
        for step in [
            "by = \"server\"\non = \"tcp\"\ndo.send = { text = \"x\", out_of_band = true }",
            "by = \"client\"\non = \"tcp\"\ndo = \"disconnect\"",
            "by = \"outside\"\non = \"tcp\"\ndo.destroy = { socket_of = \"server\" }",
        ] {
            let text = format!("{STORY}{mixed}[[steps]]\n{step}\n");
            Scenario::parse(&text).unwrap_or_else(|error| panic!("{step}: {error}"));
        }
        let unix = refused(&format!(
            "{}[[steps]]\nby = \"server\"\non = \"call\"\ndo.send = {{ text = \"x\", out_of_band = true }}",
            mixed.strip_prefix("[[steps]]\n").unwrap()
        ));
        assert!(unix.contains("step 7: `out_of_band` is TCP’s"), "{unix}");
    }
}
