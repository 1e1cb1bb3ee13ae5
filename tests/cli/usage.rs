//! Unknown and missing commands, suggestions, and usage errors in JSON.

use crate::harness::{Sandbox, finish, write};
use serde_json::Value;

#[test]
fn mistyped_commands_get_a_suggestion() {
    let sandbox = Sandbox::new();
    let list = "`clawpowers skill list`, `clawpowers store list`, `clawpowers memory list`, `clawpowers checkpoint list` or \
                `clawpowers config list`";
    let cases: [(&[&str], &str); 16] = [
        (&["validate", "x"], "`clawpowers skill validate`"),
        (&["check", "x"], "`clawpowers skill validate`"),
        (
            &["search", "x"],
            "`clawpowers skill search` or `clawpowers memory search`",
        ),
        (&["list"], list),
        (&["LIST"], list),
        (&["lst"], list),
        (&["skil"], "`clawpowers skill`"),
        (&["Skill", "list"], "`clawpowers skill`"),
        (&["completion", "bash"], "`clawpowers completions`"),
        (
            &["get", "x"],
            "`clawpowers store get`, `clawpowers memory get` or `clawpowers config get`",
        ),
        (&["skill", "lst"], "`clawpowers skill list`"),
        (&["skill", "Show", "x"], "`clawpowers skill show`"),
        (&["skill", "doctor"], "`clawpowers doctor`"),
        (&["skill", "help", "lst"], "`clawpowers skill list`"),
        (
            &["store", "show", "x"],
            "`clawpowers skill show` or `clawpowers metrics show`",
        ),
        (&["--home", "skill", "recrod"], "`clawpowers metrics record`"),
    ];
    for (args, meant) in cases {
        let ran = sandbox.refused(2, args);
        let hint = ran.err.lines().last().unwrap();
        assert!(
            hint.starts_with(&format!("hint: did you mean {meant}? ")),
            "{args:?}: {ran:?}"
        );
    }
    for (word, hint) in [
        (
            "install",
            "hint: to install a skill, copy its folder to `.agents/skills` ",
        ),
        ("remove", "hint: to remove a skill, delete its folder; "),
        ("nonsense", "hint: see `clawpowers --help`"),
    ] {
        let ran = sandbox.refused(2, &[word, "x"]);
        assert!(ran.err.lines().last().unwrap().starts_with(hint), "{ran:?}");
    }
    // The hint lists the values of an option or argument that has few.
    for (args, error, hint) in [
        (
            &["status", "--color", "x"][..],
            "error: invalid value `x` for `--color <WHEN>`\n",
            "hint: the values are `auto`, `always` or `never`\n",
        ),
        (
            &["completions", "tcsh"],
            "error: invalid value `tcsh` for `<SHELL>`\n",
            "hint: did you mean ",
        ),
    ] {
        let ran = sandbox.refused(2, args);
        assert!(ran.err.starts_with(error) && ran.err.contains(hint), "{ran:?}");
    }
    // The hidden command of the 1.x scripts is never suggested.
    assert!(!sandbox.refused(2, &["legcy"]).err.contains("legacy`?"));
}

#[test]
fn clients_have_aliases() {
    let sandbox = Sandbox::new();
    for (name, client) in [
        ("claude-code", "claude"),
        ("Claude Code", "claude"),
        ("Claude", "claude"),
        ("CODEX", "codex"),
        ("gemini-cli", "gemini"),
        ("github-copilot", "copilot"),
        ("GitHub_Copilot", "copilot"),
    ] {
        let by = |name: &str| sandbox.ok(&["skill", "budget", "--as", name])["clients"][0]["client"].take();
        assert_eq!(by(name), by(client), "{name}");
        sandbox.good(&["skill", "list", "--as", name]);
    }
    sandbox.skill("tea", "Makes tea.");
    let reply = sandbox.ok(&["skill", "validate", "tea", "--target", "Claude-Code"]);
    assert_eq!(reply["target"], "claude-code");
    let ran = sandbox.refused(3, &["skill", "list", "--as", "CLAUD"]);
    assert!(
        ran.err
            .contains("hint: did you mean `claude`? the clients are claude, codex, "),
        "{ran:?}"
    );
}

#[test]
fn suggestions_of_skills_ignore_case() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/pdf-forms", "Fills forms.");
    let ran = sandbox.refused(1, &["skill", "show", "PDF-Form", "--root", "s"]);
    assert!(ran.err.ends_with("hint: did you mean `pdf-forms`?\n"), "{ran:?}");
}

