//! Paths of files.

use super::scan::{Text, is_alnum, is_word};

/// The longest extension that stays.
const MAX_EXTENSION: usize = 5;
/// The longest path (PATH_MAX of Linux).
const MAX_PATH: usize = 4096;

/// A path: it starts with `/`, `~/`, `./`, `../`, a drive or `\\`, or has a separator and an extension.
pub(super) fn path(text: Text<'_>, at: usize) -> Option<usize> {
    if is_part(text.before(at)) || matches!(text.before(at), b'/' | b'\\' | b'>') {
        return None;
    }
    let drive = text.at(at).is_ascii_alphabetic()
        && text.at(at + 1) == b':'
        && matches!(text.at(at + 2), b'\\' | b'/');
    let windows = drive || (text.at(at) == b'\\' && text.at(at + 1) == b'\\' && is_alnum(text.at(at + 2)));
    let part = |byte: u8| is_part(byte) || byte == b'/' || (windows && byte == b'\\');
    let from = if drive { at + 2 } else { at };
    let mut end = text.run(from, MAX_PATH, part);
    if !text.ends(end) {
        return None;
    }
    while end > from
        && matches!(
            text.before(end),
            b'.' | b'-' | b'/' | b'\\' | b'+' | b'@' | b'%' | b'~'
        )
    {
        end -= 1;
    }
    let name = text.slice(from, end);
    let separators = name.bytes().filter(|byte| matches!(byte, b'/' | b'\\')).count();
    let absolute = windows || name.starts_with('/') || name.starts_with("~/");
    let relative = name.starts_with("./") || name.starts_with("../");
    let extension = extension(name);
    let letters = name
        .bytes()
        .any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let is_path = separators > 0 && letters && (absolute || relative || extension.is_some());
    if !is_path || !text.ends(end) {
        return None;
    }
    // The query of a request: `GET /v2/servers?limit=5`.
    if text.at(end) == b'?' {
        let query = |byte: u8| is_part(byte) || matches!(byte, b'?' | b'&' | b'=' | b'/' | b',' | b':');
        let query = text.run(end, MAX_PATH, query);
        return Some(if text.ends(query) && is_word(text.before(query)) {
            query
        } else {
            end
        });
    }
    Some(end)
}

/// Returns the extension of the last component, if it is short and of letters only.
fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let short = (1..=MAX_EXTENSION).contains(&extension.len());
    (short && !stem.is_empty() && extension.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then_some(extension)
}

const fn is_part(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-' | b'+' | b'@' | b'%' | b'~' | b'$')
}
