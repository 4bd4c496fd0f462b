//! Reports made by hand, for tests of what is made of reports: no file is read.

use fangzhi::clean::{CleanText, Furniture, FurnitureKind};
use fangzhi::decode::Encoding;
use fangzhi::decode::Format;
use fangzhi::diagnostic::{Diagnostic, Level};
use fangzhi::evidence::{Confidence, Evidence, Fact, Method, Span};
use fangzhi::gazetteer::{Ancestor, Region, RegionLevel};
use fangzhi::identify::{Date, Genre, Identity, IssuerType, Script, SourceClass};
use fangzhi::report::{Provenance, Report};
use fangzhi::structure::{Document, Paragraph, ParagraphKind, Part, Role, Section};

/// A place of a province: `("zhejiang", "浙江省")`, `("lixian", "醴县")`.
pub(crate) fn county(province: (&str, &str), own: (&str, &str)) -> Region {
    Region {
        code: format!("{:06}", own.0.bytes().map(u32::from).sum::<u32>()),
        name: own.1.to_owned(),
        level: RegionLevel::County,
        ancestors: vec![Ancestor {
            code: format!("{:06}", province.0.bytes().map(u32::from).sum::<u32>()),
            name: province.1.to_owned(),
            slug: province.0.to_owned(),
        }],
        slug: own.0.to_owned(),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "facts of an identity are optional"
)]
fn fact<T>(value: T) -> Option<Fact<T>> {
    Some(Fact::new(
        value,
        Method::Title,
        Evidence::Told("by hand".to_owned()),
        Confidence::HIGH,
    ))
}

/// A report of a county's bureau for a year. A line of `text` is a paragraph; `= ` before it makes
/// it a title line, `# ` a heading of the first level, `## ` of the second, `| ` a table's row (cells
/// by `/`), `> ` a signature. A first-level heading sets the role by its words.
pub(crate) fn report(id: &str, region: Region, year: i32, text: &str) -> Report {
    let mut document = Document::default();
    let mut words = String::new();
    let mut open: Vec<u32> = Vec::new();
    let mut role = Role::Other;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (mark, line) = ["= ", "# ", "## ", "| ", "> "]
            .into_iter()
            .find_map(|mark| Some((mark, line.strip_prefix(mark)?)))
            .unwrap_or(("", line));
        let line = if mark == "| " {
            line.replace('/', "\t")
        } else {
            line.to_owned()
        };
        if !words.is_empty() {
            words.push('\n');
        }
        let span = Span::new(words.len(), words.len() + line.len());
        words.push_str(&line);
        let index = document.paragraphs.len() as u32;
        let level = mark.trim().len() as u8;
        if mark.starts_with('#') {
            open.truncate(usize::from(level) - 1);
            if level == 1 {
                role = role_of(&line);
                document.parts.push(Part { role, span });
            }
            document.sections.push(Section {
                level,
                marker: None,
                lost_marker: (level == 2).then(|| "（一）".to_owned()),
                title: span,
                role,
                parent: open.last().copied(),
                paragraph: index,
                run_in: false,
                span,
            });
            open.push(document.sections.len() as u32 - 1);
        }
        if let Some(part) = document.parts.last_mut() {
            part.span.end = span.end;
        }
        document.paragraphs.push(Paragraph {
            span,
            kind: match mark {
                "= " => ParagraphKind::Title,
                "# " | "## " => ParagraphKind::Heading,
                "| " => ParagraphKind::Row,
                "> " => ParagraphKind::Signature,
                _ => ParagraphKind::Body,
            },
            section: open.last().copied(),
            anchor: format!("p-{index:08x}"),
        });
    }
    document.text = CleanText {
        text: words,
        furniture: vec![Furniture {
            text: "首页 > 公开".to_owned(),
            source_line: 1,
            kind: FurnitureKind::Crumb,
            before: 0,
        }],
        ..CleanText::default()
    };
    let title = document
        .paragraphs
        .iter()
        .find(|paragraph| paragraph.kind == ParagraphKind::Title)
        .map(|paragraph| paragraph.span.of(&document.text.text).to_owned());
    Report {
        id: id.to_owned(),
        source: Provenance {
            path: format!("{id}.txt"),
            sha256: "0".repeat(64),
            bytes: 1000,
            format: Format::Text,
            encoding: Encoding {
                name: "UTF-8".to_owned(),
                declared: false,
                confidence: Confidence::HIGH,
            },
            digest: false,
            copy_of: None,
        },
        identity: Identity {
            title: title.and_then(fact),
            issuer: fact("县城市管理局".to_owned()),
            issuer_resolved: fact(format!("{}城市管理局", region.name)),
            issuer_type: fact(IssuerType::Department),
            region: fact(region),
            year: fact(year),
            published: Date::new(year + 1, 3, 28).and_then(fact),
            script: fact(Script::Hans),
            genre: fact(Genre::AnnualReport),
            source_class: fact(SourceClass::Official),
            ..Identity::default()
        },
        document,
        passages: Vec::new(),
        observations: Vec::new(),
        struck: Vec::new(),
        struck_passages: Vec::new(),
        diagnostics: vec![
            Diagnostic::new(Level::Warning, "test", format!("{id}.txt"), "Look at this")
                .at(3)
                .hint("And do that"),
        ],
    }
}

fn role_of(heading: &str) -> Role {
    let roles = [
        ("问题", Role::Problems),
        ("第一责任", Role::LeadershipDuty),
        ("打算", Role::Plan),
        ("成效", Role::Achievements),
    ];
    roles
        .into_iter()
        .find(|(word, _)| heading.contains(word))
        .map_or(Role::Other, |(_, role)| role)
}

/// Six reports of three places: two counties of one name in provinces of one spelling, and one
/// with two years.
pub(crate) fn six() -> Vec<Report> {
    let text = "= 醴县城市管理局年度法治政府建设报告\n\
        现将本年度工作报告如下:\n\
        # 一、主要成效\n## 规范执法\n全年办结案件1,204件,其中普通程序(含网办)88件。\n\
        | 项目/本年/上年\n| 办结/1204\n\
        # 二、存在问题\n人手不足;培训不够。\n\
        # 三、下年打算\n继续推进。\n> 醴县城市管理局\n> 2022年1月4日";
    let shanxi = ("shanxi", "山西省");
    let shaanxi = ("shaanxi", "陕西省");
    let mut reports = vec![
        report(
            "shanxi/lixian-2021",
            county(shanxi, ("lixian", "醴县")),
            2021,
            text,
        ),
        report(
            "shanxi/lixian-2022",
            county(shanxi, ("lixian", "醴县")),
            2022,
            text,
        ),
        report(
            "shanxi/xixian-2021",
            county(shanxi, ("xixian", "熙县")),
            2021,
            text,
        ),
        report(
            "shaanxi/lixian-2021",
            county(shaanxi, ("lixian", "醴县")),
            2021,
            text,
        ),
        report(
            "shaanxi/copy-2021",
            county(shaanxi, ("lixian", "醴县")),
            2021,
            "转载的报告。\n# 一、第一责任人履职\n亲自部署。",
        ),
        report(
            "unknown",
            county(shaanxi, ("lixian", "醴县")),
            2018,
            "没有标题的报告。",
        ),
    ];
    reports[4].identity.source_class = fact(SourceClass::Republisher);
    reports[5].identity.region = None;
    reports[5].identity.year = None;
    reports
}
