//! Which lines belong to the page rather than to the report.
//!
//! The report's own words win every doubt. A page has a head (menus, crumbs, title, a line of
//! dates and sources), the report, and a tail (sharing, links, copyright); page numbers and running
//! heads stand anywhere. Words are compared folded, so that Traditional pages are read by the same
//! rules.

use super::FurnitureKind::{self, Chrome, Crumb, Folio, Metadata};
use super::line::Squeezed;
use crate::decode::Markup;
use crate::marker::Marker;
use regex::Regex;
use search_index::fold::fold_chars;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// No line of a page around a report is longer, in characters.
const LONGEST: usize = 240;

/// What portals call the facts that they put above a report.
const LABELS: &str = concat!(
    r"(?:索\s*引\s*号|信息索引号?|信息索取号|文\s*号|发文字号|文件编号|发布(?:日期|时间|机构|单位|人|者|文号)?",
    r"|公开(?:日期|时间|机构|单位|方式|范围|类型|属性|形式|类别|目录|程序)|公布(?:日期|时间|单位|机构)|公文(?:文号|种类|类型|名称|生成日期)|生成日期|成文日期|发文(?:日期|机关|单位|机构)|印发日期",
    r"|更新(?:日期|时间)|录入(?:时间|日期|人)?|创建(?:时间|日期)|生效日期|废止日期|失效(?:时间|日期)|日\s*期|时\s*间|来\s*源|信息来源|文章来源|文章发布(?:日期|时间)|稿件来源|内容来源|文字来源",
    r"|作\s*者|编辑|责任编辑|责编|审核|校对|初审|复审|终审|签发|供稿|撰稿|编审|监制|信息员|浏览(?:次数|量|数|人数)?|点击(?:次数|量|数|率)?|阅读(?:次数|量|数)?|访问(?:次数|量)",
    r"|published|source|updated|人气|(?:浏览|显示|页面|正文|文章|选择)?(?:字体(?:大小)?|字号)|文字大小|大小|视力保护色?|保护视力色|背景色|打印|公文时效|公开时限|制发机构|有\s*效\s*性|是否有效|效力状态|时效性|体\s*裁|组配分类|主题分类|信息分类|服务对象分类",
    r"|分\s*类|类\s*别|所属类别|主\s*题\s*词|关\s*键\s*[词字]|信息名称|名\s*称|标\s*题|摘\s*要|概\s*述|内\s*容\s*概\s*[述览要]|(?:页面|网页|本文|链接|原文)地址|栏目|语种|载体类型|记录形式|题裁|体裁分类|联系电话|公开责任部门|责任部门|制发机关|制定机关",
    r")",
);

/// The day, and perhaps the time, with which such a line may begin.
const STAMP: &str = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?";

/// A line of such facts: a label and a colon, bar or date, or a label in brackets.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    rule(&format!(
        r"^[•·●▪○|]?\s*(?:[\[(【]?\s*{LABELS}\s*[\])]?\s*(?:[:|\t]|\s\d{{4}}[-/年.])|[\[【]\s*{LABELS}\s*[\]】])"
    ))
});

/// The labels that a blank is enough to set apart from their values, as a table's cells are without their rules.
static CELL: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^(?:索\s?引\s?号|公开(?:形式|方式|日期|时间|类型|属性|范围|目录)|发布(?:日期|时间|机构|单位)|生成日期|成文日期|发文(?:日期|机关|字号)",
        r"|有\s*效\s*性|内容概[述览要]|主题分类|组配分类|信息名称|信息来源|名\s*称|文号|关\s*键\s*[词字]|主\s*题\s*词)\s+\S",
    ))
});

/// A label alone in its line, without a mark: its value stands in the next, where a table's cells became lines.
static BARE: LazyLock<Regex> = LazyLock::new(|| rule(&format!(r"^{LABELS}$")));

/// The same after a day or the site's address, and perhaps a body's name before that.
static STAMPED: LazyLock<Regex> = LazyLock::new(|| {
    rule(&format!(
        r"^(?:[^。,;\s|]{{2,20}}(?:\s+|\s*[|丨]\s*))?(?:{STAMP}|www\.[a-z0-9.-]+\s)\s*[|丨]?\s*{LABELS}\s*[:|]"
    ))
});

/// Whether a line tells such facts. Of most lines a few bytes tell that they have no stamp.
fn is_label(text: &str) -> bool {
    let stamped = || {
        text.len() <= LONGEST
            && text.contains([':', '|'])
            && text.contains(['-', '/', '.', '年'])
            && STAMPED.is_match(text)
    };
    let introduces = text.starts_with("概述") && text.contains('。');
    !introduces && LABEL.is_match(text) || CELL.is_match(text) || stamped() || is_row_of_facts(text)
}

