//! Tables.

use crate::out::{Out, Style};
use clawpowers_api::display::escape_control;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The space between two columns.
const GAP: usize = 2;
const MIN_COLUMN: usize = 4;
/// Columns up to this width contain words and numbers, which mean nothing once they are truncated.
const SHORT_COLUMN: usize = 10;
/// The minimum size of a piece of output.
const PIECE: usize = 64 * 1024;

/// A column: its title, the minimum width of a terminal on which it is shown, and its cells.
pub(crate) type Column<T> = (&'static str, usize, fn(&T) -> String);

/// Renders a table of items. On a terminal its rows fit the width.
pub(crate) fn table<'t, T: 't>(
    out: &Out,
    columns: &[Column<T>],
    items: impl IntoIterator<Item = &'t T>,
) -> String {
    let fits = |(_, least, _): &&Column<T>| out.width.is_none_or(|width| width >= *least);
    let columns: Vec<&Column<T>> = columns.iter().filter(fits).collect();
    let heading: Vec<&str> = columns.iter().map(|(title, ..)| *title).collect();
    let row = |item| columns.iter().map(|(_, _, cell)| cell(item)).collect();
    let rows: Vec<Vec<String>> = items.into_iter().map(row).collect();
    let mut text = String::new();
    table_in_pieces(out, &heading, rows.iter(), &mut |piece| text.push_str(piece));
    text
}

/// Renders a table piece by piece, so that one of thousands of rows is never in memory as a whole.
pub(crate) fn table_in_pieces<R: AsRef<[S]>, S: AsRef<str>>(
    out: &Out,
    heading: &[&str],
    rows: impl Iterator<Item = R> + Clone,
    print: &mut impl FnMut(&str),
) {
    let mut natural: Vec<usize> = heading.iter().map(|title| title.width()).collect();
    for row in rows.clone() {
        for (width, cell) in natural.iter_mut().zip(row.as_ref()) {
            *width = (*width).max(one_line(cell.as_ref()).width());
        }
    }
    // Without a terminal nothing is truncated.
    let widths = match out.width {
        Some(total) => fitted(&natural, total),
        None => natural,
    };
    let mut text = out.paint(Style::Bold, &line(heading, &widths));
    text.push('\n');
    for row in rows {
        let row: Vec<String> = row.as_ref().iter().map(|cell| one_line(cell.as_ref())).collect();
        text.push_str(&line(&row, &widths));
        text.push('\n');
        if text.len() >= PIECE {
            print(&text);
            text.clear();
        }
    }
    print(&text);
}

/// Returns the widths of columns that fit a terminal. Short columns are not truncated if possible; long ones share the rest,
/// and the last one gets the remainder.
fn fitted(natural: &[usize], total: usize) -> Vec<usize> {
    let room = total.saturating_sub(GAP * natural.len().saturating_sub(1));
    let (short, long): (Vec<usize>, Vec<usize>) = natural.iter().partition(|&&width| width <= SHORT_COLUMN);
    let left = room.saturating_sub(short.iter().sum());
    let (whole, limit) = match left >= MIN_COLUMN * long.len() {
        true => (SHORT_COLUMN, fair_limit(long, left)),
        false => (0, fair_limit(natural.to_vec(), room)),
    };
    let width = |&width: &usize| if width <= whole { width } else { width.min(limit) };
    let mut widths: Vec<usize> = natural.iter().map(width).collect();
    if let (Some((last, others)), Some(&wanted)) = (widths.split_last_mut(), natural.last()) {
        let rest = room.saturating_sub(others.iter().sum());
        *last = wanted.min(rest.max(*last));
    }
    widths
}

/// Returns the width to which the widest columns are truncated so that all of them fit `room`.
fn fair_limit(mut widths: Vec<usize>, room: usize) -> usize {
    widths.sort_unstable();
    let mut left = room;
    for (index, &width) in widths.iter().enumerate() {
        let share = left / (widths.len() - index);
        if width > share {
            return share.max(MIN_COLUMN);
        }
        left -= width;
    }
    usize::MAX
}

fn line(cells: &[impl AsRef<str>], widths: &[usize]) -> String {
    let mut text = String::new();
    let mut pad = 0;
    for (cell, &width) in cells.iter().zip(widths) {
        let cell = truncate(cell.as_ref(), width);
        text.extend(std::iter::repeat_n(' ', pad));
        text.push_str(&cell);
        pad = width.saturating_sub(cell.width()) + GAP;
    }
    text.trim_end().to_owned()
}

/// Truncates a string to a number of terminal columns.
pub(crate) fn truncate(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    // Combined characters may be narrower than their sum, but never wider.
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or_default();
        used <= columns
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    kept
}

/// Returns untrusted text on one line, escaped for a terminal.
pub(crate) fn one_line(text: &str) -> String {
    escape_control(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_the_width_of_the_terminal() {
        let cases: [(&[usize], usize, &[usize]); 7] = [
            // All fit.
            (&[10, 7, 30], 51, &[10, 7, 30]),
            // Only the widest is cut, down to the next one.
            (&[10, 7, 300], 80, &[10, 7, 59]),
            (&[30, 7, 300], 200, &[30, 7, 159]),
            // Then the widest share what is left.
            (&[30, 7, 300], 40, &[14, 7, 15]),
            (&[20, 18, 7, 5, 60], 40, &[6, 6, 7, 5, 8]),
            // Short ones too, if nothing else helps.
            (&[10, 9, 8, 7, 60], 30, &[4, 4, 4, 4, 6]),
            // No column disappears.
            (&[64, 64, 64], 10, &[4, 4, 4]),
        ];
        for (natural, total, widths) in cases {
            assert_eq!(fitted(natural, total), widths, "{natural:?} in {total}");
        }
    }
}
