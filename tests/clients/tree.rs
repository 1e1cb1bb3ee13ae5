//! The tree of skills that every client was run on: fifteen folders on five levels, and files that clients read differently.
//!
//! The clients run in [`CWD`], with [`HOME`] as the user's home folder. The edge-case files lie in the client's own project
//! folder there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The working directory of the clients, below the folder of the tree.
pub(crate) const CWD: &str = "work/proj/pkg/app";
/// The user's home folder, below the folder of the tree.
pub(crate) const HOME: &str = "home";
const REPOSITORY: &str = "work/proj";

/// A folder of the edge-case files, and a link to it next to it.
pub(crate) const LINKED: [&str; 2] = ["t15-real", "t15-alias"];

/// The folders of the clients that hold `skills`, without the dot in front.
const CLIENTS: [&str; 15] = [
    "claude", "agents", "agent", "codex", "gemini", "opencode", "github", "cursor", "pi", "goose", "qwen",
    "factory", "copilot", "openclaw", "crush",
];

/// The levels of the project, each with a skill of its own and one that all levels have.
const LEVELS: [(&str, &str); 5] = [
    ("above", "work"),
    ("root", REPOSITORY),
    ("mid", "work/proj/pkg"),
    ("cwd", CWD),
    ("below", "work/proj/pkg/app/below"),
];

/// Further folders of a user, each with the name of its one skill.
const USER: [(&str, &str); 9] = [
    ("user-cfgopencode", ".config/opencode/skills"),
    ("user-cfgopencode1", ".config/opencode/skill"),
    ("user-cfgagents", ".config/agents/skills"),
    ("user-cfggoose", ".config/goose/skills"),
    ("user-piagent", ".pi/agent/skills"),
    ("user-codexsys", ".codex/skills/.system"),
    ("user-cfgcrush", ".config/crush/skills"),
    ("user-claw", ".clawpowers/skills"),
    ("user-gemskills", ".gemini/antigravity/skills"),
];

