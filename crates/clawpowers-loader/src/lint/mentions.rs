//! Scripts and files of a skill that its body names in code: `bash ./scripts/x.sh`, `{baseDir}/scripts/y.py`.
//!
//! Code names many paths that are not the skill's: files of the user's project, outputs, examples. A path counts only if
//! it is very likely a file of the skill: it is in a conventional folder of skills or after a variable for the skill's
//! folder, and it is run, read or alone.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::HashSet;

/// The folders of a skill by convention.
const FOLDERS: [&str; 4] = ["scripts/", "references/", "reference/", "assets/"];
/// Variables for the skill's folder.
const FOLDER_VARIABLES: [&str; 4] = [
    "{baseDir}/",
    "${baseDir}/",
    "${CLAUDE_SKILL_DIR}/",
    "$CLAUDE_SKILL_DIR/",
];
/// Extensions of files that a skill ships outside those folders; files with other extensions may be outputs.
const SHIPPED: &str = "sh bash py js mjs cjs ts rb pl ps1 php r lua md";
/// Languages of code blocks with commands.
const SHELLS: &str = "sh bash zsh shell console terminal text powershell";
/// Words before the path of a file that is run or read.
const LAUNCHERS: &str = "bash sh zsh dash source . python python3 python2 py node nodejs deno bun tsx ts-node npx uv uvx run \
    ruby perl php Rscript lua pwsh powershell chmod +x 755 cat less head tail sudo exec time";
/// Commands that make the files they name.
const MAKERS: &str = "touch tee cp mv mkdir";
/// Words that mark the paths of their line as examples; the second list is for scripts without spaces.
const EXAMPLE: &str = "example examples e.g e.g. eg would could hypothetical such";
const EXAMPLE_PARTS: [&str; 3] = ["例如", "示例", "（如"];
/// Words that mark the path after them as an output.
const MAKING: &str = "create creates created creating write writes writing written save saves saved saving generate \
    generates generated generating produce produces output outputs add store";
/// Names that are placeholders.
const PLACEHOLDERS: &str = "example foo bar baz script file filename name";

/// A body that mentions SKILL.md at least this often is about writing skills.
const ABOUT_SKILLS: usize = 3;

/// A path in code that can only be a file of the skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// The path in the skill's folder.
    pub path: String,
    /// Byte offset in the body.
    pub offset: usize,
    /// Whether a variable for the skill's folder precedes it.
    pub is_anchored: bool,
}

/// Returns the files of the skill that code in its body names, each once, in order.
pub(super) fn mentions(body: &str) -> Vec<Mention> {
    let mut finder = Finder {
        body,
        is_about_skills: body.matches("SKILL.md").take(ABOUT_SKILLS).count() == ABOUT_SKILLS,
        found: Vec::new(),
        made: HashSet::new(),
    };
    finder.read();
    let Finder { mut found, made, .. } = finder;
    let mut seen = HashSet::new();
    found.retain(|mention| !made.contains(&mention.path) && seen.insert(mention.path.clone()));
    found
}

struct Finder<'a> {
    body: &'a str,
    /// Whether the body is about skills, so that a path alone may be another skill's.
    is_about_skills: bool,
    found: Vec<Mention>,
    /// Files that the skill makes.
    made: HashSet<String>,
}

