//! Mail that a round waits: its questions, and the recorder one click away.

use meridian_domain::notify::{Calendar, mail_at};
use meridian_store::repo::mails::Mail;
use meridian_store::repo::{notifications, rounds, teams, updates, users};
use minijinja::context;

use super::compose::{host, letter, line};
use super::{Next, TellError};
use crate::state::AppState;
use crate::tell::speech::Language;

/// What is to be done with the mail now: nothing once the person has answered, is out, or their window has ended.
pub(super) async fn next(state: &AppState, mail: &Mail) -> Result<Next, TellError> {
    let conn = state.store.reader();
    let Some(user) = users::by_id(conn, mail.user_id).await?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(Next::Skip);
    };
    let settings = notifications::settings(conn, user.id).await?.settings;
    let Some(about) = mail.notification_id else { return Ok(Next::Skip) };
    let Some(entry) = notifications::for_mail(conn, user.id, about, mail.id).await? else {
        return Ok(Next::Skip);
    };
    let Some(id) = entry.round_id.filter(|_| settings.ways(entry.kind).email) else { return Ok(Next::Skip) };
    let now = state.clock().now();
    let found = rounds::mine(conn, user.id, &[id]).await?.pop();
    let Some(mine) = found.filter(|mine| mine.waits(now.as_millisecond())) else { return Ok(Next::Skip) };
    let calendar = Calendar::new(&user.time_zone, user.working_hours.days.clone());
    let earliest = mail_at(now, &calendar, &settings, false);
    if earliest > now {
        return Ok(Next::Wait(earliest));
    }
    let language = Language::of(&user.locale);
    let until = language.until(now, mine.window.due_at, &calendar.zone)?;
    let name = line(&mine.round.name);
    let by = entry.items.iter().find_map(|item| item.actor_id);
    let by = match by {
        Some(by) => updates::people(conn, &[by]).await?.remove(&by).map(|person| line(&person.display_name)),
        None => None,
    };
    let shown = context! {
        title => name.clone(),
        quoted => language.quoted(&name),
        by => by,
        team => teams::name(conn, mine.round.team_id).await?.unwrap_or_default(),
        until => until.clone(),
        date => language.date(mine.round.date),
        prompts => mine.round.prompts.iter().map(|prompt| line(&prompt.text)).collect::<Vec<_>>(),
        base => state.settings.public_url.clone(),
        query => format!("team={}&round_id={}", mine.round.team_id, mine.round.id),
        url => format!("{}/r/{}", state.settings.public_url, mine.round.id),
    };
    let subject = format!("{name}: {} {until}", language.words().answer_by);
    let mut letter = letter(state, mail, &user, &subject, &shown)?;
    letter.thread_id = Some(format!("round.{}@{}", mine.round.id, host(state)));
    Ok(Next::Send(Box::new(letter)))
}
