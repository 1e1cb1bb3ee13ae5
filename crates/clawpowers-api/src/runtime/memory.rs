//! A runtime without a disk: documents instead of files, and a database in memory.

use crate::runtime::Runtime;
use crate::runtime::homes::Homes;
use crate::wire::{ApiError, ErrorCode, Result, bytes::needed_bytes, request::read_request};
use clawpowers_executor::Db;
use clawpowers_loader::display::quote;
use clawpowers_loader::{Environment, MemoryTree};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};

/// A file of a runtime without a disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DocumentIn")]
pub struct Document {
    /// The relative path with forward slashes: `skills/tdd/SKILL.md`.
    pub path: String,
    /// The content, which need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// A document in JSON, whose bytes are text or base64.
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
        let path = document.path;
        match needed_bytes("text", document.text.as_deref(), document.text_base64.as_deref()) {
            Ok(bytes) => Ok(Self { path, bytes }),
            Err(error) => Err(format!("the document {}: {}", quote(&path), error.message)),
        }
    }
}

/// The options of a runtime without a disk.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryOptions {
    /// The files of the runtime.
    pub documents: Vec<Document>,
}

impl Runtime {
    /// Opens a runtime without a disk. Its files are `documents` and the bundled skills; its database is in memory.
    ///
    /// # Errors
    ///
    /// `invalid_input` for a document whose path is not relative, contains `..`, or is not unique.
    pub fn in_memory(documents: Vec<Document>) -> Result<Self> {
        let documents = Arc::new(tree(documents)?);
        // All paths are relative to the folder of the documents.
        let environment = Environment::default();
        Ok(Self::with(
            environment,
            Homes::default(),
            Some(Mutex::new(documents)),
        ))
    }

    /// Like [`Runtime::in_memory`], with [`MemoryOptions`] in JSON.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_request` if the text is not such an object, otherwise the same as
    /// [`Runtime::in_memory`].
    pub fn in_memory_from_json(options: &str) -> Result<Self, String> {
        read_request(options)
            .and_then(|options: MemoryOptions| Self::in_memory(options.documents))
            .map_err(|error| error.to_reply())
    }

    /// Replaces the documents of a runtime without a disk.
    ///
    /// # Errors
    ///
    /// Like [`Runtime::in_memory`]; `unsupported_platform` for a runtime with a disk. The documents are unchanged then.
    pub fn set_documents(&self, documents: Vec<Document>) -> Result<()> {
        self.check_open()?;
        let new = tree(documents)?;
        let Some(documents) = &self.documents else {
            let message = "this runtime reads files and takes no documents";
            return Err(ApiError::new(ErrorCode::UnsupportedPlatform, message).hint("open one in memory"));
        };
        *documents.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        Ok(())
    }

    /// Like [`Runtime::set_documents`], with a JSON list of documents.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_request` if the text is not such a list, otherwise the same as
    /// [`Runtime::set_documents`].
    pub fn set_documents_from_json(&self, documents: &str) -> Result<(), String> {
        // The same parser gives the same errors.
        let options = format!("{{\"documents\":{documents}}}");
        read_request(&options)
            .and_then(|options: MemoryOptions| self.set_documents(options.documents))
            .map_err(|error| error.to_reply())
    }

    /// Returns the database as the bytes of a file, which can be the `clawpowers.db` of a home.
    ///
    /// # Errors
    ///
    /// `storage` if it cannot be read.
    pub fn export_database(&self) -> Result<Vec<u8>> {
        match self.with_existing_db(|db| db.serialize())? {
            Some(bytes) => Ok(bytes),
            // Nothing has been written yet.
            None => Ok(Db::in_memory()?.serialize()?),
        }
    }

    /// Replaces the whole database of this runtime with the one in `bytes`, the file of any home.
    ///
    /// # Errors
    ///
    /// `storage` for bytes that are not a database of ClawPowers, are damaged, or come from a newer release. The database is
    /// unchanged then.
    pub fn import_database(&self, bytes: Vec<u8>) -> Result<()> {
        self.check_open()?;
        let new = Db::deserialize(bytes)?;
        if self.has_disk() {
            return self.with_db(|db| db.replace(&new));
        }
        let mut db = self.in_memory_db();
        self.check_open()?;
        match db.as_mut() {
            Some(old) if old.is_persistent() => old.replace(&new)?,
            _ => *db = Some(new),
        }
        Ok(())
    }

    /// Opens the database that the browser stores under `name`, in a Dedicated Worker only. It replaces the current one of this
    /// runtime.
    ///
    /// # Errors
    ///
    /// The whole reply `{"error": …}`: `invalid_input` for an invalid name, `unsupported_platform` if the host does not support
    /// it for this script, `storage` if the database cannot be opened.
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub async fn keep_in_browser(&self, name: &str) -> Result<(), String> {
        let kept = Db::in_browser(name).await.map_err(ApiError::from);
        let kept = kept.map_err(|error| error.to_reply())?;
        let mut db = self.in_memory_db();
        // It may have been closed in the meantime.
        self.check_open().map_err(|error| error.to_reply())?;
        *db = Some(kept);
        Ok(())
    }

    /// Returns an error if this runtime has no disk; `what` is what needs one.
    // A browser never has one. Inlined and with an error that is only a reference, this lets the compiler remove from the WASM
    // module all code that needs a disk.
    #[inline(always)]
    pub(crate) fn needs_disk<'a>(&self, what: &'a str) -> Result<(), NoDisk<'a>> {
        let browser = cfg!(all(target_family = "wasm", target_os = "unknown"));
        if browser || !self.has_disk() {
            return Err(NoDisk(what));
        }
        Ok(())
    }
}

/// The thing that a runtime without a disk cannot do.
pub(crate) struct NoDisk<'a>(&'a str);

impl From<NoDisk<'_>> for ApiError {
    fn from(NoDisk(what): NoDisk<'_>) -> Self {
        let message = format!("{what} needs a disk, and this runtime has none");
        Self::new(ErrorCode::UnsupportedPlatform, message)
            .hint("call it from the command line, or from Node or Python with a home on disk")
    }
}

fn tree(documents: Vec<Document>) -> Result<MemoryTree> {
    let files = documents
        .into_iter()
        .map(|document| (document.path, document.bytes.into()));
    MemoryTree::new(files).map_err(|invalid| {
        ApiError::invalid_input(invalid.to_string())
            .hint("a document's path must be relative, with forward slashes, such as `skills/tdd/SKILL.md`")
    })
}
