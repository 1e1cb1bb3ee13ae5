//! Public skill files with the results of the reference validator.
//!
//! `CLAWPOWERS_CORPUS` is the path of an archive of skill folders with a `MANIFEST.tsv`. It is not part of the project;
//! without it, these tests print a line and pass.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot continue has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test shows paths as the system writes them"
)]

mod words;

use clawpowers_loader::search::{Document, Hit, rank, rank_lazily};
use clawpowers_loader::{
    Catalog, CatalogOptions, DiskTree, ParseOptions, Root, Rule, Target, fix, lint_package, parse,
    skill_file, skills_ref, syntax,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A row of the manifest.
struct Row {
    folder: PathBuf,
    valid: bool,
}

/// The unpacked collection; dropping it deletes its folder.
struct Corpus {
    _home: tempfile::TempDir,
    root: PathBuf,
    rows: Vec<Row>,
    files: Vec<PathBuf>,
}

/// Returns the collection, which the tests that run at the same time share.
fn corpus() -> Option<Arc<Corpus>> {
    static SHARED: Mutex<Weak<Corpus>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(corpus) = shared.upgrade() {
        return Some(corpus);
    }
    let corpus = Arc::new(unpacked()?);
    *shared = Arc::downgrade(&corpus);
    Some(corpus)
}

fn unpacked() -> Option<Corpus> {
    let Some(archive) = std::env::var_os("CLAWPOWERS_CORPUS") else {
        println!("skipped: CLAWPOWERS_CORPUS is not set");
        return None;
    };
    let home = tempfile::tempdir().unwrap();
    let unpacked = Command::new("tar")
        .arg("xzf")
        .arg(&archive)
        .arg("-C")
        .arg(home.path())
        .status()
        .unwrap();
    assert!(unpacked.success(), "{archive:?} cannot be unpacked");
    let root = fs::read_dir(home.path()).unwrap().next().unwrap().unwrap().path();
    let manifest = fs::read_to_string(root.join("MANIFEST.tsv")).unwrap();
    let mut lines = manifest.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| columns.iter().position(|c| *c == name).unwrap();
    let (path, valid) = (column("path"), column("skills_ref_valid"));
    let rows = lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|cells| Row {
            folder: root.join(cells[path]),
            valid: cells[valid] == "1",
        })
        .collect();
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    Some(Corpus {
        _home: home,
        root,
        rows,
        files,
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else if entry.file_name().eq_ignore_ascii_case("SKILL.md") {
            files.push(entry.path());
        }
    }
}

fn options(file: &Path) -> ParseOptions {
    let folder = file
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    ParseOptions {
        folder,
        ..ParseOptions::default()
    }
}

/// Returns whether the lines of a file contain frontmatter with a description.
///
/// This is independent of the loader: a line of `---` (possibly with fields on it), and before the next one a line that
/// starts with `description:` and contains text or is followed by text.
fn has_description(text: &str) -> bool {
    let lines: Vec<&str> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim_end)
        .collect();
    if lines
        .first()
        .is_some_and(|line| line.starts_with("--- name:") && line.contains(" description: "))
    {
        return true;
    }
    let delimiter = |line: &str| line == "---";
    let start = match lines.iter().position(|line| delimiter(line)) {
        Some(_) if lines[0].starts_with("name:") => 0,
        Some(at) => at,
        None => return false,
    };
    // A delimiter may be a thematic break earlier in the text, so each delimiter may open the frontmatter.
    (start..lines.len())
        .filter(|&at| at == 0 || delimiter(lines[at]))
        .any(|at| {
            let block = &lines[at + usize::from(delimiter(lines[at]))..];
            let near = block
                .iter()
                .take_while(|line| !delimiter(line))
                .take(12)
                .position(|l| l.starts_with("description:"));
            near.is_some_and(|index| {
                let value = block[index]["description:".len()..]
                    .trim()
                    .trim_matches(['|', '>', '-', '+', '"', '\'']);
                let below = block
                    .get(index + 1)
                    .is_some_and(|line| line.starts_with(' ') && !line.trim().is_empty());
                !value.trim().is_empty() || below
            })
        })
}

