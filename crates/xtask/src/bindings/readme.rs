//! Running the programs in the documentation.

use super::Workspace;
use crate::run::{Failure, run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs every program of a file in a language that has a word in it, in a folder where its packages are found.
pub(crate) fn programs(
    workspace: &Workspace,
    file: &str,
    language: &str,
    word: &str,
    program: &Path,
    folder: &Path,
) -> Result<(), Failure> {
    let text = fs::read_to_string(workspace.root.join(file))?;
    let found: Vec<_> = blocks(&text, language)
        .into_iter()
        .filter(|block| block.contains(word))
        .collect();
    if found.is_empty() {
        return Err(Failure::new(format!("{file} has no program in {language}")));
    }
    let suffix = if language == "js" { "mjs" } else { "py" };
    for block in &found {
        let script = folder.join(format!("readme.{suffix}"));
        fs::write(&script, block)?;
        let mut command = Command::new(program);
        command
            .arg(&script)
            .current_dir(folder)
            .stdout(std::process::Stdio::null());
        // The program would open the user's own home.
        let home = workspace.scratch("home")?;
        run(command
            .env("CLAWPOWERS_DIR", home.join("runtime"))
            .env("HOME", &home))?;
    }
    println!(
        "documentation: {} {language} code blocks of {file} passed",
        found.len()
    );
    Ok(())
}

/// Returns a command of examples/README.md: the setup or the one that runs the example.
pub(crate) fn example_command(workspace: &Workspace, folder: &str, once: bool) -> Result<String, Failure> {
    let file = "examples/README.md";
    let text = fs::read_to_string(workspace.root.join(file))?;
    let start = format!("| [{folder}](");
    let row = text.lines().find(|line| line.starts_with(&start));
    let cell = row.and_then(|row| row.split('|').nth(if once { 2 } else { 3 }));
    let command = cell.map(|cell| cell.trim().trim_matches('`'));
    match command {
        Some(command) if !command.is_empty() => Ok(command.to_owned()),
        _ => Err(Failure::new(format!("{file} has no such command for {folder}"))),
    }
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            None if line.strip_prefix("```") == Some(language) => open = Some(String::new()),
            None => {}
            Some(_) if line == "```" => found.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    found
}
