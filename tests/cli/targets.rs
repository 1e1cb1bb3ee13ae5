//! `skill validate --target`: each client, uploads to claude.ai, and all targets at once.

use crate::harness::{Ran, Sandbox};
use crate::terminal::has_terminals;
use clawpowers_loader::Target;
use serde_json::Value;

/// Returns the rules of the diagnostics that are printed with a severity.
fn rules<'a>(ran: &'a Ran, severity: &str) -> Vec<&'a str> {
    let start = format!(": {severity}[");
    let rule = |line: &'a str| line.split_once(&start)?.1.split(']').next();
    ran.out.lines().filter_map(rule).collect()
}

impl Sandbox {
    fn skill_with(&self, folder: &str, fields: &str) {
        self.file(
            &format!("{folder}/SKILL.md"),
            format!("---\n{fields}\n---\n\n# Title\n\nDo it.\n"),
        );
    }

    fn validated(&self, path: &str, target: &str) -> Ran {
        self.run(&["skill", "validate", path, "--target", target])
    }

    /// Returns what each target does with a skill, by its name.
    fn matrix(&self, path: &str) -> Vec<(String, Value)> {
        let (_, reply) = self.json(&["skill", "validate", path, "--target", "all"]);
        let targets = reply["ok"]["files"][0]["targets"].as_array().unwrap().clone();
        let named = |row: Value| (row["target"].as_str().unwrap().to_owned(), row);
        targets.into_iter().map(named).collect()
    }
}

#[test]
fn claude_needs_no_description_and_no_frontmatter() {
    let sandbox = Sandbox::new();
    sandbox.skill_with("s/notes", "name: notes");
    sandbox.file("s/plain/SKILL.md", "Counts the open tasks.\n\nMore.\n");
    for target in ["claude", "claude-code", "Claude Code"] {
        let ran = sandbox.validated("s", target);
        assert_eq!((ran.code, rules(&ran, "error")), (0, vec![]), "{ran:?}");
        assert_eq!(
            rules(&ran, "warning"),
            ["description-missing", "frontmatter-missing"]
        );
        assert!(
            ran.out
                .ends_with("2 files, 2 valid for claude-code, 0 errors, 2 warnings\n"),
            "{ran:?}"
        );
    }
    for target in ["claude-upload", "codex", "pi", "spec"] {
        assert_eq!(sandbox.validated("s", target).code, 1, "{target}");
    }
}

#[test]
fn claude_knows_its_own_fields_and_boolean_words() {
    let sandbox = Sandbox::new();
    let fields = "name: tour\ndescription: Shows a module.\nwhen_to_use: For a tour.\nargument-hint: \"[module]\"\n\
                  arguments: [module]\ndisable-model-invocation: ON\nuser-invocable: 1\nallowed-tools: Read, Grep\n\
                  disallowed-tools: Bash\nmodel: inherit\neffort: xhigh\ncontext: fork\nagent: Explore\n\
                  background: no\nshell: bash\ndisplay-name: Tour\ndefault-enabled: true\nfallback: off\n\
                  hooks:\n  Stop:\n    - hooks: []";
    sandbox.skill_with("tour", fields);
    let ran = sandbox.validated("tour", "claude");
    assert_eq!(ran.out, "1 file, 1 valid for claude-code, 0 errors, 0 warnings\n");
    // An upload has none of them, and moving them elsewhere would not help.
    let ran = sandbox.validated("tour", "claude-upload");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("unknown field `effort`\n  hint: it is a field of Claude Code"),
        "{}",
        ran.out
    );
    let moves = ran.out.matches("move it under").count();
    // Nobody is known to read these two.
    assert_eq!(moves, 2, "{}", ran.out);
    let ran = sandbox.validated("tour", "codex");
    assert_eq!(
        (ran.code, rules(&ran, "warning")),
        (0, vec!["guard-ignored"]),
        "{ran:?}"
    );
    assert!(ran.out.contains("agents/openai.yaml"), "{}", ran.out);
}

