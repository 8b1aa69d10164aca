//! Mail about one thread: what happened in it since the last one.

use meridian_domain::ids::CommentId;
use meridian_domain::notify::{Calendar, mail_at};
use meridian_store::repo::comments;
use meridian_store::repo::mails::Mail;
use meridian_store::repo::notifications::{self, Notification};
use meridian_store::repo::updates::{self, RowUpdate};
use meridian_store::repo::{teams, users};
use minijinja::{Value, context};

use super::compose::{host, letter, line, title};
use super::{Next, TellError};
use crate::state::AppState;
use crate::tell::speech::Language;

/// How many characters of a comment are told.
const MOST_CHARS: usize = 2_000;

/// What is to be done with the mail now.
pub(super) async fn next(state: &AppState, mail: &Mail) -> Result<Next, TellError> {
    let conn = state.store.reader();
    let Some(user) = users::by_id(conn, mail.user_id).await?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(Next::Skip);
    };
    let settings = notifications::settings(conn, user.id).await?.settings;
    let calendar = Calendar::new(&user.time_zone, user.working_hours.days.clone());
    let now = state.clock().now();
    let earliest = mail_at(now, &calendar, &settings, mail.urgent);
    if earliest > now {
        return Ok(Next::Wait(earliest));
    }
    let Some(about) = mail.notification_id else { return Ok(Next::Skip) };
    let Some(entry) = notifications::for_mail(conn, user.id, about, mail.id).await? else {
        return Ok(Next::Skip);
    };
    if !entry.items.iter().any(|item| settings.ways(item.kind).email) {
        return Ok(Next::Skip);
    }
    let Some(update) = entry.update_id else { return Ok(Next::Skip) };
    let Some(update) = updates::find_visible(conn, user.id, update).await? else { return Ok(Next::Skip) };
    let language = Language::of(&user.locale);
    let entries = entries(state, &entry, &update, language).await?;
    let place = teams::name(conn, update.team_id).await?.unwrap_or_default();
    let title = title(&update.title, language);
    let shown = context! {
        title => title.clone(),
        team => place,
        url => format!("{}/u/{}", state.settings.public_url, update.id),
        entries => entries,
        urgent => mail.urgent,
    };
    let about = if mail.urgent { language.words().urgent } else { language.words().re };
    let subject = format!("{about}: {title}");
    let mut letter = letter(state, mail, &user, &subject, &shown)?;
    letter.thread_id = Some(format!("update.{}@{}", update.id, host(state)));
    Ok(Next::Send(Box::new(letter)))
}

async fn entries(
    state: &AppState,
    entry: &Notification,
    update: &RowUpdate,
    language: Language,
) -> Result<Vec<Value>, TellError> {
    let conn = state.store.reader();
    let said: Vec<CommentId> = entry.items.iter().filter_map(|item| item.comment_id).collect();
    let said = comments::find_all(conn, &said).await?;
    let actors: Vec<_> = entry.items.iter().filter_map(|item| item.actor_id).collect();
    let people = updates::people(conn, &actors).await?;
    let (base, say) = (&state.settings.public_url, language.words());
    let named = title(&update.title, language);
    let mut told: Vec<CommentId> = Vec::new();
    let mut all = Vec::new();
    for item in entry.items.iter().rev() {
        let comment = said.iter().find(|row| Some(row.id) == item.comment_id);
        // A comment that concerns somebody twice is told once.
        if comment.is_some_and(|row| told.contains(&row.id)) {
            continue;
        }
        told.extend(comment.map(|row| row.id));
        let guest = comment.and_then(|row| row.guest_name.as_ref());
        let guest = guest.map(|name| format!("{} ({})", line(name), say.guest));
        let who = item.actor_id.and_then(|id| people.get(&id)).map(|person| line(&person.display_name));
        let url = match comment {
            Some(row) => format!("{base}/u/{}#comment-{}", update.id, row.id),
            None => format!("{base}/u/{}", update.id),
        };
        let (what, here) = language.deed(item.kind, comment.map(|row| row.kind), &named);
        all.push(context! {
            who => who.or(guest).unwrap_or_else(|| say.somebody.to_owned()),
            what => what,
            here => here,
            text => comment.map(|row| cut(&row.body)),
            url => url,
        });
    }
    Ok(all)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