#[test]
fn suggestions_of_values_list_all_of_them() {
    let sandbox = Sandbox::new();
    write(
        &sandbox.runtime_home().join("config.json"),
        r#"{"profiles": {"dev": [], "baker": []}}"#,
    );
    sandbox.skill("tea", "Makes tea.");
    let cases: [(i32, &[&str], &str); 3] = [
        (
            3,
            &["skill", "list", "--scope", "Project"],
            "did you mean `project`? the scopes are project, user, ",
        ),
        (
            3,
            &["skill", "validate", "tea", "--target", "Codexx"],
            "did you mean `codex`? the targets are spec, ",
        ),
        (
            1,
            &["skill", "list", "--profile", "Baker"],
            "did you mean `baker`? the role profiles are baker, dev\n",
        ),
    ];
    for (code, args, hint) in cases {
        let ran = sandbox.refused(code, args);
        assert!(ran.err.contains(&format!("\nhint: {hint}")), "{ran:?}");
    }
    // A known setting without a value is not called unknown.
    let ran = sandbox.refused(1, &["config", "get", "logging.level"]);
    assert!(
        ran.err
            .starts_with("error: the setting `logging.level` is not set\n"),
        "{ran:?}"
    );
}

#[test]
fn a_missing_command_prints_help() {
    let sandbox = Sandbox::new();
    for (args, command) in [
        (&[][..], "clawpowers"),
        (&["skill"], "clawpowers skill"),
        (&["skills"], "clawpowers skill"),
        (&["--home", "store", "config"], "clawpowers config"),
    ] {
        let help = sandbox.good(args);
        assert!(
            help.contains(&format!("\nUsage: {command} [OPTIONS] <COMMAND>\n")),
            "{args:?}: {help}"
        );
        assert!(
            help.contains("\nExamples:\n") && !help.contains("error:"),
            "{help}"
        );
    }
    // With `--json` a missing command is an error.
    for args in [&[][..], &["skill"]] {
        let (code, reply) = sandbox.json(args);
        assert_eq!(
            (code, &reply["error"]["code"]),
            (2, &"invalid_request".into()),
            "{reply}"
        );
    }
    // A command that lacks an argument is an error.
    sandbox.refused(2, &["skill", "show"]);
}

#[test]
fn usage_errors_are_json_with_the_json_option() {
    let sandbox = Sandbox::new();
    for args in [
        &["nonsense"][..],
        &["skill", "lst"],
        &["skill", "show"],
        &["skill", "list", "--nonsense"],
        &["skill", "list", "--root"],
        &["skill", "prompt", "--budget", "many"],
        &["store", "cas", "k"],
    ] {
        let plain = sandbox.refused(2, args);
        let mut first = vec!["--json"];
        first.extend(args);
        let ran = sandbox.run(&first);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        let reply: Value = serde_json::from_str(&ran.err).unwrap();
        let error = &reply["error"];
        assert_eq!(error["code"], "invalid_request");
        let words = format!(
            "error: {}\nhint: {}\n",
            error["message"].as_str().unwrap(),
            error["hint"].as_str().unwrap()
        );
        assert_eq!(words, plain.err, "the same words in either form");
    }
    let (code, reply) = sandbox.json(&["nonsense"]);
    assert_eq!((code, &reply["error"]["code"]), (2, &"invalid_request".into()));
    // Everything after `--` belongs to the command that is run.
    let ran = sandbox.refused(2, &["run", "--", "x", "--json"]);
    assert!(ran.err.contains("`--skill <NAME>` is required"), "{ran:?}");
}

#[test]
fn completion_scripts_know_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sandbox.good(&["completions", shell]);
        for word in ["skill", "validate", "list-values", "color", "unset"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        assert_eq!(sandbox.ok(&["completions", shell])["script"], script.as_str());
    }
    sandbox.refused(2, &["completions", "tcsh"]);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_bash_script_completes() {
    let sandbox = Sandbox::new();
    // As bash would call it for `clawpowers skill val`.
    let script = sandbox.file("completions.bash", sandbox.good(&["completions", "bash"]));
    let mut bash = sandbox.command("bash");
    bash.args([
        "--norc",
        "-c",
        r#"
        source "$0"
        COMP_WORDS=(clawpowers skill val) COMP_CWORD=2
        _clawpowers clawpowers val skill
        echo "${COMPREPLY[@]}"
    "#,
    ]);
    let ran = finish(bash.arg(&script));
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "validate\n", ""),
        "{ran:?}"
    );
}
