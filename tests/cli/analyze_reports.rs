//! The formats of `analyze` as they were looked at and found good, and the HTML form in a real browser.

use crate::analyze::{import, lines, worsening};
use crate::harness::World;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A home with a skill that got worse, a steady one, a low one, and one that was hardly used.
fn lived() -> World {
    let world = World::new();
    let mut all = lines("deploy", 0, worsening());
    all += &lines("release-notes", 0, (0..150).map(|index| index % 20 != 0));
    all += &lines("flaky", 50, (0..100).map(|index| index % 5 == 0));
    all += &lines("rare", 100, (0..4).map(|_| true));
    import(&world, &all);
    world
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/analyze")
        .join(name)
}

/// `CLAWPOWERS_UPDATE=1` writes what is printed now in place of what was found good.
#[test]
fn the_formats_are_as_they_were_found_good() {
    let world = lived();
    for (words, name) in [
        (&["--format", "text"][..], "report.txt"),
        (&["--format", "markdown"], "report.md"),
        (&["--format", "json"], "report.json"),
        (&["--format", "html"], "report.html"),
        (&["--skill", "deploy"], "skill.txt"),
        (&["--recommendations"], "recommendations.txt"),
    ] {
        let ran = world.run(&[&["analyze"], words].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        let file = golden(name);
        if std::env::var_os("CLAWPOWERS_UPDATE").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &ran.out).unwrap();
        }
        let good = fs::read_to_string(&file).unwrap();
        assert!(ran.out == good, "{name} is another one:\n{}", ran.out);
    }
}

#[test]
fn a_report_is_saved_only_when_asked_for() {
    let world = lived();
    let saved = || -> Vec<String> {
        let Ok(entries) = fs::read_dir(world.claw().join("feedback")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    world.run(&["analyze"]);
    assert_eq!(saved(), Vec::<String>::new());
    for format in ["text", "html", "json"] {
        let ran = world.run(&["analyze", "--save", "--format", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.starts_with("saved to "), "{}", ran.err);
    }
    let names = saved();
    let endings: Vec<&str> = names
        .iter()
        .map(|name| name.rsplit('.').next().unwrap())
        .collect();
    assert_eq!(endings, ["html", "json", "txt"]);
    assert!(
        names.iter().all(|name| name.starts_with("analysis-20")),
        "{names:?}"
    );
}

/// Opens the page as a person's browser does, light and dark, and looks at what became of it.
#[test]
fn a_browser_shows_the_report_without_a_complaint() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|ran| ran.status.success())
        })
    else {
        println!("skipped: there is no Chromium");
        return;
    };
    let world = lived();
    let page = world.file("report.html", world.run(&["analyze", "--format", "html"]).out);
    let profile = world.work().join("profile");
    let ran = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (dom, log) = (
        String::from_utf8(ran.stdout).unwrap(),
        String::from_utf8_lossy(&ran.stderr).into_owned(),
    );
    assert!(ran.status.success(), "{log}");
    let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert_eq!(complaints, Vec::<&str>::new());
    let count = |mark: &str| dom.matches(mark).count();
    assert_eq!(count("<section>"), 4);
    assert_eq!(count("class=\"rank\""), 4);
    assert_eq!(count("class=\"rate\""), 4);
    assert_eq!(count("class=\"band\""), 4);
    assert_eq!(count("class=\"change\""), 1, "the drop of one skill");
    assert!(count("class=\"success\"") > 4 && count("class=\"failure\"") > 4 && count("class=\"took\"") == 4);
    assert!(dom.contains("prefers-color-scheme") && dom.contains("@media print") && !dom.contains("<script"));
}
