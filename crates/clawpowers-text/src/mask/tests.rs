use super::scan::scan;
use super::*;
use proptest::prelude::*;

fn masked(text: &str) -> String {
    mask(text).text
}

#[test]
fn values_become_placeholders() {
    for (text, expected) in [
        ("timeout after 50 requests", "timeout after <num> requests"),
        (
            "took 1.5 s, then 250ms and 12 kB/s",
            "took <num>, then <num> and <num>",
        ),
        ("\u{1b}[31merror\u{1b}[0m: 3 failed", "error: <num> failed"),
        ("\u{1b}]0;title\u{7}exit 2", "exit <num>"),
        ("see https://example.org/a?b=1#c.", "see <url>."),
        ("mail from ada.l@example.org bounced", "mail from <email> bounced"),
        (
            "job 123e4567-e89b-12d3-a456-426614174000 failed",
            "job <uuid> failed",
        ),
        ("connect to 10.0.0.7:8080 refused", "connect to <host> refused"),
        ("connect to [2001:db8::1]:80", "connect to [<host>]:<num>"),
        ("from fe80::1ff:fe23:4567:890a", "from <host>"),
        ("api.example.com:443 is down", "<host> is down"),
        ("link 00:1b:44:11:3a:b7 lost", "link <mac> lost"),
        ("2024-03-01T12:00:00.123Z started", "<time> started"),
        ("2024-03-01 12:00:00,123 INFO x", "<time> INFO x"),
        ("Jun 14 15:16:01 sshd", "<time> sshd"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "<time>"),
        ("10/Oct/2000:13:55:36 +0000", "<time>"),
        ("open /usr/lib/a.so: denied", "open <path>: denied"),
        ("at src/main.rs:10:5", "at <path>:<num>:<num>"),
        (r"in C:\Users\ada\a.txt now", "in <path> now"),
        ("logname= uid=0 tty=ssh", "logname=<val> uid=<val> tty=<val>"),
        (
            "key=\"a b\" x=Token{1f} y==2 z=>3",
            "key=<val> x=<val> y==<num> z=><num>",
        ),
        ("at 0xdeadbeef in 9f86d081", "at <num> in <num>"),
        ("blk_38865049064139660 lost", "blk_<num> lost"),
        ("session dk2xZ9Qm4a ended", "session <num> ended"),
        ("Invalid user ada from 1.2.3.4", "Invalid user <name> from <host>"),
        ("session closed for user ada", "session closed for user <name>"),
        (
            "unexpected \"aaaaa bbbbb ccccc ddddd eeeee fffff ggggg hhhhh\" here",
            "unexpected \"<text>\" here",
        ),
        ("a\t b\r\n\n c", "a b\nc"),
        ("größe 5, 数据库 3 失败", "größe <num>, 数据库 <num> 失败"),
        ("a\u{200b}b\u{202e}c\u{2003}d", "abc d"),
    ] {
        assert_eq!(masked(text), expected, "{text:?}");
    }
}

#[test]
fn words_stay() {
    for text in [
        "and/or, read/write, TCP/IP",
        "the user interface may fail",
        "java.lang.NullPointerException: null",
        "org.apache.hadoop.ipc.Client",
        "os.path.join and std::fs::read",
        "it's what users don't see; they can't",
        "facade decade accede",
        "a == b, c != d",
        "user not found",
        "the config.json and main.py files",
    ] {
        assert_eq!(masked(text), text);
        assert_eq!(mask(text).values, []);
    }
}

#[test]
fn values_are_kept_in_order() {
    let found = mask("GET /a/b.txt from 10.0.0.7 took 12 ms");
    let values: Vec<_> = found
        .values
        .iter()
        .map(|value| (value.mask, value.text.as_str()))
        .collect();
    assert_eq!(
        values,
        [
            (Mask::Path, "/a/b.txt"),
            (Mask::Host, "10.0.0.7"),
            (Mask::Number, "12 ms")
        ]
    );
    assert_eq!(mask(&"7 a ".repeat(1000)).values.len(), MAX_VALUES);
}

/// Doubling a text doubles the bytes that are read.
#[test]
fn hostile_texts_are_masked_in_linear_time() {
    for part in [
        "1.1.1.",
        "////",
        "0123456789abcdef",
        "\\\\",
        "a=",
        "a='",
        "a={",
        "a={b=",
        "\"",
        "'a\"",
        "<",
        "<num",
        "<num>",
        "a.b-",
        "a@",
        "@",
        "http:",
        "http://",
        "::",
        "1:1:",
        "1-1-",
        "ff:",
        "ff-",
        "Jan ",
        "Jan 1 ",
        "1 ",
        "1,",
        "x1",
        "user ",
        "user a ",
        "_",
        "_1",
        "~/",
        "C:\\",
        "1e",
        "\u{1b}",
        "\u{1b}[",
        "\u{1b}]",
        "\u{200b}",
        "é",
        "数",
        " ",
        "\n",
        "a/b?",
        "0x",
        "%",
        "[",
        "([{",
        "1.1.1.1:",
        "a.com:",
        "a1B2",
    ] {
        let steps = |length: usize| scan(&clean::clean(&part.repeat(length / part.len()))).1;
        let (half, whole) = (steps(1 << 19), steps(1 << 20));
        assert!(
            whole <= half * 2 + half / 50 + 10_000,
            "{part:?}: {half}, then {whole}"
        );
        assert!(whole < 400 << 20, "{part:?}: {whole}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn masking_twice_is_masking_once(
        text in "([a-z=<>/:.@ \"'\n0-9A-F%?{}_-]|http://|<num>|<val>|user |for user |Jan |com|\u{1b}\\[|é|\u{2003}|\\\\|::){0,30}",
    ) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn every_text_can_be_masked(text in ".{0,80}") {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }
}
