//! What has to happen, by tables of offsets and arithmetic of minutes. Minutes are counted from 1970 in UTC; days from
//! Monday 19 October 2026.

/// How many days.
pub(super) const DAYS: usize = 21;
/// Monday 19 October 2026, in days since 1970.
const FIRST: i64 = 20_745;
/// Sunday 25 October: the clocks of Europe go back at 01:00Z.
pub(super) const EUROPE_CHANGES: usize = 6;
/// Sunday 1 November: those of North America, at 02:00 each.
pub(super) const AMERICA_CHANGES: usize = 13;

/// Offsets from UTC in minutes, and the minute from which the second counts.
struct Zone {
    before: i64,
    after: i64,
    changes: i64,
}

const fn zone(before: i64, after: i64, day: i64, minute: i64) -> Zone {
    Zone { before, after, changes: (FIRST + day) * 1440 + minute }
}

const AUCKLAND: Zone = zone(780, 780, 0, 0);
const KOLKATA: Zone = zone(330, 330, 0, 0);
const BERLIN: Zone = zone(120, 60, 6, 60);
const SAO_PAULO: Zone = zone(-180, -180, 0, 0);
const NEW_YORK: Zone = zone(-240, -300, 13, 6 * 60);
const LOS_ANGELES: Zone = zone(-420, -480, 13, 9 * 60);

/// Somebody.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) zone: &'static str,
    clock: &'static Zone,
}

const fn person(name: &'static str, zone: &'static str, clock: &'static Zone) -> Person {
    Person { name, zone, clock }
}

/// The team; names that are in no other name.
pub(super) const PEOPLE: [Person; 9] = [
    person("Aroha", "Pacific/Auckland", &AUCKLAND),
    person("Tane", "Pacific/Auckland", &AUCKLAND),
    person("Ravi", "Asia/Kolkata", &KOLKATA),
    person("Mira", "Asia/Kolkata", &KOLKATA),
    person("Jonas", "Europe/Berlin", &BERLIN),
    person("Lena", "Europe/Berlin", &BERLIN),
    person("Caio", "America/Sao_Paulo", &SAO_PAULO),
    person("Nora", "America/New_York", &NEW_YORK),
    person("Luis", "America/Los_Angeles", &LOS_ANGELES),
];
/// Away in the second week, Monday to Friday.
pub(super) const AWAY: usize = 6;
pub(super) const AWAY_DAYS: std::ops::RangeInclusive<usize> = 7..=11;

/// A check-in.
pub(super) struct CheckIn {
    pub(super) name: &'static str,
    pub(super) weekdays: &'static [usize],
    pub(super) at: (i64, i64),
    /// Berlin's for all, else each member's own.
    pub(super) one_zone: bool,
    pub(super) open_for: i64,
    pub(super) remind: &'static [i64],
}

impl CheckIn {
    pub(super) fn runs_on(&self, day: usize) -> bool {
        self.weekdays.contains(&(day % 7))
    }

    fn opens(&self, day: usize, who: usize) -> i64 {
        let clock = if self.one_zone { &BERLIN } else { PEOPLE[who].clock };
        instant(clock, day, self.at.0 * 60 + self.at.1)
    }
}

/// Stand-up, a weekly one on one clock, and one each morning, on the days of the changes too.
pub(super) const CHECK_INS: [CheckIn; 3] = [
    CheckIn {
        name: "Stand-up",
        weekdays: &[0, 1, 2, 3, 4],
        at: (9, 0),
        one_zone: false,
        open_for: 240,
        remind: &[60],
    },
    CheckIn { name: "Week", weekdays: &[4], at: (15, 0), one_zone: true, open_for: 1440, remind: &[120] },
    CheckIn {
        name: "Morning",
        weekdays: &[0, 1, 2, 3, 4, 5, 6],
        at: (10, 30),
        one_zone: false,
        open_for: 90,
        remind: &[],
    },
];

/// When a wall clock shows a time; none of these falls into a change.
fn instant(clock: &Zone, day: usize, minutes: i64) -> i64 {
    let wall = (FIRST + i64::try_from(day).unwrap()) * 1440 + minutes;
    let later = wall - clock.after;
    if later >= clock.changes { later } else { wall - clock.before }
}

/// When somebody's wall clock shows a time.
pub(super) fn wall(who: usize, day: usize, hour: i64, minute: i64) -> i64 {
    instant(PEOPLE[who].clock, day, hour * 60 + minute)
}

/// The day and the minute of the day on somebody's wall clock; the day may lie before the first.
fn on_wall(who: usize, at: i64) -> (i64, i64) {
    let clock = PEOPLE[who].clock;
    let local = at + if at >= clock.changes { clock.after } else { clock.before };
    (local.div_euclid(1440) - FIRST, local.rem_euclid(1440))
}

