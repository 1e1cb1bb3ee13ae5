//! The weights of the search of memory in `config.json`.

use super::key::Key;
use super::{file, settings};
use crate::runtime::Runtime;
use crate::wire::{ApiError, ErrorCode, Result};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_text::{SETTINGS, Weights};

/// The section of the settings.
const SECTION: &str = "memory";

/// Reads the weights of the home; those that are not set have their defaults.
///
/// # Errors
///
/// `invalid_config` for a file that is not a JSON object, and for a value that its setting does not accept; `io` if it cannot
/// be read.
pub(crate) fn weights(runtime: &Runtime) -> Result<Weights> {
    let mut weights = Weights::default();
    let Some(home) = runtime.home_folder().filter(|_| runtime.has_disk()) else {
        return Ok(weights);
    };
    let path = file::path(home);
    let Some(document) = file::read(&path)? else {
        return Ok(weights);
    };
    let map = &document.value;
    let of_memory = |key: &str| key.split('.').next() == Some(SECTION);
    if !map.keys().any(|key| of_memory(key)) {
        return Ok(weights);
    }
    for (key, value) in map.iter().filter(|(key, _)| of_memory(key)) {
        settings::check(key, value).map_err(|error| {
            let message = format!("{}: {}", quote(&display_path(&path)), error.message);
            let expected = error.hint.unwrap_or_default();
            let hint = format!("{expected}; {{config_set}} changes it, {{config_unset}} removes it");
            ApiError::new(ErrorCode::InvalidConfig, message).hint(hint)
        })?;
    }
    for setting in SETTINGS {
        let key = Key::parse(setting.name)?;
        if let Some(number) = key.find(map).and_then(|(_, value)| value.as_f64()) {
            setting.set(&mut weights, number);
        }
    }
    Ok(weights)
}
