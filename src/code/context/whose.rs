//! Whose a number is: how far it reaches, and whether it is another body's.

use super::{Before, expression};
use crate::code::Scope;
use crate::gazetteer::{NameKind, RegionLevel};
use crate::identify::{Identity, IssuerType};
use daachorse::CharwiseDoubleArrayAhoCorasick;
use regex::Regex;
use std::sync::LazyLock;

/// Words that tell how far a number reaches.
const SCOPES: [(&str, Scope); 32] = [
    ("系统", Scope::System),
    ("局本级", Scope::OwnLevel),
    ("本级", Scope::OwnLevel),
    ("局机关", Scope::OwnLevel),
    ("其中市政府", Scope::OwnLevel),
    ("其中县政府", Scope::OwnLevel),
    ("其中区政府", Scope::OwnLevel),
    ("其中州政府", Scope::OwnLevel),
    ("其中市人民政府", Scope::OwnLevel),
    ("其中县人民政府", Scope::OwnLevel),
    ("其中区人民政府", Scope::OwnLevel),
    ("其中州人民政府", Scope::OwnLevel),
    ("其中我局", Scope::OwnLevel),
    ("其中,我局", Scope::OwnLevel),
    ("全市", Scope::Area),
    ("全县", Scope::Area),
    ("全区", Scope::Area),
    ("全州", Scope::Area),
    ("全旗", Scope::Area),
    ("全盟", Scope::Area),
    ("全省", Scope::Area),
    ("全域", Scope::Area),
    ("辖区", Scope::Area),
    ("各县区", Scope::Area),
    ("各区县", Scope::Area),
    ("各县(市、区)", Scope::Area),
    ("各乡镇", Scope::Area),
    ("市县两级", Scope::Area),
    ("市区两级", Scope::Area),
    ("两级", Scope::Area),
    ("全镇", Scope::Area),
    ("全街道", Scope::Area),
];

