//! One run makes all repairs for every target, loses no skill, and keeps the meaning of valid frontmatter.
#![no_main]

use clawpowers_loader::{Diagnostic, ParseOptions, Parsed, Target, Rule, fix, parse};
use libfuzzer_sys::fuzz_target;

/// Returns whether the frontmatter was parsed without repairs.
fn strict(parsed: &Parsed) -> bool {
    let odd = |d: &Diagnostic| {
        d.rule.is_repair() || (d.rule.id().starts_with("frontmatter-") && d.rule != Rule::FrontmatterDashes)
    };
    !parsed.diagnostics.iter().any(odd)
}

fuzz_target!(|bytes: &[u8]| {
    // Targets differ in what they report and thus repair; the length selects one, so that all are used.
    let target = Target::ALL
        .get(bytes.len() % 8)
        .copied()
        .unwrap_or(Target::ClawPowers);
    let options = ParseOptions {
        target,
        folder: Some("folder".to_owned()),
    };
    let before = parse(bytes, &options);
    let fixed = fix(bytes, &options);
    if before.diagnostics.iter().any(|d| d.rule == Rule::NotUtf8) {
        // Not changed: the replacement characters are not what the author wrote.
        assert!(!fixed.changed);
        return;
    }
    let again = fix(fixed.after.as_bytes(), &options);
    assert_eq!(again.after, fixed.after, "a second fix changes more");
    let Some(skill) = before.skill.clone() else { return };
    let Some(after) = fixed.parsed.skill.clone() else {
        panic!("the skill is lost:\n{}", fixed.after)
    };
    assert_eq!(skill.description, after.description);
    assert_eq!(skill.name, after.name);
    if strict(&before) {
        assert_eq!(skill.frontmatter, after.frontmatter);
        assert_eq!(skill.body, after.body);
    }
});
