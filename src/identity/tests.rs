//! Identity over a real store: SQLite, and Postgres when there is one.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::access::{Action, Person};
use crate::store::tests::{Temporary, sqlite, stores};

const PASSWORD: &str = "blue tables sing";

fn now() -> DateTime<Utc> {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

fn over(store: &Temporary) -> Identity {
    let settings = IdentitySettings { session_idle: Duration::from_hours(1), ..IdentitySettings::default() };
    Identity::new(store.store.clone(), ServerKey::from_text(&"k".repeat(32)).unwrap(), settings)
}

async fn identity() -> (Temporary, Identity) {
    let store = sqlite().await;
    let identity = over(&store);
    (store, identity)
}

/// A name nobody else uses.
fn fresh(start: &str) -> UserName {
    UserName::parse(&format!("{start}{}", uuid::Uuid::now_v7().simple())).unwrap()
}

async fn user(identity: &Identity, name: &UserName, administrator: bool) {
    let new = NewUser {
        name: name.clone(),
        administrator,
        groups: ["sales".to_owned()].into(),
        claims: [("country".to_owned(), vec!["KR".to_owned()])].into(),
        elsewhere: false,
    };
    identity.add_user(&new, now()).await.unwrap();
    let link = identity.password_link(name, now()).await.unwrap();
    identity.redeem(&link, "", PASSWORD, now()).await.unwrap();
}

fn attempt<'a>(name: &'a str, password: &'a str) -> Attempt<'a> {
    Attempt { name, password, address: "192.0.2.1".parse().unwrap(), device: None }
}

async fn session(identity: &Identity, person: &Person, replaces: Option<&str>) -> SessionSecret {
    let new = NewSession {
        person,
        method: LoginMethod::Local,
        address: "192.0.2.1",
        agent: "Browser",
        replaces,
        hint: None,
    };
    identity.begin_session(new, now()).await.unwrap()
}

#[tokio::test]
async fn the_first_link_makes_one_administrator_once() {
    let (_store, identity) = identity().await;
    let earlier = identity.first_link(now()).await.unwrap().unwrap();
    let link = identity.first_link(now()).await.unwrap().unwrap();
    assert!(identity.link(&earlier, now()).await.unwrap().is_none(), "a new start makes a new one");
    assert!(identity.link(&link, now() + TimeDelta::hours(25)).await.unwrap().is_none());
    let weak = identity.redeem(&link, "kim", "short", now()).await.unwrap_err();
    assert!(matches!(weak, IdentityError::PasswordShort { .. }), "a refused password does not use it up");
    let redeemed = identity.redeem(&link, "Kim", PASSWORD, now()).await.unwrap();
    assert_eq!(redeemed, Redeemed { kind: LinkKind::Setup, user: UserName::parse("kim").unwrap() });
    assert!(matches!(identity.redeem(&link, "lee", PASSWORD, now()).await, Err(IdentityError::Link)));
    assert_eq!(identity.first_link(now()).await.unwrap(), None);
    let kim = identity.log_in(attempt("KIM", PASSWORD), now()).await.unwrap();
    assert!(kim.administrator && kim.groups.is_empty());
}

/// A store in a schema of its own on Postgres, where nobody has made a user yet.
async fn fresh_postgres() -> Option<(crate::store::Store, Option<String>)> {
    let address = std::env::var("JANGPYO_TEST_POSTGRES").ok()?;
    let schema = fresh("setup").to_string();
    let usual = crate::store::Store::open(&address).await.unwrap();
    let create = format!("CREATE SCHEMA {schema}");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&usual.pool).await.unwrap();
    usual.close().await;
    let own = format!("{address}?options=-c%20search_path%3D{schema}");
    Some((crate::store::Store::open(&own).await.unwrap(), Some(schema)))
}

