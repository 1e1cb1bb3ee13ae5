//! What each client reads in one file, as the clients did when they were run: frontmatter that is not YAML, delimiters,
//! names.

use super::*;
use clawpowers_loader::Invocation;

/// What a client makes of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Read {
    name: String,
    label: Option<String>,
    description: String,
    invocation: Invocation,
}

/// Returns what a client makes of `text` as the SKILL.md of a folder.
fn read_in(client: &str, folder: &str, text: &str) -> Option<Read> {
    let user = UserHome::new();
    let root = match client {
        "claude" => ".claude/skills",
        _ => ".agents/skills",
    };
    user.write(&format!("{root}/{folder}/SKILL.md"), text);
    let entry = user.see(client, "repo").entries.into_iter().next()?;
    Some(Read {
        name: entry.skill.name,
        label: entry.label,
        description: entry.skill.description,
        invocation: entry.skill.invocation,
    })
}

fn read(client: &str, text: &str) -> Option<Read> {
    read_in(client, "mug", text)
}

/// Returns the description that a client reads in `fields`; the body has the text `BODY`.
fn described(client: &str, fields: &str) -> String {
    let text = format!("---\nname: mug\n{fields}\n---\nBODY\n");
    read(client, &text).map_or("-".to_owned(), |read| read.description)
}

#[test]
fn each_client_changes_other_lines_of_broken_yaml() {
    // What Claude Code, Codex, OpenCode, OpenClaw, Gemini and Pi read; `-` is rejected.
    const CLIENTS: [&str; 6] = ["claude", "codex", "opencode", "openclaw", "gemini", "pi"];
    for (fields, expected) in [
        (
            "description: for: tea",
            ["for: tea", "for: tea", "for: tea", "for: tea", "for: tea", "-"],
        ),
        (
            "description: [never closed",
            [
                "[never closed",
                "[never closed",
                "-",
                "[never closed",
                "[never closed",
                "-",
            ],
        ),
        (
            "description: @tea and `milk`",
            [
                "@tea and `milk`",
                "@tea and `milk`",
                "-",
                "@tea and `milk`",
                "@tea and `milk`",
                "-",
            ],
        ),
        (
            "description: *strong* tea",
            ["*strong* tea", "-", "-", "*strong* tea", "*strong* tea", "-"],
        ),
        ("description: > tea", ["> tea", "-", "-", "> tea", "> tea", "-"]),
        ("description: - tea", ["BODY", "-", "-", "- tea", "- tea", "-"]),
        (
            "description: \"tea\" time",
            ["BODY", "-", "-", "\"tea\" time", "\"tea\" time", "-"],
        ),
        (
            "description: \"tea\\ time\\q\"",
            ["BODY", "-", "-", "tea\\ time\\q", "\"tea\\ time\\q\"", "-"],
        ),
        (
            "description: for: tea # hot",
            [
                "for: tea # hot",
                "for: tea",
                "for: tea # hot",
                "for: tea # hot",
                "for: tea # hot",
                "-",
            ],
        ),
        ("description: tea\nhint: [x", ["tea", "tea", "-", "-", "tea", "-"]),
        (
            "description: tea\nhint: a: b",
            ["tea", "tea", "tea", "-", "tea", "-"],
        ),
        (
            "description: tea\nthe-hint: a: b",
            ["tea", "tea", "-", "-", "tea", "-"],
        ),
        (
            "description: tea\nmetadata:\n  hint: a: b",
            ["BODY", "tea", "-", "-", "tea", "-"],
        ),
        ("description: tea\nhint: - x", ["BODY", "-", "-", "-", "tea", "-"]),
        ("description: tea\nno field", ["BODY", "-", "-", "-", "tea", "-"]),
        (
            "description: tea # hot\nhint: [x",
            ["tea # hot", "tea", "-", "-", "tea # hot", "-"],
        ),
        (
            "description: !urgent tea",
            ["tea", "tea", "-", "tea", "!urgent tea", "tea"],
        ),
        ("description: ~", ["BODY", "-", "-", "~", "~", "-"]),
        (
            "hint: a\nhint: b\ndescription: tea",
            ["tea", "tea", "-", "-", "tea", "-"],
        ),
    ] {
        let found = CLIENTS.map(|client| described(client, fields));
        assert_eq!(found, expected.map(str::to_owned), "{fields}");
    }
}

#[test]
fn claude_reads_no_field_of_frontmatter_that_stays_broken() {
    let text =
        "---\nname: cup\ndescription: [a cup\ndisable-model-invocation: true\n more: - {\n---\n\n# Cups\n";
    let cup = read("claude", text).unwrap();
    assert_eq!((cup.name.as_str(), cup.label), ("mug", None));
    assert_eq!(cup.description, "Cups");
    // The guard is not read either.
    assert!(cup.invocation.model);
    // Where quotes repair it, it is.
    let text = text.replace(" more: - {\n", "");
    let cup = read("claude", &text).unwrap();
    assert_eq!(
        (cup.label.as_deref(), cup.description.as_str()),
        (Some("cup"), "[a cup")
    );
    assert!(!cup.invocation.model);
}

