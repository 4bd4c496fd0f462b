//! Files on the disk: how they are opened, and how their paths are written.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

/// Opens a file to read. Never waits, as for who writes into a pipe; a pipe, a device or a folder
/// is an error, whatever the path led to a moment ago.
pub(crate) fn open_regular(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::other("it is not a regular file"))
    }
}

/// A relative path with `/` between its folders, whatever the system.
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| spelled(part.as_os_str()))
        .collect();
    parts.join("/")
}

/// A name as it is, but for bytes that are no UTF-8 (`\xFF`): two names never become one.
fn spelled(name: &OsStr) -> Cow<'_, str> {
    if let Some(name) = name.to_str() {
        return name.into();
    }
    let mut spelled = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        spelled.push_str(chunk.valid());
        for byte in chunk.invalid() {
            spelled.push_str(&format!("\\x{byte:02X}"));
        }
    }
    spelled.into()
}
