//! What a report says: title, opening, five parts with figures, signature.

use super::places::Place;
use super::sequence::Sequence;
use std::collections::BTreeSet;

/// What an issuer is called in a province and below it, and what it deals with.
pub(crate) struct Office {
    province: &'static str,
    below: &'static str,
    matter: &'static str,
}

/// The government itself first.
pub(crate) const OFFICES: [Office; 7] = [
    office("人民政府", "人民政府", "全面履职"),
    office("司法厅", "司法局", "行政复议"),
    office("住房和城乡建设厅", "城市管理局", "市容秩序"),
    office("市场监督管理局", "市场监督管理局", "食品药品"),
    office("水利厅", "水利局", "河湖管护"),
    office("交通运输厅", "交通运输局", "道路运输"),
    office("农业农村厅", "农业农村局", "农资监管"),
];

const fn office(province: &'static str, below: &'static str, matter: &'static str) -> Office {
    Office {
        province,
        below,
        matter,
    }
}

impl Office {
    pub(crate) fn of(&self, place: &Place) -> &'static str {
        if place.level == "province" {
            self.province
        } else {
            self.below
        }
    }
}

/// What a report covers of its year: the year itself, or what is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// As titles say it.
    pub(crate) titled: &'static str,
    /// As the text says it.
    said: &'static str,
    /// First and last month.
    pub(crate) months: (u32, u32),
}

pub(crate) const WHOLE_YEAR: Stretch = stretch("", "", (1, 12));
pub(crate) const PARTS_OF_A_YEAR: [Stretch; 3] = [
    stretch("上半年", "上半年", (1, 6)),
    stretch("第三季度", "第三季度", (7, 9)),
    stretch("", "1月至11月", (1, 11)),
];

const fn stretch(titled: &'static str, said: &'static str, months: (u32, u32)) -> Stretch {
    Stretch {
        titled,
        said,
        months,
    }
}

/// A report in parts, each a line.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) title: String,
    pub(crate) opening: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) issuer: String,
    pub(crate) date: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) marker: &'static str,
    pub(crate) heading: String,
    pub(crate) paragraphs: Vec<String>,
}

impl Report {
    /// Every line of it may be changed.
    pub(crate) fn lines_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let sections = self.sections.iter_mut().flat_map(|section| {
            std::iter::once(&mut section.heading).chain(section.paragraphs.iter_mut())
        });
        [&mut self.title, &mut self.opening]
            .into_iter()
            .chain(sections)
            .chain([&mut self.issuer, &mut self.date])
    }
}

/// Writes a report of about so many characters.
pub(crate) fn report(
    place: &Place,
    office: &Office,
    (year, stretch): (u32, Stretch),
    characters: usize,
    sequence: &mut Sequence,
) -> Report {
    let issuer = format!("{}{}", place.name, office.of(place));
    let matter = office.matter;
    let next = year + 1;
    let budget = characters.max(600);
    let mut said = BTreeSet::new();
    let sections = SECTIONS
        .iter()
        .zip(["一、", "二、", "三、", "四、", "五、"]);
    let sections = sections.map(|((heading, share, subjects), marker)| Section {
        marker,
        heading: heading.replace("{next}", &next.to_string()),
        paragraphs: paragraphs(matter, budget * share / 100, subjects, &mut said, sequence),
    });
    let sections = sections.collect();
    let (year_signed, month) = match stretch.months.1 {
        12 => (next, 1 + sequence.below(3) as u32),
        last => (year, last + 1),
    };
    Report {
        title: format!("{issuer}{year}年{}法治政府建设年度报告", stretch.titled),
        opening: format!(
            "{year}年{}，{issuer}围绕{matter}和依法行政，把法治政府建设列入年度任务，现将有关情况报告如下。",
            stretch.said
        ),
        sections,
        issuer,
        date: format!("{year_signed}年{month}月{}日", 1 + sequence.below(28)),
    }
}

fn paragraphs(
    matter: &str,
    budget: usize,
    subjects: &[&str],
    said: &mut BTreeSet<usize>,
    sequence: &mut Sequence,
) -> Vec<String> {
    const ORDINALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let mut paragraphs = Vec::new();
    let mut written = 0;
    while written < budget && paragraphs.len() < 24 {
        let at = paragraphs.len();
        let title = subjects[(at + sequence.below(2)) % subjects.len()];
        let mut paragraph = format!("（{}）{title}。", ORDINALS[at % 10]);
        for _ in 0..4 + sequence.below(5) {
            paragraph.push_str(&sentence(matter, said, sequence));
        }
        written += paragraph.chars().count();
        paragraphs.push(paragraph);
    }
    paragraphs
}

