//! Walks the B-trees of a damaged file, and the pages that are no longer part of a tree.

use super::pages::{FILE_HEADER, Pages};
use super::record::{Payload, payload, u16_at, u32_at, values, varint};
use rusqlite::types::Value;
use std::collections::BTreeSet;

/// The kind of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    TableLeaf,
    TableInterior,
    IndexLeaf,
    IndexInterior,
}

/// A row: its id if it belongs to a table and not to an index, and its values.
pub(super) type Row = (Option<i64>, Vec<Value>);

/// The pages of a file that were read so far.
pub(super) struct Walk<'a> {
    pages: &'a Pages,
    seen: BTreeSet<u32>,
    /// Pages of an unexpected type or with invalid content.
    pub(super) damaged: BTreeSet<u32>,
    /// Rows of sound pages that cannot be read.
    pub(super) lost_rows: u64,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(pages: &'a Pages) -> Self {
        Self {
            pages,
            seen: BTreeSet::new(),
            damaged: BTreeSet::new(),
            lost_rows: 0,
        }
    }

    /// Calls `each` with the rows of the tree at `root`; returns whether all of it could be read.
    pub(super) fn tree(&mut self, root: u32, is_table: bool, mut each: impl FnMut(Row)) -> bool {
        let before = (self.damaged.len(), self.lost_rows);
        let mut next = vec![root];
        while let Some(number) = next.pop() {
            if !self.seen.insert(number) {
                // Two pages lead to this one, so one of them is wrong.
                self.damaged.insert(number);
                continue;
            }
            let page = self.pages.page(number);
            let Some((page, kind)) = page.and_then(|page| kind(&page, number).map(|kind| (page, kind)))
            else {
                self.damaged.insert(number);
                continue;
            };
            if matches!(kind, Kind::TableLeaf | Kind::TableInterior) != is_table {
                self.damaged.insert(number);
                // Another tree may lead to it.
                self.seen.remove(&number);
                continue;
            }
            self.read(number, &page, kind, &mut next, &mut each);
        }
        before == (self.damaged.len(), self.lost_rows)
    }

    /// Calls `each` with the rows of pages that were not reached, because a page above them is damaged.
    pub(super) fn orphans(&mut self, mut each: impl FnMut(Row)) {
        let free = self.pages.free();
        for number in 1..=self.pages.count() {
            if self.seen.contains(&number) || free.contains(&number) {
                continue;
            }
            let Some(page) = self.pages.page(number) else {
                continue;
            };
            let Some(kind) = kind(&page, number).filter(|kind| *kind != Kind::TableInterior) else {
                continue;
            };
            // An overflow page may look like any page, so what cannot be read need not be a row that ClawPowers wrote.
            let lost = self.lost_rows;
            self.read(number, &page, kind, &mut Vec::new(), &mut each);
            self.lost_rows = lost;
        }
    }

    /// Reads the cells of a page: calls `each` with its rows and adds its child pages to `next`.
    fn read(&mut self, number: u32, page: &[u8], kind: Kind, next: &mut Vec<u32>, each: &mut dyn FnMut(Row)) {
        let header = header(number);
        let interior = matches!(kind, Kind::TableInterior | Kind::IndexInterior);
        let cells = usize::from(u16_at(page, header + 3).unwrap_or_default());
        let list = header + if interior { 12 } else { 8 };
        if list + 2 * cells > self.pages.usable {
            self.damaged.insert(number);
            return;
        }
        if interior {
            next.extend(u32_at(page, header + 8));
        }
        for cell in 0..cells {
            let Some(mut at) = u16_at(page, list + 2 * cell).map(usize::from) else {
                continue;
            };
            if interior {
                let Some(below) = u32_at(page, at) else {
                    self.damaged.insert(number);
                    continue;
                };
                next.push(below);
                at += 4;
            }
            if kind == Kind::TableInterior {
                continue;
            }
            match self.row(page, at, kind) {
                Some(row) => each(row),
                None => self.lost_rows += 1,
            }
        }
    }

    fn row(&mut self, page: &[u8], at: usize, kind: Kind) -> Option<Row> {
        let is_table = kind == Kind::TableLeaf;
        let (length, mut at) = varint(page, at)?;
        let mut id = None;
        if is_table {
            let (number, next) = varint(page, at)?;
            id = Some(number.cast_signed());
            at = next;
        }
        let payload = payload(page, length, at, self.pages.usable, is_table)?;
        Some((id, values(&self.whole(&payload)?)?))
    }

    /// Reads a payload with its overflow pages.
    fn whole(&mut self, payload: &Payload<'_>) -> Option<Vec<u8>> {
        let mut bytes = payload.local.to_vec();
        let mut next = payload.overflow;
        while bytes.len() < payload.length {
            let number = next?;
            let page = self.pages.page(number)?;
            self.seen.insert(number);
            let held = page.get(4..self.pages.usable)?;
            bytes.extend_from_slice(held.get(..held.len().min(payload.length - bytes.len()))?);
            next = u32_at(&page, 0);
        }
        Some(bytes)
    }
}

const fn header(number: u32) -> usize {
    if number == 1 { FILE_HEADER } else { 0 }
}

fn kind(page: &[u8], number: u32) -> Option<Kind> {
    match page.get(header(number))? {
        13 => Some(Kind::TableLeaf),
        5 => Some(Kind::TableInterior),
        10 => Some(Kind::IndexLeaf),
        2 => Some(Kind::IndexInterior),
        _ => None,
    }
}
