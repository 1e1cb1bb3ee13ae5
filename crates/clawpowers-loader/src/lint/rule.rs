//! The rules, their stable ids, and how grave each is for each reader.

use super::{Profile, Severity};
use std::fmt;

/// `E` error, `W` warning, `I` info, `-` not reported; in the order of [`Profile::ALL`].
macro_rules! rules {
    ($($variant:ident $id:literal [$spec:tt $claude:tt $codex:tt $openclaw:tt $clawpowers:tt] $summary:literal;)*) => {
        /// A rule a skill can break; its id is stable across releases.
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

            /// Returns how grave the rule is for `profile`, or `None` where that reader does not care.
            #[must_use]
            pub const fn severity(self, profile: Profile) -> Option<Severity> {
                let row = match self {
                    $(Self::$variant => [sev!($spec), sev!($claude), sev!($codex), sev!($openclaw), sev!($clawpowers)],)*
                };
                let [spec, claude, codex, openclaw, clawpowers] = row;
                match profile {
                    Profile::Spec => spec,
                    Profile::Claude => claude,
                    Profile::Codex => codex,
                    Profile::OpenClaw => openclaw,
                    Profile::ClawPowers => clawpowers,
                }
            }
        }
    };
}

macro_rules! sev {
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
    FileMissing "file-missing" [E E E E E] "The folder contains no SKILL.md.";
    FileNotRegular "file-not-regular" [E E E E E] "SKILL.md is a folder, a pipe or a device.";
    FileUnreadable "file-unreadable" [E E E E E] "SKILL.md or its folder cannot be read.";
    FileTooLarge "file-too-large" [E E E E E] "SKILL.md is larger than the limit.";
    FileEmpty "file-empty" [E E E E E] "SKILL.md contains no text.";
    FileNameCase "file-name-case" [E E E E W] "The file is not called SKILL.md in this exact case.";
    FileNameLowercase "file-name-lowercase" [W E E E W] "The file is called skill.md, which most clients ignore.";
    FileSecond "file-second" [W W W W W] "The folder contains a second SKILL.md with a different case.";
    NotUtf8 "not-utf8" [E W E W W] "The file is not UTF-8.";
    Utf16 "utf16" [E E E E W] "The file is UTF-16.";
    Bom "bom" [W - E - I] "The file starts with a byte order mark.";
    ControlCharacter "control-character" [W W W W W] "The body contains a control character.";
    MixedLineEndings "mixed-line-endings" [I - - - I] "The file mixes line endings.";
    FolderUnreadable "folder-unreadable" [E E E E E] "A folder cannot be read.";
    ScanLimit "scan-limit" [W W W W W] "A root has more folders or entries than the limit.";
    ScanDepth "scan-depth" [W W W W W] "A root has more levels of folders than the limit.";
    // The frontmatter block.
    FrontmatterMissing "frontmatter-missing" [E E E E E] "The file does not start with a frontmatter block.";
    FrontmatterNotFirst "frontmatter-not-first" [E E E E W] "There is text before the opening `---`.";
    FrontmatterOpener "frontmatter-opener" [E E E E W] "Text follows the opening `---` on its line.";
    FrontmatterUnclosed "frontmatter-unclosed" [E E E E W] "The closing `---` is missing.";
    FrontmatterCloserGlued "frontmatter-closer-glued" [W E E E W] "Text follows the closing `---` on its line.";
    FrontmatterDashes "frontmatter-dashes" [W - - - I] "A value contains `---`, which the reference validator reads as the closing line.";
    FrontmatterEmpty "frontmatter-empty" [E E E E E] "The frontmatter has no fields.";
    FrontmatterNotMapping "frontmatter-not-mapping" [E E E E E] "The frontmatter is not a mapping of fields.";
    FrontmatterTooLarge "frontmatter-too-large" [E E E E E] "The frontmatter is larger than the parsing limit.";
    YamlInvalid "yaml-invalid" [E E E E E] "The frontmatter is not YAML and could not be repaired.";
    YamlLimit "yaml-limit" [E E E E E] "The nesting or the aliases of the frontmatter exceed the parsing limits.";
    YamlRepairedControl "yaml-repaired-control" [E E E E W] "Repaired: control characters were removed.";
    YamlRepairedTab "yaml-repaired-tab" [E E E E W] "Repaired: tabs in the indentation were replaced by spaces.";
    YamlRepairedSeparator "yaml-repaired-separator" [E E E E W] "Repaired: a full-width colon, or a colon without a space after it, was replaced by `: `.";
    YamlRepairedColon "yaml-repaired-colon" [E E W W W] "Repaired: a value that contains `: ` was quoted.";
    YamlRepairedIndicator "yaml-repaired-indicator" [E E W W W] "Repaired: a value that starts with a YAML indicator was quoted, or a block indicator was removed from the line of its text.";
    YamlRepairedQuote "yaml-repaired-quote" [E E E W W] "Repaired: quotes inside or after a quoted value were escaped.";
    YamlRepairedEscape "yaml-repaired-escape" [E E E W W] "Repaired: an escape that YAML does not know was kept as text.";
    YamlRepairedBracket "yaml-repaired-bracket" [E E E W W] "Repaired: brackets were balanced.";
    YamlRepairedContinuation "yaml-repaired-continuation" [E E E W W] "Repaired: lines that continue a value were indented.";
    YamlRepairedIndent "yaml-repaired-indent" [W W E W W] "Repaired: the lines of a quoted value were indented.";
    YamlRepairedComment "yaml-repaired-comment" [E E E W W] "Repaired: a line that is not YAML was turned into a comment.";
    DuplicateKey "duplicate-key" [E W E E W] "A key occurs twice in one mapping; the last one is used.";
    YamlFlowStyle "yaml-flow-style" [W - - - -] "A flow list or mapping, which the reference validator cannot read.";
    YamlAnchor "yaml-anchor" [W - - - I] "An anchor or alias, which the reference validator cannot read.";
    YamlTag "yaml-tag" [W - - - I] "A tag, which the reference validator cannot read.";
    // The fields.
    UnknownField "unknown-field" [E I - - -] "A top-level field that the specification does not name.";
    NameMissing "name-missing" [E W W W W] "There is no name; the folder's name is used.";
    NameEmpty "name-empty" [E E W W W] "The name is empty; the folder's name is used.";
    NameNotString "name-not-string" [E E E E W] "The name is a list or a mapping.";
    NameTooLong "name-too-long" [E E E W W] "The name has more than 64 characters.";
    NameUppercase "name-uppercase" [E E - - W] "The name has upper-case letters.";
    NameCharset "name-charset" [E E - - W] "The name has characters other than letters, digits and hyphens.";
    NameHyphenEdge "name-hyphen-edge" [E E - - W] "The name starts or ends with a hyphen.";
    NameHyphenDouble "name-hyphen-double" [E E - - W] "The name has two hyphens in a row.";
    NameNotAscii "name-not-ascii" [W W I I W] "The name has letters other than a to z, which not every client accepts.";
    NameFolderMismatch "name-folder-mismatch" [E W I I W] "The name differs from the folder's.";
    NameReserved "name-reserved" [I W - - I] "The name contains a word that one vendor refuses in uploads.";
    DescriptionMissing "description-missing" [E E E E E] "There is no description.";
    DescriptionEmpty "description-empty" [E E E E E] "The description is empty.";
    DescriptionNotString "description-not-string" [E W E E W] "The description is a list or a mapping.";
    DescriptionComment "description-comment" [W W W W W] "The description ends at ` #`, which starts a comment.";
    DescriptionTooLong "description-too-long" [E E W W W] "The description has more than 1,024 characters.";
    DescriptionTag "description-tag" [I W I I I] "The description contains something like an XML tag.";
    HiddenCharacter "hidden-character" [W W W W W] "A name or description contains control, bidirectional or invisible characters.";
    LicenseNotString "license-not-string" [W - - - W] "The license is not a string.";
    CompatibilityNotString "compatibility-not-string" [E W - - W] "The compatibility note is not a string.";
    CompatibilityTooLong "compatibility-too-long" [E E I I W] "The compatibility note has more than 500 characters.";
    CompatibilityEmpty "compatibility-empty" [W W - - W] "The compatibility note is empty.";
    MetadataNotMapping "metadata-not-mapping" [W W - W W] "The metadata is not a mapping.";
    MetadataNotStrings "metadata-not-strings" [I - - - -] "The metadata contains values that are not strings.";
    AllowedToolsForm "allowed-tools-form" [W - - - -] "The allowed tools are not one string separated by spaces.";
    AllowedToolsParenthesis "allowed-tools-parenthesis" [W W W W W] "The allowed tools have an unbalanced parenthesis.";
    AllowedToolsNotString "allowed-tools-not-string" [W W W W W] "An allowed tool is not a string.";
    VersionNotSemver "version-not-semver" [- - - I I] "The version is not a semantic version.";
    RequirementForm "requirement-form" [- - - W W] "A requirement has an unknown form.";
    InvocationNotBoolean "invocation-not-boolean" [- W - W W] "An invocation flag is neither true nor false.";
    // Body and folder.
    BodyEmpty "body-empty" [I W W W W] "There is no text after the frontmatter.";
    BodyLong "body-long" [I I I I I] "The body has more than 500 lines or 5,000 estimated tokens.";
    PlaceholderText "placeholder-text" [- W W W W] "The description or the body still contains template text.";
    DanglingLink "dangling-link" [W W W W W] "The target of a relative link does not exist.";
    DanglingPath "dangling-path" [- W W W W] "Code in the skill names a script or file of the skill that does not exist.";
    LinkOutside "link-outside" [W W W W W] "A relative link leads out of the skill's folder.";
    SymlinkBroken "symlink-broken" [W W W W W] "The target of a symbolic link does not exist.";
    SymlinkEscape "symlink-escape" [W W W W W] "A symbolic link leads out of the folder that its root allows.";
    ScriptNotExecutable "script-not-executable" [I I I I I] "A script with a shebang line cannot be executed.";
    ResourcesTruncated "resources-truncated" [W W W W W] "The folder contains more files than are listed.";
}

impl Rule {
    /// Tells whether the rule says that the frontmatter was not YAML as written and had to be repaired.
    #[must_use]
    pub const fn is_repair(self) -> bool {
        matches!(
            self,
            Self::YamlRepairedControl
                | Self::YamlRepairedTab
                | Self::YamlRepairedSeparator
                | Self::YamlRepairedColon
                | Self::YamlRepairedIndicator
                | Self::YamlRepairedQuote
                | Self::YamlRepairedEscape
                | Self::YamlRepairedBracket
                | Self::YamlRepairedContinuation
                | Self::YamlRepairedIndent
                | Self::YamlRepairedComment
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
