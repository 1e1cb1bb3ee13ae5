//! Color, widths and the layout of help pages, on pseudo terminals and in pipes.

use crate::analyze::{import, lines, worsening};
use crate::harness::{Sandbox, finish, unsafe_characters};
use crate::help::pages;
use std::process::Command;

/// Whether the `script` of util-linux can create pseudo terminals.
pub(crate) fn has_terminals() -> bool {
    let version = Command::new("script").arg("--version").output();
    version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("util-linux"))
}

/// Environment variables of a run.
pub(crate) type Variables<'a> = &'a [(&'a str, &'a str)];

impl Sandbox {
    /// Runs the program on a terminal of a certain width and returns the lines that it shows.
    pub(crate) fn shown(&self, columns: usize, args: &[&str], variables: Variables<'_>) -> Vec<String> {
        let quote = |word: &&str| format!("'{}'", word.replace('\'', "'\\''"));
        let words: Vec<String> = args.iter().map(quote).collect();
        let program = env!("CARGO_BIN_EXE_clawpowers");
        let line = format!(
            "stty cols {columns} rows 24; exec '{program}' {}",
            words.join(" ")
        );
        let mut command = self.command("script");
        command.args(["-qec", &line, "/dev/null"]);
        command.env("SHELL", "/bin/sh").env("TERM", "xterm");
        command.envs(variables.iter().copied());
        let ran = finish(&mut command);
        ran.out.replace("\r\n", "\n").lines().map(str::to_owned).collect()
    }

    /// Runs the program with variables and its output in pipes.
    fn piped_with(&self, args: &[&str], variables: Variables<'_>) -> (String, String) {
        let ran = finish(self.program().args(args).envs(variables.iter().copied()));
        (ran.out, ran.err)
    }
}

fn is_coloured(text: &str) -> bool {
    text.contains("\u{1b}[")
}

/// A text without color codes.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    out + rest
}

/// How many columns a terminal needs for a text of letters, CJK and emoji as used here.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if u32::from(c) >= 0x1100 && c != '…' {
                2
            } else {
                1
            }
        })
        .sum()
}

