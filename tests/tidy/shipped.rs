//! The skills that ship with the program.

use crate::{files, read, root, shown};
use clawpowers_api::{Profile, Severity, bundled_skills};
use clawpowers_loader::{Diagnostic, ParseOptions, inspect, parse};
use std::fs;

/// Nothing at all for the specification and this runtime, at most a remark for everybody else.
fn check(profile: Profile, name: &str, diagnostics: &[Diagnostic], wrong: &mut Vec<String>) {
    for found in diagnostics {
        let strict = matches!(profile, Profile::Spec | Profile::ClawPowers);
        if strict || found.severity > Severity::Info {
            let line = found.position.line;
            wrong.push(format!(
                "{name}:{line} for {profile}: {} {}",
                found.rule, found.message
            ));
        }
    }
}

#[test]
fn shipped_skills_are_clean() {
    let packages = bundled_skills();
    assert!(packages.len() >= 4, "only {} skills are shipped", packages.len());
    let mut wrong = Vec::new();
    for package in &packages {
        let options = |profile| ParseOptions {
            profile,
            folder: package.folder().map(str::to_owned),
        };
        for profile in Profile::ALL {
            let parsed = parse(package.skill_file().unwrap(), &options(profile));
            assert!(
                parsed.skill.is_some(),
                "{} does not load for {profile}",
                package.folder().unwrap()
            );
            check(
                profile,
                package.folder().unwrap(),
                &parsed.diagnostics,
                &mut wrong,
            );
            let file = root()
                .join("skills")
                .join(package.folder().unwrap())
                .join("SKILL.md");
            let inspected = inspect(&file, profile).parsed;
            assert!(
                inspected.skill.is_some(),
                "{} does not load for {profile}",
                shown(&file)
            );
            check(profile, &shown(&file), &inspected.diagnostics, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shipped_skills_are_those_on_disk() {
    let skills = root().join("skills");
    let mut shipped = Vec::new();
    for package in bundled_skills() {
        for (path, bytes) in package.files() {
            let file = skills.join(package.folder().unwrap()).join(path);
            let on_disk = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(on_disk == bytes, "{} differs from what is shipped", shown(&file));
            shipped.push(file);
        }
    }
    shipped.sort();
    assert_eq!(
        files(&skills, "md"),
        shipped,
        "every file of skills/ is shipped and is Markdown"
    );
}

#[test]
fn every_file_of_a_shipped_skill_is_mentioned_in_it() {
    for package in bundled_skills() {
        let text = read(
            &root()
                .join("skills")
                .join(package.folder().unwrap())
                .join("SKILL.md"),
        );
        for (path, _) in package.files().filter(|(path, _)| *path != "SKILL.md") {
            assert!(
                text.contains(path),
                "{}/SKILL.md does not mention {path}",
                package.folder().unwrap()
            );
        }
    }
}
