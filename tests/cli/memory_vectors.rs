//! Vectors of entries on the command line.

use crate::harness::{Sandbox, good_error};
use serde_json::{Value, json};
use std::thread;

const MODEL: [&str; 2] = ["--vector-model", "all-MiniLM-L6-v2"];

/// Arguments that create an entry with the vector of a file.
fn create<'a>(content: &'a str, file: &'a str) -> Vec<&'a str> {
    [&["memory", "create", content, "--vector", file][..], &MODEL].concat()
}

fn search(sandbox: &Sandbox, args: &[&str]) -> Value {
    let (code, reply) = sandbox.json(&[&["memory", "search"], args, &MODEL].concat());
    assert_eq!(code, 0, "{reply}");
    reply["ok"]["hits"].clone()
}

#[test]
fn an_entry_is_found_by_the_vector_of_a_file() {
    let sandbox = Sandbox::new();
    sandbox.file("a.json", "[1, 0, 2e0]\n");
    sandbox.file("b.json", " [ -1.5,0,\n0.25]");
    assert_eq!(sandbox.good(&create("the pool is empty", "a.json")), "1\n");
    assert_eq!(sandbox.good(&create("the queue is full", "b.json")), "2\n");
    let args = [&["memory", "search", "--vector", "b.json"][..], &MODEL].concat();
    let found = sandbox.good(&args);
    assert!(found.starts_with("2 semantic\n"), "{found}");
    assert!(found.contains("vector of all-MiniLM-L6-v2"), "{found}");
    assert!(
        found.contains("  found by: vector, similarity 1.000\n"),
        "{found}"
    );
    let hits = search(&sandbox, &["pool", "--vector", "a.json"]);
    assert_eq!(hits[0]["entry"]["id"], "1");
    assert_eq!(
        hits[0]["reasons"],
        json!([{"kind": "words", "rank": 1, "similarity": null}, {"kind": "vector", "rank": 1, "similarity": 1.0}])
    );
    // The vector comes from stdin, then the text.
    let args = [&["memory", "search", "queue", "--vector", "-"][..], &MODEL].concat();
    assert!(
        sandbox
            .feed(&args, b"[-3, 0, 0.5]")
            .text()
            .starts_with("2 semantic\n")
    );
    let args = [&["memory", "search", "-", "--vector", "b.json"][..], &MODEL].concat();
    assert!(sandbox.feed(&args, b"queue").text().starts_with("2 semantic\n"));
    sandbox.good(&["memory", "update", "2", "--content", "the queue was full"]);
    assert_eq!(
        search(&sandbox, &["--vector", "b.json"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let args = [&["memory", "update", "2", "--vector", "b.json"][..], &MODEL].concat();
    sandbox.good(&args);
    assert_eq!(search(&sandbox, &["--vector", "b.json"])[0]["entry"]["id"], "2");
    sandbox.good(&["memory", "update", "2", "--no-vector"]);
    assert_eq!(
        sandbox.json(&["memory", "get", "2"]).1["ok"]["entry"]["vector_model"],
        Value::Null
    );
    assert_eq!(
        sandbox
            .refused(2, &["memory", "update", "2", "--no-vector", "--vector", "b.json"])
            .code,
        2
    );
}

#[test]
fn vectors_that_are_not_valid_are_refused_before_anything_is_opened() {
    let sandbox = Sandbox::new();
    let large = format!("[{}1]", "1,".repeat(1 << 19));
    let long = format!("[{}1]", "1,".repeat(4999));
    let floats: Vec<u8> = (0..96).flat_map(|number| (number as f32).to_le_bytes()).collect();
    let array = |place: &str| format!("`v.json` is not a JSON array of numbers: see line {place}");
    for (content, message) in [
        (&b"[]"[..], "the vector is empty".to_owned()),
        (b"[0, 0.0, -0]", "all numbers of the vector are 0".to_owned()),
        (
            long.as_bytes(),
            "the vector has 5000 numbers, more than 4096".to_owned(),
        ),
        (
            large.as_bytes(),
            "`v.json` has more than 1048576 bytes".to_owned(),
        ),
        (b"[1, NaN]", array("1, column 5")),
        (b"[1e999]", array("1, column 6")),
        (b"[1, null]", array("1, column 8")),
        (b"[[1, 2]]", array("1, column 1")),
        (b"{\"embedding\": [1]}", array("1, column 0")),
        (b"1 2 3", array("1, column 1")),
        (b"[1, 2", array("1, column 5")),
        (b"", array("1, column 0")),
        (&floats, array("1, column 1")),
        (b"\xff\xfe[\x001\x00]\x00", array("1, column 1")),
    ] {
        sandbox.file("v.json", content);
        for args in [
            create("text", "v.json"),
            [&["memory", "search", "--vector", "v.json"][..], &MODEL].concat(),
        ] {
            let ran = sandbox.refused(3, &args);
            assert!(ran.err.contains(&message), "{message}: {}", ran.err);
        }
    }
    sandbox.file("v.json", "[1, 2]");
    for (args, message) in [
        (
            vec!["memory", "create", "text", "--vector", "v.json"],
            "the model that computed the vector is not named",
        ),
        (
            vec!["memory", "search", "--vector-model", "m"],
            "the model `m` is named without a vector",
        ),
        (
            vec![
                "memory",
                "create",
                "text",
                "--vector",
                "v.json",
                "--vector-model",
                "",
            ],
            "the model is empty",
        ),
        (create("-", "-"), "stdin cannot be both the text and the vector"),
    ] {
        let ran = sandbox.refused(3, &args);
        assert!(ran.err.contains(message), "{message}: {}", ran.err);
    }
    assert!(
        sandbox
            .refused(4, &create("text", "none.json"))
            .err
            .contains("`none.json` cannot be read")
    );
    assert!(
        !sandbox.runtime_home().join("clawpowers.db").exists(),
        "nothing was written"
    );
    sandbox.good(&create("text", "v.json"));
    sandbox.file("w.json", "[1, 2, 3]");
    let ran = sandbox.refused(3, &create("other", "w.json"));
    good_error(&ran.err);
    assert!(ran.err.contains("have 2 numbers, not 3"), "{}", ran.err);
    let args = [
        "memory",
        "search",
        "--vector",
        "v.json",
        "--vector-model",
        "other",
    ];
    assert!(
        sandbox
            .refused(3, &args)
            .err
            .contains("`all-MiniLM-L6-v2` (2 numbers)")
    );
    assert_eq!(
        sandbox.json(&["memory", "list"]).1["ok"]["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn processes_that_create_vectors_at_once_lose_none() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..24).map(|index| format!("{index}.json")).collect();
    for (index, name) in names.iter().enumerate() {
        let angle = index as f64 / 4.0;
        sandbox.file(name, format!("[{}, {}]", angle.cos(), angle.sin()));
    }
    let contents: Vec<String> = (b'a'..=b'x')
        .map(|letter| char::from(letter).to_string().repeat(5))
        .collect();
    thread::scope(|scope| {
        for part in 0..4 {
            let (sandbox, names, contents) = (&sandbox, &names, &contents);
            scope.spawn(move || {
                for (name, content) in names.iter().zip(contents).skip(part).step_by(4) {
                    sandbox.good(&create(content, name));
                }
            });
        }
    });
    for (name, content) in names.iter().zip(&contents) {
        let hits = search(&sandbox, &["--vector", name, "--limit", "1"]);
        assert_eq!(hits[0]["entry"]["content"], content.as_str(), "{name}");
        assert_eq!(hits[0]["reasons"][0]["similarity"], 1.0, "{name}");
    }
}
