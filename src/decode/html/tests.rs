use super::*;
use proptest::prelude::*;

fn read_lines(page: &str) -> Vec<Line> {
    lines(page, "a.html", Limits::default())
        .expect("is a page")
        .output
}

/// The text's lines, with a sign for what markup says.
fn shown(page: &str) -> Vec<String> {
    let lines = read_lines(page);
    let signed = lines
        .iter()
        .filter(|line| !line.text.is_empty())
        .map(|line| {
            let sign = match line.markup {
                Markup::None => String::new(),
                Markup::Paragraph => "¶".to_owned(),
                Markup::Heading(level) => format!("h{level} "),
                Markup::Row => "| ".to_owned(),
                Markup::Item => "- ".to_owned(),
                Markup::Page | Markup::Margin => "@".to_owned(),
            };
            sign + &line.text
        });
    signed.collect()
}

/// Prose that makes a page's text its text.
const PROSE: &str = "全年办理行政复议案件36件，审结35件，其中纠错4件，均已按期履行，无一起逾期。";

#[test]
fn blocks_are_lines_and_words_join_across_tags() {
    let page = format!(
        "<h2>一、总体情况</h2>\n<p>{PROSE}</p><p>办案<b>2</b><span>0</span><font color=red>19</font>件&nbsp;，\n其中\n诉讼 <i>4</i> 件。</p>\
         <ul><li>甲</li><li><p>乙</p><p>丙</p></li></ul><ol start=3><li>丁<li>4.戊</ol>"
    );
    assert_eq!(
        shown(&page),
        [
            "h2 一、总体情况",
            &format!("¶{PROSE}"),
            "¶办案2019件\u{a0}，其中诉讼 4 件。",
            "- 甲",
            "- 乙",
            "¶丙",
            "- 3.丁",
            "- 4.戊",
        ]
    );
}

#[test]
fn what_nobody_sees_is_left_out_and_counted() {
    let hidden = "藏".repeat(MUCH_HIDDEN / 5);
    let page = format!(
        "<p>{PROSE}<span style='DISPLAY : none'>{hidden}</span><i hidden>{hidden}</i>\
         <b style='visibility:hidden'>{hidden}</b><span style='font-size:0'>{hidden}</span>\
         <font style='font-size:0px!important'>{hidden}</font></p>\
         <div style='font-size:0'><p style='font-size:14px'>在</p></div>\
         <script>甲</script><style>乙</style><noscript>丙</noscript><!-- 丁 --><textarea>戊</textarea>\
         <template>己</template><select><option>庚</option></select><button>辛</button><iframe>壬</iframe>\
         <object>癸</object><svg><text>子</text><title>丑</title></svg>"
    );
    let read = lines(&page, "a.html", Limits::default()).expect("is a page");
    let texts: Vec<&str> = read.output.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, [PROSE, "在"]);
    assert_eq!(read.warnings[0].code, "hidden-words");
    assert!(
        read.warnings[0].message.contains("100 characters"),
        "{:?}",
        read.warnings
    );
}

#[test]
fn line_breaks_and_indents_part_paragraphs() {
    let page = format!(
        "<div>标题<br><br>　　{PROSE}<br/>　　二、问题<br>&emsp;&emsp;不足。&emsp;&emsp;三、打算。　　改进。</div>"
    );
    let found: Vec<String> = read_lines(&page)
        .into_iter()
        .map(|line| line.text)
        .collect();
    let expected = [
        "",
        "标题",
        "",
        PROSE,
        "二、问题",
        "不足。",
        "三、打算。",
        "改进。",
        "",
    ];
    assert_eq!(found, expected);
    let kept = format!("<pre>一\n{PROSE}\n</pre><p style='white-space: pre-wrap'>二\n三</p>");
    assert_eq!(shown(&kept), ["一", PROSE, "二", "三"]);
}

