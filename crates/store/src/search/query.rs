//! The query language: words, "phrases", prefix*, -not, and operators.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use meridian_domain::enums::{CommentKind, UpdateKind};

/// The longest query in code points.
const MAX_CHARS: usize = 1_000;
/// The most words, phrases and operators of a query.
const MAX_PARTS: usize = 32;

/// Why a query cannot be understood; the text is for whoever typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Longer than a query may be.
    #[error("the query is longer than {MAX_CHARS} characters")]
    TooLong,
    /// More parts than a query may have.
    #[error("the query has more than {MAX_PARTS} words")]
    TooManyParts,
    /// `before:` or `after:` with something that is no date.
    #[error("{operator}: takes a date such as 2026-05-31, not {value:?}")]
    Date {
        /// `before` or `after`.
        operator: &'static str,
        /// What was given.
        value: String,
    },
    /// `kind:` with an unknown word.
    #[error("kind: is one of video, voice, text, question, decision, action, blocker, not {0:?}")]
    Kind(String),
    /// A minus before an operator.
    #[error("an operator cannot be negated: {0}")]
    Negated(&'static str),
}

/// A word, phrase or prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) prefix: bool,
}

/// A day in the asker's zone, or an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    Instant(Timestamp),
}

impl When {
    /// Its first millisecond since 1970; `None` outside the calendar.
    pub(super) fn start_ms(&self, zone: &TimeZone) -> Option<i64> {
        match self {
            Self::Instant(at) => Some(at.as_millisecond()),
            Self::Day(day) => day.to_zoned(zone.clone()).ok().map(|at| at.timestamp().as_millisecond()),
        }
    }
}

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) positives: Vec<Atom>,
    pub(super) negatives: Vec<Atom>,
    pub(super) from: Vec<String>,
    pub(super) team: Vec<String>,
    pub(super) media_kinds: Vec<UpdateKind>,
    pub(super) comment_kinds: Vec<CommentKind>,
    pub(super) before: Option<When>,
    pub(super) after: Option<When>,
}

const OPERATORS: [&str; 5] = ["from", "team", "before", "after", "kind"];

impl Query {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// Too long, or an operator with a value that it does not take. Everything else means something.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > MAX_CHARS {
            return Err(QueryError::TooLong);
        }
        let mut query = Self::default();
        let mut reader = Reader { chars: &chars, at: 0 };
        let mut parts = 0;
        while reader.skip_space() {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(QueryError::TooManyParts);
            }
            query.part(&mut reader)?;
        }
        Ok(query)
    }

    /// Whether it asks for nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self { negatives: self.negatives.clone(), ..Self::default() }
    }

    fn part(&mut self, reader: &mut Reader<'_>) -> Result<(), QueryError> {
        let negative = reader.take_if(|c| c == '-');
        if let Some(operator) = reader.operator() {
            if negative {
                return Err(QueryError::Negated(operator));
            }
            let value = reader.value();
            return self.operator(operator, value.trim());
        }
        let atom = if reader.peek().is_some_and(is_quote) {
            Atom { text: reader.quoted(), quoted: true, prefix: false }
        } else {
            let word = reader.word();
            let prefix = word.ends_with('*') && word.chars().any(char::is_alphanumeric);
            Atom { text: word, quoted: false, prefix }
        };
        if atom.text.chars().any(char::is_alphanumeric) {
            if negative { self.negatives.push(atom) } else { self.positives.push(atom) }
        }
        Ok(())
    }

    fn operator(&mut self, operator: &'static str, value: &str) -> Result<(), QueryError> {
        if value.is_empty() {
            return Ok(());
        }
        match operator {
            "from" => self.from.push(value.to_owned()),
            "team" => self.team.push(value.to_owned()),
            "before" => self.before = Some(when(operator, value)?),
            "after" => self.after = Some(when(operator, value)?),
            _ => {
                let word = value.to_lowercase();
                match (word.parse::<UpdateKind>(), word.parse::<CommentKind>()) {
                    (Ok(kind), _) => self.media_kinds.push(kind),
                    (_, Ok(kind)) if kind != CommentKind::Comment => self.comment_kinds.push(kind),
                    _ => return Err(QueryError::Kind(value.to_owned())),
                }
            }
        }
        Ok(())
    }
}

fn when(operator: &'static str, value: &str) -> Result<When, QueryError> {
    let day = value.parse::<Date>().map(When::Day);
    let instant = value.parse::<Timestamp>().map(When::Instant);
    // A text with a time is an instant; `Date` would read its first part.
    let found = if value.contains(['T', 't', ' ']) { instant } else { day };
    found.or(Err(QueryError::Date { operator, value: value.to_owned() }))
}

/// The first millisecond since 1970 of a day (in a zone) or of an instant; `None` where it is neither.
pub fn start_ms(text: &str, zone: &TimeZone) -> Option<i64> {
    when("after", text).ok()?.start_ms(zone)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}')
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let taken = self.peek().is_some_and(wanted);
        self.at += usize::from(taken);
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// Goes to the next part; `false` at the end.
    fn skip_space(&mut self) -> bool {
        self.take_while(|c| c.is_whitespace() || c.is_control());
        self.at < self.chars.len()
    }

    fn word(&mut self) -> String {
        let word = self.take_while(|c| !c.is_whitespace() && !c.is_control() && !is_quote(c));
        if word.is_empty() {
            // A lone quote or minus: step over it, so that every round gets on.
            self.at += usize::from(self.at < self.chars.len());
        }
        word
    }

    /// What stands between quotes; without an end quote, all that follows.
    fn quoted(&mut self) -> String {
        self.at += 1;
        let text = self.take_while(|c| !is_quote(c));
        self.at += 1;
        text
    }

    /// Steps over `name:` when it is an operator.
    fn operator(&mut self) -> Option<&'static str> {
        let rest = self.chars.get(self.at..)?;
        let name: String = rest
            .iter()
            .take(7)
            .take_while(|c| c.is_ascii_alphabetic())
            .map(char::to_ascii_lowercase)
            .collect();
        let found = OPERATORS.into_iter().find(|operator| *operator == name)?;
        if rest.get(found.len()) != Some(&':') {
            return None;
        }
        self.at += found.len() + 1;
        Some(found)
    }

    fn value(&mut self) -> String {
        match self.peek() {
            Some(c) if is_quote(c) => self.quoted(),
            Some(c) if !c.is_whitespace() && !c.is_control() => self.word(),
            _ => String::new(),
        }
    }
}
