//! `skill why`

use crate::harness::Sandbox;
use clawpowers_loader::CLIENTS;
use serde_json::json;

#[test]
fn each_client_says_why_it_does_not_show_a_skill() {
    let sandbox = Sandbox::new();
    let text = |more: &str| format!("---\nname: tea\ndescription: Brews.\n{more}---\nDo.\n");
    let why = |client: &str| {
        let (code, reply) = sandbox.json(&["skill", "why", "tea", "--as", client]);
        let view = reply["ok"]["clients"][0].clone();
        assert_eq!(code, i32::from(view["status"] != "visible"));
        let part = |key: &str| view[key].as_str().unwrap_or_default().to_owned();
        (part("status"), part("rule"), part("called"), part("hint"))
    };
    let part = |(status, rule, ..): (String, String, String, String)| format!("{status} {rule}");
    sandbox.file(".agents/skills/tea/SKILL.md", text(""));
    assert_eq!(part(why("codex")), "visible ");
    let (status, _, _, hint) = why("claude");
    assert_eq!(status, "elsewhere");
    assert!(hint.contains(".claude/skills"), "{hint}");
    sandbox.file(
        ".agents/skills/tea/agents/openai.yaml",
        "policy:\n  allow_implicit_invocation: false\n",
    );
    assert_eq!(part(why("codex")), "hidden hidden-from-model");
    sandbox.file(".claude/skills/tea/SKILL.md", text("paths: '*.rs'\n"));
    assert_eq!(part(why("claude")), "later loads-later");
    sandbox.file(
        ".github/skills/tea/SKILL.md",
        "---\nname: tea\ndescription: a: b\n---\n",
    );
    std::fs::remove_dir_all(sandbox.work().join(".agents")).unwrap();
    std::fs::remove_dir_all(sandbox.work().join(".claude")).unwrap();
    assert_eq!(part(why("copilot")), "rejected yaml-repaired-colon");
}

#[test]
fn a_client_without_a_fixed_winner_is_named() {
    let sandbox = Sandbox::new();
    for folder in [".opencode/skills/tea", ".agents/skills/tea"] {
        sandbox.file(
            &format!("{folder}/SKILL.md"),
            "---\nname: tea\ndescription: Brews.\n---\n",
        );
    }
    let ran = sandbox.run(&["skill", "list", "--as", "opencode"]);
    assert!(ran.out.contains("\nundetermined "), "{}", ran.out);
}

