//! The tables.
//!
//! A row says what is known: from the client's own code and from runs of the version that its view names, else from its
//! documentation. What nobody has seen is `Unknown`.

use super::{
    Field, FieldKind, Fields, MAX_COMPATIBILITY_CHARS, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, OtherFields,
    Since, Usage, WrongValue,
};
use crate::lint::Target;

const fn field(name: &'static str, kind: FieldKind, effect: &'static str) -> Field {
    Field {
        name,
        aliases: &[],
        kind,
        usage: Usage::Read,
        required: false,
        limit: None,
        wrong: WrongValue::Unknown,
        // Only documents need the text, and a module for web pages should be small.
        effect: if cfg!(target_family = "wasm") { "" } else { effect },
        since: Since::Unknown,
    }
}

const fn text(name: &'static str, effect: &'static str) -> Field {
    field(name, FieldKind::Text, effect)
}

const fn words(name: &'static str, effect: &'static str) -> Field {
    field(name, FieldKind::TextOrList, effect)
}

/// A field that is accepted and has no effect.
const fn kept(name: &'static str, kind: FieldKind) -> Field {
    Field {
        usage: Usage::Kept,
        ..field(name, kind, "no effect")
    }
}

/// A field of other clients that this one is known not to read; `instead` says what has the same effect.
const fn ignored(name: &'static str, kind: FieldKind, instead: &'static str) -> Field {
    Field {
        usage: Usage::Ignored,
        wrong: WrongValue::Ignored,
        effect: instead,
        ..field(name, kind, "")
    }
}

impl Field {
    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn at_most(self, chars: usize) -> Self {
        Self {
            limit: Some(chars),
            ..self
        }
    }

    const fn since(self, version: &'static str) -> Self {
        Self {
            since: Since::Version(version),
            ..self
        }
    }

    const fn by(self, version: &'static str) -> Self {
        Self {
            since: Since::AtMost(version),
            ..self
        }
    }

