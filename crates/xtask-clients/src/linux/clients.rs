//! The clients: their packages, how each is started, and where it says what it loaded.

use super::find::Tree;
use super::output::Output;
use super::recording::Verdict;
use super::{listing, prompt, tree};
use serde_json::json;
use std::fs;
use std::path::Path;

/// What a client reads on stdin, which stays open until it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    pub(crate) input: &'static str,
    /// Tells whether a line of its output is the answer.
    pub(crate) is_answer: fn(&str) -> bool,
}

/// How a client is installed and run.
pub(crate) struct Client {
    pub(crate) name: &'static str,
    /// The npm package; `{arch}` is the name of this processor.
    pub(crate) package: &'static str,
    /// The program below `node_modules`, where `*` is any one folder.
    pub(crate) program: &'static str,
    pub(crate) arguments: &'static [&'static str],
    /// The arguments of a turn with the model, for a client whose `arguments` print a list.
    pub(crate) turn: &'static [&'static str],
    /// `{port}` is that of the stub, as in the files of `prepare`.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// For a client that answers on stdin and does not end by itself.
    pub(crate) waits: Option<Waits>,
    /// Writes its settings; the arguments are the folder of the tree and the port of the stub.
    pub(crate) prepare: fn(&Path, u16) -> Result<(), String>,
    /// Whether it loads whichever of a link and its target the file system lists first.
    pub(crate) any_link: bool,
    /// Returns what it loaded, in its order.
    pub(crate) read: fn(&Output, &Tree) -> Result<Vec<Verdict>, String>,
    /// Tells whether the model was shown the skill of this name, shortened as in a recording.
    pub(crate) shows: fn(&str, &str) -> bool,
}

const LISTS: Client = Client {
    name: "",
    package: "",
    program: "",
    arguments: &[],
    turn: &[],
    variables: &[],
    waits: None,
    prepare: |_, _| Ok(()),
    any_link: false,
    read: |_, _| Ok(Vec::new()),
    shows: prompt::has_element,
};