impl Before<'_> {
    /// Whom the number covers, by the nearest word in its clause or the one before.
    pub(in crate::code) fn scope(&self) -> Option<Scope> {
        let mut ends = self
            .text
            .rmatch_indices([',', ';', '。', ':'])
            .map(|(at, _)| at + 1);
        let start = ends.nth(1).unwrap_or(0);
        let near = &self.text[start..];
        let clause = near.rfind([',', ';', ':']).map_or(0, |at| at + 1);
        last_places(near)
            .filter(|(at, _)| !names_a_thing(&near[*at..]))
            // 其中市政府维持3件, in a department's report, is what the government decided.
            .filter(|(at, _)| {
                let named = near[*at..].strip_prefix("其中");
                let kind = named.and_then(|name| name.strip_prefix(['市', '县', '区', '州']));
                let governments =
                    |rest: &str| rest.starts_with("政府") || rest.starts_with("人民政府");
                !kind.is_some_and(governments) || !self.is_a_departments()
            })
            .filter(|(at, scope)| *scope != Scope::System || !names_a_machine(&near[..*at]))
            .max_by_key(|(at, _)| *at)
            // What the clause says of the issuer alone covers no more than that.
            .filter(|(at, scope)| {
                let alone = speaks_of_the_issuer(&near[clause..]);
                *scope == Scope::OwnLevel || *at >= clause || !alone
            })
            .map(|(_, scope)| scope)
    }

    fn is_a_departments(&self) -> bool {
        let kind = self.identity.issuer_type.as_ref();
        kind.is_some_and(|kind| kind.value == IssuerType::Department)
    }

    /// A department of justice, whose work its government's cases are.
    fn is_of_justice(&self) -> bool {
        let line = self.identity.line.as_ref();
        line.is_some_and(|line| line.value == "司法行政")
    }

    /// Whether the clause speaks of a body that is not the issuer's own: 全省, 某镇, another bureau.
    pub(in crate::code) fn another_body(&self) -> bool {
        let clause = self.text.rsplit([';', '。']).next().unwrap_or("");
        let level = self.identity.level();
        if speaks_of_the_state(clause)
            || (clause.contains("全省")
                && !clause.contains("参加")
                && level != Some(RegionLevel::Province))
        {
            return true;
        }
        let name = self
            .identity
            .region
            .as_ref()
            .map_or("", |region| region.value.name.as_str());
        if level == Some(RegionLevel::County) && clause.contains("全市") && !name.ends_with('市')
        {
            return true;
        }
        let sued = government_is_sued(clause) && !self.is_of_justice();
        if self.is_a_departments()
            && (all_agencies(clause, self.is_of_justice()) || self.government_acts(clause) || sued)
        {
            return true;
        }
        let town = level == Some(RegionLevel::Township);
        let higher = level != Some(RegionLevel::Province) && higher_body(clause)
            || town && bureau_above(clause);
        higher
            || self.other_bureau(clause)
            || self.by_anothers_count(clause)
            || self.bureau_below(clause)
            || smaller_body(clause, town)
            || bodies_below(clause, town)
            || self.another_place(clause)
    }

    /// A place within the issuer's own as the subject, of the number's clause or of the last before that which tells whom it
    /// speaks of (京山市打造品牌，评查案卷90卷, in the report of 荆门市); or a body of the place above (衡阳市政府审结574件, in that of 衡阳县).
    /// What courts do, or what others decide of its own acts, is not another's.
    fn another_place(&self, segment: &str) -> bool {
        static BODY_ABOVE: LazyLock<Regex> = LazyLock::new(|| {
            expression(
                r"^[^的我本全,;:。、]{0,8}(?:政府|局|委|委员会|厅)(?:全年|共|累计|受理|收到|审结|办结|办理|查处|立案|作出|组织|抽查|评查|委托)",
            )
        });
        let Some(own) = self.identity.region.as_ref().map(|region| &region.value) else {
            return false;
        };
        let decided = segment.contains("被申请") || segment.contains("被告");
        for clause in segment.rsplit([',', ':']) {
            let clause = clause.strip_prefix("其中").unwrap_or(clause);
            if speaks_of_the_issuer(clause)
                || clause.starts_with(['全', '我', '本'])
                || names_the_issuer(clause, self.identity)
            {
                return false;
            }
            let mut named = Vec::new();
            let mut rest = clause;
            // 湖南省衡阳县: the last place counts.
            while let Some(length) = self
                .gazetteer
                .longest_name(rest, &[NameKind::Full, NameKind::Form])
            {
                let (name, after) = rest.split_at(length);
                named = self.gazetteer.named(name);
                rest = after;
            }
            if named.is_empty() {
                continue;
            }
            let court: String = rest.chars().take(10).collect();
            let above = !decided && BODY_ABOVE.is_match(rest);
            return !court.contains("法院")
                && !court.contains("检察院")
                && named.into_iter().any(|place| {
                    let code = self.gazetteer.code(place);
                    let is_above = || own.code.starts_with(stem(code));
                    code != own.code
                        && (self.gazetteer.lies_in(place, &own.code) || above && is_above())
                });
        }
        false
    }

    /// A government that takes and closes cases, in its department's words (区政府受理行政复议申请180件); not where the
    /// department names itself, nor of its department of justice, whose work that is.
    fn government_acts(&self, clause: &str) -> bool {
        static GOVERNMENT: LazyLock<Regex> = LazyLock::new(|| {
            expression(
                r"(?:市|县|区|州|旗)(?:人民)?政府(?:全年|今年|共|累计|已|依法|共计)*(?:收到|新收|受理|审结|办结|审理)",
            )
        });
        let own = [
            "我局",
            "本局",
            "我委",
            "我支队",
            "我大队",
            "被申请",
            "被告",
            "发生行政复议",
        ];
        let area = ["全市", "全县", "全区", "全州"]
            .iter()
            .any(|all| self.text.contains(all));
        let told = self.text.contains("发生行政复议") && !area;
        !self.is_of_justice()
            && !told
            && clause.contains("政府")
            // 以本局为被申请人的案件74件;县政府审结70件: of the bureau's.
            && !own.iter().any(|own| self.text.contains(own))
            && GOVERNMENT.is_match(clause)
    }

    /// 据区城管执法局统计，…; 由县司法局牵头，…: what another bureau counted or did, where a bureau's report names it, until the
    /// report speaks of the bureau again.
    fn by_anothers_count(&self, segment: &str) -> bool {
        static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
            let body = "[^,;:。、局委]{1,14}(?:局|委|办|部门)";
            expression(&format!(
                "(?:^|,)据({body})(?:统计|通报|报送|上报)|由({body})牵头"
            ))
        });
        if !self.is_a_departments() || !segment.contains(['据', '牵']) {
            return false;
        }
        SOURCE.captures(segment).is_some_and(|source| {
            let body = source
                .get(1)
                .or(source.get(2))
                .map_or("", |body| body.as_str());
            let end = source.get(0).map_or(0, |whole| whole.end());
            // 由各部门牵头 has the issuer's own lead.
            let own = names_the_issuer(body, self.identity)
                || self.is_own_bureau(body)
                || body == "各部门" && source.get(2).is_some();
            !own && !turns_to_the_issuer(&segment[end..])
        })
    }

    /// A county's bureau as the subject (桓仁县执法局办理), where that county is not the issuer's place.
    fn bureau_below(&self, clause: &str) -> bool {
        static BUREAU: LazyLock<Regex> = LazyLock::new(|| {
            expression(
                r"(?:^|[,:、])([^,;:。、全各我本]{1,8}?[县区旗])[^,;:。、县区旗]{0,8}局(?:共|累计|全年|办理|办结|查处|作出|立案)",
            )
        });
        let level = self.identity.level();
        let above = matches!(level, Some(RegionLevel::Prefecture | RegionLevel::Province));
        let with = ["会同", "联合", "协同", "参加", "对"];
        above
            && clause.contains('局')
            && BUREAU.captures_iter(clause).any(|bureau| {
                let issuer = self.identity.issuer.as_ref();
                let own = issuer.is_some_and(|issuer| issuer.value.contains(&bureau[1]));
                let joined = with.iter().any(|word| bureau[1].starts_with(word));
                let end = bureau.get(0).map_or(0, |whole| whole.end());
                !own && !joined && !turns_to_the_issuer(&clause[end..])
            })
    }

    /// 县局, as a county's bureau calls itself.
    fn is_own_bureau(&self, body: &str) -> bool {
        let place = self.identity.region.as_ref();
        let kind = place.and_then(|place| place.value.name.chars().next_back());
        kind.is_some_and(|kind| body.strip_prefix(kind) == Some("局"))
    }

    /// A bureau named with a verb of its own (市公安局办理) that is not the issuer.
    fn other_bureau(&self, clause: &str) -> bool {
        static BUREAU: LazyLock<Regex> = LazyLock::new(|| {
            expression(
                r"(公安|食药|食品药品|安监|劳动监察|工商|质监|海事|市场监管|市场监督管理|生态环境|环保|城管|城市管理|城市综合管理|综合执法|综合行政执法|交通|卫生|卫健|应急|农业|文化|文旅|税务|水利|水务|自然资源|国土|规划|住建|住房|人社|人力资源|教育|民政|消防|烟草|海关|检察|医保|财政|审计|统计|林业|商务|金融|体育|档案|气象|邮政)[^,;:。、]{0,8}(?:局拆除|(?:局|委)以[^,;:。]{2,12}为(?:契机|抓手|重点|载体|主线|依托|突破口)|(?:局|委|委员会|部门|支队|大队|总队|厅|院|系统)(?:共(?:[^同]|$)|累计|全年|依法|今年|已|办理|办结|查处|受理|开展|作出|下达|立案|实施|审核|组织|举办|审结|收到|移送|加强|强化|聚焦|[^,;:。、]{0,6}罚[款没]))",
            )
        });
        let ends = ["局", "委", "部门", "队", "厅", "院", "系统"];
        if !ends.iter().any(|end| clause.contains(end)) {
            return false;
        }
        let own = self
            .identity
            .issuer_resolved
            .as_ref()
            .or(self.identity.issuer.as_ref());
        let kind = self.identity.issuer_type.as_ref().map(|kind| kind.value);
        let line = self.identity.line.as_ref().map(|line| line.value.as_str());
        // 会同公安、邮政部门开展: what others joined in is the issuer's.
        let joined = |at: usize| {
            let before = clause[..at].rsplit([',', ':']).next().unwrap_or_default();
            ["会同", "联合", "协同"]
                .iter()
                .any(|word| before.contains(word))
        };
        // 参加县综合执法局组织的培训: what it did tells of a thing only.
        let taken = |at: usize| {
            let before = clause[..at].rsplit([',', ':']).next().unwrap_or_default();
            ["参加", "选派", "接受"]
                .iter()
                .any(|word| before.contains(word))
        };
        let acts = |whole: &regex::Match| {
            let tells = clause[whole.end()..].starts_with('的') && taken(whole.start());
            // 由市规划局与我局牵头
            let with_us = ["我局", "本局", "我委"]
                .iter()
                .any(|own| whole.as_str().contains(own));
            !joined(whole.start()) && !tells && !with_us
        };
        let hits = BUREAU.captures_iter(clause);
        let mut hits = hits.filter(|hit| hit.get(0).is_some_and(|whole| acts(&whole)));
        hits.any(|hit| match (own, kind) {
            // 城管系统 is 城市管理局's own.
            (Some(own), Some(IssuerType::Department)) => {
                !own.value.contains(&hit[1]) && !same_line(line, &hit[1])
            }
            // A township's squad is its own.
            (_, Some(IssuerType::Government)) => {
                self.identity.level() != Some(RegionLevel::Township) || !hit[0].contains('队')
            }
            _ => false,
        })
    }
}