#[test]
fn every_description_loads_and_everything_else_has_a_reason() {
    let Some(corpus) = corpus() else { return };
    let (mut loaded, mut without) = (0, BTreeMap::new());
    for file in &corpus.files {
        let Ok(bytes) = fs::read(file) else { continue };
        let parsed = parse(&bytes, &options(file));
        let text = String::from_utf8_lossy(&bytes);
        match (&parsed.skill, parsed.reason) {
            (Some(skill), None) => {
                assert!(!skill.description.trim().is_empty());
                loaded += 1;
            }
            (None, Some(reason)) => {
                assert!(
                    !has_description(&text),
                    "{} has a description: {reason}",
                    file.display()
                );
                *without.entry(reason.id()).or_insert(0) += 1;
            }
            other => panic!("{}: {other:?}", file.display()),
        }
    }
    println!("{loaded} files load; without a skill: {without:?}");
    assert!(loaded > 400, "{loaded}");
    let catalog = Catalog::load(&CatalogOptions {
        roots: vec![Root::extra(corpus.root.clone())],
        ..CatalogOptions::default()
    });
    let rows: Vec<PathBuf> = catalog
        .entries
        .iter()
        .map(|entry| entry.location().into_owned())
        .chain(
            catalog
                .shadowed
                .iter()
                .chain(&catalog.duplicates)
                .map(|hidden| hidden.location.clone()),
        )
        .chain(catalog.rejected.iter().map(|rejected| rejected.location.clone()))
        .collect();
    for file in &corpus.files {
        assert!(rows.contains(file), "{} has no row", file.display());
    }
}

/// The known bugs of the reference validator, by the rule that reveals one; every difference needs one of them.
const DEFECTS: [(Rule, &str); 6] = [
    (
        Rule::Bom,
        "it treats a byte order mark as text before the frontmatter",
    ),
    (
        Rule::YamlFlowStyle,
        "it cannot read lists in brackets and mappings in braces",
    ),
    (Rule::YamlAnchor, "it cannot read anchors and aliases"),
    (Rule::YamlTag, "it cannot read tags"),
    (
        Rule::FrontmatterDashes,
        "it ends the frontmatter at `---` inside a value",
    ),
    (
        Rule::FrontmatterCloserGlued,
        "it ends the frontmatter at `---` followed by text",
    ),
];

#[test]
fn target_spec_agrees_with_the_reference_validator() {
    let Some(corpus) = corpus() else { return };
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut same, mut differ) = (0, 0);
    for row in &corpus.rows {
        let file = skill_file(&DiskTree, &row.folder).unwrap_or_else(|| row.folder.join("SKILL.md"));
        let parsed = lint_package(&DiskTree, &file, Target::Spec).parsed;
        let words = skills_ref::validate(row.folder.to_str().unwrap());
        assert_eq!(
            parsed.is_valid(),
            words.is_empty(),
            "{}: {words:?} {:?}",
            row.folder.display(),
            parsed.diagnostics
        );
        if parsed.is_valid() == row.valid {
            same += 1;
            continue;
        }
        differ += 1;
        let defect = DEFECTS
            .iter()
            .find(|(rule, _)| parsed.diagnostics.iter().any(|d| d.rule == *rule));
        let Some((_, why)) = defect else {
            panic!(
                "{} differs without a defect of the reference: {:?}",
                row.folder.display(),
                parsed.diagnostics
            );
        };
        *explained.entry(why).or_default() += 1;
    }
    println!("{same} verdicts are the same, {differ} differ: {explained:?}");
    assert!(same > 400, "{same}");
}

