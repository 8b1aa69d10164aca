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
