//! Checks of fields that several endpoints share. Each answers `garde::Result` for use in `#[garde(custom(..))]`.

/// Name of a person, workspace, team: 1 to 120 characters, no control characters.
pub fn name(value: &str, _: &()) -> garde::Result {
    let length = value.trim().chars().count();
    if length == 0 {
        return Err(garde::Error::new("must not be empty"));
    }
    if length > 120 {
        return Err(garde::Error::new("may have at most 120 characters"));
    }
    if value.chars().any(char::is_control) {
        return Err(garde::Error::new("must not hold control characters"));
    }
    Ok(())
}

/// As [`name`], where given.
pub fn name_opt(value: &Option<String>, context: &()) -> garde::Result {
    value.as_deref().map_or(Ok(()), |value| name(value, context))
}

/// An address with one @ and something on both sides; only a mail to it proves more.
pub fn email(value: &str, _: &()) -> garde::Result {
    let value = value.trim();
    let good = value.len() <= 254
        && value.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
        && !value.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
    if good { Ok(()) } else { Err(garde::Error::new("is no e-mail address")) }
}

/// A name of the tz database.
pub fn time_zone(value: &str, _: &()) -> garde::Result {
    match jiff::tz::TimeZone::get(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(garde::Error::new("is no time zone of the tz database, such as Europe/Berlin")),
    }
}

/// As [`time_zone`], where given.
pub fn time_zone_opt(value: &Option<String>, context: &()) -> garde::Result {
    value.as_deref().map_or(Ok(()), |value| time_zone(value, context))
}

/// A time of day such as `09:00`.
pub fn time_of_day(value: &str, _: &()) -> garde::Result {
    let good = value.len() == 5
        && value.split_once(':').is_some_and(|(hour, minute)| {
            hour.len() == 2
                && hour.parse::<u8>().is_ok_and(|hour| hour < 24)
                && minute.parse::<u8>().is_ok_and(|minute| minute < 60)
        });
    if good { Ok(()) } else { Err(garde::Error::new("is no time of day such as 09:00")) }
}

/// As [`time_of_day`], where given.
pub fn time_of_day_opt(value: &Option<String>, context: &()) -> garde::Result {
    value.as_deref().map_or(Ok(()), |value| time_of_day(value, context))
}

/// What the checks of fields say, by its beginning, and the word for it: the first that fits.
const WORDS: [(&str, &str); 16] = [
    ("must not be empty", "required"),
    ("may have at most", "too_long"),
    ("length is greater", "too_long"),
    ("length is lower", "too_short"),
    ("lower than", "too_small"),
    ("has to be at least", "too_small"),
    ("must not be negative", "too_small"),
    ("greater than", "too_large"),
    ("must not hold control", "control"),
    ("is no e-mail", "email"),
    ("is no time zone", "time_zone"),
    ("is no time of day", "time_of_day"),
    ("is no address", "address"),
    ("has to begin with http", "address"),
    ("the end has to come", "order"),
    ("days are", "days"),
];

/// The word, for programs and translations, for what a check said of a field.
pub fn word(message: &str) -> &'static str {
    WORDS.iter().find(|(begin, _)| message.starts_with(begin)).map_or("invalid", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use garde::Validate;

    use super::word;

    #[derive(Validate)]
    struct Form {
        #[garde(custom(super::name))]
        called: String,
        #[garde(custom(super::email))]
        mail: String,
        #[garde(length(chars, min = 2, max = 4))]
        text: String,
        #[garde(range(min = 2, max = 4))]
        number: i64,
    }

    /// Of each field, in this order.
    fn words(called: &str, mail: &str, text: &str, number: i64) -> Vec<&'static str> {
        let form = Form { called: called.to_owned(), mail: mail.to_owned(), text: text.to_owned(), number };
        let report = form.validate().unwrap_err();
        let of = |field: &str| report.iter().find(|(path, _)| path.to_string() == field);
        let fields = ["called", "mail", "text", "number"];
        fields.iter().filter_map(|field| of(field)).map(|(_, error)| word(error.message())).collect()
    }

    #[test]
    fn what_a_check_says_has_a_word() {
        assert_eq!(words(" ", "nobody", "x", 1), ["required", "email", "too_short", "too_small"]);
        assert_eq!(words(&"x".repeat(121), "a@b.c", "xxxxx", 5), ["too_long", "too_long", "too_large"]);
        assert_eq!(words("a\u{7}", "a@b.c", "xxx", 3), ["control"]);
        assert_eq!(word("anything else"), "invalid");
    }
}