    const fn also(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn else_rejected(self) -> Self {
        Self {
            wrong: WrongValue::Rejected,
            ..self
        }
    }

    const fn else_ignored(self) -> Self {
        Self {
            wrong: WrongValue::Ignored,
            ..self
        }
    }

    const fn else_converted(self) -> Self {
        Self {
            wrong: WrongValue::Converted,
            ..self
        }
    }

    const fn unclear(self) -> Self {
        Self {
            usage: Usage::Unknown,
            ..self
        }
    }
}

const HIDES: &str = "hides the skill from the model; only the user can start it";
const USER: &str = "`false` removes the skill from the commands of the user";
const CHOSEN_BY: &str = "what the model chooses the skill by";
const PREAPPROVED: &str = "tools that need no permission while the skill is active";
const HINT: &str = "shown after the name of the command";
const NO_SWITCH: &str = "no field of this client hides a skill from the model";

pub(super) static SPEC: Fields = Fields {
    target: Target::Spec,
    title: "the specification",
    others: OtherFields::Rejected,
    source: "agentskills.io, as its reference validator reads it",
    rows: &[
        text("name", "the name, equal to that of the folder")
            .required()
            .at_most(MAX_NAME_CHARS)
            .else_rejected(),
        text("description", CHOSEN_BY)
            .required()
            .at_most(MAX_DESCRIPTION_CHARS)
            .else_rejected(),
        text("license", "the license, or the file with it"),
        text("compatibility", "what the skill needs, in words")
            .at_most(MAX_COMPATIBILITY_CHARS)
            .else_rejected(),
        field("metadata", FieldKind::Mapping, "strings for the use of clients"),
        text(
            "allowed-tools",
            "tools that need no permission, separated by spaces",
        ),
    ],
};

pub(super) static CLAUDE_UPLOAD: Fields = Fields {
    target: Target::ClaudeUpload,
    title: "claude.ai",
    others: OtherFields::Rejected,
    source: "the validator that comes with Anthropic's skill-creator, and its documentation",
    rows: &[
        text(
            "name",
            "the name: a to z, 0 to 9 and single hyphens; not `claude` or `anthropic`",
        )
        .required()
        .at_most(MAX_NAME_CHARS)
        .else_rejected(),
        text(
            "description",
            "what the model chooses the skill by; without `<` and `>`",
        )
        .required()
        .at_most(MAX_DESCRIPTION_CHARS)
        .else_rejected(),
        kept("license", FieldKind::Any),
        text("compatibility", "what the skill needs, in words")
            .at_most(MAX_COMPATIBILITY_CHARS)
            .else_rejected(),
        kept("metadata", FieldKind::Any),
        kept("allowed-tools", FieldKind::Any),
    ],
};

pub(super) static CLAUDE_CODE: Fields = Fields {
    target: Target::ClaudeCode,
    title: "Claude Code",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "a label beside the name, which is that of the folder").else_converted(),
        text(
            "description",
            "what the model chooses the skill by; else the first line of the body",
        )
        .at_most(1536)
        .else_converted(),
        text("when_to_use", "shown after the description").else_converted(),
        text("argument-hint", HINT).else_converted().since("1.0.54"),
        words("arguments", "names of the arguments"),
        // Words other than `true` and `false` since 2.1.218.
        field("disable-model-invocation", FieldKind::Flag, HIDES).else_ignored(),
        field("user-invocable", FieldKind::Flag, USER).since("2.1.0"),
        words("allowed-tools", PREAPPROVED),
        words(
            "disallowed-tools",
            "tools that the model loses while the skill is active",
        )
        .also(&["disallowedTools"])
        .since("2.1.152"),
        text("model", "the model while the skill is active"),
        field(
            "effort",
            FieldKind::ChoiceOrNumber(&["low", "medium", "high", "xhigh", "max"]),
            "how much the model thinks",
        )
        .else_ignored()
        .since("2.1.80"),
        field(
            "context",
            FieldKind::Choice(&["fork", "inline"]),
            "`fork` runs the skill in a subagent",
        )
        .else_ignored()
        .since("2.1.0"),
        text("agent", "the kind of subagent for `context: fork`").since("2.1.0"),
        field(
            "background",
            FieldKind::Flag,
            "`false` waits for the subagent of `context: fork`",
        )
        .else_ignored()
        .since("2.1.218"),
        field("hooks", FieldKind::Mapping, "hooks while the skill is active").since("2.1.0"),
        words(
            "paths",
            "the skill loads when the agent works on a file that matches",
        ),
        field(
            "shell",
            FieldKind::Choice(&["bash", "powershell"]),
            "the shell for commands in the body",
        )
        .by("2.1.332"),
        field(
            "fallback",
            FieldKind::Flag,
            "gives way to a skill of a plugin with that name",
        )
        .else_ignored()
        .by("2.1.186"),
        field("display-name", FieldKind::Any, "not known")
            .also(&["display_name", "displayName"])
            .unclear()
            .by("2.1.186"),
        field("default-enabled", FieldKind::Any, "not known")
            .also(&["default_enabled", "defaultEnabled"])
            .unclear()
            .by("2.1.186"),
        kept("metadata", FieldKind::Mapping).else_ignored(),
        kept("version", FieldKind::Text).else_converted(),
        kept("license", FieldKind::Any),
        kept("author", FieldKind::Any),
        kept("homepage", FieldKind::Any),
        kept("repository", FieldKind::Any),
        kept("keywords", FieldKind::Any),
        kept("dependencies", FieldKind::Any),
    ],
};

pub(super) static CODEX: Fields = Fields {
    target: Target::Codex,
    title: "Codex",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name; else that of the folder")
            .at_most(MAX_NAME_CHARS)
            .else_rejected(),
        text("description", CHOSEN_BY)
            .required()
            .at_most(MAX_DESCRIPTION_CHARS)
            .else_rejected(),
        field(
            "metadata",
            FieldKind::Mapping,
            "`short-description` is shown to the user",
        )
        .else_rejected(),
        ignored(
            "disable-model-invocation",
            FieldKind::Any,
            "set `policy: {allow_implicit_invocation: false}` in agents/openai.yaml",
        ),
    ],
};

pub(super) static GEMINI: Fields = Fields {
    target: Target::Gemini,
    title: "Gemini CLI",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name; separators become hyphens").required(),
        text("description", CHOSEN_BY).required(),
        ignored("disable-model-invocation", FieldKind::Any, NO_SWITCH),
    ],
};

pub(super) static OPENCODE: Fields = Fields {
    target: Target::OpenCode,
    title: "OpenCode",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name").required().else_rejected(),
        text(
            "description",
            "what the model chooses the skill by; without it the model does not see the skill",
        )
        .else_rejected(),
        kept("license", FieldKind::Any),
        kept("compatibility", FieldKind::Any),
        kept("metadata", FieldKind::Any),
        ignored("disable-model-invocation", FieldKind::Any, NO_SWITCH),
    ],
};