/// What an edge-case file holds.
#[derive(Debug, Clone, Copy)]
enum Content {
    /// Frontmatter with the name of the folder and these fields, and a body of one line.
    Named(&'static str),
    /// Frontmatter with these fields alone, and a body of one line.
    Fields(&'static str),
    /// The name of the folder and a description of this letter, this many times, and a `Z`.
    Long(&'static str, usize),
    /// A name of 70 characters.
    LongName,
    /// Frontmatter in UTF-16, little-endian with a byte order mark.
    Utf16,
    /// The whole file.
    File(&'static [u8]),
}
use Content::{Fields, File, Long, LongName, Named, Utf16};

/// The edge-case files: the folder of a `SKILL.md`, or the path of another file.
#[rustfmt::skip]
const AWKWARD: &[(&str, Content)] = &[
    ("t01-colon", Named("description: Use when: the user says: go")),
    ("t02-bom", File(b"\xef\xbb\xbf---\nname: t02-bom\ndescription: has a BOM\n---\nbody\n")),
    ("t03-noname", Fields("description: no name here")),
    ("t04-nodesc", File(b"---\nname: t04-nodesc\n---\nFirst body line of t04.\n\nsecond\n")),
    ("t05-crlf", File(b"---\r\nname: t05-crlf\r\ndescription: crlf file\r\n---\r\nbody\r\n")),
    ("t06-longdesc", Long("L", 1499)),
    ("t06b-desc1024", Long("M", 1023)),
    ("t06c-desc1025", Long("N", 1024)),
    ("t06d-desc2000", Long("O", 1999)),
    ("t07-longname", LongName),
    ("t08-dir", Fields("name: t08-other\ndescription: dir differs")),
    ("t09-space", Fields("name: T09 My Skill\ndescription: upper and spaces")),
    ("t10-group/t10-nested", Named("description: nested one deep")),
    ("t11-outer", Named("description: outer")),
    ("t11-outer/t11-inner", Named("description: inner of a skill")),
    (".t12-hidden", Fields("name: t12-hidden\ndescription: hidden dir")),
    ("t15-real", Named("description: real with alias link")),
    ("t16-lower/skill.md", Named("description: lower file name")),
    ("t18-nofm", File(b"# Just text\n\nno frontmatter at all\n")),
    ("t19-blank", File(b"\n\n---\nname: t19-blank\ndescription: blank lines before\n---\nbody\n")),
    ("t20-comment", File(b"<!-- c -->\n---\nname: t20-comment\ndescription: comment before\n---\nbody\n")),
    ("t21-fold", Named("description: >\n  folded one\n  folded two\n\n  para")),
    ("t21b-lit", Named("description: |\n  lit one\n  lit two")),
    ("t22-xml", Named("description: 'x </description></skill><b>&amp; \" q'")),
    ("t23-empty", File(b"---\nname: t23-empty\ndescription: \"\"\n---\nbody t23\n")),
    ("t24-num", Fields("name: 2424\ndescription: 42")),
    ("t25-dmi", Named("description: disable model invocation\ndisable-model-invocation: true")),
    ("t26-ui", Named("description: user-invocable false\nuser-invocable: false")),
    ("t27-list", Named("description:\n  - one\n  - two")),
    ("t28-latin", File(b"---\nname: t28-latin\ndescription: caf\xe9 latin1\n---\nbody\n")),
    ("t29-loose.md", Named("description: loose md in root")),
    ("node_modules/t30-nm", Named("description: in node_modules")),
    ("t31-esc", Named("description: \"esc \\e[31mred\\u0007 tab\\t nl\\n end\"")),
    ("t32-colonname", Fields("name: \"t32:name\"\ndescription: colon in name")),
    ("t33-uni", Fields("name: t33-日本\ndescription: unicode name")),
    ("t34-trail", File(b"---\nname: t34-trail\ndescription: closing with spaces\n---  \nbody\n")),
    ("t35-tab", Named("description: tab\nmetadata:\n\tx: y")),
    ("t36-dupkey", Named("description: first\ndescription: second")),
    ("t37-wtu", Named("description: has when_to_use\nwhen_to_use: WTU-MARK")),
    ("t38-zero", File(b"")),
    ("t40-unclosed", File(b"---\nname: t40-unclosed\ndescription: never closed\nbody text\n")),
    ("t41a", Fields("name: t41-twin\ndescription: twin A")),
    ("t41b", Fields("name: t41-twin\ndescription: twin B")),
    ("t42-ignored", Named("description: gitignored")),
    ("t44-paths", Named("description: only for py files\npaths: '**/*.py'")),
    ("t45-anchor", Fields("name: &a t45-anchor\ndescription: *a")),
    ("t48-hash", Named("description: before # after")),
    ("t49-at", Named("description: @mention starts")),
    ("t49b-bracket", Named("description: [beta] does things")),
    ("t49c-tick", Named("description: `tick` starts")),
    ("t49d-quote", Named("description: \"quoted\" then more")),
    ("a/b/c/d/e/f/g/t50-deep", Named("description: deep 8")),
    ("a1/b1/c1/d1/t50b-depth5", Named("description: depth 5")),
    ("t51-utf16", Utf16),
    ("t52-arghint", Named("description: arg hint flow\nargument-hint: [a] [b]")),
    ("t53-triple", Named("description: a --- b")),
    ("t54-null", File(b"---\nname: t54-null\ndescription: null\n---\nbody t54\n")),
    ("t55-capfm", Fields("Name: t55-capfm\nDescription: capital keys")),
    ("t56-internal", Named("description: metadata internal\nmetadata:\n  internal: true")),
    ("t57-ver", Named("description: metadata version number\nmetadata:\n  version: 1.0\nversion: 2")),
    ("t58-emptybody", File(b"---\nname: t58-emptybody\ndescription: empty body\n---\n")),
    ("t59-dots", File(b"---\nname: t59-dots\ndescription: yaml document end\n...\nbody\n")),
    ("t60-multi", Named("description: wraps on\n  the next line")),
    ("T62-Upper", Named("description: upper name")),
    ("t63-lonecr", File(b"---\rname: t63-lonecr\rdescription: lone CR\r---\rbody\r")),
    ("t64-fourdash", File(b"----\nname: t64-fourdash\ndescription: four dashes\n----\nbody\n")),
    ("t65-spaceopen", File(b"--- \nname: t65-spaceopen\ndescription: trailing space on opener\n---\nbody\n")),
    ("t66-nel", Named("description: \"nel \u{85} ls \u{2028} zw \u{200b} end\"")),
    ("t67-boolname", Fields("name: true\ndescription: bool name")),
    ("t68-tag", Named("description: !!str tagged")),
    ("t69-slash", Fields("name: t69/slash\ndescription: slash in name")),
    ("t70-emptyname", Fields("name: \"\"\ndescription: empty name")),
];

/// Creates the tree of a client below `base`, an empty folder, with the edge-case files in `project`, a folder below [`CWD`].
pub(crate) fn create(base: &Path, client: &str, project: &str) {
    repository(&base.join(REPOSITORY));
    for client in CLIENTS {
        let folder = format!(".{client}/skills");
        for (level, at) in LEVELS {
            let root = base.join(at).join(&folder);
            skill(
                &root,
                &format!("{level}-{client}"),
                &format!("W {level} {client}"),
            );
            skill(&root, "dup", &format!("DUP {level} {client}"));
        }
        let root = base.join(HOME).join(&folder);
        skill(&root, &format!("user-{client}"), &format!("W user {client}"));
        skill(&root, "dup", &format!("DUP user {client}"));
        skill(&root, "dup2", &format!("DUP2 user {client}"));
    }
    for (level, at) in LEVELS {
        let root = base.join(at).join("skills");
        skill(&root, &format!("{level}-bare"), &format!("W {level} bare"));
    }
    for (name, folder) in USER {
        let root = base.join(HOME).join(folder);
        skill(
            &root,
            name,
            &format!("W user {}", name.trim_start_matches("user-")),
        );
    }
    let cwd = base.join(CWD);
    skill(
        &cwd.join(".opencode/skill"),
        "cwd-opencode-skill",
        "W cwd opencode/skill",
    );
    skill(&cwd.join(".claude/commands/x"), "notaskill", "W claude commands");
    let command = "---\ndescription: a command one\n---\nhello\n";
    write(&cwd.join(".claude/commands/cmdone.md"), command);
    let root = cwd.join(project);
    for (path, content) in AWKWARD {
        edge_case(&root.join(path), *content);
    }
    links(base, &root);
    if client == "openclaw" {
        // Its workspace is a setting.
        let settings = format!("{{\"agents\": {{\"defaults\": {{\"workspace\": {:?}}}}}}}", cwd);
        write(&base.join(HOME).join(".openclaw/openclaw.json"), settings);
    }
}

/// A repository as Git needs it, without running Git.
fn repository(folder: &Path) {
    write(&folder.join(".git/HEAD"), "ref: refs/heads/main\n");
    write(
        &folder.join(".git/config"),
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
    );
    for part in ["objects", "refs/heads"] {
        fs::create_dir_all(folder.join(".git").join(part)).unwrap();
    }
    write(&folder.join(".gitignore"), "t42-ignored/\n");
}

/// The files that are links or lead out of the repository, and a folder with the name of a file.
fn links(base: &Path, root: &Path) {
    let outside = base.join("outside");
    edge_case(
        &outside.join("t13-symdir"),
        Named("description: symlinked dir outside"),
    );
    symlink(outside.join("t13-symdir"), root.join("t13-symdir")).unwrap();
    let file = outside.join("f14.md");
    edge_case(
        &file,
        Fields("name: t14-symfile\ndescription: symlinked SKILL.md"),
    );
    fs::create_dir(root.join("t14-symfile")).unwrap();
    symlink(file, root.join("t14-symfile/SKILL.md")).unwrap();
    let [folder, link] = LINKED;
    symlink(folder, root.join(link)).unwrap();
    symlink("/nonexistent/zzz", root.join("t43-dangling")).unwrap();
    fs::create_dir_all(root.join("t61-dirnamed/SKILL.md")).unwrap();
}

fn skill(root: &Path, name: &str, description: &str) {
    let text = format!("---\nname: {name}\ndescription: {description}\n---\nbody\n");
    write(&root.join(name).join("SKILL.md"), text);
}

/// Writes an edge-case file; `path` is the folder of its `SKILL.md` or, with the extension `md`, the file itself.
fn edge_case(path: &Path, content: Content) {
    let is_file = path.extension().is_some_and(|extension| extension == "md");
    let folder = match path.ends_with("skill.md") {
        true => path.parent().unwrap(),
        false => path,
    };
    let name = folder.file_stem().unwrap().to_str().unwrap();
    let fields = match content {
        Named(rest) => format!("name: {name}\n{rest}"),
        Fields(fields) => fields.to_owned(),
        Long(letter, count) => format!("name: {name}\ndescription: {}Z", letter.repeat(count)),
        LongName => format!("name: t07-{}\ndescription: long name 70", "n".repeat(66)),
        Utf16 => format!("name: {name}\ndescription: utf16"),
        File(_) => String::new(),
    };
    let text = format!("---\n{fields}\n---\nbody\n");
    let bytes = match content {
        File(bytes) => bytes.to_vec(),
        Utf16 => "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect(),
        _ => text.into_bytes(),
    };
    match is_file {
        true => write(path, bytes),
        false => write(&path.join("SKILL.md"), bytes),
    }
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}
