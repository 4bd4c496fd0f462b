//! Reports' ids: promises to people who cite.
//!
//! An id is what a keeper said (`id` in front matter or `metadata.csv`), or else the file's path
//! under the content folder, read out in pinyin. It depends on nothing but that path: not on the
//! gazetteer, the order of files, the system or the other reports, unless two paths read alike.
//! Then each of them takes a suffix from its path's hash, so that an old address leads nowhere
//! rather than to the wrong report.
//!
//! Ids are of `a`–`z`, `0`–`9` and single inner hyphens, 1 to [`LONGEST`] characters. No id holds
//! an underscore or is `index`, so a page beside the reports' pages can have a name that none of
//! them takes.

use crate::diagnostic::{Diagnostic, Level};
use pinyin::ToPinyin;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// The longest id: `originals/<id>.html.txt` stays under 120 characters.
pub const LONGEST: usize = 100;

/// A report's wish for an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its path under the content folder.
    pub path: String,
    /// What the keeper said, with the file and line where it is said.
    pub explicit: Option<(String, String, u32)>,
}

/// Gives every report its id, in the order of `claims`; none to reports whose keeper gave them one
/// and the same. What there is to tell names each file concerned.
pub fn assign(claims: &[Claim]) -> (Vec<Option<String>>, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let mut said: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut read: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, claim) in claims.iter().enumerate() {
        match &claim.explicit {
            Some((id, ..)) => said.entry(id).or_default().push(index),
            None => read.entry(derived(&claim.path)).or_default().push(index),
        }
    }
    let mut ids = vec![None; claims.len()];
    let mut taken: BTreeSet<String> = said.keys().map(|&id| id.to_owned()).collect();
    for (id, holders) in said {
        if let [only] = holders[..] {
            ids[only] = Some(id.to_owned());
        } else {
            told.extend(holders.iter().map(|&one| equal(claims, id, one, &holders)));
        }
    }
    let (alone, clashing): (Vec<_>, Vec<_>) = read
        .into_iter()
        .partition(|(id, holders)| holders.len() == 1 && !taken.contains(id));
    for (id, holders) in alone {
        taken.insert(id.clone());
        ids[holders[0]] = Some(id);
    }
    for (id, mut holders) in clashing {
        holders.sort_by(|&a, &b| claims[a].path.cmp(&claims[b].path));
        for one in holders {
            let path = &claims[one].path;
            let canonical: String = path.nfc().collect();
            // Names that differ only in how Unicode composes them are told apart by their bytes.
            let suffixed = [&canonical, path]
                .into_iter()
                .flat_map(|path| (8..=64).step_by(8).map(move |digits| (path, digits)))
                .map(|(path, digits)| with_hash(&id, path, digits))
                .find(|candidate| !taken.contains(candidate));
            // Different paths have different hashes; only the same path twice has no id of its own.
            let Some(suffixed) = suffixed else { continue };
            told.push(
                Diagnostic::new(
                    Level::Warning,
                    "id-clash",
                    &claims[one].path,
                    format!("its path reads `{id}`, as another's does; its id is `{suffixed}`"),
                )
                .hint("give it an `id` of its own in metadata.csv")
                .naming(format!("{id} → {suffixed}")),
            );
            taken.insert(suffixed.clone());
            ids[one] = Some(suffixed);
        }
    }
    told.sort_by(|a, b| (&a.file, &a.code).cmp(&(&b.file, &b.code)));
    (ids, told)
}

/// Tells report `one` that others have the id that its keeper gave it.
fn equal(claims: &[Claim], id: &str, one: usize, holders: &[usize]) -> Diagnostic {
    let others: Vec<String> = holders
        .iter()
        .filter(|&&other| other != one)
        .filter_map(|&other| {
            let (_, file, line) = claims[other].explicit.as_ref()?;
            Some(format!("{} ({file}:{line})", claims[other].path))
        })
        .collect();
    let (_, file, line) = claims[one]
        .explicit
        .clone()
        .unwrap_or_else(|| (String::new(), claims[one].path.clone(), 0));
    Diagnostic::new(
        Level::Error,
        "id-equal",
        &claims[one].path,
        format!(
            "{file}:{line} gives it the id `{id}`, which is also that of {}; none of them is built",
            others.join(", ")
        ),
    )
    .hint("give each report an id of its own")
    .naming(format!("{id}: {}", others.join(", ")))
}

/// The id as a keeper wrote it, if it can be one.
pub(super) fn explicit(id: &str) -> Option<String> {
    let fit = (1..=LONGEST).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-')
        && !id.contains("--")
        && !reserved(id);
    fit.then(|| id.to_owned())
}

