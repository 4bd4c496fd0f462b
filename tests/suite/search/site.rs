//! A small site to search in: reports of our own making, in the genre's words.

use fangzhi::cache::Key;
use fangzhi::clean::CleanText;
use fangzhi::code::{Depth, Passage};
use fangzhi::codebook::Codebook;
use fangzhi::decode::Format;
use fangzhi::decode::{Encoding, Markup};
use fangzhi::evidence::{Confidence, Evidence, Fact, Method};
use fangzhi::gazetteer::{Ancestor, Region, RegionLevel};
use fangzhi::identify::{Identity, IssuerType};
use fangzhi::index::{IndexError, Indexer};
use fangzhi::relate::{NoShelf, ReportCard, relate};
use fangzhi::render::{self, Page, Renderer, Site, Theme};
use fangzhi::report::{Provenance, Report};
use fangzhi::structure::structure;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The one topic that paragraphs are on.
pub(crate) const TOPIC: &str = "review";

/// Reports whose hits the tests know; the rest is filling.
const TEXTS: [(&str, &str, &str, i32, &str); 5] = [
    (
        "qinghe-cg-2019",
        "青河县",
        "青河县城市管理局",
        2019,
        "2019年法治政府建设年度报告\n一、主要做法\n全年办理行政复议案件12件，其中维持9件、撤销1件。对轻微违法首次实施的，落实“首违不罚”。\n推行“721”工作法，七成问题用服务解决。\n二、存在不足\n执法人员培训不够，行政复议应诉能力仍需提高。",
    ),
    (
        "qinghe-cg-2021",
        "青河县",
        "青河县城市管理局",
        2021,
        "2021年法治政府建设年度报告\n一、主要做法\n实行双随机、一公开检查86次。打通服务群众最后一公里。\n落实首违不罚清单，不予处罚24件，教育2024人次。\n收到行政复议申请3件，行政诉讼1件。\n二、下一步打算\n继续推行非现场执法，建设GB55019标准场所。",
    ),
    (
        "linhai-zf-2021",
        "林海市",
        "林海市人民政府",
        2021,
        "林海市2021年法治政府建設年度報告\n一、依法行政\n市政府辦理行政複議案件40件，行政復議決定被訴6件。\n推行首違不罰，深化雙隨機一公開監管。\n二、存在問題\n個別單位對行政複議重視不夠。",
    ),
    (
        "linhai-sf-2020",
        "林海市",
        "林海市司法局",
        2020,
        "2020年法治政府建设工作报告\n一、工作情况\n全市行政执法机关开展案卷评查，覆盖24小时内立案的简易案件。\n“一委一办一平台”运行平稳，一把扫帚扫到底。\n二、问题\n行政。复议工作人员少。",
    ),
    (
        "dongping-yj-2022",
        "东坪区",
        "东坪区应急管理局",
        2022,
        "2022年度法治政府建设报告\n一、举措\n<script>alert(1)</script>与《行政处罚法》培训同步，行政处罚公示率100%。\n二、计划\n明年把行政处罚裁量基准落实到位。",
    ),
];

const SUBJECTS: [&str; 8] = [
    "我局",
    "各科室",
    "执法大队",
    "法制机构",
    "窗口单位",
    "乡镇",
    "街道",
    "法律顾问",
];
const DEEDS: [&str; 8] = [
    "组织集中学习",
    "开展案卷评查",
    "落实三项制度",
    "办理群众来信",
    "修订权责清单",
    "公示执法结果",
    "审核重大决定",
    "完善考核办法",
];
const RESULTS: [&str; 8] = [
    "取得初步成效",
    "得到群众认可",
    "形成长效机制",
    "纠正问题若干",
    "未发生败诉",
    "按期办结",
    "全部录入平台",
    "有待继续推进",
];

/// A site on disk and what was written into it.
pub(crate) struct Archive {
    folder: tempfile::TempDir,
    /// All reports' lines, by report id.
    pub(crate) lines: BTreeMap<String, Vec<String>>,
}

