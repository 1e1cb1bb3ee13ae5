//! `run` and `skill run`: what is run has the caller's streams and signals, and how it ended is recorded.

use crate::harness::{World, finish, good_error, is_ignored, wait, write};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SKILL: &str = ".agents/skills/demo";

/// A world with the skill `demo`.
fn world() -> World {
    let world = World::new();
    world.skill(SKILL, "Shows things");
    world
}

/// `run --skill demo OPTIONS -- sh -c SCRIPT`.
fn words<'a>(options: &[&'a str], script: &'a str) -> Vec<&'a str> {
    let mut words = vec!["run", "--skill", "demo"];
    words.extend(options);
    words.extend(["--", "sh", "-c", script]);
    words
}

/// The executions that are recorded, the oldest first.
fn recorded(world: &World) -> Vec<Value> {
    let ran = world.run(&["metrics", "show", "--limit", "1000"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The only execution that is recorded.
fn only(world: &World) -> Value {
    let mut all = recorded(world);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn script(world: &World, name: &str, text: &str, mode: u32) -> PathBuf {
    let draft = world.file("draft", text);
    let path = world.work().join(SKILL).join("scripts").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // Another process writes it: a file that a test next to this one has open, because it was just starting a process,
    // cannot be executed.
    let copied = Command::new("cp").arg(draft).arg(&path).status().unwrap();
    assert!(copied.success());
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// Waits until a file holds a whole line and returns the line.
fn line_of(path: &Path) -> String {
    let started = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Some((line, _)) = text.split_once('\n') {
            return line.to_owned();
        }
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "nothing was written"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn kill(signal: &str, pid: &str) {
    let killed = Command::new("kill").args([signal, pid]).status().unwrap();
    assert!(killed.success());
}

fn is_alive(pid: &str) -> bool {
    let listed = Command::new("ps")
        .args(["-o", "stat=", "-p", pid])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&listed.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

fn start(world: &World, args: &[&str]) -> Child {
    let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn exit_codes_pass_through_and_are_recorded() {
    for (options, script, code, outcome, notes) in [
        (&[][..], "exit 0", 0, "success", None),
        (&[], "exit 3", 3, "failure", Some("exit code 3")),
        (&[], "exit 255", 255, "failure", Some("exit code 255")),
        (&[], "exit 126", 126, "failure", Some("exit code 126")),
        (&[], "kill -9 $$", 137, "failure", Some("ended by signal 9")),
        (&[], "kill $$", 143, "failure", Some("ended by signal 15")),
        (
            &["--partial-exit", "2"],
            "exit 2",
            2,
            "partial",
            Some("exit code 2"),
        ),
        (
            &["--partial-exit", "2"],
            "exit 1",
            1,
            "failure",
            Some("exit code 1"),
        ),
        (&["--partial-exit", "2"], "exit 0", 0, "success", None),
        (&["--partial-exit", "0"], "exit 0", 0, "success", None),
        (&["--timeout", "600"], "exit 0", 0, "success", None),
        (
            &["--timeout", "0.2"],
            "sleep 600",
            124,
            "failure",
            Some("timed out after 0.2 s"),
        ),
        // It makes something of its last moments, and that its time was over counts more.
        (
            &["--timeout", "0.2"],
            "trap 'exit 0' TERM; sleep 600 & wait",
            124,
            "failure",
            Some("timed out after 0.2 s"),
        ),
        (&["--timeout", ".2e0"], "exit 0", 3, "", None),
    ] {
        let world = world();
        let ran = world.run(&words(options, script));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (code, ""),
            "{options:?} {script}: {ran:?}"
        );
        if outcome.is_empty() {
            good_error(&ran.err);
            assert!(recorded(&world).is_empty());
            continue;
        }
        assert_eq!(ran.err, "", "{script}");
        let execution = only(&world);
        assert_eq!(execution["skill"], "demo");
        assert_eq!(execution["outcome"], outcome, "{script}");
        assert_eq!(execution.get("notes").and_then(Value::as_str), notes, "{script}");
        assert!(execution["duration_s"].as_f64().unwrap() > 0.0, "{execution}");
    }
}

#[test]
fn who_stays_after_its_time_is_killed() {
    let world = world();
    let ran = world.run(&words(
        &["--timeout", "0.2"],
        "trap '' TERM; while :; do sleep 1; done",
    ));
    assert_eq!((ran.code, ran.err.as_str()), (137, ""), "{ran:?}");
    let execution = only(&world);
    assert_eq!(execution["outcome"], "failure");
    assert_eq!(execution["notes"], "timed out after 0.2 s");
}

#[test]
fn what_is_not_started_is_not_recorded() {
    let world = world();
    world.file("plain.txt", "no program\n");
    fs::create_dir(world.work().join("folder")).unwrap();
    for (program, code) in [
        ("no-such-program", 127),
        ("./no-such-program", 127),
        ("./plain.txt", 126),
        ("./folder", 126),
        ("", 127),
    ] {
        let ran = world.run(&["run", "--skill", "demo", "--", program, "x"]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{program}: {ran:?}");
        good_error(&ran.err);
        let (json_code, reply) = world.json(&["run", "--json", "--skill", "demo", "--", program]);
        // What stands behind the program is the program's; so is a `--json` there.
        assert_eq!(json_code, code, "{program}");
        assert_eq!(reply["error"]["code"], "invalid_input", "{reply}");
    }
    assert!(recorded(&world).is_empty());
    // The next one gets a number all the same.
    assert_eq!(world.run(&words(&[], "exit 0")).code, 0);
    assert_eq!(only(&world)["outcome"], "success");
}

#[test]
fn what_is_refused_is_neither_run_nor_recorded() {
    let world = world();
    let ran = |code, args: &[&str]| {
        let ran = world.refused(code, args);
        assert!(!world.work().join("ran").exists(), "{args:?}");
        ran
    };
    ran(1, &["run", "--skill", "nobody", "--", "touch", "ran"]);
    let near = ran(1, &["run", "--skill", "dem", "--", "touch", "ran"]);
    assert!(near.err.contains("did you mean `demo`?"), "{near:?}");
    ran(1, &["skill", "run", "nobody", "x.sh"]);
    for timeout in ["0", "0.0", "-1", "1e3", "1s", "", " ", "NaN", "inf", "999999999"] {
        ran(
            3,
            &[
                "run",
                "--skill",
                "demo",
                "--timeout",
                timeout,
                "--",
                "touch",
                "ran",
            ],
        );
    }
    for partial in ["256", "-1", "x", ""] {
        ran(
            2,
            &[
                "run",
                "--skill",
                "demo",
                "--partial-exit",
                partial,
                "--",
                "touch",
                "ran",
            ],
        );
    }
    ran(2, &["run", "--skill", "demo"]);
    ran(2, &["run", "--skill", "demo", "--"]);
    ran(2, &["run", "--", "touch", "ran"]);
    assert!(!world.claw().join("clawpowers.db").exists());
    for long in ["--session-id", "--agent", "--model", "--tier", "--project"] {
        ran(3, &["run", "--skill", "demo", long, "a\nb", "--", "touch", "ran"]);
    }
    assert!(recorded(&world).is_empty());
    // A home that cannot be written, while the command could be run.
    write(&world.claw().join("clawpowers.db"), "no database");
    ran(4, &["run", "--skill", "demo", "--", "touch", "ran"]);
}

#[test]
fn streams_are_the_commands() {
    let world = world();
    let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
    let mut child = command
        .args(words(&[], "cat; echo err >&2; printf '\\377\\000\\033[1m'"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds, both ways.
    let input = b"line\xfe\n".repeat(100_000);
    let sent = input.clone();
    let writer = thread::spawn(move || stdin.write_all(&sent).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let expected = [&input[..], b"\xff\x00\x1b[1m"].concat();
    assert!(output.stdout == expected, "{} bytes", output.stdout.len());
    assert_eq!(output.stderr, b"err\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn words_reach_the_command_as_they_are() {
    let world = world();
    let args = ["a b", "", "--json", "--", "-x", "*", "$HOME", "it's", "\"", "é\n"];
    let expected: String = args.iter().map(|arg| format!("[{arg}]")).collect();
    for start in [&["--", "printf", "[%s]"][..], &["printf", "[%s]"]] {
        let mut words = vec!["run", "--skill", "demo"];
        words.extend(start);
        words.extend(args);
        let ran = world.run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (0, expected.as_str()), "{ran:?}");
    }
    // The command's own environment and folder are the caller's.
    let ran = world.run(&words(&[], "echo \"$PWD $CLAWPOWERS_DIR\""));
    assert_eq!(
        ran.out,
        format!("{} {}\n", world.work().display(), world.claw().display())
    );
}

#[test]
fn what_is_known_is_recorded() {
    let world = World::new();
    let text = "---\nname: demo\ndescription: Shows things\nversion: 1.2.3\n---\n\n# Demo\n";
    let file = world.file(&format!("{SKILL}/SKILL.md"), text);
    let options = [
        "--session-id",
        "s 1",
        "--agent",
        "ann",
        "--model",
        "m-1",
        "--tier",
        "fast",
        "--project",
        "p",
    ];
    assert_eq!(world.run(&words(&options, "exit 0")).code, 0);
    let (_, shown) = world.json(&["skill", "show", "demo"]);
    let first = only(&world);
    for (field, value) in [
        ("session", "s 1"),
        ("agent", "ann"),
        ("model", "m-1"),
        ("tier", "fast"),
        ("project", "p"),
        ("skill_version", "1.2.3"),
        ("source", "run"),
    ] {
        assert_eq!(first[field], value, "{first}");
    }
    assert_eq!(first["skill_digest"], shown["ok"]["digest"]);
    assert_eq!(first["skill_digest"].as_str().unwrap().len(), 64);
    // Another text is another digest.
    write(&file, format!("{text}\nMore.\n"));
    assert_eq!(world.run(&words(&[], "exit 0")).code, 0);
    let second = recorded(&world).remove(1);
    assert_ne!(second["skill_digest"], first["skill_digest"]);
    assert!(second.get("session").is_none(), "{second}");
    // A skill that is in the program has a digest as well.
    let ran = world.run(&["run", "--skill", "using-clawpowers", "--", "true"]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        recorded(&world).remove(2)["skill_digest"].as_str().unwrap().len(),
        64
    );
}

#[test]
fn a_command_may_use_the_home() {
    let world = world();
    let program = env!("CARGO_BIN_EXE_clawpowers");
    let inner = format!(
        "'{program}' store set k v && '{program}' metrics show --outcome open && \
         '{program}' run --skill demo -- '{program}' store get k"
    );
    let ran = world.run(&words(&[], &inner));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.out.contains("\"outcome\":\"open\"") && ran.out.ends_with("\nv\n"),
        "{ran:?}"
    );
    let outcomes: Vec<_> = recorded(&world)
        .iter()
        .map(|execution| execution["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["success", "success"]);
}

#[test]
fn a_reply_in_json_comes_behind_the_output() {
    let world = world();
    let mut args = vec!["--json"];
    args.extend(words(&[], "echo out; exit 3"));
    let ran = world.run(&args);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{ran:?}");
    let (out, reply) = ran.out.split_once('\n').unwrap();
    assert_eq!(out, "out");
    let reply: Value = serde_json::from_str(reply).unwrap();
    let ok = &reply["ok"];
    assert_eq!((&ok["outcome"], &ok["exit_code"]), (&"failure".into(), &3.into()));
    assert_eq!(ok["unrecorded"], Value::Null);
    let (_, shown) = world.json(&["metrics", "show"]);
    assert_eq!(shown["ok"]["executions"][0]["id"], ok["id"], "{shown}");
}

#[test]
fn a_signal_reaches_the_command_and_is_recorded() {
    for (signal, number) in [("-TERM", 15), ("-INT", 2), ("-HUP", 1)] {
        if is_ignored(number) {
            println!("skipped: the tests were started with signal {number} ignored, and it stays so");
            continue;
        }
        let world = world();
        let child = &mut start(&world, &words(&[], "echo $$ > pid; exec sleep 600"));
        let pid = line_of(&world.work().join("pid"));
        kill(signal, &child.id().to_string());
        assert_eq!(wait(child), 128 + number);
        assert!(!is_alive(&pid));
        let execution = only(&world);
        assert_eq!(execution["outcome"], "failure");
        assert_eq!(execution["notes"], format!("ended by signal {number}"));
    }
    // The command decides what comes of it.
    let world = world();
    let script = "trap 'kill $!; exit 0' TERM; sleep 600 & echo $$ > pid; wait";
    let child = &mut start(&world, &words(&[], script));
    line_of(&world.work().join("pid"));
    kill("-TERM", &child.id().to_string());
    assert_eq!(wait(child), 0);
    assert_eq!(only(&world)["outcome"], "success");
}

#[test]
fn a_killed_runner_leaves_the_execution_open() {
    let world = world();
    let mut child = start(
        &world,
        &words(&["--session-id", "s"], "echo $$ > pid; exec sleep 600"),
    );
    let pid = line_of(&world.work().join("pid"));
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    // The command itself is left behind, as the documentation says.
    assert!(is_alive(&pid));
    kill("-KILL", &pid);
    let execution = only(&world);
    assert_eq!(execution["outcome"], "open");
    assert!(execution.get("duration_s").is_none(), "{execution}");
    let (_, summary) = world.json(&["metrics", "summary", "--session", "s"]);
    assert_eq!(summary["ok"]["all"]["open"], 1);
}

#[test]
fn scripts_start_by_right_by_first_line_and_by_name() {
    let world = world();
    let printf = "printf '%s:' \"$0\" \"$@\"\n";
    let python = "import sys\nprint('python', *sys.argv[1:])\n";
    let js = "console.log('node', ...process.argv.slice(2))\n";
    script(&world, "plain", &format!("#!/bin/sh\n{printf}"), 0o755);
    script(&world, "no-right", "#!/bin/sh\necho sh \"$@\"\n", 0o644);
    script(
        &world,
        "argument",
        "#!/bin/sh -e\nfalse\necho not reached\n",
        0o644,
    );
    script(&world, "env", "#! /usr/bin/env sh\r\necho env \"$@\"\n", 0o644);
    script(&world, "a.sh", "echo sh \"$@\"\n", 0o644);
    script(&world, "right.sh", "echo sh \"$@\"\n", 0o755);
    script(&world, "empty-line.sh", "#!\necho sh \"$@\"\n", 0o644);
    script(&world, "a.bash", "x=(1 2); echo bash${#x[@]} \"$@\"\n", 0o644);
    script(&world, "deep/er/a.sh", "echo sh \"$@\"\n", 0o644);
    let a = |name: &str| world.run(&["skill", "run", "demo", name, "--", "1", "a b"]);
    let path = world
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
    let has = |program: &str| finish(world.command("which").args([program])).code == 0;
    for (name, text, program) in [
        ("a.py", python, "python3"),
        ("a.js", js, "node"),
        ("a.cjs", js, "node"),
    ] {
        if !has(program) {
            println!("skipped: there is no {program}");
            continue;
        }
        script(&world, name, text, 0o644);
        says(name, &format!("{} 1 a b\n", program.trim_end_matches('3')));
        script(&world, name, text, 0o755);
        says(name, &format!("{} 1 a b\n", program.trim_end_matches('3')));
    }
    // Neither right nor first line nor a name that says anything.
    script(&world, "notes.txt", "echo no\n", 0o644);
    let count = recorded(&world).len();
    let ran = a("notes.txt");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
    good_error(&ran.err);
    // A first line that names nothing, for which the system has an answer.
    script(&world, "gone", "#!/no/such/interpreter\n", 0o755);
    assert_eq!(a("gone").code, 127);
    assert_eq!(recorded(&world).len(), count);
}

#[test]
fn only_what_lies_in_the_folder_is_run() {
    let world = world();
    let secret = world.file("outside.sh", "#!/bin/sh\ntouch ran\n");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o755)).unwrap();
    let scripts = script(&world, "a.sh", "echo in\n", 0o644)
        .parent()
        .unwrap()
        .to_owned();
    let top = scripts.parent().unwrap();
    write(&top.join("top.sh"), "touch ran\n");
    symlink(&secret, scripts.join("link.sh")).unwrap();
    symlink(world.work(), scripts.join("away")).unwrap();
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
        world.refused(code, &["skill", "run", "demo", name]);
    }
    let missing = world.refused(1, &["skill", "run", "demo", "missing.sh"]);
    assert!(missing.err.contains("a.sh"), "names what there is: {missing:?}");
    assert!(recorded(&world).is_empty());
    assert!(!world.work().join("ran").exists() && !top.join("ran").exists());
    // Ways that stay inside are ways inside.
    for name in ["inner.sh", "../scripts/a.sh", "./../scripts/./a.sh"] {
        let ran = world.run(&["skill", "run", "demo", name]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "in\n"), "{name}: {ran:?}");
    }
    // A folder of scripts that lies elsewhere as a whole.
    world.skill(".agents/skills/borrowed", "Borrows");
    symlink(world.work(), world.work().join(".agents/skills/borrowed/scripts")).unwrap();
    world.refused(3, &["skill", "run", "borrowed", "outside.sh"]);
    world.skill(".agents/skills/bare", "Has none");
    let none = world.refused(1, &["skill", "run", "bare", "a.sh"]);
    assert!(none.err.contains("no folder `scripts`"), "{none:?}");
    world.refused(1, &["skill", "run", "using-clawpowers", "a.sh"]);
    assert!(!world.work().join("ran").exists());
}

#[test]
fn requirements_come_first() {
    let world = World::new();
    let text = |requires: &str| format!("---\nname: demo\ndescription: d\nrequires:\n{requires}---\n\nDo.\n");
    world.file(
        &format!("{SKILL}/SKILL.md"),
        text("  bins: [no-such-bin]\n  env: [NO_SUCH]\n"),
    );
    script(&world, "a.sh", "touch ran\n", 0o644);
    let ran = world.refused(3, &["skill", "run", "demo", "a.sh"]);
    assert!(
        ran.err.contains("no-such-bin") && ran.err.contains("NO_SUCH"),
        "{ran:?}"
    );
    let (code, reply) = world.json(&["skill", "run", "demo", "a.sh"]);
    assert_eq!(code, 3);
    assert_eq!(reply["error"]["details"]["missing"].as_array().unwrap().len(), 2);
    assert!(!world.work().join(SKILL).join("ran").exists());
    assert!(!world.claw().join("clawpowers.db").exists());
    world.file(
        &format!("{SKILL}/SKILL.md"),
        text("  bins: [sh]\n  env: [HOME]\n"),
    );
    assert_eq!(world.run(&["skill", "run", "demo", "a.sh"]).code, 0);
    assert!(world.work().join(SKILL).join("ran").exists());
}

#[test]
fn a_script_knows_where_it_is() {
    let world = World::new();
    let folder = world.work().join("my skills/demo");
    world.skill("my skills/demo", "Shows things");
    let path = write(
        &folder.join("scripts/where.sh"),
        "echo \"$CLAWPOWERS_SKILL_DIR|$CLAWPOWERS_WORK_DIR|$(pwd -P)\"; cat; exit 4\n",
    );
    let below = world.work().join("below");
    fs::create_dir(&below).unwrap();
    let absolute = world.work().join("my skills");
    let expected = |cwd: &Path| {
        let at = folder.display();
        format!(
            "{at}|{}|{}\n",
            cwd.display(),
            folder.canonicalize().unwrap().display()
        )
    };
    for (cwd, root) in [
        (world.work(), "my skills"),
        (world.work(), "./my skills/"),
        (world.work(), absolute.to_str().unwrap()),
        (below, absolute.to_str().unwrap()),
        (absolute.clone(), "."),
    ] {
        let ran = world.run_in(&cwd, &["skill", "run", "demo", "where.sh", "--root", root]);
        assert_eq!((ran.code, ran.out), (4, expected(&cwd)), "{root}: {}", ran.err);
    }
    // What a caller had in these variables is not taken over, and standard input is the caller's.
    let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .args(["skill", "run", "demo", "where.sh", "--root", "my skills"])
        .envs([("CLAWPOWERS_SKILL_DIR", "old"), ("CLAWPOWERS_WORK_DIR", "old")])
        .stdin(fs::File::open(path).unwrap());
    let ran = finish(&mut command);
    assert!(ran.out.starts_with(&expected(&world.work())), "{ran:?}");
    assert!(ran.out.ends_with("cat; exit 4\n"), "{ran:?}");
    assert_eq!(recorded(&world).len(), 6);
}

#[test]
fn arguments_of_scripts() {
    let world = world();
    script(&world, "args.sh", "printf '[%s]' \"$@\"; exit 2\n", 0o644);
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
        let ran = world.run(&words);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (2, expected, ""),
            "{rest:?}"
        );
    }
    // Options of ours stand before the arguments.
    let ran = world.run(&[
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
    let last = recorded(&world).pop().unwrap();
    assert_eq!(
        (&last["outcome"], &last["session"]),
        (&"partial".into(), &"s".into())
    );
    assert_eq!((&last["skill"], &last["source"]), (&"demo".into(), &"run".into()));
}
