//! Entries in an in-memory database, indexed as the product does, and as a plain FTS5 table.

use crate::Failure;
use clawpowers_text::{Facts, Fingerprint, Index, List, Newest, Query, Weights, mask, pairs, search};
use rusqlite::{Connection, params};

/// What is stored of an entry.
#[derive(Default, Clone)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) context: String,
    pub(crate) tags: String,
    pub(crate) kind: String,
}

const SCHEMA: &str = "
CREATE VIRTUAL TABLE entry USING fts5(title, body, context, masked, tags, pairs, variants,
  tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE plain USING fts5(text, tokenize = 'unicode61');
CREATE TABLE kind(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, tags TEXT NOT NULL);
CREATE TABLE print(fingerprint BLOB NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(fingerprint, id)) WITHOUT ROWID;
";

/// An index of entries; ids count from 1.
pub(crate) struct Entries {
    db: Connection,
    /// The condition of the query's filters.
    filter: String,
}

impl Entries {
    pub(crate) fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self, Failure> {
        let mut db = Connection::open_in_memory()?;
        db.execute_batch(SCHEMA)?;
        let write = db.transaction()?;
        for (index, entry) in entries.into_iter().enumerate() {
            let id = index as i64 + 1;
            let Entry {
                title,
                body,
                context,
                tags,
                kind,
            } = entry;
            let masked = mask(&body).text;
            write.prepare_cached("INSERT INTO entry(rowid, title, body, context, masked, tags, pairs, variants) VALUES (?, ?, ?, ?, ?, ?, ?, '')")?
                .execute(params![id, title, body, context, masked, tags, pairs(&format!("{title}\n{body}"))])?;
            write
                .prepare_cached("INSERT INTO plain(rowid, text) VALUES (?, ?)")?
                .execute(params![id, format!("{title}\n{body}\n{tags}")])?;
            write
                .prepare_cached("INSERT INTO kind VALUES (?, ?, ?)")?
                .execute(params![id, kind, format!(" {tags} ")])?;
            if let Some(Fingerprint(bytes)) = Fingerprint::of(&masked) {
                write
                    .prepare_cached("INSERT INTO print VALUES (?, ?)")?
                    .execute(params![bytes, id])?;
            }
        }
        write.commit()?;
        Ok(Self {
            db,
            filter: String::new(),
        })
    }

    /// Searches as the product does.
    pub(crate) fn search(&mut self, text: &str, limit: usize) -> Result<Vec<i64>, Failure> {
        let query = Query::parse(text);
        self.filter.clear();
        for tag in &query.tags {
            let tag = tag.replace('\'', "''");
            self.filter.push_str(&format!(" AND instr(kind.tags, ' {tag} ')"));
        }
        if let Some(kinds) = (!query.kinds.is_empty()).then(|| query.kinds.join("', '")) {
            self.filter.push_str(&format!(" AND kind.kind IN ('{kinds}')"));
        }
        let hits = search(self, &query, &Weights::default(), limit)?;
        Ok(hits.into_iter().map(|hit| hit.id).collect())
    }

    /// Searches a plain FTS5 table for any word of a text.
    pub(crate) fn plain(&self, text: &str, limit: usize) -> Result<Vec<i64>, Failure> {
        let words = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        let words: Vec<String> = words.take(400).map(|word| format!("\"{word}\"")).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank, rowid LIMIT ?";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(params![words.join(" OR "), limit as i64], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Index for Entries {
    type Id = i64;
    type Error = rusqlite::Error;

    fn same(&mut self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<i64>, rusqlite::Error> {
        let sql = "SELECT id FROM print WHERE fingerprint = ? ORDER BY id LIMIT ?";
        let mut statement = self.db.prepare_cached(sql)?;
        statement
            .query_map(params![fingerprint.0, limit as i64], |row| row.get(0))?
            .collect()
    }

    fn size(&mut self) -> Result<usize, rusqlite::Error> {
        let sql = "SELECT coalesce(max(id), 0) FROM kind";
        self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))
    }

    fn newest(&mut self, expression: &str, limit: usize) -> Result<Newest<i64>, rusqlite::Error> {
        let sql = "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY rowid DESC";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([expression], |row| row.get(0))?;
        let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
        let counted = ids.len().min(limit);
        Ok(Newest {
            counted,
            last: counted.checked_sub(1).and_then(|last| ids.get(last)).copied(),
            estimate: ids.len(),
        })
    }

    fn matches(&mut self, list: &List<i64>, limit: usize) -> Result<Vec<i64>, rusqlite::Error> {
        let order = if list.weights.is_some() {
            ""
        } else {
            "-entry.rowid,"
        };
        let sql = format!(
            "SELECT kind.id FROM entry JOIN kind ON kind.id = entry.rowid
             WHERE entry MATCH ? AND entry.rowid >= ? {}
             ORDER BY {order} bm25(entry, ?, ?, ?, ?, ?, ?, ?), kind.id LIMIT ?",
            self.filter
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let [a, b, c, d, e, f, g] = list.weights.unwrap_or_default();
        let (words, since) = (&list.expression, list.since.unwrap_or(i64::MIN));
        let values = params![words, since, a, b, c, d, e, f, g, limit as i64];
        statement.query_map(values, |row| row.get(0))?.collect()
    }

    fn text(&mut self, id: i64) -> Result<String, rusqlite::Error> {
        self.db
            .prepare_cached("SELECT title || char(10) || body FROM entry WHERE rowid = ?")?
            .query_row([id], |row| row.get(0))
    }

    fn facts(&mut self, _: i64) -> Result<Facts, rusqlite::Error> {
        Ok(Facts {
            importance: 0.5,
            age: 0.0,
            half_life: 0.0,
        })
    }
}

/// Counts where the right entries are in lists of hits.
#[derive(Default, Clone, Copy)]
pub(crate) struct Score {
    pub(crate) queries: usize,
    first: f64,
    five: f64,
    recall: f64,
    reciprocal: f64,
}

impl Score {
    pub(crate) fn add(&mut self, hits: &[i64], right: &[i64]) {
        self.queries += 1;
        let rank = hits.iter().position(|hit| right.contains(hit));
        self.first += f64::from(u8::from(rank == Some(0)));
        self.five += f64::from(u8::from(rank.is_some_and(|rank| rank < 5)));
        let found = right
            .iter()
            .filter(|id| hits.iter().take(10).any(|hit| hit == *id));
        self.recall += found.count() as f64 / right.len().max(1) as f64;
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.queries += other.queries;
        self.first += other.first;
        self.five += other.five;
        self.recall += other.recall;
        self.reciprocal += other.reciprocal;
    }

    /// The share of queries whose first hit is right.
    pub(crate) fn first(&self) -> f64 {
        self.first / self.queries.max(1) as f64
    }

    /// Prints one row.
    pub(crate) fn print(&self, label: &str) {
        let mean = |sum: f64| sum / self.queries.max(1) as f64;
        println!(
            "{label:<44} {:>5} queries   hit@1 {:.3}   hit@5 {:.3}   recall@10 {:.3}   MRR {:.3}",
            self.queries,
            mean(self.first),
            mean(self.five),
            mean(self.recall),
            mean(self.reciprocal)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_query_is_a_syntax_error() {
        let entry = Entry {
            title: "NEAR \"quotes\"".to_owned(),
            body: "AND OR NOT title: ^start* (a b) -minus 10.0.0.7".to_owned(),
            ..Entry::default()
        };
        let mut index = Entries::new([entry]).unwrap();
        let long = "a\"b* -c ( tag:x kind:working ^ 1.2.3.4 ".repeat(2500);
        let fixed = [
            "",
            "\"",
            "\"\"",
            "\"\"\"",
            "*",
            "-",
            "NEAR(a b)",
            "NEAR(",
            "AND",
            "OR NOT *",
            "title: x",
            "{title} : x",
            "^a",
            "a + b",
            "tag:",
            "kind:",
            "tag:'",
            "tag:\"a",
            "-a",
            "a*b*",
            "\u{0}a",
            "a\u{202e}b\u{200b}",
            "(((",
            "\\",
            "'; --",
            "数",
            "\"数据库\"",
            "é*",
            "-é x",
            "\n\n",
            "a\nb",
            long.as_str(),
        ];
        for text in fixed {
            index
                .search(text, 5)
                .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        }
        assert_eq!(index.search("near quotes", 5).unwrap(), [1]);
        assert_eq!(index.search("10.0.0.7", 5).unwrap(), [1]);
        assert_eq!(index.search("near -minus", 5).unwrap(), [] as [i64; 0]);
    }
}
