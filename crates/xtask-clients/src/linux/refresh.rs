//! Records the clients again and compares with the recording of the repository.

use super::clients::{CLIENTS, Client};
use super::install;
use super::recording::{Recording, Verdict, Verdicts};
use super::tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs the clients, all or those named, and writes the recording; returns whether nothing has changed.
pub(crate) fn refresh(words: &[&str]) -> Result<bool, String> {
    let (cache, names) = match words {
        ["--cache", folder, names @ ..] => (
            std::path::absolute(folder).map_err(|error| error.to_string())?,
            names,
        ),
        names => (cache()?, names),
    };
    let mut wanted = Vec::new();
    for name in names {
        let (name, version) = name
            .split_once('@')
            .map_or((*name, None), |(name, version)| (name, Some(version)));
        let client = CLIENTS.iter().find(|client| client.name == name);
        let client = client
            .ok_or_else(|| format!("there is no client `{name}`\nhint: the clients are {}", known()))?;
        wanted.push((client, version));
    }
    if wanted.is_empty() {
        wanted.extend(CLIENTS.iter().map(|client| (client, None)));
    }
    let Some(namespace) = namespace() else {
        println!("skipped: `unshare` cannot make a network namespace here");
        return Ok(true);
    };
    let mut recording = Recording::read();
    let mut differences = 0;
    for (client, version) in wanted {
        let Some(recorded) = recording.clients.get_mut(client.name) else {
            return Err(format!("`{}` has no recording", client.name));
        };
        let version = version.unwrap_or(&recorded.version).to_owned();
        let now = install::install(&cache, client, &version)
            .and_then(|folder| run(namespace, client, &folder, &cache));
        match now {
            Ok(now) => {
                let compared = Compared {
                    client,
                    recorded,
                    now: &now,
                };
                let (lines, skills) = (compared.lines(), compared.skills());
                println!(
                    "{} {version}: {} skills, differences: {}",
                    client.name,
                    now.len(),
                    lines.len()
                );
                for line in &lines {
                    println!("  {line}");
                }
                differences += lines.len();
                recorded.skills = skills;
                recorded.version = version;
            }
            Err(error) => println!("{} {version}: skipped: {error}", client.name),
        }
    }
    if differences > 0 {
        recording.recorded = today()?;
    }
    fs::write(Recording::path(), recording.text()).map_err(|error| format!("verdicts.json: {error}"))?;
    Ok(differences == 0)
}