#[test]
fn a_table_has_a_row_for_each_client() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".claude/skills/tea/SKILL.md",
        "---\nname: other\ndescription: Says \"\\e[31mred\".\n---\n",
    );
    let ran = sandbox.run(&["skill", "why", "other"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("CLIENT"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1 + CLIENTS.len());
    let row = |client: &str| {
        ran.out
            .lines()
            .find(|line| line.starts_with(client))
            .unwrap()
            .to_owned()
    };
    assert!(
        row("claude").contains("visible    the model sees it as `tea`"),
        "{}",
        row("claude")
    );
    assert!(row("vscode").contains("rejected"), "{}", row("vscode"));
    let one = sandbox.run(&["skill", "why", "other", "--as", "claude"]);
    assert_eq!(one.code, 0);
    assert!(one.out.contains("version 2.1.332 was run\n"), "{}", one.out);
    sandbox.refused(1, &["skill", "why", "others"]);
}

#[test]
fn the_budget_says_how_much_of_a_description_is_shown() {
    let sandbox = Sandbox::new();
    let description = "Does many things. ".repeat(8);
    for n in 0..12 {
        for folder in [".claude/skills", ".agents/skills"] {
            sandbox.skill(&format!("{folder}/skill-{n:02}"), &description);
        }
    }
    let why = |name: &str, client: &str, context: &str| {
        let (code, reply) = sandbox.json(&["skill", "why", name, "--as", client, "--context", context]);
        let view = reply["ok"]["clients"][0].clone();
        assert_eq!(code, i32::from(view["status"] != "visible"), "{view}");
        view
    };
    let whole = why("skill-11", "claude", "200000");
    assert_eq!(
        (&whole["status"], &whole["message"]),
        (&json!("visible"), &json!("the model sees it as `skill-11`"))
    );
    assert_eq!(
        whole["budget"],
        json!({"fate": "whole", "shown": 143, "length": 143, "context": 200_000})
    );
    // As `skill budget` says: room for ten descriptions.
    assert_eq!(why("skill-09", "claude", "192000")["budget"]["fate"], "whole");
    let cut = why("skill-10", "claude", "192000");
    assert_eq!(
        (&cut["status"], &cut["description"], &cut["budget"]["shown"]),
        (&json!("over_budget"), &json!(null), &json!(0))
    );
    let message = cut["message"].as_str().unwrap();
    assert!(
        message.starts_with("over budget with a context of 192000 tokens: "),
        "{message}"
    );
    let hint = cut["hint"].as_str().unwrap();
    assert!(hint.contains("`clawpowers skill budget --as claude`"), "{hint}");
    let shortened = why("skill-03", "codex", "20000");
    assert_eq!(shortened["budget"]["fate"], "shortened");
    let shown = usize::try_from(shortened["budget"]["shown"].as_u64().unwrap()).unwrap();
    assert!((1..143).contains(&shown), "{shortened}");
    assert_eq!(shortened["description"].as_str().unwrap().chars().count(), shown);
    let message = shortened["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("with {shown} of the 143 characters")),
        "{message}"
    );
    assert_eq!(why("skill-03", "codex", "1000")["budget"]["fate"], "dropped");
    let text = sandbox.run(&["skill", "why", "skill-00", "--as", "codex"]);
    assert!(
        text.out
            .contains("budget       143 of 143 characters of the description, "),
        "{}",
        text.out
    );
}

#[test]
fn qwen_keeps_first_lines_in_a_long_list() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".qwen/skills/tea/SKILL.md",
        "---\nname: tea\ndescription: |-\n  Brews.\n  Use it at five.\n---\nDo.\n",
    );
    let description = || {
        let (_, reply) = sandbox.json(&["skill", "why", "tea", "--as", "qwen"]);
        reply["ok"]["clients"][0]["description"].clone()
    };
    assert_eq!(description(), "Brews.\nUse it at five.");
    for n in 0..12 {
        sandbox.skill(
            &format!(".qwen/skills/skill-{n:02}"),
            &"Does many things. ".repeat(8),
        );
    }
    assert_eq!(description(), "Brews.");
}

#[test]
fn a_skill_too_deep_for_a_client_says_so() {
    let sandbox = Sandbox::new();
    sandbox.skill(".claude/skills/group/tea", "Brews.");
    let (_, reply) = sandbox.json(&["skill", "why", "tea", "--as", "claude"]);
    let view = &reply["ok"]["clients"][0];
    assert_eq!(
        (&view["status"], &view["rule"]),
        (&json!("rejected"), &json!("scan-depth"))
    );
    assert_eq!(view["message"], "folders deeper than 1 level are not read");
    assert_eq!(
        view["hint"],
        "move the skill up, directly into the folder of skills"
    );
}

