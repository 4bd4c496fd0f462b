//! What a build's stages take, for `--timings`: wall time, and CPU time where the system tells it.
//!
//! It is printed and goes nowhere else: nothing of a clock gets into a site.

use std::fs;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The stages so far.
#[derive(Debug, Default)]
pub(super) struct Laps {
    laps: Mutex<Vec<Lap>>,
}

#[derive(Debug)]
struct Lap {
    what: &'static str,
    from: Moment,
    /// Where it does not end with the next one's begin.
    to: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Moment {
    wall: Instant,
    /// Seconds of CPU time so far.
    cpu: Option<f64>,
}

impl Moment {
    fn now() -> Self {
        let stat = fs::read_to_string("/proc/self/stat").ok();
        Self {
            wall: Instant::now(),
            cpu: stat.and_then(|stat| cpu(&stat)),
        }
    }

    /// Of work that shares its threads with other work: its CPU time can't be told apart.
    fn of_wall() -> Self {
        Self {
            wall: Instant::now(),
            cpu: None,
        }
    }
}

/// User and system time of a line of proc(5), in seconds: fields 14 and 15, in hundredths.
fn cpu(stat: &str) -> Option<f64> {
    // The second field is a name in brackets and may hold blanks.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut next = || times.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

impl Laps {
    /// A stage begins, and the one before ends.
    pub(super) fn begin(&self, what: &'static str) {
        self.push(Lap {
            what,
            from: Moment::now(),
            to: None,
        });
    }

    /// Times work that goes on beside the stages.
    pub(super) fn beside(&self, what: &'static str, work: &mut (dyn FnMut() + Send)) {
        let from = Moment::of_wall();
        work();
        self.push(Lap {
            what,
            from,
            to: Some(Moment::of_wall()),
        });
    }

    fn push(&self, lap: Lap) {
        let mut laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        laps.push(lap);
    }

    /// Prints a line a stage; the last ends now.
    pub(super) fn print(&self, to: &mut impl Write) -> io::Result<()> {
        let now = Moment::now();
        let laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, lap) in laps.iter().enumerate() {
            let next = laps[index + 1..].iter().find(|lap| lap.to.is_none());
            let end = lap.to.or(next.map(|next| next.from)).unwrap_or(now);
            let wall = end.wall.duration_since(lap.from.wall).as_secs_f64();
            write!(to, "timing {}: {wall:.2} s", lap.what)?;
            if let Some((from, to_)) = lap.from.cpu.zip(end.cpu) {
                write!(to, ", {:.2} s CPU", to_ - from)?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_whatever_the_program_is_called() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 25 0 0 20 0 1 0 5 0 0";
        assert_eq!(cpu(stat), Some(1.75));
        assert_eq!(cpu("7 (a) S"), None);
    }

    #[test]
    fn a_stage_ends_where_the_next_begins() {
        let laps = Laps::default();
        laps.begin("reading");
        laps.begin("writing");
        laps.beside("indexing", &mut || {});
        let mut out = Vec::new();
        laps.print(&mut out).expect("written");
        let out = String::from_utf8_lossy(&out);
        let stages: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(
            stages,
            ["timing reading", "timing writing", "timing indexing"]
        );
    }
}