fn today() -> Result<String, String> {
    let output = Command::new("date").args(["--utc", "+%F"]).output();
    let output = output.map_err(|error| format!("`date` does not start: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn known() -> String {
    CLIENTS.map(|client| client.name).join(", ")
}

/// The folder of the installed clients.
fn cache() -> Result<PathBuf, String> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let cache = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    let cache = cache.ok_or("HOME is not set\nhint: name a folder with --cache")?;
    Ok(cache.join("clawpowers-clients"))
}

/// Returns the options by which `unshare` makes a network namespace for this user.
fn namespace() -> Option<&'static [&'static str]> {
    let options: [&[&str]; 2] = [&["--map-root-user", "--net"], &["--net"]];
    let works = |options: &&&[&str]| {
        let status = Command::new("unshare")
            .args(**options)
            .arg("true")
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    options.iter().find(works).copied()
}

/// Runs a client in a network namespace and returns what it loaded.
fn run(namespace: &[&str], client: &Client, folder: &Path, cache: &Path) -> Result<Vec<Verdict>, String> {
    let base = cache.join("trees").join(client.name);
    if base.exists() {
        fs::remove_dir_all(&base).map_err(|error| format!("{}: {error}", base.to_string_lossy()))?;
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("unshare")
        .args(namespace)
        .arg(own)
        .args(["record", client.name])
        .args([folder, &base])
        .output()
        .map_err(|error| format!("`unshare` does not start: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// What a client loaded before and now.
struct Compared<'a> {
    client: &'a Client,
    recorded: &'a Verdicts,
    now: &'a [Verdict],
}

impl Compared<'_> {
    /// Returns the skill that the client may load instead of this one: any with the same name, if the order of the
    /// client varies from run to run; and of a link and its target, the one that the file system lists first.
    fn twin<'a>(&self, skill: &Verdict, skills: &'a [Verdict]) -> Option<&'a Verdict> {
        let linked = self.client.any_link && tree::LINKED.iter().any(|name| skill.at.ends_with(name));
        let is_random = skill.error.is_none() && (linked || !self.recorded.ordered);
        skills.iter().find(|other| is_random && other.name == skill.name)
    }

    /// Returns a line for each difference.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let (before, now) = (&self.recorded.skills, self.now);
        for skill in before {
            match same(now, skill) {
                Some(now) if now == skill => {}
                Some(now) => lines.push(format!("{}: {} was {}", skill.at, fields(now), fields(skill))),
                None if self.twin(skill, now).is_some() => {}
                None => lines.push(format!("{}: is gone, was {}", skill.at, fields(skill))),
            }
        }
        for skill in now {
            if same(before, skill).is_none() && self.twin(skill, before).is_none() {
                lines.push(format!("{}: is new: {}", skill.at, fields(skill)));
            }
        }
        let (before, after) = (order(before, now), order(now, before));
        let moved = before.iter().zip(&after).find(|(before, after)| before != after);
        if let Some((before, after)) = moved.filter(|_| self.recorded.ordered) {
            lines.push(format!("{after}: comes where {before} was"));
        }
        lines
    }

    /// Returns the new recording, in which a skill that was recorded before keeps its place if the client loaded its
    /// twin.
    fn skills(&self) -> Vec<Verdict> {
        let before = &self.recorded.skills;
        let kept = |skill: &Verdict| match same(before, skill) {
            Some(_) => skill.clone(),
            None => self.twin(skill, before).unwrap_or(skill).clone(),
        };
        let mut skills: Vec<Verdict> = self.now.iter().map(kept).collect();
        if !self.recorded.ordered {
            skills.sort_by(|one, other| one.at.cmp(&other.at));
        }
        skills
    }
}

fn same<'a>(skills: &'a [Verdict], skill: &Verdict) -> Option<&'a Verdict> {
    skills.iter().find(|other| other.at == skill.at)
}

/// Returns where the loaded skills lie that are in both lists, in the order of the first.
fn order<'a>(skills: &'a [Verdict], others: &[Verdict]) -> Vec<&'a str> {
    let both = skills
        .iter()
        .filter(|skill| skill.error.is_none() && same(others, skill).is_some());
    both.map(|skill| skill.at.as_str()).collect()
}

fn fields(skill: &Verdict) -> String {
    let mut value = serde_json::to_value(skill).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove("at");
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(ordered: bool, skills: &[(&str, &str)]) -> Verdicts {
        let skills: Vec<_> = skills
            .iter()
            .map(|(at, name)| serde_json::json!({"at": at, "name": name}))
            .collect();
        let verdicts = serde_json::json!({
            "version": "1", "from": "listing", "project": "skills", "ordered": ordered, "skills": skills,
        });
        serde_json::from_value(verdicts).unwrap()
    }

    fn lines(ordered: bool, recorded: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<String> {
        let client = CLIENTS.iter().find(|client| client.name == "gemini").unwrap();
        let (recorded, now) = (verdicts(ordered, recorded), verdicts(ordered, now).skills);
        let compared = Compared {
            client,
            recorded: &recorded,
            now: &now,
        };
        compared.lines()
    }

    #[test]
    fn differences_are_named() {
        let before = [("a", "one"), ("b", "two"), ("c", "three")];
        assert!(lines(true, &before, &before).is_empty());
        let found = lines(true, &before, &[("b", "two"), ("a", "ONE"), ("d", "four")]);
        let expected = [
            r#"a: {"name":"ONE"} was {"name":"one"}"#,
            r#"c: is gone, was {"name":"three"}"#,
            r#"d: is new: {"name":"four"}"#,
            "b: comes where a was",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn any_of_equal_names_may_win_where_the_order_is_random() {
        let (before, now) = ([("a", "one"), ("b", "two")], [("b", "two"), ("c", "one")]);
        assert!(lines(false, &before, &now).is_empty());
        assert_eq!(lines(true, &before, &now).len(), 2);
    }
}
