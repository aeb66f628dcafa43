//! `add_rule`: a rule of a packet filter, in force until `remove_rule` or the end of the run.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::forge::Letters;
use super::{Actor, Kind, Makes, Needs};
use crate::event::outside_acted::{Hook, Verdict};
use crate::scenario::field::{Field, Takes};
use crate::tcp::flags::Flags;

/// `do.add_rule = { verdict = "drop", from_port = 8080, has = "SA" }`. Matches TCP only; every field given must match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AddRule {
    pub verdict: Verdict,
    /// Where it stands; `input`, before a segment reaches its socket, unless given.
    pub hook: Option<Hook>,
    pub from_port: Option<u16>,
    pub to_port: Option<u16>,
    /// Flags that must be set, as letters: `SA`.
    #[serde(default)]
    pub has: Letters,
    /// Flags that must not be set.
    #[serde(default)]
    pub lacks: Letters,
    /// Only the segment of this number among those that match, from 1.
    pub nth: Option<u32>,
    /// The port of `verdict = "redirect"`.
    pub redirect_to: Option<u16>,
}

impl Kind for AddRule {
    const NAME: &'static str = "add_rule";
    const HELP: &'static str = "add a firewall rule: drop, reject or redirect";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "verdict",
            Takes::Choice(&[
                "drop",
                "reject-with-tcp-reset",
                "reject-with-icmp",
                "redirect",
            ]),
            "what becomes of a segment",
        )
        .required(),
        Field::new(
            "hook",
            Takes::Choice(&["input", "output"]),
            "before it reaches its socket, or when it is sent",
        )
        .default("\"input\"")
        .example("\"output\""),
        Field::number("from_port", "", 1, 65_535, "only from this port").example("8080"),
        Field::number("to_port", "", 1, 65_535, "only to this port").example("8080"),
        Field::new("has", Takes::Text, "letters of flags that must be set").example("\"SA\""),
        Field::new(
            "lacks",
            Takes::Text,
            "letters of flags that must not be set",
        )
        .example("\"R\""),
        Field::number(
            "nth",
            "",
            1,
            u32::MAX as u64,
            "only the segment of this number among those",
        ),
        Field::number(
            "redirect_to",
            "",
            1,
            65_535,
            "the port of verdict `redirect`",
        )
        .example("9000"),
    ];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn makes(&self) -> Makes {
        Makes::Rule
    }

    fn check(&self) -> Result<(), String> {
        let zero = [self.from_port, self.to_port, self.redirect_to].contains(&Some(0));
        if zero {
            return Err("a port is 0, expected 1 to 65535".to_owned());
        }
        if self.nth == Some(0) {
            return Err("nth is 0, expected 1 for the first segment that matches".to_owned());
        }
        let both = self.has.0.0 & self.lacks.0.0;
        if both != 0 {
            let both = Flags(both).names();
            return Err(format!("has and lacks both name {both}, expected one"));
        }
        match (self.verdict, self.redirect_to) {
            (Verdict::Redirect, None) => {
                Err("verdict `redirect` needs `redirect_to`, a port".to_owned())
            }
            (Verdict::Redirect, Some(_)) if self.hook() == Hook::Input => Err(
                "verdict `redirect` needs `hook = \"output\"`: a segment on loopback is redirected where it is sent"
                    .to_owned(),
            ),
            (Verdict::Redirect, Some(_)) if self.nth.is_some() => Err(
                "verdict `redirect` takes no `nth`: a translation is made for a whole connection"
                    .to_owned(),
            ),
            (Verdict::Drop | Verdict::RejectWithTcpReset | Verdict::RejectWithIcmp, Some(port)) => {
                Err(format!(
                    "redirect_to is {port}, expected it with verdict `redirect` only"
                ))
            }
            _ => Ok(()),
        }
    }
}

impl AddRule {
    /// Where the rule stands.
    pub fn hook(&self) -> Hook {
        self.hook.unwrap_or(Hook::Input)
    }

    /// The rule as nft writes it: `tcp sport 8080 tcp flags & (syn | ack) == syn | ack drop`.
    pub fn in_nft(&self) -> String {
        let mut text = String::new();
        if let Some(port) = self.from_port {
            let _ = write!(text, "tcp sport {port} ");
        }
        if let Some(port) = self.to_port {
            let _ = write!(text, "tcp dport {port} ");
        }
        let (has, lacks) = (self.has.0, self.lacks.0);
        if has.with(lacks) != Flags(0) {
            let mask = in_nft(has.with(lacks));
            let _ = match has {
                Flags(0) => write!(text, "tcp flags & ({mask}) == 0x0 "),
                has => write!(text, "tcp flags & ({mask}) == {} ", in_nft(has)),
            };
        }
        if text.is_empty() {
            text.push_str("meta l4proto tcp ");
        }
        if let Some(nth) = self.nth {
            let _ = write!(text, "numgen inc mod {} {} ", u32::MAX, nth - 1);
        }
        text.push_str(match self.verdict {
            Verdict::Drop => "drop",
            Verdict::RejectWithTcpReset => "reject with tcp reset",
            Verdict::RejectWithIcmp => "reject",
            Verdict::Redirect => "redirect to :",
        });
        if let Some(port) = self.redirect_to {
            let _ = write!(text, "{port}");
        }
        text
    }
}

/// Flags as nft writes them: `syn | ack`.
fn in_nft(flags: Flags) -> String {
    flags.names().to_ascii_lowercase().replace(',', " | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verdict: Verdict) -> AddRule {
        AddRule {
            verdict,
            hook: None,
            from_port: None,
            to_port: None,
            has: Letters::default(),
            lacks: Letters::default(),
            nth: None,
            redirect_to: None,
        }
    }

    #[test]
    fn is_written_as_nft_writes_it() {
        let syn_ack = AddRule {
            from_port: Some(8080),
            has: Letters(Flags::SYN.with(Flags::ACK)),
            ..rule(Verdict::Drop)
        };
        assert_eq!(
            syn_ack.in_nft(),
            "tcp sport 8080 tcp flags & (syn | ack) == syn | ack drop"
        );
        let nth = AddRule {
            to_port: Some(8080),
            has: Letters(Flags::PSH),
            lacks: Letters(Flags::RST),
            nth: Some(2),
            ..rule(Verdict::RejectWithTcpReset)
        };
        assert_eq!(
            nth.in_nft(),
            "tcp dport 8080 tcp flags & (rst | psh) == psh numgen inc mod 4294967295 1 reject with tcp reset"
        );
        let redirect = AddRule {
            redirect_to: Some(8080),
            ..rule(Verdict::Redirect)
        };
        assert_eq!(redirect.in_nft(), "meta l4proto tcp redirect to :8080");
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let redirect = rule(Verdict::Redirect);
        assert!(redirect.check().unwrap_err().contains("redirect_to"));
        let on_input = AddRule {
            redirect_to: Some(1),
            ..rule(Verdict::Redirect)
        };
        assert!(on_input.check().unwrap_err().contains("hook = \"output\""));
        let both = AddRule {
            has: Letters(Flags::SYN),
            lacks: Letters(Flags::SYN),
            ..rule(Verdict::Drop)
        };
        assert_eq!(
            both.check().unwrap_err(),
            "has and lacks both name SYN, expected one"
        );
        let nth = AddRule {
            nth: Some(0),
            ..rule(Verdict::Drop)
        };
        assert!(nth.check().unwrap_err().starts_with("nth is 0"));
    }
}
