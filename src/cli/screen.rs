//! What a keeper sees: diagnostics, sizes, and how far long work has come.

use super::timing::Laps;
use fangzhi::diagnostic::{Diagnostic, Level, visible};
use fangzhi::progress::{Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

/// Prints a diagnostic: level, code, place, message; below it what to do.
pub(super) fn diagnostic(to: &mut impl Write, told: &Diagnostic) -> io::Result<()> {
    let level = match told.level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    write!(to, "{level}[{}] ", told.code)?;
    let file = visible(&told.file);
    match told.line {
        Some(line) => write!(to, "{file}:{line}: ")?,
        None if !file.is_empty() => write!(to, "{file}: ")?,
        None => {}
    }
    writeln!(to, "{}", visible(&told.message))?;
    match &told.hint {
        Some(hint) => writeln!(to, "  help: {}", visible(hint)),
        None => Ok(()),
    }
}

/// `1 report`, `12 reports`.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A size in the unit that fits.
pub(super) fn size(bytes: u64) -> String {
    let (mut size, mut unit) = (bytes as f64, "bytes");
    for next in ["kB", "MB", "GB"] {
        if size < 1000.0 {
            break;
        }
        (size, unit) = (size / 1000.0, next);
    }
    if unit == "bytes" {
        format!("{bytes} bytes")
    } else {
        format!("{size:.1} {unit}")
    }
}

/// Progress: a bar a stage on a terminal, a line a stage elsewhere.
#[derive(Debug, Default)]
pub(super) struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    laps: Laps,
}

impl Bars {
    /// Takes the bar off the screen.
    pub(super) fn clear(&self) {
        if let Some(bar) = self.current().take() {
            bar.finish_and_clear();
        }
    }

    /// What each stage took.
    pub(super) fn laps(&self) -> &Laps {
        &self.laps
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn stage(&self, stage: Stage, steps: usize) {
        let what = match stage {
            Stage::Read => "reading reports",
            Stage::Pages => "writing reports' pages",
            Stage::Lists => "writing all other pages",
            Stage::Publish => "publishing",
            Stage::Verify => "comparing files with their checksums",
        };
        self.clear();
        self.laps.begin(what);
        if !io::stderr().is_terminal() {
            let steps = if steps > 1 {
                format!(" ({steps})")
            } else {
                String::new()
            };
            let _ = writeln!(io::stderr(), "{what}{steps}");
            return;
        }
        let (bar, template) = if steps == 0 {
            (ProgressBar::new_spinner(), "{spinner} {msg} {pos}")
        } else {
            (
                ProgressBar::new(steps as u64),
                "{bar:30} {msg} {pos}/{len} {eta}",
            )
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        *self.current() = Some(bar);
    }

    fn step(&self) {
        if let Some(bar) = &*self.current() {
            bar.inc(1);
        }
    }

    fn beside(&self, work: &mut (dyn FnMut() + Send)) {
        self.laps.beside("indexing, beside the pages", work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_says_what_where_and_what_to_do() {
        let told = Diagnostic::new(Level::Warning, "year-unknown", "杭州/a.txt", "no year")
            .at(3)
            .hint("state it");
        let mut out = Vec::new();
        diagnostic(&mut out, &told).expect("written");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "warning[year-unknown] 杭州/a.txt:3: no year\n  help: state it\n"
        );
    }

    #[test]
    fn sizes_are_in_the_unit_that_fits() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_234_567), "1.2 MB");
        assert_eq!(count(1, "page"), "1 page");
        assert_eq!(count(0, "page"), "0 pages");
    }
}
