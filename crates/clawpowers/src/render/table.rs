//! Columns that line up, whatever is in them.

use crate::out::{Look, Out};
use clawpowers_api::chars::shown;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How wide a column before the last gets on a terminal: as wide as the longest name that the specification allows.
const MAX_COLUMN: usize = 64;

/// Renders rows under a heading; on a terminal the last column is cut to its width.
pub(crate) fn table(out: &Out, heading: &[&str], rows: &[Vec<String>]) -> String {
    let columns = heading.len();
    let clean = |(index, cell): (usize, &String)| {
        let limit = out.width.filter(|_| index + 1 < columns).map(|_| MAX_COLUMN);
        cut(&one_line(cell), limit)
    };
    let clean: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().enumerate().map(clean).collect())
        .collect();
    let width = |index: usize| {
        let cells = clean
            .iter()
            .filter_map(|row| row.get(index))
            .map(|cell| cell.width());
        cells
            .chain(heading.get(index).map(|cell| cell.width()))
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = out.paint(
        Look::Bold,
        &line(
            out,
            &heading.iter().map(|&c| c.to_owned()).collect::<Vec<_>>(),
            &widths,
        ),
    );
    text.push('\n');
    for row in &clean {
        text.push_str(&line(out, row, &widths));
        text.push('\n');
    }
    text
}

fn line(out: &Out, cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    let mut used = 0;
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if index + 1 == cells.len() {
            text.push_str(&cut(
                cell,
                out.width.map(|total| total.saturating_sub(used).max(10)),
            ));
        } else {
            text.push_str(cell);
            text.push_str(&" ".repeat(width - cell.width().min(*width) + 2));
            used += width + 2;
        }
    }
    text.trim_end().to_owned()
}

/// Cuts a text to a number of terminal columns.
pub(crate) fn cut(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|&columns| text.width() > columns) else {
        return text.to_owned();
    };
    // Letter by letter: joined ones may be narrower than their sum, never wider.
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or_default();
        used <= columns
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    kept
}

/// Returns a stranger's text on one line with nothing in it that a terminal acts on.
pub(crate) fn one_line(text: &str) -> String {
    shown(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}
