//! `memory …`

mod context;
mod duplicates;
mod transfer;
mod vector;

use crate::context::{Context, read_text, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::{Args, Subcommand};
use clawpowers_api::operations::memory;
use clawpowers_api::{ApiError, MemoryFilter, pluralize};
use vector::VectorArgs;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers memory create 'The tests need Redis.' --tags tests,redis
  clawpowers memory search 'timeout after 73 requests'
  clawpowers memory search --type procedural --min-importance 0.7 --limit 10
  clawpowers memory correct 17 'The tests need Redis 7.'

An entry has at most 1 MiB. Entries that only differ in values, such as numbers and paths, are merged.")]
pub(crate) enum Command {
    /// Create an entry and print its id.
    #[command(after_help = "\
Examples:
  clawpowers memory create 'The tests need a running Redis.'
  clawpowers memory create --content 'Is the pool empty?' --type working
  make 2>&1 | clawpowers memory create - --type episodic --title build
  clawpowers memory create 'Pool empty.' --vector v.json --vector-model MiniLM")]
    Create(Box<CreateArgs>),
    /// Print an entry.
    #[command(after_help = "\
Examples:
  clawpowers memory get 17")]
    Get(IdArgs),
    /// Change the given fields of an entry; the others are kept.
    #[command(after_help = "\
Examples:
  clawpowers memory update 17 --importance 0.9 --tags tests,redis
  clawpowers memory update 17 --confirmed true")]
    Update(Box<UpdateArgs>),
    /// Delete an entry and its links.
    #[command(after_help = "\
Examples:
  clawpowers memory delete 17")]
    Delete(IdArgs),
    /// List entries, newest first.
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  clawpowers memory list --type working
  clawpowers memory list --tags tests --since 7d"
    )]
    List(Box<ListArgs>),
    /// Find entries by their text, by vectors, or by their fields alone.
    #[command(after_help = "\
Examples:
  clawpowers memory search 'how are the tests run'
  clawpowers memory search 'timeout after 73 requests to 10.0.0.12:8080'
  clawpowers memory search '\"connection pool\" deadl* -logger tag:debug'
  clawpowers memory search --type procedural --min-importance 0.7 --limit 10
  clawpowers memory search 'pool is empty' --vector q.json --vector-model MiniLM")]
    Search(Box<SearchArgs>),
    /// Print entries for a prompt, within a token budget.
    #[command(after_help = "\
Examples:
  clawpowers memory context --goal 'fix the flaky login test' --budget 800
  clawpowers memory context --goal 'fix the login' --task fix-login

Entries with less than 20% new words are left out, and those that are not confirmed are marked. The text is data: no \
content can close its element, and hidden characters are visible.")]
    Context(Box<context::ContextArgs>),
    /// Propose entries that nearly say the same; nothing is changed.
    #[command(after_help = "\
Examples:
  clawpowers memory duplicates
  clawpowers memory duplicates --project shop --min-shared 0.8")]
    Duplicates(duplicates::DuplicatesArgs),
    /// Count entries by kind, source and project.
    #[command(after_help = "\
Examples:
  clawpowers memory stats
  clawpowers memory stats --project shop --json")]
    Stats(duplicates::StatsArgs),
    /// Link two entries: supersedes, caused_by, resolves, contradicts.
    #[command(after_help = "\
Examples:
  clawpowers memory link 18 resolves 17
  clawpowers memory link 18 resolves 17 --remove")]
    Link(LinkArgs),
    /// Undo the merging of an entry: each kept content becomes an entry.
    #[command(after_help = "\
Examples:
  clawpowers memory split 17")]
    Split(IdArgs),
    /// Replace an entry that is wrong; searches leave it out from then on.
    #[command(
        after_help = "\
Examples:
  clawpowers memory correct 17 'The tests need Redis 7.'",
        override_usage = "clawpowers memory correct [OPTIONS] <ID> <TEXT|--content <TEXT>>"
    )]
    Correct(CorrectArgs),
    /// Delete an entry so that no byte of its text is left in the database.
    #[command(after_help = "\
Examples:
  clawpowers memory forget 17

Exit codes: 0 success, 1 there is no such entry, or it is deleted, but the WAL still contains its text, because \
another process is reading the database; a later write truncates it")]
    Forget(IdArgs),
    /// Write every entry as a line of JSON.
    #[command(after_help = "\
Examples:
  clawpowers memory export --output memory.jsonl
  clawpowers memory export --checkpoints | ssh other clawpowers memory import -")]
    Export(transfer::ExportArgs),
    /// Import an export, memory of 1.x and 2.x or of the official MCP memory server, or notes.
    #[command(after_help = "\
