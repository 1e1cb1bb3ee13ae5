//! `store`: the behavior of 1.x that scripts rely on, and a test for each of its bugs.

use crate::harness::{Sandbox, finish, good_error, wait};
use crate::piped::fed;
use crate::started::Start as _;
use crate::system::{mode, os_string};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

/// The arguments of a command for `concurrently`.
fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&word| word.to_owned()).collect()
}

/// Parses the output of `list-values --null`: key, number of bytes and value, each followed by a NUL.
fn parsed(mut bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let mut text = || {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap();
            let text = std::str::from_utf8(&bytes[..end]).unwrap().to_owned();
            bytes = &bytes[end + 1..];
            text
        };
        let key = text();
        let length: usize = text().parse().unwrap();
        entries.push((key, bytes[..length].to_vec()));
        assert_eq!(bytes[length], 0);
        bytes = &bytes[length + 1..];
    }
    entries
}

/// Writes `count` keys `key:00000` and so on with one command.
fn many(sandbox: &Sandbox, count: usize) {
    let lines: String = (0..count)
        .map(|n| format!("{{\"key\":\"key:{n:05}\",\"value\":\"{n}\"}}\n"))
        .collect();
    let ran = sandbox.feed(&["store", "import", "-"], lines.as_bytes());
    assert_eq!(
        (ran.code, ran.err),
        (0, format!("{count} set, 0 kept\n")),
        "all are new"
    );
}

#[test]
fn the_messages_of_1x() {
    let sandbox = Sandbox::new();
    let cases: &[(&[&str], i32, &str, &str)] = &[
        (&["set", "a:b", "one"], 0, "", ""),
        (&["get", "a:b"], 0, "one\n", ""),
        (&["get", "a:b", "default"], 0, "one\n", ""),
        (&["set", "a:b", "two"], 0, "", ""),
        (&["get", "a:b"], 0, "two\n", ""),
        (&["exists", "a:b"], 0, "", ""),
        (&["exists", "missing"], 1, "", ""),
        (&["get", "missing", "default"], 0, "default\n", ""),
        (&["get", "missing", ""], 0, "\n", ""),
        (&["get", "missing", "__NOTSET__"], 0, "__NOTSET__\n", ""),
        (&["get", "missing", "-1"], 0, "-1\n", ""),
        (&["append", "a:b", "three"], 0, "", ""),
        (&["get", "a:b"], 0, "two\nthree\n", ""),
        (&["append", "new", "first"], 0, "", ""),
        (&["get", "new"], 0, "first\n", ""),
        (&["append", "new", ""], 0, "", ""),
        (&["get", "new"], 0, "first\n\n", ""),
        (&["set", "empty"], 0, "", ""),
        (&["get", "empty"], 0, "\n", ""),
        (&["set", "empty:too", ""], 0, "", ""),
        (&["get", "empty:too", "default"], 0, "\n", ""),
        (&["incr", "n"], 0, "1\n", ""),
        (&["incr", "n", "41"], 0, "42\n", ""),
        (&["incr", "n", "-50"], 0, "-8\n", ""),
        (&["incr", "n", "0"], 0, "-8\n", ""),
        (&["list"], 0, "a:b\nempty\nempty:too\nn\nnew\n", ""),
        (&["ls", "e"], 0, "empty\nempty:too\n", ""),
        (&["list-values", "n"], 0, "n=-8\nnew=first\n\n", ""),
        (&["delete", "new"], 0, "Deleted: new\n", ""),
        (
            &["delete", "new"],
            0,
            "",
            "Key not found (nothing deleted): new\n",
        ),
        (&["list", "new"], 0, "", "No keys found with prefix: new\n"),
        (&["list-values", "new"], 0, "", "No keys found with prefix: new\n"),
    ];
    for (args, code, out, err) in cases {
        let ran = sandbox.run(&[&["store"], *args].concat());
        assert_eq!((ran.code, &*ran.out, &*ran.err), (*code, *out, *err), "{args:?}");
    }
    let ran = sandbox.refused(1, &["store", "get", "missing"]);
    assert!(ran.err.starts_with("error: key not found: missing\n"), "{ran:?}");
    for (pattern, found) in [(None, ""), (Some(""), "")] {
        let sandbox = Sandbox::new();
        for verb in ["list", "list-values"] {
            let args: Vec<&str> = ["store", verb].into_iter().chain(pattern).collect();
            assert_eq!(sandbox.good(&args), found, "an empty store is silent");
        }
    }
}

