//! Pages → directory, all or nothing.

/// The file that marks a folder as a site that this program made.
pub const MARKER: &str = ".fangzhi-site";