/// The digits with which the codes of all places within a place begin.
fn stem(code: &str) -> &str {
    let county = code.strip_suffix("00").unwrap_or(code);
    county.strip_suffix("00").unwrap_or(county)
}

/// Where each of the words of scope last stands in `text`, and what it tells.
fn last_places(text: &str) -> impl Iterator<Item = (usize, Scope)> {
    static WORDS: LazyLock<CharwiseDoubleArrayAhoCorasick<u8>> = LazyLock::new(|| {
        let words = SCOPES.iter().map(|(word, _)| word).zip(0..);
        CharwiseDoubleArrayAhoCorasick::with_values(words).expect("constant words")
    });
    let mut last = [None; SCOPES.len()];
    for found in WORDS.find_overlapping_iter(text) {
        last[usize::from(found.value())] = Some(found.start());
    }
    let scopes = SCOPES.iter().map(|(_, scope)| *scope);
    last.into_iter()
        .zip(scopes)
        .filter_map(|(at, scope)| Some((at?, scope)))
}

/// 以区政府为被告的3件, as a department tells it: the number's own clause names the government alone.
fn government_is_sued(clause: &str) -> bool {
    static SUED: LazyLock<Regex> =
        LazyLock::new(|| expression(r"[市县区州旗](?:人民)?政府[^,;:。]{0,6}[为系]被告"));
    let own = clause.rsplit(',').next().unwrap_or(clause);
    own.contains("被告") && SUED.is_match(own) && !own.contains("我局")
}