impl Archive {
    /// Builds a site with `filling` further reports, in a folder with a blank and Chinese characters.
    pub(crate) fn build(filling: usize) -> Archive {
        let mut reports: Vec<Report> = TEXTS
            .iter()
            .map(|&(id, region, issuer, year, text)| report(id, region, issuer, year, text))
            .collect();
        reports.extend((0..filling).map(fill));
        let folder = tempfile::Builder::new()
            .prefix("方志 site ")
            .tempdir()
            .expect("a temporary directory");
        let lines = reports
            .iter()
            .map(|report| {
                (
                    report.id.clone(),
                    report
                        .document
                        .text
                        .text
                        .lines()
                        .map(str::to_owned)
                        .collect(),
                )
            })
            .collect();
        write(&reports, folder.path());
        Archive { folder, lines }
    }

    /// The site's folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A page of the site.
    pub(crate) fn page(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names of the index's files with the reports' texts.
    pub(crate) fn texts(&self) -> Vec<String> {
        let files = fs::read_dir(self.page("search-index")).expect("there");
        let names = files.map(|file| file.expect("readable").file_name().into_string());
        let names = names.map(|name| name.expect("ASCII"));
        names.filter(|name| name.starts_with('t')).collect()
    }

    /// Occurrences, paragraphs and reports of `term` in the folded lines, counted by hand:
    /// overlapping, and within a line only.
    pub(crate) fn count(&self, term: &str) -> [u64; 3] {
        self.count_in(term, |_, _| true)
    }

    /// The same, of the lines of which something holds, by the report's id and the line.
    pub(crate) fn count_in(&self, term: &str, holds: impl Fn(&str, &str) -> bool) -> [u64; 3] {
        let term = search_index::fold::fold_str(term);
        let mut counts = [0; 3];
        for (id, lines) in &self.lines {
            let before = counts[0];
            for line in lines.iter().filter(|line| holds(id, line)) {
                let line = search_index::fold::fold_str(line);
                let starts = line.char_indices().map(|(at, _)| at);
                let here = starts.filter(|&at| line[at..].starts_with(&term)).count() as u64;
                counts[0] += here;
                counts[1] += u64::from(here > 0);
            }
            counts[2] += u64::from(counts[0] > before);
        }
        counts
    }

    /// A copy of the site, to be damaged.
    pub(crate) fn copy(&self) -> Archive {
        let folder = tempfile::Builder::new()
            .prefix("拷贝 copy ")
            .tempdir()
            .expect("a directory");
        for file in walkdir::WalkDir::new(self.path())
            .into_iter()
            .map(|file| file.expect("readable"))
        {
            let to = folder
                .path()
                .join(file.path().strip_prefix(self.path()).expect("below"));
            if file.file_type().is_dir() {
                fs::create_dir_all(to).expect("a directory");
            } else {
                fs::copy(file.path(), to).expect("a copy");
            }
        }
        Archive {
            folder,
            lines: self.lines.clone(),
        }
    }
}

fn fill(n: usize) -> Report {
    let pick =
        |from: &[&'static str; 8], by: usize| from[(n * 7 + by * 13 + by * by * 5 + n / 3) % 8];
    let mut text = format!("第{n}号镇2018年工作报告\n一、基本情况");
    for line in 0..30 {
        let (a, b) = (line * 3, line * 5 + n);
        text += &format!(
            "\n{}{}，{}，涉及{}件；{}{}，{}。",
            pick(&SUBJECTS, a),
            pick(&DEEDS, b),
            pick(&RESULTS, a + b),
            100 + (n * 31 + line * 17) % 899,
            pick(&SUBJECTS, b + 1),
            pick(&DEEDS, a + 2),
            pick(&RESULTS, b + 3),
        );
    }
    report(
        &format!("fill-{n:03}"),
        "平原县",
        "平原县人民政府",
        2010 + (n % 9) as i32,
        &text,
    )
}

fn fact<T>(value: T) -> Fact<T> {
    let evidence = Evidence::Told("made so".into());
    Fact::new(value, Method::FrontMatter, evidence, Confidence::CERTAIN)
}

fn report(id: &str, region: &str, issuer: &str, year: i32, text: &str) -> Report {
    let lines = text.lines().count();
    let document = structure(CleanText {
        text: text.to_owned(),
        markup: vec![Markup::None; lines],
        ..CleanText::default()
    });
    let code = 990_000 + region.chars().next().map_or(0, |c| c as u32 % 1000);
    let kind = if issuer.ends_with("人民政府") {
        IssuerType::Government
    } else {
        IssuerType::Department
    };
    Report {
        id: id.to_owned(),
        source: Provenance {
            path: format!("{id}.txt"),
            sha256: "0".repeat(64),
            bytes: text.len() as u64,
            format: Format::Text,
            encoding: Encoding {
                name: "utf-8".into(),
                declared: false,
                confidence: Confidence::CERTAIN,
            },
            digest: false,
            copy_of: None,
        },
        identity: Identity {
            title: Some(fact(text.lines().next().unwrap_or_default().to_owned())),
            issuer: Some(fact(issuer.to_owned())),
            issuer_type: Some(fact(kind)),
            region: Some(fact(Region {
                code: code.to_string(),
                name: region.to_owned(),
                level: RegionLevel::County,
                ancestors: vec![Ancestor {
                    code: "990000".into(),
                    name: "东原省".into(),
                    slug: "dongyuan".into(),
                }],
                slug: format!("r{code}"),
            })),
            year: Some(fact(year)),
            ..Identity::default()
        },
        document,
        passages: Vec::new(),
        observations: Vec::new(),
        struck: Vec::new(),
        struck_passages: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// A report with a passage of the topic in every paragraph that is [`on_review`].
fn on_topic(report: &Report) -> Report {
    let paragraphs = report.document.paragraphs.iter();
    let passages = (0..).zip(paragraphs).map(|(paragraph, told)| Passage {
        topic: TOPIC.into(),
        span: told.span,
        paragraph,
        depth: Depth::About,
        corrected: None,
    });
    let passages =
        passages.filter(|passage| on_review(report.document.words(passage.paragraph as usize)));
    Report {
        passages: passages.collect(),
        ..report.clone()
    }
}

/// Whether a paragraph is on the topic.
pub(crate) fn on_review(line: &str) -> bool {
    search_index::fold::fold_str(line).contains("复议案件")
}

fn write(reports: &[Report], folder: &Path) {
    let mut put = |page: Page| -> std::io::Result<()> {
        let path = folder.join(&page.path);
        fs::create_dir_all(path.parent().expect("a folder"))?;
        fs::write(path, page.bytes)
    };
    let theme = Theme::new("zh-Hans", &BTreeMap::new()).expect("the theme");
    let site = Site::default();
    let codebook = Codebook::default();
    let renderer = Renderer {
        theme: &theme,
        site: &site,
        codebook: &codebook,
        shelf: &NoShelf,
    };
    let corpus = relate(reports.iter().map(ReportCard::of).collect(), Vec::new());
    render::pages(renderer, &corpus, &mut put).expect("pages");
    let mut indexer = Indexer::taught(&codebook, folder, reports);
    let of = reports.iter().map(on_topic).map(Ok::<_, IndexError>);
    let group = indexer.grouping().group(of).expect("indexed");
    indexer.put(group, Key::of(b"all")).expect("put");
    for report in reports {
        put(render::report_page(
            renderer,
            report,
            &render::surroundings(renderer, &report.id, &corpus).expect("in the corpus"),
        )
        .expect("a page"))
        .expect("written");
    }
    let index = indexer.finish().expect("an index");
    for number in 0..index.files() {
        index.file(number, &mut put).expect("a file");
    }
    index.opening(&mut put).expect("the rest");
}