pub(crate) const CLIENTS: [Client; 8] = [
    Client {
        name: "claude",
        package: "@anthropic-ai/claude-code-linux-{arch}",
        program: "@anthropic-ai/claude-code-linux-{arch}/claude",
        arguments: &["-p", "hello"],
        variables: &[
            ("ANTHROPIC_BASE_URL", "http://127.0.0.1:{port}"),
            ("ANTHROPIC_API_KEY", "stub"),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
        ],
        read: prompt::claude,
        ..LISTS
    },
    Client {
        name: "codex",
        package: "@openai/codex",
        program: "@openai/codex-linux-{arch}/vendor/*/bin/codex",
        arguments: &["app-server"],
        turn: &["exec", "--skip-git-repo-check", "hello"],
        variables: &[("STUB_KEY", "stub")],
        prepare: |base, port| {
            let provider =
                format!(r#"name = "stub", base_url = "http://127.0.0.1:{port}/v1", env_key = "STUB_KEY""#);
            let settings = format!(
                "model = \"stub-model\"\nmodel_provider = \"stub\"\n\
                 model_providers.stub = {{ {provider}, wire_api = \"responses\" }}\n"
            );
            write(&base.join(tree::HOME).join(".codex/config.toml"), &settings)
        },
        shows: prompt::has_line,
        waits: Some(Waits {
            input: concat!(
                r#"{"id":1,"method":"initialize","params":{"clientInfo":{"name":"t","title":"t","version":"0"}}}"#,
                "\n{\"method\":\"initialized\"}\n",
                r#"{"id":2,"method":"skills/list","params":{"cwds":["{cwd}"]}}"#,
                "\n"
            ),
            is_answer: |line| listing::answer(line).is_some(),
        }),
        read: listing::codex,
        ..LISTS
    },
    Client {
        name: "gemini",
        package: "@google/gemini-cli",
        program: "@google/gemini-cli/bundle/gemini.js",
        arguments: &["skills", "list", "--all"],
        turn: &["-p", "hello"],
        variables: &[
            ("GEMINI_API_KEY", "stub"),
            ("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:{port}"),
        ],
        prepare: |base, _| {
            let folder = base.join(tree::HOME).join(".gemini");
            let trusted = json!({ path(&base.join("work")): "TRUST_FOLDER" });
            write(&folder.join("trustedFolders.json"), &trusted.to_string())?;
            let settings = json!({"security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": true}}});
            write(&folder.join("settings.json"), &settings.to_string())
        },
        read: listing::gemini,
        ..LISTS
    },
    Client {
        name: "opencode",
        package: "opencode-ai",
        program: "opencode-linux-{arch}/bin/opencode",
        arguments: &["debug", "skill"],
        turn: &["run", "--auto", "hello"],
        variables: &[
            ("OPENCODE_DISABLE_AUTOUPDATE", "1"),
            ("OPENCODE_DISABLE_MODELS_FETCH", "1"),
            ("npm_config_fetch_retries", "0"),
        ],
        prepare: |base, port| {
            let options = json!({"baseURL": format!("http://127.0.0.1:{port}/v1"), "apiKey": "stub"});
            let models = json!({"stub-model": {"name": "stub"}});
            let provider = json!({"npm": "@ai-sdk/openai-compatible", "name": "stub", "options": options, "models": models});
            let settings = json!({"model": "stub/stub-model", "provider": {"stub": provider}});
            write(
                &base.join(tree::HOME).join(".config/opencode/opencode.json"),
                &settings.to_string(),
            )
        },
        read: listing::opencode,
        ..LISTS
    },
    Client {
        name: "copilot",
        package: "@github/copilot",
        program: "@github/copilot-linux-{arch}/copilot",
        arguments: &["skill", "list", "--json"],
        turn: &["-p", "hello"],
        variables: &[
            ("COPILOT_OFFLINE", "true"),
            ("COPILOT_AUTO_UPDATE", "false"),
            ("COPILOT_PROVIDER_BASE_URL", "http://127.0.0.1:{port}/v1"),
            ("COPILOT_PROVIDER_API_KEY", "stub"),
            ("COPILOT_MODEL", "stub-model"),
        ],
        any_link: true,
        read: listing::copilot,
        ..LISTS
    },
    Client {
        name: "pi",
        package: "@earendil-works/pi-coding-agent",
        program: "@earendil-works/pi-coding-agent/dist/bundle/cli.js",
        arguments: &[
            "--provider",
            "stub",
            "--model",
            "stub-model",
            "--approve",
            "-p",
            "hello",
        ],
        variables: &[("PI_OFFLINE", "1")],
        prepare: |base, port| {
            let model = json!({
                "id": "stub-model", "name": "stub", "reasoning": false, "input": ["text"], "contextWindow": 200_000,
                "maxTokens": 8000, "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
            });
            let url = format!("http://127.0.0.1:{port}/v1");
            let provider =
                json!({"baseUrl": url, "api": "openai-completions", "apiKey": "stub", "models": [model]});
            let models = json!({"providers": {"stub": provider}});
            write(
                &base.join(tree::HOME).join(".pi/agent/models.json"),
                &models.to_string(),
            )
        },
        read: prompt::pi,
        ..LISTS
    },
    Client {
        name: "openclaw",
        package: "openclaw",
        program: "openclaw/openclaw.mjs",
        arguments: &["skills", "list", "--json"],
        read: listing::openclaw,
        ..LISTS
    },
    Client {
        name: "qwen",
        package: "@qwen-code/qwen-code",
        program: "@qwen-code/qwen-code/cli.js",
        arguments: &[
            "--auth-type",
            "openai",
            "--openai-api-key",
            "stub",
            "--model",
            "stub-model",
            "--openai-base-url",
            "http://127.0.0.1:{port}/v1",
            "-p",
            "hello",
        ],
        read: prompt::qwen,
        ..LISTS
    },
];

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn write(path: &Path, settings: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, settings));
    written.map_err(|error| format!("{}: {error}", path.to_string_lossy()))
}