#[test]
fn values_that_are_not_integers_are_not_changed() {
    let sandbox = Sandbox::new();
    for value in ["", "1.5", "+5", "hello", "-", "0x10", "1\n2", "--1", "1 2", "٣"] {
        sandbox.feed(&["store", "set", "n", "-"], value.as_bytes());
        let ran = sandbox.refused(3, &["store", "incr", "n"]);
        assert!(
            ran.err.contains("value is not an integer: `"),
            "{value:?}: {ran:?}"
        );
        assert_eq!(sandbox.good(&["store", "get", "n"]), format!("{value}\n"));
    }
    for (value, next) in [
        (" 7 ", "8"),
        ("08", "9"),
        ("-1", "0"),
        ("-0", "1"),
        ("7\n", "8"),
        ("000", "1"),
    ] {
        sandbox.feed(&["store", "set", "n", "-"], value.as_bytes());
        assert_eq!(
            sandbox.good(&["store", "incr", "n"]),
            format!("{next}\n"),
            "{value:?}"
        );
    }
}

#[test]
fn lists_accept_prefixes_and_patterns() {
    let sandbox = Sandbox::new();
    let keys = [
        "a0",
        "aZ",
        "a:b",
        "a_b",
        "debug:x:root_cause",
        "debug:x:y:root_cause",
        "debug:x:symptom",
        "plan:auth",
        "plan:auth-service:1",
        "plan:auth:1",
        "w[1]",
        "w1",
        "что",
    ];
    for key in keys {
        sandbox.good(&["store", "set", key, key]);
    }
    let cases: &[(&str, &[&str])] = &[
        (
            "debug:*:root_cause",
            &["debug:x:root_cause", "debug:x:y:root_cause"],
        ),
        ("debug:?:s", &["debug:x:symptom"]),
        // A plain prefix may end inside a segment.
        ("plan:auth", &["plan:auth", "plan:auth-service:1", "plan:auth:1"]),
        ("plan:auth:", &["plan:auth:1"]),
        ("a_", &["a_b"]),
        ("a[0Z]", &["a0", "aZ"]),
        ("a[!0Z]", &["a:b", "a_b"]),
        // The text of a pattern is also matched as a prefix.
        ("w[1]", &["w1", "w[1]"]),
        ("w[", &["w[1]"]),
        ("*cause", &["debug:x:root_cause", "debug:x:y:root_cause"]),
        ("ч?о", &["что"]),
        ("a ", &[]),
    ];
    for (pattern, expected) in cases {
        let ran = sandbox.run(&["store", "list", pattern]);
        let found: Vec<&str> = ran.out.lines().collect();
        assert_eq!(found, *expected, "{pattern}");
        assert_eq!(ran.code, 0);
        assert_eq!(ran.err.is_empty(), !expected.is_empty(), "{ran:?}");
        let values = sandbox.run(&["store", "list-values", pattern]).out;
        let expected: Vec<String> = expected.iter().map(|key| format!("{key}={key}")).collect();
        assert_eq!(values.lines().collect::<Vec<_>>(), expected, "{pattern}");
    }
    let all = sandbox.good(&["store", "list"]);
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    assert_eq!(
        all.lines().collect::<Vec<_>>(),
        sorted,
        "the order is that of the bytes"
    );
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let sandbox = Sandbox::new();
    many(&sandbox, 21_000);
    for args in [&["list"][..], &["list-values"], &["export"], &["list", "--json"]] {
        let mut child = sandbox
            .program()
            .arg("store")
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .start();
        let mut out = BufReader::with_capacity(64, child.stdout.take().unwrap());
        let mut start = [0; 16];
        out.read_exact(&mut start).unwrap();
        drop(out);
        let code = wait(&mut child);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_reader_may_read_one_line_of_many() {
    let sandbox = Sandbox::new();
    many(&sandbox, 21_000);
    let mut shell = sandbox.command("sh");
    shell.args([
        "-c",
        "\"$0\" store list | head -1",
        env!("CARGO_BIN_EXE_clawpowers"),
    ]);
    let ran = finish(&mut shell);
    assert_eq!((&*ran.out, &*ran.err), ("key:00000\n", ""));
}

#[test]
fn no_update_is_lost() {
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    let ran = sandbox.concurrently((0..50).map(|_| words(&["store", "incr", "n"])));
    let sums: BTreeSet<u32> = ran.iter().map(|ran| ran.text().trim().parse().unwrap()).collect();
    assert_eq!(sums, (1..=50).collect(), "each process got a number of its own");
    assert_eq!(sandbox.good(&["store", "get", "n"]), "50\n");
}

#[test]
fn no_first_append_is_lost() {
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    sandbox.concurrently((0..50).map(|n| words(&["store", "append", "log", &format!("line {n}")])));
    let log = sandbox.good(&["store", "get", "log"]);
    let lines: BTreeSet<&str> = log.lines().collect();
    let expected: Vec<String> = (0..50).map(|n| format!("line {n}")).collect();
    assert_eq!(lines, expected.iter().map(String::as_str).collect());
    assert_eq!(log.lines().count(), 50);
}

#[test]
fn underscores_do_not_collide() {
    let sandbox = Sandbox::new();
    let keys = [
        "fvl:p:__init__",
        "u:a:b",
        "u:a__b",
        "u__a__b",
        "v:_x",
        "v_:x",
        "v____x",
    ];
    for key in keys {
        sandbox.good(&["store", "set", key, key]);
    }
    for key in keys {
        assert_eq!(sandbox.good(&["store", "get", key]), format!("{key}\n"));
    }
    assert_eq!(sandbox.good(&["store", "list"]).lines().collect::<Vec<_>>(), keys);
    sandbox.good(&["store", "delete", "u:a:b"]);
    assert_eq!(sandbox.good(&["store", "get", "u:a__b"]), "u:a__b\n");
}

#[test]
fn no_temporary_file_is_a_key() {
    let sandbox = Sandbox::new();
    // A temporary file of a killed 1.x writer, found when the home is imported.
    fs::create_dir(sandbox.runtime_home().join("state")).unwrap();
    for (name, text) in [("k__0", "old\n"), ("k__0.tmp.4242", "ol")] {
        fs::write(sandbox.runtime_home().join("state").join(name), text).unwrap();
    }
    assert_eq!(sandbox.run(&["store", "list"]).out, "k:0\n");
    let writers = (0..40).map(|n| words(&["store", "set", &format!("k:{}", n % 4), "value"]));
    let readers = (0..40).map(|_| words(&["store", "list"]));
    let ran = sandbox.concurrently(writers.zip(readers).flat_map(|(writer, reader)| [writer, reader]));
    for ran in ran {
        let strange = ran
            .text()
            .lines()
            .find(|key| !["k:0", "k:1", "k:2", "k:3"].contains(key));
        assert_eq!(strange, None);
    }
    // A writer that is killed before it gets its value leaves no trace.
    let mut child = sandbox
        .program()
        .args(["store", "set", "k:9", "-"])
        .stdin(Stdio::piped())
        .start();
    child.stdin.as_mut().unwrap().write_all(&[b'x'; 100_000]).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(sandbox.good(&["store", "list"]), "k:0\nk:1\nk:2\nk:3\n");
}

#[test]
fn nothing_outside_the_store_is_read() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "x", "inside"]);
    sandbox.file("secret", "outside");
    fs::write(sandbox.runtime_home().join("README"), "outside").unwrap();
    let secret = sandbox.work().join("secret").display().to_string();
    let spaced = format!("x {secret}");
    for pattern in [
        "../",
        "../../",
        "../../work/secr",
        "../work/*",
        "./",
        "/",
        "/*",
        &secret,
        &spaced,
    ] {
        for verb in ["list", "list-values", "export"] {
            let ran = sandbox.run(&["store", verb, pattern]);
            assert_eq!((ran.code, &*ran.out), (0, ""), "{verb} {pattern}");
        }
    }
    for key in [
        "../work/secret",
        "..",
        "a/../../README",
        &secret,
        "..\\README",
        "state/x",
    ] {
        let ran = sandbox.refused(3, &["store", "get", key]);
        assert!(ran.err.starts_with("error: key cannot contain '"), "{ran:?}");
    }
    assert_eq!(
        sandbox.good(&["store", "list-values"]),
        "x=inside\n",
        "and the rest of it works"
    );
}

