//! `skill list`: scopes, precedence, rejected skills.

use crate::harness::{Sandbox, write};
use crate::system::{shown, symlink};
use serde_json::Value;

fn names(reply: &Value, what: &str) -> Vec<String> {
    let rows = reply["ok"][what].as_array().unwrap();
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_empty_folder_lists_the_bundled_skills() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["skill", "list"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for name in ["deep-debugger", "systematic-debugging", "using-clawpowers"] {
        let row = ran.out.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(row.contains(" bundled "), "{row}");
    }
    let (code, reply) = sandbox.json(&["skill", "list"]);
    assert_eq!(code, 0);
    let shipped = names(&reply, "skills");
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../skills")).unwrap();
    let mut on_disk: Vec<String> = folders
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    on_disk.sort();
    assert_eq!(shipped, on_disk);
}

#[test]
fn every_scope_is_found_and_selectable() {
    let sandbox = Sandbox::new();
    sandbox.skill(".clawpowers/skills/of-project", "Is of the project.");
    sandbox.skill_at(&sandbox.user_home(), ".agents/skills/of-user", "Is of the user.");
    sandbox.skill_at(
        &sandbox.runtime_home(),
        "skills/of-home",
        "Is of the runtime home.",
    );
    let (_, reply) = sandbox.json(&["skill", "list"]);
    let all = names(&reply, "skills");
    assert_eq!(all[..3], ["of-project", "of-user", "of-home"]);
    for (scope, name) in [
        ("project", "of-project"),
        ("user", "of-user"),
        ("home", "of-home"),
    ] {
        let (code, reply) = sandbox.json(&["skill", "list", "--scope", scope]);
        assert_eq!(code, 0);
        assert_eq!(names(&reply, "skills"), [name]);
        assert_eq!(reply["ok"]["skills"][0]["scope"], scope);
    }
    let (_, two) = sandbox.json(&["skill", "list", "--scope", "home", "--scope", "user"]);
    assert_eq!(names(&two, "skills"), ["of-user", "of-home"]);
    let (_, none) = sandbox.json(&["skill", "list", "--scope", "extra"]);
    assert!(names(&none, "skills").is_empty());
}

#[test]
fn the_home_option_overrides_the_variable() {
    let sandbox = Sandbox::new();
    sandbox.skill_at(
        &sandbox.runtime_home(),
        "skills/of-variable",
        "Is of the variable.",
    );
    sandbox.skill("other/skills/of-option", "Is of the option.");
    let (_, reply) = sandbox.json(&["skill", "list", "--scope", "home", "--home", "other"]);
    assert_eq!(names(&reply, "skills"), ["of-option"]);
}

#[test]
fn a_project_extends_to_its_repository_root() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.work().join("repo/.git")).unwrap();
    sandbox.skill(".agents/skills/above", "Is above the repository.");
    sandbox.skill("repo/.agents/skills/inside", "Is inside the repository.");
    let deep = sandbox.work().join("repo/src/deep");
    std::fs::create_dir_all(&deep).unwrap();
    let ran = sandbox.run_in(&deep, &["skill", "list", "--scope", "project"]);
    assert!(ran.out.contains("\ninside "), "{ran:?}");
    assert!(!ran.out.contains("above"), "{ran:?}");
}

#[test]
fn the_first_of_two_skills_with_the_same_name_shadows_the_other() {
    let sandbox = Sandbox::new();
    let winner = sandbox.skill(".clawpowers/skills/twin", "Is the project's.");
    let loser = sandbox.skill_at(&sandbox.user_home(), ".claude/skills/twin", "Is the user's.");
    let ran = sandbox.run(&["skill", "list"]);
    assert!(ran.out.contains("Is the project's."), "{ran:?}");
    assert!(!ran.out.contains("Is the user's."), "{ran:?}");
    let (winner, loser) = (shown(winner), shown(loser));
    assert!(
        ran.out
            .contains(&format!("shadowed {loser}: {winner} takes precedence\n")),
        "{ran:?}"
    );
    let (_, reply) = sandbox.json(&["skill", "list"]);
    assert_eq!(reply["ok"]["shadowed"][0]["location"], loser);
    assert_eq!(reply["ok"]["shadowed"][0]["winner"], winner);
}

