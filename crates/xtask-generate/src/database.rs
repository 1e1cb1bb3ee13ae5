//! The tables of the database and the fields of an export, in Markdown.

use clawpowers_api::{MEMORY_TABLES, MIGRATIONS, SCHEMA_VERSION, csv_header};

/// The version of the schema that added the tables of memory.
const MEMORY_SINCE: usize = 8;

/// A table or a column, with the version of the schema that added it.
struct Described {
    name: String,
    since: usize,
    about: String,
    columns: Vec<Described>,
}

impl Described {
    fn new(name: &str, since: usize, about: &str) -> Self {
        Self {
            name: name.trim_end_matches([',', ';']).to_owned(),
            since,
            about: about.trim().to_owned(),
            columns: Vec::new(),
        }
    }

    /// Writes the version if it is not that of the table.
    fn since(&self, table: usize) -> String {
        match self.since == table {
            true => String::new(),
            false => format!("since {}", self.since),
        }
    }
}

/// Reads the tables and views of the migrations: one column on each line, comments above and after it.
fn read() -> Vec<Described> {
    let mut tables: Vec<Described> = Vec::new();
    let migrations = (1..).zip(MIGRATIONS.iter().copied());
    for (step, migration) in migrations.chain([(MEMORY_SINCE, MEMORY_TABLES)]) {
        let (mut above, mut inside) = (String::new(), false);
        for line in migration.lines() {
            let (code, comment) = line.split_once("--").unwrap_or((line, ""));
            let words: Vec<&str> = code.split_whitespace().collect();
            match words.as_slice() {
                [] => {
                    above.push_str(comment);
                    continue;
                }
                ["CREATE", "TABLE", name, ..] => {
                    tables.push(Described::new(name, step, &above));
                    inside = true;
                }
                // Where a view is replaced, the first comment describes it.
                ["CREATE", "VIEW", name, ..] if tables.iter().any(|table| table.name == *name) => {}
                ["CREATE", "VIEW", name, columns @ ..] => {
                    let mut view = Described::new(name, step, &above);
                    let columns = columns.iter().take_while(|word| **word != "AS");
                    view.columns = columns
                        .map(|column| Described::new(column.trim_matches(['(', ')', ',']), step, ""))
                        .collect();
                    tables.push(view);
                }
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..] => {
                    let table = tables.iter_mut().find(|table| table.name == *name);
                    table
                        .into_iter()
                        .for_each(|table| table.columns.push(Described::new(column, step, &above)));
                }
                [word, ..] if word.starts_with(')') => inside = false,
                [column, ..] if inside && !column.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                    let table = tables.last_mut().into_iter();
                    table.for_each(|table| table.columns.push(Described::new(column, step, comment)));
                }
                _ => {}
            }
            above.clear();
        }
    }
    tables
}

/// Writes the section of the tables.
pub(crate) fn tables() -> String {
    let mut out = format!(
        "\n## The database\n\nThe schema has version {SCHEMA_VERSION}. \
         [COMPATIBILITY.md](../COMPATIBILITY.md#the-database) says how other programs can read it.\n\n\
         | table | contents | columns |\n|---|---|---|\n"
    );
    for table in read() {
        let column = |column: &Described| {
            let details = [column.since(table.since), column.about.clone()];
            let details: Vec<_> = details.into_iter().filter(|detail| !detail.is_empty()).collect();
            match details.is_empty() {
                true => column.name.clone(),
                false => format!("{} ({})", column.name, details.join("; ")),
            }
        };
        let columns: Vec<_> = table.columns.iter().map(column).collect();
        let since = match table.since(1).as_str() {
            "" => String::new(),
            since => format!(" ({since})"),
        };
        out.push_str(&format!(
            "| `{}`{since} | {} | {} |\n",
            table.name,
            table.about,
            columns.join(", ")
        ));
    }
    out
}

/// Writes the section of the fields of an export.
pub(crate) fn exports() -> String {
    let header = csv_header();
    let fields: Vec<_> = header.split(',').map(|field| format!("`{field}`")).collect();
    let (id, rest) = fields
        .split_first()
        .map_or(("", &[][..]), |(id, rest)| (id.as_str(), rest));
    format!(
        "\n## Exports\n\nA line of `metrics export` has these fields in this order, without those that have no value: {}. \
         In CSV, {id} is before them.\n",
        rest.join(", ")
    )
}