Examples:
  clawpowers memory import memory.jsonl
  clawpowers memory import ~/notes
  clawpowers memory import ~/.clawpowers/memory
  clawpowers memory import --store-keys 'debug:hypothesis:*'

The original files are not changed. Known entries are not imported again; those whose source changed are updated, and those \
that were deleted here stay deleted.

Exit codes: 0 success, 1 with --strict something was skipped, 3 everything was skipped (an empty folder is no error)")]
    Import(transfer::ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct IdArgs {
    /// The id of the entry.
    id: String,
}

#[derive(Debug, Args)]
#[group(id = "given", required = true, multiple = false)]
pub(crate) struct ContentArgs {
    /// The content; `-` reads it from stdin.
    #[arg(allow_hyphen_values = true, group = "given")]
    text: Option<String>,
    /// The content.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, group = "given")]
    content: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    content: ContentArgs,
    /// What it is about: working, episodic, semantic, procedural.
    #[arg(
        long = "type",
        value_name = "TYPE",
        visible_alias = "kind",
        default_value = "semantic"
    )]
    kind: String,
    /// The title.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The tags, separated by commas.
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    tags: Vec<String>,
    /// The importance, from 0 to 1 [default: 0.5, from a hook 0.3].
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    importance: Option<f64>,
    /// The project that it belongs to [default: none, every project sees it].
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The session; what was created before in it is searched with the entry.
    #[arg(long, value_name = "ID", visible_alias = "session-id")]
    session: Option<String>,
    /// The skill that it is about.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// The tool that it is about.
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// Who wrote it: user, agent, hook, import.
    #[arg(long, value_name = "SOURCE", default_value = "agent")]
    source: String,
    /// When it expires: 2026-11-03T08:00:00Z, 2026-11-03, or how long from now (7d, 12h) [default: never].
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// When it was created, such as 2026-11-03T08:00:00Z or 2026-11-03; not in the future [default: now].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Do not merge it with an entry that only differs in values.
    #[arg(long)]
    no_merge: bool,
    #[command(flatten)]
    vector: VectorArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// The id of the entry.
    id: String,
    /// The new content; `-` reads it from stdin.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    content: Option<String>,
    /// What it is about: working, episodic, semantic, procedural.
    #[arg(long = "type", value_name = "TYPE", visible_alias = "kind")]
    kind: Option<String>,
    /// The new title; empty removes it.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// All tags, separated by commas; empty removes them.
    #[arg(long, value_name = "TAGS")]
    tags: Option<String>,
    /// The importance, from 0 to 1.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    importance: Option<f64>,
    /// When it expires: 2026-11-03T08:00:00Z, 2026-11-03, how long from now (7d, 12h), or never.
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Whether it is confirmed.
    #[arg(long, value_name = "true|false")]
    confirmed: Option<bool>,
    /// Change it only if it has this revision.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    revision: Option<i64>,
    #[command(flatten)]
    vector: VectorArgs,
    /// Remove the vector.
    #[arg(long, conflicts_with_all = ["vector", "vector_model"])]
    no_vector: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only entries of this type: working, episodic, semantic, procedural; repeat it for several.
    #[arg(
        long = "type",
        value_name = "TYPE",
        visible_alias = "kind",
        value_delimiter = ','
    )]
    kinds: Vec<String>,
    /// Only entries with all of these tags, separated by commas.
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    tags: Vec<String>,
    /// Only entries of this project, and those of none.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only entries of this session.
    #[arg(long, value_name = "ID", visible_alias = "session-id")]
    session: Option<String>,
    /// Only entries about this skill.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Only entries that are at least this important, from 0 to 1.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    min_importance: Option<f64>,
    /// Only entries created at this time or later: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only entries created before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Include superseded and expired entries.
    #[arg(long)]
    all: bool,
    /// Print the whole content of each entry.
    #[arg(long)]
    full: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// Number of entries to print.
    #[arg(long, value_name = "N", default_value = "20", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// What to search for: words, "a phrase", start*, -without, tag:NAME, kind:KIND, or a whole error message, whose values
    /// may differ; `-` reads it from stdin [default: the most important entries].
    #[arg(allow_hyphen_values = true)]
    query: Option<String>,
    #[command(flatten)]
    vector: VectorArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Number of entries to print.
    #[arg(long, value_name = "N", default_value = "10", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// The id of the entry that the link starts at.
    origin: String,
    /// How it is related to TARGET: supersedes, caused_by, resolves, contradicts.
    relation: String,
    /// The id of the entry that the link leads to.
    target: String,
    /// Remove the link.
    #[arg(long)]
    remove: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    /// The id of the entry.
    id: String,
    #[command(flatten)]
    content: ContentArgs,
    /// Who wrote it: user, agent, hook, import.
    #[arg(long, value_name = "SOURCE", default_value = "agent")]
    source: String,
}