#[test]
fn no_value_is_executed() {
    let sandbox = Sandbox::new();
    let words = [
        "BASH_VERSINFO[$(touch pwned)0]",
        "$(touch pwned)",
        "`touch pwned`",
        "; touch pwned",
        "a[$(touch pwned)]",
    ];
    for word in words {
        let ran = sandbox.refused(3, &["store", "incr", "n", word]);
        assert!(
            ran.err.contains(&format!("`{word}` is not a 64-bit integer")),
            "{ran:?}"
        );
        sandbox.refused(2, &["metrics", "show", "--limit", word]);
        sandbox.good(&["store", "set", word, word]);
        assert_eq!(sandbox.good(&["store", "get", word]), format!("{word}\n"));
        sandbox.refused(3, &["store", "incr", word]);
        sandbox.run(&["store", "list", word]);
    }
    assert_eq!(
        fs::read_dir(sandbox.work()).unwrap().count(),
        0,
        "nothing was touched"
    );
    assert_eq!(sandbox.run(&["store", "exists", "n"]).code, 1);
}

#[test]
fn every_value_is_stored() {
    let sandbox = Sandbox::new();
    for value in [
        "-n", "-e", "-E", "-nee", "-nx", "-n hello", "-", "--", "---", "-1", "$HOME", "*", "%s",
    ] {
        if value != "-" && value != "--" {
            sandbox.good(&["store", "set", "k", value]);
            assert_eq!(sandbox.good(&["store", "get", "k"]), format!("{value}\n"));
        }
        assert_eq!(
            sandbox.feed(&["store", "set", "k", "-"], value.as_bytes()).code,
            0
        );
        assert_eq!(
            sandbox.good(&["store", "get", "k", "--raw"]),
            value,
            "through a pipe"
        );
    }
    for value in ["--", "-h", "--json", "--raw", "--file"] {
        sandbox.good(&["store", "set", "--", "k", value]);
        assert_eq!(
            sandbox.good(&["store", "get", "k"]),
            format!("{value}\n"),
            "after `--`"
        );
    }
    for key in ["-n", "-", "-1", "--flag"] {
        sandbox.good(&["store", "set", "--", key, "v"]);
        assert_eq!(sandbox.good(&["store", "get", "--", key]), "v\n");
    }
    let large: Vec<u8> = (0..1024 * 1024).map(|n: u32| (n % 251) as u8).collect();
    let ran = sandbox.feed(&["store", "set", "large", "-"], &large);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(sandbox.feed(&["store", "get", "large", "--raw"], b"").out == large);
    // The same is true for `--file` and `append`.
    sandbox.file("part", &large[..1000]);
    sandbox.good(&["store", "set", "part", "--file", "part"]);
    assert_eq!(sandbox.feed(&["store", "append", "part", "-"], b"a\nb\n").code, 0);
    let expected = [&large[..1000], b"\na\nb\n"].concat();
    assert!(sandbox.feed(&["store", "get", "part", "--raw"], b"").out == expected);
}

