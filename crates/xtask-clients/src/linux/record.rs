//! Runs one client in the network namespace of this process and prints what it loaded.

use super::clients::{CLIENTS, Client, Waits};
use super::find::Tree;
use super::install;
use super::output::Output;
use super::prompt;
use super::recording::{Recording, Verdict};
use super::stub::Stub;
use super::tree;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// After this time a client hangs.
const HANGS: Duration = Duration::from_secs(600);

/// Prints what the client loaded from a new tree below `base`, as a JSON array.
///
/// `installed` is the folder that [`install::install`] returned. The process must be in a network namespace of its own.
pub(crate) fn record(name: &str, installed: &Path, base: &Path) -> Result<(), String> {
    let client = CLIENTS.iter().find(|client| client.name == name);
    let client = client.ok_or_else(|| format!("there is no client `{name}`"))?;
    let project = Recording::read()
        .clients
        .remove(name)
        .map(|recorded| recorded.project);
    let project = project.ok_or_else(|| format!("`{name}` has no recording"))?;
    up()?;
    let stub = Stub::start().map_err(|error| format!("the stub does not start: {error}"))?;
    tree::create(base, name, &project);
    let tree = Tree::new(base, &project);
    (client.prepare)(base, stub.port)?;
    let place = Place {
        client,
        installed,
        base,
        stub,
    };
    let output = place.run(client.arguments, client.waits)?;
    let mut skills = (client.read)(&output, &tree).map_err(|error| output.explain(&error))?;
    let loaded = |skills: &[Verdict]| skills.iter().filter(|skill| skill.error.is_none()).count();
    if loaded(&skills) == 0 {
        return Err(output.explain("it loaded no skill of the tree"));
    }
    if !client.turn.is_empty() {
        let output = place.run(client.turn, None)?;
        let prompt = prompt::find(&output, "cwd-agents").map_err(|error| output.explain(&error))?;
        for skill in &mut skills {
            let shown = skill
                .name
                .as_ref()
                .is_none_or(|name| (client.shows)(&prompt, name));
            skill.hidden = skill.error.is_none() && !shown;
        }
    }
    let text = serde_json::to_string(&skills).map_err(|error| error.to_string())?;
    println!("{text}");
    Ok(())
}

/// Brings loopback up, which is down in a new network namespace.
fn up() -> Result<(), String> {
    let status = Command::new("ip").args(["link", "set", "lo", "up"]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`ip link set lo up` failed: {status}")),
        Err(error) => Err(format!("`ip` does not start: {error}")),
    }
}

/// A client with its installation, its tree and its model.
struct Place<'a> {
    client: &'a Client,
    installed: &'a Path,
    base: &'a Path,
    stub: Stub,
}

impl Place<'_> {
    fn run(&self, arguments: &[&str], waits: Option<Waits>) -> Result<Output, String> {
        let client = self.client;
        let io = |error: io::Error| format!("{}: {error}", client.name);
        let cwd = self.base.join(tree::CWD);
        let filled = |text: &str| {
            let text = text.replace("{port}", &self.stub.port.to_string());
            text.replace("{cwd}", &cwd.to_string_lossy())
        };
        let (mut command, path) = program(client, self.installed)?;
        let (stdout, stderr) = (self.base.join("stdout"), self.base.join("stderr"));
        command
            .args(arguments.iter().map(|word| filled(word)))
            .env_clear()
            .env("HOME", self.base.join(tree::HOME))
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .env("TERM", "dumb")
            .envs(client.variables.iter().map(|(name, value)| (name, filled(value))))
            .current_dir(&cwd)
            .stdin(Stdio::piped())
            .stdout(File::create(&stdout).map_err(io)?)
            .stderr(File::create(&stderr).map_err(io)?);
        let mut child = command.spawn().map_err(io)?;
        let mut input = child.stdin.take();
        match (waits, &mut input) {
            (Some(waits), Some(input)) => input.write_all(filled(waits.input).as_bytes()).map_err(io)?,
            _ => drop(input.take()),
        }
        let ended = wait(&mut child, &stdout, waits).map_err(io)?;
        drop(input);
        // It may have ended already.
        let _gone = child.kill();
        child.wait().map_err(io)?;
        if !ended {
            return Err(format!("it did not end in {} seconds", HANGS.as_secs()));
        }
        Ok(Output {
            stdout: read(&stdout).map_err(io)?,
            stderr: read(&stderr).map_err(io)?,
            requests: self.stub.requests(),
        })
    }
}

/// Waits until a client ends or answers; returns whether it did.
fn wait(child: &mut Child, stdout: &Path, waits: Option<Waits>) -> io::Result<bool> {
    let started = Instant::now();
    while started.elapsed() < HANGS {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        if let Some(waits) = waits {
            let is_answer = |line: &str| line.ends_with('\n') && (waits.is_answer)(line);
            if read(stdout)?.split_inclusive('\n').any(is_answer) {
                return Ok(true);
            }
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(false)
}

fn read(path: &Path) -> io::Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// Returns the command of a client and its `PATH`.
fn program(client: &Client, installed: &Path) -> Result<(Command, OsString), String> {
    let program = install::program(client, installed)?;
    let node = install::node(installed)?;
    let mut path = node.parent().unwrap_or(Path::new("/")).as_os_str().to_owned();
    path.push(":/usr/local/bin:/usr/bin:/bin");
    let script = program
        .extension()
        .is_some_and(|extension| extension == "js" || extension == "mjs");
    let mut command = Command::new(if script { &node } else { &program });
    if script {
        command.arg(&program);
    }
    Ok((command, path))
}
