//! `store`: the rules of keys and values, compare and set, export and import, replies, homes, terminals.

use crate::harness::{Sandbox, finish, good_error, unsafe_characters};
use crate::piped::fed;
use crate::started::Start as _;
use serde_json::{Value, json};
use std::fs;

const LIMIT: usize = 16 * 1024 * 1024;

/// Every store command that reads.
const READERS: [&[&str]; 8] = [
    &["store", "get", "k", "default"],
    &["store", "get", "k"],
    &["store", "exists", "k"],
    &["store", "list"],
    &["store", "list-values"],
    &["store", "export"],
    &["store", "delete", "k"],
    &["store", "list", "k", "--json"],
];

/// The lines of an export without the times.
fn exported(sandbox: &Sandbox) -> Vec<Value> {
    let ran = sandbox.feed(&["store", "export"], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let line = |line: &str| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        let at = entry.as_object_mut().unwrap().remove("updated_at").unwrap();
        assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
        entry
    };
    ran.text().lines().map(line).collect()
}

#[test]
fn the_rules_of_keys() {
    let sandbox = Sandbox::new();
    let longest = "x".repeat(1024);
    let wide = "é".repeat(512);
    for key in [
        "a", ":", "a b", " ", "*", "a=b", ".", ".hidden", "a.b", "ключ", "🦀", "#", "'\"", &longest, &wide,
    ] {
        sandbox.good(&["store", "set", key, "v"]);
        assert_eq!(sandbox.good(&["store", "get", key]), "v\n", "{key}");
        assert_eq!(
            sandbox.good(&["store", "delete", key]),
            format!("Deleted: {key}\n")
        );
    }
    let long = "x".repeat(1025);
    let wide = "é".repeat(513);
    for (key, message) in [
        ("", "key cannot be empty"),
        ("a/b", "key cannot contain '/' or '\\': `a/b`"),
        ("a\\b", "key cannot contain '/' or '\\': `a\\b`"),
        ("..", "key cannot contain '..': `..`"),
        ("a..b", "key cannot contain '..': `a..b`"),
        (&long, "has 1025 bytes, more than 1024"),
        (&wide, "has 1026 bytes, more than 1024"),
    ] {
        for args in [
            &["set", key, "x"][..],
            &["get", key, "default"],
            &["delete", key],
            &["exists", key],
            &["append", key, "x"],
            &["incr", key],
            &["cas", "--absent", key, "x"],
        ] {
            let ran = sandbox.refused(3, &[&["store"], args].concat());
            assert!(ran.err.contains(message), "{ran:?}");
            assert!(ran.err.len() < 400, "a long key is cut: {ran:?}");
        }
    }
    assert_eq!(sandbox.good(&["store", "list"]), "");
}

#[test]
fn a_value_has_at_most_16_mebibytes() {
    let sandbox = Sandbox::new();
    let mut value = vec![b'x'; LIMIT];
    assert_eq!(sandbox.feed(&["store", "set", "k", "-"], &value).code, 0);
    assert!(sandbox.feed(&["store", "get", "k", "--raw"], b"").out == value);
    let refused = |args: &[&str], input: &[u8]| {
        let ran = sandbox.feed(args, input);
        assert_eq!((ran.code, ran.out.as_slice()), (3, b"".as_slice()), "{args:?}");
        good_error(&ran.err);
        let expected = "the value of the key `k` has 16777217 bytes, more than 16777216";
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
    };
    refused(&["store", "append", "k", "-"], b"");
    value.push(b'y');
    refused(&["store", "set", "k", "-"], &value);
    sandbox.file("large", &value);
    refused(&["store", "set", "k", "--file", "large"], b"");
    refused(&["store", "append", "k", "--file", "large"], b"");
    let line = json!({"key": "k", "value": String::from_utf8(value).unwrap()}).to_string();
    refused(
        &["store", "import", "-"],
        format!("{{\"key\":\"a\",\"value\":\"b\"}}\n{line}\n").as_bytes(),
    );
    assert_eq!(
        sandbox.ok(&["store", "list"])["keys"],
        json!(["k"]),
        "nothing of it was written"
    );
    assert_eq!(
        sandbox.feed(&["store", "get", "k", "--raw"], b"").out.len(),
        LIMIT
    );
    // Two values that are too large only together.
    sandbox.feed(&["store", "set", "half", "-"], &vec![b'x'; LIMIT / 2]);
    let ran = sandbox.feed(&["store", "append", "half", "-"], &vec![b'x'; LIMIT / 2 - 1]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        sandbox.feed(&["store", "get", "half", "--raw"], b"").out.len(),
        LIMIT
    );
}

