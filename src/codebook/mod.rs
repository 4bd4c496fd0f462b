//! The codebook: which topics and figures a reader compares, as data (`codebook/*.toml`).
