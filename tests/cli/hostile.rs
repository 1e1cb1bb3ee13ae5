//! Untrusted text never reaches a terminal unescaped.

use crate::harness::{Sandbox, unsafe_characters};
use serde_json::Value;

/// Escapes, a bell, C1, bidirectional overrides, zero-width and tag characters, as YAML escapes.
const HOSTILE: &str = "---\nname: \"evil\\e[31m\\u202e\\u200b\"\ndescription: \"red \\e]0;pwned\\a \\u009b2J \\u200b \\u2066 \\U000e0041 line\\nbreak \\r over\"\nlicense: \"MIT\\e[1m\"\ncompatibility: \"\\u202eall\"\nmetadata:\n  version: \"1\\e[2J\"\n---\n\n# Head \u{1b}[31m\n\nbody \u{202e}\u{9b}2J\u{1b}]52;c;x\u{7} [a\u{1b}[2J](<gone\u{1b}.md>)\n";
const NAME: &str = "evil\u{1b}[31m\u{202e}\u{200b}";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("s/evil/SKILL.md", HOSTILE);
    sandbox.file(
        "s/plain/SKILL.md",
        "---\nname: plain\ndescription: \"evil \u{1b}[31m: \u{202e}plain\"\n---\n\nraw \u{1b}[31m\u{202e} bytes\n",
    );
    // Windows does not allow such file names.
    let escape = if cfg!(windows) { "" } else { "\u{1b}[2J" };
    let bad = format!("s/bad{escape}/SKILL.md");
    sandbox.file(&bad, "---\n\"k\\e[31m\": 1\n---\nx\n");
    sandbox.file(&format!("s/evil/refs/{escape}.md"), "x");
    sandbox
}