/// Headings with their share of the text, in percent, and what stands below them.
const SECTIONS: [(&str, usize, &[&str]); 5] = [
    (
        "主要举措和成效",
        60,
        &[
            "强化组织领导",
            "落实行政执法三项制度",
            "规范重大行政决策",
            "加强规范性文件管理",
            "深化放管服改革",
            "推进双随机、一公开监管",
            "推行首违不罚",
            "开展案卷评查",
            "加强执法培训",
            "抓好普法宣传",
        ],
    ),
    (
        "行政复议和行政应诉情况",
        10,
        &["办理复议案件", "落实负责人出庭应诉"],
    ),
    (
        "存在的问题和不足",
        10,
        &["执法力量不足", "普法方式单一", "部门协同不够"],
    ),
    (
        "主要负责人履行推进法治建设第一责任人职责情况",
        8,
        &["带头学法", "定期听取汇报"],
    ),
    (
        "{next}年工作安排",
        12,
        &["健全制度", "提升队伍素质", "推进数字化执法"],
    ),
];

/// Matters of [`sentence`] that state a figure, and how many there are in all.
const FIGURES: std::ops::Range<usize> = 0..9;
const MATTERS: usize = 17;
/// A report gives a figure again, and another, once in so many times that it might.
const CONTRADICTS: usize = 200;

/// One sentence with a figure or without. A report states each figure once, as a rule: `said` are those
/// that it stated.
fn sentence(matter: &str, said: &mut BTreeSet<usize>, sequence: &mut Sequence) -> String {
    let place = sequence.pick(&[
        "城区",
        "乡镇",
        "园区",
        "街道",
        "景区",
        "港口",
        "学校周边",
        "集贸市场",
    ]);
    let way = sequence.pick(&[
        "坚持问题导向",
        "把服务挤进日常",
        "靠前指导",
        "边查边改",
        "以案释法",
        "线上线下结合",
        "会同有关部门",
        "对照年度清单",
        "借助信息平台",
        "依托网格力量",
    ]);
    let number = 2 + sequence.below(480);
    let mut about = sequence.below(MATTERS);
    if FIGURES.contains(&about) && !said.insert(about) && sequence.below(CONTRADICTS) > 0 {
        about = FIGURES.end + sequence.below(MATTERS - FIGURES.end);
    }
    match about {
        0 => format!(
            "全年办理行政处罚案件{}件，其中普通程序{number}件，简易程序{}件。",
            number + 31,
            31
        ),
        1 => format!(
            "在{place}{way}，发放宣传资料{number}份，解答咨询{}人次。",
            number / 2 + 1
        ),
        2 => format!("组织执法培训{}期，受训{number}人次。", 1 + number % 12),
        3 => format!(
            "{way}，审查规范性文件{}件、合同{number}份。",
            1 + number % 30
        ),
        4 => {
            let (upheld, revoked) = (1 + number % 30, number % 5);
            format!(
                "新收行政复议案件{}件，审结{}件，其中维持{upheld}件，撤销{revoked}件，没有超期。",
                upheld + revoked + number % 4,
                upheld + revoked
            )
        }
        5 => format!("对情节轻微、及时改正的{}起案件不予处罚。", 1 + number % 60),
        6 => format!("抽查案卷{}份，问题逐条反馈。", 1 + number % 90),
        7 => format!("负责人出庭应诉{}次，出庭率100%。", 1 + number % 9),
        8 => format!(
            "发生行政诉讼案件{}件，败诉{}件。",
            3 + number % 20,
            number % 3
        ),
        9 => format!("围绕{matter}，{way}，检查{place}经营主体{number}家次。"),
        10 => format!("{place}的堵点由专班认领，{way}，一项一项销号。"),
        11 => format!("法律顾问参与{matter}方面的论证，意见{way}后吸收。"),
        12 => format!("{way}，让{place}的群众少跑路、好办事。"),
        13 => format!(
            "“721”工作法在{place}落地，投诉比上年少了{}%。",
            3 + number % 40
        ),
        14 => format!("执法记录仪覆盖{place}，全过程可以回看。"),
        15 => format!("与检察、审判机关就{matter}建立会商，{way}。"),
        _ => format!("{way}，{place}的{matter}工作有了起色。"),
    }
}
