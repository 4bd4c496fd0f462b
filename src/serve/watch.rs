//! What happens in an archive's folder → that something changed, a burst at a time.
//!
//! Watched is all that a build reads: the archive's own files, and every folder in it that is not
//! hidden and holds no site. Never watched is what a build writes: it would never end.

use crate::decode::Format;
use crate::publish::MARKER;
use notify::{Config, Event, EventKind, PollWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// What the server waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Something changed in the archive.
    Changed,
    /// The keeper has seen enough.
    Stop,
}

/// Quiet after a change that ends a burst.
const QUIET: Duration = Duration::from_millis(100);
/// A burst that does not end is built after so long.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a folder is looked through where the system tells of no changes.
const LOOK: Duration = Duration::from_millis(700);

/// A folder under watch, until it is dropped.
pub(super) struct Watch {
    root: PathBuf,
    watcher: Box<dyn Watcher + Send>,
    below: BTreeSet<PathBuf>,
}

impl Watch {
    /// Watches `root`, a real path; each change is sent.
    ///
    /// # Errors
    /// Where the folder can be watched in no way.
    pub(super) fn begin(root: &Path, to: Sender<Signal>) -> notify::Result<Self> {
        let handler = {
            let root = root.to_owned();
            move |event: notify::Result<Event>| {
                if event.is_ok_and(|event| matters(&event, &root)) {
                    // Who no longer listens has ended.
                    let _ = to.send(Signal::Changed);
                }
            }
        };
        let told = notify::recommended_watcher(handler.clone())
            .map(|watcher| Box::new(watcher) as Box<dyn Watcher + Send>)
            .and_then(|watcher| Self::over(root, watcher));
        told.or_else(|_| {
            // No such service here, or its limit on folders is reached.
            let watcher = PollWatcher::new(handler, Config::default().with_poll_interval(LOOK))?;
            Self::over(root, Box::new(watcher))
        })
    }

    fn over(root: &Path, watcher: Box<dyn Watcher + Send>) -> notify::Result<Self> {
        let mut watch = Self {
            root: root.to_owned(),
            watcher,
            below: BTreeSet::new(),
        };
        watch.watcher.watch(root, RecursiveMode::NonRecursive)?;
        watch.renew()?;
        Ok(watch)
    }

    /// Watches the folders that came into the root and lets those go that went.
    ///
    /// # Errors
    /// Where a folder cannot be watched.
    pub(super) fn renew(&mut self) -> notify::Result<()> {
        let below: BTreeSet<PathBuf> = fs::read_dir(&self.root)
            .map_err(notify::Error::io)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.is_dir() && !is_hidden(path) && !path.join(MARKER).exists())
            .collect();
        for gone in self.below.difference(&below) {
            // With the folder its watch went.
            let _ = self.watcher.unwatch(gone);
        }
        for new in below.difference(&self.below) {
            self.watcher.watch(new, RecursiveMode::Recursive)?;
        }
        self.below = below;
        Ok(())
    }
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a build may read what the event tells of.
fn matters(event: &Event, root: &Path) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.need_rescan() || event.paths.iter().any(|path| is_read(path, root))
}

/// Whether a path is none of: the root itself; hidden, or in a hidden folder; in a site; an editor's
/// spare copy; a file at the root that is neither a report nor the archive's own.
fn is_read(path: &Path, root: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else {
        return true;
    };
    let foreign = below.components().count() == 1
        && path
            .extension()
            .is_some_and(|kind| kind != "toml" && kind != "csv")
        && Format::of(path).is_none()
        && !path.is_dir();
    if foreign {
        return false;
    }
    let mut at = root.to_owned();
    for name in below.components() {
        at.push(name);
        if is_hidden(&at) || at.join(MARKER).exists() {
            return false;
        }
    }
    at != root && !path.as_os_str().as_encoded_bytes().ends_with(b"~")
}

/// Waits for a change, and until the burst that it belongs to has ended; or for the end.
pub(super) fn next(signals: &Receiver<Signal>) -> Signal {
    let Ok(Signal::Changed) = signals.recv() else {
        return Signal::Stop;
    };
    let begun = Instant::now();
    loop {
        match signals.recv_timeout(QUIET) {
            Ok(Signal::Changed) if begun.elapsed() > PATIENCE => {
                // What is waiting belongs to the burst too; what comes from now on to the next.
                let waiting = signals.try_iter().take(1 << 20);
                let stops = waiting.into_iter().any(|signal| signal == Signal::Stop);
                return if stops { Signal::Stop } else { Signal::Changed };
            }
            Ok(Signal::Changed) => {}
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return Signal::Stop,
            Err(RecvTimeoutError::Timeout) => return Signal::Changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_burst_is_one_change_and_the_end_is_heard_in_it() {
        let (send, signals) = mpsc::channel();
        for _ in 0..500 {
            send.send(Signal::Changed).expect("heard");
        }
        assert_eq!(next(&signals), Signal::Changed);
        assert!(signals.try_recv().is_err());
        send.send(Signal::Changed).expect("heard");
        send.send(Signal::Stop).expect("heard");
        assert_eq!(next(&signals), Signal::Stop);
        drop(send);
        assert_eq!(next(&signals), Signal::Stop);
    }

    #[test]
    fn what_a_build_writes_and_what_it_never_reads_is_no_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        fs::create_dir(root.join("public")).expect("made");
        fs::write(root.join("public").join(MARKER), "").expect("written");
        for (path, read) in [
            ("fangzhi.toml", true),
            ("content/甲/2023.txt", true),
            ("themes/styles/fangzhi.css", true),
            ("content/2023.txt~", false),
            ("content/.2023.txt.swp", false),
            (".fangzhi/serve/index.html", false),
            (".public.fangzhi-new/index.html", false),
            ("public", false),
            ("public/index.html", false),
            ("build.log", false),
            ("2023.txt", true),
            ("metadata.csv", true),
            ("content/build.log", true),
            ("", false),
        ] {
            assert_eq!(is_read(&root.join(path), root), read, "{path}");
        }
    }
}
