//! Repairs settle in one go, lose no skill, and leave what parses as it is.
#![no_main]

use clawpowers_loader::{Diagnostic, ParseOptions, Parsed, Rule, fix, parse};
use libfuzzer_sys::fuzz_target;

fn strict(parsed: &Parsed) -> bool {
    let odd = |d: &Diagnostic| {
        d.rule.is_repair() || (d.rule.id().starts_with("frontmatter-") && d.rule != Rule::FrontmatterDashes)
    };
    !parsed.diagnostics.iter().any(odd)
}

fuzz_target!(|bytes: &[u8]| {
    let options = ParseOptions { folder: Some("folder".to_owned()), ..ParseOptions::default() };
    let before = parse(bytes, &options);
    let fixed = fix(bytes, &options);
    let Some(skill) = before.skill.clone() else { return };
    if before.diagnostics.iter().any(|d| d.rule == Rule::NotUtf8) {
        // Left alone: what stands in for its bad bytes is not what the author wrote.
        assert!(!fixed.changed);
        return;
    }
    let Some(after) = fixed.parsed.skill.clone() else { panic!("the skill is lost:\n{}", fixed.after) };
    assert_eq!(skill.description, after.description);
    assert_eq!(skill.name, after.name);
    let again = fix(fixed.after.as_bytes(), &options);
    assert_eq!(again.after, fixed.after, "not settled in one go");
    if strict(&before) {
        assert_eq!(skill.frontmatter, after.frontmatter);
        assert_eq!(skill.body, after.body);
    }
});
