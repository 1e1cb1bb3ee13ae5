//! Running commands and scripts of skills, and recording how they ended.
//!
//! This is no operation for other languages: the command has the standard streams of the calling process.

mod interpreter;

use crate::catalog_query::{CatalogQuery, digest_of_entry};
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::execution::ExecutionFields;
use crate::wire::skill::unmet;
use crate::wire::words::word;
use clawpowers_executor::ledger::{self, NewExecution};
use clawpowers_executor::process::{self, CommandSpec, Exit, ExitReason, SpawnError};
use clawpowers_executor::{Outcome, Timestamp, decimal};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{Entry, Scope, missing_requirements};
use serde::Serialize;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a command has to end after it was asked to at its timeout.
const GRACE: Duration = Duration::from_secs(5);

/// For which skill something is run, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The skill; it has to be one that is there.
    pub skill: String,
    /// Where skills are looked for.
    pub selection: CatalogQuery,
    /// What describes the execution.
    pub fields: ExecutionFields,
    /// How many seconds it may take.
    pub timeout: Option<String>,
    /// The exit code that stands for success in part.
    pub partial_exit: Option<u8>,
}

/// The outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Ran {
    /// The number of the execution in this home.
    pub id: String,
    /// `success`, `failure` or `partial`.
    #[serde(serialize_with = "word")]
    pub outcome: Outcome,
    /// The exit code to pass on: the command's own, 128 and the number for a signal, 124 for a timeout, 137 where it had
    /// to be killed.
    pub exit_code: u8,
    /// Whether it was ended because it ran longer than its timeout.
    pub timed_out: bool,
    /// How long it took, in seconds.
    pub duration: f64,
    /// Why the outcome could not be recorded; the command has run all the same.
    pub unrecorded: Option<ApiError>,
}

/// Why nothing was run, or what came of it.
#[derive(Debug)]
pub enum Failure {
    /// Nothing was run and nothing recorded.
    Refused(ApiError),
    /// The program could not be started and nothing was recorded; shells end with this exit code then.
    NotStarted(ApiError, u8),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

/// Tells whether a program of this name is on the `PATH`.
#[must_use]
pub fn has_program(name: &str) -> bool {
    Runtime::machine().has_program(name)
}

/// Runs a command for a skill and records how it ended.
///
/// # Errors
///
/// `not_found` where there is no such skill; `invalid_input` for a timeout that is no number; `storage` where its
/// start cannot be recorded; nothing is run then. `invalid_input` where the program is missing or is none.
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

/// Runs a script of a skill and records how it ended. The script runs in the folder of the skill, which is in
/// `CLAWPOWERS_SKILL_DIR` as well; the caller's working directory is in `CLAWPOWERS_WORK_DIR`.
///
/// # Errors
///
/// As [`command`]; `not_found` where there is no such script in the skill's `scripts`; `invalid_input` where the
/// script lies outside the skill's folder, is not executable, or a requirement of the skill is not met.
pub fn script(runtime: &Runtime, options: &Options, script: &str, args: &[OsString]) -> Result<Ran, Failure> {
    let selected = runtime.select(&options.selection)?;
    let entry = selected.entry(runtime, &options.skill)?;
    let lacking = missing_requirements(&entry.skill.requirements, &Runtime::machine(), &selected.catalog);
    if !lacking.is_empty() {
        let lacking = unmet(lacking);
        let message = format!("the skill {} lacks {}", quote(&options.skill), lacking.join(", "));
        return Err(ApiError::new(ErrorCode::InvalidInput, message)
            .hint("provide what it requires, then try again; nothing was run")
            .details(serde_json::json!({ "missing": lacking }))
            .into());
    }
    if entry.scope == Scope::Bundled {
        let message = format!(
            "the skill {} is inside the program and has no scripts to run",
            quote(&options.skill)
        );
        return Err(ApiError::new(ErrorCode::NotFound, message)
            .hint("{skill_read} prints its text")
            .into());
    }
    // The script runs in another folder than the caller, where a relative path would mean something else.
    let file = runtime.absolute_location(&entry);
    let folder = file.parent().unwrap_or(&file).to_owned();
    let path = inside(&folder, script)?;
    let (program, mut words) = interpreter::start_of(&path)?;
    words.extend_from_slice(args);
    let env = [
        (
            OsString::from("CLAWPOWERS_SKILL_DIR"),
            folder.as_os_str().to_owned(),
        ),
        (
            OsString::from("CLAWPOWERS_WORK_DIR"),
            runtime.surroundings.cwd.as_os_str().to_owned(),
        ),
    ];
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

fn timeout(options: &Options) -> Result<Option<Duration>, ApiError> {
    let Some(text) = &options.timeout else {
        return Ok(None);
    };
    match decimal::micros(text) {
        Ok(micros) if micros > 0 => Ok(Some(Duration::from_micros(micros.unsigned_abs()))),
        _ => {
            let message = format!("the timeout {} is not a number of seconds above 0", quote(text));
            Err(ApiError::new(ErrorCode::InvalidInput, message)
                .hint("give seconds such as 30 or 0.5; nothing was run"))
        }
    }
}

/// Runs a command between the start and the end of its execution.
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
    // Begun before the command is, so that an execution whose runner is killed shows as open.
    let id = runtime.write(|db| Ok(db.ledger().start(&new)?))?.id;
    let ended = match process::run(spec) {
        Ok(ended) => ended,
        Err(error) => {
            runtime.write(|db| Ok(db.ledger().abandon(id)?))?;
            return Err(not_started(spec.program, &error));
        }
    };
    let (outcome, notes) = judged(&ended, options);
    let fields = ledger::ExecutionFields {
        // What took longer than any execution may is stored with the longest time.
        duration: i64::try_from(ended.duration.as_micros())
            .ok()
            .map(|took| took.min(decimal::MAX_MICROS)),
        notes: notes.as_deref(),
        ..ledger::ExecutionFields::default()
    };
    let unrecorded = runtime
        .write(|db| Ok(db.ledger().finish(id, outcome, &fields)?))
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
        ExitReason::Signal(signal) => (Outcome::Failure, Some(format!("ended by signal {signal}"))),
        ExitReason::TimedOut { .. } => {
            let limit = options.timeout.as_deref().unwrap_or_default();
            (Outcome::Failure, Some(format!("timed out after {limit} s")))
        }
    }
}