impl From<FilterArgs> for MemoryFilter {
    fn from(args: FilterArgs) -> Self {
        Self {
            kinds: args.kinds,
            tags: args.tags,
            project: args.project,
            session: args.session,
            skill: args.skill,
            min_importance: args.min_importance,
            since: args.since,
            until: args.until,
            all: args.all,
        }
    }
}

impl ContentArgs {
    fn text(self) -> String {
        self.content.or(self.text).unwrap_or_default()
    }
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Create(args) => create(context, *args),
            Self::Get(args) => get(context, args.id),
            Self::Update(args) => update(context, *args),
            Self::Delete(args) => delete(context, args.id),
            Self::List(args) => list(context, *args),
            Self::Search(args) => search(context, *args),
            Self::Context(args) => context::context(context, *args),
            Self::Duplicates(args) => duplicates::duplicates(context, args),
            Self::Stats(args) => duplicates::stats(context, args),
            Self::Link(args) => link(context, args),
            Self::Split(args) => split(context, args.id),
            Self::Correct(args) => correct(context, args),
            Self::Forget(args) => forget(context, args.id),
            Self::Export(args) => transfer::export(context, args),
            Self::Import(args) => transfer::import(context, args),
        }
    }
}

/// A text and a vector as they were read.
struct Given {
    text: Option<String>,
    vector: Option<Vec<f64>>,
    vector_model: Option<String>,
}

/// Reads the text of an argument and a vector.
fn read(text: Option<String>, vector: VectorArgs) -> Result<Given, ApiError> {
    if text.as_deref() == Some("-") && vector.is_stdin() {
        return Err(
            ApiError::invalid_input("stdin cannot be both the text and the vector")
                .hint("write one of them to a file"),
        );
    }
    let (vector, vector_model) = vector.read()?;
    Ok(Given {
        text: text.map(read_text).transpose()?,
        vector,
        vector_model,
    })
}

fn create(context: &Context, args: CreateArgs) -> Exit {
    let given = match read(Some(args.content.text()), args.vector) {
        Ok(given) => given,
        Err(error) => return context.out.respond_error(&error),
    };
    let request = memory::create::Request {
        content: given.text.unwrap_or_default(),
        kind: Some(args.kind),
        title: args.title,
        tags: args.tags,
        importance: args.importance,
        project: args.project,
        session: args.session,
        skill: args.skill,
        tool: args.tool,
        source: Some(args.source),
        expires: args.expires,
        at: args.at,
        no_merge: args.no_merge,
        vector: given.vector,
        vector_model: given.vector_model,
    };
    let result = memory::create::run(&context.runtime, &request);
    let print = |r: &memory::create::Response| {
        if r.merged {
            let uses = pluralize(r.entry.uses, "time");
            context
                .out
                .eprint(&format!("merged: the entry {} was created {uses}\n", r.entry.id));
        }
        context.out.print(&format!("{}\n", r.entry.id))
    };
    let done = |r: &memory::create::Response| format!("the entry {} was created", r.entry.id);
    context.out.respond_to_change(&result, print, done)
}

fn get(context: &Context, id: String) -> Exit {
    let result = memory::get::run(&context.runtime, &memory::get::Request { id });
    context.out.respond_untrusted(&result, render::memory::entry)
}

fn update(context: &Context, args: UpdateArgs) -> Exit {
    let given = match read(args.content, args.vector) {
        Ok(given) => given,
        Err(error) => return context.out.respond_error(&error),
    };
    let tags = args.tags.map(|tags| tags.split(',').map(str::to_owned).collect());
    let request = memory::update::Request {
        id: args.id,
        content: given.text,
        kind: args.kind,
        title: args.title,
        tags,
        importance: args.importance,
        expires: args.expires,
        confirmed: args.confirmed,
        vector: given.vector.or(args.no_vector.then(Vec::new)),
        vector_model: given.vector_model,
        revision: args.revision,
    };
    // Neither an id nor an expected revision is a change.
    let nothing = memory::update::Request {
        id: request.id.clone(),
        revision: request.revision,
        ..Default::default()
    };
    let what = if request == nothing {
        "Unchanged"
    } else {
        "Updated"
    };
    let out = &context.out;
    let result = memory::update::run(&context.runtime, &request);
    out.respond_to_change(
        &result,
        |r| {
            let (id, revision) = (&r.entry.id, r.entry.revision);
            out.print(&format!("{what}: {id} (revision {revision})\n"))
        },
        |r| format!("{}: the entry {}", what.to_lowercase(), r.entry.id),
    )
}

