//! Running commands and scripts of skills, and recording them as executions.
//!
//! This is not an operation of other languages: the command uses the standard streams of the calling process.

mod interpreter;

use crate::catalog_query::{CatalogQuery, digest_of_entry};
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result, execution::ExecutionFields, named, requirement, skill::unmet};
use clawpowers_executor::ledger::{self, NewExecution};
use clawpowers_executor::process::{self, CommandSpec, Exit, ExitReason, SpawnError};
use clawpowers_executor::{Outcome, Timestamp, decimal};
use clawpowers_loader::display::{display_path, pluralize, quote};
use clawpowers_loader::{Entry, Scope, missing_requirements};
use serde::Serialize;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a command may take to end after the signal at its timeout.
const GRACE: Duration = Duration::from_secs(5);

/// The skill that something is run for, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The skill, which must exist.
    pub skill: String,
    /// The skills among which it is looked up.
    pub selection: CatalogQuery,
    /// The fields of the execution.
    pub fields: ExecutionFields,
    /// The timeout in seconds.
    pub timeout: Option<String>,
    /// The exit code that means partial success.
    pub partial_exit: Option<u8>,
}

/// The result of a command.
#[derive(Debug, Clone, Serialize)]
pub struct Ran {
    /// The id of the execution in this home.
    pub id: String,
    /// `success`, `failure` or `partial`.
    #[serde(serialize_with = "named::serialize")]
    pub outcome: Outcome,
    /// The exit code to return: that of the command, 128 plus the number of a signal, 124 for a timeout, 137 if it had to be
    /// killed.
    pub exit_code: u8,
    /// Whether it ran longer than its timeout.
    pub timed_out: bool,
    /// The duration in seconds.
    pub duration: f64,
    /// Why the outcome of the command could not be recorded.
    pub unrecorded: Option<ApiError>,
}

/// Why a command was not run.
#[derive(Debug)]
pub enum Failure {
    /// The request was rejected; nothing was recorded.
    Rejected(ApiError),
    /// The program could not be started; nothing was recorded. Shells return this exit code then.
    NotStarted(ApiError, u8),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Rejected(error)
    }
}

/// Returns whether a program is on the `PATH`.
#[must_use]
pub fn has_program(name: &str) -> bool {
    Runtime::host().has_program(name)
}

/// Runs a command for a skill and records how it ended.
///
/// # Errors
///
/// `not_found` if there is no such skill; `invalid_input` for an invalid timeout, and for a program that does not exist or is
/// not executable; `storage` if the start cannot be recorded. Nothing is run then.
pub fn command(
    runtime: &Runtime,
    options: &Options,
    program: &OsStr,
    args: &[OsString],
) -> Result<Ran, Failure> {
    let selected = runtime.select(&options.selection)?;
    let entry = selected.entry(runtime, &options.skill)?;
    let found = interpreter::on_path(program);
    let spec = CommandSpec {
        program: found.as_deref().map_or(program, Path::as_os_str),
        args,
        cwd: None,
        env: &[],
        timeout: timeout(options)?,
        grace: GRACE,
    };
    recorded(runtime, options, &entry, &spec)
}

/// Runs a script of a skill and records how it ended. Its working directory is the folder of the skill, which is in
/// `CLAWPOWERS_SKILL_DIR` too; the caller's working directory is in `CLAWPOWERS_WORK_DIR`.
///
/// # Errors
///
/// Like [`command`]; `not_found` if the skill has no such script in `scripts`; `invalid_input` if the script is outside the
/// skill's folder or not executable, and if a requirement of the skill is not met.
pub fn script(runtime: &Runtime, options: &Options, script: &str, args: &[OsString]) -> Result<Ran, Failure> {
    let selected = runtime.select(&options.selection)?;
    let entry = selected.entry(runtime, &options.skill)?;
    let lacking = missing_requirements(&entry.skill.requirements, &Runtime::host(), &selected.catalog);
    if !lacking.is_empty() {
        let lacking = unmet(lacking);
        let message = format!(
            "skill {} has {}: {}",
            quote(&options.skill),
            pluralize(lacking.len(), "unmet requirement"),
            lacking
                .iter()
                .map(|unmet| requirement(unmet))
                .collect::<Vec<_>>()
                .join(", ")
        );
        return Err(ApiError::invalid_input(message)
            .hint("install or set what is missing, then try again; nothing was run")
            .details(serde_json::json!({ "missing": lacking }))
            .into());
    }
    if entry.scope == Scope::Bundled {
        let message = format!(
            "the skill {} is inside the program and has no scripts to run",
            quote(&options.skill)
        );
        return Err(ApiError::not_found(message)
            .hint("{skill_read} prints its text")
            .into());
    }
    // The script has another working directory than the caller.
    let file = runtime.absolute_location(&entry);
    let folder = file.parent().unwrap_or(&file).to_owned();
    let path = inside(&folder, script)?;
    let (program, mut words) = interpreter::start_of(&path)?;
    words.extend_from_slice(args);
    let env = [
        ("CLAWPOWERS_SKILL_DIR", folder.as_os_str()),
        ("CLAWPOWERS_WORK_DIR", runtime.environment.cwd.as_os_str()),
    ]
    .map(|(name, value)| (name.into(), value.to_owned()));
    let spec = CommandSpec {
        program: &program,
        args: &words,
        cwd: Some(&folder),
        env: &env,
        timeout: timeout(options)?,
        grace: GRACE,
    };
    recorded(runtime, options, &entry, &spec)
}

