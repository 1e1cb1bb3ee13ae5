//! `skill new`, `doctor`.

use crate::harness::Sandbox;
use crate::system::shown;
use serde_json::Value;
use std::fs;

#[test]
fn a_new_skill_is_valid_and_listed() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["skill", "new", "release-notes"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, ".agents/skills/release-notes/SKILL.md\n")
    );
    // The snapshots hold the whole line.
    assert!(
        ran.err.starts_with("clients that read this folder: codex, "),
        "{ran:?}"
    );
    let path = ".agents/skills/release-notes";
    assert_eq!(sandbox.run(&["skill", "validate", path]).code, 0);
    let untouched = sandbox.run(&["skill", "validate", path, "--target", "clawpowers"]);
    assert_eq!(untouched.out.matches(": warning[placeholder-text]: ").count(), 2);
    assert!(
        untouched
            .out
            .ends_with("1 file, 1 valid for clawpowers, 0 errors, 2 warnings\n")
    );
    assert_eq!(sandbox.run(&["skill", "validate", path, "--strict"]).code, 1);
    let text = "Says \"hello\": to all #people, even\nover lines \\ and 'quotes'.";
    let dir = ".agents/skills";
    let ran = sandbox.run(&["skill", "init", "greeter", "--dir", dir, "--description", text]);
    assert_eq!(ran.out, ".agents/skills/greeter/SKILL.md\n");
    let (_, reply) = sandbox.json(&["skill", "show", "greeter"]);
    assert_eq!(reply["ok"]["skill"]["description"], text.replace('\n', " "));
    assert_eq!(reply["ok"]["scope"], "project");
    assert_eq!(
        sandbox.run(&["skill", "validate", ".agents/skills/greeter"]).code,
        0
    );
}

#[test]
fn existing_files_are_not_overwritten() {
    let sandbox = Sandbox::new();
    let file = sandbox.skill("tea", "Makes tea.");
    let before = fs::read_to_string(&file).unwrap();
    let new = |name: &str| sandbox.run(&["skill", "new", name, "--dir", "."]);
    sandbox.refused(3, &["skill", "new", "tea", "--dir", "."]);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    sandbox.file("coffee/notes.md", "mine");
    assert_eq!(new("coffee").code, 0);
    assert_eq!(
        fs::read_to_string(sandbox.work().join("coffee/notes.md")).unwrap(),
        "mine"
    );
    sandbox.file("milk", "a file, not a folder");
    let ran = sandbox.refused(4, &["skill", "new", "milk", "--dir", "."]);
    assert!(
        ran.err.contains("`./milk/SKILL.md` cannot be written: "),
        "{ran:?}"
    );
    // A second spelling would shadow the first.
    sandbox.file("juice/skill.md", "mine");
    let ran = sandbox.refused(3, &["skill", "new", "juice", "--dir", "."]);
    assert!(ran.err.contains("`./juice/skill.md` exists"), "{ran:?}");
    assert_eq!(fs::read_dir(sandbox.work().join("juice")).unwrap().count(), 1);
    assert_eq!(
        fs::read_to_string(sandbox.work().join("milk")).unwrap(),
        "a file, not a folder"
    );
}