#[test]
fn every_repairable_file_parses_strictly_once_fixed() {
    let Some(corpus) = corpus() else { return };
    let (mut repaired, mut same, mut hopeless) = (0, 0, 0);
    for file in &corpus.files {
        let Ok(bytes) = fs::read(file) else { continue };
        let before = parse(&bytes, &options(file));
        let fixed = fix(&bytes, &options(file));
        let Some(skill) = before.skill else {
            hopeless += 1;
            continue;
        };
        let again = fix(fixed.after.as_bytes(), &options(file));
        assert_eq!(
            again.after,
            fixed.after,
            "{} is not fixed in one go",
            file.display()
        );
        assert!(!again.changed, "{}", file.display());
        let after = fixed
            .parsed
            .skill
            .unwrap_or_else(|| panic!("{} is lost", file.display()));
        assert_eq!(after.description, skill.description, "{}", file.display());
        let strict = |d: &clawpowers_loader::Diagnostic| {
            !d.rule.is_repair() && !d.rule.id().starts_with("frontmatter-")
                || d.rule == Rule::FrontmatterDashes
        };
        assert!(
            fixed.parsed.diagnostics.iter().all(strict),
            "{}: {:?}",
            file.display(),
            fixed.parsed.diagnostics
        );
        // An independent parser reads the repaired frontmatter as a mapping, too.
        let block = syntax::locate(&fixed.after).unwrap();
        let yaml: serde_yaml::Value = serde_yaml::from_str(&fixed.after[block.start..block.end])
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(yaml.is_mapping(), "{}", file.display());
        if fixed.changed {
            repaired += 1;
        } else {
            assert_eq!(fixed.after.as_bytes(), bytes);
            same += 1;
        }
        if before.diagnostics.iter().all(strict) {
            assert_eq!(after.frontmatter, skill.frontmatter, "{}", file.display());
            let hides = before.diagnostics.iter().any(|d| d.rule == Rule::HiddenCharacter);
            assert_eq!(after.body != skill.body, hides, "{}", file.display());
        }
    }
    println!("{repaired} files repaired, {same} left as they were, {hopeless} hold no skill");
    assert!(repaired > 40 && same > 300, "{repaired} {same}");
}

/// Missing files and placeholders are reported in few skills, and in none with the target `spec`.
#[test]
fn missing_files_in_code_and_placeholders_are_rare() {
    let Some(corpus) = corpus() else { return };
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in &corpus.files {
        for finding in lint_package(&DiskTree, file, Target::ClawPowers)
            .parsed
            .diagnostics
        {
            if matches!(finding.rule, Rule::DanglingPath | Rule::PlaceholderText) {
                let (line, message) = (finding.position.line, finding.message);
                let file = file.strip_prefix(&corpus.root).unwrap().display();
                let row = format!("{file}:{line} {message}");
                told.entry(finding.rule.id()).or_default().push(row);
            }
        }
        let spec = lint_package(&DiskTree, file, Target::Spec).parsed.diagnostics;
        let silent = |rule| spec.iter().all(|finding| finding.rule != rule);
        assert!(silent(Rule::DanglingPath) && silent(Rule::PlaceholderText));
    }
    for (rule, rows) in &told {
        println!("{rule}: {}\n  {}", rows.len(), rows.join("\n  "));
        let files: std::collections::BTreeSet<_> = rows.iter().map(|row| row.split(':').next()).collect();
        assert!(
            files.len() * 20 < corpus.files.len(),
            "{rule}: {} files",
            files.len()
        );
    }
}

