//! An archive → its site on this machine, built anew and shown anew whenever something changes.
//!
//! In: the archive, and a channel on which the end is told. Out: what happens, told to the caller.
//! The site is served as it was published ([`http`]); what the open pages need besides, a script
//! that listens ([`live`]), is put into them on their way out. Where a build fails, the last good
//! site stays and its pages say what is the matter.
//!
//! Never: a byte of the published site is altered; the archive is written to, but for the site in its
//! `.fangzhi/serve`; another machine is let in unless the keeper names an address that others reach.

mod http;
mod live;
mod watch;

pub use watch::Signal;

use crate::archive::{catalogue, config, corrections};
use crate::build::{self, BuildError, Built, LANG};
use crate::diagnostic::{Diagnostic, Level};
use crate::digest::sha256;
use crate::progress::{Progress, Stage};
use crate::publish::MANIFEST;
use http::{Answer, HTML, Heard, Status};
use live::Live;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use watch::Watch;

/// The port that is taken where none is asked for and it is free.
pub const PORT: u16 = 8100;

/// Where the site is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The address; loopback unless others are to see it.
    pub address: IpAddr,
    /// The port; [`PORT`] or a free one if none is asked for.
    pub port: Option<u16>,
}

/// What happens while a site is served.
#[derive(Debug)]
pub enum Happened<'a> {
    /// It can be looked at.
    Serving {
        /// Where.
        url: &'a str,
    },
    /// It was built.
    Built {
        /// What came of it.
        built: &'a Built,
        /// How long it took.
        took: Duration,
    },
    /// It could not be built; the last one stays.
    Failed {
        /// Why.
        error: &'a BuildError,
    },
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No such folder.
    #[error("there is no folder {0}")]
    NoFolder(PathBuf),
    /// The address and port are not to be had.
    #[error("cannot serve on {at}")]
    Address {
        /// What was asked for.
        at: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// Another program serves this archive.
    #[error("another `fangzhi serve` is serving {0}")]
    Served(PathBuf),
    /// The folder cannot be watched.
    #[error("cannot watch {folder} for changes")]
    Watch {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: notify::Error,
    },
    /// There is no place for the site.
    #[error("there is no place to put the site while it is served")]
    Place(#[source] io::Error),
}

impl ServeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoFolder(_) => Some("name a folder of reports, or an archive"),
            Self::Address { .. } => Some("name another --port, or leave it out for a free one"),
            Self::Served(_) => Some("end it, or open the address that it gave"),
            Self::Watch { .. } => Some("look at the folder's permissions"),
            Self::Place(_) => Some("look at the disk's space"),
        }
    }
}

/// Serves the site of the archive (or bare folder) at `folder` until `signals` tells to stop or has
/// no sender left but the server's own, `changes`. A build that is at work then is ended first.
///
/// # Errors
/// Where nothing can be served. A build that fails is none: it is told, and waited on.
pub fn serve(
    folder: &Path,
    options: Options,
    (changes, signals): (Sender<Signal>, &Receiver<Signal>),
    progress: &dyn Progress,
    tell: &mut dyn FnMut(Happened),
) -> Result<(), ServeError> {
    let root = folder
        .canonicalize()
        .ok()
        .filter(|root| root.is_dir())
        .ok_or_else(|| ServeError::NoFolder(folder.to_owned()))?;
    let place = Place::of(&root)?;
    let listener = listen(options)?;
    let mut watch = Watch::begin(&root, changes).map_err(|source| ServeError::Watch {
        folder: root.clone(),
        source,
    })?;
    let site = Arc::new(Served {
        folder: place.site.clone(),
        live: Live::new(),
        gate: Gate::default(),
        visitors: AtomicUsize::new(0),
    });
    let url = listener.local_addr().map_or_else(
        |_| String::new(),
        |at| match at.ip() {
            ip if ip.is_unspecified() => format!("http://localhost:{}/", at.port()),
            _ => format!("http://{at}/"),
        },
    );
    welcome(listener, &site);
    tell(Happened::Serving { url: &url });
    loop {
        let begun = Instant::now();
        match build(&root, &site, progress) {
            Ok(built) => tell(Happened::Built {
                built: &built,
                took: begun.elapsed(),
            }),
            Err(error) => tell(Happened::Failed { error: &error }),
        }
        if watch::next(signals) == Signal::Stop {
            return Ok(());
        }
        // A folder that cannot be watched is still built when something else changes.
        let _ = watch.renew();
    }
}

/// The folder that holds the served site: the archive's own, kept for the next time, or one that
/// ends with the server.
struct Place {
    site: PathBuf,
    _lock: Option<File>,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    fn of(root: &Path) -> Result<Self, ServeError> {
        let own = root.join(".fangzhi");
        if root.join(config::FILE).is_file() && fs::create_dir_all(&own).is_ok() {
            let lock = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(own.join("serve-lock"));
            match lock.map(|lock| (lock.try_lock(), lock)) {
                Ok((Ok(()), lock)) => {
                    return Ok(Self {
                        site: own.join("serve"),
                        _lock: Some(lock),
                        _folder: None,
                    });
                }
                Ok((Err(fs::TryLockError::WouldBlock), _)) => {
                    return Err(ServeError::Served(root.to_owned()));
                }
                // An archive on a disk that may not be written, or that knows no locks.
                Ok((Err(fs::TryLockError::Error(_)), _)) | Err(_) => {}
            }
        }
        let folder = tempfile::Builder::new()
            .prefix("fangzhi-serve-")
            .tempdir()
            .map_err(ServeError::Place)?;
        Ok(Self {
            site: folder.path().join("site"),
            _lock: None,
            _folder: Some(folder),
        })
    }
}

