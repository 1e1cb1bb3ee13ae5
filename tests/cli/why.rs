//! `skill why`

use crate::harness::Sandbox;

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
fn a_table_has_a_row_for_each_client() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".claude/skills/tea/SKILL.md",
        "---\nname: other\ndescription: Says \"\\e[31mred\".\n---\n",
    );
    let ran = sandbox.run(&["skill", "why", "other"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("CLIENT"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 13);
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
