//! Reads the frames of a WAL without SQLite.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The size of the header of a WAL.
const HEADER: usize = 32;
/// The size of the header of a frame: its page, the size of the database, and the salts.
const FRAME_HEADER: usize = 24;

/// Reads a number of four bytes at an offset.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|number| u32::from_be_bytes(*number))
}

/// Returns the frames of a WAL, each as its header and its page. A frame whose salts are not those of the WAL is left over
/// from before the last checkpoint and ends the list.
fn frames(wal: &[u8], page_size: u32) -> impl Iterator<Item = (&[u8], &[u8])> {
    let salts = wal.get(16..24);
    let frames = wal.get(HEADER..).unwrap_or_default();
    frames
        .chunks_exact(FRAME_HEADER + page_size as usize)
        .filter_map(|frame| frame.split_at_checked(FRAME_HEADER))
        .take_while(move |(header, _)| header.get(8..16) == salts)
}

/// Returns the numbers of the pages in a WAL.
pub(super) fn pages(wal: &Path, page_size: u32) -> BTreeSet<u32> {
    let bytes = fs::read(wal).unwrap_or_default();
    frames(&bytes, page_size)
        .filter_map(|(header, _)| u32_at(header, 0))
        .collect()
}

/// The pages of a WAL up to its last commit.
#[derive(Default)]
pub(crate) struct Wal {
    pub(crate) page_size: u32,
    pub(crate) pages: BTreeMap<u32, Vec<u8>>,
    /// The size of the database after the last commit, in pages; 0 if nothing was committed.
    pub(super) size: u32,
}

impl Wal {
    /// Reads the frames as SQLite does, up to the first with a wrong checksum; `None` if the header is not that of a WAL.
    pub(crate) fn read(wal: &[u8]) -> Option<Self> {
        let magic = u32_at(wal, 0)?;
        if magic & !1 != 0x377f_0682 {
            return None;
        }
        let mut sum = Checksum {
            big: magic & 1 == 1,
            sums: (0, 0),
        };
        sum.add(wal.get(..24)?);
        if !sum.is(wal, 24) {
            return None;
        }
        let mut read = Self {
            page_size: u32_at(wal, 8)?,
            ..Self::default()
        };
        let mut open = Vec::new();
        for (header, page) in frames(wal, read.page_size) {
            sum.add(header.get(..8)?);
            sum.add(page);
            if !sum.is(header, 16) {
                break;
            }
            open.push((u32_at(header, 0)?, page.to_vec()));
            // Only the last frame of a transaction has the size of the database.
            let size = u32_at(header, 4)?;
            if size != 0 {
                read.pages.extend(open.drain(..));
                read.size = size;
            }
        }
        Some(read)
    }
}

/// The running checksum of a WAL.
struct Checksum {
    big: bool,
    sums: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let word: fn([u8; 4]) -> u32 = match self.big {
            true => u32::from_be_bytes,
            false => u32::from_le_bytes,
        };
        let (mut a, mut b) = self.sums;
        for pair in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
            let [first, second] = pair.map(word);
            a = a.wrapping_add(first).wrapping_add(b);
            b = b.wrapping_add(second).wrapping_add(a);
        }
        self.sums = (a, b);
    }

    fn is(&self, bytes: &[u8], at: usize) -> bool {
        (u32_at(bytes, at), u32_at(bytes, at + 4)) == (Some(self.sums.0), Some(self.sums.1))
    }
}
