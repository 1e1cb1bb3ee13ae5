//! Decides where the user's home folder and the runtime home are.

use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use std::io::ErrorKind;
use std::path::PathBuf;

/// What the path of the runtime home comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HomeSource {
    /// `--home`, or the option of the runtime.
    Option,
    /// `CLAWPOWERS_DIR`.
    Variable,
    /// `XDG_STATE_HOME`.
    State,
    /// The user's home folder.
    Default,
}

impl HomeSource {
    /// Returns the name used in replies.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Option => "option",
            Self::Variable => "CLAWPOWERS_DIR",
            Self::State => "XDG_STATE_HOME",
            Self::Default => "default",
        }
    }
}

/// The homes of a runtime.
#[derive(Debug, Default)]
pub(super) struct Homes {
    /// The user's home folder.
    pub(super) user: Option<PathBuf>,
    /// The runtime home and what its path comes from.
    pub(super) runtime: Option<(PathBuf, HomeSource)>,
    /// The variable of the user's home folder if its path is not absolute, with the path.
    relative: Option<(&'static str, PathBuf)>,
}

impl Homes {
    /// Decides by options and the environment, whose empty variables count as unset. The runtime home is the one of the options,
    /// else that of `CLAWPOWERS_DIR`, else `.clawpowers` in the user's home folder. If that one does not exist, it is
    /// `clawpowers` in the folder of `XDG_STATE_HOME`, if the variable is set.
    pub(super) fn choose(
        runtime: Option<PathBuf>,
        user: Option<PathBuf>,
        variable: impl Fn(&str) -> Option<PathBuf>,
    ) -> Self {
        let mut relative = None;
        // Some shells of Windows set a `HOME` that Windows does not understand.
        let user = user.or_else(|| {
            let set = ["HOME", "USERPROFILE"].map(|name| variable(name).map(|path| (name, path)));
            let (absolute, other): (Vec<_>, Vec<_>) = set
                .into_iter()
                .flatten()
                .partition(|(_, path)| path.is_absolute());
            relative = other.into_iter().next().filter(|_| absolute.is_empty());
            absolute.into_iter().next().map(|(_, path)| path)
        });
        let named = runtime
            .map(|path| (path, HomeSource::Option))
            .or_else(|| Some((variable("CLAWPOWERS_DIR")?, HomeSource::Variable)));
        let default = || {
            if relative.is_some() {
                return None;
            }
            let own = user.as_ref().map(|user| user.join(".clawpowers"));
            // A path that is not absolute is ignored, as the XDG specification says.
            let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
            match (own, state) {
                (Some(own), state) if state.is_none() || !is_missing(&own) => {
                    Some((own, HomeSource::Default))
                }
                (_, state) => Some((state?.join("clawpowers"), HomeSource::State)),
            }
        };
        let runtime = named.or_else(default);
        Self {
            user,
            runtime,
            relative,
        }
    }

    /// Returns an error if the path of the user's home folder is not absolute: it would be another folder in every working
    /// directory.
    pub(super) fn check_user(&self) -> Result<()> {
        match &self.relative {
            None => Ok(()),
            Some((name, path)) => {
                let shown = quote(&display_path(path));
                let message = format!("the variable `{name}` is {shown}, which is not an absolute path");
                Err(ApiError::invalid_input(message).hint(format!(
                    "set `{name}` to the absolute path of your home folder; nothing was read or written"
                )))
            }
        }
    }

    /// Returns the error for a runtime without a home.
    pub(super) fn none(&self) -> ApiError {
        self.check_user().err().unwrap_or_else(|| {
            ApiError::invalid_input("there is no runtime home: neither `CLAWPOWERS_DIR` nor `HOME` is set")
                .hint("choose a folder with {--home}")
        })
    }
}

fn is_missing(path: &std::path::Path) -> bool {
    path.symlink_metadata()
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

#[cfg(test)]
mod tests {
    use super::{HomeSource, Homes};
    use std::fs;
    use std::path::PathBuf;

    #[test]
    fn the_runtime_home_is_chosen_by_option_variable_and_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (user, state) = (folder.path().join("user"), folder.path().join("state"));
        let choose = |option: Option<&str>, set: &[(&str, &PathBuf)]| {
            let variable = |name: &str| {
                let found = set.iter().find(|(set, _)| *set == name);
                found.map(|(_, path)| (*path).clone())
            };
            Homes::choose(option.map(PathBuf::from), None, variable).runtime
        };
        let (dir, relative) = (PathBuf::from("rel"), PathBuf::from("rel/ative"));
        let all = [
            ("CLAWPOWERS_DIR", &dir),
            ("HOME", &user),
            ("XDG_STATE_HOME", &state),
        ];
        let own = (user.join(".clawpowers"), HomeSource::Default);
        let of_state = (state.join("clawpowers"), HomeSource::State);
        assert_eq!(choose(Some("o"), &all), Some(("o".into(), HomeSource::Option)));
        assert_eq!(choose(None, &all), Some((dir.clone(), HomeSource::Variable)));
        assert_eq!(choose(None, &all[1..]), Some(of_state.clone()));
        assert_eq!(choose(None, &all[2..]), Some(of_state.clone()));
        assert_eq!(choose(None, &all[1..2]), Some(own.clone()));
        let ignored = [("HOME", &user), ("XDG_STATE_HOME", &relative)];
        assert_eq!(choose(None, &ignored), Some(own.clone()));
        // A relative folder of the user would be another one in each working directory.
        let rejected = [("HOME", &relative), ("XDG_STATE_HOME", &state)];
        assert_eq!(choose(None, &rejected), None);
        let both = [("HOME", &relative), ("USERPROFILE", &user)];
        assert_eq!(choose(None, &both), Some(own.clone()));
        assert_eq!(choose(None, &[]), None);
        // A home that exists is used.
        fs::create_dir_all(&own.0).unwrap();
        assert_eq!(choose(None, &all[1..]), Some(own));
        assert_eq!(choose(None, &all[2..]), Some(of_state));
    }
}