/// The id that a path under the content folder reads as, by itself.
///
/// ```
/// use fangzhi::archive::id::derived;
/// assert_eq!(
///     derived("浙江省/杭州市/2020年报告.txt"),
///     "zhejiangsheng-hangzhoushi-2020-nianbaogao"
/// );
/// ```
pub fn derived(path: &str) -> String {
    let stem = match path.rfind(['/', '.']) {
        // A dot in a folder's name or at a name's beginning opens no extension.
        Some(at) if path[at..].starts_with('.') && at > 0 && !path[..at].ends_with('/') => {
            &path[..at]
        }
        _ => path,
    };
    let id = read_out(stem);
    if id.is_empty() || reserved(&id) {
        let canonical: String = path.nfc().collect();
        with_hash(if id.is_empty() { "report" } else { &id }, &canonical, 8)
    } else if id.len() > LONGEST {
        with_hash(&id, &path.nfc().collect::<String>(), 8)
    } else {
        id
    }
}

/// `id`, cut where it must be, with so many digits of the path's hash.
fn with_hash(id: &str, path: &str, digits: usize) -> String {
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(path.as_bytes()) {
        let _ = write!(hash, "{byte:02x}");
    }
    let kept = id.len().min(LONGEST - 1 - digits);
    format!("{}-{}", id[..kept].trim_end_matches('-'), &hash[..digits])
}