fn delete(context: &Context, id: String) -> Exit {
    let out = &context.out;
    let result = memory::delete::run(&context.runtime, &memory::delete::Request { id });
    out.respond_to_change(
        &result,
        |r| out.print(&format!("Deleted: {}\n", r.entry.id)),
        |r| format!("the entry {} was deleted", r.entry.id),
    )
}

fn list(context: &Context, args: ListArgs) -> Exit {
    let full = args.filter.full;
    let request = memory::list::Request {
        limit: Some(args.limit),
        ..Default::default()
    }
    .with(args.filter.into());
    let result = memory::list::run(&context.runtime, &request);
    let text = |r: &memory::list::Response| render::memory::list(&r.entries, full);
    context.out.respond_untrusted(&result, text)
}

fn search(context: &Context, args: SearchArgs) -> Exit {
    let given = match read(args.query, args.vector) {
        Ok(given) => given,
        Err(error) => return context.out.respond_error(&error),
    };
    let full = args.filter.full;
    let request = memory::search::Request {
        query: given.text,
        vector: given.vector,
        vector_model: given.vector_model,
        limit: Some(args.limit),
        ..Default::default()
    }
    .with(args.filter.into());
    let result = memory::search::run(&context.runtime, &request);
    let text = |r: &memory::search::Response| render::memory::hits(&r.hits, full);
    let exit = context.out.respond_untrusted(&result, text);
    if result.is_ok_and(|r| r.hits.is_empty()) && !context.out.json {
        context.out.eprint("No entries found\n");
    }
    exit
}

fn link(context: &Context, args: LinkArgs) -> Exit {
    let request = memory::link::Request {
        origin: args.origin,
        relation: args.relation,
        target: args.target,
        remove: args.remove,
    };
    let out = &context.out;
    let result = memory::link::run(&context.runtime, &request);
    let text = |r: &memory::link::Response| {
        let (link, relation) = (&r.link, r.link.relation.as_str());
        let what = match (request.remove, r.changed) {
            (false, true) => "Linked",
            (false, false) => "Already linked",
            (true, true) => "Link removed",
            (true, false) => "No such link",
        };
        format!("{what}: {} {relation} {}\n", link.origin, link.target)
    };
    out.respond_to_change(
        &result,
        |r| out.print(&text(r)),
        |r| text(r).trim().to_lowercase(),
    )
}

fn split(context: &Context, id: String) -> Exit {
    let out = &context.out;
    let result = memory::split::run(&context.runtime, &memory::split::Request { id });
    let text = |r: &memory::split::Response| -> String {
        r.entries.iter().map(|entry| format!("{}\n", entry.id)).collect()
    };
    out.respond_to_change(
        &result,
        |r| out.print(&text(r)),
        |r| {
            format!(
                "the entry was split; created: {}",
                pluralize(r.entries.len(), "entry")
            )
        },
    )
}

fn correct(context: &Context, args: CorrectArgs) -> Exit {
    let content = match read_text(args.content.text()) {
        Ok(content) => content,
        Err(error) => return context.out.respond_error(&error),
    };
    let request = memory::correct::Request {
        id: args.id,
        content,
        source: Some(args.source),
    };
    let out = &context.out;
    let result = memory::correct::run(&context.runtime, &request);
    out.respond_to_change(
        &result,
        |r| out.print(&format!("{}\n", r.entry.id)),
        |r| format!("the entry {} supersedes the entry {}", r.entry.id, request.id),
    )
}

fn forget(context: &Context, id: String) -> Exit {
    let out = &context.out;
    let result = memory::forget::run(&context.runtime, &memory::forget::Request { id });
    let code = |r: &memory::forget::Response| if r.erased { Exit::Done } else { Exit::Negative };
    out.respond(&result, code, |r| {
        let printed = out.print(&format!("Forgotten: {}\n", r.id));
        if !r.erased {
            out.eprint("the WAL still contains its text, because another process is reading the database; a later write truncates it\n");
        }
        for id in &r.related {
            out.eprint(&format!(
                "the entry {id} may say the same: one supersedes the other\n"
            ));
        }
        printed
    })
}