/// 信息公开 | 计划总结 | 发布日期:2021-03-30 |: short names between bars, and a label with its day. A row of the report's own
/// table has other numbers beside.
fn is_row_of_facts(text: &str) -> bool {
    let dated = |cell: &str| {
        let value = cell.split_once(':').map(|(_, value)| value.trim_start());
        value.is_some_and(|value| value.starts_with("20")) && LABEL.is_match(cell)
    };
    let name =
        |cell: &str| cell.chars().count() <= 8 && !cell.contains(|c: char| c.is_ascii_digit());
    let mut cells = text.split('|').map(str::trim);
    text.contains('|') && cells.clone().any(dated) && cells.all(|cell| dated(cell) || name(cell))
}

/// Facts in a row behind other words, of a page's name or a body's: 某县人民政府 发布时间:2023-03-10 字号:大.
static FACTS: LazyLock<Regex> = LazyLock::new(|| {
    rule(&format!(
        r"^([^。]*?)\s{LABELS}\s*:[^。]*\s{LABELS}\s*[:\[]"
    ))
});

/// The name of a file, offered to be taken.
static FILE: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|jpe?g|png)\s*(?:\([\d.]+\s*[kmg]?b\))?$")
});

/// The day on which the page was shown, and the site's name: never the report's.
static BANNER: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^今天是|^[^。]{0,30}\d{1,2}\s*月\s*\d{1,2}\s*日\s*星期[一二三四五六日天]|^[^。,]{2,30}(?:门户网站|政府网站?|政务网|信息公开(?:网|平台)|信息网)$",
        r"|^[^。]{0,40}www\.[a-z0-9-]+\.[a-z]{2,4}[^。]{0,20}$",
    ))
});

/// Labels that alone, without a colon, still are about the page.
static CONTROL: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^[\[(【]?\s*(?:字体[:\s]*[\[(]?\s*(?:大|小|中|默认)|[\[【]?\s*(?:大|小)\s+中\s+(?:小|大)|大中小$|打印(?:本页|此页|本文|文章|页面)?[\[(【\])】\s]*(?:$|关闭|\||收藏)",
        r"|关闭(?:本页|窗口|页面|此页)?[\[(【\])】\s]*(?:$|打印|\|)|(?:分享|转发|收藏)(?:到|至)?[:\[(【\s\])】]*(?:$|微信|微博|qq|打印|收藏|关闭)|收藏本页|朗读|扫码|播报|a[+-]\s*a|t[+-]?\s*$|加入收藏|设为首页)",
    ))
});

static CRUMB: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:您|你)?(?:现在|目前|当前|所在|的|处)*(?:位置|页面)\s*[:>是]|^[^。;,]{1,20}(?:\s+[—–-]{1,2}\s+[^。;,\s]{1,20}){2,}$|^[^。;,《]{1,24}(?:\s*》\s*[^。;,《》]{1,24}){2,}$|^(?:网站|返回)?(?:首页|主页)\s*(?:[>»›→/\\|-]|::)|^[^。;,]{1,24}\s*(?:>{1,2}|»|›|→)\s*[^。;]{0,60}$",
    )
});

/// A line all of whose words are a menu's.
static MENU: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^(?:(?:网站|政府网|返回)?首页|主页|机构|新闻|要闻|资讯|公开|服务|办事|互动|解读|专题|党建|政府信息公开(?:目录|指南|年报|制度)?|信息公开(?:目录|指南|年报|制度|专栏)?|政务(?:公开|服务|要闻|动态|新媒体)|办事(?:服务|大厅|指南)|网上办事|公共服务|便民服务",
        r"|(?:互动|政民|公众)(?:交流|互动|参与)|走进\S{2,5}|\S{2,4}概况|新闻(?:中心|动态|资讯)|工作动态|通知公告|公告公示|专题(?:专栏|集锦|报道)?|数据(?:开放|发布)|魅力\S{2,4}|机构(?:职能|设置|概况)",
        r"|领导(?:之窗|信息|简介)|政策(?:文件|法规|解读)|法定主动公开内容|依申请公开|法治政府建设(?:专栏)?|依法行政|无障碍(?:阅读|浏览|模式|服务)?|长者(?:助手|模式|版|专区)|老年模式|关怀(?:模式|版)|适老化?|繁体(?:版|中文)?|简体(?:版|中文)?",
        r"|en|english|登录|注册|用户登录|个人中心|搜索|检索|站内搜索|高级搜索|智能(?:问答|机器人|搜索)|手机版|移动版|设为首页|加入收藏|收藏本站|微信(?:公众号)?|微博|官方微[信博]|客户端|导航|菜单|更多|\d{1,2}|邮箱|rss|ipv6)$"
    ))
});