#[test]
fn a_new_skill_is_created_where_a_client_looks() {
    let new = |sandbox: &Sandbox, cwd: &str, more: &[&str]| {
        let args = [&["skill", "new", "tea"], more].concat();
        let ran = sandbox.run_in(&sandbox.work().join(cwd), &args);
        assert_eq!(ran.code, 0, "{ran:?}");
        (ran.out, ran.err)
    };
    let project = |folders: &[&str]| {
        let sandbox = Sandbox::new();
        for folder in [&[".git", "deep/er"], folders].concat() {
            fs::create_dir_all(sandbox.work().join(folder)).unwrap();
        }
        sandbox
    };
    // The nearest existing folder is used, otherwise that of the root.
    for (folders, cwd, out) in [
        (&[".claude/skills"][..], "", ".claude/skills/tea/SKILL.md"),
        (
            &[".agents/skills", ".claude/skills"],
            "",
            ".agents/skills/tea/SKILL.md",
        ),
        (
            &[".claude/skills", "deep/.github/skills"],
            "deep",
            ".github/skills/tea/SKILL.md",
        ),
        (
            &[".clawpowers/skills", ".gemini/skills"],
            "",
            ".gemini/skills/tea/SKILL.md",
        ),
        (&[".clawpowers/skills"], "", ".clawpowers/skills/tea/SKILL.md"),
        // Claude Code does not search the common folder; every other client does.
        (&[".claude", ".github"], "", ".claude/skills/tea/SKILL.md"),
        (
            &[".claude", "deep/.claude"],
            "deep",
            ".claude/skills/tea/SKILL.md",
        ),
        (&[".claude", ".codex"], "", ".agents/skills/tea/SKILL.md"),
        (&[".claude", ".agents"], "", ".agents/skills/tea/SKILL.md"),
        (&[".codex"], "", ".agents/skills/tea/SKILL.md"),
        (
            &[".clawpowers/skills", ".claude"],
            "",
            ".clawpowers/skills/tea/SKILL.md",
        ),
    ] {
        let sandbox = project(folders);
        assert_eq!(new(&sandbox, cwd, &[]).0, format!("{out}\n"), "{folders:?}");
    }
    for (folders, out) in [(&[][..], ".agents"), (&[".claude/skills"], ".claude")] {
        let sandbox = project(folders);
        let file = sandbox
            .work()
            .canonicalize()
            .unwrap()
            .join(out)
            .join("skills/tea/SKILL.md");
        assert_eq!(new(&sandbox, "deep/er", &[]).0, format!("{}\n", shown(&file)));
        assert!(file.is_file());
    }
    let sandbox = project(&[]);
    let (_, err) = new(&sandbox, "", &["--dir", ".claude/skills"]);
    assert!(
        err.starts_with("clients that read this folder: claude, "),
        "{err}"
    );
    let (out, err) = new(&sandbox, "", &["--dir", "x"]);
    assert_eq!(out, "x/tea/SKILL.md\n");
    assert_eq!(
        err,
        "no client reads this folder\nhint: `--dir .agents/skills` creates one in a folder that most clients read; `skill list --root DIR` \
         lists the skills of any folder\n"
    );
    let (_, err) = new(&sandbox, "", &["--dir", ".clawpowers/skills"]);
    assert!(
        err.starts_with("only clawpowers reads this folder\nhint: "),
        "{err}"
    );
    // In the home folder it is a skill of the user.
    let sandbox = Sandbox::new();
    let ran = sandbox.run_in(&sandbox.user_home(), &["skill", "new", "tea"]);
    assert_eq!(ran.out, ".agents/skills/tea/SKILL.md\n");
    let (_, reply) = sandbox.json(&["skill", "show", "tea"]);
    assert_eq!(reply["ok"]["scope"], "user");
}

#[test]
#[cfg_attr(windows, ignore = "the shell there sets no limits")]
fn a_full_disk_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.work().join(".agents")).unwrap();
    // With a file size limit of 0, a write fails as on a full disk.
    let limited = "trap '' XFSZ; ulimit -f 0; exec \"$0\" skill new tea";
    let mut command = sandbox.command("/bin/sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_clawpowers")]);
    let ran = crate::harness::finish(&mut command);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    crate::harness::good_error(&ran.err);
    assert!(
        ran.err
            .contains("hint: free some disk space; nothing was written\n"),
        "{ran:?}"
    );
    let left: Vec<_> = fs::read_dir(sandbox.work()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(
        fs::read_dir(left[0].path()).unwrap().count(),
        0,
        "what was there stays"
    );
}

#[test]
fn windows_device_names_are_rejected_everywhere() {
    let sandbox = Sandbox::new();
    for name in ["nul", "con", "aux", "com1", "lpt9"] {
        let ran = sandbox.refused(3, &["skill", "new", name]);
        assert!(ran.err.contains("a device on Windows"), "{ran:?}");
        assert!(ran.err.contains(&format!("`{name}-skill`")), "{ran:?}");
    }
    for name in ["NUL", "com¹"] {
        let ran = sandbox.refused(3, &["skill", "new", name]);
        assert!(ran.err.contains("-skill`\n"), "{ran:?}");
    }
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 0);
    assert_eq!(sandbox.run(&["skill", "new", "com"]).code, 0);
}

