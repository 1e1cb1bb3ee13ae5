//! Creates the runtime home.

use crate::operations::home::shims;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Serialize};

/// What to create besides the home.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The folder to write the 1.x scripts to; they call this program.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub legacy_shims: Option<String>,
    /// The program that the scripts call (default: `clawpowers`).
    #[serde(default)]
    pub program: Option<String>,
}

/// What was created.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The folder.
    pub home: String,
    /// How many folders were created; 7 for a new home.
    pub folders_created: usize,
    /// The version of the program.
    pub version: &'static str,
    /// The scripts that were written.
    pub shims: Vec<String>,
}

/// Creates the home with the folders that skills of 1.x expect, and its database; what is there stays.
///
/// # Errors
///
/// `invalid_input` for an empty path and where a script would replace a file that this program did not write; `storage` and `io` where the
/// file system refuses.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("`init`")?;
    if request.legacy_shims.as_deref() == Some("") {
        // An unset shell variable must not mean the working directory.
        return Err(
            ApiError::new(ErrorCode::InvalidInput, "the path of the folder is empty")
                .hint("name the folder in which to write the scripts"),
        );
    }
    let home = runtime.home()?;
    let folders_created = home.create_all()?;
    runtime.write(|_| Ok(()))?;
    let shims = match &request.legacy_shims {
        Some(folder) => {
            let program = request.program.as_deref().unwrap_or("clawpowers");
            shims::write(&runtime.absolute(folder.as_ref()), program)?
        }
        None => Vec::new(),
    };
    Ok(Response {
        home: display_path(home.folder()),
        folders_created,
        version: env!("CARGO_PKG_VERSION"),
        shims,
    })
}
