//! The rules with their stable ids, their severity for each target, and their hints.

use super::{Severity, Target};
use crate::fields::{FieldKind, fields_of};
use std::fmt;

const START: &str = "start the file with a frontmatter block: `---`, `name: …`, `description: …`, `---`";
const LINES: &str = "write one `key: value` per line between the two `---`";
const DESCRIBE: &str = "add `description:` with what the skill does and when to use it";

/// Id; severities for the specification, for uploads to claude.ai, for clients and for ClawPowers: `E` error, `W` warning,
/// `I` info, `-` not reported; summary; and the hint, unless it differs from case to case.
///
/// What a client rejects is an error for it whatever the row says: its own reading decides, see `lint::client`.
macro_rules! rules {
    ($($variant:ident $id:literal [$($severity:tt)*] $summary:literal $(, $hint:expr)?;)*) => {
        /// A rule that a skill can violate; its id is stable across releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $summary] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable id.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Returns one sentence that says what the rule is about.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// Returns the severity for `target`, or `None` if the rule does not apply to it.
            #[must_use]
            pub fn severity(self, target: Target) -> Option<Severity> {
                let [spec, upload, client, own]: [Option<Severity>; 4] = match self {
                    $(Self::$variant => [$(severity!($severity)),*],)*
                };
                match target {
                    Target::Spec => spec,
                    Target::ClaudeUpload => upload,
                    Target::ClawPowers => own,
                    _ => self.exception(target).or(client).filter(|_| self.concerns(target)),
                }
            }

            /// Returns what to do about a violation, if that is the same for all.
            pub(crate) fn hint(self) -> Option<&'static str> {
                let hints: &[&str] = match self { $(Self::$variant => &[$($hint)?],)* };
                hints.first().copied()
            }
        }
    };
}

macro_rules! severity {
    (E) => {
        Some(Severity::Error)
    };
    (W) => {
        Some(Severity::Warning)
    };
    (I) => {
        Some(Severity::Info)
    };
    (-) => {
        None
    };
}