#[test]
fn an_upload_refuses_what_claude_code_takes() {
    let sandbox = Sandbox::new();
    sandbox.skill_with("s/label", "name: My Label_2\ndescription: The name is a label.");
    sandbox.skill_with(
        "s/extra",
        "name: extra\ndescription: Has one field more.\nargument-hint: \"[room]\"",
    );
    let long = "Sorts stamps. ".repeat(100);
    sandbox.skill_with("s/long", &format!("name: long\ndescription: {long}"));
    let ran = sandbox.validated("s", "claude-code");
    assert_eq!((ran.code, rules(&ran, "warning")), (0, vec![]), "{ran:?}");
    let ran = sandbox.validated("s", "claude-upload");
    assert!(
        ran.out.contains("3 files, 0 valid for claude-upload"),
        "{}",
        ran.out
    );
    for (skill, field) in [
        ("brackets", "description: Use it if a < b."),
        ("number", "description: 2026"),
        ("my-claude", "description: Has a reserved word."),
    ] {
        sandbox.skill_with(skill, &format!("name: {skill}\n{field}"));
        assert_eq!(sandbox.validated(skill, "claude-upload").code, 1, "{skill}");
        assert_eq!(sandbox.validated(skill, "claude-code").code, 0, "{skill}");
    }
}

