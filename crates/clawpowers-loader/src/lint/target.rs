//! Whose rules a skill is checked against.

named_enum! {
    /// How severe a diagnostic is for a target.
    pub enum Severity {
        /// Worth knowing; nothing needs to change.
        Info = "info",
        /// The skill loads, but the target may read something other than the author meant.
        Warning = "warning",
        /// The target rejects the skill or a part of it.
        Error = "error",
    }
}

named_enum! {
    /// The client or specification whose rules decide what is an error.
    #[derive(Default)]
    pub enum Target {
        /// The agentskills.io specification as its reference validator reads it.
        Spec = "spec",
        ClaudeCode = "claude-code",
        /// The checks of uploads to claude.ai and the Skills API.
        ClaudeUpload = "claude-upload",
        Codex = "codex",
        Gemini = "gemini",
        OpenCode = "opencode",
        OpenClaw = "openclaw",
        Copilot = "copilot",
        Pi = "pi",
        Cursor = "cursor",
        VsCode = "vscode",
        /// ClawPowers, the most tolerant: what leaves a skill usable is at most a warning.
        #[default]
        ClawPowers = "clawpowers",
    }
}

named_enum! {
    /// What a target does with a skill.
    pub enum Reception {
        /// It loads the skill.
        Takes = "takes",
        /// It does not look at the file, or does not show the skill to the model although the skill does not ask for that.
        Ignores = "ignores",
        /// It rejects the skill.
        Refuses = "refuses",
    }
}

impl Target {
    /// Returns whether the target is a client, which rejects what its view in [`CLIENTS`](crate::CLIENTS) rejects.
    #[must_use]
    pub const fn is_client(self) -> bool {
        !matches!(self, Self::Spec | Self::ClaudeUpload | Self::ClawPowers)
    }
}