#[test]
fn no_repair_of_a_real_file_loses_or_moves_a_word() {
    let Some(corpus) = corpus() else { return };
    let files = corpus
        .files
        .iter()
        .filter_map(|file| Some((file, fs::read(file).ok()?)));
    let files: Vec<(&PathBuf, Vec<u8>)> = files.collect();
    for (file, bytes) in &files {
        let lost = words::lost(bytes, &options(file));
        assert!(lost.is_none(), "{}: {}", file.display(), lost.unwrap());
    }
    // The same files with additional faults.
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let faults = prop::collection::vec((words::fault(), 0..40_usize), 1..4);
    let checked = runner.run(&(0..files.len(), faults), |(index, faults)| {
        let (file, bytes) = &files[index];
        let text = String::from_utf8_lossy(bytes).into_owned();
        let text = faults.iter().fold(text, |text, (fault, place)| {
            words::with_fault(&text, fault, *place)
        });
        let lost = words::lost(text.as_bytes(), &options(file));
        prop_assert!(lost.is_none(), "{}: {}", file.display(), lost.unwrap_or_default());
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn reading_few_bodies_does_not_change_search_results() {
    let Some(corpus) = corpus() else { return };
    let skills = corpus.files.iter().filter_map(|file| {
        let bytes = fs::read(file).ok()?;
        parse(&bytes, &options(file)).skill
    });
    let whole: Vec<Document> = skills
        .map(|skill| Document {
            headings: skill.outline().headings.into_iter().map(|h| h.text).collect(),
            name: skill.name,
            tags: skill.tags,
            description: skill.description,
        })
        .collect();
    let heads: Vec<Document> = whole
        .iter()
        .map(|document| Document {
            headings: Vec::new(),
            ..document.clone()
        })
        .collect();
    let headings = |index: usize| whole[index].headings.clone();
    let (mut found, mut wanted) = (0, 0);
    for words in [
        "debug memory leak",
        "pdf forms",
        "deploy kubernetes",
        "write tests",
        "salesforce records",
        "scrape youtube",
        "review pull requests",
        "database migrations",
        "security audit",
        "translate documents",
        "twitter posts",
        "image generation",
        "crypto prices",
        "计划",
        "troubleshooting",
        "configuration",
    ] {
        let top = |hits: Vec<Hit>| hits.into_iter().take(10).map(|hit| hit.index).collect::<Vec<_>>();
        let best = top(rank(&whole, words));
        let lazy = top(rank_lazily(&heads, words, 10, &headings));
        wanted += best.len();
        found += best.iter().filter(|index| lazy.contains(index)).count();
    }
    println!("{found} of the {wanted} best hits are the same");
    assert!(found * 100 >= wanted * 85, "{found} of {wanted}");
}

#[test]
fn real_files_hide_only_stray_characters() {
    let Some(corpus) = corpus() else { return };
    let mut rows = Vec::new();
    for file in &corpus.files {
        for diagnostic in lint_package(&DiskTree, file, Target::ClawPowers)
            .parsed
            .diagnostics
        {
            let row = format!("{}: {}: {}", file.display(), diagnostic.rule, diagnostic.message);
            let wrong = [
                Rule::HiddenText,
                Rule::BidiControl,
                Rule::NameLookalike,
                Rule::WindowsName,
            ];
            assert!(!wrong.contains(&diagnostic.rule), "{row}");
            if diagnostic.rule != Rule::HiddenCharacter {
                continue;
            }
            let path = diagnostic
                .file
                .map_or_else(|| file.clone(), |path| file.with_file_name(path));
            let text = fs::read_to_string(path).unwrap();
            let text = text.trim_start_matches('\u{feff}');
            for edit in &diagnostic.edits {
                let stray = |c| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
                assert!(text[edit.range.clone()].chars().all(stray), "{row}");
                // No part of an emoji, and of no script that needs it.
                let before = text[..edit.range.start].chars().next_back().unwrap_or('\n');
                assert!(
                    before < '\u{590}' || ('\u{2000}'..'\u{2600}').contains(&before) || before > '\u{1d400}'
                );
                assert!(!('\u{1f000}'..='\u{1faff}').contains(&before), "{row}");
            }
            rows.push(row);
        }
    }
    println!(
        "{} lines with hidden characters:\n{}",
        rows.len(),
        rows.join("\n")
    );
    assert!(rows.len() * 50 < corpus.files.len(), "{}", rows.len());
}
