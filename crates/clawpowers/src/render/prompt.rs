//! Messages about a prompt.

use super::unknown_profile;
use clawpowers_api::Level;
use clawpowers_api::operations::skill::prompt::Response;

/// Says which skills a prompt does not show.
pub(crate) fn messages(response: &Response) -> String {
    let mut text = unknown_profile(response.unknown_profile.as_ref());
    let (shown, dropped) = (response.shown, response.dropped);
    if let Some(profile) = &response.profile
        && response.outside_profile > 0
    {
        let inside = shown + dropped + response.user_only;
        text.push_str(&format!(
            "the profile {} has {inside} of {} skills\n",
            clawpowers_api::quote(profile),
            inside + response.outside_profile
        ));
    }
    if response.level != Level::Full {
        text.push_str(&format!(
            "{shown} of {} skills fit the budget, level `{}`, about {} tokens\n",
            shown + dropped,
            response.level.as_str(),
            response.tokens
        ));
    }
    text
}