fn listen(options: Options) -> Result<TcpListener, ServeError> {
    let at = SocketAddr::new(options.address, options.port.unwrap_or(PORT));
    TcpListener::bind(at)
        .or_else(|error| match options.port {
            Some(_) => Err(error),
            None => TcpListener::bind(SocketAddr::new(options.address, 0)),
        })
        .map_err(|source| ServeError::Address { at, source })
}

/// One build, and what it came to told to the open pages.
fn build(root: &Path, site: &Served, progress: &dyn Progress) -> Result<Built, BuildError> {
    let options = build::Options {
        output: site.folder.clone(),
        cache: crate::cache::place(root),
        ..build::Options::default()
    };
    let gated = Gated {
        gate: &site.gate,
        progress,
    };
    let built = build::build(root, &options, &gated);
    site.gate.open();
    match &built {
        Ok(built) => {
            let told: Vec<&Diagnostic> = built
                .diagnostics
                .iter()
                .filter(|one| one.level == Level::Error || is_keepers(one))
                .collect();
            let manifest = fs::read(site.folder.join(MANIFEST)).unwrap_or_default();
            let configured = fs::read_to_string(root.join(config::FILE)).unwrap_or_default();
            let lang = config::Config::read(&configured)
                .ok()
                .and_then(|it| it.lang);
            let lang = lang.as_deref().unwrap_or(LANG);
            site.live.tell(Some((sha256(&manifest), lang)), &told);
        }
        Err(error) => {
            let told = error.diagnostics(root);
            site.live.tell(None, &told.iter().collect::<Vec<_>>());
        }
    }
    built
}

/// Whether a warning is about one of the archive's own files.
fn is_keepers(told: &Diagnostic) -> bool {
    told.level == Level::Warning
        && ([
            config::FILE,
            catalogue::FILE,
            corrections::FILE,
            "divisions.csv",
        ]
        .contains(&told.file.as_str())
            || ["codebook/", "themes/"]
                .iter()
                .any(|folder| told.file.starts_with(folder)))
}

/// What is served.
struct Served {
    folder: PathBuf,
    live: Live,
    gate: Gate,
    visitors: AtomicUsize,
}

/// The most connections at a time.
const VISITORS: usize = 200;
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(30);

fn welcome(listener: TcpListener, site: &Arc<Served>) {
    let site = site.clone();
    thread::spawn(move || {
        for visitor in listener.incoming() {
            let Ok(visitor) = visitor else {
                // Out of handles, most likely: some come back.
                thread::sleep(Duration::from_millis(20));
                continue;
            };
            let site = site.clone();
            if site.visitors.fetch_add(1, Ordering::Relaxed) >= VISITORS {
                site.visitors.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            thread::spawn(move || {
                // A visitor that leaves early is no matter of the server's.
                let _ = converse(&visitor, &site);
                site.visitors.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
}

fn converse(visitor: &TcpStream, site: &Served) -> io::Result<()> {
    visitor.set_read_timeout(Some(SILENCE))?;
    visitor.set_write_timeout(Some(SILENCE))?;
    visitor.set_nodelay(true)?;
    let mut from = BufReader::new(visitor);
    let mut to = visitor;
    loop {
        let asked = match http::hear(&mut from)? {
            Heard::Asked(asked) => asked,
            Heard::Refused(status) => return Answer::refusal(status).send(&mut to, false, false),
            Heard::Gone => return Ok(()),
        };
        let path = asked.path.as_deref();
        if path.is_some_and(Live::is_events) && !asked.head {
            return site.live.events(&mut to);
        }
        let answer = path.map_or_else(
            || site.live.page_of_none(),
            |path| site.answer(path, asked.range.as_deref()),
        );
        answer.send(&mut to, asked.head, asked.stays)?;
        if !asked.stays {
            return Ok(());
        }
    }
}

impl Served {
    fn answer(&self, path: &str, range: Option<&str>) -> Answer {
        if let Some(own) = self.live.own(path) {
            return own;
        }
        // A page is longer on its way out than on the disk: no part of it is given.
        let is_page = path.is_empty() || path.ends_with('/') || path.ends_with(".html");
        let answer = {
            let _within = self.gate.enter();
            http::file(&self.folder, path, range.filter(|_| !is_page))
        };
        match answer.status {
            Status::NotFound => self.live.page_of_none(),
            Status::Ok if answer.kind == HTML => self.live.with_script(answer),
            _ => answer,
        }
    }
}

/// Keeps visitors' files and the moment apart in which a site takes another's place: with a file of
/// it open, a folder cannot be replaced on every system.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    within: usize,
    closed: bool,
}

struct Within<'a>(&'a Gate);

impl Gate {
    /// Goes in; waits while it is closed.
    fn enter(&self) -> Within<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .changed
            .wait_while(state, |state| state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.within += 1;
        Within(self)
    }

    /// Lets nobody in any more, and waits until all are out.
    fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        drop(
            self.changed
                .wait_while(state, |state| state.within > 0)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    fn open(&self) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = false;
        self.changed.notify_all();
    }
}

impl Drop for Within<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.within -= 1;
        drop(state);
        self.0.changed.notify_all();
    }
}

/// A build's progress that closes the gate when the site takes its place.
struct Gated<'a> {
    gate: &'a Gate,
    progress: &'a dyn Progress,
}

impl Progress for Gated<'_> {
    fn stage(&self, stage: Stage, steps: usize) {
        self.progress.stage(stage, steps);
        if stage == Stage::Publish {
            self.gate.close();
        }
    }

    fn step(&self) {
        self.progress.step();
    }
}
