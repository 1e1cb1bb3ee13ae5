//! Reads the lists that clients print of their skills.

use super::find::Tree;
use super::output::Output;
use super::recording::Verdict;
use super::tree;
use serde_json::{Value, json};

fn text(row: &Value, key: &str) -> Option<String> {
    row.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn rows<'a>(reply: &'a Value, pointer: &str) -> Result<&'a Vec<Value>, String> {
    let rows = reply.pointer(pointer).and_then(Value::as_array);
    rows.ok_or_else(|| format!("its reply has no list at `{pointer}`"))
}

/// Returns the reply to Codex's `skills/list`, if a line is that.
pub(crate) fn answer(line: &str) -> Option<Value> {
    let reply: Value = serde_json::from_str(line).ok()?;
    (reply.get("id") == Some(&json!(2))).then_some(reply)
}

pub(crate) fn codex(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let reply = output.stdout.lines().find_map(answer);
    let reply = reply.ok_or("it did not answer `skills/list`")?;
    let loaded = rows(&reply, "/result/data/0/skills")?.iter();
    let loaded =
        loaded.map(|row| tree.loaded(text(row, "path"), text(row, "name"), text(row, "description")));
    let refused = rows(&reply, "/result/data/0/errors")?.iter();
    let refused =
        refused.map(|row| tree.rejected(&text(row, "path").unwrap_or_default(), text(row, "message")));
    Ok(loaded.flatten().chain(refused).collect())
}

pub(crate) fn gemini(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let list = output
        .stdout
        .split_once("Discovered Agent Skills:\n\n")
        .map(|(_, list)| list);
    let mut rest = list.ok_or("it printed no list of skills")?;
    let mut skills = Vec::new();
    while let Some((head, after)) = rest.split_once("\n  Location:    ") {
        let (location, after) = after.split_once('\n').unwrap_or((after, ""));
        let (title, description) = head
            .split_once("\n  Description: ")
            .ok_or("its list has another form")?;
        let name = title.rsplit_once(" [").map_or(title, |(name, _)| name);
        let (name, description) = (name.to_owned(), description.to_owned());
        skills.extend(tree.loaded(Some(location.to_owned()), Some(name), Some(description)));
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    Ok(skills)
}

pub(crate) fn opencode(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let reply = parsed(&output.stdout)?;
    let loaded = rows(&reply, "")?.iter();
    let loaded = loaded
        .filter_map(|row| tree.loaded(text(row, "location"), text(row, "name"), text(row, "description")));
    Ok(loaded.collect())
}

pub(crate) fn copilot(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let reply = parsed(&output.stdout)?;
    let loaded = rows(&reply, "")?.iter().filter_map(|row| {
        let (path, name) = (text(row, "path")?, text(row, "name")?);
        // Of a command it names the folder.
        let path = match path.ends_with("/commands") {
            true => format!("{path}/{name}.md"),
            false => format!("{path}/SKILL.md"),
        };
        tree.loaded(Some(path), Some(name), text(row, "description"))
    });
    let errors = output
        .stderr
        .lines()
        .filter_map(|line| line.trim().strip_prefix("• ")?.split_once(": "));
    let refused =
        errors.map(|(path, error)| tree.rejected(&format!("{}/{path}", tree.cwd()), Some(error.to_owned())));
    Ok(loaded.chain(refused).collect())
}

pub(crate) fn openclaw(output: &Output, tree: &Tree) -> Result<Vec<Verdict>, String> {
    let reply = parsed(&output.stdout)?;
    let loaded = rows(&reply, "/skills")?.iter().filter_map(|row| {
        let root = match text(row, "source")?.as_str() {
            "openclaw-workspace" => format!("{}/skills/", tree::CWD),
            "agents-skills-project" => format!("{}/.agents/skills/", tree::CWD),
            "agents-skills-personal" => format!("{}/.agents/skills/", tree::HOME),
            "openclaw-managed" => format!("{}/.openclaw/skills/", tree::HOME),
            _ => return None,
        };
        let (name, description) = (text(row, "name")?, text(row, "description")?);
        let mut skill = tree.called(&[&root], &name, &description)?;
        skill.hidden = row.get("modelVisible") == Some(&Value::Bool(false));
        Some(skill)
    });
    Ok(loaded.collect())
}

/// Parses JSON that may follow other lines.
fn parsed(output: &str) -> Result<Value, String> {
    let start = output.find(['{', '[']).ok_or("it printed no JSON")?;
    let json = output.get(start..).unwrap_or_default();
    serde_json::from_str(json).map_err(|error| format!("its JSON has an error: {error}"))
}