#[test]
fn the_setting_that_switches_a_skill_off_is_named() {
    let sandbox = Sandbox::new();
    sandbox.skill(".claude/skills/tea", "Brews.");
    let why = || {
        let (_, reply) = sandbox.json(&["skill", "why", "tea", "--as", "claude"]);
        let view = &reply["ok"]["clients"][0];
        let part = |key: &str| view[key].as_str().unwrap_or_default().to_owned();
        (part("status"), part("message"), part("hint"))
    };
    let settings = |text: &str| sandbox.file(".claude/settings.json", text);
    settings(r#"{"skillOverrides": {"tea": "off"}}"#);
    let (status, message, hint) = why();
    assert_eq!(status, "hidden");
    assert!(
        message.starts_with("the setting `skillOverrides.tea` in `"),
        "{message}"
    );
    assert!(
        message.ends_with("/.claude/settings.json` switches it off"),
        "{message}"
    );
    assert_eq!(hint, "change the setting if the model may use the skill");
    settings(r#"{"skillOverrides": {"tea": "name-only"}}"#);
    let (status, message, _) = why();
    assert_eq!(
        (status.as_str(), message.as_str()),
        ("visible", "the model sees it as `tea`, without a description")
    );
    // Claude Code cannot read these, and shows the skill.
    for text in [
        "",
        "{",
        "[]",
        r#"{"skillOverrides": []}"#,
        r#"{"skillOverrides": {"tea": ["off"]}}"#,
        r#"{"skillOverrides": {"tea": "off"}} // off"#,
    ] {
        settings(text);
        assert_eq!(why().1, "the model sees it as `tea`", "{text}");
    }
    std::fs::remove_file(sandbox.work().join(".claude/settings.json")).unwrap();
    std::fs::create_dir(sandbox.work().join(".claude/settings.json")).unwrap();
    assert_eq!(why().0, "visible");
}

#[test]
fn a_guard_that_a_client_ignores_is_named() {
    let sandbox = Sandbox::new();
    let message = |client: &str, guard: &str| {
        for folder in [".claude", ".qwen", ".agents"] {
            sandbox.file(
                &format!("{folder}/skills/tea/SKILL.md"),
                format!("---\nname: tea\ndescription: Brews.\n{guard}\n---\nDo.\n"),
            );
        }
        let (_, reply) = sandbox.json(&["skill", "why", "tea", "--as", client]);
        let view = &reply["ok"]["clients"][0];
        format!(
            "{} {}",
            view["status"].as_str().unwrap(),
            view["message"].as_str().unwrap()
        )
    };
    for (client, guard) in [
        ("claude", "disable_model_invocation: true"),
        ("qwen", "disableModelInvocation: true"),
        ("claude", "disable-model-invocation:"),
        ("qwen", "disable-model-invocation: yes"),
        ("codex", "disable-model-invocation: true"),
        ("pi", "disable-model-invocation: 'true'"),
    ] {
        let (field, _) = guard.split_once(':').unwrap();
        let expected = format!("visible the model sees it as `tea`; this client ignores `{field}`");
        assert_eq!(message(client, guard), expected, "{client} {guard}");
    }
    let shown = "visible the model sees it as `tea`";
    assert_eq!(message("claude", "disable_model_invocation: false"), shown);
    assert_eq!(message("claude", "user-invocable:"), shown);
}

#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
#[test]
fn a_root_that_is_a_symlink_to_another_is_read_once_and_seen_by_both_clients() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/tea", "Brews.");
    sandbox.file(
        ".agents/skills/other/SKILL.md",
        "---\nname: Cup\ndescription: Holds.\n---\n",
    );
    std::fs::create_dir_all(sandbox.work().join(".claude")).unwrap();
    crate::system::symlink("../.agents/skills", sandbox.work().join(".claude/skills")).unwrap();
    for (name, called) in [("tea", "tea"), ("Cup", "other"), ("other", "other")] {
        let (code, reply) = sandbox.json(&["skill", "why", name, "--as", "claude"]);
        let view = &reply["ok"]["clients"][0];
        assert_eq!((code, &view["called"]), (0, &json!(called)), "{view}");
        let location = view["location"].as_str().unwrap();
        assert!(location.contains("/.claude/skills/"), "{location}");
    }
    let (code, reply) = sandbox.json(&["skill", "why", "Cup", "--as", "codex"]);
    assert_eq!((code, &reply["ok"]["clients"][0]["called"]), (0, &json!("Cup")));
}

#[test]
fn a_list_shows_the_label_beside_the_name() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".claude/skills/tea/SKILL.md",
        "---\nname: earl-grey\ndescription: Brews.\n---\n",
    );
    let ran = sandbox.run(&["skill", "list", "--as", "claude"]);
    assert!(
        ran.out.contains("\ntea (earl-grey)  project  Brews.\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_bundled_skill_is_in_no_folder() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["skill", "why", "systematic-debugging", "--as", "claude"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("it is in no folder that the client reads"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("``"), "{}", ran.out);
}