#[test]
fn color_depends_on_option_environment_and_stream() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea.");
    let list = |more: &[&'static str]| [&["skill", "list", "--root", "s"], more].concat();
    let cases: [(&[&str], Variables<'_>, bool); 12] = [
        (&[], &[], false),
        (&["--color", "auto"], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color=always"], &[("NO_COLOR", "1")], true),
        (&["--color", "always"], &[("TERM", "dumb")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], &[("CLICOLOR", "1")], false),
        (&[], &[("TERM", "xterm")], false),
        (&["--json", "--color", "always"], &[], false),
    ];
    for (more, variables, wanted) in cases {
        let (out, _) = sandbox.piped_with(&list(more), variables);
        assert_eq!(is_coloured(&out), wanted, "{more:?} {variables:?}: {out}");
    }
    // Errors, usage errors and help follow the same rules.
    for args in [
        &["skill", "show", "nobody"][..],
        &["skill", "nonsense"],
        &["nonsense"],
    ] {
        for (more, wanted) in [
            (&[][..], false),
            (&["--color", "always"], true),
            (&["--color=never"], false),
        ] {
            let args = [args, more].concat();
            let (_, err) = sandbox.piped_with(&args, &[]);
            assert_eq!(is_coloured(&err), wanted, "{args:?}: {err}");
            assert!(bare(&err).starts_with("error: "), "{err}");
        }
    }
    for args in [&["skill", "--help"][..], &["skill"], &["-h"]] {
        for (more, wanted) in [(&[][..], false), (&["--color", "always"], true)] {
            let args = [args, more].concat();
            let (out, _) = sandbox.piped_with(&args, &[]);
            assert_eq!(is_coloured(&out), wanted, "{args:?}: {out}");
        }
    }
    sandbox.refused(2, &["status", "--color", "sometimes"]);
    if !has_terminals() {
        println!("skipped: there is no `script` of util-linux");
        return;
    }
    for (more, variables, wanted) in [
        (&[][..], &[][..], true),
        (&[], &[("TERM", "dumb")], false),
        (&[], &[("NO_COLOR", "1")], false),
        (&[], &[("NO_COLOR", "")], true),
        (&[], &[("CLICOLOR", "0")], false),
        (&["--color", "never"], &[], false),
        (&["--color", "always"], &[("TERM", "dumb")], true),
    ] {
        let text = sandbox.shown(80, &list(more), variables).join("\n");
        assert_eq!(is_coloured(&text), wanted, "{more:?} {variables:?}: {text}");
    }
}

#[test]
fn diffs_and_severities_have_color_and_untrusted_text_has_none() {
    let sandbox = Sandbox::new();
    let evil = "\u{1b}]0;title\u{7}\u{202e}";
    let fixed = sandbox.file(
        "s/tea/SKILL.md",
        format!("---\nname: tea\ndescription: Makes: tea {evil}.\n---\n\n# Tea\n"),
    );
    let args = ["skill", "fix", "s", "--color", "always"];
    let (out, _) = sandbox.piped_with(&args, &[]);
    for start in [
        "\u{1b}[1m--- ",
        "\u{1b}[1m+++ ",
        "\u{1b}[36m@@ ",
        "\u{1b}[31m-desc",
        "\u{1b}[32m+desc",
    ] {
        assert!(
            out.lines().any(|line| line.starts_with(start)),
            "{start:?}: {out:?}"
        );
    }
    assert_eq!(unsafe_characters(&bare(&out)), [], "{out:?}");
    // Without color, `patch` accepts the diff.
    let (plain, _) = sandbox.piped_with(&["skill", "fix", "s"], &[]);
    assert!(plain.contains(evil) && !plain.contains("\u{1b}[3"), "{plain:?}");
    assert_eq!(bare(&out).lines().count(), plain.lines().count());
    // On stderr, too: problems that cannot be repaired.
    std::fs::write(fixed, format!("---\nname: tea\n---\nNo description {evil}.\n")).unwrap();
    let (_, err) = sandbox.piped_with(&args, &[]);
    assert!(err.contains("\u{1b}[31merror\u{1b}[0m["), "{err:?}");
    assert_eq!(unsafe_characters(&bare(&err)), [], "{err:?}");
    if has_terminals() {
        let shown = sandbox.shown(80, &["skill", "fix", "s"], &[]).join("\n");
        assert!(shown.contains("\u{1b}[31merror\u{1b}[0m["), "{shown:?}");
        assert_eq!(unsafe_characters(&bare(&shown)), [], "{shown:?}");
    }
}

#[test]
fn tables_use_the_width_of_the_terminal() {
    if !has_terminals() {
        println!("skipped: there is no `script` of util-linux");
        return;
    }
    let sandbox = Sandbox::new();
    let long = "a-name-that-is-as-long-as-the-specification-allows-which-is-64-c";
    let names = [
        long,
        "tea",
        "茶を淹れるための長い名前のスキルの一つ",
        "🍵🍵🍵🍵🍵🍵🍵🍵🍵🍵",
    ];
    for name in names {
        sandbox.skill(
            &format!("s/{name}"),
            &"Makes 茶 and 🍵 for everybody who asks for it. ".repeat(8),
        );
    }
    sandbox.file(
        "s/evil/SKILL.md",
        "---\nname: \"\\e[31mred\\u202e\"\ndescription: Is \\e[2J evil.\n---\nBody.\n",
    );
    for width in [40, 80, 200] {
        let lines = sandbox.shown(width, &["skill", "list", "--root", "s"], &[("NO_COLOR", "1")]);
        let rows: Vec<&String> = lines.iter().take(names.len() + 2).collect();
        for row in &rows {
            assert!(columns(row) <= width, "{width}: {} columns: {row}", columns(row));
            assert_eq!(unsafe_characters(row), [], "{row:?}");
        }
        let widest = rows.iter().map(|row| columns(row)).max().unwrap();
        assert!(
            widest + 2 >= width,
            "{width}: only {widest} columns are used: {rows:?}"
        );
        // A name is not truncated if there is space.
        assert_eq!(
            rows.iter().any(|row| row.starts_with(long)),
            width == 200,
            "{width}: {rows:?}"
        );
    }
}

#[test]
fn reports_fit_a_narrow_terminal() {
    if !has_terminals() {
        println!("skipped: there is no `script` of util-linux");
        return;
    }
    let sandbox = Sandbox::new();
    let text = lines("release-notes", 0, worsening())
        + &lines(
            "a-name-that-is-as-long-as-the-specification-allows",
            0,
            (0..12).map(|n| n % 2 == 0),
        )
        + &lines("few", 0, std::iter::once(false));
    import(&sandbox, &text);
    let reports: [&[&str]; 4] = [
        &["analyze"],
        &["analyze", "--skill", "release-notes"],
        &["metrics", "show"],
        &["metrics", "show", "--limit", "3"],
    ];
    for width in [40, 50, 60, 79] {
        for args in reports {
            let shown = sandbox.shown(width, args, &[("NO_COLOR", "1")]);
            assert!(shown.len() > 3, "{args:?}: {shown:?}");
            for line in &shown {
                assert!(columns(line) <= width, "{width}: {args:?}: {line}");
            }
            // A truncated date would be useless.
            if args[0] == "metrics" {
                assert!(shown[1..].iter().all(|row| row.contains("-01-")), "{shown:?}");
            }
        }
    }
}

/// Output with paths and long lines is wrapped, never truncated.
#[test]
fn paths_and_summaries_fit_a_narrow_terminal() {
    if !has_terminals() {
        println!("skipped: there is no `script` of util-linux");
        return;
    }
    let sandbox = Sandbox::new();
    let root = "a-root-with-a-long-name/and-a-folder-below-it/skills";
    sandbox.file(
        &format!("{root}/tea/SKILL.md"),
        "---\nname: tea\ndescription: Makes tea for everybody who asks for it, and 茶 for others.\nmetadata:\n  openclaw:\n    requires:\n      bins: [no-such-program-with-a-long-name]\n---\n\n# A heading of many words that goes on and on\n\nSee [gone](a/file/that/is/gone.md).\n",
    );
    sandbox.skill(&format!("{root}/deep/tea"), "Is shadowed.");
    sandbox.skill(&format!("{root}/milk"), &"Is milk. ".repeat(200));
    sandbox.file(&format!("{root}/broken/SKILL.md"), "nothing\n");
    sandbox.file(
        &format!("{root}/tea/references/a-file-with-a-name-that-is-long.md"),
        "x",
    );
    import(&sandbox, &lines("tea", 0, (0..30).map(|_| false)));
    let reports: [&[&str]; 7] = [
        &["skill", "list", root],
        &["skill", "show", "tea", "--root", root],
        &["skill", "budget", "--root", root, "--context", "2000"],
        &["status"],
        &[
            "status",
            "--home",
            "a-home-that-is-not-there-yet/and-has-a-long-name",
        ],
        &["doctor"],
        &["doctor", "--root", root],
    ];
    for width in [40, 57, 80] {
        for args in reports {
            let mut joined = String::new();
            for variables in [&[("NO_COLOR", "1")][..], &[]] {
                let shown = sandbox.shown(width, args, variables);
                let shown: Vec<String> = shown.iter().map(|line| bare(line)).collect();
                assert!(shown.len() > 2, "{args:?}: {shown:?}");
                for line in &shown {
                    assert!(columns(line) <= width, "{width}: {args:?}: {line}");
                    assert_eq!(line.trim_end(), line, "{args:?}");
                }
                // Nothing of a path is lost.
                joined = shown.iter().map(|line| line.trim_start()).collect();
            }
            let path = match args {
                ["status"] | ["doctor"] => "/claw/clawpowers.db",
                ["status", ..] => "a-home-that-is-not-there-yet/and-has-a-long-name",
                ["skill", "budget", ..] => " of at most",
                _ => "a-root-with-a-long-name/and-a-folder-below-it/skills/",
            };
            assert!(
                joined.replace(' ', "").contains(&path.replace(' ', "")),
                "{width}: {args:?}: {joined}"
            );
        }
    }
}

#[test]
fn a_budget_lists_twenty_skills_and_counts_the_rest() {
    let sandbox = Sandbox::new();
    for n in 0..60 {
        sandbox.skill(
            &format!("s/skill-{n:02}"),
            &"Does a great deal of things. ".repeat(30),
        );
    }
    let args = ["skill", "budget", "--root", "s", "--context", "2000"];
    let rows = |text: &str| text.lines().filter(|line| line.starts_with("skill-")).count();
    let ran = sandbox.run(&args);
    assert_eq!((ran.code, rows(&ran.out)), (1, 40), "{ran:?}");
    let more: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.starts_with("… and "))
        .collect();
    assert_eq!(more.len(), 2, "{ran:?}");
    for line in more {
        let (head, tail) = line.split_once(" more: ").unwrap();
        let hidden: usize = head.strip_prefix("… and ").unwrap().parse().unwrap();
        let parts = tail.strip_suffix("; --all lists them").unwrap().split(", ");
        let sum: usize = parts
            .map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(sum, hidden, "{line}");
    }
    let all = sandbox.run(&[&args[..], &["--all"]].concat());
    assert!(!all.out.contains("… and ") && rows(&all.out) > 60, "{all:?}");
    let (_, reply) = sandbox.json(&args);
    assert_eq!(reply["ok"]["clients"][0]["skills"].as_array().unwrap().len(), 60);
}

fn help(sandbox: &Sandbox, page: &[String], columns: usize) -> (String, String) {
    let args: Vec<&str> = page.iter().map(String::as_str).chain(["--help"]).collect();
    sandbox.piped_with(&args, &[("COLUMNS", &columns.to_string())])
}

#[test]
fn help_pages_fit_their_width_and_are_wrapped_once() {
    let sandbox = Sandbox::new();
    let pages = pages(&sandbox);
    assert!(pages.len() > 40, "{pages:?}");
    for page in &pages {
        for width in [60, 80, 100] {
            let (help, _) = help(&sandbox, page, width);
            let (_, below) = help.split_once("\nExamples:\n").unwrap();
            let (examples, prose) = below.split_once("\n\n").unwrap_or((below, ""));
            if width >= 80 {
                for line in examples.lines() {
                    let own = line.starts_with("  ") && line.chars().count() <= 80;
                    assert!(own, "{page:?}: an example is wrapped at {width} columns: {line}");
                }
            }
            // A paragraph is filled greedily: the next line's first word would not have fitted.
            for paragraph in prose.split("\n\n") {
                let lines: Vec<&str> = paragraph.lines().collect();
                for pair in lines.windows(2) {
                    let word = pair[1].split(' ').next().unwrap();
                    let joined = pair[0].chars().count() + 1 + word.chars().count();
                    assert!(joined > width, "{page:?} at {width}: {pair:?} is wrapped by hand");
                }
            }
            for line in help.lines() {
                assert!(
                    line.chars().count() <= width.max(80),
                    "{page:?} at {width}: {line}"
                );
            }
        }
    }
}

#[test]
fn help_shows_defaults() {
    let sandbox = Sandbox::new();
    let cases: [(&[&str], &[&str]); 10] = [
        (
            &["skill", "list"],
            &["the project, user and runtime-home roots", "all"],
        ),
        (
            &["skill", "validate"],
            &["spec; with --strict, clawpowers", "text"],
        ),
        (&["skill", "search"], &["10"]),
        (&["skill", "prompt"], &["xml", "no limit"]),
        (&["skill", "budget"], &["200000"]),
        (&["store", "incr"], &["1"]),
        (&["store", "list"], &["all keys"]),
        (&["metrics", "show"], &["20"]),
        (&["run"], &["no limit"]),
        (&["import"], &["the runtime home"]),
    ];
    for (page, defaults) in cases {
        let page: Vec<String> = page.iter().map(|&word| word.to_owned()).collect();
        let (help, _) = help(&sandbox, &page, 100);
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for default in [defaults, &["$CLAWPOWERS_DIR, else ~/.clawpowers", "auto"]].concat() {
            assert!(
                help.contains(&format!("[default: {default}]")),
                "{page:?}: {default}: {help}"
            );
        }
    }
}

#[test]
fn global_options_have_their_own_heading() {
    let sandbox = Sandbox::new();
    for page in pages(&sandbox) {
        let (help, _) = help(&sandbox, &page, 100);
        let (own, global) = help
            .split_once("\nGlobal options:\n")
            .unwrap_or_else(|| panic!("{page:?}: {help}"));
        let (global, _) = global.split_once("\n\n").unwrap();
        for option in ["--home <DIR>", "--json", "--color <WHEN>", "-h, --help"] {
            assert!(
                global.contains(option) && !own.contains(&format!("  {option} ")),
                "{page:?}: {option}: {help}"
            );
        }
        assert!(global.contains("[default: auto]"), "{help}");
        assert_eq!(global.contains("-V, --version"), page.is_empty(), "{page:?}");
    }
}
