//! Any bytes parse without a panic, and every finding points into the text.
#![no_main]

use clawpowers_loader::source::Source;
use clawpowers_loader::{ParseOptions, Profile, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = Source::decode(bytes);
    let end = text.position(text.text().len());
    for profile in Profile::ALL {
        let options = ParseOptions { profile, folder: Some("folder".to_owned()) };
        let parsed = parse(bytes, &options);
        assert_eq!(parsed.skill.is_none(), parsed.reason.is_some());
        if let Some(skill) = &parsed.skill {
            assert!(!skill.description.trim().is_empty() && !skill.name.is_empty());
            let _ = (skill.outline(), skill.token_estimate());
        }
        for finding in &parsed.diagnostics {
            assert!(finding.position.line >= 1 && finding.position.column >= 1);
            assert!(finding.position.line <= end.line, "{finding:?} lies behind {end:?}");
            for edit in &finding.edits {
                assert!(text.text().get(edit.range.clone()).is_some(), "{edit:?} is not in the text");
            }
        }
    }
});
