use super::selftest::{self, self_test};
use super::*;
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::Gazetteer;
use crate::identify::IssuerType;
use crate::structure::ParagraphKind;
use std::sync::LazyLock;

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(Codebook::built_in);

/// `id value qualifiers` of everything found in `words`.
fn found(words: &str) -> Vec<String> {
    let (document, identity) = selftest::document(words);
    found_in(&document, &identity)
}

fn found_in(document: &Document, identity: &Identity) -> Vec<String> {
    code(document, identity, Gazetteer::china(), &CODEBOOK)
        .output
        .observations
        .iter()
        .map(|one| format!("{} {}", one.indicator, selftest::told(one)))
        .collect()
}

fn observations(words: &str) -> Vec<Observation> {
    let (document, identity) = selftest::document(words);
    code(&document, &identity, Gazetteer::china(), &CODEBOOK)
        .output
        .observations
}

/// Every line of the table is a sentence of our own, with everything that is to be found in it,
/// and nothing else.
#[test]
fn sentences_give_their_figures_and_no_others() {
    let table = include_str!("sentences.txt");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (words, expected) = line.split_once("=>").unwrap_or((line, ""));
        let expected: Vec<&str> = expected
            .split(';')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .collect();
        let found = found(words.trim());
        rows += 1;
        if found != expected {
            wrong.push(format!(
                "{words}\n  found    {found:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(rows >= 150, "{rows} rows");
    assert!(
        wrong.is_empty(),
        "{} of {rows}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_span_is_the_number_in_its_sentence() {
    for line in include_str!("sentences.txt").lines() {
        let words = line.split("=>").next().unwrap_or("").trim();
        let (document, identity) = selftest::document(words);
        let text = &document.text.text;
        for one in code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations
        {
            assert_eq!(one.span.of(text), one.written, "{words}");
            assert!(one.sentence.contains(one.span), "{words}");
        }
    }
}

#[test]
fn traditional_script_and_full_width_are_the_same_words() {
    assert_eq!(
        found("全年共辦理行政處罰案件１，２８０件，罰沒款３５．６萬元。"),
        ["penalty-cases-total 1280", "fines-total 356000"]
    );
}

#[test]
fn a_table_is_read_by_row_and_column() {
    let table = "2023年行政执法情况\n项目\t单位\t2023年\t2022年\t增长\n行政处罚案件\t件\t1,280\t1,100\t16.4%\n罚没款\t万元\t356.5\t300\t18%\n行政复议案件审结数\t件\t36\t28\t28%";
    assert_eq!(
        found(table),
        [
            "penalty-cases-total 1280",
            "fines-total 3565000",
            "reconsideration-closed 36"
        ]
    );
    let bars = "| 指标 | 数量（件） |\n| 普通程序案件 | 120 |\n| 简易程序案件 | 860 |";
    assert_eq!(
        found(bars),
        ["penalty-cases-ordinary 120", "penalty-cases-simple 860"]
    );
    let across = "行政复议\n年度\t受理(件)\t审结(件)\n2022年\t30\t28\n2023年\t45\t40";
    assert_eq!(
        found(across),
        ["reconsideration-accepted 45", "reconsideration-closed 40"]
    );
    let done = "项目\t收到\t受理(件)\t审结数\n行政复议案件\t45\t40\t36";
    assert_eq!(
        found(done),
        [
            "reconsideration-received 45",
            "reconsideration-accepted 40",
            "reconsideration-closed 36"
        ]
    );
    let two_heads = "类别\t2023年\t2023年\t2022年\t2022年\n类别\t受理\t审结\t受理\t审结\n行政复议案件\t45\t40\t30\t28";
    assert_eq!(
        found(two_heads),
        ["reconsideration-accepted 45", "reconsideration-closed 40"]
    );
    let annex = "| 序号 | 项目 | 单位 | 数量 | 备注 |\n| 1 | 行政诉讼案件（作为被告） | 件 | 17 |  |\n| 2 | 未审结 | 件 | 2 |  |\n| 3 | 执法业务培训 | 场 | 16 | 含线上 |\n| 4 | 执法业务培训人次 | 人次 | 1850 | 委托党校承办 |\n| 5 | 投诉举报 | 件 | 1986 | 热线转办 |";
    assert_eq!(
        found(annex),
        [
            "litigation-total 17",
            "litigation-pending 2",
            "training-sessions 16",
            "training-attendance 1850",
            "complaints-received 1986"
        ]
    );
    let others = "| 项目 | 单位 | 数量 |\n| 行政诉讼案件 | 件 | 17 |\n| 政协提案 | 件 | 30 |\n| 办结 | 件 | 30 |";
    assert_eq!(found(others), ["litigation-total 17"]);
    let empty = "序号\t单位\t收到行政复议申请\t维持\n合计\t17\t11";
    assert!(found(empty).is_empty());
    let bodies = "单位\t行政处罚案件(件)\n城东镇\t30\n市公安局\t560\n合计\t590";
    assert_eq!(found(bodies), ["penalty-cases-total 590"]);
}

#[test]
fn contradictions_are_flagged_and_sums_noted() {
    let both = observations("全年办理行政处罚案件320件。今年共办理行政处罚案件350件。");
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|one| one.conflict));
    let two_hats = observations(
        "审结行政复议案件88件，其中维持51件。以县政府为被申请人的行政复议案件，市政府作出维持决定3件。",
    );
    assert!(two_hats.iter().all(|one| !one.conflict));
    let none = observations("应诉案件审结9件，败诉2件。全年行政诉讼实现零败诉。");
    let lost = none.iter().filter(|one| one.indicator == "litigation-lost");
    assert_eq!(lost.filter(|one| one.conflict).count(), 2, "{none:?}");
    let among =
        observations("以县政府为被告的行政诉讼案件31件。全县行政机关全年共办理行政诉讼案件126件。");
    assert_eq!(among.len(), 2, "{among:?}");
    assert!(among.iter().all(|one| !one.conflict), "{among:?}");
    let rough = observations("全年办理行政处罚案件300余件。今年共办理行政处罚案件312件。");
    assert!(rough.iter().all(|one| !one.conflict));
    let sums = observations("办理行政处罚案件320件，其中普通程序100件，简易程序200件。");
    let mismatch = sums[0].mismatch.as_ref().expect("100 + 200 is not 320");
    assert_eq!(mismatch.sum, Decimal::from(300));
    let more = observations("收到行政复议申请218件，受理196件，不予受理14件，其他方式处理8件。");
    assert!(more.iter().all(|one| one.mismatch.is_none()), "{more:?}");
    let right = observations("办理行政处罚案件300件，其中普通程序100件，简易程序200件。");
    assert!(right.iter().all(|one| one.mismatch.is_none()));
}

#[test]
fn what_is_told_besides_a_whole_is_a_part() {
    let told = |words: &str| found(words).join("; ");
    assert_eq!(
        told("全年办结行政处罚案件268件，罚没款143.2万元；打击无证行医罚没51.3万元。"),
        "penalty-cases-total 268; fines-total 1432000"
    );
    assert_eq!(
        told("查处案件31件，罚款8.2万元。全局共办理行政处罚案件1205件，罚没款118.7万元。"),
        "penalty-cases-total 1205; fines-total 1187000"
    );
    // What is the issuer's own is no part of what others did.
    assert_eq!(
        told("全年办结行政处罚案件268件。我局办结行政处罚案件41件。"),
        "penalty-cases-total 268; penalty-cases-total 41"
    );
    // Two that nothing tells apart contradict each other.
    assert_eq!(
        told("办结行政处罚案件268件。办结行政处罚案件241件。"),
        "penalty-cases-total 268; penalty-cases-total 241"
    );
}

#[test]
fn what_a_report_states_once_more_counts_once() {
    let told = |words: &str| found(words).join("; ");
    assert_eq!(
        told("办理行政处罚案件320件。全年办理行政处罚案件320件，罚款30万元。"),
        "penalty-cases-total 320; fines-total 300000"
    );
    // In a table and in the text, in whichever order: the sentence stands.
    let table =
        "项目\t件数(件)\n行政处罚案件(件)\t320\n其中简易程序(件)\t30\n全年办理行政处罚案件320件。";
    let all = observations(table);
    let cases = |one: &&Observation| one.indicator == "penalty-cases-total";
    let cases: Vec<u32> = all.iter().filter(cases).map(|one| one.paragraph).collect();
    assert_eq!(cases, [3]);
    // Events may be several of one number.
    let events = "开展普法宣传活动12场。在学校开展普法宣传活动12场。";
    assert_eq!(found(events).len(), 2);
    let periods = "办理行政处罚案件320件。自2020年以来共办理行政处罚案件320件。";
    assert_eq!(found(periods).len(), 2);
}

#[test]
fn what_follows_a_number_in_its_sentence_covers_the_same() {
    let scopes = |words: &str| {
        let all = observations(words);
        all.iter().map(|one| one.scope).collect::<Vec<_>>()
    };
    let area = Some(Scope::Area);
    let all = "全市共查处违法案件320件，其中简易程序200件，普通程序120件，罚款30万元。";
    assert_eq!(scopes(all), [area; 4]);
    let own = "全市共有法律顾问326名，市政府法律顾问审查合同58件。";
    assert_eq!(scopes(own), [None]);
    let machine = "通过国家企业信用信息公示系统公示信息，审核重大执法决定64件。";
    assert_eq!(scopes(machine), [None]);
}

#[test]
fn what_the_issuer_itself_did_stands_beside_the_whole() {
    let told = |words: &str, kind: IssuerType| {
        let (document, mut identity) = selftest::document(words);
        identity.issuer_type = identity.year.clone().map(|fact| fact.map(|_| kind));
        let all = code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations;
        let told = all.iter().map(|one| (one.written.clone(), one.scope));
        told.collect::<Vec<_>>()
    };
    let told_of = |written: &str, scope| (written.to_owned(), scope);
    let (area, own) = (Some(Scope::Area), Some(Scope::OwnLevel));
    let beside = "全县作出行政处罚决定367件。其中，我局作出行政处罚决定83件，罚款165万元。";
    assert_eq!(
        told(beside, IssuerType::Department),
        [
            told_of("367件", area),
            told_of("83件", own),
            told_of("165万元", own)
        ]
    );
    let received = "全市行政复议机关收到行政复议申请356件，其中市政府收到109件，受理96件。";
    assert_eq!(
        told(received, IssuerType::Government),
        [
            told_of("356件", area),
            told_of("109件", own),
            told_of("96件", own)
        ]
    );
    // A bureau tells what the government decided, not what its own level did.
    let decided = "全年被申请行政复议案件5件，其中市政府维持3件。";
    assert_eq!(
        told(decided, IssuerType::Department),
        [told_of("5件", None), told_of("3件", None)]
    );
    let sued = "行政诉讼案件中，以区政府为被告的3件，以我局为被告的5件。";
    assert_eq!(told(sued, IssuerType::Department), [told_of("5件", None)]);
}

#[test]
fn a_department_is_no_reconsideration_organ_by_having_cases() {
    let capacities = |words: &str, year: i32| {
        let (document, mut identity) = selftest::document(words);
        identity.year = identity.year.map(|fact| fact.map(|_| year));
        identity.issuer_type = identity
            .year
            .clone()
            .map(|fact| fact.map(|_| IssuerType::Department));
        let all = code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations;
        all.iter().map(|one| one.capacity).collect::<Vec<_>>()
    };
    let received = "全年新收行政复议案件4起，均已审结。";
    assert!(capacities(received, 2019).iter().all(Option::is_none));
    let respondent = Some(Capacity::Respondent);
    let all = capacities(received, 2024);
    assert!(!all.is_empty() && all.iter().all(|one| *one == respondent));
    let by_others = "以我局为被申请人的行政复议案件6件，受理6件，复议机关维持3件。驳回申请2件。";
    assert_eq!(capacities(by_others, 2020), [respondent; 4]);
    let organ = Some(Capacity::ReconsiderationOrgan);
    let own = "我局作为复议机关审理行政复议案件58件。审结49件。";
    assert!(capacities(own, 2019).iter().all(|one| *one == organ));
    // Another's cases are none of a department's.
    let others = "2024年，区政府受理行政复议申请180件，其中涉及我局的9件。";
    assert!(!found_by_department(others).contains(&Decimal::from(180)));
}

/// The values in a department's report.
fn found_by_department(words: &str) -> Vec<Decimal> {
    let (document, mut identity) = selftest::document(words);
    identity.issuer_type = identity
        .year
        .clone()
        .map(|fact| fact.map(|_| IssuerType::Department));
    let all = code(&document, &identity, Gazetteer::china(), &CODEBOOK)
        .output
        .observations;
    all.iter().filter_map(|one| one.value).collect()
}

#[test]
fn period_cumulation_scope_and_capacity_are_told() {
    let one = |words: &str| {
        observations(words)
            .into_iter()
            .next()
            .expect("an observation")
    };
    let part = one("截至11月底，共办理行政处罚案件320件。")
        .period
        .expect("a period");
    assert_eq!(
        (part.start.to_string(), part.end.to_string()),
        ("2023-01-01".into(), "2023-11-30".into())
    );
    assert_eq!(
        one("1至9月，共办理行政处罚案件320件。")
            .period
            .expect("a period")
            .end
            .to_string(),
        "2023-09-30"
    );
    assert_eq!(one("截至12月31日，共办理行政处罚案件320件。").period, None);
    let since = one("自2019年以来，共办理行政处罚案件320件。")
        .cumulative_since
        .expect("since");
    assert_eq!(since.to_string(), "2019-01-01");
    let event = one("平台上线以来，共办理行政处罚案件320件。")
        .cumulative_since
        .expect("since");
    assert_eq!(event.to_string(), "平台上线以来");
    assert_eq!(
        one("今年以来，共办理行政处罚案件320件。").cumulative_since,
        None
    );
    assert_eq!(
        one("2023年以来，共办理行政处罚案件320件。").cumulative_since,
        None
    );
    assert_eq!(
        one("全系统共办理行政处罚案件320件。").scope,
        Some(Scope::System)
    );
    assert_eq!(
        one("局本级共办理行政处罚案件320件。").scope,
        Some(Scope::OwnLevel)
    );
    assert_eq!(
        one("全市共办理行政处罚案件320件。").scope,
        Some(Scope::Area)
    );
    assert_eq!(one("共办理行政处罚案件320件。").scope, None);
    assert_eq!(
        one("市政府收到行政复议申请32件。").capacity,
        Some(Capacity::ReconsiderationOrgan)
    );
    let organs = observations("县政府复议机关依法审结行政复议案件98件，其中维持60件。");
    assert!(
        organs
            .iter()
            .all(|one| one.capacity == Some(Capacity::ReconsiderationOrgan))
    );
    assert_eq!(
        one("以我局为被申请人的行政复议案件2件。").capacity,
        Some(Capacity::Respondent)
    );
    assert_eq!(
        one("应诉行政诉讼案件2件。").capacity,
        Some(Capacity::Defendant)
    );
    assert_eq!(
        one("县人民法院新收一审行政案件20件。").capacity,
        Some(Capacity::Court)
    );
}

#[test]
fn plans_suggestions_and_titles_hold_no_figures() {
    let (mut document, identity) = selftest::document("共办理行政处罚案件320件，开展执法培训6期。");
    assert_eq!(
        code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations
            .len(),
        2
    );
    document.parts[0].role = Role::Plan;
    assert!(
        code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations
            .is_empty()
    );
    document.parts[0].role = Role::Achievements;
    document.paragraphs[0].kind = ParagraphKind::Title;
    assert!(
        code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations
            .is_empty()
    );
}

#[test]
fn a_heading_tells_what_its_paragraphs_are_about() {
    assert_eq!(
        found("行政复议工作\n全年共收到申请45件，维持12件。"),
        ["reconsideration-received 45", "reconsideration-upheld 12"]
    );
    assert!(found("行政审批工作\n全年共收到申请45件，维持12件。").is_empty());
}

#[test]
fn passing_mention_is_told_from_a_paragraph_about_a_topic() {
    let depth = |words: &str, topic: &str| {
        let (document, identity) = selftest::document(words);
        let passages = code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .passages;
        passages
            .into_iter()
            .find(|one| one.topic == topic)
            .map(|one| one.depth)
    };
    let long = "我局认真贯彻落实上级决策部署，统筹推进城市管理各项工作，全面提升精细化治理水平，持续开展市容环境整治，\
        同时推进垃圾分类，加强队伍建设，强化作风建设，优化服务举措，各项工作取得了新的成效，群众获得感不断增强。";
    assert_eq!(depth(long, "waste-sorting"), Some(Depth::Mention));
    assert_eq!(
        depth(&format!("推进垃圾分类\n{long}"), "waste-sorting"),
        Some(Depth::About)
    );
    assert_eq!(
        depth(&format!("{long}垃圾分类扎实推进。"), "waste-sorting"),
        Some(Depth::About)
    );
    assert_eq!(depth("推进垃圾分类。", "waste-sorting"), Some(Depth::About));
    assert_eq!(depth(long, "signs"), None);
}

#[test]
fn topics_are_found_across_quotation_marks_and_script() {
    let (document, identity) = selftest::document("落實“雙隨機、一公開”監管，踐行“721”工作法。");
    let output = code(&document, &identity, Gazetteer::china(), &CODEBOOK).output;
    let topics: Vec<&str> = output
        .passages
        .iter()
        .map(|one| one.topic.as_str())
        .collect();
    assert_eq!(topics, ["random-inspection", "method-721"]);
    assert_eq!(output.passages[1].span.of(&document.text.text), "721”工作");
}

/// What another bureau did is its own; what others joined in is the issuer's.
#[test]
fn other_bodies_figures_are_not_the_issuers() {
    fn certain<T>(value: T) -> Fact<T> {
        let evidence = Evidence::Told(String::new());
        Fact::new(value, Method::Title, evidence, Confidence::CERTAIN)
    }
    for (kind, words, value) in [
        (
            IssuerType::Government,
            "生态环境部门执法罚款642万元。",
            None,
        ),
        (
            IssuerType::Government,
            "各县（市、区）自行评查案卷1320卷。",
            None,
        ),
        (
            IssuerType::Government,
            "各区（县）城管执法部门全年查处案件3452宗。",
            None,
        ),
        (
            IssuerType::Government,
            "对市局支队和各区（县）局报送的行政处罚案卷共90份进行评查。",
            Some(90),
        ),
        (
            IssuerType::Government,
            "审查各县（市、区）政府报备的规范性文件76件。",
            Some(76),
        ),
        (
            IssuerType::Government,
            "由县司法局牵头，组织开展案卷评查，抽查案卷85卷。",
            Some(85),
        ),
        (
            IssuerType::Department,
            "由局法制办牵头，评查案卷30卷。",
            Some(30),
        ),
        (
            IssuerType::Government,
            "压实各部门行政应诉主体责任，全年共办理行政应诉案件46件。",
            Some(46),
        ),
        (
            IssuerType::Government,
            "深入8个街道社区服务中心开展普法活动12场。",
            Some(12),
        ),
        (
            IssuerType::Department,
            "据区公安局统计，全年立案查处行政处罚案件6213起。",
            None,
        ),
        (
            IssuerType::Department,
            "全县各执法部门全年办理行政处罚案件3127件。",
            None,
        ),
        (
            IssuerType::Government,
            "市公安局共办理行政处罚案件560件。",
            None,
        ),
        (
            IssuerType::Government,
            "全市共办理行政处罚案件560件。",
            Some(560),
        ),
        (
            IssuerType::Department,
            "会同公安、邮政管理等部门开展检查，全年共办结行政处罚案件1562起。",
            Some(1562),
        ),
        (
            IssuerType::Department,
            "邮政管理部门开展检查，全年共办结行政处罚案件1562起。",
            None,
        ),
        (
            IssuerType::Department,
            "组织人员深入学校、集镇开展法治宣传活动178场次。",
            Some(178),
        ),
        (
            IssuerType::Department,
            "城东镇开展法治宣传活动178场次。",
            None,
        ),
        (
            IssuerType::Department,
            "深入学校、农场和圩镇开展法治宣传活动60场次。",
            Some(60),
        ),
        (
            IssuerType::Department,
            "各镇（街道）综合行政执法办以自身名义办结行政处罚案件231件。",
            None,
        ),
        (
            IssuerType::Department,
            "据统计，全区11个街镇综合执法大队2023年共实施行政处罚2763件。",
            None,
        ),
        (
            IssuerType::Department,
            "法制大队全年对83件重大执法决定进行了法制审核。",
            Some(83),
        ),
        (
            IssuerType::Department,
            "各市（区）水利局也开展了形式多样的宣传，发放宣传册6万份。",
            None,
        ),
        (
            IssuerType::Government,
            "市城市管理局以创城为契机，全年拆除违法建设412处。",
            None,
        ),
        (
            IssuerType::Department,
            "镇街以自身名义执法，我局全年办结行政处罚案件560件。",
            Some(560),
        ),
        (
            IssuerType::Department,
            "邀请各县区水利局骨干参加，举办执法培训3期。",
            Some(3),
        ),
        (IssuerType::Government, "各部门应诉案件共计56件。", None),
        (
            IssuerType::Department,
            "各乡镇自行执法，本年度共查处行政处罚案件320件。",
            None,
        ),
        (
            IssuerType::Department,
            "各乡镇自行执法，全年办结行政处罚案件320件。",
            None,
        ),
        (
            IssuerType::Government,
            "2个区政府获评全国示范区，全年受理行政复议案件120件。",
            Some(120),
        ),
    ] {
        let (document, identity) = selftest::document(words);
        let identity = Identity {
            issuer: Some(certain("云溪市水利局".to_owned())),
            issuer_type: Some(certain(kind)),
            ..identity
        };
        let found = code(&document, &identity, Gazetteer::china(), &CODEBOOK)
            .output
            .observations;
        let values: Vec<_> = found.iter().map(|one| one.value).collect();
        let expected: Vec<_> = value
            .map(|value| Some(Decimal::from(value)))
            .into_iter()
            .collect();
        assert_eq!(values, expected, "{words}");
    }
}

/// A matrix of proceedings and what became of them, with a second head below the first row.
#[test]
fn a_tables_columns_may_be_outcomes_of_its_rows() {
    let found = observations(
        "类别\t收案\t审结\t维持\t驳回申请\t撤销\n行政复议（件）\t14\t12\t7\t1\t0\n类别\t案件总数\t审结\t胜诉\t原告撤诉\t尚未判决\n行政诉讼（件）\t19\t16\t11\t4\t3",
    );
    let values: Vec<(&str, String)> = found
        .iter()
        .map(|one| {
            (
                one.indicator.as_str(),
                one.value.unwrap_or_default().to_string(),
            )
        })
        .collect();
    assert_eq!(
        values
            .iter()
            .map(|(id, value)| (*id, value.as_str()))
            .collect::<Vec<_>>(),
        [
            ("reconsideration-received", "14"),
            ("reconsideration-closed", "12"),
            ("reconsideration-upheld", "7"),
            ("reconsideration-dismissed", "1"),
            ("reconsideration-revoked", "0"),
            ("litigation-total", "19"),
            ("litigation-closed", "16"),
            ("litigation-won", "11"),
            ("litigation-withdrawn", "4"),
            ("litigation-pending", "3"),
        ]
    );
}

/// A field's row beside a total is a part of what its column's head counts; a kind of procedure names a number of its own.
#[test]
fn rows_of_fields_beside_a_total_are_its_parts() {
    let fields = "| 序号 | 执法领域 | 普通程序(件) | 简易程序(件) |\n| 1 | 市容环卫 | 312 | 4870 |\n| 2 | 违法建设 | 57 | 0 |\n| 合计 | | 369 | 4870 |";
    assert_eq!(
        found(fields),
        ["penalty-cases-ordinary 369", "penalty-cases-simple 4870"]
    );
    let kinds =
        "| 程序 | 办结行政处罚案件(件) |\n| 普通程序 | 369 |\n| 简易程序 | 4870 |\n| 合计 | 5239 |";
    assert!(found(kinds).contains(&"penalty-cases-ordinary 369".to_owned()));
    let outcomes =
        "行政复议\n| 办理结果 | 审结数(件) |\n| 维持 | 41 |\n| 撤销 | 8 |\n| 合计 | 49 |";
    assert!(found(outcomes).contains(&"reconsideration-upheld 41".to_owned()));
    let years = "行政复议\n| 年度 | 受理(件) |\n| 2022年 | 61 |\n| 2023年 | 74 |\n| 合计 | 135 |";
    assert_eq!(found(years), ["reconsideration-accepted 74"]);
    let of_one_year =
        "| 2023年度 | 受理(件) | 审结(件) |\n| 行政复议 | 12 | 10 |\n| 合计 | 12 | 10 |";
    assert!(found(of_one_year).contains(&"reconsideration-closed 10".to_owned()));
}

/// What leads to a table may end a paragraph that tells of more.
#[test]
fn the_sentence_that_leads_to_a_table_tells_what_it_is_about() {
    let (mut document, identity) = selftest::document(
        "推进行政应诉规范化，对行政诉讼案件逐案分析。近两年行政复议案件办理情况见下表：\n| 年度 | 收到申请 | 审结 | 维持 |\n| 2022年 | 61 | 50 | 27 |\n| 2023年 | 74 | 63 | 31 |",
    );
    document.paragraphs[0].kind = ParagraphKind::Body;
    assert_eq!(
        found_in(&document, &identity),
        [
            "reconsideration-received 74",
            "reconsideration-closed 63",
            "reconsideration-upheld 31"
        ]
    );
}

/// A line between a table's rows tells what the next ones are about, and parts none of them from their head.
#[test]
fn a_line_between_rows_names_what_the_next_are_about() {
    let (mut document, identity) = selftest::document(
        "项目\t2022年\t2023年\n行政复议（单位：件）\n新收申请\t402\t468\n维持\t190\t201\n行政诉讼（单位：件）\n审结\t101\t88\n全市合计\t503\t556",
    );
    for paragraph in &mut document.paragraphs {
        paragraph.section = None;
        if paragraph.kind == ParagraphKind::Heading {
            paragraph.kind = ParagraphKind::Body;
        }
    }
    assert_eq!(
        found_in(&document, &identity),
        [
            "reconsideration-received 468",
            "reconsideration-upheld 201",
            "litigation-closed 88"
        ]
    );
}

/// What a caption calls an annex is of no section, a plan's neither; its column of the bodies below is not the issuer's.
#[test]
fn an_annexed_table_belongs_to_no_section() {
    let values = |caption: &str| {
        let (mut document, identity) = selftest::document(&format!(
            "{caption}\n项目\t县（市、区）\t合计\n行政处罚案件（件）\t1794\t2025\n其中：普通程序（件）\t603\t743"
        ));
        document.parts[0].role = Role::Plan;
        document.paragraphs[0].kind = ParagraphKind::Body;
        let all = code(&document, &identity, Gazetteer::china(), &CODEBOOK).output;
        let values = all.observations.iter().filter_map(|one| one.value);
        values.map(|value| value.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(values("附表2 全市行政执法情况统计表"), ["2025", "743"]);
    assert!(values("全市行政执法任务分解表").is_empty());
}

/// A row may tell its numbers in words; what it is about its first cell names.
#[test]
fn a_row_told_in_words_is_read_as_running_text() {
    let table = "| 类别 | 案件数 | 办理结果 |\n| 行政复议（被申请人） | 收到4件 | 维持2件，驳回复议申请1件 |\n| 行政诉讼 | 共5件（上年结转2件，本年新收3件） | 审结4件，其中胜诉3件、原告撤诉1件；未审结1件 |";
    assert_eq!(
        found(table),
        [
            "reconsideration-received 4",
            "reconsideration-upheld 2",
            "reconsideration-dismissed 1",
            "litigation-total 5",
            "litigation-carried 2",
            "litigation-new 3",
            "litigation-closed 4",
            "litigation-won 3",
            "litigation-withdrawn 1",
            "litigation-pending 1"
        ]
    );
    let (document, identity) = selftest::document(table);
    let text = &document.text.text;
    for one in code(&document, &identity, Gazetteer::china(), &CODEBOOK)
        .output
        .observations
    {
        assert_eq!(one.span.of(text), one.written);
        assert!(one.sentence.contains(one.span));
    }
    // Without a head; and what comes after is of the same.
    let bare = "| 行政诉讼 | 共5件（上年结转2件） | 审结4件 |\n| 行政复议 | 收到6件 | 维持3件 |";
    assert_eq!(
        found(bare),
        [
            "litigation-total 5",
            "litigation-carried 2",
            "litigation-closed 4",
            "reconsideration-received 6",
            "reconsideration-upheld 3"
        ]
    );
    let after = "| 类别 | 收案 | 审结 |\n| 行政复议 | 12 | 10 |\n| 行政诉讼 | 共5件 | 审结4件 |\n| 未审结 | 1 | |";
    assert!(found(after).contains(&"litigation-pending 1".to_owned()));
    assert!(found("| 类别 | 年度目标 |\n| 普法宣传 | 开展普法活动20场 |").is_empty());
    // Last year's column, and a list of cases.
    assert!(found("| 类别 | 2022年情况 |\n| 行政诉讼 | 新收9件，审结8件 |").is_empty());
    assert!(found("| 序号 | 案由 | 结果 |\n| 1 | 擅自占道 | 罚款2000元 |").is_empty());
}

/// The places below the issuer's own, as a gazetteer knows them, tell of themselves.
#[test]
fn what_a_place_below_did_is_not_the_issuers() {
    let found = |words: &str| {
        let (document, mut identity) = selftest::document(words);
        let china = Gazetteer::china();
        let region = china.region("420800", Some(2023)).expect("荆门市");
        identity.region = identity.year.clone().map(|year| year.map(|_| region));
        let all = code(&document, &identity, china, &CODEBOOK).output;
        all.observations.len()
    };
    assert_eq!(
        found("钟祥市评查本级行政执法案卷90卷，举办执法培训6期。"),
        0
    );
    assert_eq!(
        found("沙洋县打造品牌：掇刀区法制审核中心办结行政处罚案件145件。"),
        0
    );
    // Its own name after the place above's; a court of the place above; a body above that acts.
    assert_eq!(found("湖北省荆门市人民政府共受理行政复议申请80件。"), 1);
    assert_eq!(found("湖北省高级人民法院判决我局胜诉3件。"), 1);
    assert_eq!(found("湖北省人民政府全年审结行政复议案件574件。"), 0);
    // Its own again, or its own court's word on it.
    assert_eq!(found("京山市被评为示范，全市评查行政执法案卷90卷。"), 1);
    assert_eq!(found("荆门市评查行政执法案卷90卷。"), 1);
    assert_eq!(found("评查行政执法案卷90卷。"), 1);
}

/// The evidence of a figure in a very long sentence stays readable.
#[test]
fn a_long_sentence_is_cut_at_its_clauses() {
    let long = format!(
        "{}办理行政处罚案件320件，{}。",
        "加强作风建设，".repeat(60),
        "提升服务水平，".repeat(60)
    );
    let (document, identity) = selftest::document(&long);
    let one = &code(&document, &identity, Gazetteer::china(), &CODEBOOK)
        .output
        .observations[0];
    let sentence = one.sentence.of(&document.text.text);
    assert!(sentence.chars().count() <= LONGEST_SENTENCE);
    assert!(sentence.contains("行政处罚案件320件"));
}

#[test]
fn an_archives_own_codebook_extends_replaces_and_removes() {
    let own = crate::codebook::CodebookFile {
        name: "codebook/own.toml",
        text: r#"
            remove = ["signs"]

            [[topic]]
            id = "sponge-city"
            names = { zh-Hans = "海绵城市", en = "Sponge city" }
            definition = { zh-Hans = "海绵城市建设。", en = "Building of sponge cities." }
            terms = ["海绵城市"]
            examples = ["推进海绵城市建设。"]
            counter-examples = ["海绵制品。"]

            [[topic]]
            id = "waste-sorting"
            extend = true
            terms = ["撤桶并点"]

            [[indicator]]
            id = "drills"
            names = { zh-Hans = "应急演练", en = "Drills" }
            definition = { zh-Hans = "开展应急演练的次数。", en = "Drills held." }
            group = "staff"
            units = ["次", "场"]
            patterns = ["(开展|组织)*8演练#"]
            examples = ["组织应急演练6次。 => 6"]
            counter-examples = ["组织培训6次。"]
        "#,
    };
    let read = Codebook::load(&[own]);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let codebook = read.output;
    assert_ne!(codebook.version, CODEBOOK.version);
    assert!(codebook.topic("signs").is_none());
    assert!(self_test(&codebook).is_empty());
    let (document, identity) = selftest::document("推进海绵城市和撤桶并点，组织防汛演练3次。");
    let coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
    assert_eq!(coded.passages.len(), 2);
    assert_eq!(coded.observations[0].indicator, "drills");
}

#[test]
fn a_removed_indicator_is_told_nowhere_and_disturbs_no_other() {
    let own = crate::codebook::CodebookFile {
        name: "codebook/own.toml",
        text: "remove = [\"penalty-cases-ordinary\"]\n",
    };
    let read = Codebook::load(&[own]);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let codebook = read.output;
    assert!(codebook.indicator("penalty-cases-ordinary").is_none());
    // What it reads tells others apart still: a part's fines are no total.
    assert_eq!(self_test(&codebook).len(), 0);
    let sentence = "办结案件43件，其中普通程序案件30件、罚款2万元，简易程序案件13件、罚款1万元。";
    let (document, identity) = selftest::document(sentence);
    let coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
    let mut found = coded.observations.iter();
    assert!(found.all(|one| one.indicator != "penalty-cases-ordinary"));
}

#[test]
fn a_faulty_codebook_names_file_line_and_remedy() {
    let told = |text: &str| {
        let file = crate::codebook::CodebookFile {
            name: "codebook/own.toml",
            text,
        };
        let read = Codebook::load(&[file]);
        assert_eq!(read.output.indicators.len(), CODEBOOK.indicators.len());
        let [one] = &read.warnings[..] else {
            panic!("{:?}", read.warnings);
        };
        assert_eq!(one.file, "codebook/own.toml");
        assert!(one.hint.is_some());
        (one.line, one.message.clone())
    };
    let (line, message) = told("[[topic]]\nid = \"x\"\nterm = [\"y\"]\n");
    assert_eq!(line, Some(3));
    assert!(message.contains("term"), "{message}");
    let head = "[[indicator]]\nid = \"x\"\nnames = { zh-Hans = \"甲\", en = \"A\" }\ndefinition = { zh-Hans = \"甲\", en = \"A\" }\n";
    let (line, message) = told(&format!(
        "{head}units = [\"件\"]\npatterns = [\n  \"案件#\",\n  \"案件(#\",\n]\n"
    ));
    assert_eq!(line, Some(8));
    assert!(message.contains("not closed"), "{message}");
    let (line, message) = told(&format!("{head}units = [\"斤\"]\n"));
    assert_eq!(line, Some(5));
    assert!(message.contains('斤'), "{message}");
    let (_, message) = told(&format!("{head}units = [\"件\"]\nframe = [\"nowhere\"]\n"));
    assert!(message.contains("nowhere"), "{message}");
    let (line, _) = told("remove = [\"nothing\"]\n");
    assert_eq!(line, Some(1));
    let (line, message) = told("[whole]\nof = [\"fines\"]\nwords = [\"全年\"]\nown = []\n");
    assert_eq!(line, Some(1));
    assert!(message.contains("`fines`"), "{message}");
    let (line, message) =
        told("[[ratio]]\npart = \"litigation-won\"\nwhole = \"litigation-ended\"\n");
    assert_eq!(line, Some(1));
    assert!(message.contains("litigation-ended"), "{message}");
}
