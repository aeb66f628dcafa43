//! The secret of one agent's life: made at its start, compared in constant time, never logged.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::limits::{MAX_WRONG_TOKENS, WRONG_TOKEN_WINDOW};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

/// 256 random bits, as base64url without padding: 43 characters.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new token from the kernel's random numbers.
    ///
    /// # Errors
    /// The kernel gave none.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits)))
    }

    /// For the URL's fragment and nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not depend on where the first difference is.
    pub(super) fn matches(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

/// Hides the token, so that no debug print can leak it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Wrong tokens of the last minute.
#[derive(Debug, Default)]
pub(super) struct WrongTokens(Mutex<VecDeque<Instant>>);

impl WrongTokens {
    /// Notes one more; says whether it is one too many.
    pub(super) fn note(&self) -> TokenRate {
        let now = Instant::now();
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while times
            .front()
            .is_some_and(|time| now.duration_since(*time) >= WRONG_TOKEN_WINDOW)
        {
            times.pop_front();
        }
        if times.len() >= MAX_WRONG_TOKENS {
            return TokenRate::TooMany;
        }
        times.push_back(now);
        TokenRate::Tolerable
    }
}

/// How often tokens have been wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenRate {
    Tolerable,
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_matches() {
        let token = Token::random().unwrap();
        let text = token.as_str().to_owned();
        assert_eq!(text.len(), 43);
        assert!(token.matches(&text));
        assert!(!token.matches(""));
        assert!(!token.matches(&text[..42]));
        assert!(!token.matches(&format!("{text}A")));
        assert!(!token.matches(Token::random().unwrap().as_str()));
        assert!(!format!("{token:?}").contains(&text));
    }

    #[tokio::test(start_paused = true)]
    async fn wrong_tokens_are_forgotten_after_a_minute() {
        let wrong = WrongTokens::default();
        for _ in 0..MAX_WRONG_TOKENS {
            assert_eq!(wrong.note(), TokenRate::Tolerable);
        }
        assert_eq!(wrong.note(), TokenRate::TooMany);
        tokio::time::advance(WRONG_TOKEN_WINDOW).await;
        assert_eq!(wrong.note(), TokenRate::Tolerable);
    }
}