rules! {
    // The file.
    FileMissing "file-missing" [E E E E] "The folder contains no SKILL.md.";
    FileNotRegular "file-not-regular" [E E E E] "SKILL.md is a folder, a pipe or a device.";
    FileUnreadable "file-unreadable" [E E E E] "SKILL.md or its folder cannot be read.";
    FileTooLarge "file-too-large" [E E E E] "SKILL.md is larger than the limit.";
    FileEmpty "file-empty" [E E W E] "SKILL.md contains no text.", START;
    FileNameCase "file-name-case" [E E E W] "The file name differs from SKILL.md in case.", "rename it to `SKILL.md`";
    FileNameLowercase "file-name-lowercase" [W E E W] "The file is called skill.md, which most clients ignore.", "rename it to `SKILL.md`";
    FileSecond "file-second" [W W W W] "The folder contains a second SKILL.md with a different case.";
    FileFlat "file-flat" [W W W W] "A Markdown file in a folder of skills is not in a folder of its own.", "move it into a folder with the same name, as SKILL.md";
    NotUtf8 "not-utf8" [E E W W] "The file is not UTF-8.", "save the file as UTF-8";
    Utf16 "utf16" [E E W W] "The file is UTF-16.", "{skill_fix paths=PATH write=true} converts it to UTF-8";
    Bom "bom" [W E I I] "The file starts with a byte order mark.", "{skill_fix paths=PATH write=true} removes it";
    ControlCharacter "control-character" [W W W W] "The body, the name or the description contains a control character.", "remove it";
    HiddenText "hidden-text" [E E E E] "Tag characters or variation selectors encode text that a model reads and people do not see.", "remove them";
    BidiControl "bidi-control" [E E E E] "Bidirectional control characters display the text in a different order than a model reads it.", "remove them";
    HiddenCharacter "hidden-character" [W W W W] "The text contains an invisible character, such as a zero-width space, that neither an emoji nor a script needs there.", "remove it";
    MixedLineEndings "mixed-line-endings" [I - - I] "The file mixes line endings.", "use LF throughout";
    FolderUnreadable "folder-unreadable" [E E E E] "A folder cannot be read.";
    ScanLimit "scan-limit" [W W W W] "A root has more folders or entries than the limit.";
    ScanDepth "scan-depth" [W W W W] "A root has more levels of folders than the limit.";
    // The frontmatter block.
    FrontmatterMissing "frontmatter-missing" [E E W E] "The file does not start with a frontmatter block.", START;
    FrontmatterNotFirst "frontmatter-not-first" [E E W W] "There is text before the opening `---`.";
    FrontmatterOpener "frontmatter-opener" [E E W W] "Text follows the opening `---` on its line.";
    FrontmatterUnclosed "frontmatter-unclosed" [E E W W] "The closing `---` is missing.";
    FrontmatterCloserGlued "frontmatter-closer-glued" [W W W W] "Text follows the closing `---` on its line.";
    FrontmatterDashes "frontmatter-dashes" [W - - I] "A value contains `---`, which the reference validator reads as the closing line.", "the reference validator ends the frontmatter here; use other characters";
    FrontmatterEmpty "frontmatter-empty" [E E W E] "The frontmatter has no fields.", START;
    FrontmatterNotMapping "frontmatter-not-mapping" [E E W E] "The frontmatter is not a mapping of fields.", LINES;
    FrontmatterTooLarge "frontmatter-too-large" [E E E E] "The frontmatter is larger than the parsing limit.", "keep the fields short and move text into the body";
    YamlInvalid "yaml-invalid" [E E W E] "The frontmatter is not YAML and could not be repaired.", LINES;
    YamlLimit "yaml-limit" [E E E E] "The nesting or the aliases of the frontmatter exceed the parsing limits.", LINES;
    YamlRepairedControl "yaml-repaired-control" [E E W W] "The frontmatter contains control characters (repairable).";
    YamlRepairedTab "yaml-repaired-tab" [E E W W] "The indentation contains tabs or no-break spaces (repairable).";
    YamlRepairedSeparator "yaml-repaired-separator" [E E W W] "The colon after a field name is full-width or has no space after it (repairable).";
    YamlRepairedColon "yaml-repaired-colon" [E E W W] "An unquoted value contains `: ` (repairable).";
    YamlRepairedIndicator "yaml-repaired-indicator" [E E W W] "An unquoted value starts with a YAML indicator, or text follows a block indicator on its line, as in `> text` (repairable).";
    YamlRepairedQuote "yaml-repaired-quote" [E E W W] "A quoted value contains unescaped quotes, or text follows it (repairable).";
    YamlRepairedEscape "yaml-repaired-escape" [E E W W] "A backslash is followed by a character that YAML cannot escape (repairable).";
    YamlRepairedBracket "yaml-repaired-bracket" [E E W W] "Brackets are unbalanced (repairable).";
    YamlRepairedContinuation "yaml-repaired-continuation" [E E W W] "Lines that continue a value are not indented (repairable).";
    YamlRepairedIndent "yaml-repaired-indent" [W W W W] "A line of a quoted value is not indented (repairable).";
    YamlRepairedComment "yaml-repaired-comment" [E E W W] "A line is not YAML; it is read as a comment (repairable).";
    DuplicateKey "duplicate-key" [E W W W] "A key occurs twice in one mapping. Some clients reject the skill, others use the last one.", "keep one of the two";
    YamlFlowStyle "yaml-flow-style" [W - - -] "The frontmatter has a flow list or mapping, which the reference validator cannot read.", "write it in block style for the reference validator";
    YamlAnchor "yaml-anchor" [W - - I] "The frontmatter has an anchor or alias, which the reference validator cannot read.", "write the value out where it is repeated";
    YamlTag "yaml-tag" [W W - I] "The frontmatter has a YAML tag, which the reference validator cannot read.", "remove the tag; quote the value if it must stay text";
    // The fields.
    UnknownField "unknown-field" [E E - -] "Neither the target nor another client reads a top-level field.";
    FieldMisspelt "field-misspelt" [- - W W] "No client reads a field, but its name is close to one that the target reads.";
    FieldIgnored "field-ignored" [- - I -] "The client ignores a field that another client reads.";
    GuardIgnored "guard-ignored" [- - W W] "The skill is meant for users alone, but it is shown to the model.";
    FieldValue "field-value" [- E W W] "A field has a value that the target does not understand.";
    NameMissing "name-missing" [E E I W] "There is no name; the folder's name is used.";
    NameEmpty "name-empty" [E E W W] "The name is empty; the folder's name is used.";
    NameNotString "name-not-string" [E E W W] "The name is a list or a mapping.";
    NameTooLong "name-too-long" [E E I W] "The name has more than 64 characters.", "shorten it";
    NameUppercase "name-uppercase" [E E - W] "The name has upper-case letters.";
    NameCharset "name-charset" [E E - W] "The name has characters other than letters, digits and hyphens.";
    NameHyphenEdge "name-hyphen-edge" [E E - W] "The name starts or ends with a hyphen.";
    NameHyphenDouble "name-hyphen-double" [E E - W] "The name has two hyphens in a row.";
    NameNotAscii "name-not-ascii" [W E I W] "The name has letters other than a to z, which not every client accepts.", "some clients accept only a to z, 0 to 9 and hyphens";
    NameLookalike "name-lookalike" [W W W W] "A word of the name mixes Latin letters with lookalikes from another script.", "type the name again by hand";
    NameFolderMismatch "name-folder-mismatch" [E W I W] "The name differs from the folder's.", "rename one of the two";
    NameReserved "name-reserved" [I E - I] "The name contains a word that Anthropic reserves.", "choose another name if you upload the skill to claude.ai";
    DescriptionMissing "description-missing" [E E W E] "There is no description.", DESCRIBE;
    DescriptionEmpty "description-empty" [E E W E] "The description is empty.", DESCRIBE;
    DescriptionNotString "description-not-string" [E E W W] "The description is a list or a mapping.", "put it in quotes";
    DescriptionComment "description-comment" [W W W W] "The description ends at ` #`, which starts a comment.", "put the whole text in quotes if the comment is part of it";
    DescriptionTooLong "description-too-long" [E E W W] "The description has more than 1,024 characters.", "move details that do not help to choose the skill into the body";
    DescriptionTag "description-tag" [I E I I] "The description contains something like an XML tag.", "clients that do not escape it may read it as markup";
    LicenseNotString "license-not-string" [W - W W] "The license is not a string.", "write it as one string";
    CompatibilityNotString "compatibility-not-string" [E E W W] "The compatibility note is not a string.", "write it as one sentence";
    CompatibilityTooLong "compatibility-too-long" [E E W W] "The compatibility note has more than 500 characters.", "shorten it";
    CompatibilityEmpty "compatibility-empty" [W - W W] "The compatibility note is empty.", "leave the field out";
    MetadataNotMapping "metadata-not-mapping" [W W W W] "The metadata is not a mapping.";
    MetadataNotStrings "metadata-not-strings" [I - - -] "The metadata contains values that are not strings.", "the specification allows only strings";
    AllowedToolsForm "allowed-tools-form" [W - - -] "The allowed tools are not one string separated by spaces.", "write one string: `Read Bash(git:*)`";
    AllowedToolsParenthesis "allowed-tools-parenthesis" [W W W W] "The allowed tools have an unbalanced parenthesis.", "write each tool as `Bash(git:*)`, with both parentheses";
    AllowedToolsNotString "allowed-tools-not-string" [W W W W] "An allowed tool is not a string.", "write each tool as a string, such as `Read`";
    VersionNotSemver "version-not-semver" [- - - I] "The version is not a semantic version.", "write three numbers: `1.0.0`";
    RequirementForm "requirement-form" [- - - W] "A requirement has an unknown format.";
    InvocationNotBoolean "invocation-not-boolean" [- - E E] "An invocation flag is neither true nor false.", "write `true` or `false`";
    HiddenFromModel "hidden-from-model" [I I I I] "The client loads the skill but does not show it to the model.";
    LoadsLater "loads-later" [I I I I] "The client loads the skill later, when the agent works on certain files.";
    // Body and folder.
    BodyEmpty "body-empty" [I W W W] "There is no text after the frontmatter.", "write what to do, step by step";
    BodyLong "body-long" [I I I I] "The body has more than 500 lines or 5,000 estimated tokens.", "move details to files under `references/` and link them";
    PlaceholderText "placeholder-text" [- W W W] "The description or the body still contains template text.", "replace it with your own text";
    DanglingLink "dangling-link" [W W W W] "The target of a relative link does not exist.";
    DanglingPath "dangling-path" [- W W W] "Code in the skill names a script or file of the skill that does not exist.", "add the file or correct the path; it is relative to the skill's folder";
    LinkOutside "link-outside" [W W W W] "A relative link leads out of the skill's folder.", "keep what the skill needs inside its folder";
    SymlinkBroken "symlink-broken" [W W W W] "The target of a symbolic link does not exist.";
    SymlinkEscape "symlink-escape" [W W W W] "A symbolic link leads out of the boundary of its root.";
    WindowsName "windows-name" [W W W W] "The name of a folder or file is not allowed on Windows.", "choose another name if the skill may be used on Windows";
    ScriptNotExecutable "script-not-executable" [I I I I] "A script with a shebang line is not executable.";
    ResourcesTruncated "resources-truncated" [W W W W] "The folder contains more files than are listed.";
}

