//! The digest: once a working day, at the person's own time, what they have not seen.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use meridian_domain::ids::UserId;
use meridian_domain::notify::{Calendar, digest_due};
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::digests::{self, Reader};
use meridian_store::repo::mails::{self, Mail};
use meridian_store::repo::notifications::{self, Wanted};
use meridian_store::repo::rounds::{self, Mine};
use meridian_store::repo::updates::{self, RowUpdate};
use meridian_store::repo::{teams, users};
use minijinja::{Value, context};

use super::compose::{length, letter, line, title};
use super::{Next, TellError};
use crate::endpoints::notifications::excerpt;
use crate::state::AppState;
use crate::tell::speech::{Language, counted};

/// How far back the first digest, or one after a long absence, reaches, in milliseconds: a week.
const MOST_MS: i64 = 7 * 86_400_000;
/// How many words a minute people read.
const WORDS_A_MINUTE: i64 = 230;

/// Claims the digests that are due now: one row a person and local date, whoever is first.
pub(super) async fn plan(state: &AppState) -> Result<(), TellError> {
    let conn = state.store.reader();
    let now = state.clock().now();
    for reader in digests::readers(conn).await? {
        let Some(date) = due(now, &reader) else { continue };
        let wants = notifications::settings(conn, reader.user).await?.settings.digest;
        if !wants || mails::digest_known(conn, reader.user, date).await? {
            continue;
        }
        let tx = state.store.write().await?;
        mails::plan_digest(&tx, reader.user, date, MOST_MS).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The local date whose digest is due; not on the day of the sign-up, where the account is younger than its time.
fn due(now: Timestamp, reader: &Reader) -> Option<jiff::civil::Date> {
    let calendar = Calendar::new(&reader.time_zone, reader.working_days.clone());
    let (date, at) = digest_due(now, &calendar, &reader.digest_at)?;
    (reader.created_at < at.as_millisecond()).then_some(date)
}

/// What is to be done with the mail now.
pub(super) async fn next(state: &AppState, mail: &Mail) -> Result<Next, TellError> {
    let conn = state.store.reader();
    let Some(user) = users::by_id(conn, mail.user_id).await?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(Next::Skip);
    };
    let calendar = Calendar::new(&user.time_zone, user.working_hours.days.clone());
    let still_due = digest_due(state.clock().now(), &calendar, &user.digest_at).is_some();
    let (Some(from), Some(until), true) = (mail.from_at, mail.until_at, still_due) else {
        return Ok(Next::Skip);
    };
    let found = digests::unseen(conn, user.id, from, until).await?;
    let asks = digests::new_asks(conn, user.id, from, until).await?;
    let more = waiting(state, mail, from).await?;
    if found.is_empty() && asks.is_empty() && more == 0 {
        return Ok(Next::Skip);
    }
    let total = length(found.iter().map(takes_ms).fold(0, i64::saturating_add));
    let date = Timestamp::from_millisecond(until)?.to_zoned(calendar.zone.clone());
    let language = Language::of(&user.locale);
    let say = language.words();
    let subject = match (found.len(), asks.len()) {
        (0, 0) => format!("{more} {}", say.waiting_in_inbox),
        (0, asks) => format!("{} {}", counted(asks, say.ask, say.asks), say.for_you),
        (count, _) => format!("{} {}, {total}", counted(count, say.update, say.updates), say.to_see),
    };
    let shown = context! {
        date => language.date(date.date()),
        updates => show_updates(state, &found, language).await?,
        asks => show_asks(state, &asks).await?,
        rounds => show_rounds(state, user.id, &calendar.zone, language).await?,
        total => total,
        more => more,
        inbox_url => format!("{}/inbox", state.settings.public_url),
    };
    Ok(Next::Send(Box::new(letter(state, mail, &user, &subject, &shown)?)))
}

/// How many threads wait unread that no mail has told of: those that came since, but asks, which are listed.
async fn waiting(state: &AppState, mail: &Mail, from: i64) -> Result<usize, TellError> {
    let wanted = Wanted { unread: true, ..Wanted::default() };
    let all = notifications::list(state.store.reader(), mail.user_id, wanted, None, 100).await?;
    let untold = notifications::not_mailed(state.store.reader(), mail.user_id, from).await?;
    Ok(all.iter().filter(|entry| untold.contains(&entry.id)).count())
}

/// How long it takes to take an update in: its length, or the time to read it.
fn takes_ms(update: &RowUpdate) -> i64 {
    let words = i64::try_from(update.body.split_whitespace().count()).unwrap_or(i64::MAX);
    update.visible_ms().unwrap_or_else(|| words.saturating_mul(60_000).div_euclid(WORDS_A_MINUTE))
}

async fn show_updates(
    state: &AppState,
    found: &[RowUpdate],
    language: Language,
) -> Result<Vec<Value>, TellError> {
    let conn = state.store.reader();
    let people = updates::people(conn, &found.iter().map(|row| row.author_id).collect::<Vec<_>>()).await?;
    let mut all = Vec::new();
    for row in found {
        all.push(context! {
            title => title(&row.title, language),
            author => people.get(&row.author_id).map(|person| line(&person.display_name)),
            team => teams::name(conn, row.team_id).await?.unwrap_or_default(),
            length => length(takes_ms(row)),
            url => format!("{}/u/{}", state.settings.public_url, row.id),
        });
    }
    Ok(all)
}

async fn show_asks(state: &AppState, found: &[RowComment]) -> Result<Vec<Value>, TellError> {
    let conn = state.store.reader();
    let people = updates::people(conn, &found.iter().map(|row| row.author_id).collect::<Vec<_>>()).await?;
    let show = |row: &RowComment| {
        context! {
            title => excerpt(&row.body),
            author => people.get(&row.author_id).map(|person| line(&person.display_name)),
            url => format!("{}/u/{}#comment-{}", state.settings.public_url, row.update_id, row.id),
        }
    };
    Ok(found.iter().map(show).collect())
}

/// The rounds that wait for the person's answer now.
async fn show_rounds(
    state: &AppState,
    user: UserId,
    zone: &TimeZone,
    language: Language,
) -> Result<Vec<Value>, TellError> {
    let now = state.clock().now();
    let open = rounds::open_of_user(state.store.reader(), user).await?;
    let at = now.as_millisecond();
    let waits = open.iter().filter(|mine| mine.waits(at) && mine.window.opens_at <= at);
    let show = |mine: &Mine| -> Result<Value, TellError> {
        Ok(context! {
            title => line(&mine.round.name),
            until => language.until(now, mine.window.due_at, zone)?,
            url => format!("{}/r/{}", state.settings.public_url, mine.round.id),
        })
    };
    waits.map(show).collect()
}
