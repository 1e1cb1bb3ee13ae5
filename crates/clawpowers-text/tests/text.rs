//! Queries, fingerprints and ranking.

use clawpowers_text::{Fingerprint, MAX_TERMS, Pool, Query, Weights, fold, fuse, mask, pairs, prior};
use proptest::prelude::*;

fn print(text: &str) -> Option<Fingerprint> {
    Fingerprint::of(&mask(text).text)
}

#[test]
fn a_fingerprint_ignores_values_case_accents_and_punctuation() {
    for (a, b) in [
        ("timeout after 50 requests", "Timeout after 73 requests!"),
        (
            "connect to 10.0.0.7 failed",
            "connect to db.example.com:5432 failed",
        ),
        ("nodes 1 2 3 are down", "nodes 4 are down"),
        ("café geöffnet", "CAFE GEOFFNET"),
    ] {
        assert_eq!(print(a), print(b), "{a} / {b}");
        assert!(print(a).is_some());
    }
    assert_ne!(
        print("timeout after 50 requests"),
        print("timeout after 50 replies")
    );
    assert_ne!(print("no such table: users"), print("no such table: orders"));
    assert_eq!(print("12 34 5.6"), None);
    assert_eq!(print(" !? "), None);
}

#[test]
fn queries_have_operators() {
    let query = Query::parse("how do I fix \"dead lock\" data* -windows tag:db kind:semantic kind:other");
    assert_eq!(query.words, ["fix", "kind", "other"]);
    assert_eq!(query.phrases, ["dead lock"]);
    assert_eq!(query.prefixes, ["data"]);
    assert_eq!(query.without, ["windows"]);
    assert_eq!(query.tags, ["db"]);
    assert_eq!(query.kinds, ["semantic"]);
    assert_eq!(
        query.expression().as_deref(),
        Some(
            "(\"dead lock\" AND (\"dead lock\" OR \"fix\" OR \"kind\" OR \"other\" OR \"data\" *)) NOT (\"windows\")"
        )
    );
}

#[test]
fn operators_apply_to_quotation_marks() {
    let query =
        Query::parse("-log* -\"dead lock\" tag:\"a b\" kind:\"Semantic\" -\"数据库\" x-\"y z\" tag:\"");
    assert_eq!(query.without, ["log*", "dead lock", "数据 据库"]);
    assert_eq!(query.tags, ["a b"]);
    assert_eq!(query.kinds, ["semantic"]);
    assert_eq!(query.phrases, ["y z"]);
    assert_eq!(query.words, ["x", "tag"]);
    let without = "\"log\" * OR \"dead lock\" OR (\"数据\" AND \"据库\")";
    assert_eq!(query.exclusion().as_deref(), Some(without));
}

#[test]
fn what_is_no_operator_is_text() {
    for (text, words) in [
        ("AND OR NOT *", &["not"][..]),
        ("NEAR(a b, 3)", &["near", "b", "3"]),
        ("title:x {body} : y ^z", &["title", "x", "body", "y", "z"]),
        ("a \" unbalanced", &["unbalanced"]),
        ("to be or not", &["not"]),
        ("to be", &["to", "be"]),
        ("-only", &[]),
        ("ls -l -1", &["l", "1", "ls"]),
        ("Cafés; DROP TABLE x", &["cafes", "drop", "table", "x"]),
        ("数据库", &["数据", "据库"]),
        ("… !? ''", &[]),
    ] {
        let mut expected: Vec<&str> = words.to_vec();
        let query = Query::parse(text);
        let mut found: Vec<&str> = query.words.iter().map(String::as_str).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
        assert_eq!(query.expression().is_none(), words.is_empty());
    }
}

#[test]
fn an_error_is_taken_as_it_is() {
    let text = "error: \"GET /a/b\" -failed with status 500 after 3 tries -really";
    let query = Query::parse(text);
    assert!(query.has_values());
    assert_eq!((query.phrases.len(), query.without.len()), (0, 0));
    assert!(query.words.contains(&"really".to_owned()));
    let query = Query::parse("panicked at the disco\nnote: -x \"y\"");
    assert_eq!(query.first_line, ["panicked", "disco"]);
    assert_eq!(query.without.len(), 0);
    assert!(!Query::parse("did it fail on 1 May?").has_values());
}

#[test]
fn long_queries_are_bounded() {
    let many: String = (0..20_000)
        .map(|n| format!("word{n} \"p{n} q\" pre{n}* -w{n} "))
        .collect();
    for text in [
        many.as_str(),
        &"x".repeat(200_000),
        &"\"".repeat(100_000),
        &"数".repeat(50_000),
    ] {
        let query = Query::parse(text);
        for terms in [&query.words, &query.phrases, &query.prefixes, &query.without] {
            assert!(terms.len() <= MAX_TERMS, "{}", terms.len());
        }
        assert!(query.expression().unwrap_or_default().len() < 100_000);
    }
}

#[test]
fn a_hit_says_which_words_matched() {
    let query = Query::parse("how to debug \"memory leaks\" valg* zebra");
    assert_eq!(
        query.matched("Debugging a memory leak with Valgrind"),
        ["memory", "leaks", "debug", "valg*"]
    );
}

#[test]
fn lists_are_fused_by_rank() {
    let fused = fuse(&[(1.0, &[1, 2, 3][..]), (1.0, &[3, 4])], 60.0);
    let ids: Vec<i32> = fused.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [3, 1, 2, 4]);
    let twice = fuse(&[(2.0, &[1][..]), (1.0, &[2])], 60.0);
    assert!((twice[0].1 - 2.0 * twice[1].1).abs() < 1e-12);
}

#[test]
fn likeness_counts_words_and_their_order() {
    let texts = [
        "timeout after 50 requests",
        "timeout after 73 requests",
        "requests after 50 timeout",
        "disk full",
    ];
    let texts = texts.map(|text| mask(text).text);
    let pool = Pool::new(texts.iter().map(String::as_str));
    let [query, same, other_order, other_words] = texts.each_ref().map(|text| pool.vector(text));
    assert!((query.likeness(&same) - 1.0).abs() < 1e-9);
    let (order, words) = (query.likeness(&other_order), query.likeness(&other_words));
    assert!(1.0 > order && order > words && words == 0.0, "{order} {words}");
}

#[test]
fn the_prior_is_bounded() {
    let weights = Weights::default();
    assert!((prior(&weights, 1.0, 0.0, 90.0) - 1.0).abs() < 1e-12);
    assert!((prior(&weights, 0.0, 1e9, 90.0) - 0.49).abs() < 1e-9);
    for (importance, age, half_life) in [
        (f64::NAN, f64::NAN, f64::NAN),
        (2.0, -5.0, 0.0),
        (-1.0, f64::INFINITY, 1.0),
    ] {
        let factor = prior(&weights, importance, age, half_life);
        assert!((0.0..=1.0).contains(&factor), "{factor}");
    }
}

#[test]
fn words_are_folded() {
    assert_eq!(fold("Café GRÖSSE Größe Ёлка ガ"), "cafe grosse grosse елка ガ");
    assert_eq!(pairs("fix 修复死锁"), "修 复 修复 死 复死 锁 死锁");
    assert_eq!(pairs("plain"), "");
}

proptest! {
    #[test]
    fn every_text_is_a_query(text in "(.|tag:|kind:|\"|-|\\*|\n| ){0,60}") {
        let query = Query::parse(&text);
        if let Some(expression) = query.expression() {
            prop_assert_eq!(expression.matches('"').count() % 2, 0);
            prop_assert!(!expression.contains('\0'));
        }
        prop_assert!(query.matched("").is_empty());
    }
}
