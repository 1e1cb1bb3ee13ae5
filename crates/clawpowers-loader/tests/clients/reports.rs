//! What users reported that a client does, and what the client did when it was run.

use super::*;

/// Returns the names of the skills that the model is shown, in order.
fn shown(catalog: &Catalog) -> String {
    let shown = catalog
        .entries
        .iter()
        .filter(|entry| entry.skill.invocation.model);
    let names: Vec<&str> = shown.map(|entry| entry.skill.name.as_str()).collect();
    names.join(" ")
}

fn with_fields(fields: &str) -> String {
    format!("---\n{fields}\n---\n\nPour it.\n")
}

#[test]
fn claude_hides_a_skill_for_every_spelling_of_true() {
    let user = UserHome::new();
    for (folder, value) in [
        ("a", "true"),
        ("b", "yes"),
        ("c", "YES"),
        ("d", "on"),
        ("e", "1"),
        ("f", "no"),
        ("g", "0"),
    ] {
        let text = with_fields(&format!("description: x\ndisable-model-invocation: {value}"));
        user.write(&format!("repo/.claude/skills/{folder}/SKILL.md"), &text);
    }
    assert_eq!(shown(&user.see("claude", "repo")), "f g");
}

#[test]
fn claude_shows_the_label_of_the_first_of_two_folders() {
    let user = UserHome::new();
    user.skill("repo/.claude/skills/pour-milk", "pour")
        .skill("repo/.claude/skills/pour-tea", "pour");
    let catalog = user.see("claude", "repo");
    assert_eq!(seen(&catalog), ["pour-milk", "pour-tea"]);
    let labels: Vec<_> = catalog
        .entries
        .iter()
        .map(|entry| entry.label.as_deref())
        .collect();
    assert_eq!(labels, [Some("pour"), None]);
    assert!(catalog.shadowed.is_empty());
}

#[test]
fn commands_are_skills_unless_a_skill_has_their_name() {
    let user = UserHome::new();
    user.skill("repo/.claude/skills/tea", "tea")
        .write("repo/.claude/commands/tea.md", "Another tea.\n")
        .write("repo/.claude/commands/wash.md", "Wash the cups.\n")
        .write("repo/.claude/commands/git/tag.md", "Tag it.\n");
    assert_eq!(seen(&user.see("claude", "repo")), ["tea", "git:tag", "wash"]);
    let copilot = user.see("copilot", "repo");
    assert_eq!(seen(&copilot), ["tea", "wash"]);
    assert_eq!(copilot.entries[1].skill.description, "Wash the cups.");
    assert_eq!(sorted(&user.see("codex", "repo")), "");
}

#[test]
fn claude_skills_of_subfolders_load_later() {
    let user = UserHome::new();
    for place in ["repo", "repo/sub", "repo/lib/core"] {
        user.skill(&format!("{place}/.claude/skills/tea"), "tea");
    }
    let root = user.see("claude", "repo");
    assert_eq!(user.winners("claude", "repo", "tea"), ["repo/.claude/skills/tea"]);
    let later = ("tea/SKILL.md".to_owned(), "loads-later");
    assert_eq!(rejected_rows(&root), [later.clone(), later]);
    let message = |at: usize| root.rejected[at].diagnostics[0].message.as_str();
    assert!(message(0).ends_with("in the folder `core`") || message(1).ends_with("in the folder `core`"));
    // In a subfolder, its own precedes that of the root.
    assert_eq!(
        user.winners("claude", "repo/sub", "tea"),
        ["repo/sub/.claude/skills/tea"]
    );
}

#[test]
fn pi_reads_the_shared_folders_above_and_its_own_folder_here() {
    let user = UserHome::new();
    user.skill("repo/.pi/skills/own", "own")
        .write(
            "repo/.pi/skills/quick.md",
            &with_fields("name: quick\ndescription: x"),
        )
        .skill("repo/.agents/skills/shared", "shared")
        .write(
            "repo/.agents/skills/notes.md",
            &with_fields("name: notes\ndescription: x"),
        )
        .skill(".agents/skills/mine", "mine");
    assert_eq!(seen(&user.see("pi", "repo")), ["own", "quick", "shared", "mine"]);
    assert_eq!(seen(&user.see("pi", "repo/sub")), ["shared", "mine"]);
}

#[test]
fn codex_hides_a_skill_by_its_openai_yaml() {
    let user = UserHome::new();
    user.skill("repo/.agents/skills/loud", "loud");
    for (name, policy) in [
        ("quiet", "policy:\n  allow_implicit_invocation: false\n"),
        ("text", "policy:\n  allow_implicit_invocation: \"false\"\n"),
        ("word", "policy:\n  allow_implicit_invocation: no\n"),
        ("broken", "policy: [\n"),
    ] {
        let folder = format!("repo/.agents/skills/{name}");
        user.skill(&folder, name)
            .write(&format!("{folder}/agents/openai.yaml"), policy);
    }
    let catalog = user.see("codex", "repo");
    assert_eq!(catalog.entries.len(), 5);
    assert_eq!(shown(&catalog), "broken loud text word");
}

