//! Fictional archives of any size: places that do not exist, several issuers and years each, and
//! all the messes of real files mixed in. The same seed gives the same bytes.

use std::fmt::Write as _;
use std::path::Path;

/// First characters of the fictional places' names.
const FIRST: &str = "云青白金银碧翠丹紫苍玉珠锦秀清澄远安宁泰丰盛永长新古景春秋松柏桐枫竹兰芷荷莲";
/// Second characters.
const SECOND: &str = "溪岭川泽洲浦湾屏坪峪岗塬壑渚汀屿埠堰渡桥关寨堡亭榭陵丘阜郊原野畈坞垄垣圩";
/// Issuers below a place, the government itself first: name, what it deals with.
const ISSUERS: [(&str, &str); 7] = [
    ("人民政府", "全面履职"),
    ("城市管理局", "市容秩序"),
    ("市场监督管理局", "食品药品"),
    ("司法局", "行政复议"),
    ("水利局", "河湖管护"),
    ("交通运输局", "道路运输"),
    ("农业农村局", "农资监管"),
];
/// Report years, the latest first.
const YEARS: std::ops::RangeInclusive<u32> = 2016..=2024;

/// What goes into an archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many reports: 1 to 100,000.
    pub reports: usize,
    /// Same seed, same archive.
    pub seed: u64,
    /// Characters of a report's running text, roughly.
    pub characters: usize,
}

/// A reproducible sequence of numbers (SplitMix64, Steele et al. 2014).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A fictional county with those above it.
struct Place {
    code: String,
    name: String,
    prefecture: String,
    province: String,
}

