//! Unknown and missing commands, suggestions, and usage errors in JSON.

use crate::harness::{World, finish, write};
use serde_json::Value;

#[test]
fn mistyped_commands_get_a_suggestion() {
    let world = World::new();
    let list = "`clawpowers skill list`, `clawpowers store list` or `clawpowers config list`";
    let cases: [(&[&str], &str); 16] = [
        (&["validate", "x"], "`clawpowers skill validate`"),
        (&["check", "x"], "`clawpowers skill validate`"),
        (&["search", "x"], "`clawpowers skill search`"),
        (&["list"], list),
        (&["LIST"], list),
        (&["lst"], list),
        (&["skil"], "`clawpowers skill`"),
        (&["Skill", "list"], "`clawpowers skill`"),
        (&["completion", "bash"], "`clawpowers completions`"),
        (&["get", "x"], "`clawpowers store get` or `clawpowers config get`"),
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
        let ran = world.refused(2, args);
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
        let ran = world.refused(2, &[word, "x"]);
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
        let ran = world.refused(2, args);
        assert!(ran.err.starts_with(error) && ran.err.contains(hint), "{ran:?}");
    }
    // The hidden command of the 1.x scripts is never suggested.
    assert!(!world.refused(2, &["legcy"]).err.contains("legacy`?"));
}

#[test]
fn clients_have_aliases() {
    let world = World::new();
    for (name, client) in [
        ("claude-code", "claude"),
        ("Claude Code", "claude"),
        ("Claude", "claude"),
        ("CODEX", "codex"),
        ("gemini-cli", "gemini"),
        ("github-copilot", "copilot"),
        ("GitHub_Copilot", "copilot"),
    ] {
        let by = |name: &str| world.ok(&["skill", "budget", "--as", name])["clients"][0]["client"].take();
        assert_eq!(by(name), by(client), "{name}");
        world.good(&["skill", "list", "--as", name]);
    }
    world.skill("tea", "Makes tea.");
    let reply = world.ok(&["skill", "validate", "tea", "--target", "Claude-Code"]);
    assert_eq!(reply["target"], "claude");
    let ran = world.refused(3, &["skill", "list", "--as", "CLAUD"]);
    assert!(
        ran.err
            .contains("hint: did you mean `claude`? the clients are claude, codex, "),
        "{ran:?}"
    );
}

#[test]
fn suggestions_of_skills_ignore_case() {
    let world = World::new();
    world.skill("s/pdf-forms", "Fills forms.");
    let ran = world.refused(1, &["skill", "show", "PDF-Form", "--root", "s"]);
    assert!(ran.err.ends_with("hint: did you mean `pdf-forms`?\n"), "{ran:?}");
}

#[test]
fn suggestions_of_values_list_all_of_them() {
    let world = World::new();
    write(
        &world.claw().join("config.json"),
        r#"{"profiles": {"dev": [], "baker": []}}"#,
    );
    world.skill("tea", "Makes tea.");
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
            "did you mean `baker`? the profiles are baker, dev\n",
        ),
    ];
    for (code, args, hint) in cases {
        let ran = world.refused(code, args);
        assert!(ran.err.contains(&format!("\nhint: {hint}")), "{ran:?}");
    }
    // A known setting without a value is not called unknown.
    let ran = world.refused(1, &["config", "get", "logging.level"]);
    assert!(
        ran.err
            .starts_with("error: the setting `logging.level` is not set\n"),
        "{ran:?}"
    );
}

#[test]
fn a_missing_command_prints_help() {
    let world = World::new();
    for (args, command) in [
        (&[][..], "clawpowers"),
        (&["skill"], "clawpowers skill"),
        (&["skills"], "clawpowers skill"),
        (&["--home", "store", "config"], "clawpowers config"),
    ] {
        let help = world.good(args);
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
        let (code, reply) = world.json(args);
        assert_eq!(
            (code, &reply["error"]["code"]),
            (2, &"invalid_request".into()),
            "{reply}"
        );
    }
    // A command that lacks an argument is an error.
    world.refused(2, &["skill", "show"]);
}

#[test]
fn usage_errors_are_json_with_the_json_option() {
    let world = World::new();
    for args in [
        &["nonsense"][..],
        &["skill", "lst"],
        &["skill", "show"],
        &["skill", "list", "--nonsense"],
        &["skill", "list", "--root"],
        &["skill", "prompt", "--budget", "many"],
        &["store", "cas", "k"],
    ] {
        let plain = world.refused(2, args);
        let mut first = vec!["--json"];
        first.extend(args);
        let ran = world.run(&first);
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
    let (code, reply) = world.json(&["nonsense"]);
    assert_eq!((code, &reply["error"]["code"]), (2, &"invalid_request".into()));
    // Everything after `--` belongs to the command that is run.
    let ran = world.refused(2, &["run", "--", "x", "--json"]);
    assert!(ran.err.contains("`--skill <NAME>` is required"), "{ran:?}");
}

#[test]
fn completion_scripts_know_every_command() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = world.good(&["completions", shell]);
        for word in ["skill", "validate", "list-values", "color", "unset"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        assert_eq!(world.ok(&["completions", shell])["script"], script.as_str());
    }
    world.refused(2, &["completions", "tcsh"]);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_bash_script_completes() {
    let world = World::new();
    // As bash would call it for `clawpowers skill val`.
    let script = world.file("completions.bash", world.good(&["completions", "bash"]));
    let mut bash = world.command("bash");
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