#[test]
fn compare_and_set() {
    let sandbox = Sandbox::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (
            &["k", "old", "new"],
            1,
            "the key `k` does not exist; nothing was written\n",
        ),
        (
            &["k", "", "new"],
            1,
            "the key `k` does not exist; nothing was written\n",
        ),
        (&["k", "--absent", "one"], 0, ""),
        (
            &["--absent", "k", "two"],
            1,
            "the value of `k` is `one`; nothing was written\n",
        ),
        (
            &["k", "on", "two"],
            1,
            "the value of `k` is `one`; nothing was written\n",
        ),
        (&["k", "one", "two"], 0, ""),
        (&["k", "two", "two"], 0, ""),
        (&["k", "two", ""], 0, ""),
        (&["k", "", "-n"], 0, ""),
        (&["k", "-n", "end"], 0, ""),
    ];
    for (args, code, err) in cases {
        let ran = sandbox.run(&[&["store", "cas"], *args].concat());
        assert_eq!((ran.code, &*ran.out, &*ran.err), (*code, "", *err), "{args:?}");
    }
    assert_eq!(sandbox.good(&["store", "get", "k"]), "end\n");
    for args in [
        &["k"][..],
        &["k", "a"],
        &["k", "a", "b", "c"],
        &["k", "--absent", "a", "b"],
        &["k", "--absent"],
    ] {
        sandbox.refused(2, &[&["store", "cas"], args].concat());
    }
    assert_eq!(sandbox.good(&["store", "get", "k"]), "end\n");
}

#[test]
fn one_of_many_gets_the_lock() {
    let sandbox = Sandbox::new();
    let take = |n: usize| {
        sandbox
            .program()
            .args(["store", "cas", "lock", "--absent", &n.to_string()])
            .stderr(std::process::Stdio::null())
            .start()
    };
    let mut takers: Vec<_> = (0..20).map(take).collect();
    let codes: Vec<i32> = takers.iter_mut().map(crate::harness::wait).collect();
    let winner = codes.iter().position(|code| *code == 0).unwrap();
    assert_eq!(codes.iter().filter(|code| **code == 1).count(), 19, "{codes:?}");
    assert_eq!(sandbox.good(&["store", "get", "lock"]), format!("{winner}\n"));
}