/// How lines begin that can only be the page's.
static CHROME: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^(?:[\[【(•·*\s]*)(?:相关附件\s*:?\s*无?$|附件(?:下载)?\s*:\s*无$|(?:关联文件|文件下载|附件下载)\s*:?\s*$|友情链接|相关(?:链接|文章|阅读|新闻|信息|稿件|文档|推荐|热词|搜索)|常用链接|网站链接|快速链接|上一[篇条页]|下一[篇条页]|扫一扫|扫描二维码|手机扫|二维码|微信扫",
        r"|返回(?:顶部|首页|列表|上一页)|回到顶部|关于我们|联系我们|网站(?:地图|声明|帮助|纠错|首页$)|站点地图|隐私(?:声明|保护|政策)|免责声明|版权(?:所有|声明|信息)|使用帮助|法律声明",
        r"|主办(?:单位)?\s*:|承办(?:单位)?\s*:|协办(?:单位)?\s*:|主办单位|承办单位|维护单位|管理单位|技术支持|网站标识码|政府网站(?:标识码|找错)|党政机关$|适老化无障碍|无障碍服务",
        r"|(?:produced|powered)\s+by\s|我?要?纠错[\])】\s]*(?:$|[\[(【]?(?:打印|关闭))|打印正文|copyright|©|all\s+rights\s+reserved|公安备案|本(?:站|网站|页)|建议使用.{0,12}(?:浏览|分辨率)|您是第|访问量|总访问|今日访问|在线(?:人数|咨询|客服)",
        r"|文章版权|本文(?:来源|来自|地址|链接|由)|本文档|转载请|未经(?:授权|许可)|猜你喜欢|热门(?:推荐|文章|标签|搜索)|推荐(?:阅读|文章)|为你推荐|更多(?:相关|精彩|>)|精选(?:文章|推荐)|标签\s*:|tags?\s*:",
        r"|(?:下面|以下)是(?:小编|本站|由小编)|小编(?:为|精心|给)|《[^》]{2,60}\.(?:docx?|pdf|pptx?|txt)》由|仅展示\s*\d+\s*字|剩余\s*\d+\s*字",
        r"|此件[^。]{0,6}(?:公开|发布)[^。]{0,6}$|下载(?:本文|文档|word|全文)|复制(?:本文|全文)|点击下载|免费下载|专题$|专题推荐|var\s|function\s*\(|\$\(|document\.|window\.|<!--|/\*|\.[a-z_-]+\s*\{)",
        r"|^(?:https?://|www\.)\S+$",
    ))
});

/// What such lines hold further on.
static CHROME_WITHIN: LazyLock<Regex> = LazyLock::new(|| {
    rule(concat!(
        r"^(?:[\[【(•·*\s]*)(?:[\u4e00-\u9fff]{0,2}icp备|[\u4e00-\u9fff]icp|[\u4e00-\u9fff]公网安备|\D{0,12}已?省略\s*\d+\s*字)",
        r"|^[^。]{0,40}(?:icp备|公网安备|网站标识码|转载请注明|版权归|版权属)[^。]*$",
    ))
});

/// A line that can only be the page's. Few hold a word of those that tell it further on.
fn is_chrome(text: &str) -> bool {
    static SIGNS: LazyLock<Regex> =
        LazyLock::new(|| rule("icp|公网安备|网站标识码|转载请注明|版权归|版权属|省略"));
    CHROME.is_match(text) || SIGNS.is_match(text) && CHROME_WITHIN.is_match(text)
}

/// The heading of a portal's list of other pages: 【工作总结】相关文章:
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"^(?:[【《\[][^】》\]。]{1,40}[】》\]]\s*的?)?相关(?:文章|阅读|推荐|文档)\s*:?$")
});

static FOLIO: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:[-—–~·\s]*(?:第\s*)?\d{1,3}\s*页?\s*[-—–~·\s]*|第\s*\d{1,3}\s*页[\s,/]*共?\s*\d{1,3}\s*页|\d{1,3}\s*/\s*\d{1,3}|[-—–]\s*[ivxl]{1,6}\s*[-—–])$",
    )
});

/// A line of a table of contents: words, leaders, a page.
static CONTENTS: LazyLock<Regex> =
    LazyLock::new(|| rule(r"^[^。]{2,60}?(?:\.{4,}|…{2,}|·{4,}|-{5,}|_{4,})\s*\d{1,3}$|^目\s*录$"));

/// Words that a title of the genre has, or of one that is taken for it.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?:法治|依法|法制|行政执法|综合执法|政府工作|信息公开|普法|执法).{0,40}(?:报告|总结|情况|汇报|小结|自查|述职|要点|方案|计划|安排|意见|通知|公告|年报)",
    )
});

fn rule(pattern: &str) -> Regex {
    // The patterns are this module's own constants; its tests compile every one.
    Regex::new(&format!("(?i){pattern}")).expect("a constant pattern compiles")
}

/// Names of the entries that portals put into a page's source about its text.
static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:articletitle|author|columnname|contentsource|og:title|pubdate|publishdate|sitename|source):",
    )
});