#[test]
fn tables_and_reports_are_safe_even_in_a_pipe() {
    let sandbox = sandbox();
    let commands: [&[&str]; 8] = [
        &["skill", "list", "--root", "s"],
        &["skill", "show", NAME, "--root", "s"],
        &["skill", "search", "evil", "--root", "s"],
        &["skill", "validate", "s", "--target", "clawpowers"],
        &["skill", "validate", "s", "--format", "sarif"],
        &["skill", "budget", "--root", "s", "--context", "50"],
        &["skill", "prompt", "--root", "s", "--format", "markdown"],
        &["doctor", "--root", "s"],
    ];
    for args in commands {
        let ran = sandbox.run(args);
        assert_eq!(unsafe_characters(&ran.out), [], "{args:?}");
        assert_eq!(unsafe_characters(&ran.err), [], "{args:?}");
        assert!(!ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    let listed = sandbox.run(&["skill", "list", "--root", "s"]).out;
    assert!(listed.contains("evil\\u{1b}[31m\\u{202e}\\u{200b} "), "{listed}");
    assert_eq!(
        listed.lines().count(),
        6,
        "a description stays on its line: {listed}"
    );
}

#[test]
fn json_is_escaped_and_has_the_same_content() {
    let sandbox = sandbox();
    let commands: [&[&str]; 6] = [
        &["skill", "list", "--root", "s"],
        &["skill", "show", NAME, "--root", "s"],
        &["skill", "read", NAME, "--root", "s"],
        &["skill", "fix", "s"],
        &["skill", "prompt", "--root", "s", "--format", "json"],
        &["doctor", "--root", "s"],
    ];
    for args in commands {
        let mut args = args.to_vec();
        args.push("--json");
        let ran = sandbox.run(&args);
        assert_eq!(unsafe_characters(&ran.out), [], "{args:?}");
    }
    let (_, reply) = sandbox.json(&["skill", "show", NAME, "--root", "s"]);
    assert_eq!(reply["ok"]["skill"]["name"], NAME);
    let (_, reply) = sandbox.json(&["skill", "read", NAME, "--root", "s"]);
    assert_eq!(reply["ok"]["text"], HOSTILE, "the value is whole");
}

#[test]
fn errors_escape_what_they_quote() {
    let sandbox = sandbox();
    let commands: [(i32, &[&str]); 5] = [
        (1, &["skill", "show", "x\u{1b}[2J\u{202e}"]),
        (3, &["skill", "list", "--scope", "x\u{1b}[2J"]),
        (3, &["skill", "validate", "s", "--target", "x\u{202e}"]),
        (4, &["skill", "list", "--root", "x\u{9b}2J"]),
        (3, &["skill", "new", "x\u{1b}[2J"]),
    ];
    for (code, args) in commands {
        let ran = sandbox.refused(code, args);
        assert_eq!(unsafe_characters(&ran.err), [], "{args:?}");
        assert!(ran.err.contains("x\\u{"), "{ran:?}");
    }
}

#[test]
fn file_content_is_raw_only_in_a_pipe() {
    let sandbox = sandbox();
    let piped = sandbox.run(&["skill", "read", NAME, "--root", "s"]);
    assert_eq!(piped.out, HOSTILE);
    let Some(shown) = sandbox.on_terminal(&["skill", "read", NAME, "--root", "s"], &[]) else {
        println!("skipped: there is no `script` of util-linux");
        return;
    };
    assert_eq!(unsafe_characters(&shown), []);
    assert!(
        shown.contains("body \\u{202e}\\u{9b}2J\\u{1b}]52;c;x\\u{7} "),
        "{shown}"
    );
}

#[test]
#[cfg_attr(windows, ignore = "a terminal is made by util-linux's script")]
fn untrusted_text_is_escaped_on_a_terminal() {
    let sandbox = sandbox();
    let commands: [&[&str]; 11] = [
        &["skill", "list", "--root", "s"],
        &["skill", "show", NAME, "--root", "s"],
        &["skill", "search", "evil", "--root", "s"],
        &["skill", "prompt", "--root", "s"],
        &["skill", "prompt", "--root", "s", "--format", "skills-ref"],
        &["skill", "prompt", "--root", "s", "--format", "json"],
        &["skill", "validate", "s/evil"],
        &["skill", "to-prompt", "s/evil"],
        &["skill", "fix", "s"],
        &["skill", "list", "--root", "s", "--json"],
        &["doctor", "--root", "s"],
    ];
    for args in commands {
        let Some(shown) = sandbox.on_terminal(args, &[("NO_COLOR", "1")]) else {
            println!("skipped: there is no `script` of util-linux");
            return;
        };
        assert_eq!(unsafe_characters(&shown), [], "{args:?}: {shown:?}");
        assert!(shown.contains("evil"), "{args:?}: {shown:?}");
    }
}

#[test]
fn a_terminal_gets_color_unless_disabled() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/tea", &"Makes a great deal of tea. ".repeat(30));
    let args = ["skill", "list", "--root", "s"];
    let Some(colored) = sandbox.on_terminal(&args, &[]) else {
        println!("skipped: there is no `script` of util-linux");
        return;
    };
    assert!(colored.starts_with("\u{1b}[1mNAME"), "{colored:?}");
    let plain = sandbox.on_terminal(&args, &[("NO_COLOR", "1")]).unwrap();
    assert!(plain.starts_with("NAME"), "{plain:?}");
    let row = plain.lines().nth(1).unwrap();
    assert!(row.ends_with('…') && row.chars().count() <= 100, "{row}");
    let piped = sandbox.run(&args).out;
    assert!(
        piped.lines().nth(1).unwrap().chars().count() > 500,
        "a pipe gets it whole"
    );
    assert_eq!(unsafe_characters(&piped), []);
}

#[test]
#[cfg_attr(windows, ignore = "a terminal is made by util-linux's script")]
fn a_reply_on_a_terminal_is_still_json() {
    let sandbox = sandbox();
    let Some(shown) = sandbox.on_terminal(&["skill", "list", "--root", "s", "--json"], &[]) else {
        println!("skipped: there is no `script` of util-linux");
        return;
    };
    let reply: Value = serde_json::from_str(shown.trim_end()).unwrap();
    let skills = reply["ok"]["skills"].as_array().unwrap();
    assert!(skills.iter().any(|skill| skill["name"] == NAME), "{reply}");
}