#[test]
fn files_that_are_nearly_skills_are_named_with_the_way_out() {
    let user = UserHome::new();
    user.write(
        "repo/.claude/skills/pour.md",
        &with_fields("name: pour\ndescription: x"),
    )
    .write("repo/.claude/skills/README.md", "# Skills\n")
    .write("repo/.claude/skills/old/skill.json", "{}")
    .write(
        "repo/.claude/skills/tea/Skill.md",
        &with_fields("name: tea\ndescription: x"),
    )
    .skill("repo/.claude/skills/group/cup", "cup");
    let catalog = user.see("claude", "repo");
    let row = |place: &str, rule| (place.to_owned(), rule);
    assert_eq!(
        rejected_rows(&catalog),
        [
            row("skills/group", "scan-depth"),
            row("skills/old", "file-missing"),
            row("skills/pour.md", "file-flat"),
            row("tea/Skill.md", "file-name-case"),
        ]
    );
    let flat = catalog
        .rejected
        .iter()
        .find(|row| row.reason == Rule::FileFlat)
        .unwrap();
    assert!(flat.diagnostics[0].message.contains("`pour/SKILL.md`"));
}

#[test]
fn codex_keeps_a_long_description_and_rejects_a_long_name() {
    let user = UserHome::new();
    let text = |name: &str, length: usize| {
        with_fields(&format!("name: {name}\ndescription: {}", "茶".repeat(length)))
    };
    user.write("repo/.agents/skills/a/SKILL.md", &text("exact", 1024))
        .write("repo/.agents/skills/b/SKILL.md", &text("over", 1025))
        .write("repo/.agents/skills/c/SKILL.md", &text(&"é".repeat(64), 1))
        .write("repo/.agents/skills/d/SKILL.md", &text(&"é".repeat(65), 1));
    let catalog = user.see("codex", "repo");
    assert_eq!(catalog.entries.len(), 3);
    assert_eq!(
        rejected_rows(&catalog),
        [("d/SKILL.md".to_owned(), "name-too-long")]
    );
    let over = catalog
        .entries
        .iter()
        .find(|entry| entry.skill.name == "over")
        .unwrap();
    assert!(
        over.diagnostics
            .iter()
            .any(|d| d.rule == Rule::DescriptionTooLong)
    );
}

#[test]
fn opencode_lists_a_skill_without_description_and_hides_it() {
    let user = UserHome::new();
    user.write("repo/.opencode/skills/a/SKILL.md", &with_fields("name: Tidy Up"))
        .write(
            "repo/.opencode/skills/b/SKILL.md",
            &with_fields("name: 42\ndescription: x"),
        )
        .write(
            "repo/.opencode/skills/c/SKILL.md",
            &with_fields("name:\ndescription: x"),
        )
        .write(
            "repo/.opencode/skills/flat.md",
            &with_fields("name: flat\ndescription: x"),
        );
    let catalog = user.see("opencode", "repo");
    assert_eq!(
        (sorted(&catalog).as_str(), shown(&catalog).as_str()),
        ("Tidy Up", "")
    );
    assert_eq!(
        rejected_rows(&catalog),
        [
            ("b/SKILL.md".to_owned(), "name-not-string"),
            ("c/SKILL.md".to_owned(), "name-missing"),
            ("skills/flat.md".to_owned(), "file-flat"),
        ]
    );
    // Other clients read the number as text.
    for client in ["codex", "gemini", "qwen"] {
        user.write(
            ".agents/skills/b/SKILL.md",
            &with_fields("name: 42\ndescription: x"),
        );
        assert_eq!(sorted(&user.see(client, "repo")), "42", "{client}");
    }
}

#[test]
fn byte_order_marks_and_line_ends_decide_for_some_clients() {
    let user = UserHome::new();
    let text = |name: &str| with_fields(&format!("name: {name}\ndescription: x"));
    for place in ["repo/.claude/skills", ".openclaw/skills", "repo/.agents/skills"] {
        user.write(
            &format!("{place}/bom/SKILL.md"),
            &format!("\u{feff}{}", text("bom")),
        )
        .write(
            &format!("{place}/both/SKILL.md"),
            &format!("\u{feff}{}", text("both").replace('\n', "\r\n")),
        )
        .write(&format!("{place}/cr/SKILL.md"), &text("cr").replace('\n', "\r"))
        .write(
            &format!("{place}/crlf/SKILL.md"),
            &text("crlf").replace('\n', "\r\n"),
        );
    }
    for (client, expected) in [
        ("claude", "bom both cr crlf"),
        ("codex", "crlf"),
        ("gemini", "crlf"),
        ("opencode", "bom both crlf"),
        ("copilot", "bom both crlf"),
        ("openclaw", "bom both cr crlf"),
        ("pi", "bom both cr crlf"),
        ("qwen", "bom both cr crlf"),
        ("goose", "bom both crlf"),
    ] {
        assert_eq!(sorted(&user.see(client, "repo")), expected, "{client}");
    }
}

#[test]
fn goose_rejects_a_name_with_a_slash_alone() {
    let user = UserHome::new();
    for (folder, name) in [
        ("a", "team/tea"),
        ("b", "team:tea"),
        ("c", "team\\tea"),
        ("d", "@team tea"),
    ] {
        user.write(
            &format!(".agents/skills/{folder}/SKILL.md"),
            &with_fields(&format!("name: '{name}'\ndescription: x")),
        );
    }
    let catalog = user.see("goose", "repo");
    assert_eq!(seen(&catalog), ["team:tea", "team\\tea", "@team tea"]);
    assert_eq!(
        rejected_rows(&catalog),
        [("a/SKILL.md".to_owned(), "name-charset")]
    );
}