/// What is furniture among `lines`; `None` for the report's own and for blank lines. What markup
/// sets apart from the text is judged by itself, the rest as if it alone were there.
pub(super) fn classify(lines: &[Squeezed]) -> Vec<Option<FurnitureKind>> {
    let (around, own): (Vec<usize>, Vec<usize>) =
        (0..lines.len()).partition(|&index| lines[index].markup == Markup::Page);
    if around.is_empty() {
        return classify_text(lines);
    }
    let mut kinds = vec![None; lines.len()];
    let text: Vec<Squeezed> = own.iter().map(|&index| lines[index].clone()).collect();
    for (index, kind) in own.iter().zip(classify_text(&text)) {
        kinds[*index] = kind;
    }
    let mut label = false;
    for index in around {
        let text = short(&lines[index]).unwrap_or_default();
        let metadata = is_label(&text) || ENTRY.is_match(&text) || label;
        label = labels_next(&text) && is_label(&text);
        kinds[index] = Some(if metadata {
            Metadata
        } else if CRUMB.is_match(&text) {
            Crumb
        } else {
            Chrome
        });
    }
    kinds
}

/// A label alone in its line has its value in the next.
fn labels_next(text: &str) -> bool {
    text.trim_end().ends_with([':', '|']) && text.chars().count() <= 10
}

fn classify_text(lines: &[Squeezed]) -> Vec<Option<FurnitureKind>> {
    let folded: Vec<Option<String>> = lines.iter().map(short).collect();
    // What the format says of itself needs no rule, nor a line that has no word.
    let mut kinds: Vec<Option<FurnitureKind>> = lines
        .iter()
        .map(|line| match line.markup {
            Markup::Margin => Some(Folio),
            _ => line.is_drawn().then_some(Chrome),
        })
        .collect();
    let body = body(lines, &folded);
    running_heads(&folded, &mut kinds);
    for (index, text) in folded.iter().enumerate() {
        let Some(text) = text else { continue };
        if is_of_contents(text) || (is_folio(text) && lines.len() > 3) {
            kinds[index].get_or_insert(Folio);
        }
    }
    head(&folded, body.start, &mut kinds);
    tail(&folded, body.end, &mut kinds);
    for index in body.start..body.end {
        if let Some(text) = &folded[index]
            && kinds[index].is_none()
        {
            kinds[index] = inside(text);
        }
    }
    repeated_titles(&folded, &body, &mut kinds);
    kinds
}

/// The folded words of a line that is short enough to be furniture.
fn short(line: &Squeezed) -> Option<String> {
    (!line.is_blank() && line.columns.len() <= LONGEST).then(|| fold_chars(&line.text).text)
}

/// From the first line that is certainly the report's to one past the last.
fn body(lines: &[Squeezed], folded: &[Option<String>]) -> std::ops::Range<usize> {
    let own = |index: usize| {
        let line = &lines[index];
        if line.is_blank() || line.markup == Markup::Margin {
            return false;
        }
        let Some(text) = &folded[index] else {
            return true;
        };
        let sentence = || text.contains('。') && text.chars().count() >= 18;
        let long = || text.contains(',') && text.chars().count() >= 48;
        let marked = || Marker::read(&line.text).is_some() && !is_folio(text);
        (sentence() || long() || marked()) && !page_word(text)
    };
    let start = (0..lines.len())
        .find(|&index| own(index))
        .unwrap_or(lines.len());
    let end = (start..lines.len())
        .rev()
        .find(|&index| own(index))
        .map_or(start, |last| last + 1);
    // Names of other pages in a numbered list are no headings.
    let others = (start..end).rev().find(|&index| {
        let text = folded[index].as_deref();
        text.is_some_and(|text| text.contains("相关") && OTHERS.is_match(text))
    });
    let names = |index: usize| match folded[index].as_deref() {
        Some(text) => !text.contains('。'),
        None => lines[index].is_blank(),
    };
    match others {
        Some(others) if (others..end).all(names) => start..others,
        _ => start..end,
    }
}

/// Whether a line can only be the page's.
fn page_word(text: &str) -> bool {
    is_chrome(text)
        || is_label(text)
        || BANNER.is_match(text)
        || CONTROL.is_match(text)
        || CRUMB.is_match(text)
        || is_of_contents(text)
        || is_foreign(text)
        || FILE.is_match(text)
}

/// A line of a table of contents: but for its head it ends with a page's number.
fn is_of_contents(text: &str) -> bool {
    (text.ends_with(char::is_numeric) || text.starts_with('目')) && CONTENTS.is_match(text)
}

/// A page's number, alone or of all. Of most lines the first character tells that they are none.
fn is_folio(text: &str) -> bool {
    let opens = |c: char| c.is_numeric() || c.is_whitespace() || "-—–~·第".contains(c);
    text.starts_with(opens) && FOLIO.is_match(text)
}

