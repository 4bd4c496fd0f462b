//! Pages → directory, all or nothing.
