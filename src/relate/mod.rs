//! All reports → the corpus: the only stage that sees all of them. It works on what the per-report
//! pass left, never on all full texts at once.