/// A line of menu words, bulleted or not; between bars other names may stand, as long as most are a menu's, and one
/// name, the portal's, among four or more. Numbers are a pager's beside such words; beside a name they are a table's.
fn is_menu(text: &str) -> bool {
    let words = || {
        text.split([' ', '|', '\t', '•', '·', '●'])
            .filter(|word| !word.is_empty())
    };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let (mut all, mut menu, mut numbers) = (0, 0, 0);
    for word in words() {
        all += 1;
        let of_menu = MENU.is_match(word);
        menu += usize::from(of_menu);
        numbers += usize::from(of_menu && is_number(word));
    }
    let barred =
        text.matches('|').count() + 1 >= all && words().all(|word| word.chars().count() <= 12);
    let named = menu - numbers;
    let portal = named >= 4 && menu + 1 == all;
    // 解读 | 12 is a table's.
    let pages = numbers == 0 || named >= 2 || text.contains('页');
    all > 0 && (menu == all && pages || portal || barred && named >= 3 && menu * 2 > all)
}

/// A line of Latin words alone, as a portal has in its head.
fn is_foreign(text: &str) -> bool {
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    latin > 12 && text.chars().all(|c| c.is_ascii() || !c.is_alphanumeric())
}

fn is_title(text: &str) -> bool {
    let closed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    TITLE.is_match(&closed) || closed.contains("年度") && closed.chars().count() < 60
}

/// Before the report: crumbs and what stands before them, menus, lines of facts.
fn head(folded: &[Option<String>], start: usize, kinds: &mut [Option<FurnitureKind>]) {
    let bare = |text: &str| BARE.is_match(text.trim());
    // One such line may be anything.
    let stacked = folded[..start]
        .iter()
        .flatten()
        .filter(|text| bare(text))
        .count()
        >= 2;
    let mut dangling = false;
    // What the line before asks for, where it is a label alone.
    let mut label = None;
    let mut last_crumb = None;
    for (index, text) in folded[..start].iter().enumerate() {
        let Some(text) = text.as_deref() else {
            continue;
        };
        if kinds[index].is_some() {
            continue;
        }
        let asks = stacked && bare(text);
        let kind = if is_label(text) || asks || is_facts(text, &folded[index + 1..start]) {
            Some(Metadata)
        } else if CONTROL.is_match(text) || is_chrome(text) || BANNER.is_match(text) {
            Some(Chrome)
        } else if CRUMB.is_match(text)
            || text == "正文"
            || (dangling && crumb_goes_on(folded, index, start))
        {
            last_crumb = Some(index);
            Some(Crumb)
        } else if is_menu(text) || is_foreign(text) {
            Some(Chrome)
        } else if label.is_some_and(|label| answers(label, text)) {
            Some(Metadata)
        } else {
            None
        };
        dangling = kind == Some(Crumb) && text.trim_end().ends_with(['>', '»', '›', '→']);
        label = (kind == Some(Metadata) && (asks || labels_next(text))).then_some(text);
        kinds[index] = kind;
    }
    if let Some(crumb) = last_crumb {
        for index in 0..crumb {
            if let Some(text) = &folded[index]
                && kinds[index].is_none()
                && !is_title(text)
            {
                kinds[index] = Some(Chrome);
            }
        }
    }
}

/// Whether a line is facts behind a name that is no title, or one that stands again below.
fn is_facts(text: &str, below: &[Option<String>]) -> bool {
    let closed = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let name = FACTS
        .captures(text)
        .and_then(|found| found.get(1))
        .map(|name| name.as_str());
    name.is_some_and(|name| {
        let again = || {
            let below: String = below
                .iter()
                .flatten()
                .take(4)
                .map(|text| closed(text))
                .collect();
            below.contains(&closed(name))
        };
        !is_title(name) || again()
    })
}

/// Whether a line is the value that a label alone in the line above asks for. A body's name below 公文时效: is the
/// report's head.
fn answers(label: &str, text: &str) -> bool {
    let of_bodies = ["机构", "单位", "机关", "部门", "主体", "来源", "作者"];
    let body = ["政府", "局", "委员会", "办公室", "办事处", "厅"];
    let fits = !body.iter().any(|end| text.ends_with(end))
        || of_bodies.iter().any(|word| label.contains(word));
    text.chars().count() <= 40 && !is_title(text) && fits
}

/// After a crumb that ends with its arrow: the last crumb is the page's name, which stands again below.
fn crumb_goes_on(folded: &[Option<String>], index: usize, start: usize) -> bool {
    let text = &folded[index];
    let again = folded[index + 1..start].iter().any(|later| later == text);
    again || !text.as_deref().is_some_and(is_title)
}