/// 全市行政机关共办理: all agencies act, of which a bureau is one. 在全市行政机关率先, 为全市行政机关培训 are not. How often their heads appeared
/// in court is what a bureau of justice counts.
fn all_agencies(clause: &str, of_justice: bool) -> bool {
    const ACTS: [&str; 9] = [
        "共", "累计", "办理", "作出", "查处", "受理", "审结", "应诉", "败诉",
    ];
    const BODIES: [&str; 6] = [
        "行政机关",
        "各执法部门",
        "各行政执法部门",
        "各行政执法单位",
        "各级行政机关",
        "行政执法部门",
    ];
    const ALL: [&str; 5] = ["全市", "全县", "全区", "全州", "全旗"];
    let acts = |bodies: &str| {
        ALL.iter().any(|all| {
            clause
                .split_once(&[all, bodies].concat())
                .is_some_and(|(before, after)| {
                    let after = after.strip_prefix("全年").unwrap_or(after);
                    !before.ends_with(['在', '为', '对', '向', '给'])
                        && (ACTS.iter().any(|act| after.starts_with(act))
                            || !of_justice && after.starts_with("负责人出庭"))
                })
        })
    };
    BODIES
        .iter()
        .any(|bodies| clause.contains(bodies) && acts(bodies))
}

/// 各县(市、区)局共发生行政诉讼21件, 各县(市、区)复议机构另收到申请412件: the bodies below tell of themselves, not the issuer with them.
fn bodies_below(clause: &str, town: bool) -> bool {
    static BELOW: LazyLock<Regex> = LazyLock::new(|| {
        let counties = r"(?:县\(市、区\)|区\(市、县\)|市\(县、区\)|区\(县\)|县\(区\)|县\(市\)|市\(区\)|区\(市\)|县区|区县|县市)";
        let bodies = r"(?:[^,;:。、对和及与]{0,4}局|[^,;:。、对和及与]{1,4}办(?:共|累计|全年|开展|组织)|(?:人民)?政府|自行|[^,;:。、对]{0,6}(?:执法部门|执法局|执法机关|大队)|(?:行政)?复议(?:机构|机关))";
        let number = r"(?:\d+|[二三四五六七八九十两]+)个?";
        let others = "(?:[县市区州]直(?:各)?部门|各部门|其他部门|镇街|乡镇|街道)";
        expression(&[
            format!("各{counties}{bodies}"),
            format!("(?:全[市州])?各{counties}则"),
            format!("{number}(?:{counties}|乡镇|镇街|街镇|街道)[^,;:。、]{{0,10}}(?:政府|局|大队|部门|机构|机关)(?:20\\d\\d年)?(?:全年|共|累计|收到|受理|应诉|办结|办理|查处|发生|作出|败诉)"),
            "(?:县|区)级政府(?:作为|共收到|共受理)".to_owned(),
            r"(?:\d+|[二两三四五六七八九十])个?[区县](?:人民)?政府(?:全年|共|累计|自行|收到|受理|应诉|作为|被)".to_owned(),
            "县级局(?:被|共|全年|发生|收到|受理|办理)".to_owned(),
            "(?:县区|区县)(?:局|[^,;:。、对]{0,6}执法部门)".to_owned(),
            r"乡镇\(街道\)(?:全年|共|累计|自行)".to_owned(),
            r"各(?:镇\(街道\)|乡镇\(街道\)|镇街|乡镇)(?:审查|审核|办理)".to_owned(),
            r"(?:乡镇|镇街|街镇|街道|镇|乡\(镇\)|乡镇\(街道\)|镇\(街道\))[^,;:。、对]{0,20}(?:以|,[^,;:。]{0,12}以)(?:自[己身]的?|街镇|镇街|乡镇|街道)名义".to_owned(),
            r"(?:乡镇|镇街|街道|县区|区县|乡镇\((?:街道|园区)\)|各[县区市乡镇][^,;:。、对]{0,6})自行".to_owned(),
            format!("{others}[^,;:。]{{0,8}}(?:作为被告|为被告)|{others}[^,;:。]{{0,6}}应诉案件(?:共计?|共有|另有|有|总?数?为)?(?:\\d|$)"),
        ].join("|"))
    });
    clause.contains(['县', '区', '镇', '街', '直', '部'])
        && BELOW.find_iter(clause).any(|below| {
            let before = &clause[..below.start()];
            // 对市局支队和各县区局报送的案卷评查: what is done with what they gave.
            let object = before.rsplit(',').next().unwrap_or_default();
            // 街道作为被告, as a township tells of itself.
            let itself = town
                && ["街道", "镇", "乡"]
                    .iter()
                    .any(|own| below.as_str().starts_with(own));
            let led = [
                "组织", "指导", "督促", "会同", "联合", "推动", "要求", "协调", "审查", "审核",
                "接收", "接受", "收到", "受理", "抽查", "评查", "检查", "深入", "走进", "压实",
                "落实", "统筹", "召集", "邀请",
            ];
            !turns_to_the_issuer(&clause[below.end()..])
                && !before.ends_with([
                    '及', '和', '与', '、', '对', '向', '在', '从', '为', '赴', '市',
                ])
                && !led.iter().any(|verb| before.ends_with(verb))
                && !object.starts_with(['对', '将'])
                && !itself
        })
}