#[test]
fn fields_below_an_envelope_load_and_are_moved_up() {
    let sandbox = Sandbox::new();
    let text = "<upload name=\"SKILL.md\">\n---\nname: envelope\ndescription: Is wrapped.\n---\n\nText.\n";
    sandbox.file("envelope/SKILL.md", text);
    let ran = sandbox.validated("envelope", "spec");
    assert_eq!(rules(&ran, "error"), ["frontmatter-not-first"], "{ran:?}");
    assert_eq!(sandbox.validated("envelope", "clawpowers").code, 0);
    let ran = sandbox.run(&["skill", "fix", "envelope", "--write"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let fixed = std::fs::read_to_string(sandbox.work().join("envelope/SKILL.md")).unwrap();
    assert!(fixed.starts_with("---\nname: envelope\n"), "{fixed}");
    assert!(fixed.contains("<upload name=\"SKILL.md\">"), "{fixed}");
}

/// The guard fails closed: in doubt the model does not see the skill.
#[test]
fn a_guard_that_is_not_understood_hides_the_skill() {
    let sandbox = Sandbox::new();
    for (name, value) in [("perhaps", "perhaps"), ("empty", ""), ("list", "[true]")] {
        sandbox.skill_with(
            &format!(".agents/skills/{name}"),
            &format!("name: {name}\ndescription: Deploys.\ndisable-model-invocation: {value}"),
        );
    }
    let prompt = sandbox.run(&["skill", "prompt", "--scope", "project"]);
    assert!(!prompt.out.contains("Deploys"), "{prompt:?}");
    for target in ["clawpowers", "claude-code", "codex", "gemini", "vscode"] {
        let ran = sandbox.validated(".agents/skills", target);
        assert_eq!(
            rules(&ran, "error"),
            ["invocation-not-boolean"; 3],
            "{target}: {ran:?}"
        );
    }
    // Claude Code itself shows the skill for such a value; so the view of it does, too.
    sandbox.skill_with(
        ".claude/skills/perhaps",
        "name: perhaps\ndescription: Deploys.\ndisable-model-invocation: perhaps",
    );
    let prompt = sandbox.run(&["skill", "prompt", "--as", "claude"]);
    assert!(prompt.out.contains("Deploys"), "{prompt:?}");
}

#[test]
fn the_matrix_says_whether_the_model_sees_a_skill_with_an_odd_guard() {
    let sandbox = Sandbox::new();
    let fields = "name: roll\ndescription: Rolls back.\n";
    sandbox.skill_with(
        "misspelt/roll",
        &format!("{fields}disable_model_invocation: true"),
    );
    let mut taken = 0;
    for (target, row) in sandbox.matrix("misspelt/roll") {
        if row["verdict"] == "takes" {
            let reasons = row["reasons"].to_string();
            let shown = " ignores `disable_model_invocation` and shows the skill to the model";
            assert!(reasons.contains(shown), "{target}: {reasons}");
            taken += 1;
        }
    }
    assert!(taken > 5);
    sandbox.skill_with("empty/roll", &format!("{fields}disable-model-invocation:"));
    for (target, row) in sandbox.matrix("empty/roll") {
        if row["verdict"] == "takes" {
            let reasons = row["reasons"].to_string();
            let says = [
                "the model can start it",
                "only the user can start it",
                "shows the skill to the model",
            ];
            assert!(
                says.iter().any(|says| reasons.contains(says)),
                "{target}: {reasons}"
            );
        }
    }
}

#[test]
fn a_target_that_rejects_a_duplicate_key_does_not_use_the_last_one() {
    let sandbox = Sandbox::new();
    sandbox.skill_with(
        "roll",
        "name: roll\ndescription: Rolls.\ndescription: Rolls back.",
    );
    for (target, row) in sandbox.matrix("roll") {
        let reasons = row["reasons"].to_string();
        assert!(!reasons.contains("the last one is used"), "{target}: {reasons}");
        if target == "codex" {
            assert!(
                reasons.contains("this client rejects the key `description`, which occurs twice"),
                "{reasons}"
            );
        }
    }
    let own = sandbox.validated("roll", "clawpowers");
    assert!(own.out.contains("the last one is used"), "{own:?}");
}

#[test]
fn pi_and_copilot_take_only_unquoted_booleans() {
    let sandbox = Sandbox::new();
    sandbox.skill_with(
        ".agents/skills/roll",
        "name: roll\ndescription: Rolls back.\ndisable-model-invocation: yes",
    );
    for target in ["pi", "copilot"] {
        let ran = sandbox.validated(".agents/skills/roll", target);
        assert_eq!(rules(&ran, "error"), ["invocation-not-boolean"], "{ran:?}");
        assert!(
            ran.out.contains("hint: write `true` or `false` without quotes"),
            "{ran:?}"
        );
    }
    let listed = |client: &str| sandbox.ok(&["skill", "list", "--as", client]);
    let pi = listed("pi");
    assert_eq!(pi["skills"][0]["invocation"]["model"], true, "{pi}");
    let copilot = listed("copilot");
    assert_eq!(
        copilot["rejected"][0]["reason"], "invocation-not-boolean",
        "{copilot}"
    );
    let gemini = listed("gemini");
    assert_eq!(gemini["skills"][0]["invocation"]["model"], true, "{gemini}");
}

#[test]
fn all_targets_take_ignore_or_refuse_a_skill() {
    let sandbox = Sandbox::new();
    sandbox.skill_with(
        "roll",
        "name: roll\ndescription: Rolls back.\ndisable-model-invocation: yes\neffort: high",
    );
    let rows = sandbox.matrix("roll");
    let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, Target::ALL.map(Target::as_str));
    let verdict = |wanted: &str| {
        let (_, row) = rows.iter().find(|(name, _)| name == wanted).unwrap();
        (
            row["verdict"].as_str().unwrap(),
            row["reasons"].to_string(),
            &row["ignored_fields"],
        )
    };
    for (target, expected, reason) in [
        (
            "spec",
            "refuses",
            "unknown fields: `disable-model-invocation`, `effort`",
        ),
        ("claude-code", "takes", "only the user can start it"),
        ("codex", "takes", "shows the skill to the model"),
        ("copilot", "refuses", "does not understand the value `yes`"),
        ("pi", "takes", "shows the skill to the model"),
        ("cursor", "takes", "not known whether it reads `effort`"),
        ("clawpowers", "takes", "only the user can start it"),
    ] {
        let (found, reasons, _) = verdict(target);
        assert_eq!(found, expected, "{target}");
        assert!(reasons.contains(reason), "{target}: {reasons}");
    }
    assert_eq!(
        verdict("gemini").2.to_string(),
        "[\"disable-model-invocation\",\"effort\"]"
    );
    // A file that clients do not look at, and one that is loaded and never shown.
    sandbox.file(
        "lower/skill.md",
        "---\nname: lower\ndescription: Is lower.\n---\n\nText.\n",
    );
    let rows = sandbox.matrix("lower");
    assert_eq!(
        rows.iter().filter(|(_, row)| row["verdict"] == "ignores").count(),
        10,
        "{rows:?}"
    );
    sandbox.skill_with("quiet", "name: quiet");
    let rows = sandbox.matrix("quiet");
    let opencode = &rows.iter().find(|(name, _)| name == "opencode").unwrap().1;
    assert_eq!(opencode["verdict"], "ignores", "{opencode}");
    assert_eq!(opencode["rules"][0], "hidden-from-model");
}

#[test]
fn the_text_for_all_targets_has_a_line_for_each() {
    let sandbox = Sandbox::new();
    sandbox.skill_with("s/plain", "name: plain\ndescription: Is plain.");
    sandbox.skill_with("s/extra", "name: extra\ndescription: Has more.\ncontext: fork");
    let ran = sandbox.validated("s", "all");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2 * (Target::ALL.len() + 1) + 1, "{}", ran.out);
    assert_eq!(lines[0], "s/extra/SKILL.md");
    assert_eq!(lines[1], "  spec           refuses  unknown fields: `context`");
    assert_eq!(lines[2], "  claude-code    takes");
    assert_eq!(
        *lines.last().unwrap(),
        "2 skills; refused by spec (1), claude-upload (1)"
    );
    let ran = sandbox.validated("s/plain", "all");
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.ends_with("\n1 skill, taken by every target\n"),
        "{}",
        ran.out
    );
    let (code, reply) = sandbox.json(&["skill", "validate", "s", "--target", "all"]);
    assert_eq!((code, &reply["ok"]["target"]), (1, &"all".into()));
    assert_eq!(
        (&reply["ok"]["valid"], &reply["ok"]["errors"]),
        (&1.into(), &1.into())
    );
    let ran = sandbox.run(&["skill", "validate", "s", "--target", "all", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&ran.out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let unknown = results
        .iter()
        .filter(|result| result["ruleId"] == "unknown-field");
    assert_eq!(unknown.count(), 1, "{}", ran.out);
}

#[test]
fn the_lines_fit_terminals_of_40_and_200_columns() {
    if !has_terminals() {
        println!("skipped: no `script` of util-linux");
        return;
    }
    let sandbox = Sandbox::new();
    let many: String = [
        "when_to_use",
        "model",
        "effort",
        "agent",
        "shell",
        "paths",
        "arguments",
    ]
    .map(|field| format!("\n{field}: low"))
    .concat();
    sandbox.skill_with("extra", &format!("name: extra\ndescription: Has more.{many}"));
    for columns in [40, 200] {
        let lines = sandbox.shown(
            columns,
            &["skill", "validate", "extra", "--target", "all"],
            &[("NO_COLOR", "1")],
        );
        for line in &lines {
            assert!(line.chars().count() <= columns, "{columns}: {line:?}");
        }
        let text = lines.join("\n");
        for target in Target::ALL {
            assert!(text.contains(&format!("  {}", target.as_str())), "{text}");
        }
        // Nothing is truncated.
        let words = text
            .split_whitespace()
            .filter(|word| word.starts_with("`arguments`"))
            .count();
        assert!(!text.contains('…') && words >= 8, "{words}: {text}");
    }
}

#[test]
fn a_misspelt_target_has_a_hint() {
    let sandbox = Sandbox::new();
    sandbox.skill("tea", "Makes tea.");
    for (name, meant) in [
        ("claude-cod", "claude-code"),
        ("SPEC", "spec"),
        ("al", "all"),
        ("vscod", "vscode"),
    ] {
        let ran = sandbox.refused(3, &["skill", "validate", "tea", "--target", name]);
        assert!(ran.err.contains(&format!("did you mean `{meant}`?")), "{ran:?}");
    }
    // A client without rules of its own is no target.
    sandbox.refused(3, &["skill", "validate", "tea", "--target", "qwen"]);
}