#[test]
fn replies_have_their_exact_shape() {
    let sandbox = Sandbox::new();
    let missing = |key: &str| json!({"key": key, "swapped": false, "current": null});
    let cases: &[(&[&str], i32, Value)] = &[
        (&["set", "a", "b\u{e9}"], 0, json!({"key": "a", "bytes": 3})),
        (
            &["get", "a"],
            0,
            json!({"key": "a", "value": "b\u{e9}", "found": true}),
        ),
        (
            &["get", "z", "d"],
            0,
            json!({"key": "z", "value": "d", "found": false}),
        ),
        (&["exists", "a"], 0, json!({"key": "a", "exists": true})),
        (&["exists", "z"], 1, json!({"key": "z", "exists": false})),
        (&["append", "a", "c"], 0, json!({"key": "a"})),
        (
            &["incr", "n", "9223372036854775807"],
            0,
            json!({"key": "n", "value": "9223372036854775807"}),
        ),
        (
            &["cas", "c", "--absent", "1"],
            0,
            json!({"key": "c", "swapped": true, "current": null}),
        ),
        (
            &["cas", "c", "0", "2"],
            1,
            json!({"key": "c", "swapped": false, "current": {"value": "1"}}),
        ),
        (&["cas", "z", "0", "2"], 1, missing("z")),
        (&["list"], 0, json!({"keys": ["a", "c", "n"]})),
        (&["list", "x"], 0, json!({"keys": []})),
        (&["delete", "c"], 0, json!({"key": "c", "deleted": true})),
        (&["delete", "c"], 0, json!({"key": "c", "deleted": false})),
        (&["list-values", "x"], 0, json!({"entries": []})),
        (&["export", "x"], 0, json!({"text": "", "count": 0})),
    ];
    for (args, code, expected) in cases {
        let (found, reply) = sandbox.json(&[&["store"], *args].concat());
        assert_eq!((found, &reply), (*code, &json!({ "ok": expected })), "{args:?}");
    }
    let (code, reply) = sandbox.json(&["store", "get", "z"]);
    let error = json!({
        "code": "not_found",
        "message": "key not found: z",
        "hint": "`clawpowers store list` lists the keys; pass a default value to avoid this error",
    });
    assert_eq!((code, reply), (1, json!({ "error": error })));
    let (code, reply) = sandbox.json(&["store", "get", "a/b"]);
    assert_eq!((code, &reply["error"]["code"]), (3, &json!("invalid_input")));
    let listed = sandbox.ok(&["store", "list-values"]);
    let entry = &listed["entries"][0];
    let at = entry["updated_at"].as_str().unwrap();
    assert_eq!(
        *entry,
        json!({"key": "a", "value": "b\u{e9}\nc", "updated_at": at})
    );
    let text = sandbox.feed(&["store", "export"], b"").out;
    let export = sandbox.ok(&["store", "export"]);
    assert_eq!(
        export,
        json!({"text": String::from_utf8(text).unwrap(), "count": 2})
    );
    sandbox.file(
        "in.jsonl",
        "{\"key\":\"a\",\"value\":\"1\"}\n\n{\"key\":\"new\",\"value\":\"2\"}",
    );
    let imported = sandbox.ok(&["store", "import", "in.jsonl", "--keep"]);
    assert_eq!(imported, json!({"set": 1, "kept": 1}));
}

#[test]
fn an_export_is_imported_unchanged() {
    let sandbox = Sandbox::new();
    let every: Vec<u8> = (0..=255).collect();
    let text = "quotes \" and \\ , lines\r\n, \u{1b}[31m \u{202e} \u{7f} 🦀 \u{0}".as_bytes();
    for (key, value) in [
        ("empty", b"".as_slice()),
        ("every", &every),
        ("text", text),
        ("half", b"ab\xc3"),
        ("k\u{202e}\"=", b"v"),
    ] {
        assert_eq!(sandbox.feed(&["store", "set", key, "-"], value).code, 0);
    }
    let export = sandbox.feed(&["store", "export"], b"").out;
    assert_eq!(
        unsafe_characters(std::str::from_utf8(&export).unwrap()),
        [],
        "safe in any place"
    );
    let second = Sandbox::new();
    let ran = second.feed(&["store", "import", "-"], &export);
    assert_eq!((ran.code, ran.err.as_str()), (0, "5 set, 0 kept\n"));
    assert_eq!(exported(&second), exported(&sandbox));
    for (key, value) in [("every", every.as_slice()), ("text", text), ("half", b"ab\xc3")] {
        assert_eq!(
            second.feed(&["store", "get", key, "--raw"], b"").out,
            value,
            "{key}"
        );
    }
    // A second import replaces existing values, unless `--keep` is given.
    second.good(&["store", "set", "empty", "changed"]);
    second.good(&["store", "delete", "half"]);
    let ran = second.feed(&["store", "import", "-", "--keep"], &export);
    assert_eq!(ran.err, "1 set, 4 kept\n");
    assert_eq!(second.good(&["store", "get", "empty"]), "changed\n");
    let file = second.file("export.jsonl", [b"\xef\xbb\xbf".as_slice(), &export].concat());
    let ran = second.run(&["store", "import", file.to_str().unwrap()]);
    assert_eq!(ran.err, "5 set, 0 kept\n");
    assert_eq!(exported(&second), exported(&sandbox));
    let some = sandbox.feed(&["store", "export", "e*y"], b"").out;
    assert_eq!(
        some.iter().filter(|byte| **byte == b'\n').count(),
        2,
        "a pattern narrows"
    );
}

