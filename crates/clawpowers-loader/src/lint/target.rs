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
        /// Claude Code, and the checks of uploads to claude.ai.
        Claude = "claude",
        Codex = "codex",
        OpenClaw = "openclaw",
        /// ClawPowers, the most tolerant: what leaves a skill usable is at most a warning.
        #[default]
        ClawPowers = "clawpowers",
    }
}
