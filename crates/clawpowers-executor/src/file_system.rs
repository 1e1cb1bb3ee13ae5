//! File systems that several machines may share. Processes there cannot rely on shared memory, which a WAL needs.

use std::path::Path;

/// Returns the name of the network or shared file system that a file or folder is on; `None` on an ordinary disk, and if
/// the system does not say.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn shared(path: &Path) -> Option<&'static str> {
    let found = rustix::fs::statfs(path).ok()?;
    // A signed number on some processors.
    let magic = found.f_type as u32;
    SHARED
        .iter()
        .find(|(known, _)| *known == magic)
        .map(|(_, name)| *name)
}

/// The types of network and cluster file systems and of folders that a virtual machine or a container shares with its host.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SHARED: [(u32, &str); 20] = [
    (0x0000_6969, "nfs"),
    (0x0000_517b, "smb"),
    (0xff53_4d42, "smb"),
    (0xfe53_4d42, "smb"),
    (0x0102_1997, "9p"),
    // FUSE, and virtiofs, which has the same type.
    (0x6573_5546, "fuse"),
    // Docker Desktop.
    (0x6a65_6a63, "fakeowner"),
    (0x786f_4256, "vboxsf"),
    (0xbacb_acbc, "vmhgfs"),
    (0x7c7c_6673, "prl_fs"),
    (0x00c3_6400, "ceph"),
    (0x5346_414f, "afs"),
    (0x6b41_4653, "afs"),
    (0x7375_7245, "coda"),
    (0x0bd0_0bd0, "lustre"),
    (0x4750_4653, "gpfs"),
    (0x1983_0326, "beegfs"),
    (0x2003_0528, "orangefs"),
    (0x0116_1970, "gfs2"),
    (0x7461_636f, "ocfs2"),
];

/// Returns the name of the network or shared file system that a file or folder is on; `None` on an ordinary disk, and if
/// the system does not say.
#[cfg(target_vendor = "apple")]
pub(crate) fn shared(path: &Path) -> Option<&'static str> {
    /// The flag of a file system on a disk of this machine.
    const LOCAL: u32 = 0x1000;
    let found = rustix::fs::statfs(path).ok()?;
    let bytes = found.f_fstypename.iter().map(|byte| byte.cast_unsigned());
    let name: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
    let name = String::from_utf8_lossy(&name).to_ascii_lowercase();
    match name.as_str() {
        "nfs" => Some("nfs"),
        "smbfs" => Some("smb"),
        "afpfs" => Some("afp"),
        "webdav" => Some("webdav"),
        _ if name.contains("fuse") => Some("fuse"),
        _ if name.contains("virtiofs") => Some("virtiofs"),
        _ => (found.f_flags & LOCAL == 0).then_some("network"),
    }
}

/// Returns `network` for a folder of another machine (`\\server\share`), even if it has a drive letter.
#[cfg(windows)]
pub(crate) fn shared(path: &Path) -> Option<&'static str> {
    use std::path::{Component, Prefix};
    let real = path.canonicalize().ok()?;
    match real.components().next()? {
        Component::Prefix(prefix) => {
            matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)).then_some("network")
        }
        _ => None,
    }
}

/// Returns `None`: the system does not say.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows)))]
pub(crate) const fn shared(_: &Path) -> Option<&'static str> {
    None
}

/// Returns whether this user may write to a file or folder. `true` if the system does not say.
#[cfg(unix)]
pub(crate) fn is_writable(path: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    // With the ids that count when the file is opened.
    !matches!(
        accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM | rustix::io::Errno::ROFS)
    )
}

/// Returns whether this user may write to a file or folder. `true` if the system does not say.
#[cfg(not(unix))]
pub(crate) fn is_writable(path: &Path) -> bool {
    path.is_dir() || std::fs::metadata(path).is_ok_and(|found| !found.permissions().readonly())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{is_writable, shared};
    use std::path::Path;

    #[test]
    fn a_disk_of_this_machine_is_not_shared() {
        // Always the same file systems, whatever the test runs on.
        assert_eq!(shared(Path::new("/proc/self")), None);
        assert_eq!(shared(Path::new("/no/such/path")), None);
        assert!(is_writable(Path::new("/no/such/path")));
    }
}
