//! Integration tests: one binary, a module a behaviour.

#[path = "suite/browser/mod.rs"]
mod browser;
#[path = "suite/site/mod.rs"]
mod site;