/// Writes an archive into `root`: `fangzhi.toml`, `divisions.csv`, `content/`.
///
/// # Errors
/// What writing files meets.
pub(crate) fn write(root: &Path, plan: Plan) -> std::io::Result<()> {
    let per_place = ISSUERS.len() * YEARS.count();
    let places = places(plan.reports.div_ceil(per_place));
    std::fs::create_dir_all(root.join("content"))?;
    std::fs::write(
        root.join("fangzhi.toml"),
        "title = \"虚构的法治政府建设年度报告\"\n",
    )?;
    std::fs::write(root.join("divisions.csv"), divisions(&places))?;
    for index in 0..plan.reports {
        let place = &places[index / per_place];
        let issuer = ISSUERS[index % ISSUERS.len()];
        let year = YEARS.end() - (index / ISSUERS.len() % YEARS.count()) as u32;
        let mut sequence = Sequence(plan.seed ^ (index as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let folder = root.join("content").join(&place.province).join(&place.name);
        std::fs::create_dir_all(&folder)?;
        let text = report(place, issuer, year, plan.characters, &mut sequence);
        let bytes = match index % 10 {
            7 => gb18030(&text),
            8 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            _ => text.into_bytes(),
        };
        std::fs::write(folder.join(format!("{}{year}.txt", issuer.0)), bytes)?;
    }
    Ok(())
}

/// Twelve provinces of eleven prefectures of twelve counties, as many as are needed.
fn places(count: usize) -> Vec<Place> {
    let first: Vec<char> = FIRST.chars().collect();
    let second: Vec<char> = SECOND.chars().collect();
    let named = |index: usize| {
        // A stride that shares no factor with the number of pairs meets each pair once.
        let at = index * 641 % (first.len() * second.len());
        format!("{}{}", first[at / second.len()], second[at % second.len()])
    };
    let mut places = Vec::new();
    let mut names = 0;
    let mut next = || {
        names += 1;
        named(names - 1)
    };
    for province in 0..12 {
        let province_name = format!("{}省", next());
        for prefecture in 0..11 {
            let prefecture_name = format!("{}市", next());
            for county in 0..12 {
                if places.len() == count {
                    return places;
                }
                places.push(Place {
                    code: format!("{}{:02}{:02}", 84 + province, prefecture + 1, county + 1),
                    name: format!("{}县", next()),
                    prefecture: prefecture_name.clone(),
                    province: province_name.clone(),
                });
            }
        }
    }
    places
}

fn divisions(places: &[Place]) -> String {
    let mut csv = String::from("code,name,level,parent\n");
    let mut above = String::new();
    for place in places {
        let (province, prefecture) = (
            format!("{}0000", &place.code[..2]),
            format!("{}00", &place.code[..4]),
        );
        if !above.starts_with(&province[..2]) {
            let _ = writeln!(csv, "{province},{},province,", place.province);
        }
        if above != place.code[..4] {
            let _ = writeln!(
                csv,
                "{prefecture},{},prefecture,{province}",
                place.prefecture
            );
        }
        let _ = writeln!(csv, "{},{},county,{prefecture}", place.code, place.name);
        place.code[..4].clone_into(&mut above);
    }
    csv
}

fn report(
    place: &Place,
    (issuer, matter): (&str, &str),
    year: u32,
    characters: usize,
    sequence: &mut Sequence,
) -> String {
    let name = format!("{}{issuer}", place.name);
    let title = format!("{name}{year}年法治政府建设年度报告");
    let mut text = String::new();
    let mess = sequence.below(8);
    if mess == 0 {
        let _ = writeln!(
            text,
            "首页 > 政务公开 > 法治政府建设\n浏览次数：{}",
            sequence.below(9000)
        );
    }
    match mess {
        // No title: the first sentence has to do.
        1 => {}
        2 => {
            let spaced: Vec<String> = title.chars().map(String::from).collect();
            let _ = writeln!(text, "{}", spaced.join(" "));
        }
        _ => {
            let _ = writeln!(text, "{title}");
        }
    }
    let _ = writeln!(
        text,
        "{year}年，{name}围绕{matter}和依法行政，把法治政府建设列入年度任务，现将有关情况报告如下。"
    );
    let budget = characters.max(600);
    for (section, (heading, share, subjects)) in SECTIONS.iter().enumerate() {
        let heading = heading.replace("{next}", &(year + 1).to_string());
        let marker = ["一", "二", "三", "四", "五"][section];
        // A marker lost here and there, as in real files.
        if mess == 3 && section == 2 {
            let _ = writeln!(text, "{heading}");
        } else {
            let _ = writeln!(text, "{marker}、{heading}");
        }
        let start = text.chars().count();
        let mut subject = 0;
        while text.chars().count() - start < budget * share / 100 && subject < 24 {
            let title = subjects[(subject + sequence.below(2)) % subjects.len()];
            let ordinal =
                ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"][subject % 10];
            let _ = write!(text, "（{ordinal}）{title}。");
            for _ in 0..4 + sequence.below(5) {
                text.push_str(&sentence(matter, sequence));
            }
            text.push('\n');
            subject += 1;
        }
        if mess == 4 {
            let _ = writeln!(text, "— {} —", section + 1);
        }
    }
    let _ = writeln!(
        text,
        "{name}\n{}年{}月{}日",
        year + 1,
        1 + sequence.below(3),
        1 + sequence.below(28)
    );
    if mess == 0 {
        text.push_str("友情链接\n扫一扫在手机打开当前页\n");
    }
    text
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

/// One sentence with a figure or without.
fn sentence(matter: &str, sequence: &mut Sequence) -> String {
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
    match sequence.below(16) {
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
        4 => format!(
            "新收行政复议案件{}件，审结{}件，没有超期。",
            2 + number % 40,
            1 + number % 40
        ),
        5 => format!("围绕{matter}，{way}，检查{place}经营主体{number}家次。"),
        6 => format!("对情节轻微、及时改正的{}起案件不予处罚。", 1 + number % 60),
        7 => format!(
            "“721”工作法在{place}落地，投诉比上年少了{}%。",
            3 + number % 40
        ),
        8 => format!("抽查案卷{}份，问题逐条反馈。", 1 + number % 90),
        9 => format!("{place}的堵点由专班认领，{way}，一项一项销号。"),
        10 => format!("法律顾问参与{matter}方面的论证，意见{way}后吸收。"),
        11 => format!("{way}，让{place}的群众少跑路、好办事。"),
        12 => format!("负责人出庭应诉{}次，出庭率100%。", 1 + number % 9),
        13 => format!("执法记录仪覆盖{place}，全过程可以回看。"),
        14 => format!("与检察、审判机关就{matter}建立会商，{way}。"),
        _ => format!("{way}，{place}的{matter}工作有了起色。"),
    }
}

/// The text in GB 18030, of which all characters used here have two bytes.
fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}
