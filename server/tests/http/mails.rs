//! Mail of the outbox, as a real SMTP server gets it.

use meridian_server::tell::{mail, notify};
use meridian_store::repo::rounds;
use serde_json::{Value, json};

use crate::check_ins::{self, of_team, standup, with};
use crate::smtp::{Mails, Sink};
use crate::support::{Answer, Client};
use crate::world::{World, path};

pub(crate) struct Post {
    pub(crate) world: World,
    came: Mails,
}

impl Post {
    pub(crate) async fn new(answers: &'static [&'static str]) -> Self {
        let Sink { url, came, .. } = Sink::start(answers).await;
        let world = World::with(|settings| settings.smtp_url = Some(url)).await;
        Self { world, came }
    }

    /// What two servers do when they look at the same time, some more often.
    pub(crate) async fn go(&self) -> usize {
        let state = &self.world.server.state;
        notify::once(state).await.unwrap();
        let (one, two) = tokio::join!(mail::once(state, true), mail::once(state, true));
        one.unwrap() + two.unwrap() + mail::once(state, true).await.unwrap()
    }

    async fn go_at(&self, instant: &str) -> usize {
        self.world.server.set_clock(instant);
        self.go().await
    }

    pub(crate) fn came(&self) -> Vec<String> {
        self.came.lock().unwrap().clone()
    }

    /// To whom the mails that came are, by name.
    fn receivers(&self) -> Vec<String> {
        self.came().iter().map(|mail| header(mail, "To")).collect()
    }
}

/// A header, unfolded.
pub(crate) fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\n\n").next().unwrap().replace("\n ", " ");
    let line = head.lines().find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(": ").unwrap().1.to_owned()
}

/// The text of a mail with its encoding undone, as far as these tests need it.
pub(crate) fn plain(mail: &str) -> String {
    mail.replace("=\n", "").replace("=3D", "=")
}

async fn comment(who: &Client, update: &Value, body: Value) -> Value {
    who.post(&format!("{}/comments", path(update)), body).await.expect(201)
}

