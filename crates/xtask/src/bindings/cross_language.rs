//! Node workers, Python processes and the command line that write to the same key.

use super::{Workspace, python};
use crate::run::{Failure, executable, run, target_folder};
use std::process::{Command, Stdio};
use std::thread;

const EACH: usize = 8;
const COUNT: usize = 50;

/// Runs eight of each, which increment one key, and checks that no increment is lost. All three must be built first.
pub(crate) fn test(workspace: &Workspace) -> Result<(), Failure> {
    let program = &target_folder()?.join("debug").join(executable("clawpowers"));
    let home = &workspace.scratch("cross-language")?.join("home");
    let count = COUNT.to_string();
    let arguments = |command: &mut Command, script: &str| {
        command.arg(workspace.root.join("tests/cross_language").join(script));
        command.arg(home).args(["all", &count]);
        command.spawn().map_err(Failure::from)
    };
    let mut running = vec![arguments(&mut Command::new("node"), "workers.mjs")?];
    for _ in 0..EACH {
        running.push(arguments(
            &mut Command::new(python::interpreter()?),
            "process.py",
        )?);
    }
    let cli = || {
        let mut command = Command::new(program);
        command.args(["store", "incr", "all", "--home"]).arg(home);
        run(command.stdout(Stdio::null()))
    };
    let loops = |_| (0..COUNT).try_for_each(|_| cli());
    let from_cli: Vec<Result<(), Failure>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..EACH).map(|one| scope.spawn(move || loops(one))).collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Failure::new("a loop panicked")))
            })
            .collect()
    });
    from_cli.into_iter().collect::<Result<(), _>>()?;
    for mut process in running {
        if !process.wait()?.success() {
            return Err(Failure::new("a process that increments the key failed"));
        }
    }
    let found = Command::new(program)
        .args(["store", "get", "all", "--home"])
        .arg(home)
        .output()?;
    let (found, wanted) = (
        String::from_utf8_lossy(&found.stdout).trim().to_owned(),
        3 * EACH * COUNT,
    );
    println!(
        "{EACH} workers of Node, {EACH} processes of Python, {EACH} loops of the command line: {found} of {wanted}"
    );
    if found == wanted.to_string() {
        Ok(())
    } else {
        Err(Failure::new("increments were lost"))
    }
}
