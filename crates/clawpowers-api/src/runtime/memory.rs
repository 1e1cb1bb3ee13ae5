//! A runtime without a disk: documents in the place of files, and a database in memory.

use crate::runtime::Runtime;
use crate::wire::bytes::needed_bytes;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::request::read_request;
use clawpowers_executor::Db;
use clawpowers_loader::display::quote;
use clawpowers_loader::{Environment, MemoryTree};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A file that a runtime without a disk sees.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DocumentIn")]
pub struct Document {
    /// Its path, relative and with forward slashes: `skills/tdd/SKILL.md`.
    pub path: String,
    /// Its bytes, which need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// A document in JSON: its bytes are text or base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentIn {
    path: String,
    text: Option<String>,
    text_base64: Option<String>,
}

impl TryFrom<DocumentIn> for Document {
    type Error = String;

    fn try_from(document: DocumentIn) -> Result<Self, String> {
        let DocumentIn {
            path,
            text,
            text_base64,
        } = document;
        match needed_bytes("text", text.as_deref(), text_base64.as_deref()) {
            Ok(bytes) => Ok(Self { path, bytes }),
            Err(error) => Err(format!("the document {}: {}", quote(&path), error.message)),
        }
    }
}

/// What a runtime without a disk depends on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryOptions {
    /// The files it sees.
    pub documents: Vec<Document>,
}

impl Runtime {
    /// Opens a runtime that has no disk: it sees `documents` and the shipped skills, and keeps its database in memory.
    ///
    /// # Errors
    ///
    /// `invalid_input` for the first document whose path is not relative, climbs, or is there twice.
    pub fn in_memory(documents: Vec<Document>) -> Result<Self, ApiError> {
        let documents = Arc::new(taken(documents)?);
        // Every path is meant from the one folder that all documents are in, and has no other name.
        let surroundings = Environment {
            cwd: PathBuf::new(),
            user_home: None,
            home: None,
            claude_config: None,
            codex_home: None,
            config_home: None,
            copilot_home: None,
        };
        Ok(Self::with(surroundings, Some(Mutex::new(documents))))
    }

    /// Opens a runtime that has no disk with options in JSON, as other languages give them.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_request` where the text is not an object with fields of
    /// [`MemoryOptions`], else as [`Runtime::in_memory`].
    pub fn in_memory_from_json(options: &str) -> Result<Self, String> {
        read_request(options)
            .and_then(|options: MemoryOptions| Self::in_memory(options.documents))
            .map_err(|error| error.to_reply())
    }

    /// Puts other documents in the place of those that a runtime without a disk sees.
    ///
    /// # Errors
    ///
    /// As [`Runtime::in_memory`]; `unsupported_platform` for a runtime that has a disk. The old ones stay then.
    pub fn set_documents(&self, documents: Vec<Document>) -> Result<(), ApiError> {
        self.check_open()?;
        let documents = taken(documents)?;
        if self.replace_documents(documents) {
            return Ok(());
        }
        let message = "this runtime reads files and takes no documents";
        Err(ApiError::new(ErrorCode::UnsupportedPlatform, message).hint("open one in memory"))
    }

    /// As [`Runtime::set_documents`], with a JSON list of documents.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_request` where the text is no such list, else as
    /// [`Runtime::set_documents`].
    pub fn set_documents_from_json(&self, documents: &str) -> Result<(), String> {
        // One reader for both forms says the same of both.
        let options = format!("{{\"documents\":{documents}}}");
        read_request(&options)
            .and_then(|options: MemoryOptions| self.set_documents(options.documents))
            .map_err(|error| error.to_reply())
    }

    /// Returns the database as the bytes of a file that is `clawpowers.db` of a home wherever there is a disk.
    ///
    /// # Errors
    ///
    /// `storage` where it cannot be read.
    pub fn export_database(&self) -> Result<Vec<u8>, ApiError> {
        match self.read(|db| Ok(db.serialize()?))? {
            Some(bytes) => Ok(bytes),
            // Nothing has been written yet, and reading makes nothing.
            None => Ok(Db::memory()?.serialize()?),
        }
    }

    /// Puts the database in `bytes`, a file of any home, in the place of this runtime's, all of it.
    ///
    /// # Errors
    ///
    /// `storage` for bytes that are damaged, empty, not ours, or of a newer release; the old database stays then.
    pub fn import_database(&self, bytes: Vec<u8>) -> Result<(), ApiError> {
        self.check_open()?;
        let new = Db::deserialize(bytes)?;
        if self.has_disk() {
            return self.write(|db| Ok(db.replace(&new)?));
        }
        let mut db = self.memory();
        self.check_open()?;
        match db.as_mut() {
            Some(old) if old.is_persistent() => old.replace(&new)?,
            _ => *db = Some(new),
        }
        Ok(())
    }

    /// Takes the database that the browser keeps under `name`, in a Dedicated Worker only; one that this runtime has
    /// already is let go.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_input` for a name that is none, `unsupported_platform` where the host has no
    /// such place for this script, `storage` where the database cannot be opened.
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub async fn keep_in_browser(&self, name: &str) -> Result<(), String> {
        let kept = Db::in_browser(name).await.map_err(ApiError::from);
        let kept = kept.map_err(|error| error.to_reply())?;
        let mut db = self.memory();
        // It may have been closed while the browser was asked.
        self.check_open().map_err(|error| error.to_reply())?;
        *db = Some(kept);
        Ok(())
    }

    /// Makes sure that this runtime has a disk; `what` needs one.
    // A browser never has one. The compiler can tell, because the error is no more than a reference, and leaves out of the
    // module what only a disk needs.
    #[inline(always)]
    pub(crate) fn needs_disk<'a>(&self, what: &'a str) -> Result<(), NoDisk<'a>> {
        let browser = cfg!(all(target_family = "wasm", target_os = "unknown"));
        if browser || !self.has_disk() {
            return Err(NoDisk(what));
        }
        Ok(())
    }
}

/// What a runtime without a disk was asked for.
pub(crate) struct NoDisk<'a>(&'a str);

impl From<NoDisk<'_>> for ApiError {
    fn from(NoDisk(what): NoDisk<'_>) -> Self {
        Self::needs_disk(what)
    }
}

fn taken(documents: Vec<Document>) -> Result<MemoryTree, ApiError> {
    let files = documents
        .into_iter()
        .map(|document| (document.path, document.bytes.into()));
    MemoryTree::new(files).map_err(|invalid| {
        ApiError::new(ErrorCode::InvalidInput, invalid.to_string())
            .hint("a document's path is relative with forward slashes, as skills/tdd/SKILL.md")
    })
}
