//! `--help` at every level, and `--version`.

use crate::harness::World;

/// Returns the commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let below = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    let block = below.split("\n\n").next().unwrap_or_default();
    let name = |line: &str| {
        let rest = line.strip_prefix("  ")?;
        let first = rest.split_whitespace().next()?;
        (!rest.starts_with(' ') && first != "help").then(|| first.to_owned())
    };
    block.lines().filter_map(name).collect()
}

#[test]
fn every_level_has_help_with_examples() {
    let world = World::new();
    let mut seen = Vec::new();
    let mut open = vec![Vec::<String>::new()];
    while let Some(path) = open.pop() {
        let args =
            |flag: &'static str| -> Vec<&str> { path.iter().map(String::as_str).chain([flag]).collect() };
        let ran = world.run(&args("--help"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{path:?}");
        assert!(ran.out.contains("Usage: clawpowers"), "{path:?}: {}", ran.out);
        let (_, examples) = ran
            .out
            .split_once("\nExamples:\n")
            .unwrap_or_else(|| panic!("{path:?} has no examples: {}", ran.out));
        // An example is a command of this very level.
        let example = format!("  clawpowers {}", path.join(" "));
        assert!(
            examples.lines().any(|line| line.starts_with(example.trim_end())),
            "{path:?}: {examples}"
        );
        let short = world.run(&args("-h"));
        assert_eq!((short.code, short.err.as_str()), (0, ""), "{path:?}");
        assert!(
            ran.out.lines().all(|line| line.chars().count() <= 100),
            "{path:?}: {}",
            ran.out
        );
        for name in commands(&ran.out) {
            open.push([path.clone(), vec![name]].concat());
        }
        seen.push(path.join(" "));
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "",
            "analyze",
            "completions",
            "config",
            "config get",
            "config list",
            "config set",
            "config unset",
            "doctor",
            "import",
            "init",
            "metrics",
            "metrics delete",
            "metrics export",
            "metrics finish",
            "metrics import",
            "metrics record",
            "metrics show",
            "metrics start",
            "metrics summary",
            "run",
            "skill",
            "skill budget",
            "skill fix",
            "skill list",
            "skill new",
            "skill prompt",
            "skill read",
            "skill read-properties",
            "skill run",
            "skill search",
            "skill show",
            "skill to-prompt",
            "skill validate",
            "status",
            "store",
            "store append",
            "store cas",
            "store delete",
            "store exists",
            "store export",
            "store get",
            "store import",
            "store incr",
            "store list",
            "store list-values",
            "store set",
        ]
    );
}

#[test]
fn the_examples_parse() {
    let world = World::new();
    let mut tried = 0;
    for noun in ["list", "show", "read", "search", "prompt", "budget", "new"] {
        let help = world.run(&["skill", noun, "--help"]).out;
        for line in help.lines().filter_map(|line| line.strip_prefix("  clawpowers ")) {
            if line.contains(['|', '>', '"']) {
                continue;
            }
            // What an example is for stands two blanks behind it.
            let words: Vec<&str> = line.split("  ").next().unwrap_or_default().split(' ').collect();
            let ran = world.run(&words);
            assert_ne!(ran.code, 2, "{words:?}: {ran:?}");
            tried += 1;
        }
    }
    assert!(tried >= 12, "only {tried} examples were tried");
}

#[test]
fn the_version_is_the_package_s() {
    let world = World::new();
    for flag in ["--version", "-V"] {
        let ran = world.run(&[flag]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_eq!(ran.out, concat!("clawpowers ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn aliases_are_the_same_commands() {
    let world = World::new();
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
        let (a, b) = (world.run(one), world.run(other));
        assert_eq!((a.code, a.out, a.err), (b.code, b.out, b.err), "{one:?}");
    }
}