#[test]
fn an_import_with_a_broken_line_writes_nothing() {
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    let good = "{\"key\":\"good\",\"value\":\"1\"}\n";
    for (line, why) in [
        ("{broken", "key must be a string at column 2"),
        ("null", "invalid type: null, expected an object at column 4"),
        ("[\"k\",\"1\",null]", "it is a list"),
        ("{\"value\":\"1\"}", "missing field `key`"),
        ("{\"key\":\"k\"}", "neither `value` nor `value_base64`"),
        ("{\"key\":\"k\",\"value\":1}", "invalid type: integer `1`"),
        (
            "{\"key\":\"k\",\"value\":\"1\",\"value_base64\":\"\"}",
            "there is both a value and a value in base64",
        ),
        (
            "{\"key\":\"k\",\"value_base64\":\"*\"}",
            "the value in base64 is not valid",
        ),
        ("{\"key\":\"\",\"value\":\"1\"}", "key cannot be empty"),
        ("{\"key\":\"a/b\",\"value\":\"1\"}", "key cannot contain"),
        ("{\"key\":\"k\",\"value\":\"1\"} x", "trailing characters"),
    ] {
        let text = format!("{good}\n{line}\n{good}");
        let ran = sandbox.feed(&["store", "import", "-"], text.as_bytes());
        assert_eq!((ran.code, ran.out.as_slice()), (3, b"".as_slice()), "{line}");
        good_error(&ran.err);
        let start = format!("error: `-` line 3: {why}");
        assert!(ran.err.starts_with(&start), "{line}: {}", ran.err);
        assert!(!ran.err.contains("at line 1"), "{}", ran.err);
        assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    }
    let ran = sandbox.feed(&["store", "import", "-"], b"{\"key\":\"a\",\"value\":\"\xff\"}\n");
    assert_eq!(ran.code, 3, "JSON is UTF-8");
    sandbox.refused(4, &["store", "import", "missing.jsonl"]);
    sandbox.refused(4, &["store", "import", "."]);
    sandbox.refused(4, &["store", "set", "k", "--file", "missing"]);
    sandbox.refused(2, &["store", "set", "k", "v", "--file", "missing"]);
    assert!(!sandbox.runtime_home().exists(), "not even the home");
}

#[test]
fn reading_a_home_that_is_missing_creates_nothing() {
    let sandbox = Sandbox::new();
    let home = sandbox.work().join("no/home");
    let home = home.to_str().unwrap();
    for args in READERS {
        let ran = sandbox.run(&[args, &["--home", home]].concat());
        assert!([0, 1].contains(&ran.code), "{args:?}: {ran:?}");
        assert!(!sandbox.work().join("no").exists(), "{args:?}");
        // An existing empty home stays empty.
        let ran = sandbox.run(args);
        assert!([0, 1].contains(&ran.code), "{args:?}: {ran:?}");
        assert_eq!(
            fs::read_dir(sandbox.runtime_home()).unwrap().count(),
            0,
            "{args:?}"
        );
    }
}

#[test]
fn an_impossible_home_is_an_error() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "text");
    for args in READERS.iter().filter(|args| !args.contains(&"--json")) {
        let ran = sandbox.refused(4, &[*args, &["--home", file.to_str().unwrap()]].concat());
        assert!(ran.err.contains("clawpowers.db` cannot be used"), "{ran:?}");
    }
    sandbox.refused(4, &["store", "set", "k", "v", "--home", file.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(file).unwrap(), "text");
}

#[test]
fn homes_are_independent() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "one"]);
    sandbox.good(&["store", "set", "k", "two", "--home", "second"]);
    sandbox.good(&["--home", "second", "store", "set", "only", "here"]);
    assert_eq!(sandbox.good(&["store", "get", "k"]), "one\n");
    assert_eq!(sandbox.good(&["store", "list"]), "k\n");
    assert_eq!(
        sandbox.good(&["store", "list-values", "--home", "second"]),
        "k=two\nonly=here\n"
    );
    assert!(
        sandbox.work().join("second/clawpowers.db").is_file(),
        "a relative home is below the working directory"
    );
}

