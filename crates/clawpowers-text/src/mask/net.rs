//! URLs, e-mail addresses, IP and MAC addresses, and host names.

use super::scan::{Text, is_alnum, is_word};

/// The longest scheme of a URL, local part of an address, and host name (RFC 1738, 5321 and 1035).
const MAX_SCHEME: usize = 16;
const MAX_LOCAL: usize = 64;
const MAX_HOST: usize = 255;
/// The fewest and most pairs of digits of a hardware address.
const MIN_PAIRS: usize = 6;
const MAX_PAIRS: usize = 20;
/// The longest text of an IPv6 address.
const MAX_IPV6: usize = 45;
/// Last labels of host names. Two letters are a country, if there are three labels or a
/// port; others are known with both.
const TOP: &[&str] = &[
    "app",
    "arpa",
    "biz",
    "cloud",
    "com",
    "corp",
    "dev",
    "edu",
    "gov",
    "home",
    "info",
    "int",
    "internal",
    "io",
    "lan",
    "local",
    "localdomain",
    "mil",
    "net",
    "org",
    "svc",
];
/// Last labels that are extensions of files more often than countries.
const FILES: &[&str] = &[
    "c", "cc", "conf", "cpp", "cs", "css", "go", "h", "hpp", "html", "java", "js", "json", "jsx", "kt",
    "log", "md", "mjs", "php", "pl", "pm", "py", "rb", "rs", "scala", "sh", "so", "sql", "swift", "toml",
    "ts", "tsx", "txt", "vue", "xml", "yaml", "yml",
];
/// First labels of reversed names, such as the packages of Java.
const REVERSED: &[&str] = &["com", "edu", "gov", "io", "java", "javax", "net", "org"];

pub(super) fn url(text: Text<'_>, at: usize) -> Option<usize> {
    if !text.at(at).is_ascii_alphabetic() {
        return None;
    }
    let scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-');
    let colon = text.run(at, MAX_SCHEME, scheme);
    if !text.has(colon, "://") {
        return None;
    }
    let part = |byte: u8| byte.is_ascii_graphic() && !b"\"'`<>()[]{}|,;\\".contains(&byte) || byte >= 0x80;
    let from = colon + 3;
    let mut end = text.run(from, usize::MAX, part);
    while end > from && matches!(text.before(end), b'.' | b':' | b'!' | b'?') {
        end -= 1;
    }
    (end > from).then_some(end)
}

pub(super) fn email(text: Text<'_>, at: usize) -> Option<usize> {
    let local = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    if local(text.before(at)) {
        return None;
    }
    let sign = text.run(at, MAX_LOCAL, local);
    if sign == at || text.at(sign) != b'@' {
        return None;
    }
    let end = host_end(text, sign + 1);
    (end > sign + 1 && text.slice(sign + 1, end).contains('.') && text.ends(end)).then_some(end)
}

/// Six or more pairs of hexadecimal digits, all with `:` or all with `-` between: also the addresses of InfiniBand.
pub(super) fn mac(text: Text<'_>, at: usize) -> Option<usize> {
    let separator = text.at(at + 2);
    if !matches!(separator, b':' | b'-') || text.before(at) == separator {
        return None;
    }
    let is_pair = |from: usize| text.at(from).is_ascii_hexdigit() && text.at(from + 1).is_ascii_hexdigit();
    let mut pairs = 0;
    let mut end = at;
    while pairs < MAX_PAIRS && is_pair(end) {
        pairs += 1;
        end += 2;
        if text.at(end) != separator || !is_pair(end + 1) {
            break;
        }
        end += 1;
    }
    (pairs >= MIN_PAIRS && text.ends(end) && text.at(end) != separator).then_some(end)
}

pub(super) fn ip(text: Text<'_>, at: usize) -> Option<usize> {
    let end = ipv4(text, at).or_else(|| ipv6(text, at))?;
    // A port or the length of a prefix.
    if matches!(text.at(end), b':' | b'/') {
        let digits = text.run(end + 1, 5, |byte| byte.is_ascii_digit());
        if digits > end + 1 && text.ends(digits) {
            return Some(digits);
        }
    }
    Some(end)
}

fn ipv4(text: Text<'_>, at: usize) -> Option<usize> {
    if text.before(at) == b'.' {
        return None;
    }
    let mut end = at;
    for group in 0..4 {
        if group > 0 {
            if text.at(end) != b'.' {
                return None;
            }
            end += 1;
        }
        let from = end;
        end = text.run(from, 3, |byte| byte.is_ascii_digit());
        if end == from || text.slice(from, end).parse::<u8>().is_err() {
            return None;
        }
    }
    let more = text.at(end) == b'.' && is_alnum(text.at(end + 1));
    (text.ends(end) && !more).then_some(end)
}

fn ipv6(text: Text<'_>, at: usize) -> Option<usize> {
    // A part of a longer address; but `en0:` may come before it.
    let before = text.before(at);
    if before == b'.' || (before == b':' && is_group_before(text, at - 1)) {
        return None;
    }
    let part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let end = text.run(at, MAX_IPV6 + 1, part);
    let address: core::net::Ipv6Addr = text.slice(at, end).parse().ok()?;
    (text.ends(end) && !address.is_unspecified()).then_some(end)
}

/// Returns whether a group of an IPv6 address, or nothing, is before a colon.
fn is_group_before(text: Text<'_>, colon: usize) -> bool {
    let mut from = colon;
    while from > 0 && colon - from < 5 && is_alnum(text.before(from)) {
        from -= 1;
    }
    colon - from < 5
        && text
            .slice(from, colon)
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
        && !text.slice(from, colon).is_empty()
        || text.before(colon) == b':'
}

/// A host name: labels of lower-case letters, digits and hyphens, at the end a known one or a country.
pub(super) fn host(text: Text<'_>, at: usize) -> Option<usize> {
    if is_host(text.before(at)) || text.before(at) == b'@' || !text.at(at).is_ascii_alphanumeric() {
        return None;
    }
    let mut end = host_end(text, at);
    let name = text.slice(at, end);
    let (first, rest) = name.split_once('.')?;
    let last = rest.rsplit('.').next()?;
    let port = port(text, end);
    let lower = last.bytes().all(|byte| byte.is_ascii_lowercase());
    let labels = rest.contains('.');
    let country = lower
        && !FILES.contains(&last)
        && ((last.len() == 2 && (labels || port.is_some())) || (labels && port.is_some()));
    let known = TOP.binary_search(&last.to_ascii_lowercase().as_str()).is_ok() || country;
    if !known || REVERSED.contains(&first) || name.bytes().any(|byte| byte == b'_') {
        return None;
    }
    if let Some(port) = port {
        end = port;
    }
    (text.ends(end) && text.at(end) != b'(').then_some(end)
}

/// Returns the end of `:8080`.
fn port(text: Text<'_>, at: usize) -> Option<usize> {
    let end = text.run(at + 1, 5, |byte| byte.is_ascii_digit());
    (text.at(at) == b':' && end > at + 1 && text.ends(end)).then_some(end)
}

/// Returns the end of the labels of a host name; a last dot ends a sentence.
fn host_end(text: Text<'_>, at: usize) -> usize {
    let mut end = text.run(at, MAX_HOST, is_host);
    if !text.ends(end) {
        return at;
    }
    while end > at && !is_word(text.before(end)) {
        end -= 1;
    }
    end
}

const fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}