pub(super) fn date(day: usize) -> String {
    if day < 13 { format!("2026-10-{:02}", 19 + day) } else { format!("2026-11-{:02}", day - 12) }
}

pub(super) fn day_of(date: &str) -> usize {
    (0..DAYS).find(|day| self::date(*day) == date).unwrap()
}

/// Those who are not away.
pub(super) fn there(day: usize) -> Vec<usize> {
    (0..PEOPLE.len()).filter(|who| *who != AWAY || !AWAY_DAYS.contains(&day)).collect()
}

pub(super) fn first_opening(rule: &CheckIn, day: usize) -> i64 {
    (0..PEOPLE.len()).map(|who| rule.opens(day, who)).min().unwrap()
}

pub(super) fn closing(rule: &CheckIn, day: usize) -> i64 {
    there(day).into_iter().map(|who| rule.opens(day, who) + rule.open_for).max().unwrap()
}

/// When somebody answers: the stand-up mostly in time, now and then late or never; the others never.
pub(super) fn answers_at(check_in: usize, day: usize, who: usize) -> Option<i64> {
    let rule = &CHECK_INS[check_in];
    if check_in != 0 || !rule.runs_on(day) || !there(day).contains(&who) {
        return None;
    }
    let opens = rule.opens(day, who);
    match (day * 5 + who * 3) % 7 {
        0 => None,
        1 => Some(opens + rule.open_for + 30),
        _ => Some(opens + 20 + i64::try_from(who).unwrap()),
    }
}

/// What somebody is told of a round.
pub(super) struct Notice {
    pub(super) minutes_before: Option<i64>,
    pub(super) at: i64,
}

/// The opening, and reminders while no answer is there.
pub(super) fn notices(check_in: usize, day: usize, who: usize) -> Vec<Notice> {
    let rule = &CHECK_INS[check_in];
    if !rule.runs_on(day) || !there(day).contains(&who) {
        return Vec::new();
    }
    let opens = rule.opens(day, who);
    let answered = answers_at(check_in, day, who).unwrap_or(i64::MAX);
    let mut all = vec![Notice { minutes_before: None, at: opens }];
    let reminders = rule.remind.iter().map(|minutes| (*minutes, opens + rule.open_for - minutes));
    all.extend(
        reminders
            .filter(|(_, at)| *at < answered)
            .map(|(minutes, at)| Notice { minutes_before: Some(minutes), at }),
    );
    all
}

/// Whether mail may come to somebody: by day, on working days.
pub(super) fn may_mail(who: usize, at: i64) -> bool {
    let (day, minute) = on_wall(who, at);
    day.rem_euclid(7) < 5 && (8 * 60..19 * 60).contains(&minute)
}

/// The first minute from one on at which mail may come.
pub(super) fn next_mail(who: usize, from: i64) -> i64 {
    (from..from + 10_000).find(|at| may_mail(who, *at)).unwrap()
}

/// When mail about rounds comes: at each notice, or in the morning after a night or weekend, unless by then nobody is
/// waited for; notices of one night are one mail.
pub(super) fn round_mails() -> Vec<(usize, i64)> {
    let mut all = Vec::new();
    for (check_in, rule) in CHECK_INS.iter().enumerate() {
        for day in 0..DAYS {
            for who in 0..PEOPLE.len() {
                let ends = rule.opens(day, who) + rule.open_for;
                let answered = answers_at(check_in, day, who).unwrap_or(i64::MAX);
                let mut times: Vec<i64> =
                    notices(check_in, day, who).iter().map(|notice| next_mail(who, notice.at)).collect();
                times.dedup();
                all.extend(times.into_iter().filter(|at| *at < ends && *at < answered).map(|at| (who, at)));
            }
        }
    }
    all
}

/// Whether somebody works in a minute: nine to five on weekdays, not while away.
pub(super) fn works(who: usize, at: i64) -> bool {
    let (day, minute) = on_wall(who, at);
    let away = who == AWAY && usize::try_from(day).is_ok_and(|day| AWAY_DAYS.contains(&day));
    !away && day.rem_euclid(7) < 5 && (9 * 60..17 * 60).contains(&minute)
}

/// The minute at which so many minutes of somebody's work have gone by.
pub(super) fn after_work(who: usize, from: i64, minutes: usize) -> i64 {
    (from..from + 20_000).filter(|at| works(who, *at)).nth(minutes - 1).unwrap() + 1
}

/// How many minutes of somebody's work lie between two minutes.
pub(super) fn work_between(who: usize, from: i64, to: i64) -> usize {
    (from..to).filter(|at| works(who, *at)).count()
}