/// After the report: everything from the first line that can only be the page's.
fn tail(folded: &[Option<String>], end: usize, kinds: &mut [Option<FurnitureKind>]) {
    let mut page = false;
    for index in end..folded.len() {
        let Some(text) = folded[index].as_deref() else {
            continue;
        };
        if kinds[index].is_some() {
            continue;
        }
        let metadata = is_label(text);
        page |= is_chrome(text)
            || OTHERS.is_match(text)
            || BANNER.is_match(text)
            || CONTROL.is_match(text)
            || CRUMB.is_match(text)
            || is_menu(text)
            || is_foreign(text);
        kinds[index] = if page {
            Some(Chrome)
        } else {
            metadata.then_some(Metadata)
        };
    }
}

/// Within the report only what cannot be its own.
fn inside(text: &str) -> Option<FurnitureKind> {
    let length = text.chars().count();
    if length <= 120 && is_chrome(text) {
        return Some(Chrome);
    }
    if length <= 40 && CONTROL.is_match(text) {
        return Some(Chrome);
    }
    let crumb =
        text.starts_with("当前位置") || text.starts_with("您的位置") || text.starts_with("首页>");
    if length <= 80 && crumb {
        return Some(Crumb);
    }
    let fact = [
        "发布日期:",
        "发布时间:",
        "索引号:",
        "信息来源:",
        "来源:",
        "浏览次数:",
        "责任编辑:",
        "点击数:",
    ];
    (length <= 100 && !text.contains('。') && fact.iter().any(|label| text.starts_with(label)))
        .then_some(Metadata)
}

/// A short line that stands three times or more between pages is a running head, and so is one that stands beside
/// page numbers twice, were it the report's title.
fn running_heads(folded: &[Option<String>], kinds: &mut [Option<FurnitureKind>]) {
    // Few lines stand twice at all.
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, text) in folded.iter().enumerate() {
        if let Some(text) = text
            && !text.contains('。')
            && (4..=60).contains(&text.chars().count())
        {
            places.entry(text).or_default().push(index);
        }
    }
    places.retain(|text, places| places.len() > 1 && Marker::read(text).is_none());
    let beside_number = |index: usize| {
        let number = |text: Option<&String>| text.is_some_and(|text| is_folio(text));
        number(folded[..index].iter().flatten().next_back())
            || number(folded[index + 1..].iter().flatten().next())
    };
    // The issuer's name over the rest of the title, or over the day of the signature, is the report's own.
    let is_the_issuers = |index: usize, text: &str| {
        let below = folded[index + 1..].iter().flatten().next();
        below.is_some_and(|below| {
            let day = below.ends_with('日') && below.contains('年') && below.chars().count() <= 16;
            day || (TITLE.is_match(below) && !below.starts_with(text))
        })
    };
    for (text, places) in places {
        let heads: Vec<usize> = if TITLE.is_match(text) {
            let mut beside = places;
            beside.retain(|&index| beside_number(index));
            if beside.len() > 1 { beside } else { Vec::new() }
        } else if places.len() >= 3 || BANNER.is_match(text) {
            let mut others = places;
            others.retain(|&index| !is_the_issuers(index, text));
            others
        } else {
            Vec::new()
        };
        for index in heads {
            kinds[index] = Some(Folio);
        }
    }
}

