//! Reads the pages of a database file and its WAL without SQLite, which cannot read a file whose first page is damaged, or
//! anything under a damaged page.

use super::record::{self, u32_at};
use crate::db::frames::Wal;
use crate::db::snapshot::PAGE_SIZE;
use crate::error::{Error, Result};
use crate::files::with_suffix;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::mem::ManuallyDrop;
use std::path::Path;

/// The header of the file, at the start of its first page.
pub(super) const FILE_HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The maximum number of pages that are read, whatever a damaged header says.
const MAX_PAGES: u32 = u32::MAX / 2;

/// The pages of a database after its last commit.
pub(super) struct Pages {
    /// Never closed: that would release the locks that SQLite has on the same file elsewhere in this process.
    file: ManuallyDrop<File>,
    size: u32,
    /// How many bytes of a page SQLite uses.
    pub(super) usable: usize,
    count: u32,
    /// Pages of the WAL, newer than those in the file.
    newer: BTreeMap<u32, Vec<u8>>,
}

impl Pages {
    pub(super) fn open(database: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::io(database, &error);
        let mut file = ManuallyDrop::new(File::open(database).map_err(failed)?);
        let mut header = [0; FILE_HEADER];
        // A shorter file has no page and is handled below.
        let _ = file.read_exact(&mut header);
        let sound = header.starts_with(MAGIC);
        let named = match u16::from_be_bytes(record::bytes(&header, 16).unwrap_or_default()) {
            1 => 65536,
            size => u32::from(size),
        };
        let wal = std::fs::read(with_suffix(database, "-wal")).unwrap_or_default();
        let wal = Wal::read(&wal);
        let plain = |size: &u32| size.is_power_of_two() && (512..=65536).contains(size);
        let size = wal.as_ref().map(|wal| wal.page_size).filter(plain);
        let size = size.unwrap_or(if sound && plain(&named) { named } else { PAGE_SIZE });
        let reserved = if sound { usize::from(header[20]) } else { 0 };
        let length = file.metadata().map_err(failed)?.len();
        let in_file = u32::try_from(length / u64::from(size)).unwrap_or(MAX_PAGES);
        let newer = wal.map(|wal| wal.pages).unwrap_or_default();
        let count = newer.last_key_value().map_or(0, |(page, _)| *page);
        Ok(Self {
            file,
            size,
            usable: size as usize - reserved.min(32),
            count: count.max(in_file).min(MAX_PAGES),
            newer,
        })
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Returns a page; `None` if it does not exist or cannot be read.
    pub(super) fn page(&self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        if let Some(page) = self.newer.get(&number) {
            return Some(page.clone());
        }
        let mut page = vec![0; self.size as usize];
        let mut file: &File = &self.file;
        file.seek(SeekFrom::Start(u64::from(number - 1) * u64::from(self.size)))
            .ok()?;
        file.read_exact(&mut page).ok()?;
        Some(page)
    }

    /// Returns the pages in the list of free pages, as far as it can be read. Their content was deleted.
    pub(super) fn free(&self) -> BTreeSet<u32> {
        let mut free = BTreeSet::new();
        let mut next = self
            .page(1)
            .and_then(|page| u32_at(&page, 32))
            .unwrap_or_default();
        while let Some(trunk) = self.page(next).filter(|_| free.insert(next)) {
            let count = u32_at(&trunk, 4).unwrap_or_default() as usize;
            let leaves = (0..count.min(self.usable / 4)).filter_map(|leaf| u32_at(&trunk, 8 + 4 * leaf));
            free.extend(leaves);
            next = u32_at(&trunk, 0).unwrap_or_default();
        }
        free
    }
}
