//! What was released stays as it was; on PostgreSQL up, down and up again leave no difference.
#![expect(clippy::unwrap_used, reason = "tests")]

use meridian_migrations::{Migrator, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

/// Steps whose outcome on SQLite is in `released.sql`.
const RELEASED: u32 = 6;

async fn lines(db: &DatabaseConnection, sql: &str) -> String {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap() + ";\n").collect()
}

#[tokio::test]
async fn the_released_steps_make_the_same_schema_on_sqlite_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("a.db").display());
    let db = Database::connect(url).await.unwrap();
    Migrator::up(&db, Some(RELEASED)).await.unwrap();
    let schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'seaql%' \
        AND name NOT LIKE 'sqlite_%' ORDER BY type, name";
    assert_eq!(lines(&db, schema).await, include_str!("released.sql"));
}

/// Tables with their columns, indexes and constraints.
const POSTGRES_SCHEMA: &str = "SELECT line FROM (\
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || \
        COALESCE(column_default, '') || ' ' || COALESCE(collation_name, '') AS line \
        FROM information_schema.columns WHERE table_schema = 'public' \
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' \
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
        WHERE connamespace = 'public'::regnamespace) s ORDER BY line COLLATE \"C\"";

#[tokio::test]
async fn up_down_and_up_leave_no_difference_on_postgresql() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let db = Database::connect(server.database()).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let first = lines(&db, POSTGRES_SCHEMA).await;
    assert!(first.contains("index CREATE INDEX search_terms_terms") && first.lines().count() > 300);
    let texts = first.lines().filter(|line| line.contains(" text ") && !line.contains("seaql_"));
    assert!(texts.clone().count() > 100);
    // The order of texts is the same as on SQLite, whatever the database's language is.
    let other: Vec<&str> =
        texts.filter(|line| line.starts_with("column ") && !line.contains(" C;")).collect();
    assert_eq!(other, [""; 0]);
    Migrator::down(&db, None).await.unwrap();
    let left = lines(&db, POSTGRES_SCHEMA).await;
    assert!(left.lines().all(|line| line.contains("seaql_migrations")), "{left}");
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(lines(&db, POSTGRES_SCHEMA).await, first);
}