#[test]
fn the_home_is_found_by_option_variable_and_default() {
    let sandbox = Sandbox::new();
    let with = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = sandbox.program();
        command
            .env_remove("CLAWPOWERS_DIR")
            .env_remove("HOME")
            .envs(variables.iter().copied());
        finish(command.arg("store").args(args))
    };
    let user = sandbox.user_home();
    let user = user.to_str().unwrap();
    for (variables, place) in [
        (
            &[("CLAWPOWERS_DIR", "rel/ative"), ("HOME", user)][..],
            sandbox.work().join("rel/ative"),
        ),
        (
            &[("CLAWPOWERS_DIR", ""), ("HOME", user)],
            sandbox.user_home().join(".clawpowers"),
        ),
        (&[("CLAWPOWERS_DIR", "../up")], sandbox.work().join("../up")),
        (&[("USERPROFILE", user)], sandbox.user_home().join(".clawpowers")),
    ] {
        let _ = fs::remove_dir_all(&place);
        let ran = with(variables, &["set", "k", "v"]);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{variables:?}");
        assert!(place.join("clawpowers.db").is_file(), "{variables:?}");
        assert_eq!(with(variables, &["get", "k"]).out, "v\n");
    }
    for args in [&["get", "k", "default"][..], &["set", "k", "v"], &["list"]] {
        for variables in [&[][..], &[("HOME", ""), ("CLAWPOWERS_DIR", "")]] {
            let ran = with(variables, args);
            assert_eq!((ran.code, &*ran.out), (3, ""), "{args:?}: {ran:?}");
            good_error(&ran.err);
            assert!(ran.err.contains("--home"), "the hint says what to do: {ran:?}");
        }
    }
    let ran = with(&[], &["set", "k", "v", "--home", "named"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "a terminal is made by util-linux's script")]
fn a_terminal_never_gets_a_raw_escape() {
    let sandbox = Sandbox::new();
    let value = "evil\u{1b}]0;pwned\u{7}\u{9b}2J\r\u{202e}\u{200b}".as_bytes();
    let key = "evil\u{202e}\u{200b}\u{2066}";
    for key in [key, "evil:plain"] {
        assert_eq!(sandbox.feed(&["store", "set", key, "-"], value).code, 0);
    }
    sandbox.feed(&["store", "set", "evil:bytes", "-"], b"evil\x1b[2J\xff\x9b2J");
    let commands: [&[&str]; 21] = [
        &["get", key],
        &["get", key, "--raw"],
        &["get", "evil:bytes"],
        &["get", key, "--json"],
        &["get", "missing", "evil\u{1b}[2J"],
        &["get", "evil\u{202e}"],
        &["get", "evil\u{1b}[2J"],
        &["list"],
        &["list", "--json"],
        &["list", "evil\u{1b}[2J"],
        &["list-values"],
        &["list-values", "--null"],
        &["list-values", "--json"],
        &["list-values", "evil\u{1b}[2J"],
        &["export"],
        &["export", "--json"],
        &["delete", "evil\u{202e}"],
        &["incr", key],
        &["incr", "evil", "\u{1b}[2J"],
        &["cas", key, "a", "b"],
        &["import", "evil\u{1b}[2J"],
    ];
    for args in commands {
        let Some(shown) = sandbox.on_terminal(&[&["store"], args].concat(), &[("NO_COLOR", "1")]) else {
            println!("skipped: there is no `script` of util-linux");
            return;
        };
        assert_eq!(unsafe_characters(&shown), [], "{args:?}: {shown:?}");
        let said = if args.contains(&"\u{1b}[2J") {
            "\\u{1b}[2J"
        } else {
            "evil"
        };
        assert!(shown.contains(said), "{args:?}: {shown:?}");
    }
    // A pipe gets the raw bytes.
    assert_eq!(
        fed(sandbox.program().args(["store", "get", key, "--raw"]), b"").out,
        value
    );
    let listed = sandbox.good(&["store", "list"]);
    assert!(listed.contains(key), "{listed:?}");
}
