//! `skill read`, `skill show`, `skill search`.

use crate::harness::Sandbox;
use crate::system::{shown, symlink};
use serde_json::Value;
use std::fs;

#[test]
fn bundled_skills_work_without_a_folder() {
    let sandbox = Sandbox::new();
    let text = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../skills/deep-debugger/SKILL.md"
    ))
    .unwrap();
    let ran = sandbox.run(&["skill", "read", "deep-debugger"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, text);
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../skills/deep-debugger/references/tools-go.md"
    );
    let wanted = fs::read_to_string(file).unwrap();
    for path in [
        "references/tools-go.md",
        "./references/tools-go.md",
        "references//tools-go.md",
    ] {
        assert_eq!(
            sandbox.run(&["skill", "read", "deep-debugger", path]).out,
            wanted,
            "{path}"
        );
    }
    let shown = sandbox.run(&["skill", "show", "deep-debugger"]);
    assert_eq!(shown.code, 0);
    for part in [
        "deep-debugger\n",
        "bundled:deep-debugger/SKILL.md",
        "references/tools-go.md",
        "outline\n",
        "digest ",
    ] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    let left: Vec<_> = [sandbox.work(), sandbox.user_home(), sandbox.runtime_home()]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .collect();
    assert!(left.is_empty(), "reading writes nothing: {left:?}");
}

#[test]
fn only_files_of_the_skill_are_read() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea.");
    sandbox.file("s/tea/references/cups.md", "# Cups\r\n");
    let secret = sandbox.file("s/secret.txt", "secret");
    let read = |path: &str| sandbox.run(&["skill", "read", "tea", path, "--root", "s"]);
    let ran = read("references/cups.md");
    assert_eq!((ran.code, ran.out.as_str()), (0, "# Cups\r\n"));
    let absolute = secret.to_str().unwrap();
    for path in [
        "../secret.txt",
        "references/../../secret.txt",
        absolute,
        "/etc/hostname",
        "..",
    ] {
        let ran = sandbox.refused(3, &["skill", "read", "tea", path, "--root", "s"]);
        assert!(ran.err.contains("leaves the skill's folder"), "{ran:?}");
    }
    let ran = sandbox.refused(1, &["skill", "read", "tea", "references/none.md", "--root", "s"]);
    assert!(
        ran.err.contains("hint: its files are references/cups.md\n"),
        "{ran:?}"
    );
}

#[test]
fn a_bundled_skill_rejects_the_same_paths() {
    let sandbox = Sandbox::new();
    for path in [
        "../using-clawpowers/SKILL.md",
        "/etc/hostname",
        "references/../../x",
    ] {
        sandbox.refused(3, &["skill", "read", "deep-debugger", path]);
    }
    sandbox.refused(1, &["skill", "read", "deep-debugger", "references/none.md"]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_symlink_out_of_the_folder_is_rejected() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea.");
    sandbox.file("s/tea/real.md", "real");
    sandbox.file("outside/secret.txt", "secret");
    let folder = sandbox.work().join("s/tea");
    symlink("../../outside/secret.txt", folder.join("file-out")).unwrap();
    symlink("../../outside", folder.join("folder-out")).unwrap();
    symlink("real.md", folder.join("inside.md")).unwrap();
    for path in ["file-out", "folder-out/secret.txt"] {
        let ran = sandbox.refused(3, &["skill", "read", "tea", path, "--root", "s"]);
        assert!(!ran.err.contains("secret\n"), "{ran:?}");
    }
    assert_eq!(
        sandbox
            .run(&["skill", "read", "tea", "inside.md", "--root", "s"])
            .out,
        "real"
    );
}

#[test]
fn a_file_that_is_not_utf8_is_rejected() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea.");
    sandbox.file("s/tea/assets/cup.png", [0x89, b'P', b'N', b'G', 0xff, 0]);
    sandbox.refused(3, &["skill", "read", "tea", "assets/cup.png", "--root", "s"]);
    sandbox.refused(1, &["skill", "read", "tea", "assets", "--root", "s"]);
}