impl Finder<'_> {
    fn read(&mut self) {
        // The path that the current heading consists of.
        let mut title: Option<String> = None;
        let mut in_heading = false;
        // Whether the current block contains commands, and whether they changed to another folder.
        let mut block: Option<bool> = None;
        let mut moved = false;
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
        for (event, range) in Parser::new_ext(self.body, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    in_heading = true;
                    title = None;
                }
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match &kind {
                        CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default(),
                        CodeBlockKind::Indented => "",
                    };
                    let is_shell = language.is_empty() || listed(SHELLS, &language.to_lowercase());
                    // Text after the name of a file is a template for the file.
                    if !is_shell && let Some(path) = title.take() {
                        self.made.insert(path);
                    }
                    block = Some(is_shell);
                    moved = false;
                }
                Event::End(TagEnd::CodeBlock) => block = None,
                Event::Text(text) if block == Some(true) => {
                    let mut start = range.start;
                    for line in text.split_inclusive('\n') {
                        self.command_line(line, start, &mut moved);
                        start += line.len();
                    }
                }
                Event::Code(text) if block.is_none() => {
                    if in_heading {
                        title = own_path(&text).map(|(path, _)| path);
                    }
                    self.span(&text, range.start);
                }
                _ => {}
            }
        }
    }

    /// Reads a code span: a path alone, or a command.
    fn span(&mut self, text: &str, offset: usize) {
        if text.contains(char::is_whitespace) {
            if !self.is_example(offset) {
                self.command_line(text, offset + 1, &mut false);
            }
            return;
        }
        let Some((path, is_anchored)) = own_path(text) else {
            return;
        };
        if !is_anchored && (self.is_about_skills || self.is_example(offset)) {
            return;
        }
        let before = self.body.get(..offset).unwrap_or_default();
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        if words(line).any(|word| listed(MAKING, &word)) {
            self.made.insert(path);
            return;
        }
        self.add(path, offset + 1, is_anchored);
    }

    /// Returns whether the line at `offset` marks its paths as examples.
    fn is_example(&self, offset: usize) -> bool {
        let before = self.body.get(..offset).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let rest = self.body.get(start..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        EXAMPLE_PARTS.iter().any(|part| line.contains(part)) || words(line).any(|word| listed(EXAMPLE, &word))
    }

    /// Reads a line of commands.
    fn command_line(&mut self, line: &str, offset: usize, moved: &mut bool) {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') || trimmed.contains(['│', '├', '└', '─']) {
            return;
        }
        for command in line.split(['|', ';', '&', '(']) {
            self.command(command, offset + offset_in(line, command), moved);
        }
    }

    /// Reads one command: the file that it runs or reads, and those that it makes.
    fn command(&mut self, command: &str, offset: usize, moved: &mut bool) {
        let mut running = true;
        let mut making = false;
        for (index, raw) in command.split_whitespace().enumerate() {
            let place = offset_in(command, raw);
            let word = raw.trim_matches(['"', '\'', '`']);
            if matches!(word, "cd" | "pushd") && running {
                let target = command.get(place + raw.len()..).unwrap_or_default();
                let target = target.trim().trim_matches(['"', '\'']);
                let home = |variable: &&str| target.trim_end_matches('/') == variable.trim_end_matches('/');
                *moved = !FOLDER_VARIABLES.iter().any(home);
                return;
            }
            if raw.starts_with('>') || matches!(word, "-o" | "--out" | "--output") || listed(MAKERS, word) {
                running = false;
                making = true;
                // `>file` without a space.
                if let Some((path, _)) = own_path(raw.trim_start_matches('>')) {
                    self.made.insert(path);
                }
                continue;
            }
            match own_path(word) {
                Some((path, _)) if making => {
                    self.made.insert(path);
                }
                Some((path, is_anchored)) if running => {
                    if is_anchored || !*moved {
                        self.add(path, offset + place, is_anchored);
                    }
                    running = false;
                }
                _ => {
                    let prompt = index == 0 && matches!(word, "$" | "%");
                    let assigned = word.split_once('=').is_some_and(|(name, _)| is_variable(name));
                    running &= prompt || assigned || word.starts_with('-') || listed(LAUNCHERS, word);
                }
            }
        }
    }

    fn add(&mut self, path: String, offset: usize, is_anchored: bool) {
        self.found.push(Mention {
            path,
            offset,
            is_anchored,
        });
    }
}

/// Returns the offset of a part of a string.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Returns the words of a string in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '.');
    parts.map(str::to_lowercase)
}