#[test]
fn names_with_separators_are_refused_and_nothing_is_created() {
    let sandbox = Sandbox::new();
    for separator in [
        "/", "\\", ":", "|", ";", ",", "\n", " ", "\t", "\u{2028}", "\u{2029}",
    ] {
        let ran = sandbox.refused(3, &["skill", "new", &format!("green{separator}tea")]);
        assert!(ran.err.ends_with("hint: try `green-tea`\n"), "{ran:?}");
        assert!(!ran.err.contains(['\t', '\u{2028}', '\u{2029}']), "{ran:?}");
    }
    for name in [".", "..", "tea.", "tea ", " tea"] {
        sandbox.refused(3, &["skill", "new", name]);
    }
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 0);
}

#[test]
fn a_name_that_yaml_reads_as_something_else_is_quoted() {
    let sandbox = Sandbox::new();
    for name in ["null", "true", "on", "42", "1e3", "2026-11-30"] {
        let path = sandbox.run(&["skill", "new", name]).out;
        let text = fs::read_to_string(sandbox.work().join(path.trim_end())).unwrap();
        assert!(text.starts_with(&format!("---\nname: \"{name}\"\n")), "{text}");
    }
    // Clients that require a string load them.
    for client in ["opencode", "copilot", "goose"] {
        let (_, reply) = sandbox.json(&["skill", "list", "--as", client]);
        assert_eq!(reply["ok"]["skills"].as_array().unwrap().len(), 6, "{client}");
    }
    sandbox.file("s/null/SKILL.md", "---\ndescription: x\n---\n");
    let ran = sandbox.run(&["skill", "validate", "s", "--target", "spec"]);
    assert!(ran.out.contains("hint: add `name: \"null\"`\n"), "{ran:?}");
}

#[test]
fn an_invalid_name_is_rejected_with_a_suggestion() {
    let sandbox = Sandbox::new();
    for (name, better) in [
        ("Bad Name", "bad-name"),
        ("a--b", "a-b"),
        ("../evil", "evil"),
        ("-x-", "x"),
    ] {
        let ran = sandbox.refused(3, &["skill", "new", name]);
        assert!(ran.err.contains(&format!("hint: try `{better}`\n")), "{ran:?}");
    }
    sandbox.refused(3, &["skill", "new", &"a".repeat(65)]);
    sandbox.refused(3, &["skill", "new", ""]);
    sandbox.refused(3, &["skill", "new", "tea", "--dir", ""]);
    sandbox.refused(3, &["skill", "new", "tea", "--description", " "]);
    sandbox.refused(3, &["skill", "new", "tea", "--description", &"a".repeat(1025)]);
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 0);
}

#[test]
fn doctor_finds_no_problems_on_an_empty_machine() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    for part in [
        "inventory\n",
        "readiness\n  every requirement is met\n",
        "visibility\n",
        "problems\n  none\n",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    for client in clawpowers_api::CLIENTS.iter().map(|client| client.name) {
        assert!(
            ran.out.lines().any(|line| line.starts_with(client)),
            "{client}: {}",
            ran.out
        );
    }
}

