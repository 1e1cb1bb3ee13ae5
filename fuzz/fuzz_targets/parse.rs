//! Any bytes parse without a panic for every target, and every diagnostic and edit is within the text.
#![no_main]

use clawpowers_loader::syntax::{Source, lines};
use clawpowers_loader::{ParseOptions, Target, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = Source::decode(bytes);
    let end = text.position(text.text().len());
    // The number of code points in each line; after a final newline there is an empty line.
    let mut widths: Vec<usize> = lines(text.text()).map(|line| line.text.chars().count()).collect();
    widths.resize(end.line, 0);
    for target in Target::ALL {
        let options = ParseOptions {
            target,
            folder: Some("folder".to_owned()),
        };
        let parsed = parse(bytes, &options);
        assert_eq!(parsed.skill.is_none(), parsed.reason.is_some());
        if let Some(skill) = &parsed.skill {
            assert!(!skill.description.trim().is_empty() && !skill.name.is_empty());
            let _ = (skill.outline(), skill.token_estimate());
        }
        for diagnostic in &parsed.diagnostics {
            let (line, column) = (diagnostic.position.line, diagnostic.position.column);
            assert!(line >= 1 && line <= end.line, "{diagnostic:?} is after {end:?}");
            // One past the end is the newline; a carriage return may count as one more.
            assert!(
                column >= 1 && column <= widths[line - 1] + 2,
                "{diagnostic:?} is after the end of a line of {} characters",
                widths[line - 1]
            );
            for edit in &diagnostic.edits {
                assert!(
                    text.text().get(edit.range.clone()).is_some(),
                    "{edit:?} is not in the text"
                );
            }
        }
    }
});
