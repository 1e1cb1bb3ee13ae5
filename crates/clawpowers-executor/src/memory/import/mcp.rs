//! The file of the official memory server for MCP: entities with observations, and relations between them.

use super::formats::{Content, list, text};
use super::record::Record;
use super::{Importer, Origin, reason};
use crate::error::Result;
use crate::memory::entry::{Kind, Relation};
use crate::memory::export::LinkLine;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What a file has. Relations come after all entities.
#[derive(Debug, Default)]
pub(super) struct Graph {
    entities: Vec<Entity>,
    /// The numbers of the entities, by their names.
    numbers: HashMap<String, usize>,
    relations: Vec<(usize, RelationLine)>,
}

#[derive(Debug)]
struct Entity {
    line: usize,
    name: String,
    kind: String,
    observations: Vec<String>,
    relations: Vec<RelationLine>,
}

#[derive(Debug)]
struct RelationLine {
    from: String,
    to: String,
    kind: String,
}

impl Graph {
    /// Adds an entity or a relation; returns why it is not valid.
    pub(super) fn add(&mut self, value: &Value, line: usize) -> std::result::Result<(), String> {
        let required = |name: &str| {
            let found = Some(text(value, name)).filter(|text| !text.trim().is_empty());
            found.map(str::to_owned).ok_or_else(|| format!("no `{name}`"))
        };
        if text(value, "type") == "relation" {
            let relation = RelationLine {
                from: required("from")?,
                to: required("to")?,
                kind: required("relationType")?,
            };
            self.relations.push((line, relation));
            return Ok(());
        }
        let name = required("name")?;
        let observations = list(value, "observations");
        if let Some(known) = self
            .numbers
            .get(&name)
            .and_then(|number| self.entities.get_mut(*number))
        {
            // The server never writes one twice; a merge of two files does.
            known.observations.extend(observations);
            return Ok(());
        }
        self.numbers.insert(name.clone(), self.entities.len());
        self.entities.push(Entity {
            line,
            name,
            kind: text(value, "entityType").to_owned(),
            observations,
            relations: Vec::new(),
        });
        Ok(())
    }

    /// Imports each entity as an entry. A relation that entries can have is a link, any other a line of the text.
    pub(super) fn import(mut self, importer: &mut Importer<'_>, origin: Origin<'_>) -> Result<()> {
        for (line, relation) in self.relations {
            let from = self.numbers.get(&relation.from);
            match from.and_then(|number| self.entities.get_mut(*number)) {
                Some(entity) => entity.relations.push(relation),
                None => {
                    let detail = format!(
                        "the entity {} does not exist",
                        crate::display::quoted(&relation.from)
                    );
                    importer.skip(origin.name, line, reason::LINK, detail);
                }
            }
        }
        let records: Vec<_> = self
            .entities
            .iter()
            .map(|one| one.record(origin, importer))
            .collect();
        let uids: HashMap<&str, String> = self
            .entities
            .iter()
            .zip(&records)
            .map(|(entity, record)| (entity.name.as_str(), record.entry.uid.clone()))
            .collect();
        for (entity, mut record) in self.entities.iter().zip(records) {
            for relation in &entity.relations {
                match (known(&relation.kind), uids.get(relation.to.as_str())) {
                    (Some(known), Some(uid)) => record.links.push(LinkLine {
                        relation: known.as_str().to_owned(),
                        target: uid.clone(),
                    }),
                    _ => {
                        let mut content = Content(std::mem::take(&mut record.entry.content));
                        content.add("", &format!("{} {}", relation.kind, relation.to));
                        record.entry.content = content.0;
                    }
                }
            }
            importer.entry(record, origin.name, entity.line)?;
        }
        Ok(())
    }
}

impl Entity {
    fn record(&self, origin: Origin<'_>, importer: &Importer<'_>) -> Record {
        let mut content = Content(String::new());
        let mut seen = BTreeSet::new();
        for observation in &self.observations {
            if seen.insert(observation) {
                content.add("", observation);
            }
        }
        if content.0.is_empty() {
            content = Content::new(&self.name);
        }
        let unique = content.0.clone();
        let name = [origin.place.unwrap_or(&unique), self.name.as_str()];
        let mut record = Record::new(Kind::Semantic, content.0, "entity", &name, importer.writer.now);
        record.title(&self.name);
        record.tags(std::slice::from_ref(&self.kind));
        record
    }
}

/// Returns the relation of entries that a relation of entities says.
fn known(kind: &str) -> Option<Relation> {
    let words: String = kind.chars().filter(|c| c.is_alphanumeric()).collect();
    Some(match words.to_lowercase().as_str() {
        "supersedes" | "replaces" => Relation::Supersedes,
        "causedby" => Relation::CausedBy,
        "resolves" | "fixes" | "solves" => Relation::Resolves,
        "contradicts" => Relation::Contradicts,
        _ => return None,
    })
}
