//! The engine against a plain count over the folded texts.

mod cost;
mod exact;
mod facets;
mod language;
mod shown;

use tantivy::directory::RamDirectory;

use super::Searcher;
use crate::fold::fold_str;
use crate::{
    IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, Request, Response, TopicLabel,
};

const CLAUSES: [&str; 28] = [
    "全县深入推进法治政府建设，行政执法水平稳步提升。",
    "全年收到行政复议申请24件，受理21件，审结２０件。",
    "全年共办理行政復議案件11件，其中撤销1件。",
    "行政複議与行政诉讼衔接机制逐步健全！",
    "推行“双随机、一公开”监管，抽查企业1,234家次。",
    "双随机 一公开监管实现全覆盖；",
    "落实“721”工作法，减少执法争议。",
    "721工作法得到推广，7211不算。",
    "首违不罚清单扩大到35项，首违不罚、轻微免罚并行。",
    "探索非现场执法，非现场执法占比为12.5%。",
    "政务服务打通最后一公里。",
    "推动“一委、一办、一平台”运行，一委一办一平台初见成效。",
    "乡镇综合执法「一把扫帚扫到底」。",
    "一把扫帚，扫到底的做法尚未推开。",
    "法治政府建设仍有短板，执法执法执法三查三看。",
    "下一步，持续推进法治政府建设，建设建设再建设。",
    "2017、2018年两年间无败诉案件。",
    "2024年1月至11月，开展执法检查24次。",
    "按照GB/T 2260和GB18030编码，app备案3个。",
    "人口3.2万人、面积1,234.5平方公里。",
    "《法治政府建设实施纲要（2021—2025年）》全面实施。",
    "行政诉讼败诉2件，其余均胜诉？",
    "行政诉讼案件由县司法局统筹。败诉案件逐件复盘。",
    "⼯作⼈⺠满意。",
    "党政主要负责人履行推进法治建设第一责任人职责。",
    "",
    "一",
    "，。、“”",
];

const ROLES: [&str; 4] = ["achievements", "problems", "leadership_duty", "plan"];

/// A report out of clauses; a paragraph is a run of them.
fn report(number: usize, paragraphs: &[Vec<usize>]) -> IndexedReport {
    let (province, code) = [("甲省", "910000"), ("乙省", "920000"), ("丙省", "930000")][number % 3];
    let county = format!("{}县", ["山前", "水北", "河东", "城西"][number % 4]);
    let paragraph = |(at, clauses): (usize, &Vec<usize>)| IndexedParagraph {
        anchor: format!("p{at}"),
        number: at as u32 + 1,
        text: clauses
            .iter()
            .map(|clause| CLAUSES[clause % CLAUSES.len()])
            .collect(),
        role: ROLES[at % ROLES.len()].to_owned(),
        topics: if at % 3 == 1 {
            vec!["review".to_owned()]
        } else {
            Vec::new()
        },
    };
    IndexedReport {
        id: format!("r{number}"),
        title: format!("{county}法治政府建设年度报告"),
        page: format!("reports/r{number}.html"),
        region: Some(IndexedRegion {
            code: format!(
                "{}",
                code.parse::<u32>().unwrap_or(0) + 100 + number as u32 % 4
            ),
            name: county.clone(),
            level: "county".to_owned(),
            path: vec![province.to_owned(), county.clone()],
        }),
        year: (!number.is_multiple_of(7)).then(|| 2019 + (number % 5) as i32),
        issuer: Some(format!("{county}司法局")),
        issuer_type: Some(
            if number.is_multiple_of(2) {
                "government"
            } else {
                "department"
            }
            .to_owned(),
        ),
        paragraphs: paragraphs.iter().enumerate().map(paragraph).collect(),
    }
}

fn archive() -> Vec<IndexedReport> {
    let clauses = |number: usize, at: usize| -> Vec<usize> {
        (0..=(number * 5 + at) % 4)
            .map(|step| number * 7 + at * 11 + step * step * 3)
            .collect()
    };
    let paragraphs = |number: usize| {
        (0..number % 6 + 4)
            .map(|at| clauses(number, at))
            .collect::<Vec<_>>()
    };
    let mut reports: Vec<_> = (0..24)
        .map(|number| report(number, &paragraphs(number)))
        .collect();
    reports.push(report(24, &[]));
    reports
}

fn topics() -> Vec<TopicLabel> {
    vec![TopicLabel {
        id: "review".to_owned(),
        names: vec!["行政复议".to_owned(), "reconsideration".to_owned()],
    }]
}

/// The index of some reports, in groups of so many bytes of text.
fn index(reports: &[IndexedReport], group_bytes: usize) -> Searcher {
    let directory = RamDirectory::create();
    let builder = IndexBuilder::new(directory.clone(), topics());
    finished(builder.in_groups(group_bytes), directory, reports)
}

fn finished(
    mut builder: IndexBuilder,
    directory: RamDirectory,
    reports: &[IndexedReport],
) -> Searcher {
    for report in reports {
        builder.add(report.clone()).expect("takes a report");
    }
    builder.finish().expect("writes an index");
    Searcher::open(directory).expect("opens its own index")
}

fn ask(searcher: &Searcher, query: &str) -> Response {
    let request = Request {
        query: query.to_owned(),
        limit: 100,
        hits_per_report: 1000,
        count_topics: true,
        ..Request::default()
    };
    searcher
        .search(&request)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn counts(response: &Response) -> [u64; 3] {
    [response.occurrences, response.paragraphs, response.reports]
}

/// Overlapping occurrences of the folded query in the folded paragraphs.
fn brute(reports: &[IndexedReport], query: &str) -> [u64; 3] {
    let query: Vec<char> = fold_str(query).chars().collect();
    let mut counts = [0; 3];
    for report in reports {
        let mut any = 0;
        for paragraph in &report.paragraphs {
            let text: Vec<char> = fold_str(&paragraph.text).chars().collect();
            let count = text
                .windows(query.len())
                .filter(|window| *window == query)
                .count() as u64;
            counts[0] += count;
            counts[1] += u64::from(count > 0);
            any |= u64::from(count > 0);
        }
        counts[2] += any;
    }
    counts
}

fn quoted(term: &str) -> String {
    format!("\"{term}\"")
}

fn shared() -> &'static Searcher {
    static SHARED: std::sync::OnceLock<Searcher> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| index(&archive(), usize::MAX))
}
