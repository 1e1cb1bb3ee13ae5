//! `--help` at every level, and `--version`.

use crate::harness::Sandbox;

/// Returns the subcommands that the help of a command lists.
fn subcommands(sandbox: &Sandbox, path: &[String]) -> Vec<String> {
    let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = sandbox.run(&words).out;
    let (_, list) = help.split_once("\nCommands:\n").unwrap_or_default();
    let name = |line: &str| {
        let rest = line.strip_prefix("  ")?;
        let first = rest.split_whitespace().next()?;
        (!rest.starts_with(' ') && first != "help").then(|| first.to_owned())
    };
    let lines = list.lines().take_while(|line| !line.is_empty());
    lines.filter_map(name).collect()
}

/// Returns every command with a help page; the first one is the program itself.
pub(crate) fn pages(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let mut pages = vec![Vec::new()];
    let mut next = 0;
    while let Some(page) = pages.get(next).cloned() {
        let below = subcommands(sandbox, &page).into_iter();
        pages.extend(below.map(|name| [page.clone(), vec![name]].concat()));
        next += 1;
    }
    pages
}

#[test]
fn every_level_has_help_with_examples() {
    let sandbox = Sandbox::new();
    for path in pages(&sandbox) {
        let args =
            |flag: &'static str| -> Vec<&str> { path.iter().map(String::as_str).chain([flag]).collect() };
        let ran = sandbox.run(&args("--help"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{path:?}");
        assert!(ran.out.contains("Usage: clawpowers"), "{path:?}: {}", ran.out);
        let (_, examples) = ran
            .out
            .split_once("\nExamples:\n")
            .unwrap_or_else(|| panic!("{path:?} has no examples: {}", ran.out));
        // An example is a command of the same level.
        let example = format!("  clawpowers {}", path.join(" "));
        assert!(
            examples.lines().any(|line| line.starts_with(example.trim_end())),
            "{path:?}: {examples}"
        );
        let short = sandbox.run(&args("-h"));
        assert_eq!((short.code, short.err.as_str()), (0, ""), "{path:?}");
        assert!(
            ran.out.lines().all(|line| line.chars().count() <= 100),
            "{path:?}: {}",
            ran.out
        );
    }
}

#[test]
fn the_examples_parse() {
    let sandbox = Sandbox::new();
    let mut tried = 0;
    for noun in ["list", "show", "read", "search", "prompt", "budget", "new"] {
        let help = sandbox.run(&["skill", noun, "--help"]).out;
        for line in help.lines().filter_map(|line| line.strip_prefix("  clawpowers ")) {
            if line.contains(['|', '>', '"']) {
                continue;
            }
            // A comment follows two spaces after an example.
            let words: Vec<&str> = line.split("  ").next().unwrap_or_default().split(' ').collect();
            let ran = sandbox.run(&words);
            assert_ne!(ran.code, 2, "{words:?}: {ran:?}");
            tried += 1;
        }
    }
    assert!(tried >= 12, "only {tried} examples were tried");
}

#[test]
fn the_version_matches_the_package() {
    let sandbox = Sandbox::new();
    for flag in ["--version", "-V"] {
        let ran = sandbox.run(&[flag]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_eq!(ran.out, concat!("clawpowers ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn aliases_are_the_same_commands() {
    let sandbox = Sandbox::new();
    let pairs: [(&[&str], &[&str]); 4] = [
        (&["skills", "list"], &["skill", "ls"]),
        (
            &["skill", "show", "deep-debugger"],
            &["skill", "info", "deep-debugger"],
        ),
        (&["skill", "search", "debug"], &["skill", "find", "debug"]),
        (&["skill", "validate", "nowhere"], &["skill", "check", "nowhere"]),
    ];
    for (one, other) in pairs {
        let (a, b) = (sandbox.run(one), sandbox.run(other));
        assert_eq!((a.code, a.out, a.err), (b.code, b.out, b.err), "{one:?}");
    }
}