impl Rule {
    /// Returns the severity for a client that differs from the others.
    const fn exception(self, target: Target) -> Option<Severity> {
        match (self, target) {
            // It ends the frontmatter there.
            (Self::FrontmatterDashes, Target::ClaudeCode) | (Self::RequirementForm, Target::OpenClaw) => {
                Some(Severity::Warning)
            }
            // It has many fields of its own, so that an unknown one may be meant to be one of them.
            (Self::UnknownField, Target::ClaudeCode) => Some(Severity::Info),
            _ => None,
        }
    }

    /// Returns whether a client reads the field that the rule is about.
    fn concerns(self, target: Target) -> bool {
        let field = match self {
            Self::LicenseNotString => "license",
            Self::CompatibilityNotString | Self::CompatibilityTooLong | Self::CompatibilityEmpty => {
                "compatibility"
            }
            Self::MetadataNotMapping => "metadata",
            Self::AllowedToolsParenthesis | Self::AllowedToolsNotString => "allowed-tools",
            _ => return true,
        };
        let field = fields_of(target).field(field).filter(|field| field.is_read());
        // Where any value is accepted, none is wrong.
        field.is_some_and(|field| field.kind != FieldKind::Any)
    }

    /// Returns whether the rule reports a repair of frontmatter that is not valid YAML.
    #[must_use]
    pub fn is_repair(self) -> bool {
        (Self::YamlRepairedControl..=Self::YamlRepairedComment).contains(&self)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