/// 08:30 in New York on this Monday is 13:30Z; in Berlin and London it has passed before anything happened.
#[tokio::test]
async fn the_digest_comes_once_at_the_readers_own_time() {
    let post = Post::new(&[]).await;
    let World { server, ada, ben, cleo, .. } = &post.world;
    let update = post.world.text(ada, post.world.open, json!({"title": "Plan <b>of</b> the week"})).await;
    let seen = post.world.text(ada, post.world.open, json!({"title": "Seen already"})).await;
    ben.put(&format!("{}/watch", path(&seen)), json!({"by": "reading", "position_ms": 0, "seen_ranges": []}))
        .await
        .expect(200);
    comment(cleo, &update, json!({"body": "When?", "kind": "question", "assignee_id": ben.id})).await;
    assert_eq!(post.go().await, 0);
    // The ask's own mail comes at 08:00 there; it is a working day.
    assert_eq!(post.go_at("2026-11-02T12:59:00Z").await, 0);
    assert_eq!(post.go_at("2026-11-02T13:00:10Z").await, 1);
    assert!(header(&post.came()[0], "Subject").starts_with("Re: "));
    assert_eq!(post.go_at("2026-11-02T13:29:50Z").await, 0);
    assert_eq!(post.go_at("2026-11-02T13:30:05Z").await, 1);
    assert_eq!(post.go_at("2026-11-02T14:10:00Z").await, 0);
    let digest = post.came()[1].clone();
    let text = plain(&digest);
    assert_eq!(header(&digest, "Message-ID"), format!("<digest.2026-11-02.{}@127.0.0.1>", ben.id));
    assert_eq!(header(&digest, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(header(&digest, "Date").starts_with("Mon, 02 Nov 2026 13:30:"), "{digest}");
    assert!(
        text.contains("Plan <b>of</b> the week") && text.contains("&lt;b&gt;of&lt;&#x2f;b&gt;"),
        "{text}"
    );
    assert!(text.contains("Asked of you") && text.contains("When?"), "{text}");
    assert!(digest.contains("multipart/alternative"));
    // Nothing new on Tuesday: no mail. Something on Wednesday: that alone.
    assert_eq!(post.go_at("2026-11-03T07:29:00Z").await, 0);
    // Gus in London had no digest on the day of his sign-up.
    assert_eq!(post.go_at("2026-11-03T13:31:00Z").await, 1);
    assert!(post.receivers()[2].contains("gus"), "{:?}", post.receivers());
    server.set_clock("2026-11-03T20:00:00Z");
    let ada = server.renewed(ada).await;
    post.world.text(&ada, post.world.open, json!({"title": "Second"})).await;
    // Ada in Berlin has an unread thread that no mail told of; of those in London only Gus is in the team.
    assert_eq!(post.go_at("2026-11-04T07:30:30Z").await, 1);
    assert_eq!(header(post.came().last().unwrap(), "Subject"), "1 waiting in your inbox");
    assert_eq!(post.go_at("2026-11-04T08:30:30Z").await, 1);
    assert_eq!(post.go_at("2026-11-04T13:30:30Z").await, 1);
    let last = post.came().last().unwrap().clone();
    assert_eq!(header(&last, "Subject"), "1 update to see, 1 s");
    assert!(!plain(&last).contains("of the week"));
    // Not at the weekend.
    server.set_clock("2026-11-06T20:00:00Z");
    let ada = server.renewed(&ada).await;
    post.world.text(&ada, post.world.open, json!({"title": "Third"})).await;
    assert_eq!(post.go_at("2026-11-07T13:31:00Z").await, 0);
    // Monday, 13:31Z: New York's time has come, London's is five hours ago, Berlin's six: too late.
    assert_eq!(post.go_at("2026-11-09T13:31:00Z").await, 2);
}

/// A reply a moment before the digest: its own mail is planned for two minutes later.
#[tokio::test]
async fn the_digest_leaves_out_what_a_mail_is_about_to_tell() {
    let post = Post::new(&[]).await;
    let World { server, ben, cleo, .. } = &post.world;
    let update = post.world.text(ben, post.world.open, json!({"title": "Plan"})).await;
    let first = comment(ben, &update, json!({"body": "What do you think?"})).await;
    assert_eq!(post.go().await, 0);
    server.set_clock("2026-11-02T13:29:30Z");
    let cleo = server.renewed(cleo).await;
    comment(&cleo, &update, json!({"body": "Well thought", "parent_id": first["id"]})).await;
    assert_eq!(post.go().await, 0);
    assert_eq!((post.go_at("2026-11-02T13:30:05Z").await, post.came()), (0, Vec::new()));
    assert_eq!(post.go_at("2026-11-02T13:32:00Z").await, 1);
    assert!(plain(&post.came()[0]).contains("Well thought"));
}

#[tokio::test]
async fn what_happens_in_a_thread_is_one_mail_and_waits_for_the_day() {
    let post = Post::new(&[]).await;
    let World { ada, ben, cleo, .. } = &post.world;
    let update = post.world.text(ada, post.world.open, json!({"title": "Plan"})).await;
    let first = comment(ada, &update, json!({"body": "What do you think?"})).await;
    let reply = |text: &str| json!({"body": text, "parent_id": first["id"]});
    comment(ben, &update, reply("Good <i>idea</i>")).await;
    assert_eq!(post.go().await, 0);
    comment(cleo, &update, reply("Bad idea")).await;
    // Berlin, 10:02: two minutes later, both in one mail; Ben hears of Cleo's at 08:00 in New York.
    assert_eq!(post.go_at("2026-11-02T09:03:00Z").await, 1);
    let mail = post.came()[0].clone();
    let text = plain(&mail);
    assert!(
        text.contains("Good <i>idea</i>") && text.contains("Good &lt;i&gt;idea") && text.contains("Bad idea")
    );
    assert_eq!(header(&mail, "Subject"), "Re: Plan");
    let id = update["id"].as_str().unwrap();
    assert_eq!(header(&mail, "References"), format!("<update.{id}@127.0.0.1>"));
    assert_eq!(post.go_at("2026-11-02T12:59:00Z").await, 0);
    assert_eq!(post.go_at("2026-11-02T13:01:00Z").await, 1);
    assert!(post.receivers()[1].contains("ben"), "{:?}", post.receivers());
    // What was read in the inbox needs no mail.
    let ada = post.world.server.renewed(ada).await;
    let cleo = post.world.server.renewed(cleo).await;
    comment(&cleo, &update, reply("Hm")).await;
    notify::once(&post.world.server.state).await.unwrap();
    ada.post("/api/v1/notifications/read", json!({"all": true})).await.expect(200);
    let before = post.came().len();
    post.go_at("2026-11-02T13:10:00Z").await;
    assert!(post.receivers()[before..].iter().all(|to| !to.contains("ada")), "{:?}", post.receivers());
}

#[tokio::test]
async fn urgent_mail_passes_the_night_only_where_it_may() {
    let post = Post::new(&[]).await;
    let World { server, ada, ben, gus, .. } = &post.world;
    server.set_clock("2026-11-02T22:00:00Z");
    let ada = server.renewed(ada).await;
    let gus = server.renewed(gus).await;
    gus.put("/api/v1/me/notification-settings", json!({"urgent_in_quiet_hours": true})).await.expect(200);
    post.world.text(&ada, post.world.open, json!({"title": "Down", "priority": "urgent"})).await;
    // 17:00 in New York: Ben gets it. 22:00 in London: Gus wants it.
    assert_eq!(post.go().await, 2);
    let came = post.came();
    assert_eq!(header(&came[0], "Subject"), "Urgent: Down");
    assert_eq!(header(&came[0], "Importance"), "high");
    let mut to = post.receivers();
    to.sort();
    assert!(to[0].contains("ben") && to[1].contains("gus"), "{to:?}");
    assert_ne!(ben.id, gus.id);
}

#[tokio::test]
async fn what_cannot_be_sent_is_tried_again_under_the_same_id_and_given_up_at_last() {
    let post = Post::new(&["451 later", "250 ok", "550 never"]).await;
    let World { server, ada, ben, olga, .. } = &post.world;
    let update = post.world.text(ada, post.world.open, json!({})).await;
    let mention = json!({"body": "Look", "mentions": [ada.id]});
    comment(ben, &update, mention.clone()).await;
    assert_eq!(post.go().await, 0);
    assert_eq!(post.go_at("2026-11-02T09:03:00Z").await, 0);
    assert_eq!(post.go_at("2026-11-02T09:03:30Z").await, 0);
    assert_eq!(post.go_at("2026-11-02T09:04:30Z").await, 1);
    assert!(header(&post.came()[0], "Message-ID").starts_with("<thread."));
    // Refused for good.
    let second = post.world.text(&server.renewed(ada).await, post.world.open, json!({})).await;
    comment(&server.renewed(ben).await, &second, mention).await;
    assert_eq!(post.go().await, 0);
    assert_eq!(post.go_at("2026-11-02T09:08:00Z").await, 0);
    let olga = server.renewed(olga).await;
    let dead = olga.get("/api/v1/admin/mails").await.expect(200);
    assert_eq!(dead["items"].as_array().unwrap().len(), 1, "{dead}");
    assert!(dead["items"][0]["error"].as_str().unwrap().contains("never"), "{dead}");
    let retry = format!("/api/v1/admin/mails/{}/retry", dead["items"][0]["id"].as_str().unwrap());
    assert_eq!(olga.post(&retry, json!({})).await.status, 202);
    assert_eq!(post.go_at("2026-11-02T09:09:00Z").await, 1);
    olga.post(&retry, json!({})).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn one_click_ends_it() {
    let post = Post::new(&[]).await;
    let World { server, ada, ben, .. } = &post.world;
    let update = post.world.text(ada, post.world.open, json!({})).await;
    comment(ben, &update, json!({"body": "Look", "mentions": [ada.id]})).await;
    assert_eq!(post.go().await, 0);
    assert_eq!(post.go_at("2026-11-02T09:03:00Z").await, 1);
    let link = header(&post.came()[0], "List-Unsubscribe");
    let link = link.trim_matches(['<', '>']).strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    let nobody = server.anonymous();
    // A scanner that follows the link changes nothing.
    nobody.get(&link).await;
    let settings = "/api/v1/me/notification-settings";
    assert_eq!(ada.get(settings).await.expect(200)["kinds"]["mention"]["email"], true);
    let click = nobody
        .request(reqwest::Method::POST, &link)
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(Answer::of(click.body("List-Unsubscribe=One-Click")).await.status, 200);
    let kept = ada.get(settings).await.expect(200);
    assert_eq!((&kept["kinds"]["mention"]["email"], &kept["digest"]), (&json!(false), &json!(true)));
    comment(ben, &update, json!({"body": "Again", "mentions": [ada.id]})).await;
    assert_eq!(post.go().await, 0);
    assert_eq!(post.go_at("2026-11-02T09:10:00Z").await, 0);
    let broken = format!("{link}x");
    assert_eq!(Answer::of(nobody.request(reqwest::Method::POST, &broken)).await.status, 404);
}

/// New York's nine o'clock is 14:00Z; the window is three hours long, the reminder comes half an hour before its end.
#[tokio::test]
async fn a_round_calls_once_reminds_once_and_leads_to_the_recorder() {
    let post = Post::new(&[]).await;
    let World { server, ada, ben, open, .. } = &post.world;
    let made = ada.post(&of_team(open), standup()).await.expect(201);
    let at = async |instant: &str| {
        server.set_clock(instant);
        while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
        post.go().await
    };
    assert_eq!(at("2026-11-02T13:59:59Z").await, 0);
    assert_eq!(at("2026-11-02T14:00:00Z").await, 1);
    assert_eq!(at("2026-11-02T14:00:01Z").await, 0);
    let call = post.came()[0].clone();
    let text = plain(&call);
    assert_eq!(header(&call, "Subject"), "Stand-up: answer by 12:00");
    assert!(
        header(&call, "To").contains("ben") && header(&call, "Message-ID").starts_with("<round."),
        "{call}"
    );
    assert!(
        text.contains(&format!("/record?team={open}&round_id=")) && text.contains("2. What is next?"),
        "{text}"
    );
    let ben = server.renewed(ben).await;
    let entry = ben.get("/api/v1/notifications").await.expect(200)["items"][0].clone();
    assert_eq!((&entry["kind"], &entry["round"]["name"]), (&json!("round"), &json!("Stand-up")), "{entry}");
    assert_eq!(
        (&entry["round"]["due_at"], &entry["round"]["waits"]),
        (&json!("2026-11-02T17:00:00Z"), &json!(true))
    );
    assert_eq!(at("2026-11-02T16:29:59Z").await, 0);
    assert_eq!(at("2026-11-02T16:30:00Z").await, 1);
    let reminder = post.came()[1].clone();
    assert_eq!(header(&reminder, "References"), header(&call, "References"));
    assert_ne!(header(&reminder, "Message-ID"), header(&call, "Message-ID"));
    let ben = server.renewed(&ben).await;
    let entry = ben.get("/api/v1/notifications").await.expect(200)["items"].clone();
    assert_eq!((entry.as_array().unwrap().len(), &entry[0]["count"]), (1, &json!(2)), "{entry}");
    // Tuesday in Berlin: Ada answers at once, so that nothing is left to say; Ben in New York is away.
    ben.put("/api/v1/me/away", json!({"from": "2026-11-03", "to": "2026-11-03"})).await.expect(200);
    assert_eq!(at("2026-11-03T07:59:00Z").await, 0);
    assert_eq!(at("2026-11-03T08:00:00Z").await, 1);
    let ada = server.renewed(ada).await;
    let round =
        ada.get(&format!("{}/rounds", check_ins::at(&made))).await.expect(200)["items"][0]["id"].clone();
    post.world.text(&ada, *open, json!({"round_id": round, "body": "Done"})).await;
    assert_eq!(ada.get("/api/v1/notifications?unread=true").await.expect(200)["unread"], 0);
    let before = post.came().len();
    at("2026-11-03T10:30:00Z").await;
    at("2026-11-03T14:00:30Z").await;
    at("2026-11-03T16:30:30Z").await;
    let later = post.came()[before..].to_vec();
    assert!(
        later.iter().all(|mail| !mail.contains("Stand-up: answer") || header(mail, "To").contains("gus")),
        "{later:?}"
    );
}

/// 21:00 in Berlin is quiet: the call waits for the morning, and is not made when the window has ended by then.
#[tokio::test]
async fn no_round_calls_at_night() {
    let post = Post::new(&[]).await;
    let World { server, ada, open, .. } = &post.world;
    let evening =
        json!({"schedule": {"days": ["mo", "tu"], "at": "21:00", "zone": "member"}, "expected": [ada.id]});
    ada.post(&of_team(open), with(standup(), &evening)).await.expect(201);
    let long =
        with(evening, &json!({"name": "Long", "open_for_minutes": 900, "remind_before_minutes": [720, 60]}));
    ada.post(&of_team(open), with(standup(), &long)).await.expect(201);
    let at = async |instant: &str| {
        server.set_clock(instant);
        while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
        post.go().await
    };
    assert_eq!(at("2026-11-02T20:00:30Z").await, 0);
    assert_eq!(at("2026-11-02T23:00:00Z").await, 0);
    // 08:00: the short one is over; the long one calls and has reminded in between, which is one mail.
    assert_eq!(at("2026-11-03T07:00:05Z").await, 1);
    assert_eq!(header(&post.came()[0], "Subject"), "Long: answer by 12:00");
    assert_eq!(at("2026-11-03T07:20:00Z").await, 0);
    let before = post.came().len();
    at("2026-11-03T10:00:00Z").await;
    let reminded = post.came()[before..].iter().filter(|mail| mail.contains("Long: answer by")).count();
    assert_eq!(reminded, 1);
}

/// The same thread and the same digest: to Ben in German, to Ada in English.
#[tokio::test]
async fn mail_speaks_the_language_of_who_gets_it() {
    let post = Post::new(&[]).await;
    let World { ada, ben, cleo, .. } = &post.world;
    ben.patch("/api/v1/me", json!({"locale": "de-AT"})).await.expect(200);
    let update = post.world.text(ada, post.world.open, json!({"title": "Plan"})).await;
    for person in [ben, ada] {
        comment(cleo, &update, json!({"body": "When?", "kind": "question", "assignee_id": person.id})).await;
    }
    assert_eq!(post.go().await, 0);
    assert_eq!(post.go_at("2026-11-02T13:00:10Z").await, 2);
    assert_eq!(post.go_at("2026-11-02T13:30:05Z").await, 1);
    let came = post.came();
    let of = |name: &str| came.iter().find(|mail| header(mail, "To").contains(name)).unwrap();
    let (german, english) = (plain(of("ben")), plain(of("ada")));
    assert!(english.contains("Cleo asks you on \"Plan\":") && english.contains("Unsubscribe: "), "{english}");
    assert!(german.contains("Cleo fragt dich zu ") && german.contains("Abbestellen: "), "{german}");
    assert!(german.contains("lang=\"de\"") && german.contains("fragt dich dazu"), "{german}");
    let digest = plain(came.last().unwrap());
    assert_eq!(header(&digest, "Subject"), "1 Update zum Ansehen, 1 s");
    assert!(digest.contains("Guten Morgen Ben") && digest.contains("Montag, 2. November"), "{digest}");
    assert!(digest.contains("Von dir erwartet") && !digest.contains("Good morning"), "{digest}");
}