pub(super) static OPENCLAW: Fields = Fields {
    target: Target::OpenClaw,
    title: "OpenClaw",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name; else that of the folder").else_converted(),
        text("description", CHOSEN_BY).required().else_converted(),
        field("disable-model-invocation", FieldKind::Flag, HIDES).else_ignored(),
        field("user-invocable", FieldKind::Flag, USER).else_ignored(),
        field(
            "metadata",
            FieldKind::Any,
            "requirements, and how to install them, in `openclaw`",
        )
        .else_ignored(),
        field(
            "command-dispatch",
            FieldKind::Choice(&["tool"]),
            "the command calls a tool, not the model",
        )
        .also(&["command_dispatch"])
        .else_ignored(),
        text("command-tool", "the tool that the command calls").also(&["command_tool"]),
        field(
            "command-arg-mode",
            FieldKind::Choice(&["raw"]),
            "how the command passes its arguments",
        )
        .also(&["command_arg_mode"]),
        text("homepage", "the web site that its app shows"),
    ],
};

pub(super) static COPILOT: Fields = Fields {
    target: Target::Copilot,
    title: "Copilot CLI",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name; else that of the folder")
            .at_most(MAX_NAME_CHARS)
            .else_rejected(),
        text(
            "description",
            "what the model chooses the skill by; else the body",
        )
        .at_most(MAX_DESCRIPTION_CHARS)
        .else_rejected(),
        field("disable-model-invocation", FieldKind::Boolean, HIDES)
            .else_rejected()
            .since("0.0.412"),
        field("user-invocable", FieldKind::Boolean, USER).else_rejected(),
        text("argument-hint", HINT).else_rejected().since("1.0.64"),
        words("allowed-tools", PREAPPROVED).else_rejected(),
    ],
};

pub(super) static PI: Fields = Fields {
    target: Target::Pi,
    title: "Pi",
    others: OtherFields::Ignored,
    source: "run",
    rows: &[
        text("name", "the name; else that of the folder")
            .at_most(MAX_NAME_CHARS)
            .else_ignored(),
        text("description", CHOSEN_BY)
            .required()
            .at_most(MAX_DESCRIPTION_CHARS)
            .else_rejected(),
        field("disable-model-invocation", FieldKind::Boolean, HIDES).else_ignored(),
    ],
};

pub(super) static CURSOR: Fields = Fields {
    target: Target::Cursor,
    title: "Cursor",
    others: OtherFields::Unknown,
    source: "documentation",
    rows: &[
        text("name", "the name; else that of the folder"),
        text("description", CHOSEN_BY).required(),
        field("disable-model-invocation", FieldKind::Boolean, HIDES),
        kept("license", FieldKind::Text),
        kept("compatibility", FieldKind::Text),
        kept("metadata", FieldKind::Mapping),
    ],
};

pub(super) static VSCODE: Fields = Fields {
    target: Target::VsCode,
    title: "VS Code",
    others: OtherFields::Unknown,
    source: "documentation",
    rows: &[
        text(
            "name",
            "the name, equal to that of the folder: a to z, 0 to 9 and hyphens",
        )
        .required()
        .at_most(MAX_NAME_CHARS)
        .else_rejected(),
        text("description", CHOSEN_BY)
            .required()
            .at_most(MAX_DESCRIPTION_CHARS),
        text("argument-hint", HINT),
        field("user-invocable", FieldKind::Boolean, USER),
        field("disable-model-invocation", FieldKind::Boolean, HIDES),
        field(
            "context",
            FieldKind::Choice(&["fork", "inline"]),
            "`fork` runs the skill in a subagent",
        ),
        kept("license", FieldKind::Text),
        kept("compatibility", FieldKind::Text),
        kept("metadata", FieldKind::Mapping),
    ],
};

pub(super) static CLAWPOWERS: Fields = Fields {
    target: Target::ClawPowers,
    title: "ClawPowers",
    others: OtherFields::Ignored,
    source: "its own code",
    rows: &[
        text("name", "the name; else that of the folder")
            .at_most(MAX_NAME_CHARS)
            .else_converted(),
        text("description", CHOSEN_BY)
            .required()
            .at_most(MAX_DESCRIPTION_CHARS)
            .else_converted(),
        text("version", "the version").else_converted(),
        text("license", "shown"),
        text("compatibility", "shown").at_most(MAX_COMPATIBILITY_CHARS),
        field("metadata", FieldKind::Mapping, "version, tags and requirements"),
        words("allowed-tools", "shown"),
        words("tags", "found by `skill search`"),
        field(
            "requires",
            FieldKind::Mapping,
            "programs, variables, systems and skills that it needs",
        ),
        field(
            "metrics",
            FieldKind::Mapping,
            "the metrics that it tracks or improves",
        ),
        field("user-invocable", FieldKind::Flag, USER),
        field(
            "disable-model-invocation",
            FieldKind::Flag,
            "hides the skill from the model; so does another value",
        ),
    ],
};
