//! The bundled skills.

use crate::{read, root};
use clawpowers_api::{Severity, Target, bundled_skills};
use clawpowers_loader::{Diagnostic, DiskTree, Tree, digest, lint_package, list_resources};
use std::fs;
use std::path::Path;

/// No diagnostics for the specification and for ClawPowers, at most infos for other targets.
fn check(target: Target, name: &str, diagnostics: &[Diagnostic], wrong: &mut Vec<String>) {
    for found in diagnostics {
        let strict = matches!(target, Target::Spec | Target::ClawPowers);
        if strict || found.severity > Severity::Info {
            let line = found.position.line;
            wrong.push(format!(
                "{name}:{line} for {}: {} {}",
                target.as_str(),
                found.rule,
                found.message
            ));
        }
    }
}

/// Returns the folders of the bundled skills.
fn shipped_folders() -> Vec<String> {
    let folders = fs::read_dir(root().join("skills"))
        .unwrap()
        .map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.path().is_dir());
    folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn bundled_skills_have_no_problems() {
    let folders = shipped_folders();
    assert!(folders.len() >= 4, "only {} skills are shipped", folders.len());
    let bundled = bundled_skills();
    let mut wrong = Vec::new();
    for folder in folders {
        for target in Target::ALL {
            let on_disk = root().join("skills").join(&folder).join("SKILL.md");
            let in_memory = Path::new(&folder).join("SKILL.md");
            for (tree, file) in [(&DiskTree as &dyn Tree, &on_disk), (&*bundled, &in_memory)] {
                let inspected = lint_package(tree, file, target).parsed;
                let name = file.display().to_string();
                assert!(
                    inspected.skill.is_some(),
                    "{name} does not load for {}",
                    target.as_str()
                );
                check(target, &name, &inspected.diagnostics, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bundled_skills_match_those_on_disk() {
    let skills = root().join("skills");
    for folder in shipped_folders() {
        let file = Path::new(&folder).join("SKILL.md");
        assert_eq!(
            digest(&*bundled_skills(), &file).unwrap(),
            digest(&DiskTree, &skills.join(&file)).unwrap(),
            "{folder} differs from what is shipped"
        );
    }
    let every = fs::read_dir(&skills).unwrap().count();
    assert_eq!(every, shipped_folders().len(), "skills/ holds folders only");
}

#[test]
fn every_file_of_a_bundled_skill_is_mentioned_in_it() {
    for folder in shipped_folders() {
        let file = root().join("skills").join(&folder).join("SKILL.md");
        let text = read(&file);
        for resource in list_resources(&DiskTree, &file).unwrap().files {
            let path = resource.path;
            assert!(text.contains(&path), "{folder}/SKILL.md does not mention {path}");
            assert!(path.ends_with(".md"), "{folder}/{path} is not Markdown");
        }
    }
}
