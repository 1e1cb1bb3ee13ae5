//! Skills with one problem each: the name of the folder and the text of its SKILL.md.

/// The frontmatter fields of a skill without problems.
macro_rules! skill {
    ($name:literal, $fields:literal) => {
        (
            $name,
            concat!("---\nname: ", $name, "\n", $fields, "---\n\n# Title\n\nDo it.\n"),
        )
    };
}

pub(super) const SKILLS: &[(&str, &str)] = &[
    ("file-empty", ""),
    ("missing", "# No frontmatter\n"),
    (
        "not-first",
        "Words first.\n---\nname: not-first\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "opener",
        "--- name: opener\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "unclosed",
        "---\nname: unclosed\ndescription: Does it. Use then.\n\n# Title\n\nBody.\n",
    ),
    (
        "glued",
        "---\nname: glued\ndescription: Does it. Use then.\n---# Title\n\nBody.\n",
    ),
    ("empty", "---\n---\n\nBody.\n"),
    ("list", "---\n- name\n- description\n---\n\nBody.\n"),
    (
        "invalid",
        "---\nname: invalid\n\"description: [\n  }: {\n---\n\nBody.\n",
    ),
    (
        "body-empty",
        "---\nname: body-empty\ndescription: Does it. Use then.\n---\n",
    ),
    (
        "bom",
        "\u{feff}---\nname: bom\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "wrapped",
        "```markdown\n---\nname: wrapped\ndescription: Does it. Use then.\n---\n\nBody.\n```\n",
    ),
    (
        "control",
        "---\nname: control\ndescription: Does it. Use then.\n---\n\nBo\u{7}dy.\n",
    ),
    (
        "mixed",
        "---\r\nname: mixed\r\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    skill!("yaml-control", "description: Does\u{1} it. Use then.\n"),
    skill!(
        "yaml-tab",
        "description: Does it. Use then.\nmetadata:\n\tauthor: ada\n"
    ),
    skill!("yaml-separator", "description：Does it. Use then.\n"),
    skill!("yaml-colon", "description: Deploys: to staging. Use then.\n"),
    skill!("yaml-indicator", "description: @ada does it. Use then.\n"),
    skill!("yaml-block", "description: > Does it.\n  Use then.\n"),
    skill!("yaml-quote", "description: \"Does \"it\" well. Use then.\"\n"),
    skill!("yaml-escape", "description: \"Does \\[it\\]. Use then.\"\n"),
    skill!(
        "yaml-bracket",
        "description: Does it. Use then.\nallowed-tools: [Read, Bash\n"
    ),
    skill!("yaml-continuation", "description: Does it.\nUse then.\n"),
    skill!("yaml-indent", "description: \"Does it.\nUse then.\"\n"),
    skill!(
        "yaml-comment",
        "this line is not a field\ndescription: Does it. Use then.\n"
    ),
    skill!(
        "duplicate",
        "description: Does it. Use then.\nlicense: MIT\nlicense: BSD\n"
    ),
    skill!("anchor", "description: &a Does it. Use then.\nlicense: *a\n"),
    skill!("tag", "description: !!str Does it. Use then.\n"),
    skill!("unknown", "description: Does it. Use then.\ncolour: blue\n"),
    ("no-name", "---\ndescription: Does it. Use then.\n---\n\nBody.\n"),
    (
        "name-empty",
        "---\nname:\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "name-list",
        "---\nname: [a, b]\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "name-long",
        "---\nname: a123456789b123456789c123456789d123456789e123456789f123456789g123456789\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "name-upper",
        "---\nname: Name_Upper\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "name-hyphens",
        "---\nname: -name--hyphens-\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "name-other",
        "---\nname: another-name\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "claude-name",
        "---\nname: claude-name\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    (
        "café",
        "---\nname: café\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    skill!("description-missing", "license: MIT\n"),
    skill!("description-empty", "description:\n"),
    skill!("description-list", "description: [Does it, Use then]\n"),
    skill!(
        "description-comment",
        "description: Does it # and more. Use then.\n"
    ),
    skill!("description-hash", "description: ## Does it\n"),
    skill!("description-tag", "description: Does <b>it</b>. Use then.\n"),
    skill!("hidden", "description: Does\u{200b} it. Use then.\n"),
    skill!("hidden-escape", "description: \"Does\\u200b it. Use\\a then.\"\n"),
    (
        "hidden-body",
        "---\nname: hidden-body\ndescription: Does it. Use then.\n---\n\nDo it.\u{e0068}\u{e0069}\n\nOr\u{202e}not\u{202c}.\n",
    ),
    (
        "n\u{430}me",
        "---\nname: n\u{430}me\ndescription: Does it. Use then.\n---\n\nBody.\n",
    ),
    skill!("con", "description: Does it. Use then.\n"),
    skill!("license", "description: Does it. Use then.\nlicense: [MIT]\n"),
    skill!(
        "compatibility",
        "description: Does it. Use then.\ncompatibility: [linux]\n"
    ),
    skill!(
        "compatibility-empty",
        "description: Does it. Use then.\ncompatibility: ''\n"
    ),
    skill!("metadata", "description: Does it. Use then.\nmetadata: words\n"),
    skill!(
        "tools",
        "description: Does it. Use then.\nallowed-tools: Bash(git:* Read\n"
    ),
    skill!(
        "tools-list",
        "description: Does it. Use then.\nallowed-tools: [1, {a: b}]\n"
    ),
    skill!("version", "description: Does it. Use then.\nversion: one\n"),
    skill!(
        "requirement",
        "description: Does it. Use then.\nrequires:\n  bins: {a: b}\n"
    ),
    skill!(
        "invocation",
        "description: Does it. Use then.\nuser-invocable: perhaps\n"
    ),
    (
        "template",
        "---\nname: template\ndescription: TODO\n---\n\n# Title\n\nTODO\n",
    ),
    (
        "links",
        "---\nname: links\ndescription: Does it. Use then.\n---\n\nSee [one](missing.md), [two](../other/SKILL.md); run `bash scripts/none.sh`.\n",
    ),
];