#[test]
fn a_client_has_its_own_folders_and_order() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/twin", "Is the project's.");
    sandbox.skill_at(&sandbox.user_home(), ".agents/skills/twin", "Is the user's.");
    sandbox.skill(".claude/skills/for-claude", "Is for Claude.");
    let (_, codex) = sandbox.json(&["skill", "list", "--as", "codex"]);
    let seen = names(&codex, "skills");
    assert_eq!(seen.iter().filter(|name| *name == "twin").count(), 2, "{codex}");
    assert!(!seen.contains(&"for-claude".to_owned()));
    let (_, claude) = sandbox.json(&["skill", "list", "--as", "claude"]);
    assert_eq!(names(&claude, "skills"), ["for-claude"]);
    let (_, goose) = sandbox.json(&["skill", "list", "--as", "goose"]);
    assert_eq!(names(&goose, "skills"), ["twin", "for-claude"]);
    assert_eq!(names(&goose, "shadowed"), ["twin"]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn two_paths_to_one_file_are_one_skill() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/real", "Is real.");
    symlink("real", sandbox.work().join("s/alias")).unwrap();
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    assert_eq!(ran.out.matches("Is real.").count(), 1, "{ran:?}");
    assert!(
        ran.out
            .contains("duplicate s/alias/SKILL.md: the same file as s/real/SKILL.md\n"),
        "{ran:?}"
    );
}

#[test]
fn rejected_skills_are_listed_with_position_and_rule() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/good", "Is good.");
    sandbox.file("s/plain/SKILL.md", "# Only a heading\n");
    sandbox.file("s/nameless/SKILL.md", "---\nname: nameless\n---\nBody.\n");
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    assert_eq!(ran.code, 0);
    let rejected: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.starts_with("rejected "))
        .collect();
    assert_eq!(rejected.len(), 2, "{ran:?}");
    assert!(
        rejected[0].starts_with("rejected s/nameless/SKILL.md:2:1: ")
            && rejected[0].ends_with(" [description-missing]")
    );
    assert!(
        rejected[1].starts_with("rejected s/plain/SKILL.md:1:1: ")
            && rejected[1].ends_with(" [frontmatter-missing]")
    );
    assert!(
        ran.out.ends_with("3 found, 1 loaded, 0 shadowed, 2 rejected\n"),
        "{ran:?}"
    );
}

#[test]
fn columns_align_with_wide_characters() {
    let sandbox = Sandbox::new();
    sandbox.file("s/a/SKILL.md", "---\nname: 技能\ndescription: One.\n---\nBody.\n");
    sandbox.skill("s/bbbb", "Two.");
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    // Two characters of two columns each are as wide as four letters.
    assert!(ran.out.contains("技能  extra  One.\n"), "{ran:?}");
    assert!(ran.out.contains("bbbb  extra  Two.\n"), "{ran:?}");
}

#[test]
fn several_roots_are_listed_in_their_order() {
    let sandbox = Sandbox::new();
    sandbox.skill("b/two", "Is two.");
    sandbox.skill("a/one", "Is one.");
    let (_, reply) = sandbox.json(&["skill", "ls", "--root", "b", "--root", "a"]);
    assert_eq!(names(&reply, "skills"), ["two", "one"]);
}

#[test]
fn relative_and_empty_variables() {
    let sandbox = Sandbox::new();
    write(
        &sandbox.work().join("rel/skills/x/SKILL.md"),
        "---\nname: x\ndescription: X.\n---\nBody.\n",
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .env("CLAWPOWERS_DIR", "rel")
        .args(["skill", "list", "--scope", "home"]);
    assert!(crate::harness::finish(&mut command).out.contains("\nx "));
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    sandbox.skill_at(
        &sandbox.user_home(),
        ".clawpowers/skills/of-default",
        "Is of the default home.",
    );
    command
        .env("CLAWPOWERS_DIR", "")
        .args(["skill", "list", "--scope", "home"]);
    assert!(crate::harness::finish(&mut command).out.contains("\nof-default "));
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no limit of open files to lower")]
fn few_open_files_are_enough() {
    let sandbox = Sandbox::new();
    for index in 0..60 {
        sandbox.skill(&format!("s/{index}/{}", ["n"; 12].join("/")), "x");
    }
    let mut command = sandbox.command("sh");
    let program = env!("CARGO_BIN_EXE_clawpowers");
    command.args(["-c", "ulimit -n 24; exec \"$0\" skill list --root s", program]);
    let ran = crate::harness::finish(&mut command);
    assert!(
        ran.out.ends_with("60 found, 1 loaded, 59 shadowed, 0 rejected\n"),
        "{ran:?}"
    );
}
