//! The tables, brought to this version's shape.

use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migrator};

static TABLES: Migrator = sqlx::migrate!("src/store/migrations");

/// Triggers: each database has its own language for them. Numbered among the tables' migrations.
static GUARDS_OF_SQLITE: Migrator = sqlx::migrate!("src/store/guards/sqlite");
static GUARDS_OF_POSTGRES: Migrator = sqlx::migrate!("src/store/guards/postgres");

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// Brings the tables to this version's shape.
pub(super) async fn migrate(pool: &AnyPool, dialect: Dialect) -> Result<(), MigrateError> {
    let guards = match dialect {
        Dialect::Sqlite => &GUARDS_OF_SQLITE,
        Dialect::Postgres => &GUARDS_OF_POSTGRES,
    };
    let all = TABLES.iter().chain(guards.iter()).cloned().collect();
    Migrator::with_migrations(all).run(pool).await
}