/// Names that Windows gives to devices, with any extension, and the list's own page.
fn reserved(id: &str) -> bool {
    let numbered = |name: &str| {
        id.strip_prefix(name)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(id, "con" | "prn" | "aux" | "nul" | "index") || numbered("com") || numbered("lpt")
}

/// A path read out: Han in pinyin, set apart by hyphens from Latin letters and digits.
fn read_out(path: &str) -> String {
    let folded: Vec<char> = path.nfkd().flat_map(char::to_lowercase).collect();
    let mut out = String::new();
    let mut last = Kind::Gap;
    let mut at = 0;
    while at < folded.len() {
        let (kind, reading, length) = syllable(&folded[at..]);
        at += length;
        if kind == Kind::Mark {
            continue;
        }
        if kind != Kind::Gap {
            if last != kind && !out.is_empty() {
                out.push('-');
            }
            out.push_str(&reading);
        }
        last = kind;
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Latin letters and digits.
    Latin,
    Han,
    /// Anything that is not read: it parts what stands around it.
    Gap,
    /// An accent of the letter before it.
    Mark,
}

/// What the first characters of `rest` read as, and how many they are.
fn syllable(rest: &[char]) -> (Kind, String, usize) {
    let first = rest[0];
    match first {
        'a'..='z' | '0'..='9' => return (Kind::Latin, first.into(), 1),
        '\u{300}'..='\u{36f}' => return (Kind::Mark, String::new(), 1),
        _ => {}
    }
    let known = READINGS
        .iter()
        .filter(|(words, _)| {
            let mut at = rest.iter();
            words.chars().all(|word| at.next() == Some(&word))
        })
        .max_by_key(|(words, _)| words.len());
    if let Some((words, reading)) = known {
        return (Kind::Han, (*reading).to_owned(), words.chars().count());
    }
    match first.to_pinyin() {
        Some(reading) => (Kind::Han, reading.plain().replace('ü', "v"), 1),
        None => (Kind::Gap, String::new(), 1),
    }
}

/// Readings that differ from the general dictionary's first: place names, and characters that in
/// places' and reports' names are read otherwise than alone. Frozen: an entry added, changed or
/// taken away changes ids that people have cited. ü is written v, as in the gazetteer's slugs.
const READINGS: &[(&str, &str)] = &[
    ("什", "shi"),
    ("佛", "fo"),
    ("勒", "le"),
    ("都", "du"),
    ("長", "chang"),
    ("长", "chang"),
    ("东阿", "donge"),
    ("中牟", "zhongmu"),
    ("乐亭", "laoting"),
    ("乐清", "yueqing"),
    ("乐陵", "laoling"),
    ("伽师", "jiashi"),
    ("六合", "luhe"),
    ("六安", "luan"),
    ("厦门", "xiamen"),
    ("廈門", "xiamen"),
    ("召陵", "shaoling"),
    ("吴堡", "wubu"),
    ("大埔", "dabu"),
    ("大城县", "daichengxian"),
    ("宕昌", "tanchang"),
    ("宝坻", "baodi"),
    ("尉犁", "yuli"),
    ("曾都", "zengdu"),
    ("枞阳", "zongyang"),
    ("泊头", "botou"),
    ("泌阳", "biyang"),
    ("洪洞", "hongtong"),
    ("涡阳", "guoyang"),
    ("牟平", "muping"),
    ("犍为", "qianwei"),
    ("珲春", "hunchun"),
    ("番禺", "panyu"),
    ("称多", "chenduo"),
    ("穆棱", "muling"),
    ("筠连", "junlian"),
    ("红寺堡", "hongsibu"),
    ("繁峙", "fanshi"),
    ("茄子河", "qiezihe"),
    ("荥经", "yingjing"),
    ("蚌埠", "bengbu"),
    ("蚌山", "bengshan"),
    ("西藏", "xizang"),
    ("重庆", "chongqing"),
    ("重慶", "chongqing"),
    ("铅山", "yanshan"),
    ("镜泊湖", "jingbohu"),
    ("长子县", "zhangzixian"),
    ("闵行", "minhang"),
    ("陕西", "shaanxi"),
    ("陝西", "shaanxi"),
    ("黄陂", "huangpi"),
    ("龙圩", "longxu"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(path: &str, explicit: Option<&str>) -> Claim {
        Claim {
            path: path.into(),
            explicit: explicit.map(|id| (id.into(), "metadata.csv".into(), 2)),
        }
    }

    fn ids(claims: &[Claim]) -> Vec<Option<String>> {
        assign(claims).0
    }

    #[test]
    fn a_path_reads_as_pinyin() {
        for (path, id) in [
            ("hangzhou-2020.txt", "hangzhou-2020"),
            ("陕西省/长安区.txt", "shaanxisheng-changanqu"),
            ("山西省/长治市.txt", "shanxisheng-changzhishi"),
            ("重庆/吕梁 2021(终稿).md", "chongqing-lvliang-2021-zhonggao"),
            ("西藏/v1.2/报告.txt", "xizang-v1-2-baogao"),
            ("2019年度.v2.txt", "2019-niandu-v2"),
            ("Élan/Ⅳ.TXT", "elan-iv"),
            ("⼯作.txt", "gongzuo"),
            ("a.b/c", "a-b-c"),
        ] {
            assert_eq!(derived(path), id, "{path}");
        }
    }

    #[test]
    fn names_that_are_none_still_have_an_id() {
        for path in ["。.txt", "con.txt", "COM1.md", "index.txt", ".txt", ""] {
            let id = derived(path);
            assert_eq!(explicit(&id).as_deref(), Some(&*id), "{path}");
        }
        assert!(derived("con.txt").starts_with("con-"));
    }

    /// The dictionary's readings are part of the promise: a new version of the crate that reads a
    /// character otherwise must not pass unseen.
    #[test]
    fn readings_are_frozen() {
        let mut all = Sha256::new();
        for han in ('\u{4e00}'..='\u{9fa5}').map(String::from) {
            all.update(read_out(&han));
            all.update("\n");
        }
        let mut hash = String::new();
        for byte in &all.finalize()[..8] {
            let _ = write!(hash, "{byte:02x}");
        }
        assert_eq!(hash, "f5ead5e6f0011896");
    }

    #[test]
    fn paths_that_read_alike_take_suffixes_and_are_told() {
        let claims = [
            claim("a/b.txt", None),
            claim("a-b.md", None),
            claim("c.txt", None),
        ];
        let (ids, told) = assign(&claims);
        let [Some(first), Some(second), Some(third)] = &ids[..] else {
            panic!("{ids:?}")
        };
        assert!(first.starts_with("a-b-") && second.starts_with("a-b-") && first != second);
        assert_eq!(third, "c");
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|told| told.code == "id-clash"));
    }

    #[test]
    fn a_keepers_id_stays_and_a_path_that_reads_like_it_gives_way() {
        let ids = ids(&[claim("x.txt", Some("c")), claim("c.txt", None)]);
        assert_eq!(ids[0].as_deref(), Some("c"));
        assert!(ids[1].as_deref().is_some_and(|id| id.starts_with("c-")));
    }

    #[test]
    fn equal_ids_of_keepers_are_an_error_for_each() {
        let claims = [
            claim("x.txt", Some("c")),
            claim("y.txt", Some("c")),
            claim("z.txt", None),
        ];
        let (ids, told) = assign(&claims);
        assert_eq!(ids, [None, None, Some("z".into())]);
        assert_eq!(told.len(), 2);
        assert_eq!(
            (told[0].file.as_str(), told[0].level),
            ("x.txt", Level::Error)
        );
        assert!(told[0].message.contains("y.txt (metadata.csv:2)"));
        assert!(told[1].message.contains("x.txt (metadata.csv:2)"));
    }

    fn path() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab省市2./-]{1,8}",
            "[\\PC]{0,40}",
            "(浙江省|长沙|2020年|con|/|\\.){1,30}",
        ]
    }

    proptest! {
        #[test]
        fn any_path_has_an_id_that_a_keeper_could_have_written(path in path()) {
            let id = derived(&path);
            prop_assert_eq!(explicit(&id), Some(id));
        }

        #[test]
        fn ids_are_unique_and_do_not_depend_on_order(
            paths in proptest::collection::btree_set(path(), 1..12),
            said in proptest::collection::vec(proptest::option::of("[abc]"), 12),
            turn in 0usize..12,
        ) {
            let mut claims: Vec<Claim> = paths
                .iter()
                .zip(&said)
                .map(|(path, said)| claim(path, said.as_deref()))
                .collect();
            let first: BTreeMap<String, Option<String>> =
                claims.iter().map(|claim| claim.path.clone()).zip(ids(&claims)).collect();
            let given: Vec<&String> = first.values().flatten().collect();
            prop_assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), given.len());
            for id in given {
                prop_assert_eq!(explicit(id), Some(id.clone()));
            }
            let turn = turn % claims.len();
            claims.rotate_left(turn);
            let second: BTreeMap<String, Option<String>> =
                claims.iter().map(|claim| claim.path.clone()).zip(ids(&claims)).collect();
            prop_assert_eq!(first, second);
        }
    }
}
