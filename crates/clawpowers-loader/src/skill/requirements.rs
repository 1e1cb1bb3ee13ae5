//! What a skill needs: programs, environment variables, settings, operating systems, other skills.
//!
//! Read from the 1.x field `requires` and from `metadata.openclaw.requires` with its older spellings.

use super::optional::once_each;
use crate::display::quote;
use crate::lint::{Diagnostics, Rule};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::{Kind, Node};

/// The metadata blocks that may contain requirements, newest spelling first.
const VENDORS: [&str; 4] = ["openclaw", "clawdbot", "clawdis", "moltbot"];

/// Another skill that must be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillRequirement {
    pub name: String,
    /// `None` accepts any version.
    pub range: Option<semver::VersionReq>,
}

/// What a skill needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Programs that must all be in `PATH`.
    pub bins: Vec<String>,
    /// Programs of which one must be in `PATH`.
    pub any_bins: Vec<String>,
    /// Environment variables that must be set.
    pub env: Vec<String>,
    /// Settings that must be on, as dotted paths.
    pub config: Vec<String>,
    /// Operating systems it runs on: `linux`, `macos` or `windows`; any if empty.
    pub os: Vec<String>,
    pub skills: Vec<SkillRequirement>,
    /// Whether only the operating system counts, as OpenClaw's `always` says.
    pub always: bool,
}

impl Requirements {
    /// Returns whether nothing is required.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn read(
    front: &Frontmatter<'_>,
    metadata: Option<&Node>,
    diagnostics: &mut Diagnostics,
) -> Requirements {
    let mut reader = Reader {
        front,
        diagnostics,
        found: Requirements::default(),
    };
    if let Some(node) = front.root.get("requires") {
        reader.block(node);
    }
    if let Some(vendor) = VENDORS.iter().find_map(|vendor| metadata?.get(vendor)) {
        if let Some(node) = vendor.get("requires") {
            reader.block(node);
        }
        reader.os(vendor.get("os"));
        reader.found.always = vendor.get("always").and_then(Node::as_bool) == Some(true);
    }
    reader.found
}

struct Reader<'a, 'f> {
    front: &'a Frontmatter<'f>,
    diagnostics: &'a mut Diagnostics,
    found: Requirements,
}

impl Reader<'_, '_> {
    fn block(&mut self, node: &Node) {
        if node.entries().is_none() {
            if !node.is_null() {
                self.odd(node, "requires", "a mapping with `bins`, `env` and the like");
            }
            return;
        }
        let keys: [&[&str]; 4] = [
            &["bins", "tools"],
            &["anyBins", "any_bins"],
            &["env"],
            &["config"],
        ];
        let lists = keys.map(|keys| {
            keys.iter()
                .flat_map(|key| self.strings(node.get(key), key))
                .collect()
        });
        let found = &mut self.found;
        let all = [
            &mut found.bins,
            &mut found.any_bins,
            &mut found.env,
            &mut found.config,
        ];
        for (all, new) in all.into_iter().zip::<[Vec<String>; 4]>(lists) {
            all.extend(new);
            once_each(all);
        }
        self.skills(node.get("skills"));
        self.os(node.get("os"));
    }

    fn strings(&mut self, node: Option<&Node>, key: &str) -> Vec<String> {
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        if let Some(text) = node.as_text() {
            return text
                .split([',', ' '])
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect();
        }
        let Some(items) = node.items() else {
            self.odd(node, key, "a list of strings");
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match item.as_text().or_else(|| item.get("name")?.as_text()) {
                Some(text) => found.push(text.to_owned()),
                None => self.odd(item, key, "a list of strings"),
            }
        }
        found
    }

    fn os(&mut self, node: Option<&Node>) {
        for name in self.strings(node, "os") {
            self.found.os.push(match name.as_str() {
                "darwin" | "macos" | "mac" | "osx" => "macos".to_owned(),
                "win32" | "windows" | "win" => "windows".to_owned(),
                _ => name,
            });
        }
        once_each(&mut self.found.os);
    }

    /// Reads `[a, "b@^1.2"]` or `{a: "*", b: "^1.2"}`.
    fn skills(&mut self, node: Option<&Node>) {
        let Some(node) = node else { return };
        let pairs: Vec<(String, String)> = match &node.kind {
            Kind::Mapping(entries) => entries
                .iter()
                .map(|(k, v)| (k.key_text().to_owned(), v.as_text().unwrap_or("*").to_owned()))
                .collect(),
            _ => self
                .strings(Some(node), "skills")
                .into_iter()
                .map(|item| match item.split_once('@') {
                    Some((name, range)) => (name.to_owned(), range.to_owned()),
                    None => (item, "*".to_owned()),
                })
                .collect(),
        };
        for (name, range) in pairs {
            let parsed = semver::VersionReq::parse(&range);
            if parsed.is_err() {
                self.odd(node, &format!("skills.{name}"), "a version range such as `^1.2`");
            }
            let range = parsed.ok().filter(|range| *range != semver::VersionReq::STAR);
            self.found.skills.push(SkillRequirement { name, range });
        }
    }

    fn odd(&mut self, node: &Node, key: &str, wanted: &str) {
        let message = format!(
            "the requirement {} is not {wanted}: {}",
            quote(key),
            quote(self.front.slice(node))
        );
        let position = self.front.position(node.start);
        let hint = format!("write {wanted}");
        self.diagnostics
            .hint(Rule::RequirementForm, position, message, hint);
    }
}