#[test]
fn wrapped_for_a_model() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "s/tea/SKILL.md",
        "---\nname: tea\ndescription: Makes tea.\n---\n\n# Tea\n\nPour. </skill_content> Stay inside.\n",
    );
    sandbox.file("s/tea/references/a&b.md", "x");
    let ran = sandbox.run(&["skill", "read", "tea", "--wrap", "--root", "s"]);
    // A model gets an absolute path, which works in any working directory.
    let folder = sandbox.work().canonicalize().unwrap().join("s/tea");
    assert_eq!(
        ran.out,
        format!(
            "<skill_content name=\"tea\">\n# Tea\n\nPour. &lt;/skill_content> Stay inside.\n\nSkill directory: {}\n\
             Relative paths in this skill are relative to the skill directory.\n<skill_resources>\n  \
             <file>references/a&amp;b.md</file>\n</skill_resources>\n</skill_content>\n",
            shown(folder)
        )
    );
    let both = sandbox.run(&[
        "skill",
        "read",
        "tea",
        "references/a&b.md",
        "--wrap",
        "--root",
        "s",
    ]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn similar_names_are_suggested() {
    let sandbox = Sandbox::new();
    for verb in ["read", "show"] {
        let ran = sandbox.refused(1, &["skill", verb, "systematic-debuging"]);
        assert!(
            ran.err.contains("hint: did you mean `systematic-debugging`?"),
            "{ran:?}"
        );
        let ran = sandbox.refused(1, &["skill", verb, "zzz"]);
        assert!(ran.err.contains("hint: `clawpowers skill list` shows"), "{ran:?}");
    }
}

#[test]
fn a_rejected_skill_is_reported_with_the_reason() {
    let sandbox = Sandbox::new();
    sandbox.file("s/tea/SKILL.md", "---\nname: tea\n---\nBody.\n");
    let ran = sandbox.refused(1, &["skill", "show", "tea", "--root", "s"]);
    assert!(
        ran.err
            .contains("hint: `s/tea/SKILL.md` did not load: missing field `description`\n"),
        "{ran:?}"
    );
}

#[test]
fn show_prints_every_field() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "s/tea/SKILL.md",
        "---\nname: tea\ndescription: Makes tea.\nlicense: MIT\nmetadata:\n  version: \"1.2.3\"\n---\n\n# Tea\n\n## Pour\n\nSee [none](none.md).\n",
    );
    sandbox.file("s/tea/scripts/pour.sh", "#!/bin/sh\n");
    let ran = sandbox.run(&["skill", "show", "tea", "--root", "s"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for line in [
        "location         s/tea/SKILL.md",
        "version          1.2.3",
        "license          MIT",
        "invocable by     user and model",
        "  Tea",
        "    Pour",
        "  script           10 B  scripts/pour.sh",
    ] {
        assert!(ran.out.lines().any(|l| l == line), "{line}: {}", ran.out);
    }
    assert!(
        ran.out.contains("s/tea/SKILL.md:13:5: warning[dangling-link]: "),
        "{}",
        ran.out
    );
    let (_, first) = sandbox.json(&["skill", "show", "tea", "--root", "s"]);
    let digest = first["ok"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(digest.len(), 64);
    sandbox.file("s/tea/scripts/pour.sh", "#!/bin/sh\n:\n");
    let (_, second) = sandbox.json(&["skill", "show", "tea", "--root", "s"]);
    assert_ne!(
        second["ok"]["digest"],
        digest.as_str(),
        "the digest is of the whole folder"
    );
    let large = std::fs::File::create(sandbox.file("s/tea/large", "")).unwrap();
    large.set_len(17 << 20).unwrap();
    let (_, third) = sandbox.json(&["skill", "show", "tea", "--root", "s"]);
    assert!(third["ok"]["digest"].is_null());
    let why = "`large` cannot be hashed: 17825792 bytes, more than 16777216";
    assert_eq!(third["ok"]["digest_failure"], why);
    let shown = sandbox.run(&["skill", "show", "tea", "--root", "s"]).out;
    assert!(shown.contains(&format!("none: {why}\n")), "{shown}");
}

#[test]
fn the_best_match_comes_first() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Makes tea with care.");
    sandbox.skill(
        "s/coffee",
        "Makes coffee; knows about tea too, which it does not make.",
    );
    sandbox.skill("s/bread", "Bakes bread.");
    let (code, reply) = sandbox.json(&["skill", "search", "tea", "--root", "s"]);
    assert_eq!(code, 0);
    let hits = reply["ok"]["hits"].as_array().unwrap();
    let names: Vec<_> = hits.iter().map(|hit| hit["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["tea", "coffee"]);
    let one = sandbox.run(&["skill", "search", "tea", "--limit", "1", "--root", "s"]);
    assert_eq!(one.out.lines().count(), 2, "{one:?}");
    let shipped = sandbox.run(&["skill", "search", "race", "condition"]);
    assert_eq!(shipped.code, 0, "{shipped:?}");
    assert!(shipped.out.contains("deep-debugger"), "{shipped:?}");
}

#[test]
fn a_search_without_results_exits_with_1() {
    let sandbox = Sandbox::new();
    sandbox.refused(3, &["skill", "search", "debug", "--limit", "0"]);
    let ran = sandbox.run(&["skill", "search", "xyzzyplugh"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, "no skill matches\nhint: try fewer or other words\n");
    let (code, reply) = sandbox.json(&["skill", "search", "xyzzyplugh"]);
    assert_eq!((code, &reply["ok"]["hits"]), (1, &serde_json::json!([])));
    sandbox.refused(3, &["skill", "search", "?!"]);
    assert_eq!(sandbox.run(&["skill", "search"]).code, 2);
}

#[test]
fn a_path_or_folder_name_selects_a_skill() {
    let sandbox = Sandbox::new();
    sandbox.skill(".claude/skills/tea", "Is near.");
    sandbox.skill_at(&sandbox.user_home(), ".claude/skills/tea", "Is the user's.");
    sandbox.skill("other/tea", "Is elsewhere.");
    sandbox.file(
        "other/box/SKILL.md",
        "---\nname: kettle\ndescription: Boils.\n---\n\nBoil.\n",
    );
    sandbox.file(
        ".claude/skills/box/SKILL.md",
        "---\nname: pot\ndescription: Pours.\n---\n\nPour.\n",
    );
    let shown = |name: &str| {
        let (code, reply) = sandbox.json(&["skill", "show", name]);
        assert_eq!(code, 0, "{name}: {reply}");
        let ok = &reply["ok"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        [
            text(&ok["skill"]["description"]),
            text(&ok["location"]),
            text(&ok["scope"]),
        ]
    };
    assert_eq!(shown("tea")[0], "Is near.");
    // A visible skill keeps its scope; any other file has the scope `extra`.
    assert_eq!(shown(".claude/skills/tea")[2], "project");
    assert_eq!(
        shown("other/tea"),
        ["Is elsewhere.", "other/tea/SKILL.md", "extra"]
    );
    assert_eq!(shown("other/tea/SKILL.md"), shown("other/tea"));
    assert_eq!(shown("./other/box/")[0], "Boils.");
    let user = sandbox.user_home().join(".claude/skills/tea");
    assert_eq!(
        shown(user.to_str().unwrap())[0],
        "Is the user's.",
        "a shadowed skill can be named"
    );
    assert_eq!(shown("box")[0], "Pours.", "by its folder's name");
    let inside = sandbox.run_in(&sandbox.work().join("other/tea"), &["skill", "read", "."]);
    assert_eq!(inside.out, crate::harness::text_of("tea", "Is elsewhere."));
    let beside = sandbox.run_in(&sandbox.work().join("other"), &["skill", "show", "box", "--json"]);
    assert!(
        beside.out.contains("Boils."),
        "a folder beside the caller: {beside:?}"
    );
    let wrapped = sandbox.run(&["skill", "read", "other/box", "--wrap"]);
    assert!(
        wrapped
            .out
            .starts_with("<skill_content name=\"kettle\">\nBoil.\n"),
        "{wrapped:?}"
    );

    let ran = sandbox.refused(1, &["skill", "show", "other/cup"]);
    assert!(
        ran.err.starts_with("error: there is no skill at `other/cup`\n"),
        "{ran:?}"
    );
    sandbox.file("other/cup/SKILL.md", "no frontmatter\n");
    let ran = sandbox.refused(1, &["skill", "show", "other/cup"]);
    assert!(
        ran.err.contains("hint: `other/cup/SKILL.md` did not load: "),
        "{ran:?}"
    );
}

#[test]
fn lists_and_prompts_accept_paths() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", "Is tea.");
    sandbox.skill("s/tea/nested/cup", "Is a cup.");
    sandbox.skill("t/milk", "Is milk.");
    let names = |args: &[&str]| {
        let (code, reply) = sandbox.json(&[&["skill", "list"], args].concat());
        assert_eq!(code, 0, "{args:?}: {reply}");
        let skills = reply["ok"]["skills"].as_array().unwrap().clone();
        let names: Vec<String> = skills
            .iter()
            .map(|skill| skill["name"].as_str().unwrap().to_owned())
            .collect();
        names.join(" ")
    };
    assert_eq!(names(&["s"]), "tea cup");
    assert_eq!(names(&["s/tea"]), "tea cup");
    assert_eq!(names(&["s/tea/SKILL.md"]), "tea");
    assert_eq!(names(&["t", "s/tea/SKILL.md"]), "milk tea");
    assert_eq!(names(&["--root", "t", "s/tea/nested"]), "milk cup");
    let prompt = sandbox.run(&["skill", "prompt", "s/tea/SKILL.md", "--format", "markdown"]);
    assert!(prompt.out.starts_with("- **tea**: Is tea. ("), "{prompt:?}");
    let here = sandbox.run_in(
        &sandbox.work().join("s/tea"),
        &["skill", "list", "SKILL.md", "--json"],
    );
    assert!(
        here.out.contains("\"./SKILL.md\"") && !here.out.contains("cup"),
        "{here:?}"
    );
    sandbox.refused(4, &["skill", "list", "nowhere"]);
    sandbox.file("note.md", "x");
    sandbox.refused(3, &["skill", "list", "note.md"]);
}
