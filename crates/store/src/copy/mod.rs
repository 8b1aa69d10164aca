//! All rows of a database as values that either kind of database takes: read as of one instant ([`Snapshot`]), and
//! written into a place of their own ([`Load`]) that takes the place of what was there. The index of search is not among
//! them: it is made anew from its rows.

mod catalogue;
mod load;
mod rows;
mod snapshot;
#[cfg(test)]
mod tests;

pub use crate::conn::place::{Standing, is_in_use, standing};
pub use catalogue::{Column, Kind, Table};
pub use load::Load;
pub use rows::{Digest, Row, Sum};
pub use snapshot::Snapshot;

use meridian_migrations::{Migrator, MigratorTrait as _};

/// How many rows are read or written at once.
pub const PAGE_ROWS: usize = 200;

/// The names of all migrations that this build knows, in their order.
pub fn known_migrations() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}
