use super::*;
use proptest::prelude::*;

fn codes(name: &str, year: i32) -> Vec<String> {
    let gazetteer = Gazetteer::china();
    gazetteer
        .named_in(name, Some(year))
        .into_iter()
        .map(|candidate| gazetteer.code(candidate).to_owned())
        .collect()
}

#[test]
fn a_code_is_a_place_with_those_above_it() {
    let region = Gazetteer::china().region("330723", Some(2021)).unwrap();
    assert_eq!(region.label(), "330723 浙江省金华市武义县");
    assert_eq!(region.path(), "zhejiang/jinhua/wuyi");
    assert_eq!(region.level, RegionLevel::County);
    assert_eq!(region.province(), "浙江省");
}

#[test]
fn districts_of_municipalities_stand_under_them() {
    let region = Gazetteer::china().region("310114", None).unwrap();
    assert_eq!(region.path(), "shanghai/jiading");
}

#[test]
fn in_the_year_of_a_change_old_and_new_are_accepted() {
    assert_eq!(codes("增城市", 2013), ["440183"]);
    assert_eq!(codes("增城市", 2014), ["440183"]);
    assert_eq!(codes("增城区", 2014), ["440118"]);
    assert_eq!(codes("襄樊市", 2009), ["420600"]);
    assert_eq!(codes("襄阳市", 2011), ["420600"]);
}

#[test]
fn an_ended_place_leads_to_the_one_that_took_over() {
    let gazetteer = Gazetteer::china();
    let old = gazetteer.named_in("增城市", Some(2018));
    let next = gazetteer.successor_in(old[0], 2018).unwrap();
    assert_eq!(gazetteer.name(next), "增城区");
    let kept = gazetteer.named_in("襄樊市", Some(2015));
    let next = gazetteer.successor_in(kept[0], 2015).unwrap();
    assert_eq!(gazetteer.name(next), "襄阳市");
}

#[test]
fn a_shared_name_has_all_its_places() {
    assert_eq!(
        codes("鼓楼区", 2020),
        ["320106", "320302", "350102", "410204"]
    );
}

#[test]
fn the_longest_name_wins_in_a_text() {
    let gazetteer = Gazetteer::china();
    let text = "恩施土家族苗族自治州和吉林省吉林市、景宁县";
    let named: Vec<&str> = gazetteer
        .scan(text, &[NameKind::Full, NameKind::Form])
        .into_iter()
        .map(|mention| &text[mention.range])
        .collect();
    assert_eq!(
        named,
        ["恩施土家族苗族自治州", "吉林省", "吉林市", "景宁县"]
    );
}

#[test]
fn a_keeper_may_write_codes_names_and_paths() {
    let gazetteer = Gazetteer::china();
    let resolve = |word| {
        gazetteer
            .resolve_keeper(word, Some(2020))
            .map(|region| region.code)
    };
    assert_eq!(resolve("320106").unwrap(), "320106");
    assert_eq!(resolve("南京市鼓楼区").unwrap(), "320106");
    assert_eq!(resolve("江苏/南京/鼓楼").unwrap(), "320106");
    assert_eq!(resolve("吉林省").unwrap(), "220000");
    assert!(
        matches!(resolve("鼓楼区"), Err(Unresolved::Ambiguous { candidates, .. }) if candidates.len() == 4)
    );
    assert!(matches!(resolve("不存在县"), Err(Unresolved::Unknown(_))));
    let town = gazetteer.resolve_keeper("武义县白洋街道", None).unwrap();
    assert_eq!(
        (town.level, town.code.as_str(), town.name.as_str()),
        (RegionLevel::Township, "330723", "白洋街道")
    );
    assert_eq!(town.path(), "zhejiang/jinhua/wuyi/baiyangjiedao");
}

