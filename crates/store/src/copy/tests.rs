//! Rows go from SQLite to PostgreSQL and back, whole; what does not fit is refused and changes nothing.

use meridian_domain::clock::Clock;
use serde_json::{Value as Json, json};

use super::catalogue::Kind;
use super::{Digest, Load, Row, Snapshot, Standing, Sum, is_in_use, known_migrations, standing};
use crate::{Store, StoreError, StoreOptions};

/// More rows than one page has.
const ROWS: i64 = 201;
/// Tables that search makes anew from the others.
const MADE: [&str; 4] = ["search_languages", "search_rows", "vocabulary", "vocabulary_trigrams"];

async fn open(url: &str) -> Store {
    let options = StoreOptions { url: url.to_owned(), max_readers: 2 };
    Store::open(&options, Clock::system()).await.unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str) -> String {
    format!("sqlite://{}", folder.path().join(name).display())
}

/// A row that refers to the row of the same number wherever it refers to something.
fn row(table: &super::Table, number: i64) -> Row {
    let value = |column: &super::Column| match column.kind {
        Kind::Uuid => json!(uuid::Uuid::from_u128(u128::from(number.unsigned_abs()))),
        Kind::Text if table.key.contains(&column.name) => json!(format!("t{number}")),
        Kind::Text => json!(format!("t{number} 'quoted\" \\ \u{1f600} \u{fffd} ?")),
        Kind::Number => json!(number + (1 << 53)),
        Kind::Boolean => json!(number % 2 == 0),
        Kind::Fraction => json!(0.1 + 0.2 * f64::from(i32::try_from(number).unwrap())),
    };
    table.columns.iter().map(value).collect()
}

/// Fills a database with so many rows a table.
async fn fill(url: &str, count: i64) {
    let load = Load::begin(url, &Clock::system(), &known_migrations(), false).await.unwrap();
    for table in load.tables() {
        let rows: Vec<Row> = (1..=count).map(|number| row(table, number)).collect();
        load.insert(table, &rows).await.unwrap();
        load.go_on_after(table, (1 << 53) + 9_000).await.unwrap();
    }
    assert_eq!(load.finish().await.unwrap(), None, "nothing was there");
}

/// Reads everything, and puts it into `load` where there is one.
async fn read(snapshot: &Snapshot, load: Option<&Load>) -> Vec<(String, Sum, Option<i64>)> {
    let mut sums = Vec::new();
    for table in snapshot.tables() {
        let (mut digest, mut last) = (Digest::default(), None);
        loop {
            let rows = snapshot.page(table, last.as_ref()).await.unwrap();
            for row in &rows {
                digest.add(row).unwrap();
            }
            if let Some(load) = load {
                load.insert(table, &rows).await.unwrap();
            }
            last = rows.into_iter().next_back();
            if last.is_none() {
                break;
            }
        }
        let (sum, counted) = (digest.finish(), snapshot.counted(table).await.unwrap());
        if let Some(load) = load {
            assert_eq!(load.sum(table).await.unwrap(), sum, "{}", table.name);
            load.go_on_after(table, counted.unwrap_or_default()).await.unwrap();
        }
        if !MADE.contains(&table.name.as_str()) {
            sums.push((table.name.clone(), sum, counted));
        }
    }
    sums.sort_by(|a, b| a.0.cmp(&b.0));
    sums
}

async fn moved(from: &str, to: &str, replace: bool) -> Result<Option<String>, StoreError> {
    let store = open(from).await;
    let snapshot = store.snapshot().await?;
    let load = Load::begin(to, &Clock::system(), snapshot.migrations(), replace).await?;
    let before = read(&snapshot, Some(&load)).await;
    let aside = load.finish().await?;
    snapshot.end().await?;
    store.close().await?;
    let there = open(to).await;
    let snapshot = there.snapshot().await?;
    let after = read(&snapshot, None).await;
    snapshot.end().await?;
    there.close().await?;
    assert_eq!(before, after);
    let count = before.first().map(|(_, sum, _)| sum.rows);
    assert!(before.iter().all(|(_, sum, _)| Some(sum.rows) == count && sum.rows > 0), "{before:?}");
    assert!(before.iter().any(|(name, _, counted)| name == "events" && *counted == Some((1 << 53) + 9_000)));
    Ok(aside)
}

