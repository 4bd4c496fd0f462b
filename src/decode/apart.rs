//! Foreign formats are decoded in processes of their own, so that a parser that panics, loops or eats
//! memory takes nothing with it.
//!
//! In: a file's bytes, as for [`super::decode`]. Out: the same, or the limit that it ran into. The processes
//! are this program under its hidden command ([`COMMAND`]): each decodes many files, one after the
//! other, over its standard input and output (a length, then postcard), and never opens a file. There
//! are as many as threads that decode at a time. One that is over its limits is ended and replaced.
//!
//! Plain text, and Markdown without HTML, are decoded where they are. So is everything in a program that never
//! called [`decode_by`]: a test, or somebody else's program with this library in it.

use super::{Error, Format, Limits, Source, decode_within};
use crate::diagnostic::Warned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// The hidden command under which this program decodes; its argument is the memory limit in MiB.
pub const COMMAND: &str = "decode-apart";

/// After so many files a process is replaced: what a parser leaked goes with it.
const FILES_A_PROCESS: u32 = 500;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// From now on foreign formats are decoded by `program`, which knows [`COMMAND`]. The first call
/// counts.
pub fn decode_by(program: PathBuf) {
    PROGRAM.get_or_init(|| program);
}

/// The decoding processes of an archive; they end with it.
#[derive(Debug, Default)]
pub struct Apart {
    limits: Limits,
    idle: Mutex<Vec<Process>>,
}

impl Apart {
    /// None runs yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            idle: Mutex::default(),
        }
    }

    /// Like [`super::decode`] within the archive's limits, with foreign formats decoded apart.
    pub fn decode(
        &self,
        bytes: &[u8],
        format: Format,
        file: &str,
    ) -> Result<Warned<Source>, Error> {
        // Markdown may hold HTML, and that takes a parser as any page does.
        let parsed = format.is_foreign() || (format == Format::Markdown && bytes.contains(&b'<'));
        let Some(program) = PROGRAM.get().filter(|_| parsed) else {
            return decode_within(bytes, format, file, self.limits);
        };
        if bytes.len() as u64 > self.limits.file() {
            return Err(self.limits.file_too_large());
        }
        let job = Job {
            format,
            file,
            limits: self.limits,
            bytes,
        };
        let waiting = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(process) = waiting {
            match self.run(process, &job) {
                // What other files left in the process may have been the reason.
                Err(Ended::Memory | Ended::Died(_)) => {}
                other => return other.unwrap_or_else(|ended| Err(self.error(ended))),
            }
        }
        Process::start(program, self.limits)
            .map_err(|error| Error::NoDecoder(error.to_string()))
            .and_then(|process| {
                self.run(process, &job)
                    .unwrap_or_else(|ended| Err(self.error(ended)))
            })
    }

    fn run(&self, mut process: Process, job: &Job<'_>) -> Result<Outcome, Ended> {
        let answer = process.decode(job, self.limits)?;
        process.files += 1;
        if process.files < FILES_A_PROCESS {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(process);
        }
        match answer {
            Answer::Decoded(outcome) => Ok(outcome),
            Answer::Panicked(why) => Ok(Err(Error::DecoderFailed(why))),
        }
    }

    fn error(&self, ended: Ended) -> Error {
        match ended {
            Ended::Time => Error::TimeLimit {
                seconds: self.limits.seconds,
            },
            Ended::Memory => Error::MemoryLimit {
                mib: self.limits.memory_mib,
            },
            Ended::Died(why) => Error::DecoderFailed(why),
        }
    }
}

type Outcome = Result<Warned<Source>, Error>;

#[derive(Serialize, Deserialize)]
struct Job<'a> {
    format: Format,
    file: &'a str,
    limits: Limits,
    bytes: &'a [u8],
}

#[derive(Serialize, Deserialize)]
enum Answer {
    Decoded(Outcome),
    Panicked(String),
}

/// How a process came to its end before its answer.
enum Ended {
    Time,
    Memory,
    Died(String),
}

#[derive(Debug)]
struct Process {
    child: Child,
    /// `None` once it is to end.
    input: Option<ChildStdin>,
    answers: Receiver<io::Result<Vec<u8>>>,
    files: u32,
}