#[test]
fn doctor_lists_problems() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "s/needy/SKILL.md",
        "---\nname: needy\ndescription: Needs much.\nmetadata:\n  openclaw:\n    requires:\n      bins: [no-such-program-x]\n      env: [NO_SUCH_VARIABLE_X]\n---\n\nSee [gone](gone.md) and [out](../../x.md).\n",
    );
    sandbox.file("s/broken/SKILL.md", "nothing\n");
    let ran = sandbox.run(&["doctor", "--root", "s"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for part in [
        "  2 found, 1 loaded, 0 shadowed, 1 rejected\n",
        "  needy has 2 unmet requirements: ",
        "no-such-program-x",
        "NO_SUCH_VARIABLE_X",
        "rejected s/broken/SKILL.md:1:1: ",
        "warning[dangling-link]: ",
        "warning[link-outside]: ",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let (code, reply) = sandbox.json(&["doctor", "--root", "s"]);
    assert_eq!((code, &reply["ok"]["healthy"]), (1, &false.into()));
    assert_eq!(reply["ok"]["not_ready"][0]["name"], "needy");
}

#[test]
fn doctor_lists_what_clients_do_not_see_and_reject() {
    let sandbox = Sandbox::new();
    sandbox.skill(".claude/skills/for-claude", "Is for Claude.");
    let bom = format!("\u{feff}{}", crate::harness::text_of("marked", "Has a mark."));
    sandbox.file(".agents/skills/marked/SKILL.md", bom);
    let (_, reply) = sandbox.json(&["doctor"]);
    let rows = reply["ok"]["visibility"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["client"] == name).unwrap();
    assert_eq!(row("claude")["loaded"], 1);
    let unseen = row("claude")["unseen"][0].as_str().unwrap();
    assert!(unseen.ends_with("/.agents/skills/marked/SKILL.md"), "{unseen}");
    assert_eq!(row("codex")["dropped"][0]["reason"], "bom");
}

#[test]
fn doctor_names_skills_that_a_client_of_the_project_does_not_show() {
    let sandbox = Sandbox::new();
    let not_shown = || {
        let (code, reply) = sandbox.json(&["doctor"]);
        let rows = reply["ok"]["not_shown"].as_array().unwrap().clone();
        assert_eq!(code, i32::from(!rows.is_empty()), "{reply}");
        let part = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        let row = |row| {
            format!(
                "{} {} {}",
                part(row, "client"),
                part(row, "name"),
                part(row, "status")
            )
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    // Nobody is known to use Claude Code here, and Codex reads this folder.
    sandbox.skill(".agents/skills/tea", "Brews.");
    std::fs::create_dir_all(sandbox.work().join(".codex")).unwrap();
    assert!(not_shown().is_empty());
    // A skill in the folder of one client is for that one.
    sandbox.skill(".codex/skills/cup", "Is for Codex.");
    assert!(not_shown().is_empty());
    // Empty folders do not show that a client is used.
    std::fs::create_dir_all(sandbox.work().join(".claude/skills")).unwrap();
    assert!(not_shown().is_empty());
    sandbox.file(".claude/settings.json", "{}");
    assert_eq!(not_shown(), ["claude tea elsewhere"]);
    for n in 0..7 {
        sandbox.skill(&format!(".agents/skills/more-{n}"), "Brews.");
    }
    let ran = sandbox.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let line = ran
        .out
        .lines()
        .find(|line| line.starts_with("not shown"))
        .unwrap();
    assert!(
        line.starts_with("not shown in claude: more-0, more-1, more-2, more-3, more-4, 3 more: it is in `"),
        "{line}"
    );
    assert!(
        line.contains(", which the client does not read; move or link the skill to `"),
        "{line}"
    );
    // A copy of the same name is enough, and so is a skill that hides itself.
    for n in 0..7 {
        std::fs::remove_dir_all(sandbox.work().join(format!(".agents/skills/more-{n}"))).unwrap();
    }
    sandbox.file(
        ".claude/skills/tea/SKILL.md",
        "---\nname: tea\ndescription: Brews.\ndisable-model-invocation: true\n---\nDo.\n",
    );
    assert!(not_shown().is_empty());
    // A file that the client finds and does not load.
    sandbox.file(
        ".agents/skills/pot/SKILL.md",
        "---\nname: pot\ndescription: Pours.\n---\nDo.\n",
    );
    sandbox.file(
        ".claude/skills/pot/skill.md",
        "---\nname: pot\ndescription: Pours.\n---\nDo.\n",
    );
    assert_eq!(not_shown(), ["claude pot rejected"]);
}

#[test]
fn doctor_names_skills_that_codex_has_no_room_for() {
    let sandbox = Sandbox::new();
    sandbox.file(".codex/config.toml", "");
    for n in 0..600 {
        sandbox.skill(
            &format!(".agents/skills/a-rather-long-name-of-a-skill-{n:03}"),
            "Brews.",
        );
    }
    let (code, reply) = sandbox.json(&["doctor"]);
    let rows = reply["ok"]["not_shown"].as_array().unwrap();
    assert_eq!(code, 1);
    assert!(!rows.is_empty() && rows.len() < 600, "{}", rows.len());
    assert!(rows.iter().all(|row| row["status"] == "over_budget"));
    let visibility = reply["ok"]["visibility"].as_array().unwrap();
    let cut = |client: &str| {
        let row = visibility.iter().find(|row| row["client"] == client).unwrap();
        row["cut"].clone()
    };
    assert_eq!(
        (cut("codex"), cut("claude"), cut("gemini")),
        (600.into(), 0.into(), Value::Null)
    );
}