#[test]
fn an_archive_adds_its_own_places() {
    let own = |code: &str, name: &str, level, parent: &str| Division {
        code: code.into(),
        name: name.into(),
        level,
        parent: parent.into(),
        valid_from: None,
        valid_to: None,
        slug: String::new(),
    };
    let gazetteer = Gazetteer::with_additions([
        own("X1", "云中省", RegionLevel::Province, ""),
        own("X101", "鹤鸣市", RegionLevel::Prefecture, "X1"),
        own("NO-03", "Oslo", RegionLevel::Province, ""),
    ]);
    let region = gazetteer.resolve_keeper("鹤鸣市", None).unwrap();
    assert_eq!(region.path(), "yunzhongsheng/hemingshi");
    assert_eq!(
        gazetteer.region("NO-03", Some(1999)).unwrap().path(),
        "oslo"
    );
    assert_eq!(gazetteer.scan("in oslo 鹤鸣市", &[NameKind::Full]).len(), 2);
}

#[test]
fn zones_go_by_their_usual_names() {
    for name in [
        "长春高新技术产业开发区",
        "长春高新区",
        "长春市高新技术产业开发区",
    ] {
        assert_eq!(codes(name, 2022), ["220173"], "{name}");
    }
}

#[test]
fn towns_lead_to_counties() {
    let gazetteer = Gazetteer::china();
    assert_eq!(gazetteer.counties_of_town("干潭镇"), ["330182"]);
    let towns = gazetteer.towns("在梅城镇和新安江街道推进");
    assert_eq!(towns.len(), 2);
    assert!(
        towns
            .iter()
            .all(|(_, counties)| counties.contains(&"330182"))
    );
}

#[test]
fn paths_are_unique_among_places_of_one_year() {
    let gazetteer = Gazetteer::china();
    let mut seen = std::collections::HashMap::new();
    for code in gazetteer
        .rows
        .iter()
        .map(|row| row.code.as_ref())
        .collect::<std::collections::BTreeSet<_>>()
    {
        let Some(row) = gazetteer.row_in(code, Some(2023)) else {
            continue;
        };
        if !gazetteer.rows[row as usize].holds_in(2023)
            || gazetteer.rows[row as usize].valid_to == Some(2023)
        {
            continue;
        }
        let region = gazetteer.region(code, Some(2023)).unwrap();
        if let Some(other) = seen.insert(region.path(), region.label()) {
            panic!("{} and {} share {}", other, region.label(), region.path());
        }
    }
}

/// Texts of names, their parts and what stands between them.
fn texts() -> impl Strategy<Value = String> {
    let words = [
        "恩施",
        "土家族苗族自治州",
        "吉林",
        "省",
        "市",
        "县",
        "鼓楼区",
        "汴",
        "新",
        "和平",
        "长春高新区",
        "白洋",
        "街道",
        "桃溪",
        "镇",
        "乡",
        "城",
        "统筹",
        "在",
        "，",
        "2021年",
        "a",
    ];
    let words = proptest::sample::select(words.to_vec());
    proptest::collection::vec(words, 0..24).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_text_is_read_as_if_every_name_were_tried_at_every_place(text in texts()) {
        let gazetteer = Gazetteer::china();
        let kinds = [NameKind::Full, NameKind::Form, NameKind::Short];
        let mut expected = Vec::new();
        let mut at = 0;
        while let Some(first) = text[at..].chars().next() {
            let Some(length) = gazetteer.longest_name(&text[at..], &kinds) else {
                at += first.len_utf8();
                continue;
            };
            let mut candidates = gazetteer.named(&text[at..at + length]);
            candidates.retain(|candidate| kinds.contains(&candidate.kind));
            expected.push(Mention {
                range: at..at + length,
                kind: candidates[0].kind,
                candidates,
            });
            at += length;
        }
        prop_assert_eq!(gazetteer.scan(&text, &kinds), expected);
    }

    #[test]
    fn a_town_is_the_longest_known_name_before_its_generic(text in texts()) {
        let gazetteer = Gazetteer::china();
        let mut expected = Vec::new();
        for generic in ["街道", "镇", "乡"] {
            for (at, _) in text.match_indices(generic) {
                let end = at + generic.len();
                let mut starts = text[..at].char_indices().map(|(start, _)| start);
                let known =
                    |start: &usize| !gazetteer.counties_of_town(&text[*start..end]).is_empty();
                expected.extend(starts.find(known).map(|start| start..end));
            }
        }
        expected.sort_by_key(|range| (range.start, range.end));
        let found = gazetteer.towns(&text).into_iter().map(|(range, _)| range);
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