#[test]
fn claude_shows_labels_of_letters_digits_and_four_marks() {
    let label = |name: &str| {
        let text = format!("---\nname: \"{name}\"\ndescription: x\n---\n");
        read("claude", &text).unwrap().label
    };
    for name in ["cup", "My-Cup_2.0:a", "größe", "画像", "a\u{301}", "①"] {
        assert_eq!(label(name).as_deref(), Some(name));
    }
    for name in [
        "a cup",
        "cup ",
        "a/b",
        "a,b",
        "a|b",
        "a;b",
        "a\\tb",
        "a(b)",
        "a—b",
        "🚀",
        "a\u{200b}b",
        "",
    ] {
        assert_eq!(label(name), None, "{name}");
    }
}

#[test]
fn claude_shows_one_space_for_a_run_of_controls_and_no_terminal_sequence() {
    for (text, shown) in [
        ("a\\n\\n\\tb", "a b"),
        ("a \\n b", "a   b"),
        ("a\\e[31mb\\e[0mc", "abc"),
        ("a\\e]0;title\\x07b", "ab"),
        ("a\\eMb\\e", "ab"),
        ("\\ufeffa\\x85", "a "),
    ] {
        assert_eq!(
            described("claude", &format!("description: \"{text}\"")),
            shown,
            "{text}"
        );
    }
    // OpenClaw removes the sequences too.
    assert_eq!(
        described("openclaw", "description: \"a\\e]0;title\\x07b\\eMc\\nd\""),
        "abc\nd"
    );
}

#[test]
fn each_client_has_its_own_delimiters() {
    let opened = |client: &str, line: &str| {
        read(client, &format!("{line}\nname: mug\ndescription: tea\n---\n")).is_some()
    };
    let closed = |client: &str, line: &str| {
        let text = format!("---\nname: mug\ndescription: tea\n{line}\nBODY\n");
        read(client, &text).is_some_and(|read| read.description == "tea")
    };
    for (client, openers, closers) in [
        (
            "codex",
            vec!["---", "--- ", "---\t", " ---"],
            vec!["---", "--- ", " ---"],
        ),
        (
            "gemini",
            vec!["---"],
            vec!["---", "--- ", "----", "---x", "--- x"],
        ),
        (
            "opencode",
            vec!["---", "--- ", "---\t", "---yaml"],
            vec!["---", "--- ", "----", "---x", "--- x"],
        ),
        ("copilot", vec!["---", "--- ", "---\t"], vec!["---", "--- "]),
        (
            "pi",
            vec!["---", "--- ", "---\t", "----", "---x"],
            vec!["---", "--- ", "----", "---x", "--- x"],
        ),
        ("openclaw", vec!["---", "--- ", "---\t"], vec!["---", "--- "]),
        ("qwen", vec!["---"], vec!["---"]),
    ] {
        let lines = [
            "---",
            "--- ",
            "---\t",
            "----",
            " ---",
            "---x",
            "--- x",
            "---yaml",
            "\u{feff} ---",
        ];
        let found: Vec<&str> = lines.into_iter().filter(|line| opened(client, line)).collect();
        assert_eq!(found, openers, "{client}");
        let lines = ["---", "--- ", "----", " ---", "---x", "--- x", "..."];
        let found: Vec<&str> = lines.into_iter().filter(|line| closed(client, line)).collect();
        assert_eq!(found, closers, "{client}");
    }
}

