//! `memory` and `checkpoint` on the command line.

use crate::harness::{Sandbox, good_error, unsafe_characters};

#[test]
fn an_entry_is_created_found_and_forgotten() {
    let sandbox = Sandbox::new();
    let first = sandbox.good(&[
        "memory",
        "create",
        "timeout after 50 requests",
        "--type",
        "episodic",
        "--tags",
        "net,pool",
    ]);
    assert_eq!(first, "1\n");
    let merged = sandbox.run(&[
        "memory",
        "create",
        "timeout after 73 requests",
        "--type",
        "episodic",
    ]);
    assert_eq!((merged.out.as_str(), merged.code), ("1\n", 0));
    assert_eq!(merged.err, "merged: the entry 1 was created 2 times\n");
    let found = sandbox.good(&["memory", "search", "timeout after 99 requests"]);
    assert!(found.starts_with("1 episodic\n"), "{found}");
    assert!(
        found.contains("found by: only values differ; words timeout, requests"),
        "{found}"
    );
    assert!(found.contains("tags net, pool"), "{found}");
    let shown = sandbox.good(&["memory", "get", "1"]);
    assert!(
        shown.ends_with("\ntimeout after 50 requests\n\nalso:\ntimeout after 73 requests\n"),
        "{shown}"
    );
    assert_eq!(
        sandbox.good(&["memory", "correct", "1", "the pool was empty"]),
        "2\n"
    );
    let forgotten = sandbox.run(&["memory", "forget", "1"]);
    assert_eq!((forgotten.code, forgotten.out.as_str()), (0, "Forgotten: 1\n"));
    assert_eq!(
        forgotten.err,
        "the entry 2 may say the same: one supersedes the other\n"
    );
    let nothing = sandbox.run(&["memory", "search", "requests"]);
    assert_eq!((nothing.code, nothing.err.as_str()), (0, "No entries found\n"));
}

#[test]
fn stdin_is_content_query_or_state() {
    let sandbox = Sandbox::new();
    let created = sandbox.feed(
        &["memory", "create", "-", "--title", "build"],
        b"line one\nline two\n",
    );
    assert_eq!(created.text(), "1\n");
    let found = sandbox.feed(&["memory", "search", "-", "--full"], b"line two");
    assert!(
        found.text().ends_with("  line one\n  line two\n"),
        "{}",
        found.text()
    );
    sandbox.feed(&["checkpoint", "save", "a/../b", "-"], b"{\"step\": 2}\n");
    assert_eq!(sandbox.good(&["checkpoint", "load", "a/../b"]), "{\"step\": 2}\n");
    let listed = sandbox.good(&["checkpoint", "list"]);
    let row: Vec<&str> = listed.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!((row[0], row[3]), ("a/../b", "no"), "{listed}");
    let bytes = sandbox.feed(&["memory", "create", "-"], b"ab\xff");
    assert_eq!(bytes.code, 3);
    good_error(&bytes.err);
    assert!(
        bytes.err.contains("stdin is not valid UTF-8 at byte 2"),
        "{}",
        bytes.err
    );
}

#[test]
fn content_is_shown_without_control_characters() {
    let sandbox = Sandbox::new();
    sandbox.good(&["memory", "create", "red \u{1b}[31m and \u{202e}reversed"]);
    for args in [&["memory", "search", "red"][..], &["memory", "list"]] {
        let text = sandbox.good(args);
        assert_eq!(unsafe_characters(&text), [], "{args:?}: {text:?}");
    }
    // What a terminal shows is escaped; a program gets the content as it is.
    if let Some(text) = sandbox.on_terminal(&["memory", "get", "1"], &[]) {
        assert!(
            text.contains("reversed") && !text.contains('\u{202e}'),
            "{text:?}"
        );
    }
}

#[test]
fn status_counts_what_is_remembered() {
    let sandbox = Sandbox::new();
    sandbox.good(&["checkpoint", "save", "fix-login", "{}"]);
    assert!(sandbox.good(&["status"]).contains("\nmemory      1 checkpoint\n"));
    sandbox.good(&["memory", "create", "the tests need Redis"]);
    sandbox.good(&["memory", "create", "the docs need Node"]);
    sandbox.good(&["memory", "create", "the build failed", "--type", "episodic"]);
    let status = sandbox.good(&["status"]);
    assert!(
        status.contains("\nmemory      3 entries (1 episodic, 2 semantic), 1 checkpoint\n"),
        "{status}"
    );
    assert_eq!(sandbox.run(&["doctor", "--deep"]).code, 0);
}