/// Whether 全国 in a clause is the country: not a platform's, a hotline's (12315, 12345) or a law's name.
fn speaks_of_the_state(clause: &str) -> bool {
    const NAMES: [&str; 12] = [
        "示范",
        "文明",
        "先进",
        "试点",
        "首",
        "123",
        "统一",
        "一体化",
        "企业信用",
        "信用",
        "行政执法",
        "互联网",
    ];
    clause.match_indices("全国").any(|(at, word)| {
        let after = &clause[at + word.len()..];
        // 全国低碳日, 全国节能宣传周
        let name = after.split([',', '、', ':']).next().unwrap_or_default();
        let head: Vec<char> = name.chars().take(12).collect();
        // 全国10月份 is a time.
        let day = head.windows(2).any(|pair| {
            matches!(pair[1], '日' | '周' | '月')
                && matches!(pair[0], '\u{4E00}'..='\u{9FFF}')
                && !"一二三四五六七八九十至".contains(pair[0])
        });
        // 全国文化和旅游市场举报平台
        let name: String = head.iter().collect();
        let machine = ["平台", "热线"].iter().any(|end| name.contains(end));
        !day && !machine && !NAMES.iter().any(|name| after.starts_with(name))
    })
}

/// Whether a body named by `word` is of this line. City management and comprehensive enforcement are
/// one bureau in many places.
fn same_line(line: Option<&str>, word: &str) -> bool {
    const ONE: [&str; 2] = ["城市管理", "综合行政执法"];
    let (Some(own), Some(other)) = (line, crate::identify::line(word)) else {
        return false;
    };
    own == other || (ONE.contains(&own) && ONE.contains(&other))
}