impl Process {
    fn start(program: &std::path::Path, limits: Limits) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args([COMMAND, &limits.memory_mib.to_string()])
            // Address space that an allocator puts by would count as taken (mimalloc: KiB).
            .env("MIMALLOC_ARENA_RESERVE", "32768")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let (to, answers) = channel();
        if let Some(mut output) = child.stdout.take() {
            // A pipe can't be read with a time limit; a channel can.
            std::thread::spawn(move || {
                loop {
                    let message = receive(&mut output);
                    let last = !matches!(message, Ok(Some(_)));
                    let message =
                        message.and_then(|some| some.ok_or(io::ErrorKind::UnexpectedEof.into()));
                    if to.send(message).is_err() || last {
                        return;
                    }
                }
            });
        }
        Ok(Self {
            child,
            input,
            answers,
            files: 0,
        })
    }

    fn decode(&mut self, job: &Job<'_>, limits: Limits) -> Result<Answer, Ended> {
        let sent = self.input.as_mut().map(|input| send(input, job));
        if !matches!(sent, Some(Ok(()))) {
            return Err(self.autopsy());
        }
        let limit = Duration::from_secs(limits.seconds.into());
        match self.answers.recv_timeout(limit) {
            Ok(Ok(message)) => {
                postcard::from_bytes(&message).map_err(|error| Ended::Died(error.to_string()))
            }
            Err(RecvTimeoutError::Timeout) => Err(Ended::Time),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(self.autopsy()),
        }
    }

    /// Why a process is no more: what it said first, and how it ended.
    fn autopsy(&mut self) -> Ended {
        let _ = self.child.kill();
        let mut said = String::new();
        if let Some(errors) = self.child.stderr.take() {
            // Bytes that are no text would say nothing either.
            let _ = errors.take(4096).read_to_string(&mut said);
        }
        if said.contains("memory allocation of") {
            return Ended::Memory;
        }
        let first = said.lines().map(str::trim).find(|line| !line.is_empty());
        let status = self.child.wait();
        Ended::Died(match (first, status) {
            (Some(said), _) => said.chars().take(200).collect(),
            (None, Ok(status)) => status.to_string(),
            (None, Err(error)) => error.to_string(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing that it could lose; who is gone already can't be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The hidden command: decodes what comes in, until nothing does.
pub fn serve(mut input: impl Read, mut output: impl Write, memory_mib: u32) -> io::Result<()> {
    confine(memory_mib)?;
    // A panic is told in the answer.
    std::panic::set_hook(Box::new(|_| {}));
    while let Some(message) = receive(&mut input)? {
        let job: Job<'_> = postcard::from_bytes(&message).map_err(io::Error::other)?;
        let decoded = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(debug_assertions)]
            fault(job.bytes);
            decode_within(job.bytes, job.format, job.file, job.limits)
        }));
        let answer = decoded.map_or_else(|panic| Answer::Panicked(words(&*panic)), Answer::Decoded);
        send(&mut output, &answer)?;
    }
    Ok(())
}

/// Memory has its limit, and no file can be opened or written.
#[cfg(unix)]
fn confine(memory_mib: u32) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = [
        (Resource::As, u64::from(memory_mib) << 20),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
    ];
    for (resource, limit) in limits {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        setrlimit(resource, limit)?;
    }
    // Who called may be killed while a parser loops.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

#[cfg(not(unix))]
fn confine(_memory_mib: u32) -> io::Result<()> {
    Ok(())
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("a panic without words").to_owned()
}

/// What the tests of the processes send: a file on which a parser fails in the way that it names.
/// Not in a program as it is given out.
#[cfg(debug_assertions)]
fn fault(bytes: &[u8]) {
    let Some(fault) = bytes.strip_prefix(b"{\\rtf1 a parser that ") else {
        return;
    };
    if fault.starts_with(b"panics") {
        panic!("as asked");
    } else if fault.starts_with(b"loops") {
        loop {
            std::thread::park();
        }
    } else if fault.starts_with(b"eats memory") {
        let mut eaten: Vec<Vec<u8>> = Vec::new();
        loop {
            eaten.push(vec![1; 1 << 20]);
        }
    } else if fault.starts_with(b"dies") {
        std::process::abort();
    }
}

fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let message = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&message)?;
    to.flush()
}

/// The next message; `None` where there is no more.
fn receive(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut message = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut message)?;
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_through_the_pipes_comes_back_whole() {
        let bytes = b"{\\rtf1\\ansi a\\par b}";
        let mut asked = Vec::new();
        let job = Job {
            format: Format::Rtf,
            file: "甲.rtf",
            limits: Limits::default(),
            bytes,
        };
        send(&mut asked, &job).expect("sent");
        let message = receive(&mut &*asked).expect("read").expect("is there");
        let job: Job<'_> = postcard::from_bytes(&message).expect("is a job");
        let answer = Answer::Decoded(decode_within(job.bytes, job.format, job.file, job.limits));
        let mut answered = Vec::new();
        send(&mut answered, &answer).expect("sent");
        let message = receive(&mut &*answered).expect("read").expect("is there");
        let Ok(Answer::Decoded(outcome)) = postcard::from_bytes::<Answer>(&message) else {
            panic!("is an answer");
        };
        assert_eq!(outcome, crate::decode::decode(bytes, Format::Rtf, "甲.rtf"));
        assert!(receive(&mut io::empty()).expect("read").is_none());
    }
}
