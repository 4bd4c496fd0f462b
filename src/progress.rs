//! Long work, as whoever asked for it sees it go on.

/// Long work, as it goes on.
pub trait Progress: Sync {
    /// A stage of `steps` steps begins.
    fn stage(&self, stage: Stage, steps: usize);
    /// A step is done.
    fn step(&self);
    /// Does the index's work, which goes on beside the stages from the reports' pages on.
    fn beside(&self, work: &mut (dyn FnMut() + Send)) {
        work();
    }
}

/// What a build is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and understood, a step each.
    Read,
    /// Reports' pages are made, a step each.
    Pages,
    /// All other pages are made, a step each.
    Lists,
    /// The site takes its place.
    Publish,
    /// Files are compared with their checksums, a step each.
    Verify,
}