#[tokio::test]
async fn of_two_instances_with_a_first_link_each_one_makes_the_administrator() {
    let in_file = sqlite().await;
    let mut stores = vec![(in_file.store.clone(), None)];
    stores.extend(fresh_postgres().await);
    for (store, schema) in stores {
        for round in 0..5 {
            let key = || ServerKey::from_text(&"k".repeat(32)).unwrap();
            let one = Identity::new(store.clone(), key(), IdentitySettings::default());
            let two = Identity::new(store.clone(), key(), IdentitySettings::default());
            sqlx::query("DELETE FROM users").execute(&store.pool).await.unwrap();
            let first = one.first_link(now()).await.unwrap().unwrap();
            // What the other made before it saw that one.
            let second = two.make_link(LinkKind::Setup, None, now()).await.unwrap();
            let (kim, lee) = tokio::join!(
                one.redeem(&first, "kim", PASSWORD, now()),
                two.redeem(&second, "lee", PASSWORD, now())
            );
            assert!(kim.is_ok() != lee.is_ok(), "{round}: {kim:?} {lee:?}");
            for refused in [kim, lee].into_iter().filter_map(Result::err) {
                assert!(matches!(refused, IdentityError::Link), "{refused:?}");
            }
            assert_eq!(one.users().await.unwrap().len(), 1);
        }
        if let Some(schema) = schema {
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&store.pool).await.unwrap();
        }
        store.close().await;
    }
}

#[tokio::test]
async fn an_unused_first_link_is_worth_nothing_once_there_is_a_user() {
    let (_store, identity) = identity().await;
    let link = identity.first_link(now()).await.unwrap().unwrap();
    user(&identity, &UserName::parse("lee").unwrap(), false).await;
    assert!(identity.link(&link, now()).await.unwrap().is_none());
    assert!(matches!(identity.redeem(&link, "kim", PASSWORD, now()).await, Err(IdentityError::Link)));
}

#[tokio::test]
async fn only_the_right_name_and_password_log_in() {
    for store in stores().await {
        let identity = over(&store);
        let name = fresh("kim");
        user(&identity, &name, false).await;
        let person = identity.log_in(attempt(name.as_str(), PASSWORD), now()).await.unwrap().person();
        assert_eq!(person.claims["country"], ["KR"]);
        for (name, password) in
            [(name.as_str(), "blue tables sang"), ("nobody", PASSWORD), ("<script>", PASSWORD), ("", "")]
        {
            let error = identity.log_in(attempt(name, password), now()).await.unwrap_err();
            assert!(matches!(error, LoginError::Wrong { .. }), "{name}: {error}");
            assert_eq!(error.to_string(), "the name or the password is wrong");
        }
    }
}

#[tokio::test]
async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
    let (_store, identity) = identity().await;
    user(&identity, &UserName::parse("kim").unwrap(), false).await;
    let _ = identity.log_in(attempt("warm-up", PASSWORD), now()).await;
    // In turns, so that what else the machine does meanwhile falls on both.
    let (mut unknown, mut known) = (Vec::new(), Vec::new());
    for n in 0..15_u8 {
        for (name, times) in [("nobody", &mut unknown), ("kim", &mut known)] {
            let begun = std::time::Instant::now();
            let attempt = Attempt { address: [10, 0, 0, n].into(), ..attempt(name, "blue tables sang") };
            identity.log_in(attempt, now()).await.unwrap_err();
            times.push(begun.elapsed());
        }
    }
    // The fastest of each: what a busy machine adds is never taken away.
    let (unknown, known) = (unknown.iter().min().unwrap(), known.iter().min().unwrap());
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
}

