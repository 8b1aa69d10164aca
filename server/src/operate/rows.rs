//! Rows into files and out of them, or from one database straight into another.

use std::path::Path;

use meridian_store::copy::{Digest, Load, PAGE_ROWS, Row, Snapshot, Sum, Table};

use super::error::OperateError;
use super::format::{LineWriter, TableSum, file_sum, lines};

/// Writes a file a table.
pub(super) async fn dump(snapshot: &Snapshot, folder: &Path) -> Result<Vec<TableSum>, OperateError> {
    let mut sums = Vec::new();
    for table in snapshot.tables() {
        let mut out = LineWriter::create(&file(folder, table))?;
        let sum = each_page(snapshot, table, async |_rows, lines| out.line(lines)).await?;
        out.finish()?;
        let last_number = snapshot.counted(table).await?;
        sums.push(TableSum { table: table.clone(), sum, last_number });
    }
    Ok(sums)
}

fn file(folder: &Path, table: &Table) -> std::path::PathBuf {
    folder.join(format!("{}.jsonl", table.name))
}

/// Reads a table to its end; `take` gets the rows of each page, and their lines.
async fn each_page(
    snapshot: &Snapshot,
    table: &Table,
    mut take: impl AsyncFnMut(&[Row], &str) -> Result<(), OperateError>,
) -> Result<Sum, OperateError> {
    let mut digest = Digest::default();
    let mut last: Option<Row> = None;
    loop {
        let rows = snapshot.page(table, last.as_ref()).await?;
        let mut text = String::new();
        for row in &rows {
            text.push_str(&digest.add(row)?);
        }
        take(&rows, &text).await?;
        last = rows.into_iter().next_back();
        if last.is_none() {
            return Ok(digest.finish());
        }
    }
}

/// Whether every table's file is what was written.
pub(super) fn verify(tables: &[TableSum], folder: &Path) -> Result<(), OperateError> {
    for known in tables {
        let path = file(folder, &known.table);
        if !path.is_file() || file_sum(&path)? != known.sum.sha256 {
            return Err(OperateError::Damaged(format!(
                "the rows of {} are not what was written",
                known.table.name
            )));
        }
    }
    Ok(())
}

/// Fills all tables from their files.
pub(super) async fn load(load: &Load, tables: &[TableSum], folder: &Path) -> Result<u64, OperateError> {
    same_tables(load, tables.iter().map(|known| &known.table))?;
    let mut total = 0_u64;
    for known in tables {
        let mut page: Vec<Row> = Vec::with_capacity(PAGE_ROWS);
        for row in lines::<Row>(&file(folder, &known.table))? {
            page.push(row?);
            if page.len() == PAGE_ROWS {
                load.insert(&known.table, &page).await?;
                page.clear();
            }
        }
        load.insert(&known.table, &page).await?;
        total += settle(load, known).await?;
    }
    Ok(total)
}

/// Fills all tables from another database.
pub(super) async fn pour(snapshot: &Snapshot, load: &Load) -> Result<u64, OperateError> {
    same_tables(load, snapshot.tables().iter())?;
    let mut total = 0_u64;
    for table in snapshot.tables() {
        let sum =
            each_page(snapshot, table, async |rows, _lines| Ok(load.insert(table, rows).await?)).await?;
        let last_number = snapshot.counted(table).await?;
        total += settle(load, &TableSum { table: table.clone(), sum, last_number }).await?;
    }
    Ok(total)
}

/// Reads a table back; how many rows it has.
async fn settle(load: &Load, known: &TableSum) -> Result<u64, OperateError> {
    let found = load.sum(&known.table).await?;
    if found != known.sum {
        let (name, here, there) = (&known.table.name, found.rows, known.sum.rows);
        return Err(OperateError::Differs(format!(
            "{name} has {here} rows here and {there} there, or others"
        )));
    }
    if let Some(last) = known.last_number {
        load.go_on_after(&known.table, last).await?;
    }
    Ok(found.rows)
}

/// Names of tables and columns go into statements: only those that the goal has itself.
fn same_tables<'a>(
    load: &Load,
    tables: impl ExactSizeIterator<Item = &'a Table>,
) -> Result<(), OperateError> {
    let there = load.tables();
    let as_many = there.len() == tables.len();
    for table in tables {
        if !there.contains(table) {
            return Err(OperateError::Refused(format!("the table {} has another shape here", table.name)));
        }
    }
    if as_many { Ok(()) } else { Err(OperateError::Refused("there are other tables here".to_owned())) }
}