#[test]
fn listed_values_can_be_parsed() {
    let sandbox = Sandbox::new();
    let every: Vec<u8> = (0..=255).collect();
    let entries: Vec<(&str, Vec<u8>)> = vec![
        ("=", b"=".to_vec()),
        ("a=b", b"c=d\ne=f\n".to_vec()),
        ("a=b=", b"\0\x003\0xyz\0".to_vec()),
        ("empty", Vec::new()),
        ("every", every),
        ("nul", vec![0]),
        ("two words", b"\n".to_vec()),
    ];
    for (key, value) in &entries {
        assert_eq!(sandbox.feed(&["store", "set", key, "-"], value).code, 0);
    }
    let owned: Vec<(String, Vec<u8>)> = entries
        .iter()
        .map(|(k, v)| ((*k).to_owned(), v.clone()))
        .collect();
    for flag in ["--null", "-0"] {
        let ran = sandbox.feed(&["store", "list-values", flag], b"");
        assert_eq!(parsed(&ran.out), owned);
    }
    let ran = sandbox.feed(&["store", "list-values", "a=", "--null"], b"");
    assert_eq!(parsed(&ran.out), owned[1..3]);
    assert_eq!(
        sandbox
            .good(&["store", "list-values", "a=b", "-0"])
            .lines()
            .count(),
        3
    );
}