#[tokio::test]
async fn an_attack_from_one_address_leaves_others_and_known_devices_able_to_log_in() {
    let (_store, identity) = identity().await;
    let name = UserName::parse("kim").unwrap();
    user(&identity, &name, false).await;
    let device = identity.device_cookie(&name, now()).unwrap();
    let attacker =
        Attempt { address: "203.0.113.9".parse().unwrap(), ..attempt("kim", "wrong password here") };
    let mut waits = 0;
    for _ in 0..12 {
        waits += u32::from(matches!(identity.log_in(attacker, now()).await, Err(LoginError::Wait { .. })));
    }
    assert_eq!(waits, 7, "five are free");
    let right = Attempt { password: PASSWORD, ..attacker };
    assert!(matches!(identity.log_in(right, now()).await, Err(LoginError::Wait { .. })));
    identity.log_in(attempt("kim", PASSWORD), now()).await.unwrap();
    identity.log_in(Attempt { device: Some(&device), ..right }, now()).await.unwrap();
    let other = identity.device_cookie(&UserName::parse("lee").unwrap(), now()).unwrap();
    for forged in [other, device.replace('.', ".1"), String::new()] {
        let forged = Attempt { device: Some(&forged), ..right };
        assert!(matches!(identity.log_in(forged, now()).await, Err(LoginError::Wait { .. })));
    }
    let old = Attempt { device: Some(&device), ..right };
    let later = now() + TimeDelta::days(181);
    assert!(identity.known_device(old.device, &name, later).await.unwrap().is_none());
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_last() {
    for store in stores().await {
        let identity = over(&store);
        let person = Person { name: fresh("kim").to_string(), ..Person::default() };
        let secret = session(&identity, &person, None).await;
        let at = |minutes| now() + TimeDelta::minutes(minutes);
        let there = async |minutes| identity.session(secret.as_str(), at(minutes)).await.unwrap().is_some();
        assert!(there(0).await && there(59).await && there(118).await, "use keeps it");
        assert!(!there(118 + 60).await, "an hour of nothing ends it");
        for minutes in (118..7 * 24 * 60).step_by(50) {
            assert!(there(minutes).await, "{minutes}");
        }
        assert!(!there(7 * 24 * 60).await, "a week after the login it ends, used or not");
    }
}

#[tokio::test]
async fn a_login_ends_the_session_before_and_a_planted_secret_is_nobody() {
    let (_store, identity) = identity().await;
    let person = Person { name: "kim".into(), ..Person::default() };
    let first = session(&identity, &person, None).await;
    let second = session(&identity, &person, Some(first.as_str())).await;
    assert_ne!(first.as_str(), second.as_str());
    assert!(identity.session(first.as_str(), now()).await.unwrap().is_none());
    assert_eq!(identity.session(second.as_str(), now()).await.unwrap().unwrap().person, person);
    assert!(identity.session("planted", now()).await.unwrap().is_none());
    assert!(identity.session("", now()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let (_store, identity) = identity().await;
    let name = UserName::parse("kim").unwrap();
    user(&identity, &name, false).await;
    let person = identity.log_in(attempt("kim", PASSWORD), now()).await.unwrap().person();
    let (own, other) = (session(&identity, &person, None).await, session(&identity, &person, None).await);
    let wrong = attempt("kim", "not the old password");
    assert!(identity.change_password(wrong, "green tables sing", own.as_str(), true, now()).await.is_err());
    let right = attempt("kim", PASSWORD);
    assert!(identity.change_password(right, "kim kim kim kim", own.as_str(), true, now()).await.is_err());
    let device = identity.device_cookie(&name, now()).unwrap();
    let (token, _) = identity.make_token(new_token(&person), now()).await.unwrap();
    let later = now() + TimeDelta::minutes(1);
    identity.change_password(right, "green tables sing", own.as_str(), false, later).await.unwrap();
    assert!(identity.token(token.as_str(), later).await.unwrap().is_some(), "as was chosen");
    assert!(identity.known_device(Some(&device), &name, later).await.unwrap().is_none());
    let device = identity.device_cookie(&name, later).unwrap();
    assert!(identity.known_device(Some(&device), &name, later).await.unwrap().is_some());
    let again = attempt("kim", "green tables sing");
    identity.change_password(again, "green tables sing", own.as_str(), true, later).await.unwrap();
    assert!(identity.token(token.as_str(), later).await.unwrap().is_none());
    assert!(identity.session(own.as_str(), now()).await.unwrap().is_some());
    assert!(identity.session(other.as_str(), now()).await.unwrap().is_none());
    identity.log_in(attempt("kim", "green tables sing"), now()).await.unwrap();
    identity.log_in(attempt("kim", PASSWORD), now()).await.unwrap_err();
}

#[tokio::test]
async fn a_password_set_by_a_link_ends_what_was_made_before() {
    for store in stores().await {
        let identity = over(&store);
        let name = fresh("kim");
        user(&identity, &name, false).await;
        let person = Person { name: name.to_string(), ..Person::default() };
        let secret = session(&identity, &person, None).await;
        let (token, _) = identity.make_token(new_token(&person), now()).await.unwrap();
        let (share, _) = identity.make_share(new_share(&person, LoginMethod::Local), now()).await.unwrap();
        let device = identity.device_cookie(&name, now()).unwrap();
        let later = now() + TimeDelta::minutes(1);
        let there = async || {
            [
                identity.session(secret.as_str(), later).await.unwrap().is_some(),
                identity.token(token.as_str(), later).await.unwrap().is_some(),
                identity.share(&share, later).await.unwrap().is_some(),
                identity.known_device(Some(&device), &name, later).await.unwrap().is_some(),
            ]
        };
        let link = identity.password_link(&name, later).await.unwrap();
        assert_eq!(there().await, [true; 4], "a link that is not used ends nothing");
        identity.redeem(&link, "", PASSWORD, later).await.unwrap();
        assert_eq!(there().await, [false; 4]);
    }
}

#[tokio::test]
async fn a_disabled_user_has_no_sessions_tokens_or_links_and_the_last_administrator_stays() {
    for store in stores().await {
        let identity = over(&store);
        let (name, second) = (fresh("kim"), fresh("lee"));
        user(&identity, &name, true).await;
        if identity.users().await.unwrap().len() == 1 {
            let last = identity.disable(&name, now()).await.unwrap_err();
            assert!(matches!(last, IdentityError::LastAdministrator { .. }));
            identity.log_in(attempt(name.as_str(), PASSWORD), now()).await.unwrap();
        }
        user(&identity, &second, true).await;
        let person = Person { name: name.to_string(), ..Person::default() };
        let secret = session(&identity, &person, None).await;
        assert!(identity.session(secret.as_str(), now()).await.unwrap().unwrap().administrator);
        let (token, _) = identity.make_token(new_token(&person), now()).await.unwrap();
        let device = identity.device_cookie(&name, now() - TimeDelta::minutes(1)).unwrap();
        let (share, _) = identity.make_share(new_share(&person, LoginMethod::Local), now()).await.unwrap();
        let link = identity.password_link(&name, now()).await.unwrap();
        identity.disable(&name, now()).await.unwrap();
        assert!(identity.session(secret.as_str(), now()).await.unwrap().is_none());
        assert!(identity.token(token.as_str(), now()).await.unwrap().is_none());
        assert!(identity.link(&link, now()).await.unwrap().is_none());
        let error = identity.log_in(attempt(name.as_str(), PASSWORD), now()).await.unwrap_err();
        assert_eq!(error.to_string(), "the name or the password is wrong");
        let error = identity.password_link(&name, now()).await.unwrap_err();
        assert!(matches!(error, IdentityError::Disabled { .. }));
        identity.enable(&name).await.unwrap();
        identity.log_in(attempt(name.as_str(), PASSWORD), now()).await.unwrap();
        assert!(identity.session(secret.as_str(), now()).await.unwrap().is_none(), "the session is gone");
        assert!(identity.token(token.as_str(), now()).await.unwrap().is_none(), "and what they had made");
        assert!(identity.share(&share, now()).await.unwrap().is_none());
        assert!(identity.known_device(Some(&device), &name, now()).await.unwrap().is_none());
        assert!(matches!(identity.enable(&fresh("no")).await, Err(IdentityError::NoUser { .. })));
    }
}

fn new_token(owner: &Person) -> NewToken<'_> {
    NewToken {
        name: "airflow",
        owner,
        method: Some(LoginMethod::Local),
        scopes: vec![Action::View],
        reports: None,
        days: 30,
    }
}

fn new_share(maker: &Person, method: LoginMethod) -> NewShare<'_> {
    NewShare {
        maker,
        method: Some(method),
        role: None,
        report: "weekly",
        parameters: std::collections::BTreeMap::new(),
        open: std::collections::BTreeSet::new(),
        files: false,
        days: 90,
        most_uses: None,
    }
}

#[tokio::test]
async fn tokens_are_found_by_their_text_until_they_end() {
    for store in stores().await {
        let identity = over(&store);
        let owner = Person {
            name: fresh("kim").to_string(),
            groups: ["sales".to_owned()].into(),
            ..Person::default()
        };
        let new = NewToken { reports: Some(vec!["weekly-sales".into()]), ..new_token(&owner) };
        let (text, id) = identity.make_token(new, now()).await.unwrap();
        assert!(text.as_str().starts_with("jgp_") && text.as_str().len() == 47);
        assert!(!format!("{text:?}").contains(&text.as_str()[4..]));
        let token = identity.token(text.as_str(), now()).await.unwrap().unwrap();
        assert_eq!((token.person, token.scopes, token.used_at), (owner.clone(), vec![Action::View], None));
        assert_eq!(token.reports.unwrap(), ["weekly-sales"]);
        assert_eq!(identity.tokens_of(&owner.name).await.unwrap()[0].used_at, Some(now()));
        for wrong in
            ["", "jgp_", &text.as_str()[..46], &text.as_str()[4..], &text.as_str().replace("jgp_", "JGP_")]
        {
            assert!(identity.token(wrong, now()).await.unwrap().is_none(), "{wrong}");
        }
        assert!(identity.token(text.as_str(), now() + TimeDelta::days(30)).await.unwrap().is_none());
        assert!(!identity.revoke_token("somebody else", &id, now()).await.unwrap());
        assert!(identity.token(text.as_str(), now()).await.unwrap().is_some());
        assert!(identity.revoke_token(&owner.name, &id, now()).await.unwrap());
        assert!(identity.token(text.as_str(), now()).await.unwrap().is_none());
        for days in [0, 367] {
            let refused = identity.make_token(NewToken { days, ..new_token(&owner) }, now()).await;
            assert!(matches!(refused, Err(IdentityError::TokenLifetime { .. })));
        }
        let longest = "가".repeat(80);
        for (name, fits) in [
            ("", false),
            (" \n", false),
            (longest.as_str(), true),
            (&format!("{longest}가"), false),
            (&format!("{longest} "), false),
        ] {
            let made = identity.make_token(NewToken { name, ..new_token(&owner) }, now()).await;
            assert_eq!(made.is_ok(), fits, "{name:?}");
            assert!(fits || matches!(made, Err(IdentityError::TokenName { most: 80 })), "{name:?}");
        }
        let refused = identity.make_token(NewToken { scopes: vec![], ..new_token(&owner) }, now()).await;
        assert!(refused.unwrap_err().to_string().contains("explore"));
    }
}

#[tokio::test]
async fn no_secret_stands_in_the_file_of_the_store() {
    let (store, identity) = identity().await;
    let name = UserName::parse("kim").unwrap();
    user(&identity, &name, false).await;
    let link = identity.password_link(&name, now()).await.unwrap();
    let person = Person { name: "kim".into(), ..Person::default() };
    let secret = session(&identity, &person, None).await;
    let (token, _) = identity.make_token(new_token(&person), now()).await.unwrap();
    store.store.close().await;
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(store.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("$argon2id$"), "the file is read");
    for secret in [PASSWORD, &link, secret.as_str(), token.as_str()] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_change_of_groups_reaches_what_came_of_a_login_here_and_nothing_else() {
    for store in stores().await {
        let identity = over(&store);
        let name = fresh("kim");
        user(&identity, &name, false).await;
        let here = identity.user(&name).await.unwrap().unwrap().person();
        let proven = Person { groups: ["elsewhere".to_owned()].into(), ..here.clone() };
        let by_password = session(&identity, &here, None).await;
        let of_provider = NewSession {
            person: &proven,
            method: LoginMethod::Oidc,
            address: "192.0.2.1",
            agent: "Browser",
            replaces: None,
            hint: None,
        };
        let by_provider = identity.begin_session(of_provider, now()).await.unwrap();
        let here_now = async |text: &str| identity.session(text, now()).await.unwrap().is_some();
        assert!(!here_now(by_provider.as_str()).await, "the name is that of a user who logs in here");
        let (own, _) = identity.make_token(new_token(&here), now()).await.unwrap();
        let foreign = NewToken { method: Some(LoginMethod::Oidc), ..new_token(&proven) };
        let (foreign, _) = identity.make_token(foreign, now()).await.unwrap();
        let change = UserChange { groups: Some(["new".to_owned()].into()), ..UserChange::default() };
        let changed = identity.change_user(&name, &change).await.unwrap();
        assert_eq!(changed.before.groups, here.groups);
        let groups_of = |person: Person| person.groups.into_iter().collect::<Vec<_>>();
        let in_session = async |secret: &SessionSecret| {
            groups_of(identity.session(secret.as_str(), now()).await.unwrap().unwrap().person)
        };
        assert_eq!(in_session(&by_password).await, ["new"]);
        let of_token = async |text: &TokenText| {
            groups_of(identity.token(text.as_str(), now()).await.unwrap().unwrap().person)
        };
        assert_eq!(of_token(&own).await, ["new"]);
        assert!(identity.token(foreign.as_str(), now()).await.unwrap().is_none());
        // Once they log in elsewhere it is the other way round.
        let change = UserChange { elsewhere: Some(true), ..UserChange::default() };
        identity.change_user(&name, &change).await.unwrap();
        assert_eq!(in_session(&by_provider).await, ["elsewhere"]);
        assert_eq!(of_token(&foreign).await, ["elsewhere"]);
        assert!(!here_now(by_password.as_str()).await);
        assert!(identity.token(own.as_str(), now()).await.unwrap().is_none());
        let error = identity.password_link(&name, now()).await.unwrap_err();
        assert!(matches!(error, IdentityError::Elsewhere { .. }));
        identity.log_in(attempt(name.as_str(), PASSWORD), now()).await.unwrap_err();
        let no_user = identity.change_user(&fresh("no"), &change).await;
        assert!(matches!(no_user, Err(IdentityError::NoUser { .. })));
    }
}

#[tokio::test]
async fn a_name_proven_elsewhere_does_not_make_somebody_the_user_who_logs_in_here() {
    for store in stores().await {
        let identity = over(&store);
        let (local, invited, outside) = (fresh("kim"), fresh("lee"), fresh("park"));
        user(&identity, &local, true).await;
        let new = |name: &UserName, elsewhere| NewUser {
            name: name.clone(),
            administrator: true,
            groups: std::collections::BTreeSet::new(),
            claims: std::collections::BTreeMap::new(),
            elsewhere,
        };
        identity.add_user(&new(&invited, false), now()).await.unwrap();
        identity.add_user(&new(&outside, true), now()).await.unwrap();
        let admit = async |name: &UserName| {
            let person = Person { name: name.to_string(), ..Person::default() };
            identity.admit(&person, now()).await.map_err(|error| error.reason())
        };
        for taken in [&local, &invited] {
            assert_eq!(admit(taken).await, Err("the name is that of a user who logs in here"));
        }
        assert_eq!((admit(&outside).await, admit(&fresh("new")).await), (Ok(()), Ok(())));
        // Also where the provider's person was there first.
        let person = Person { name: fresh("cho").to_string(), ..Person::default() };
        let by_provider = NewSession {
            person: &person,
            method: LoginMethod::Oidc,
            address: "192.0.2.1",
            agent: "Browser",
            replaces: None,
            hint: None,
        };
        let secret = identity.begin_session(by_provider, now()).await.unwrap();
        assert!(identity.session(secret.as_str(), now()).await.unwrap().is_some());
        user(&identity, &person.name.parse().unwrap(), true).await;
        assert!(identity.session(secret.as_str(), now()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn groups_taken_away_elsewhere_are_gone_from_tokens_and_links_at_the_next_login() {
    for store in stores().await {
        let identity = over(&store);
        for method in [LoginMethod::Oidc, LoginMethod::Proxy] {
            let of = |groups: &[&str]| groups.iter().map(|group| (*group).to_owned()).collect();
            let before =
                Person { name: fresh("kim").to_string(), groups: of(&["sales", "hk"]), ..Person::default() };
            let log_in = async |person: &Person, at: DateTime<Utc>| {
                if method == LoginMethod::Proxy {
                    identity.note_proxied(person, at).await.unwrap();
                    return;
                }
                let new = NewSession {
                    person,
                    method,
                    address: "192.0.2.1",
                    agent: "Browser",
                    replaces: None,
                    hint: None,
                };
                identity.begin_session(new, at).await.unwrap();
            };
            log_in(&before, now()).await;
            let new = NewToken { method: Some(method), days: 300, ..new_token(&before) };
            let (token, _) = identity.make_token(new, now()).await.unwrap();
            let (link, _) = identity.make_share(new_share(&before, method), now()).await.unwrap();
            let groups = async |at: DateTime<Utc>| {
                let of_token =
                    identity.token(token.as_str(), at).await.unwrap().map(|made| made.person.groups);
                let of_link = identity.share(&link, at).await.unwrap().map(|made| made.person.groups);
                assert_eq!(of_token, of_link);
                of_token
            };
            let day = |days| now() + TimeDelta::days(days);
            assert_eq!(groups(day(29)).await, Some(of(&["hk", "sales"])));
            assert_eq!(groups(day(30)).await, None, "nobody knows any more");
            let after = Person { groups: of(&["hk"]), ..before.clone() };
            log_in(&after, day(40)).await;
            assert_eq!(groups(day(69)).await, Some(of(&["hk"])));
            assert_eq!(groups(day(70)).await, None);
            // Somebody of the same name who comes in another way is not them.
            let other =
                LoginMethod::ALL.iter().find(|other| **other != method && **other != LoginMethod::Local);
            let new = NewToken { method: other.copied(), ..new_token(&before) };
            let (token, _) = identity.make_token(new, day(40)).await.unwrap();
            log_in(&after, day(41)).await;
            let theirs = identity.token(token.as_str(), day(41)).await.unwrap().unwrap();
            assert_eq!(theirs.person.groups, before.groups);
        }
    }
}

#[tokio::test]
async fn whoever_logged_in_elsewhere_is_known_as_of_their_last_login_while_it_is_believed() {
    for store in stores().await {
        let identity = over(&store);
        let name = fresh("kim");
        let proof = async |days| identity.last_proof(&name, now() + TimeDelta::days(days)).await.unwrap();
        assert_eq!(proof(0).await, LastProof::None);
        let person = |group: &str| Person {
            name: name.to_string(),
            groups: [group.to_owned()].into(),
            claims: [("country".to_owned(), vec!["KR".to_owned()])].into(),
        };
        identity.note_proxied(&person("sales"), now()).await.unwrap();
        assert_eq!(proof(29).await, LastProof::Believed(person("sales")));
        assert_eq!(proof(30).await, LastProof::TooOld { days: 30 });
        let later = now() + TimeDelta::days(31);
        let new = NewSession {
            person: &person("finance"),
            method: LoginMethod::Oidc,
            address: "192.0.2.1",
            agent: "Browser",
            replaces: None,
            hint: None,
        };
        identity.begin_session(new, later).await.unwrap();
        assert_eq!(proof(40).await, LastProof::Believed(person("finance")));
        // A way that is closed proves nothing; of logins before persons were kept nothing is known.
        let with = |ways: &[LoginMethod]| {
            let settings = IdentitySettings { ways: ways.to_vec(), ..IdentitySettings::default() };
            Identity::new(store.store.clone(), identity.key().clone(), settings)
        };
        let local = with(&[LoginMethod::Local]).last_proof(&name, later).await.unwrap();
        assert_eq!(local, LastProof::WayClosed);
        let proxy = with(&[LoginMethod::Proxy]).last_proof(&name, later).await.unwrap();
        assert_eq!(proxy, LastProof::TooOld { days: 30 });
        sqlx::query("UPDATE logins_elsewhere SET person = NULL WHERE name = $1")
            .bind(name.to_string())
            .execute(&store.store.pool)
            .await
            .unwrap();
        assert_eq!(proof(40).await, LastProof::NotKept);
    }
}

#[tokio::test]
async fn what_came_of_a_way_that_is_closed_does_not_count() {
    for store in stores().await {
        let identity = over(&store);
        let name = fresh("kim");
        user(&identity, &name, false).await;
        let person = identity.user(&name).await.unwrap().unwrap().person();
        let secret = session(&identity, &person, None).await;
        let (token, _) = identity.make_token(new_token(&person), now()).await.unwrap();
        let (link, _) = identity.make_share(new_share(&person, LoginMethod::Local), now()).await.unwrap();
        let open = async |ways: &[LoginMethod]| {
            let settings = IdentitySettings { ways: ways.to_vec(), ..IdentitySettings::default() };
            let identity = Identity::new(store.store.clone(), identity.key().clone(), settings);
            [
                identity.session(secret.as_str(), now()).await.unwrap().is_some(),
                !identity.sessions_of(name.as_str(), now()).await.unwrap().is_empty(),
                identity.token(token.as_str(), now()).await.unwrap().is_some(),
                identity.share(&link, now()).await.unwrap().is_some(),
            ]
        };
        assert_eq!(open(&[LoginMethod::Local, LoginMethod::Oidc]).await, [true; 4]);
        assert_eq!(open(&[LoginMethod::Oidc, LoginMethod::Proxy]).await, [false; 4]);
    }
}

#[tokio::test]
async fn two_administrators_cannot_unmake_each_other_at_once() {
    for _ in 0..10 {
        let (_store, identity) = identity().await;
        let (kim, lee) = (fresh("kim"), fresh("lee"));
        user(&identity, &kim, true).await;
        user(&identity, &lee, true).await;
        let change = UserChange { administrator: Some(false), ..UserChange::default() };
        let (one, other) = tokio::join!(identity.change_user(&kim, &change), identity.disable(&lee, now()));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }
}

#[tokio::test]
async fn a_link_lasts_as_many_days_as_it_was_made_for() {
    let (_store, identity) = identity().await;
    let maker = Person { name: "kim".into(), ..Person::default() };
    let new = NewShare { days: 2, ..new_share(&maker, LoginMethod::Local) };
    let (secret, id) = identity.make_share(new, now()).await.unwrap();
    let (before, after) = (now() + TimeDelta::hours(47), now() + TimeDelta::hours(48));
    assert!(identity.share(&secret, before).await.unwrap().is_some());
    assert!(identity.share(&secret, after).await.unwrap().is_none());
    assert_eq!(identity.use_share(&id, before).await.unwrap(), Some(1));
    assert_eq!(identity.use_share(&id, after).await.unwrap(), None);
}
