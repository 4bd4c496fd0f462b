//! The fictional places of an archive, and its gazetteer of them.

use super::sequence::Sequence;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// First characters of the places' names.
const FIRST: &str = "云青白金银碧翠丹紫苍玉珠锦秀清澄远安宁泰丰盛永长新古景春秋松柏桐枫竹兰芷荷莲";
/// Second characters.
const SECOND: &str = "溪岭川泽洲浦湾屏坪峪岗坎壑渚汀屿埠堰渡桥关寨堡亭榭陵丘阜郊原野畈坞垄垣圩";
/// Real places, which a fictional one must not be taken for.
const REAL: [&str; 2] = [
    include_str!("../../src/gazetteer/data/divisions.csv"),
    include_str!("../../src/gazetteer/data/aliases.csv"),
];
/// Codes of provinces: those that no real one has.
const PROVINCES: std::ops::RangeInclusive<usize> = 84..=99;
/// Prefectures of a province, counties of a prefecture.
const BELOW: [usize; 2] = [14, 18];

/// A province, prefecture or county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) level: &'static str,
    /// Code of the place above, none for a province's.
    pub(crate) parent: String,
    /// Name of its province.
    pub(crate) province: String,
}

/// All places, those above first: a province, its first prefecture, the counties of that one.
pub(crate) fn places() -> impl Iterator<Item = Place> {
    let mut names = names();
    let mut called = move |ending: &str| {
        let name = names.next().expect("names enough for all places");
        format!("{name}{ending}")
    };
    let mut province = String::new();
    let provinces = PROVINCES.flat_map(|province| {
        (0..=BELOW[0]).flat_map(move |prefecture| {
            let counties = if prefecture == 0 { 0 } else { BELOW[1] };
            (0..=counties).map(move |county| (province, prefecture, county))
        })
    });
    provinces.map(move |(top, prefecture, county)| {
        let code = format!("{top}{prefecture:02}{county:02}");
        let (level, parent, name) = match (prefecture, county) {
            (0, _) => ("province", String::new(), called("省")),
            (_, 0) => ("prefecture", format!("{top}0000"), called("市")),
            _ => {
                let mut sequence = Sequence::of(0, code.bytes().map(usize::from).sum());
                let ending = sequence.pick(&["县", "县", "县", "区", "区", "市"]);
                ("county", format!("{top}{prefecture:02}00"), called(ending))
            }
        };
        if level == "province" {
            province.clone_from(&name);
        }
        Place {
            code,
            name,
            level,
            parent,
            province: province.clone(),
        }
    })
}

/// Names of two characters, then of three; none is a real place's.
fn names() -> impl Iterator<Item = String> {
    let real: BTreeSet<&str> = REAL
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .flat_map(|line| line.split(','))
        .collect();
    let first: Vec<char> = FIRST.chars().collect();
    let second: Vec<char> = SECOND.chars().collect();
    let pairs = first.len() * second.len();
    (0..).filter_map(move |index: usize| {
        // A stride that shares no factor with the number of pairs meets each pair once a round.
        let at = index * 641 % pairs;
        let mut name = String::from(first[at / second.len()]);
        if let Some(round) = (index / pairs).checked_sub(1) {
            name.push(first[(at + round) % first.len()]);
        }
        name.push(second[at % second.len()]);
        let taken = ["", "省", "市", "县", "区"]
            .iter()
            .any(|ending| real.contains(&*format!("{name}{ending}")));
        (!taken).then_some(name)
    })
}

/// The gazetteer of `used` and all places above them.
pub(crate) fn divisions(used: &BTreeSet<String>) -> String {
    let mut csv = String::from("code,name,level,parent\n");
    for place in places() {
        let within = &place.code[..match place.level {
            "province" => 2,
            "prefecture" => 4,
            _ => 6,
        }];
        let first = used.range(within.to_owned()..).next();
        if first.is_some_and(|code| code.starts_with(within)) {
            let Place {
                code,
                name,
                level,
                parent,
                ..
            } = place;
            let _ = writeln!(csv, "{code},{name},{level},{parent}");
        }
    }
    csv
}
