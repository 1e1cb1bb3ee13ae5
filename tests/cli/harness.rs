//! Running the program in a sandbox.

use crate::started::Start as _;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use crate::sandbox::Sandbox;

/// After this time a process is considered to hang; no test depends on its exact value.
const HANGS: Duration = Duration::from_secs(180);

/// The exit code and output of a process.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// Writes a file below the working directory.
    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        write(&self.work().join(path), content)
    }

    /// Writes `FOLDER/SKILL.md` with the name of the folder and a description.
    pub(crate) fn skill(&self, folder: &str, description: &str) -> PathBuf {
        self.file(&format!("{folder}/SKILL.md"), text_of(folder, description))
    }

    /// Writes a skill below a folder other than the working directory.
    pub(crate) fn skill_at(&self, base: &Path, folder: &str, description: &str) -> PathBuf {
        write(&base.join(folder).join("SKILL.md"), text_of(folder, description))
    }

    /// Runs the program in the working directory.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&self.work(), args)
    }

    /// Runs the program in another folder.
    pub(crate) fn run_in(&self, cwd: &Path, args: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_clawpowers"));
        finish(command.args(args).current_dir(cwd))
    }

    /// Runs the program with `--json` and returns its exit code and reply.
    pub(crate) fn json(&self, args: &[&str]) -> (i32, Value) {
        let mut all = args.to_vec();
        all.push("--json");
        let ran = self.run(&all);
        let text = format!("{}{}", ran.out, ran.err);
        assert_eq!(
            text.lines().count(),
            1,
            "a reply is one line, on one stream: {ran:?}"
        );
        let reply: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let is_error = reply.get("error").is_some();
        assert_eq!(is_error, ran.out.is_empty(), "an error goes to stderr: {ran:?}");
        (ran.code, reply)
    }

    /// Runs the program, which must fail, and checks the form of its error.
    pub(crate) fn refused(&self, code: i32, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {ran:?}");
        assert_eq!(ran.out, "", "an error leaves stdout empty: {args:?}");
        good_error(&ran.err);
        ran
    }

    /// Runs the program on a pseudo terminal; `None` without the `script` of util-linux.
    pub(crate) fn on_terminal(&self, args: &[&str], variables: &[(&str, &str)]) -> Option<String> {
        let version = Command::new("script").arg("--version").output().ok()?;
        if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
            return None;
        }
        let quote = |word: &&str| format!("'{}'", word.replace('\'', "'\\''"));
        let mut words = vec![quote(&env!("CARGO_BIN_EXE_clawpowers"))];
        words.extend(args.iter().map(quote));
        let mut command = self.command("script");
        command.args(["-qec", &words.join(" "), "/dev/null"]);
        command.env("SHELL", "/bin/sh").env("TERM", "xterm");
        command.envs(variables.iter().copied());
        let ran = finish(&mut command);
        assert_eq!(ran.err, "");
        Some(ran.out.replace("\r\n", "\n"))
    }
}

/// A minimal SKILL.md whose name is the last part of a folder's path.
pub(crate) fn text_of(folder: &str, description: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    format!("---\nname: {name}\ndescription: {description}\n---\n\n# {name}\n\nDo it.\n")
}

pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    path.to_owned()
}

/// Checks that an error and its hint are lower case and have no full stop.
pub(crate) fn good_error(err: &str) {
    let find = |start: &str| {
        err.lines()
            .find_map(|line| line.strip_prefix(start))
            .unwrap_or_else(|| panic!("no line `{start}…`: {err}"))
    };
    for text in [find("error: "), find("hint: ")] {
        let first = text.chars().next().unwrap_or('A');
        assert!(!first.is_uppercase(), "starts with a capital letter: {err}");
        assert!(!text.ends_with('.'), "ends with a full stop: {err}");
    }
}

/// Starts a process.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command.start()
}

/// Starts a process and waits for it to exit.
pub(crate) fn finish(command: &mut Command) -> Ran {
    let mut child = spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let out = child.stdout.take().unwrap();
    let err = child.stderr.take().unwrap();
    let out = thread::spawn(move || all(out));
    let err = thread::spawn(move || all(err));
    let code = wait(&mut child);
    Ran {
        code,
        out: out.join().unwrap(),
        err: err.join().unwrap(),
    }
}

/// Waits for a process to exit, and kills it if it hangs.
pub(crate) fn wait(child: &mut Child) -> i32 {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or_else(|| panic!("ended by {status}"));
        }
        if started.elapsed() > HANGS {
            child.kill().unwrap();
            panic!("the process hangs");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn all(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Returns the control, bidirectional and invisible characters of a text.
pub(crate) fn unsafe_characters(text: &str) -> Vec<char> {
    let bad = |c: &char| {
        let c = *c;
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().filter(bad).collect()
}

/// Returns whether this process ignores a signal, for example because a shell started it in the background or with
/// `nohup`.
/// Its children inherit that.
pub(crate) fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}