#[test]
fn sums_are_exact_to_the_last_of_64_bits() {
    let sandbox = Sandbox::new();
    let incr = |from: &str, by: &str| {
        sandbox.feed(&["store", "set", "n", "-"], from.as_bytes());
        sandbox.run(&["store", "incr", "n", by])
    };
    for (from, by, sum) in [
        ("9007199254740993", "1", "9007199254740994"),
        ("9223372036854775806", "1", "9223372036854775807"),
        ("-9223372036854775807", "-1", "-9223372036854775808"),
        ("-9223372036854775808", "9223372036854775807", "-1"),
        ("9223372036854775807", "-9223372036854775808", "-1"),
    ] {
        let ran = incr(from, by);
        assert_eq!((ran.code, ran.out), (0, format!("{sum}\n")), "{from} + {by}");
    }
    for (from, by) in [
        ("9223372036854775807", "1"),
        ("1", "9223372036854775807"),
        ("-9223372036854775808", "-1"),
        ("9223372036854775808", "1"),
        ("99999999999999999999999", "1"),
        ("1", "9223372036854775808"),
        ("1", "NaN"),
        ("1", "abc"),
        ("1", ""),
        ("1", "1.5"),
        ("1", "1e3"),
        ("1", "0x10"),
        ("NaN", "1"),
        ("1e+23", "1"),
    ] {
        let ran = incr(from, by);
        assert_eq!((ran.code, &*ran.out), (3, ""), "{from} + {by}");
        good_error(&ran.err);
        assert_eq!(sandbox.good(&["store", "get", "n"]), format!("{from}\n"));
    }
    sandbox.refused(3, &["store", "incr", "fresh", "NaN"]);
    assert_eq!(sandbox.run(&["store", "exists", "fresh"]).code, 1);
}

