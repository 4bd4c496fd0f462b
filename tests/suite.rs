//! Integration tests: one binary, a module a behaviour.

#[path = "suite/any_text.rs"]
mod any_text;
#[path = "suite/browser/mod.rs"]
mod browser;
#[path = "suite/built_site.rs"]
mod built_site;
#[path = "suite/cases.rs"]
mod cases;
#[path = "suite/command/mod.rs"]
mod command;
#[path = "suite/comparison.rs"]
mod comparison;
#[path = "suite/diff.rs"]
mod diff;
#[path = "suite/documents.rs"]
mod documents;
#[path = "suite/fixity.rs"]
mod fixity;
#[path = "suite/fuzz.rs"]
mod fuzz;
#[path = "suite/generator.rs"]
mod generator;
#[path = "suite/hostile/mod.rs"]
mod hostile;
#[path = "suite/incremental.rs"]
mod incremental;
#[path = "suite/markup.rs"]
mod markup;
#[path = "suite/real_reports.rs"]
mod real_reports;
#[path = "suite/search/mod.rs"]
mod search;
#[path = "suite/serve.rs"]
mod serve;
#[path = "suite/site/mod.rs"]
mod site;
