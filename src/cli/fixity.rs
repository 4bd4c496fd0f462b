//! `fangzhi verify` and `fangzhi bag`.

use super::Outcome;
use super::screen::{Bars, count, size};
use fangzhi::diagnostic::visible;
use fangzhi::publish::bag;
use fangzhi::publish::verify::{self, Kind};
use std::io::Write;
use std::path::Path;

pub(super) const VERIFY_HELP: &str = "\
Reads every file again and compares it with manifest-sha256.txt (as `sha256sum -c` does), or with a
bag's manifests. Writes nothing.

Exit codes: 0 whole; 1 not whole: files are missing, altered or extra; 2 nothing compared (no site
and no bag there, or checksums that are not SHA-256 or SHA-512).";

pub(super) const BAG_HELP: &str = "\
The bag is BagIt 1.0 (RFC 8493): the site in data/, its checksums in manifest-sha256.txt. A site
that is not whole is not bagged. No date is written but one that you give: -i 'Bagging-Date: …'.

Exit codes: 0 made; 2 nothing made (no site, not whole, the folder is there already).";

pub(super) fn verify(folder: &Path) -> anyhow::Result<Outcome> {
    let bars = Bars::default();
    let verified = verify::verify(folder, &bars);
    bars.clear();
    let verified = verified?;
    let mut out = std::io::stdout().lock();
    for fault in &verified.faults {
        writeln!(out, "{}: {}", visible(&fault.path), fault.wrong)?;
    }
    let what = match verified.kind {
        Kind::Site => "site",
        Kind::Bag => "bag",
    };
    let files = count(verified.files, "file");
    if verified.faults.is_empty() {
        let bytes = size(verified.bytes);
        writeln!(
            out,
            "{}: the {what} is whole: {files}, {bytes}",
            folder.display()
        )?;
        return Ok(Outcome::Well);
    }
    writeln!(
        out,
        "{}: the {what} is not whole: {} in {files} listed",
        folder.display(),
        count(verified.faults.len(), "fault"),
    )?;
    Ok(Outcome::Faulty)
}

pub(super) fn bag(site: &Path, out: &Path, info: &[String]) -> anyhow::Result<Outcome> {
    let bars = Bars::default();
    let bagged = bag::bag(site, out, info, &bars);
    bars.clear();
    let bagged = bagged?;
    writeln!(
        std::io::stdout().lock(),
        "{}: a bag of {}, {}",
        out.display(),
        count(bagged.files, "file"),
        size(bagged.bytes)
    )?;
    Ok(Outcome::Well)
}

/// What to do about an error of these commands.
pub(super) fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let of_bag = || error.downcast_ref::<bag::BagError>()?.hint();
    let of_verify = || Some(error.downcast_ref::<verify::VerifyError>()?.hint());
    of_verify().or_else(of_bag)
}