/// A title that stands again: the page's name above the report's own title, or a template's
/// repetition below it. The one next to the report stays.
fn repeated_titles(
    folded: &[Option<String>],
    body: &std::ops::Range<usize>,
    kinds: &mut [Option<FurnitureKind>],
) {
    let mut kept: Vec<&str> = Vec::new();
    for index in (0..body.start).rev().chain(body.clone()) {
        let Some(text) = folded[index].as_deref() else {
            continue;
        };
        if kinds[index].is_some()
            || text.contains('。')
            || !(6..=60).contains(&text.chars().count())
        {
            continue;
        }
        if kept.contains(&text) {
            kinds[index] = Some(Chrome);
        } else if index < body.start && is_title(text) {
            kept.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &[(&str, Option<FurnitureKind>)]) {
        let lines: Vec<crate::decode::Line> = page
            .iter()
            .enumerate()
            .map(|(index, (text, _))| crate::decode::Line {
                text: (*text).to_owned(),
                source_line: index as u32 + 1,
                markup: crate::decode::Markup::None,
            })
            .collect();
        let kinds = classify(&super::super::line::squeeze(&lines));
        let found: Vec<_> = page.iter().map(|(text, _)| *text).zip(kinds).collect();
        assert_eq!(found, page);
    }

    #[test]
    fn tells_a_portal_page_from_its_report() {
        check(&[
            ("首页 政务公开 互动交流", Some(Chrome)),
            ("首页\t机构\t新闻\t公开\t服务\t互动\t专题", Some(Chrome)),
            ("关键词 依法行政;总结", Some(Metadata)),
            ("当前位置：首页 > 政务公开 > 法治政府建设", Some(Crumb)),
            ("甲县住房和城乡建设局2022年法治政府建设情况报告", None),
            (
                "发布日期：2023-01-12　来源：县住建局　浏览次数：31",
                Some(Metadata),
            ),
            ("字体：[大 中 小]", Some(Metadata)),
            ("日期：2023-01-12 人气：", Some(Metadata)),
            ("甲县住房和城乡建设局（甲县城管局）", None),
            ("发布机构：", Some(Metadata)),
            ("甲县住建局", Some(Metadata)),
            ("一年来，我局依法履职，现将有关情况报告如下。", None),
            ("一、主要工作", None),
            (
                "（一）严格执法。全年检查工地二百余处，未发现重大隐患。",
                None,
            ),
            ("甲县住房和城乡建设局", None),
            ("2023年1月10日", None),
            ("上一篇：没有了", Some(Chrome)),
            ("乙县年报", Some(Chrome)),
            ("版权所有：甲县人民政府 备案号 某ICP备1号", Some(Chrome)),
        ]);
    }

    #[test]
    fn reads_bars_stamps_and_buttons() {
        check(&[
            (
                "甲县人民政府 | 甲县水利局 | 政务公开 | 办事服务 | 互动交流",
                Some(Chrome),
            ),
            ("甲县水利局2022年度法治政府建设工作报告", None),
            ("来　源：甲县水利局　　公开日期：2023-01-27", Some(Metadata)),
            (
                "甲县水利局 2023-01-27 来源：本站 阅读量：12",
                Some(Metadata),
            ),
            (
                "【发布时间：2023-01-27】 【作者：】 【关闭】",
                Some(Metadata),
            ),
            ("一年来，我局依法履职，现将有关情况报告如下。", None),
            ("一、主要工作", None),
            ("附件：1.统计表", None),
            ("相关附件：", Some(Chrome)),
            ("分享到： 【打印】 【关闭】", Some(Chrome)),
            ("（此件公开发布）", Some(Chrome)),
            ("【关闭窗口】 【打印本页】", Some(Chrome)),
            ("【我要纠错】", Some(Chrome)),
        ]);
    }

    #[test]
    fn sets_page_numbers_running_heads_and_contents_aside() {
        check(&[
            ("目 录", Some(Folio)),
            ("一、工作情况…………1", Some(Folio)),
            ("某市司法局年度工作汇编", Some(Folio)),
            ("一、工作情况", None),
            ("年内完成立法调研两次，修订制度三件，均已公布施行。", None),
            ("- 1 -", Some(Folio)),
            ("某市司法局年度工作汇编", Some(Folio)),
            ("年内开展培训，覆盖全体在岗人员，考核全部合格。", None),
            ("第 2 页 共 9 页", Some(Folio)),
            ("某市司法局年度工作汇编", Some(Folio)),
            ("年底前完成清理，结果已经向社会公布。", None),
        ]);
    }

    #[test]
    fn a_blank_sets_labels_apart_from_their_values() {
        check(&[
            ("索引号 014184725/2025-00031", Some(Metadata)),
            ("发布机构 甲市城市管理局", Some(Metadata)),
            ("内容概述 甲市城市管理局年度报告", Some(Metadata)),
            (
                "内容概览\t甲县2022年度法治政府建设情况的报告",
                Some(Metadata),
            ),
            (
                "页面地址：http://jia.example/zwgk  发布时间：2018-01-05  字体：大 中 小",
                Some(Metadata),
            ),
            ("甲市城市管理局年度报告", None),
            ("现将本机关执法情况公布如下。", None),
        ]);
    }

    #[test]
    fn an_issuers_name_in_title_and_signature_is_no_running_head() {
        check(&[
            ("乙市交通运输局", Some(Folio)),
            ("您的位置：首页 > 法治政府建设", Some(Crumb)),
            ("乙市交通运输局", None),
            ("2020年度法治政府建设工作报告", None),
            (
                "2020年，我局认真学习贯彻习近平法治思想，推进依法行政，现将有关情况报告如下。",
                None,
            ),
            ("乙市交通运输局", None),
            ("2021年1月12日", None),
        ]);
    }

    #[test]
    fn a_head_in_another_language_is_the_portals() {
        check(&[
            (
                "Jia County, China — The Official Website of the County People's Government",
                Some(Chrome),
            ),
            (
                "Your location: Home > Government Information > Annual Reports",
                Some(Crumb),
            ),
            ("甲县2024年法治政府建设年度报告", None),
            (
                "Published: 2025-03-26 17:20   Source: 甲县司法局",
                Some(Metadata),
            ),
            ("一、主要工作。全县依法行政工作取得新的成效。", None),
            ("2025年3月25日", None),
            (
                "Presented by the People's Government of Jia, China. All rights reserved.",
                Some(Chrome),
            ),
        ]);
    }

    #[test]
    fn a_table_at_the_end_is_no_pager() {
        check(&[
            ("一、主要工作。全市依法行政工作取得新的成效。", None),
            ("附表 2022年全市行政复议案件办理情况统计表", None),
            ("汉台区\t84\t71\t68\t29\t9\t8\t2\t1\t19", None),
            ("| 败诉（件） | 4 | 5 | 3 |", None),
            ("甲市人民政府", None),
            ("2023年3月20日", None),
            ("首页 搜索 1 2 3 更多", Some(Chrome)),
        ]);
    }

    #[test]
    fn a_title_beside_page_numbers_is_a_running_head() {
        check(&[
            ("某市司法局 法治政府建设年度报告", None),
            ("一、工作情况", None),
            ("年内完成立法调研两次，修订制度三件，均已", None),
            ("— 1 —", Some(Folio)),
            ("某市司法局 法治政府建设年度报告", Some(Folio)),
            ("公布施行。年内开展培训，覆盖全体在岗人员。", None),
            ("— 2 —", Some(Folio)),
            ("某市司法局 法治政府建设年度报告", Some(Folio)),
            ("年底前完成清理，结果已经向社会公布。", None),
        ]);
    }

    #[test]
    fn sets_a_list_of_facts_aside() {
        check(&[
            ("当前位置: 甲镇 >> 信息公开 >> 正文", Some(Crumb)),
            ("您当前所在位置：首页 》 政务公开 》 法治建设", Some(Crumb)),
            ("首页 》 政务公开 》 法治建设", Some(Crumb)),
            (
                "某区人民政府 — 信息公开 — 区级部门 — 区城市管理局",
                Some(Crumb),
            ),
            ("修订《甲办法》《乙办法》《丙办法》", None),
            (
                "| 索引号 | 12345/2022-00021 | 主题分类 | 城乡建设 |",
                Some(Metadata),
            ),
            ("• 索引号:", Some(Metadata)),
            ("12345/2022-00021", Some(Metadata)),
            ("• 发文机构:乙县甲镇", Some(Metadata)),
            ("• 公文时效:", Some(Metadata)),
            ("乙县甲镇人民政府", None),
            ("2021年法治政府建设工作情况报告", None),
            ("2021年，我镇依法履职，现将情况报告如下。", None),
            ("一、主要工作", None),
        ]);
    }

    #[test]
    fn labels_alone_in_their_lines_ask_for_the_next() {
        check(&[
            ("索引号", Some(Metadata)),
            ("11371721MB2859/2021-01826", Some(Metadata)),
            ("发布机构", Some(Metadata)),
            ("甲县市场监督管理局", Some(Metadata)),
            ("有效性", Some(Metadata)),
            ("有效", Some(Metadata)),
            ("甲县市场监督管理局2020年法治政府建设工作报告", None),
            ("浏览字号：大 中 小　视力保护色：", Some(Metadata)),
            ("2020年，我局依法履职，现将情况报告如下。", None),
            ("一、主要工作", None),
        ]);
        // One alone may be a word of the report's head.
        check(&[
            ("摘要", None),
            ("甲县2020年法治政府建设工作报告", None),
            ("2020年，我县依法行政，现将情况报告如下。", None),
        ]);
    }

    #[test]
    fn sets_rows_of_facts_and_lists_of_files_aside() {
        check(&[
            (
                "甲县2022年法治政府建设年度报告　发布者：甲县政府　发布日期：2023-01-29　点击数：26",
                Some(Metadata),
            ),
            ("甲县2022年", None),
            ("法治政府建设年度报告", None),
            (
                "甲县人民政府   发布时间：2023-03-10 15:26   字号：[大] [中]",
                Some(Metadata),
            ),
            ("一年来，我县依法履职，现将有关情况报告如下。", None),
            ("附件：1.任务完成情况表", None),
            ("甲县人民政府", None),
            ("2023年1月16日", None),
            ("附件下载：", Some(Chrome)),
            ("1.任务完成情况表.xlsx（18.6 KB）", Some(Chrome)),
        ]);
    }

    #[test]
    fn keeps_a_page_name_only_where_the_report_begins() {
        check(&[
            ("當前位置：範文大全 >", Some(Crumb)),
            ("依法行政工作總結", Some(Crumb)),
            ("依法行政工作總結", None),
            ("過去一年，我縣依法行政工作取得成效，現總結如下。", None),
            ("依法行政工作總結", Some(Chrome)),
            ("一、健全制度，嚴格程序，全年制定文件三件。", None),
            ("文章版權歸作者所有，轉載請註明出處", Some(Chrome)),
            ("專題", Some(Chrome)),
        ]);
        check(&[
            ("依法行政工作总结", None),
            ("过去一年，我县依法行政工作取得成效，现总结如下。", None),
            ("一、健全制度，严格程序，全年制定文件三件。", None),
            ("【依法行政工作总结】相关文章：", Some(Chrome)),
            ("1.甲县依法行政工作总结", Some(Chrome)),
            ("2.依法行政情况汇报精选", Some(Chrome)),
        ]);
    }
}