/// 全市首个, 全区重点: the word does not tell whom a number covers.
fn names_a_thing(from: &str) -> bool {
    let mut rest = from.chars().skip(2);
    matches!(rest.next(), Some('首' | '第' | '先' | '最' | '优' | '前'))
}

/// 企业信用信息公示系统, 办案系统: no system of bodies.
fn names_a_machine(before: &str) -> bool {
    const MACHINES: [&str; 20] = [
        "公示",
        "信息",
        "业务",
        "办案",
        "监控",
        "网络",
        "智慧",
        "检测",
        "应用",
        "预警",
        "征信",
        "抓拍",
        "办公",
        "监测",
        "综合管理",
        "指挥",
        "举报",
        "平台",
        "监督",
        "信用",
    ];
    MACHINES.iter().any(|machine| before.ends_with(machine))
}

/// Words for the issuer alone, or a part of it.
const ISSUERS: [&str; 22] = [
    "市人民政府",
    "县人民政府",
    "区人民政府",
    "州人民政府",
    "市政府",
    "县政府",
    "区政府",
    "州政府",
    "我局",
    "本局",
    "我委",
    "我镇",
    "我街道",
    "局机关",
    "本机关",
    "本单位",
    "本级",
    "市级",
    "县级",
    "区级",
    "支队",
    "大队",
];

/// Whether, after a clause that speaks of others, a later one speaks of the issuer again: …,我局发放宣传册.
fn turns_to_the_issuer(rest: &str) -> bool {
    const OWN: [&str; 9] = [
        "我局",
        "我委",
        "我市",
        "我县",
        "我区",
        "本局",
        "本委",
        "本机关",
        "全局",
    ];
    let mut later = rest.split(',').skip(1);
    later.any(|clause| {
        let own = speaks_of_the_issuer(clause) && !clause.contains("部门");
        own || OWN.iter().any(|own| clause.starts_with(own))
    })
}

/// Whether a clause begins with the issuer alone, after what was said of the whole area or system (全市共有…,市政府…).
fn speaks_of_the_issuer(clause: &str) -> bool {
    let clause = clause.strip_prefix("其中").unwrap_or(clause);
    ISSUERS.iter().any(|issuer| clause.starts_with(issuer))
}

/// Whether words begin with the issuer's own name or what it calls itself: 我局, 市应急管理局 (of 白银市).
pub(in crate::code) fn names_the_issuer(words: &str, identity: &Identity) -> bool {
    const ITSELF: [&str; 6] = ["我局", "本局", "我委", "局本级", "市本级", "本级"];
    let issuer = identity.issuer_resolved.as_ref();
    let issuer = issuer.or(identity.issuer.as_ref());
    let place = identity.region.as_ref().map(|region| &region.value.name);
    let short = issuer.zip(place).and_then(|(issuer, place)| {
        let kind = place.chars().next_back()?;
        issuer.value.strip_prefix(place.strip_suffix(kind)?)
    });
    let department = |issuer: &&str| issuer.ends_with(['局', '委', '厅', '会']);
    let mut names = ITSELF.into_iter().chain(short.filter(department));
    names.any(|name| words.starts_with(name))
}

/// Whether words begin with the issuer's own enforcement: 市水政监察支队.
pub(in crate::code) fn names_own_squad(words: &str) -> bool {
    let squad = words.strip_prefix(['市', '县', '区', '州', '局']);
    let name = squad.and_then(|words| words.split_inclusive('队').next());
    name.is_some_and(is_own_squad)
}

/// Whether words name the issuer alone, or a part of it.
pub(in crate::code) fn tells_issuer(words: &str) -> bool {
    ISSUERS.iter().any(|issuer| words.contains(issuer))
}

