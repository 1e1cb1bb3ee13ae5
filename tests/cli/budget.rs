//! `skill budget`.

use crate::harness::{Ran, Sandbox, finish, write};
use serde_json::{Value, json};

/// A folder `s` with twelve skills that cost as much as each other.
fn shelf() -> Sandbox {
    let sandbox = Sandbox::new();
    for n in 0..12 {
        sandbox.skill(&format!("s/skill-{n:02}"), &"Does many things. ".repeat(8));
    }
    sandbox
}

fn budget(sandbox: &Sandbox, args: &[&str]) -> (i32, Value) {
    let (code, mut reply) = sandbox.json(&[&["skill", "budget"], args].concat());
    (code, reply["ok"]["clients"].take())
}

/// The names of the skills of one client with this fate.
fn with_fate(client: &Value, fate: &str) -> Vec<String> {
    let skills = client["skills"].as_array().unwrap().iter();
    let names = skills.filter(|skill| skill["fate"] == fate);
    names
        .map(|skill| skill["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Runs the program with an environment variable.
fn run_with(sandbox: &Sandbox, variable: (&str, &str), args: &[&str]) -> Ran {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    finish(command.args(args).env(variable.0, variable.1))
}

#[test]
fn each_client_cuts_in_its_own_way() {
    let sandbox = shelf();
    let whole = sandbox.run(&["skill", "budget", "--root", "s"]);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert_eq!(whole.out.matches(": nothing is cut\n").count(), 2, "{whole:?}");
    assert!(
        whole.out.contains(
            "claude: 12 skills, 1872 characters of at most 1926 (8000 less 6074 for its own skills): "
        ),
        "{whole:?}"
    );
    // 192,000 tokens are 7,680 characters: room for ten descriptions after the names and the client's own skills.
    let (code, clients) = budget(&sandbox, &["--root", "s", "--context", "192000"]);
    assert_eq!((code, clients.as_array().unwrap().len()), (1, 2));
    assert_eq!(
        (&clients[0]["client"], &clients[0]["budget"]),
        (&json!("claude"), &json!(7680))
    );
    assert_eq!(with_fate(&clients[0], "whole").len(), 10);
    assert_eq!(with_fate(&clients[0], "name_only"), ["skill-10", "skill-11"]);
    assert_eq!(with_fate(&clients[1], "whole").len(), 12);
    let (code, clients) = budget(&sandbox, &["--root", "s", "--context", "20000"]);
    assert_eq!((code, &clients[1]["budget"]), (1, &json!(1600)));
    assert_eq!(with_fate(&clients[0], "name_only").len(), 12);
    assert_eq!(with_fate(&clients[1], "shortened").len(), 12);
    assert_eq!(sandbox.run(&["skill", "budget", "--context", "many"]).code, 2);
}

#[test]
fn a_named_client_is_computed_alone() {
    let sandbox = shelf();
    for (name, clients) in [
        ("claude", &["claude"][..]),
        ("Claude Code", &["claude"]),
        ("codex", &["codex"]),
        // Its own budget is not known.
        ("gemini", &["claude", "codex"]),
    ] {
        let (_, reply) = budget(&sandbox, &["--as", name]);
        let reply = reply.as_array().unwrap();
        let names: Vec<&str> = reply
            .iter()
            .filter_map(|client| client["client"].as_str())
            .collect();
        assert_eq!(names, clients);
    }
}

#[test]
fn what_claude_code_lists_is_counted() {
    let sandbox = Sandbox::new();
    let needed = |sandbox: &Sandbox| budget(sandbox, &["--as", "claude"]).1[0]["needed"].clone();
    sandbox.file(
        ".claude/skills/tea/SKILL.md",
        "---\ndescription: Makes tea.\n---\n",
    );
    assert_eq!(needed(&sandbox), "- tea: Makes tea.\n".len());
    let text = "---\ndescription: Makes tea.\nwhen_to_use: If thirsty.\n---\n";
    sandbox.file(".claude/skills/tea/SKILL.md", text);
    let tea = "- tea: Makes tea. - If thirsty.\n".len();
    assert_eq!(needed(&sandbox), tea);
    sandbox.file(".claude/commands/pour.md", "Pour it\n");
    let pour = "- pour: Pour it\n".len();
    assert_eq!(needed(&sandbox), tea + pour);
    let text = "---\ndescription: Makes milk.\ndisable-model-invocation: true\n---\n";
    sandbox.file(".claude/skills/milk/SKILL.md", text);
    assert_eq!(needed(&sandbox), tea + pour, "only the user starts it");
}

#[test]
fn claude_codes_variable_replaces_the_context() {
    let sandbox = shelf();
    let args = ["skill", "budget", "--root", "s", "--as", "claude", "--json"];
    for (value, expected) in [
        ("7000", 7000),
        (" 1e4 ", 10_000),
        ("6100.9", 6100),
        ("-5", 0),
        ("0", 8000),
        ("", 8000),
        ("many", 8000),
        ("inf", 8000),
    ] {
        let ran = run_with(&sandbox, ("SLASH_COMMAND_TOOL_CHAR_BUDGET", value), &args);
        let reply: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(reply["ok"]["clients"][0]["budget"], expected, "{value:?}");
    }
}

#[test]
fn claude_code_prefers_the_skills_that_it_has_started() {
    let sandbox = shelf();
    let args = ["--root", "s", "--as", "claude", "--context", "171000"];
    let whole = |sandbox: &Sandbox| with_fate(&budget(sandbox, &args).1[0], "whole");
    let first = ["skill-00", "skill-01", "skill-02", "skill-03"];
    assert_eq!(whole(&sandbox), first);
    let state = |usage: &str| format!("{{\"projects\": {{}}, \"skillUsage\": {usage}}}");
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let used = format!(
        "{{\"skill-11\": {{\"usageCount\": 2, \"lastUsedAt\": {now}}}, \"skill-02\": 7, \"gone\": {{}}}}"
    );
    let file = sandbox.user_home().join(".claude.json");
    write(&file, state(&used));
    assert_eq!(whole(&sandbox), ["skill-00", "skill-01", "skill-02", "skill-11"]);
    for damaged in ["", "{", "[]", &state("[]"), &state("null")] {
        write(&file, damaged);
        assert_eq!(whole(&sandbox), first, "{damaged}");
    }
    let ran = {
        write(&sandbox.work().join("config/.claude.json"), state(&used));
        let args = [&["skill", "budget"], &args[..], &["--json"]].concat();
        run_with(&sandbox, ("CLAUDE_CONFIG_DIR", "config"), &args)
    };
    let reply: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(with_fate(&reply["ok"]["clients"][0], "whole").contains(&"skill-11".to_owned()));
}

#[test]
fn check_prints_only_what_is_cut() {
    let sandbox = shelf();
    let check = |args: &[&str]| sandbox.run(&[&["skill", "budget", "--root", "s", "--check"], args].concat());
    let fits = check(&[]);
    assert_eq!((fits.code, fits.out.as_str(), fits.err.as_str()), (0, "", ""));
    let cut = check(&["--context", "192000"]);
    assert_eq!(cut.code, 1, "{cut:?}");
    assert_eq!(
        cut.out,
        "claude: skill-10: no description\nclaude: skill-11: no description\n"
    );
    let all = check(&["--context", "2000"]);
    assert_eq!((all.code, all.out.lines().count()), (1, 24), "{all:?}");
}

#[test]
fn rank_by_use_lists_skills_in_the_order_of_removal() {
    let sandbox = shelf();
    let long = format!("Does many things. {}", "And more. ".repeat(20));
    sandbox.skill("s/skill-05", &long);
    let args = ["--root", "s", "--as", "claude", "--rank-by", "use"];
    for (skill, outcomes) in [
        ("skill-00", &["success", "failure"][..]),
        ("skill-01", &["failure", "partial", "failure"]),
        ("skill-02", &["failure"]),
        ("skill-03", &["success"]),
        ("elsewhere", &["success"]),
    ] {
        for outcome in outcomes {
            sandbox.good(&["metrics", "record", "--skill", skill, "--outcome", outcome]);
        }
    }
    let (code, reply) = budget(&sandbox, &args);
    assert_eq!(code, 1, "the descriptions are too long");
    let rows = reply[0]["skills"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names[0], "skill-05", "the longest of those without an execution");
    assert_eq!(names[8..], ["skill-02", "skill-01", "skill-03", "skill-00"]);
    assert_eq!(
        (&rows[9]["executions"], &rows[9]["successes"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(
        (&rows[11]["executions"], &rows[11]["successes"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(reply[0]["removals"], 1);
    let ran = sandbox.run(&[&["skill", "budget"], &args[..]].concat());
    assert!(
        ran.out.ends_with("\nwithout the first skill, nothing is cut\n"),
        "{ran:?}"
    );
    assert!(
        ran.out
            .contains("\nNAME      EXECUTIONS  SUCCESSES  SIZE  RESULT\n"),
        "{ran:?}"
    );
    // Without a ranking the rows say nothing of executions, and the home is not read.
    let (_, reply) = budget(&sandbox, &["--root", "s", "--as", "claude"]);
    assert_eq!(reply[0]["removals"], Value::Null);
    assert_eq!(reply[0]["skills"][0]["executions"], Value::Null);
    let other = sandbox.refused(3, &["skill", "budget", "--rank-by", "uses"]);
    assert!(other.err.contains("hint: did you mean `use`? "), "{other:?}");
    write(&sandbox.runtime_home().join("clawpowers.db"), "damaged");
    assert_eq!(
        sandbox
            .run(&["skill", "budget", "--root", "s", "--rank-by", "use"])
            .code,
        4
    );
    assert_eq!(budget(&sandbox, &["--root", "s"]).0, 1);
}