#[tokio::test]
async fn every_table_goes_to_another_file_and_to_postgresql_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) = (file(&folder, "1.db"), file(&folder, "2.db"), file(&folder, "3.db"));
    fill(&first, ROWS).await;
    assert_eq!(moved(&first, &second, false).await.unwrap(), None);
    let Some(server) = meridian_testbed::postgres() else { return };
    let shared = server.database();
    assert_eq!(moved(&first, &shared, false).await.unwrap(), None);
    assert_eq!(moved(&shared, &third, false).await.unwrap(), None);
    // In place of an instance: its tables are kept in a schema of their own.
    assert!(matches!(moved(&second, &shared, false).await, Err(StoreError::Refused(_))));
    let aside = moved(&second, &shared, true).await.unwrap().unwrap();
    let schema = aside.strip_prefix("the schema ").unwrap();
    let name = shared.rsplit('/').next().unwrap();
    assert_eq!(server.sql(name, &format!("SELECT COUNT(*) FROM {schema}.users")), ROWS.to_string());
    assert_eq!(server.sql(name, "SELECT COUNT(*) FROM users"), ROWS.to_string());
}

#[tokio::test]
async fn a_file_in_use_is_refused_and_a_replaced_one_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (file(&folder, "1.db"), file(&folder, "2.db"));
    assert_eq!(standing(&to).await.unwrap(), Standing::Empty);
    assert!(!folder.path().join("2.db").exists(), "looking makes nothing");
    fill(&from, 3).await;
    fill(&to, 3).await;
    let used = open(&to).await;
    assert!(is_in_use(&to).await.unwrap());
    assert!(matches!(moved(&from, &to, true).await, Err(StoreError::Refused(_))));
    used.close().await.unwrap();
    assert_eq!(standing(&to).await.unwrap(), Standing::Used { accounts: 3 });
    assert!(matches!(moved(&from, &to, false).await, Err(StoreError::Refused(_))));
    let aside = moved(&from, &to, true).await.unwrap().unwrap();
    assert_eq!(standing(&format!("sqlite://{aside}")).await.unwrap(), Standing::Used { accounts: 3 });
}

#[tokio::test]
async fn a_load_that_is_dropped_and_rows_that_do_not_fit_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let to = file(&folder, "1.db");
    fill(&to, 3).await;
    let clock = Clock::system();
    let load = Load::begin(&to, &clock, &known_migrations(), true).await.unwrap();
    let users = load.tables().iter().find(|table| table.name == "users").unwrap().clone();
    for (at, wrong) in [(0, json!("no id")), (0, json!(7)), (1, json!(true)), (1, Json::Null)] {
        let mut row = row(&users, 1);
        row[at] = wrong;
        assert!(load.insert(&users, &[row]).await.is_err());
    }
    assert!(load.insert(&users, &[vec![json!(1)]]).await.is_err());
    drop(load);
    assert_eq!(standing(&to).await.unwrap(), Standing::Used { accounts: 3 });
    let later = [known_migrations(), vec!["m9999_later".to_owned()]].concat();
    assert!(matches!(Load::begin(&to, &clock, &later, true).await, Err(StoreError::Refused(_))));
}

/// Rows of an earlier version go into its own tables, which then are brought up to date.
#[tokio::test]
async fn rows_of_an_earlier_version_are_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let to = file(&folder, "1.db");
    let first: Vec<String> = known_migrations().into_iter().take(1).collect();
    let load = Load::begin(&to, &Clock::system(), &first, false).await.unwrap();
    assert!(load.tables().iter().all(|table| table.name != "rounds"));
    for name in ["users", "workspaces"] {
        let table = load.tables().iter().find(|table| table.name == name).unwrap().clone();
        load.insert(&table, &[row(&table, 1)]).await.unwrap();
    }
    load.finish().await.unwrap();
    let store = open(&to).await;
    assert!(store.pending_migrations().await.unwrap().is_empty());
    let count = "SELECT COUNT(*) FROM workspaces WHERE insights";
    assert_eq!(crate::repo::scalar_i64(store.reader(), count).await.unwrap(), 1);
}

/// A new column that names objects has to be known to `repo::objects`, or backups would be without them.
#[tokio::test]
async fn every_column_that_names_an_object_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&file(&folder, "1.db")).await;
    store.migrate().await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let columns = snapshot
        .tables()
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| (table.name.as_str(), column.name.as_str())));
    let mut named: Vec<_> =
        columns.filter(|(_, column)| column.ends_with("object_key") || *column == "init_key").collect();
    named.sort_unstable();
    let known = [
        ("artefacts", "object_key"),
        ("rendition_inits", "object_key"),
        ("renditions", "init_key"),
        ("segments", "object_key"),
        ("upload_chunks", "object_key"),
    ];
    assert_eq!(named, known);
}

proptest::proptest! {
    #[test]
    fn a_fraction_is_read_from_a_line_as_it_was(number in proptest::num::f64::NORMAL) {
        let row: Row = vec![number.into()];
        let line = Digest::default().add(&row).unwrap();
        let read: Row = serde_json::from_str(&line).unwrap();
        proptest::prop_assert_eq!(read, row);
    }
}