/// Returns whether a word is one of a list of words.
fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the path in the skill's folder that a word names, and whether a variable for that folder precedes it.
fn own_path(word: &str) -> Option<(String, bool)> {
    let anchored = FOLDER_VARIABLES
        .iter()
        .find_map(|variable| word.strip_prefix(variable));
    let path = anchored.unwrap_or_else(|| word.strip_prefix("./").unwrap_or(word));
    let path = path.trim_end_matches([',', '.', ':']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '/' | '@' | '+' | '-');
    if !path.chars().all(plain) || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return None;
    }
    let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    let is_name =
        !extension.is_empty() && extension.len() <= 8 && extension.chars().all(|c| c.is_ascii_alphanumeric());
    let prefixes = ["your", "my-", "my_", "xxx"];
    let is_placeholder = listed(PLACEHOLDERS, stem) || prefixes.iter().any(|start| stem.starts_with(start));
    if stem.is_empty() || !is_name || is_placeholder {
        return None;
    }
    let in_folder = FOLDERS.iter().any(|folder| path.starts_with(folder));
    let shipped = anchored.is_some() && listed(SHIPPED, extension);
    (in_folder || shipped).then(|| (path.to_owned(), anchored.is_some()))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    fn paths(body: &str) -> Vec<String> {
        let found = mentions(body);
        assert!(found.iter().all(|one| body.is_char_boundary(one.offset)));
        found.into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn files_that_are_run_read_or_named_alone_count() {
        for (body, path) in [
            ("Run `bash ./scripts/x.sh`.", "scripts/x.sh"),
            ("Run `{baseDir}/scripts/y.py`.", "scripts/y.py"),
            (
                "```sh\npython3 \"${CLAUDE_SKILL_DIR}/run.py\" --all\n```",
                "run.py",
            ),
            (
                "```bash\n$ cd {baseDir} && node scripts/a.js | jq .\n```",
                "scripts/a.js",
            ),
            (
                "```\nVERBOSE=1 uv run --quiet scripts/b.py in > out\n```",
                "scripts/b.py",
            ),
            ("See `references/c.md`.", "references/c.md"),
            ("    ./scripts/d.sh", "scripts/d.sh"),
            ("| a | `assets/e.html` |\n|---|---|\n", "assets/e.html"),
            ("> ```sh\n> sh scripts/f.sh\n> ```", "scripts/f.sh"),
        ] {
            assert_eq!(paths(body), [path], "{body}");
        }
        assert_eq!(
            paths("`scripts/a.sh`, again `scripts/a.sh`, `scripts/b.sh`"),
            ["scripts/a.sh", "scripts/b.sh"]
        );
    }

    #[test]
    fn the_position_is_where_the_path_starts() {
        let body = "é\n```sh\nls; python3 'scripts/a.py' x\n```\nThen `sh  scripts/b.sh`.";
        let found = mentions(body);
        let at: Vec<&str> = found
            .iter()
            .filter_map(|one| body.get(one.offset..one.offset + 13))
            .collect();
        assert_eq!(at, ["'scripts/a.py", "scripts/b.sh`"]);
    }

    #[test]
    fn what_may_be_something_else_does_not() {
        for body in [
            "Run `npm run build` and look at `src/main.rs`.",
            "Run `bash scripts/*.sh` or `scripts/<name>.sh` or `scripts/$X.sh` or `scripts/{a,b}.sh`.",
            "Keep helpers, e.g. `scripts/rotate.py`.",
            "A script such as `scripts/rotate.py` would be helpful.",
            "Create `references/plan.md` with the plan, then read `references/plan.md`.",
            "```sh\npython3 make.py -o assets/out.png\ncat assets/out.png\n```",
            "```sh\necho a > scripts/made.sh\nbash scripts/made.sh\n```",
            "```sh\ngit clone x\ncd x && bash scripts/build.sh\n```",
            "```json\n{\"path\": \"assets/a.png\"}\n```",
            "```\na/\n├── scripts/a.sh\n```",
            "```sh\n# bash scripts/a.sh\n```",
            "## `scripts/a.py`\n\n```python\nprint()\n```\n\nRun `python3 scripts/a.py`.",
            "The finding `scripts/tool.py:15`, the folder `scripts/`, the file `scripts/run`.",
            "The cache is `{baseDir}/cache/all.sqlite`; `../scripts/a.sh` is not here, nor `/scripts/a.sh`.",
            "Run `scripts/your-script.sh` or `scripts/example.py`.",
            "scripts/prose.sh is no code",
        ] {
            assert_eq!(paths(body), [""; 0], "{body}");
        }
        let about_skills = "A SKILL.md names, in SKILL.md, its files. Read SKILL.md.\n";
        assert_eq!(paths(&format!("{about_skills}See `references/a.md`.")), [""; 0]);
        let own = "See `{baseDir}/references/a.md`, run `sh scripts/a.sh`.";
        assert_eq!(paths(&format!("{about_skills}{own}")).len(), 2);
    }
}
