//! The scripts of 1.x, above all its store: they must do what they did in 1.x. Real shells run them.

use crate::harness::{Ran, Sandbox, finish, write};
use crate::system::{mode, symlink};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SCRIPTS: [&str; 5] = [
    "runtime/persistence/store.sh",
    "runtime/metrics/collector.sh",
    "runtime/feedback/analyze.sh",
    "runtime/init.sh",
    "hooks/session-start",
];
pub(crate) const STORE: &str = "runtime/persistence/store.sh";

/// A folder with the scripts, whose name a shell would split if it were not quoted.
pub(crate) struct Package {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: PathBuf,
}

impl Package {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let folder = sandbox.work().join("it's \"a\" $package");
        fs::create_dir(&folder).unwrap();
        let ran = sandbox.run_in(&folder, &["init", "--legacy-shims", "."]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
        for script in SCRIPTS {
            assert!(
                ran.out
                    .contains(&format!("  Wrote: {}\n", folder.join(script).display())),
                "{ran:?}"
            );
        }
        Self { sandbox, folder }
    }

    /// A shell command in the package.
    pub(crate) fn bash(&self, script: &str) -> Command {
        let mut command = self.sandbox.command("bash");
        command
            .args(["-o", "pipefail", "-c", script])
            .current_dir(&self.folder);
        command
    }

    pub(crate) fn sh(&self, script: &str) -> Ran {
        finish(&mut self.bash(script))
    }

    /// Runs shell commands, which must succeed without messages, and returns their output.
    pub(crate) fn good(&self, script: &str) -> String {
        let ran = self.sh(script);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{script}: {ran:?}");
        ran.out
    }

    /// Runs a script of the package with arguments that no shell interprets.
    pub(crate) fn script(&self, script: &str, args: &[&str]) -> Ran {
        let mut command = self.sandbox.command("bash");
        finish(command.arg(script).args(args).current_dir(&self.folder))
    }

    fn store(&self, args: &[&str]) -> Ran {
        self.script(STORE, args)
    }

    fn set(&self, keys: &[&str]) {
        for key in keys {
            let ran = self.store(&["set", key, &format!("of {key}")]);
            assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
        }
    }

