//! What came before an entry in its session, which is searched with it.

use super::row::text;
use crate::db::Tx;
use crate::error::Result;

/// How many entries before an entry are searched with it.
const ENTRIES: usize = 2;
/// How much of the end of each of them, in bytes.
const CONTEXT_BYTES: usize = 2000;

/// Returns the last entry of a session, of the same project.
pub(super) fn last(tx: &Tx<'_>, session: &str, project: Option<&str>) -> Result<Option<i64>> {
    let sql = "SELECT id FROM memory WHERE session = ? AND project IS ? ORDER BY id DESC LIMIT 1";
    tx.query_optional(sql, (session, project), |row| row.get(0))
}

/// Returns what is searched with an entry that follows `previous`: the ends of the entries before it.
///
/// An entry that is superseded is wrong, and one that expires must not be found later; they are left out.
pub(super) fn context(tx: &Tx<'_>, previous: Option<i64>) -> Result<String> {
    let sql = "SELECT previous, title, body, superseded IS NULL AND expires IS NULL FROM memory WHERE id = ?";
    let mut texts = Vec::new();
    let mut next = previous;
    for _ in 0..ENTRIES {
        let Some(id) = next else { break };
        let found = tx.query_optional(sql, [id], |row| {
            if row.get(3)? {
                texts.push(end_of(&text(row, 1)?, &text(row, 2)?));
            }
            row.get(0)
        })?;
        next = found.flatten();
    }
    texts.reverse();
    Ok(texts.join("\n"))
}

/// Recomputes the contexts that contain an entry: those of the entries after it in its session.
pub(super) fn refresh(tx: &Tx<'_>, id: i64) -> Result<()> {
    followers(tx, id)?
        .into_iter()
        .try_for_each(|id| recompute(tx, id))
}

/// Removes an entry from its session before it is deleted. Returns the entries whose contexts contain it; call [`recompute`]
/// for each of them after the deletion.
pub(super) fn leave(tx: &Tx<'_>, id: i64) -> Result<Vec<i64>> {
    let followers = followers(tx, id)?;
    let sql = "UPDATE memory SET previous = (SELECT previous FROM memory WHERE id = ?1) WHERE previous = ?1";
    tx.execute(sql, [id])?;
    Ok(followers)
}

/// Computes the context of an entry.
pub(super) fn recompute(tx: &Tx<'_>, id: i64) -> Result<()> {
    let sql = "SELECT previous FROM memory WHERE id = ?";
    let previous: Option<Option<i64>> = tx.query_optional(sql, [id], |row| row.get(0))?;
    let context = context(tx, previous.flatten())?;
    let sql = "UPDATE memory SET context = ?2 WHERE id = ?1 AND context <> ?2";
    tx.execute(sql, (id, context)).map(drop)
}

fn followers(tx: &Tx<'_>, id: i64) -> Result<Vec<i64>> {
    let mut all = Vec::new();
    let mut level = vec![id];
    for _ in 0..ENTRIES {
        let mut next: Vec<i64> = Vec::new();
        for id in level {
            let sql = "SELECT id FROM memory WHERE previous = ?";
            let found: Vec<i64> = tx.query_all(sql, [id], |row| row.get(0))?;
            next.extend(found);
        }
        all.extend_from_slice(&next);
        level = next;
    }
    Ok(all)
}

/// Returns the title and the end of a body.
fn end_of(title: &str, body: &str) -> String {
    let mut start = body.len().saturating_sub(CONTEXT_BYTES);
    while !body.is_char_boundary(start) {
        start += 1;
    }
    format!("{title} {}", body.get(start..).unwrap_or_default())
        .trim_start()
        .to_owned()
}