#[test]
fn lines_know_their_line_in_the_file() {
    let page = format!(
        "<html>\n<!-- 1\n2 --><body>\n<p>\n甲<b\nid=x>乙</b>\n</p><div>\n{PROSE}<br>\n丙</div>"
    );
    let found: Vec<(u32, String)> = read_lines(&page)
        .into_iter()
        .filter(|line| !line.text.is_empty())
        .map(|line| (line.source_line, line.text))
        .collect();
    let expected = [(5, "甲乙"), (8, PROSE), (9, "丙")];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn a_known_container_is_the_text_and_the_rest_is_the_page() {
    let page = format!(
        "<head><title>云溪市2022年报告_云溪市人民政府</title><meta name=PubDate content='2023-01-12 09:30'>\
         <meta name=ArticleTitle content='云溪市2022年报告'><meta name=ContentSource content=''></head>\
         <div class=nav><a href=/>首页</a><a href=/a>政务公开</a></div><div class=wz>您的位置：<a href=/>首页</a> &gt; <a href=/b>报告</a></div>\
         <table><tr><td>索 引 号：<td>0123/2023-1<td>发布机构：<td>云溪市司法局<tr><td>发文日期：<td>2023-01-10<td>文号：<td></table>\
         <h3 class=tit>云溪市2022年报告</h3><div>来源：市司法局</div>\
         <div id=zoom><div class=TRS_Editor><p>{PROSE}</p><table><tr><td>类别<td>件<tr><td>复议<td>36</table></div></div>\
         <ul class=rel><li><a href=/c>别的报告</a></ul><div class=foot>主办单位：云溪市人民政府</div>"
    );
    assert_eq!(
        shown(&page),
        [
            "@PubDate: 2023-01-12 09:30",
            "@ArticleTitle: 云溪市2022年报告",
            "@您的位置：首页 > 报告",
            "@索 引 号：\t0123/2023-1\t发布机构：\t云溪市司法局",
            "@发文日期：\t2023-01-10\t文号：\t",
            "h1 云溪市2022年报告",
            "@来源：市司法局",
            &format!("¶{PROSE}"),
            "| 类别\t件",
            "| 复议\t36",
            "@主办单位：云溪市人民政府",
        ]
    );
}

#[test]
fn an_unknown_layout_is_told_by_where_its_prose_stands() {
    let page = format!(
        "<table><tr><td><a href=1>首页</a><a href=2>新闻</a><a href=3>公开</a></td></tr></table>\
         <table><tr><td width=200><a href=4>栏目一</a><br><a href=5>栏目二</a></td>\
         <td><table><tr><td>云溪市2022年报告</td></tr><tr><td>日期：2023-01-12</td></tr>\
         <tr><td><p>一、总体情况</p><p>{PROSE}</p><p>{PROSE}</p><p>云溪市司法局</p></td></tr></table></td></tr></table>\
         <table><tr><td>版权所有：云溪市</td></tr></table>"
    );
    let text = format!("¶{PROSE}");
    assert_eq!(
        shown(&page),
        [
            "¶云溪市2022年报告",
            "¶日期：2023-01-12",
            "¶一、总体情况",
            &text,
            &text,
            "¶云溪市司法局",
            "@版权所有：云溪市",
        ]
    );
}

#[test]
fn cells_stand_under_their_heads() {
    let page = format!(
        "<p>{PROSE}</p><table><caption>办案统计</caption><tr><td colspan=5>单位：件</td></tr>\
         <tr><th rowspan=2>类别</th><th colspan=2>2022年</th><th colspan=2>2021年</th></tr>\
         <tr><th>收<br>案</th><th>结案</th><th>收案</th><th>结案</th></tr>\
         <tr><td rowspan=2>行政<p>复议</p></td><td>36</td><td></td><td>30</td><td>29</td></tr>\
         <tr><td colspan=2>1,2<b>00</b></td><td>3</td><td>2</td></tr></table>"
    );
    assert_eq!(
        shown(&page)[1..],
        [
            "¶办案统计",
            "¶单位：件",
            "| 类别\t2022年\t2022年\t2021年\t2021年",
            "| 类别\t收案\t结案\t收案\t结案",
            "| 行政复议\t36\t\t30\t29",
            "| 行政复议\t1,200\t\t3\t2",
        ]
    );
}

/// A page's own style sheets hide words by a class, unless that would leave little of its text.
#[test]
fn what_style_sheets_hide_is_left_out_where_that_is_beyond_doubt() {
    let page = |hidden: &str| {
        format!(
            "<style>.seo{{display:none}} #qr{{visibility:hidden}} .tab{{display:none}} .tab.on{{display:block}}</style>\
             <div class=seo>甲</div><p>{PROSE}</p><p id=qr>乙</p><div class=\"seo x\" style=\"display:block\">丙</div>\
             <div class=tab>丁</div><div class='b seo'><p>{hidden}</p></div>"
        )
    };
    let text = format!("¶{PROSE}");
    assert_eq!(shown(&page("戊")), [&text, "¶丙", "¶丁"]);
    assert_eq!(
        shown(&page(PROSE)),
        ["¶甲", &text, "¶乙", "¶丙", "¶丁", &text]
    );
}

#[test]
fn the_address_that_a_page_was_saved_from_is_told() {
    for (comment, address) in [
        (
            " saved from url=(0030)https://www.example.org/a.html ",
            Some("https://www.example.org/a.html"),
        ),
        (
            "\n Page saved with SingleFile \n url: http://example.org/ \n saved date: x\n",
            Some("http://example.org/"),
        ),
        ("saved from url=(0014", None),
        (" 来源 ", None),
    ] {
        let page = format!(
            "<!DOCTYPE html>\n<!--{comment}-->\n<p>{PROSE}</p><!-- saved from url=(1)x -->"
        );
        let found: Vec<(u32, String)> = read_lines(&page)
            .into_iter()
            .filter_map(|line| {
                Some((
                    line.source_line,
                    line.text.strip_prefix(SAVED_FROM)?.to_owned(),
                ))
            })
            .collect();
        match address {
            Some(address) => assert_eq!(found[0].1, address),
            None => assert_eq!(found[0].1, "x"),
        }
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn a_page_that_is_a_documents_cover_says_so() {
    let page =
        "<h1>云溪市2022年法治政府建设报告</h1><p>附件：<a href='./P02023.PDF?x=1'>报告全文</a></p>";
    let read = lines(page, "a.html", Limits::default()).expect("is a page");
    assert_eq!(read.warnings[0].code, "report-in-attachment");
    assert!(read.warnings[0].message.ends_with("P02023.PDF"));
}

#[test]
fn the_encoding_is_the_declared_one_unless_the_bytes_say_otherwise() {
    let page = |charset: &str| format!("<meta charset={charset}><p>{PROSE}</p>");
    let gb = |text: String| encoding_rs::GB18030.encode(&text).0.into_owned();
    for (bytes, name, codes) in [
        (gb(page("gb2312")), "gb18030", vec![]),
        (gb(page("utf-8")), "gb18030", vec!["charset-wrong"]),
        (gb(page("big5")), "gb18030", vec!["charset-wrong"]),
        (gb(page("iso-8859-1")), "gb18030", vec!["charset-wrong"]),
        (page("gbk").into_bytes(), "UTF-8", vec!["charset-wrong"]),
        (page("utf-8").into_bytes(), "UTF-8", vec![]),
        (page("none").into_bytes(), "UTF-8", vec![]),
    ] {
        let read = read(&bytes, None, "a.html", Limits::default()).expect("is a page");
        let (lines, encoding) = read.output;
        assert_eq!(
            (lines[0].text.as_str(), encoding.name.as_str()),
            (PROSE, name)
        );
        let told: Vec<&str> = read
            .warnings
            .iter()
            .map(|told| told.code.as_str())
            .collect();
        assert_eq!(told, codes, "{name}");
    }
}

#[test]
fn size_has_limits() {
    let wide = format!(
        "<table>{}",
        "<tr><td rowspan=100 colspan=60>名目名目名目名目名目<td>乙<tr><tr><td>丙".repeat(20_000)
    );
    assert_eq!(
        lines(&wide, "a", Limits::default()).map(|_| ()),
        Err(Error::TextTooLarge { mib: 8 })
    );
}

/// Instructions cannot be counted here; steps of the tree can: a page twice as large, of what
/// grows worst, gives twice the lines and nodes.
#[test]
fn nodes_grow_with_the_page() {
    for piece in [
        "<b><p>",
        "<font size=1 style=a>甲",
        "<a href=1><p>乙",
        "<div>丙",
        "<table><tr><td>",
        "</p>",
        "<li>丁",
    ] {
        let nodes = |times| Tree::parse(&piece.repeat(times), false).len();
        let (once, twice) = (nodes(2000), nodes(4000));
        assert!(twice <= once * 2 + 1000, "{piece}: {once}, {twice}");
    }
}

proptest! {
    #[test]
    fn any_page_is_read(
        page in "(<(/?(p|div|b|a|table|tr|td|th|li|ol|font|script|title|style|select|template|br|svg|h2)|td rowspan=3 colspan=2|p style=\"display:none\"|!--|meta charset=utf-8)>|&[a-z]{0,3};?|政府|。|[ \n<>\"'=1-3]|　){0,60}",
    ) {
        if let Ok(read) = lines(&page, "a", Limits::default()) {
            let last = page.split('\n').count() as u32;
            for line in read.output {
                prop_assert!(!line.text.contains(['\n', '\r']));
                prop_assert!((1..=last).contains(&line.source_line), "{} of {last}", line.source_line);
            }
        }
    }
}
