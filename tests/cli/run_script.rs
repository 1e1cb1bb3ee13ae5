//! `skill run`: only scripts of the skill are run, each with its interpreter.

use crate::harness::{Sandbox, finish, good_error, write};
use crate::run::{SKILL, recorded, sandbox};
use crate::system::{set_mode, symlink};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn script(sandbox: &Sandbox, name: &str, text: &str, mode: u32) -> PathBuf {
    let draft = sandbox.file("draft", text);
    let path = sandbox.work().join(SKILL).join("scripts").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // Another process writes it: a file that is open for writing cannot be executed, and a process that a parallel test
    // starts could have inherited it.
    let copied = Command::new("cp").arg(draft).arg(&path).status().unwrap();
    assert!(copied.success());
    set_mode(&path, mode).unwrap();
    path
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn scripts_start_by_mode_first_line_or_extension() {
    let sandbox = sandbox();
    let printf = "printf '%s:' \"$0\" \"$@\"\n";
    let python = "import sys\nprint('python', *sys.argv[1:])\n";
    let js = "console.log('node', ...process.argv.slice(2))\n";
    script(&sandbox, "plain", &format!("#!/bin/sh\n{printf}"), 0o755);
    script(&sandbox, "no-right", "#!/bin/sh\necho sh \"$@\"\n", 0o644);
    script(
        &sandbox,
        "argument",
        "#!/bin/sh -e\nfalse\necho not reached\n",
        0o644,
    );
    script(&sandbox, "env", "#! /usr/bin/env sh\r\necho env \"$@\"\n", 0o644);
    script(&sandbox, "a.sh", "echo sh \"$@\"\n", 0o644);
    script(&sandbox, "right.sh", "echo sh \"$@\"\n", 0o755);
    script(&sandbox, "empty-line.sh", "#!\necho sh \"$@\"\n", 0o644);
    script(&sandbox, "a.bash", "x=(1 2); echo bash${#x[@]} \"$@\"\n", 0o644);
    script(&sandbox, "deep/er/a.sh", "echo sh \"$@\"\n", 0o644);
    let a = |name: &str| sandbox.run(&["skill", "run", "demo", name, "--", "1", "a b"]);
    let path = sandbox
        .work()
        .join(SKILL)
        .join("scripts/plain")
        .canonicalize()
        .unwrap();
    let says = |name: &str, out: &str| {
        let ran = a(name);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (0, out, ""),
            "{name}: {ran:?}"
        );
    };
    says("plain", &format!("{}:1:a b:", path.display()));
    for name in [
        "no-right",
        "a.sh",
        "scripts/a.sh",
        "right.sh",
        "empty-line.sh",
        "./a.sh",
        "deep/er/a.sh",
    ] {
        says(name, "sh 1 a b\n");
    }
    says("env", "env 1 a b\n");
    says("a.bash", "bash2 1 a b\n");
    assert_eq!(a("argument").code, 1);
    let has = |program: &str| finish(sandbox.command("which").args([program])).code == 0;
    for (name, text, program) in [
        ("a.py", python, "python3"),
        ("a.js", js, "node"),
        ("a.cjs", js, "node"),
    ] {
        if !has(program) {
            println!("skipped: there is no {program}");
            continue;
        }
        script(&sandbox, name, text, 0o644);
        says(name, &format!("{} 1 a b\n", program.trim_end_matches('3')));
        script(&sandbox, name, text, 0o755);
        says(name, &format!("{} 1 a b\n", program.trim_end_matches('3')));
    }
    // Neither executable, nor with a `#!` line or a known extension.
    script(&sandbox, "notes.txt", "echo no\n", 0o644);
    let count = recorded(&sandbox).len();
    let ran = a("notes.txt");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
    good_error(&ran.err);
    // A `#!` line without an interpreter, which the system reports.
    script(&sandbox, "gone", "#!/no/such/interpreter\n", 0o755);
    assert_eq!(a("gone").code, 127);
    assert_eq!(recorded(&sandbox).len(), count);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn only_scripts_in_the_folder_are_run() {
    let sandbox = sandbox();
    let secret = sandbox.file("outside.sh", "#!/bin/sh\ntouch ran\n");
    set_mode(&secret, 0o755).unwrap();
    let scripts = script(&sandbox, "a.sh", "echo in\n", 0o644)
        .parent()
        .unwrap()
        .to_owned();
    let top = scripts.parent().unwrap();
    write(&top.join("top.sh"), "touch ran\n");
    symlink(&secret, scripts.join("link.sh")).unwrap();
    symlink(sandbox.work(), scripts.join("away")).unwrap();
    symlink("a.sh", scripts.join("inner.sh")).unwrap();
    symlink("nowhere", scripts.join("dangling.sh")).unwrap();
    symlink("../top.sh", scripts.join("top.sh")).unwrap();
    fs::create_dir(scripts.join("folder.sh")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(scripts.join("pipe.sh"))
            .status()
            .unwrap()
            .success()
    );
    let absolute = secret.to_str().unwrap();
    for (code, name) in [
        (3, "link.sh"),
        (3, "away/outside.sh"),
        (3, "top.sh"),
        (3, "../top.sh"),
        (3, "scripts/../top.sh"),
        (3, "../../../../outside.sh"),
        (3, "../SKILL.md"),
        (3, absolute),
        (3, "/bin/sh"),
        (1, "dangling.sh"),
        (1, "folder.sh"),
        (1, "pipe.sh"),
        (1, "missing.sh"),
        (1, "a.sh/"),
        (1, "a.sh/b"),
        (1, "."),
        (1, ".."),
        (1, "scripts"),
        (1, ""),
        (1, "a.sh\n"),
    ] {
        sandbox.refused(code, &["skill", "run", "demo", name]);
    }
    let missing = sandbox.refused(1, &["skill", "run", "demo", "missing.sh"]);
    assert!(missing.err.contains("a.sh"), "names what there is: {missing:?}");
    assert!(recorded(&sandbox).is_empty());
    assert!(!sandbox.work().join("ran").exists() && !top.join("ran").exists());
    // Paths and symlinks that stay inside are allowed.
    for name in ["inner.sh", "../scripts/a.sh", "./../scripts/./a.sh"] {
        let ran = sandbox.run(&["skill", "run", "demo", name]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "in\n"), "{name}: {ran:?}");
    }
    // The `scripts` folder itself is a symlink out of the skill.
    sandbox.skill(".agents/skills/borrowed", "Borrows");
    symlink(
        sandbox.work(),
        sandbox.work().join(".agents/skills/borrowed/scripts"),
    )
    .unwrap();
    sandbox.refused(3, &["skill", "run", "borrowed", "outside.sh"]);
    sandbox.skill(".agents/skills/bare", "Has none");
    let none = sandbox.refused(1, &["skill", "run", "bare", "a.sh"]);
    assert!(none.err.contains("no folder `scripts`"), "{none:?}");
    sandbox.refused(1, &["skill", "run", "using-clawpowers", "a.sh"]);
    assert!(!sandbox.work().join("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn unmet_requirements_prevent_a_run() {
    let sandbox = Sandbox::new();
    let text = |requires: &str| format!("---\nname: demo\ndescription: d\nrequires:\n{requires}---\n\nDo.\n");
    sandbox.file(
        &format!("{SKILL}/SKILL.md"),
        text("  bins: [no-such-bin]\n  env: [NO_SUCH]\n"),
    );
    script(&sandbox, "a.sh", "touch ran\n", 0o644);
    let ran = sandbox.refused(3, &["skill", "run", "demo", "a.sh"]);
    assert!(
        ran.err.contains("no-such-bin") && ran.err.contains("NO_SUCH"),
        "{ran:?}"
    );
    let (code, reply) = sandbox.json(&["skill", "run", "demo", "a.sh"]);
    assert_eq!(code, 3);
    assert_eq!(reply["error"]["details"]["missing"].as_array().unwrap().len(), 2);
    assert!(!sandbox.work().join(SKILL).join("ran").exists());
    assert!(!sandbox.runtime_home().join("clawpowers.db").exists());
    sandbox.file(
        &format!("{SKILL}/SKILL.md"),
        text("  bins: [sh]\n  env: [HOME]\n"),
    );
    assert_eq!(sandbox.run(&["skill", "run", "demo", "a.sh"]).code, 0);
    assert!(sandbox.work().join(SKILL).join("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn scripts_get_the_paths_of_their_folders() {
    let sandbox = Sandbox::new();
    let folder = sandbox.work().join("my skills/demo");
    sandbox.skill("my skills/demo", "Shows things");
    let path = write(
        &folder.join("scripts/where.sh"),
        "echo \"$CLAWPOWERS_SKILL_DIR|$CLAWPOWERS_WORK_DIR|$(pwd -P)\"; cat; exit 4\n",
    );
    let below = sandbox.work().join("below");
    fs::create_dir(&below).unwrap();
    let absolute = sandbox.work().join("my skills");
    let expected = |cwd: &Path| {
        let at = folder.display();
        format!(
            "{at}|{}|{}\n",
            cwd.display(),
            folder.canonicalize().unwrap().display()
        )
    };
    for (cwd, root) in [
        (sandbox.work(), "my skills"),
        (sandbox.work(), "./my skills/"),
        (sandbox.work(), absolute.to_str().unwrap()),
        (below, absolute.to_str().unwrap()),
        (absolute.clone(), "."),
    ] {
        let ran = sandbox.run_in(&cwd, &["skill", "run", "demo", "where.sh", "--root", root]);
        assert_eq!((ran.code, ran.out), (4, expected(&cwd)), "{root}: {}", ran.err);
    }
    // The caller's values of these variables are replaced, and stdin is the caller's.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .args(["skill", "run", "demo", "where.sh", "--root", "my skills"])
        .envs([("CLAWPOWERS_SKILL_DIR", "old"), ("CLAWPOWERS_WORK_DIR", "old")])
        .stdin(fs::File::open(path).unwrap());
    let ran = finish(&mut command);
    assert!(ran.out.starts_with(&expected(&sandbox.work())), "{ran:?}");
    assert!(ran.out.ends_with("cat; exit 4\n"), "{ran:?}");
    assert_eq!(recorded(&sandbox).len(), 6);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn arguments_of_scripts() {
    let sandbox = sandbox();
    script(&sandbox, "args.sh", "printf '[%s]' \"$@\"; exit 2\n", 0o644);
    let start = ["skill", "run", "demo", "args.sh"];
    for (rest, expected) in [
        (
            &["a b", "", "-x", "--json", "--", "--timeout", "1"][..],
            "[a b][][-x][--json][--][--timeout][1]",
        ),
        (
            &["--", "--json", "--since", "v1 2", "--", "-"],
            "[--json][--since][v1 2][--][-]",
        ),
        (&["--since", "v1"], "[--since][v1]"),
        (&["-"], "[-]"),
        (&["*", "$HOME", "it's \"q\"\n"], "[*][$HOME][it's \"q\"\n]"),
    ] {
        let mut words = start.to_vec();
        words.extend(rest);
        let ran = sandbox.run(&words);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (2, expected, ""),
            "{rest:?}"
        );
    }
    // Options of clawpowers come before the arguments.
    let ran = sandbox.run(&[
        "skill",
        "run",
        "demo",
        "args.sh",
        "--partial-exit",
        "2",
        "--session-id",
        "s",
        "--json",
        "--",
        "--json",
    ]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let reply: Value = serde_json::from_str(ran.out.strip_prefix("[--json]").unwrap()).unwrap();
    assert_eq!(reply["ok"]["outcome"], "partial");
    let last = recorded(&sandbox).pop().unwrap();
    assert_eq!(
        (&last["outcome"], &last["session"]),
        (&"partial".into(), &"s".into())
    );
    assert_eq!((&last["skill"], &last["source"]), (&"demo".into(), &"run".into()));
}