#[test]
#[cfg_attr(windows, ignore = "Windows arguments are UTF-16, not bytes")]
fn values_that_are_not_utf8_are_unchanged() {
    let sandbox = Sandbox::new();
    let bytes = b"\xff\xfe caf\xe9 \xc3(\xed\xa0\x80";
    let mut command = sandbox.program();
    command.args(["store", "set", "word"]).arg(os_string(bytes));
    assert_eq!(finish(&mut command).code, 0);
    sandbox.feed(&["store", "set", "pipe", "-"], bytes);
    let file = sandbox.file("bytes", bytes);
    sandbox.good(&["store", "set", "file", "--file", file.to_str().unwrap()]);
    for key in ["word", "pipe", "file"] {
        assert_eq!(sandbox.feed(&["store", "get", key, "--raw"], b"").out, bytes);
        assert_eq!(
            sandbox.feed(&["store", "get", key], b"").out,
            [bytes.as_slice(), b"\n"].concat()
        );
        let ran = sandbox.feed(&["store", "list-values", key], b"");
        let expected = [key.as_bytes(), b"=", bytes, b"\n"].concat();
        assert_eq!(ran.out, expected);
    }
    sandbox.feed(&["store", "append", "pipe", "-"], b"\x80");
    let expected = [bytes.as_slice(), b"\n\x80"].concat();
    assert_eq!(
        sandbox.feed(&["store", "get", "pipe", "--raw"], b"").out,
        expected
    );
    let reply = sandbox.ok(&["store", "get", "word"]);
    assert_eq!(
        reply,
        json!({"key": "word", "value": null, "value_base64": "//4gY2Fm6SDDKO2ggA==", "found": true})
    );
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn files_are_private_with_any_umask() {
    for umask in ["000", "022", "077"] {
        let sandbox = Sandbox::new();
        fs::remove_dir(sandbox.runtime_home()).unwrap();
        let under = |line: &str| {
            let script = format!("umask {umask}; {line}");
            let mut shell = sandbox.command("sh");
            shell.args(["-c", &script, env!("CARGO_BIN_EXE_clawpowers")]);
            let ran = finish(&mut shell);
            assert_eq!((ran.code, &*ran.err), (0, ""), "{line}");
        };
        under("\"$0\" store set a b && \"$0\" store set c d");
        let mode = |name: &str| mode(sandbox.runtime_home().join(name));
        assert_eq!(mode(""), 0o700, "umask {umask}");
        let mut seen = 0;
        for entry in fs::read_dir(sandbox.runtime_home()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert_eq!(mode(&name), 0o600, "umask {umask}: {name}");
            seen += 1;
        }
        assert!(seen >= 1);
        under("\"$0\" init");
        for name in ["state", "metrics", "checkpoints", "feedback", "memory", "logs"] {
            assert_eq!(mode(name), 0o700, "umask {umask}: {name}");
        }
        // Missing parent folders of a home are private, too.
        under("CLAWPOWERS_DIR=\"$CLAWPOWERS_DIR/deep/er\" \"$0\" store set a b");
        assert_eq!((mode("deep"), mode("deep/er")), (0o700, 0o700));
        assert_eq!(mode("deep/er/clawpowers.db"), 0o600);
    }
}

#[test]
fn a_key_is_one_line() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "a", "1"]);
    for key in [
        "a\nb",
        "a\n",
        "\n",
        "a\tb",
        "a\rb",
        "a\u{1b}[2J",
        "a\u{7f}",
        "a\u{9b}",
    ] {
        for args in [
            &["set", key, "x"][..],
            &["get", key],
            &["get", key, "default"],
            &["delete", key],
            &["exists", key],
            &["append", key, "x"],
            &["incr", key],
            &["cas", key, "x", "y"],
        ] {
            let ran = sandbox.refused(3, &[&["store"], args].concat());
            assert!(
                ran.err
                    .starts_with("error: key cannot contain control characters"),
                "{ran:?}"
            );
        }
        let line = json!({"key": key, "value": "x"}).to_string();
        let ran = sandbox.feed(&["store", "import", "-"], line.as_bytes());
        assert_eq!(ran.code, 3, "{ran:?}");
    }
    assert_eq!(sandbox.good(&["store", "list"]), "a\n");
}

#[test]
fn one_process_lists_21_000_keys() {
    let sandbox = Sandbox::new();
    many(&sandbox, 21_000);
    let listed = sandbox.good(&["store", "list"]);
    assert_eq!(listed.lines().count(), 21_000);
    assert!(listed.lines().is_sorted());
    assert_eq!(sandbox.good(&["store", "list", "key:2099"]).lines().count(), 10);
    let mut values = fed(sandbox.program().args(["store", "list-values"]), b"").out;
    values.pop();
    let values = String::from_utf8(values).unwrap();
    let wrong = values
        .lines()
        .enumerate()
        .find(|(n, line)| *line != format!("key:{n:05}={n}"));
    assert_eq!(wrong, None);
    assert_eq!(
        sandbox.ok(&["store", "list"])["keys"].as_array().map(Vec::len),
        Some(21_000)
    );
    let exported = sandbox.feed(&["store", "export"], b"").out;
    assert_eq!(exported.lines().count(), 21_000);
}