    /// Checks exit code, stdout and stderr of a script.
    pub(crate) fn says(&self, script: &str, args: &[&str], code: i32, out: &str, err: &str) {
        let ran = self.script(script, args);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (code, out, err),
            "{script} {args:?}"
        );
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn values_are_read_back_unchanged() {
    let package = Package::new();
    let values = [
        "",
        " ",
        "-",
        "--",
        "-n",
        "-e",
        "-nee",
        "--json",
        "--home",
        "--help",
        "-h",
        "help",
        "3:1,2 4:- 5:3,4",
        "say \"it's\" \\ $HOME `id` $(id) %s %d 100%",
        r#"{"a":[1,"two",null],"b":{"c":"\n"}}"#,
        "red → green",
        "one\ntwo\n\nfour",
        "ends with a line end\n",
        "\n",
        "a\tb",
        "key=value",
        "*",
        "~",
    ];
    for value in values {
        package.says(STORE, &["set", "k", value], 0, "", "");
        package.says(STORE, &["get", "k"], 0, &format!("{value}\n"), "");
    }
    package.says(STORE, &["set", "k"], 0, "", "");
    package.says(STORE, &["get", "k", "default"], 0, "\n", "");
    package.says(STORE, &["set", "k", "a", "left", "over"], 0, "", "");
    package.says(STORE, &["get", "k"], 0, "a\n", "");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn values_that_are_not_utf8_are_read_back() {
    let package = Package::new();
    let out = package.good(&format!(
        "bash {STORE} set k \"$(printf 'a\\377\\001b')\" && bash {STORE} get k | od -An -tx1"
    ));
    assert_eq!(out.trim(), "61 ff 01 62 0a");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn values_of_subshells_are_read_back() {
    let package = Package::new();
    let out = package.good(&format!(
        r#"
RESULTS=$(printf 'PASS one\nFAIL "two"\n→ 50%%\n')
bash {STORE} set "tdd:$(echo x):results" "$RESULTS"
bash {STORE} set "plan:p:meta" "{{\"at\":\"$(echo now)\",\"cost\":\"\$5\"}}"
bash {STORE} set "bounty:b" "$(cat <<'END'
it's 100% "raw" \n $RESULTS
END
)"
bash {STORE} get "tdd:x:results"
bash {STORE} get "plan:p:meta"
bash {STORE} get "bounty:b"
"#
    ));
    assert_eq!(
        out,
        "PASS one\nFAIL \"two\"\n→ 50%\n{\"at\":\"now\",\"cost\":\"$5\"}\nit's 100% \"raw\" \\n $RESULTS\n"
    );
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_patterns_of_the_skills() {
    let package = Package::new();
    let keys = [
        "brainstorm:auth-rate-limiting:options",
        "debug:hypothesis:7f:error_msg",
        "debug:payment-pool-exhaustion:root_cause",
        "debug:payment-pool-exhaustion:symptom",
        "dispatch:b1:one:result",
        "dispatch:b1:one:status",
        "dispatch:b2:one:status",
        "execution:plan",
        "execution:task_1:output",
        "execution:task_1:status",
        "execution:task_2:status",
        "feedback:pattern:slow",
        "payment:1:amount",
        "payment:1:payee",
        "reviewer:ann:areas",
        "tdd:mutation:parser",
        "worktree:w1:path",
        "worktree:w1:status",
        "zzz",
    ];
    package.set(&keys);
    let patterns: [(&str, &[&str]); 12] = [
        (
            "brainstorm:auth-rate-limiting:*",
            &["brainstorm:auth-rate-limiting:options"],
        ),
        (
            "debug:*:root_cause",
            &["debug:payment-pool-exhaustion:root_cause"],
        ),
        ("debug:hypothesis:*:error_msg", &["debug:hypothesis:7f:error_msg"]),
        (
            "debug:payment-pool-exhaustion:*",
            &[
                "debug:payment-pool-exhaustion:root_cause",
                "debug:payment-pool-exhaustion:symptom",
            ],
        ),
        ("dispatch:${BATCH_ID}:*:status", &["dispatch:b1:one:status"]),
        (
            "execution:*",
            &[
                "execution:plan",
                "execution:task_1:output",
                "execution:task_1:status",
                "execution:task_2:status",
            ],
        ),
        (
            "execution:task_*:status",
            &["execution:task_1:status", "execution:task_2:status"],
        ),
        ("feedback:pattern:*", &["feedback:pattern:slow"]),
        ("payment:*:amount", &["payment:1:amount"]),
        ("reviewer:*:areas", &["reviewer:ann:areas"]),
        ("tdd:mutation:*", &["tdd:mutation:parser"]),
        ("worktree:*:status", &["worktree:w1:status"]),
    ];
    for (pattern, found) in patterns {
        let out = package.good(&format!("BATCH_ID=b1; bash {STORE} list \"{pattern}\""));
        assert_eq!(out.lines().collect::<Vec<_>>(), found, "{pattern}");
    }
    // A plain prefix may end inside a segment.
    let out = package.good(&format!("bash {STORE} list execution:task"));
    assert_eq!(out.lines().count(), 3);
    let all = package.good(&format!("bash {STORE} list"));
    assert_eq!(all.lines().collect::<Vec<_>>(), keys);
    assert_eq!(package.good(&format!("bash {STORE} list ''")), all);
    let err = "No keys found with prefix: none:*\n";
    package.says(STORE, &["list", "none:*"], 0, "", err);
    package.says(STORE, &["list-values", "none:*"], 0, "", err);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn lists_work_in_loops_and_short_pipes() {
    let package = Package::new();
    package.set(&["debug:hypothesis:a b:error_msg", "debug:hypothesis:c*:error_msg"]);
    let out = package.good(&format!(
        "bash {STORE} list \"debug:hypothesis:*:error_msg\" | while read key; do bash {STORE} get \"$key\"; done"
    ));
    assert_eq!(
        out,
        "of debug:hypothesis:a b:error_msg\nof debug:hypothesis:c*:error_msg\n"
    );
    // More than fits into a pipe, so that the reader closes it before everything is written.
    let lines: String = (0..3000)
        .map(|n| format!("{{\"key\":\"eco:{n:04}:{}\",\"value\":\"v\"}}\n", "x".repeat(60)))
        .collect();
    let file = package.sandbox.file("state.jsonl", lines);
    let ran = package.sandbox.run(&["store", "import", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for list in ["list", "list-values"] {
        let out = package.good(&format!("bash {STORE} {list} \"eco:\" | head -20"));
        assert_eq!(out.lines().count(), 20);
        assert!(out.starts_with("eco:0000:"), "{out}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_missing_key_allows_a_fallback() {
    let package = Package::new();
    package.says(
        STORE,
        &["get", "no:such"],
        1,
        "",
        "Error: key not found: no:such\n",
    );
    package.says(STORE, &["get", "no:such", "0"], 0, "0\n", "");
    let out = package.good(&format!(
        "bash {STORE} get no:such 2>/dev/null || echo 0; N=$(bash {STORE} get no:such 2>/dev/null || echo fallback); echo \"$N\""
    ));
    assert_eq!(out, "0\nfallback\n");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn other_store_commands() {
    let package = Package::new();
    package.says(STORE, &["exists", "k"], 1, "", "");
    package.says(STORE, &["append", "k", "one"], 0, "", "");
    package.says(STORE, &["append", "k", "-n"], 0, "", "");
    package.says(STORE, &["exists", "k"], 0, "", "");
    package.says(STORE, &["list-values", "k"], 0, "k=one\n-n\n", "");
    package.says(STORE, &["delete", "k"], 0, "Deleted: k\n", "");
    package.says(
        STORE,
        &["delete", "k"],
        0,
        "",
        "Key not found (nothing deleted): k\n",
    );
    package.says(STORE, &["incr", "n"], 0, "1\n", "");
    package.says(STORE, &["incr", "n", ""], 0, "2\n", "");
    package.says(STORE, &["incr", "n", "-12"], 0, "-10\n", "");
    package.says(STORE, &["set", "n", " 7 "], 0, "", "");
    package.says(STORE, &["incr", "n", "3"], 0, "10\n", "");
    package.says(STORE, &["set", "n", "1.5"], 0, "", "");
    package.says(
        STORE,
        &["incr", "n"],
        1,
        "",
        "Error: value is not an integer: 1.5\n",
    );
    package.says(STORE, &["get", "n"], 0, "1.5\n", "");
    // 1.x executed this text as a command.
    let ran = package.store(&["incr", "m", "BASH_VERSINFO[$(touch ran)0]"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(!package.folder.join("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn bad_keys_are_quoted_unchanged() {
    let package = Package::new();
    for command in ["set", "get", "delete", "exists", "append", "incr"] {
        for (key, err) in [
            ("", "Error: key cannot be empty\n"),
            ("a/b", "Error: key cannot contain '/' or '\\': a/b\n"),
            ("a\\b", "Error: key cannot contain '/' or '\\': a\\b\n"),
            ("../x", "Error: key cannot contain '/' or '\\': ../x\n"),
            ("a..b", "Error: key cannot contain '..': a..b\n"),
        ] {
            package.says(STORE, &[command, key], 1, "", err);
        }
        package.says(STORE, &[command], 1, "", "Error: key cannot be empty\n");
    }
    assert_eq!(package.good(&format!("bash {STORE} list")), "");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn scripts_are_executable_and_replaced() {
    let package = Package::new();
    for script in SCRIPTS {
        let path = package.folder.join(script);
        assert_eq!(mode(&path), 0o755, "{script}");
        let text = fs::read_to_string(&path).unwrap();
        // A script that was changed or belongs to another release.
        write(&path, text.replace("exec", "# exec"));
    }
    assert_eq!(package.good(&format!("./{STORE} set k v; ./{STORE} list")), "");
    let ran = package
        .sandbox
        .run(&["init", "--legacy-shims", package.folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // From another folder, by a relative path, and by a symlink.
    symlink(package.folder.join(STORE), package.sandbox.work().join("link.sh")).unwrap();
    let out = package.good(&format!(
        "./{STORE} set k v && cd runtime && ./persistence/store.sh get k && cd ../.. && ./link.sh list"
    ));
    assert_eq!(out, "v\nk\n");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_program_may_be_anywhere() {
    let sandbox = Sandbox::new();
    let program = Path::new(env!("CARGO_BIN_EXE_clawpowers"));
    let folder = tempfile::Builder::new()
        .prefix("it's \"a\" $folder ")
        .tempdir_in(program.parent().unwrap())
        .unwrap();
    let linked = folder.path().join("claw powers");
    fs::hard_link(program, &linked).unwrap();
    let mut init = sandbox.command(linked.to_str().unwrap());
    let ran = finish(init.args(["init", "--legacy-shims", "."]));
    assert_eq!(ran.code, 0, "{ran:?}");
    for shell in ["bash", "sh"] {
        let ran = finish(sandbox.command(shell).args([STORE, "set", shell, "v"]));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    }
    let ran = finish(
        sandbox
            .command(sandbox.work().join(STORE).to_str().unwrap())
            .arg("list"),
    );
    assert_eq!((ran.code, ran.out.as_str()), (0, "bash\nsh\n"), "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn other_files_are_not_replaced() {
    type Put = fn(&Path);
    let cases: [(&str, Put); 5] = [
        ("a file", |path| {
            write(path, "#!/bin/bash\necho mine\n");
        }),
        ("an empty file", |path| {
            write(path, "");
        }),
        ("a folder", |path| fs::create_dir_all(path).unwrap()),
        ("a dangling link", |path| symlink("nowhere", path).unwrap()),
        ("a pipe", |path| {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }),
    ];
    for (what, put) in cases {
        for script in SCRIPTS {
            let sandbox = Sandbox::new();
            let path = sandbox.work().join(script);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            put(&path);
            let before = fs::symlink_metadata(&path).unwrap();
            let ran = sandbox.run(&["init", "--legacy-shims", "."]);
            assert!([3, 4].contains(&ran.code), "{what} {script}: {ran:?}");
            assert!(ran.err.contains(script), "{what}: {ran:?}");
            let after = fs::symlink_metadata(&path).unwrap();
            assert_eq!(before.file_type(), after.file_type(), "{what}");
            assert_eq!(before.modified().unwrap(), after.modified().unwrap(), "{what}");
            let written = SCRIPTS
                .iter()
                .filter(|other| sandbox.work().join(other).is_file());
            assert!(written.count() <= 1, "{what} {script}: something was written");
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_seven_forms_of_the_command() {
    let sandbox = Sandbox::new();
    let run = |args: &[&str]| {
        let ran = sandbox.run(args);
        (ran.code, ran.out, ran.err)
    };
    let nothing = String::new;
    let set = |key, value| run(&["store", "set", key, value]);
    assert_eq!(set("eco:s1:plan", r#"{"tasks":[1]}"#), (0, nothing(), nothing()));
    assert_eq!(set("eco:s1:spent", "$0.42 → 50%"), (0, nothing(), nothing()));
    let get = run(&["store", "get", "eco:s1:spent"]);
    assert_eq!(get, (0, "$0.42 → 50%\n".into(), nothing()));
    let missing = run(&["store", "get", "eco:none"]);
    assert_eq!((missing.0, missing.1.as_str()), (1, ""));
    assert_eq!(
        run(&["store", "get", "eco:none", "0"]),
        (0, "0\n".into(), nothing())
    );
    let list = run(&["store", "list", "eco:"]);
    assert_eq!(list, (0, "eco:s1:plan\neco:s1:spent\n".into(), nothing()));
    let record = [
        "metrics",
        "record",
        "--skill",
        "economic-code-optimization",
        "--outcome",
        "success",
        "--duration",
        "0",
        "--notes",
        "-40% \"cheaper\"",
    ];
    let recorded = run(&record);
    // The skill is not installed, which is reported in addition to the message of 1.x.
    assert_eq!(recorded.0, 0);
    assert!(
        recorded
            .2
            .starts_with("warning: there is no skill `economic-code-optimization` here"),
        "{recorded:?}"
    );
    assert!(
        recorded
            .1
            .starts_with("Recorded: economic-code-optimization → success ("),
        "{recorded:?}"
    );
    let summary = run(&["metrics", "summary", "--skill", "economic-code-optimization"]);
    assert!(summary.1.contains("\nAvg duration: 0s\n"), "{summary:?}");
    let show = run(&["metrics", "show", "--limit", "1"]);
    let line: Value = serde_json::from_str(&show.1).unwrap();
    assert_eq!(
        (&line["duration_s"], &line["notes"]),
        (&0.into(), &"-40% \"cheaper\"".into())
    );
}
