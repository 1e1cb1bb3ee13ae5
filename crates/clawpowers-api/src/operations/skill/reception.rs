//! What each target does with a skill: whether it takes it, ignores it or refuses it, and why.

use crate::wire::named;
use clawpowers_loader::display::quote;
use clawpowers_loader::{
    Diagnostic, Parsed, Reception, Rule, Severity, Target, fields_of, merge_diagnostics,
};
use serde::Serialize;

/// What one target does with a skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetVerdict {
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Target>"))]
    pub target: Target,
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Reception>"))]
    pub verdict: Reception,
    /// The ids of the rules that say why.
    pub rules: Vec<&'static str>,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The fields of the skill that other clients read and this one does not.
    pub ignored_fields: Vec<String>,
}

/// Lints a skill for every target: the diagnostics of all, and the verdict of each.
pub(super) fn for_all(lint: impl Fn(Target) -> Parsed) -> (Parsed, Vec<TargetVerdict>) {
    // Whether the skill loads is what ClawPowers says.
    let mut all = lint(Target::ClawPowers);
    let mut verdicts = Vec::new();
    for target in Target::ALL {
        let parsed = lint(target);
        verdicts.push(verdict(target, &parsed));
        merge_diagnostics(&mut all.diagnostics, parsed.diagnostics);
    }
    (all, verdicts)
}

/// The rules by which a client does not even look at a file.
const UNSEEN: [Rule; 3] = [Rule::FileNameCase, Rule::FileNameLowercase, Rule::SymlinkEscape];

fn verdict(target: Target, parsed: &Parsed) -> TargetVerdict {
    let of = |wanted: fn(&Diagnostic) -> bool| parsed.diagnostics.iter().filter(move |&d| wanted(d));
    let errors = || of(|d| d.severity == Severity::Error);
    let hidden = || of(|d| d.rule == Rule::HiddenFromModel);
    // The specification and the upload have no other way to reject a skill than an error.
    let is_loader = target.is_client() || target == Target::ClawPowers;
    let is_refused = if is_loader {
        parsed.skill.is_none()
    } else {
        errors().next().is_some()
    };
    let (verdict, why): (Reception, Vec<&Diagnostic>) = if errors().any(|d| UNSEEN.contains(&d.rule)) {
        (Reception::Ignores, errors().collect())
    } else if is_refused {
        (Reception::Refuses, errors().collect())
    } else if hidden().next().is_some() {
        (Reception::Ignores, hidden().collect())
    } else {
        let notable = |d: &Diagnostic| {
            d.severity == Severity::Error || matches!(d.rule, Rule::LoadsLater | Rule::GuardIgnored)
        };
        (Reception::Takes, of(notable).collect())
    };
    let unknown: Vec<&str> = why
        .iter()
        .filter(|d| d.rule == Rule::UnknownField)
        .filter_map(|d| d.message.split('`').nth(1))
        .collect();
    let others = why.iter().filter(|d| d.rule != Rule::UnknownField);
    let mut reasons: Vec<String> = others.map(|d| d.message.clone()).collect();
    if !unknown.is_empty() {
        let fields = if unknown.len() == 1 { "field" } else { "fields" };
        reasons.push(format!("unknown {fields} {}", list(&unknown)));
    }
    let keys = || parsed.skill.iter().flat_map(|skill| skill.frontmatter.keys());
    let fields = fields_of(target);
    let ignored_fields: Vec<String> = keys().filter(|key| fields.ignores(key)).cloned().collect();
    if verdict == Reception::Takes {
        if let Some(skill) = parsed.skill.as_ref().filter(|skill| !skill.invocation.model) {
            let who = if skill.invocation.user {
                "only the user"
            } else {
                "nobody"
            };
            reasons.push(format!("{who} can start it"));
        }
        // What is ignored with a warning has been said.
        let is_told = |key: &&str| {
            why.iter()
                .any(|d| d.rule == Rule::GuardIgnored && d.message.contains(*key))
        };
        let ignored: Vec<&str> = ignored_fields
            .iter()
            .map(String::as_str)
            .filter(|key| !is_told(key))
            .collect();
        if !ignored.is_empty() {
            reasons.push(format!("ignores {}", list(&ignored)));
        }
        let unclear: Vec<&str> = keys()
            .map(String::as_str)
            .filter(|key| fields.may_read(key))
            .collect();
        if !unclear.is_empty() {
            reasons.push(format!("not known whether it reads {}", list(&unclear)));
        }
    }
    let mut rules: Vec<&'static str> = Vec::new();
    for rule in why.iter().map(|d| d.rule.id()) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    TargetVerdict {
        target,
        verdict,
        rules,
        reasons,
        ignored_fields,
    }
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| quote(name))
        .collect::<Vec<_>>()
        .join(", ")
}
