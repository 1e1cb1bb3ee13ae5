//! What each target does with a skill: whether it takes it, ignores it or refuses it, and why.

use crate::wire::named;
use clawpowers_loader::display::quote;
use clawpowers_loader::{
    Diagnostic, OtherFields, Parsed, Reception, Rule, Severity, Target, fields_of, merge_diagnostics,
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

/// The end of the messages about a guard that has no effect.
const SHOWN: &str = "shows the skill to the model";

/// The rules by which a client does not even look at a file.
const UNSEEN: [Rule; 3] = [Rule::FileNameCase, Rule::FileNameLowercase, Rule::SymlinkEscape];

fn verdict(target: Target, parsed: &Parsed) -> TargetVerdict {
    let has = |is: fn(&Diagnostic) -> bool| parsed.diagnostics.iter().any(is);
    let is_unseen = has(|d| d.severity == Severity::Error && UNSEEN.contains(&d.rule));
    // The specification and the upload have no other way to reject a skill than an error.
    let is_rejected = match target {
        Target::Spec | Target::ClaudeUpload => has(|d| d.severity == Severity::Error),
        _ => parsed.skill.is_none(),
    };
    let verdict = if is_unseen || (!is_rejected && has(|d| d.rule == Rule::HiddenFromModel)) {
        Reception::Ignores
    } else if is_rejected {
        Reception::Refuses
    } else {
        Reception::Takes
    };
    let (mut rules, mut reasons) = (Vec::new(), Vec::new());
    let (mut unknown, mut ignored, mut unclear) = (Names::default(), Names::default(), Names::default());
    for d in &parsed.diagnostics {
        let notable = matches!(
            d.rule,
            Rule::HiddenFromModel | Rule::LoadsLater | Rule::GuardIgnored
        );
        if !notable && d.severity != Severity::Error {
            continue;
        }
        if !rules.contains(&d.rule.id()) {
            rules.push(d.rule.id());
        }
        match d.message.split('`').nth(1) {
            Some(field) if d.rule == Rule::UnknownField => unknown.add(field),
            _ => reasons.push(d.message.clone()),
        }
    }
    unknown.tell("unknown fields:", &mut reasons);
    let mut ignored_fields = Vec::new();
    if let Some(skill) = &parsed.skill {
        if verdict == Reception::Takes && !skill.invocation.model {
            let who = if skill.invocation.user {
                "only the user"
            } else {
                "nobody"
            };
            reasons.push(format!("{who} can start it"));
        } else if verdict == Reception::Takes
            && rules.contains(&Rule::InvocationNotBoolean.id())
            && !reasons.iter().any(|reason| reason.ends_with(SHOWN))
        {
            reasons.push("the model can start it".to_owned());
        }
        for key in skill.frontmatter.keys() {
            match fields_of(target).unread(key) {
                Some(OtherFields::Ignored) => {
                    ignored_fields.push(key.clone());
                    // A guard that is ignored has a reason of its own.
                    if !reasons.iter().any(|reason| reason.contains(&quote(key))) {
                        ignored.add(key);
                    }
                }
                Some(OtherFields::Unknown) => unclear.add(key),
                _ => {}
            }
        }
    }
    ignored.tell("ignores", &mut reasons);
    unclear.tell("not known whether it reads", &mut reasons);
    TargetVerdict {
        target,
        verdict,
        rules,
        reasons,
        ignored_fields,
    }
}

/// Names of fields, quoted and separated by commas.
#[derive(Default)]
struct Names(String);

impl Names {
    fn add(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push_str(", ");
        }
        self.0.push_str(&quote(name));
    }

    /// Adds the names to the reasons, after what is said of them.
    fn tell(self, what: &str, reasons: &mut Vec<String>) {
        if !self.0.is_empty() {
            reasons.push(format!("{what} {}", self.0));
        }
    }
}