fn timeout(options: &Options) -> Result<Option<Duration>> {
    let Some(text) = &options.timeout else {
        return Ok(None);
    };
    let micros = decimal::micros(text).ok().filter(|micros| *micros > 0);
    let micros = micros.ok_or_else(|| {
        let message = format!("the timeout {} is not a number of seconds above 0", quote(text));
        ApiError::invalid_input(message).hint("use seconds such as 30 or 0.5; nothing was run")
    })?;
    Ok(Some(Duration::from_micros(micros.unsigned_abs())))
}

/// Runs a command and records its start and its end.
fn recorded(
    runtime: &Runtime,
    options: &Options,
    entry: &Entry,
    spec: &CommandSpec<'_>,
) -> Result<Ran, Failure> {
    let digest = digest_of_entry(entry).ok();
    let version = entry.skill.version.as_ref();
    let new = NewExecution {
        skill: &entry.skill.name,
        at: Some(Timestamp::now()),
        fields: ledger::ExecutionFields {
            skill_version: version.map(|version| version.text.as_str()),
            skill_digest: digest.as_deref(),
            source: Some("run"),
            ..options.fields.fields()
        },
    };
    // Recorded before the command starts, so that the execution is open if this process is killed.
    let id = runtime.with_db(|db| db.ledger().start(&new))?.id;
    let ended = match process::run(spec) {
        Ok(ended) => ended,
        Err(error) => {
            runtime.with_db(|db| db.ledger().abandon(id))?;
            return Err(not_started(spec.program, &error));
        }
    };
    let (outcome, notes) = judged(&ended, options);
    let fields = ledger::ExecutionFields {
        // A longer duration is stored as the maximum.
        duration: i64::try_from(ended.duration.as_micros())
            .ok()
            .map(|took| took.min(decimal::MAX_MICROS)),
        notes: notes.as_deref(),
        ..ledger::ExecutionFields::default()
    };
    let unrecorded = runtime
        .with_db(|db| db.ledger().finish(id, outcome, &fields))
        .err();
    Ok(Ran {
        id: id.to_string(),
        outcome,
        exit_code: ended.exit_code(),
        timed_out: matches!(ended.reason, ExitReason::TimedOut { .. }),
        duration: ended.duration.as_secs_f64(),
        unrecorded,
    })
}

fn judged(ended: &Exit, options: &Options) -> (Outcome, Option<String>) {
    match ended.reason {
        ExitReason::Code(0) => (Outcome::Success, None),
        ExitReason::Code(code) if options.partial_exit.map(i32::from) == Some(code) => {
            (Outcome::Partial, Some(format!("exit code {code}")))
        }
        ExitReason::Code(code) => (Outcome::Failure, Some(format!("exit code {code}"))),
        ExitReason::Signal(signal) => (Outcome::Failure, Some(format!("killed by signal {signal}"))),
        ExitReason::TimedOut { .. } => {
            let limit = options.timeout.as_deref().unwrap_or_default();
            (Outcome::Failure, Some(format!("timed out after {limit} s")))
        }
    }
}

fn not_started(program: &OsStr, error: &SpawnError) -> Failure {
    let program = quote(&program.to_string_lossy());
    let message = match error {
        SpawnError::NotFound => format!("command not found: {program}"),
        _ => format!("{program} was not run: {error}"),
    };
    let (code, hint) = match error {
        SpawnError::NotFound => (
            127,
            "use a program that is on the `PATH`, or pass its path; nothing was recorded",
        ),
        SpawnError::NotExecutable if cfg!(windows) => {
            (126, "put its interpreter in front of it; nothing was recorded")
        }
        SpawnError::NotExecutable => (126, "make it executable with `chmod +x`; nothing was recorded"),
        SpawnError::Other(_) => (126, "nothing was recorded"),
    };
    Failure::NotStarted(ApiError::invalid_input(message).hint(hint), code)
}

/// Returns the path of a script in the skill's `scripts` with symlinks resolved. It must be inside the skill's folder.
fn inside(folder: &Path, script: &str) -> Result<PathBuf> {
    let named = Path::new(script);
    let below = named.strip_prefix("scripts").unwrap_or(named);
    let scripts = folder.join("scripts");
    let found = scripts
        .join(below)
        .canonicalize()
        .ok()
        .filter(|path| path.is_file());
    let (Some(found), Ok(scripts)) = (found, scripts.canonicalize()) else {
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let entries = fs::read_dir(scripts).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        let error = ApiError::not_found(format!("there is no script {} in the skill", quote(script)));
        return Err(match names.is_empty() {
            true => error.hint("the skill has no folder `scripts`"),
            false => error.hint(format!("its scripts are {}", quote(&names.join(", ")))),
        });
    };
    let home = folder
        .canonicalize()
        .map_err(|error| ApiError::io(format!("the skill's folder is gone: {error}")))?;
    if !found.starts_with(&scripts) || !scripts.starts_with(&home) {
        let message = format!("the script {} is outside the skill's `scripts`", quote(script));
        return Err(ApiError::invalid_input(message)
            .hint("only scripts inside the skill's own folder are run; nothing was run"));
    }
    if cfg!(windows) {
        // Interpreters do not know the prefix `\\?\` of a canonical path.
        return Ok(Path::new(&display_path(&found)).components().collect());
    }
    Ok(found)
}