/// Whether the words between two numbers of a sentence say whose the second is.
pub(in crate::code) fn tells_whose(between: &str) -> bool {
    tells_issuer(between) || between.contains(['我', '各', '全'])
}

/// A body of the province or the state that looks at others' work: 省司法厅抽查.
fn higher_body(clause: &str) -> bool {
    static BODY: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"(?:省|国家|中央|国务院|上级)[^,;:。、]{0,10}(?:厅|局|委|部|办|院|组)[^,;:。、]{0,4}(?:抽查|评查|检查|受理|审查|办理|查处|督察)",
        )
    });
    let signs = ["省", "国家", "中央", "国务院", "上级"];
    signs.iter().any(|sign| clause.contains(sign)) && BODY.is_match(clause)
}

/// 市局处罚, as a township tells of the bureaus above it: in the number's own clause.
fn bureau_above(clause: &str) -> bool {
    let clause = clause.rsplit(',').next().unwrap_or(clause);
    ["市局", "县局", "区局"].iter().any(|bureau| {
        ["处罚", "立案", "查处", "罚款", "办理"]
            .iter()
            .any(|did| clause.contains(&format!("{bureau}{did}")))
    })
}

/// 综合行政执法大队, 水政监察大队: the body's own enforcement, not one squad of several (城东中队).
fn is_own_squad(name: &str) -> bool {
    const WORDS: [&str; 28] = [
        "市本级",
        "法制审核",
        "法制",
        "法规",
        "综合",
        "行政",
        "执法",
        "城市管理",
        "城管",
        "监察",
        "稽查",
        "市容",
        "水政",
        "交通运输",
        "交通",
        "农业",
        "文化",
        "市场",
        "卫生",
        "监督",
        "环境",
        "自然资源",
        "大队",
        "支队",
        "队",
        "局",
        "镇",
        "街道",
    ];
    let mut rest = name.to_owned();
    for word in WORDS {
        rest = rest.replace(word, "");
    }
    rest.is_empty() && name.ends_with('队')
}

/// A town, county or squad as the subject: 城关镇共查处.
fn smaller_body(clause: &str, town: bool) -> bool {
    static BODY: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"(?:^|[,:、])([^,;:。、]{1,8}?(?:镇|乡|街道|街道办|县|区|大队|中队|分局|执法队|派出所|村|社区))(?:共|累计|全年|依法|办理|查处|受理|开展|作出|立案)",
        )
    });
    // The issuer's own, or all of its kind.
    const OWN: [&str; 18] = [
        "直属",
        "全",
        "各",
        "我",
        "本",
        "两级",
        "所辖",
        "辖",
        "市区",
        "主城",
        "城区",
        "该",
        "在",
        "局及",
        "局和",
        "局机关",
        "深入",
        "走进",
    ];
    // 深入企业、校园、社区开展: kinds of places, no body.
    const GENERIC: [&str; 11] = [
        "社区", "小区", "园区", "校区", "景区", "乡村", "农村", "集镇", "城镇", "乡镇", "村镇",
    ];
    let ends = ["镇", "乡", "街道", "县", "区", "队", "分局", "派出所", "村"];
    ends.iter().any(|end| clause.contains(end))
        && BODY.captures_iter(clause).any(|hit| {
            let body = hit[1].trim_start_matches(['进', '到', '下', '赴']);
            let body = ["全年", "今年", "本年"]
                .iter()
                .find_map(|time| body.strip_prefix(time))
                .unwrap_or(body);
            let body = body.strip_prefix('由').unwrap_or(body);
            // A township tells of itself.
            let itself = town && ["街道", "镇", "乡"].contains(&body);
            let own = itself || is_own_squad(body) || OWN.iter().any(|word| body.contains(word));
            let before = &clause[..hit.get(1).map_or(0, |body| body.start())];
            let toured = ["深入", "走进"].iter().any(|verb| {
                let item = before.rsplit([',', ':']).next().unwrap_or_default();
                item.starts_with(verb)
            });
            let place = (toured || GENERIC.contains(&body)) && hit[0].ends_with("开展");
            // 对12个大队开展案卷评查: what is done to them.
            let object = body.starts_with('对') && body.contains('个');
            // 会同乡镇拆除: what others joined in.
            let joined = ["会同", "联合", "协同"]
                .iter()
                .any(|verb| body.starts_with(verb));
            !own && !place && !object && !joined
        })
}