#[test]
fn each_client_has_its_own_rules_for_separators_in_names() {
    let names = [
        "p/q",
        "p\\\\q",
        "p:q",
        "p|q",
        "p;q",
        "p,q",
        "p\\0q",
        "p\\nq",
        "p q",
        "p\\tq",
        "p\\u2028q",
    ];
    for (client, expected) in [
        ("claude", ["mug"; 11].map(Some)),
        (
            "codex",
            [
                "p/q", "p\\q", "p:q", "p|q", "p;q", "p,q", "p\0q", "p q", "p q", "p q", "p q",
            ]
            .map(Some),
        ),
        (
            "gemini",
            [
                "p-q",
                "p-q",
                "p-q",
                "p-q",
                "p;q",
                "p,q",
                "p\0q",
                "p\nq",
                "p q",
                "p\tq",
                "p\u{2028}q",
            ]
            .map(Some),
        ),
        (
            "opencode",
            [
                "p/q",
                "p\\q",
                "p:q",
                "p|q",
                "p;q",
                "p,q",
                "p\0q",
                "p\nq",
                "p q",
                "p\tq",
                "p\u{2028}q",
            ]
            .map(Some),
        ),
        (
            "pi",
            [
                "p/q",
                "p\\q",
                "p:q",
                "p|q",
                "p;q",
                "p,q",
                "p\0q",
                "p\nq",
                "p q",
                "p\tq",
                "p\u{2028}q",
            ]
            .map(Some),
        ),
        (
            "openclaw",
            [
                "p/q",
                "p\\q",
                "p:q",
                "p|q",
                "p;q",
                "p,q",
                "pq",
                "p\nq",
                "p q",
                "p\tq",
                "p\u{2028}q",
            ]
            .map(Some),
        ),
        (
            "copilot",
            [
                None,
                None,
                Some("p:q"),
                None,
                None,
                None,
                None,
                None,
                Some("p-q"),
                None,
                None,
            ],
        ),
        (
            "qwen",
            [
                None,
                None,
                Some("p:q"),
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
            ],
        ),
    ] {
        let found = names.map(|name| read(client, &format!("---\nname: \"{name}\"\ndescription: x\n---\n")));
        let found = found.map(|read| read.map(|read| read.name));
        assert_eq!(found, expected.map(|name| name.map(str::to_owned)), "{client}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Windows cannot hold the names")]
fn claude_hides_skills_with_odd_spaces_and_controls_in_the_name() {
    for (folder, is_shown) in [
        ("tea time", true),
        ("tea:time", true),
        ("tea|time;,", true),
        ("tea  time", false),
        (" tea", false),
        ("tea\ntime", false),
        ("tea\ttime", false),
        ("tea\u{2028}time", false),
        ("tea\u{200b}time", false),
    ] {
        let tea = read_in("claude", folder, "---\ndescription: x\n---\n").unwrap();
        assert_eq!((tea.name.as_str(), tea.invocation.model), (folder, is_shown));
    }
}

#[test]
fn block_scalars_keep_the_line_ends_that_each_client_keeps() {
    let text = "description: |+\n  Pours.\n\n";
    for (client, expected) in [
        ("codex", "Pours."),
        ("claude", "Pours."),
        ("gemini", "Pours.\n\n"),
        ("opencode", "Pours.\n\n"),
        ("copilot", "Pours.\n\n"),
    ] {
        assert_eq!(described(client, text), expected, "{client}");
    }
    assert_eq!(described("copilot", "description: \"  Pours. \""), "  Pours. ");
    assert_eq!(
        described("copilot", "description: >\n  Pours\n  tea."),
        "Pours tea."
    );
}

#[test]
fn qwen_hides_a_skill_only_for_the_word_true() {
    let user = UserHome::new();
    let values = [
        "true", "TRUE", "'true'", "yes", "1", "", "null", "maybe", "[true]", "false",
    ];
    for (at, value) in values.iter().enumerate() {
        let fields = format!("name: s{at}\ndescription: x\ndisable-model-invocation: {value}");
        user.write(
            &format!(".qwen/skills/s{at}/SKILL.md"),
            &format!("---\n{fields}\n---\nDo.\n"),
        );
    }
    // Lines are read if the frontmatter is not YAML.
    let broken = "name: t\ndescription: a: b [\ndisable-model-invocation: true";
    user.write(".qwen/skills/t/SKILL.md", &format!("---\n{broken}\n---\nDo.\n"));
    let catalog = user.see("qwen", "repo");
    let hidden = catalog
        .entries
        .iter()
        .filter(|entry| !entry.skill.invocation.model);
    let hidden: Vec<_> = hidden.map(|entry| entry.skill.name.as_str()).collect();
    assert_eq!(hidden, ["s0", "s1", "s2", "t"]);
}

#[test]
fn qwen_shows_first_lines_once_its_list_is_long() {
    let user = UserHome::new();
    let write = |name: &str| {
        let text = format!(
            "---\nname: {name}\ndescription: |\n  Pours {name}.\n  {}\n---\n",
            "x".repeat(500)
        );
        user.write(&format!(".qwen/skills/{name}/SKILL.md"), &text);
    };
    let lines = || -> Vec<usize> {
        let catalog = user.see("qwen", "repo");
        catalog
            .entries
            .iter()
            .map(|entry| entry.skill.description.lines().count())
            .collect()
    };
    for name in ["tea", "milk", "juice"] {
        write(name);
    }
    assert_eq!(lines(), [2, 2, 2]);
    write("water");
    assert_eq!(lines(), [1, 1, 1, 1]);
    let water = user.see("qwen", "repo");
    assert_eq!(water.entries.last().unwrap().skill.description, "Pours water.");
}