fn not_started(program: &OsStr, error: &SpawnError) -> Failure {
    let message = format!("{} was not run: {error}", quote(&program.to_string_lossy()));
    let (code, hint) = match error {
        SpawnError::NotFound => (
            127,
            "name a program that is on the `PATH`, or its path; nothing was recorded",
        ),
        SpawnError::NotExecutable if cfg!(windows) => {
            (126, "put its interpreter in front of it; nothing was recorded")
        }
        SpawnError::NotExecutable => (126, "make it executable with `chmod +x`; nothing was recorded"),
        SpawnError::Other(_) => (126, "nothing was recorded"),
    };
    Failure::NotStarted(ApiError::new(ErrorCode::InvalidInput, message).hint(hint), code)
}

/// Returns the real path of a script below the skill's `scripts`; a link out of the skill's folder is refused.
fn inside(folder: &Path, script: &str) -> Result<PathBuf, ApiError> {
    let named = Path::new(script);
    let below = named.strip_prefix("scripts").unwrap_or(named);
    let path = folder.join("scripts").join(below);
    let real = |path: &Path| path.canonicalize();
    let found = real(&path).ok().filter(|path| path.is_file());
    let (Some(found), Ok(scripts)) = (found, real(&folder.join("scripts"))) else {
        let mut names: Vec<String> = fs::read_dir(folder.join("scripts"))
            .map(|entries| {
                let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
                entries.flatten().map(name).collect()
            })
            .unwrap_or_default();
        names.sort();
        let hint = if names.is_empty() {
            "the skill has no folder `scripts`".to_owned()
        } else {
            format!("its scripts are {}", quote(&names.join(", ")))
        };
        return Err(ApiError::new(
            ErrorCode::NotFound,
            format!("there is no script {} in the skill", quote(script)),
        )
        .hint(hint));
    };
    let home = real(folder)
        .map_err(|error| ApiError::new(ErrorCode::Io, format!("the skill's folder is gone: {error}")))?;
    if !found.starts_with(&scripts) || !scripts.starts_with(&home) {
        let message = format!("the script {} lies outside the skill's `scripts`", quote(script));
        return Err(ApiError::new(ErrorCode::InvalidInput, message)
            .hint("only what lies inside the skill's own folder is run; nothing was run"));
    }
    if cfg!(windows) {
        // Interpreters do not know the prefix `\\?\` of a real path.
        return Ok(Path::new(&display_path(&found)).components().collect());
    }
    Ok(found)
}
