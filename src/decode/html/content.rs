//! Which of a page's blocks are its text, and which are the page around it.
//!
//! Portals of Chinese governments are made with a few content management systems, and these put the
//! text into containers of known names. Where the page has such a container that holds nearly all
//! of its prose, that is the text. Else it is the smallest element that does, and what stands beside
//! it as long as it is not mostly links. So what is doubtful counts as text: the next stage knows
//! page lines by their words, but can't bring back what is missing.

use super::flow::{Block, Flow, Table};
use super::table;
use super::tree::{Data, Id, Tree, lists};
use std::ops::Range;

/// Names (`id` or `class`, folded to letters and digits) of containers that hold a page's text.
/// After what TRS WCM, UCAP, Visual SiteBuilder, Dahan JCMS, Founder and portals of their own make.
const KNOWN: &str = "arccontent articlecon articlecontent articledetail articletext artcontent bodylabel \
    bookcontent btarticle con conntent content contentbody contentbox contentdetail \
    contentregion contenttext contentview contxt context customunionstyle detailcon \
    detailcontent doccontent easysitenews editorcontent fontzoom gkcontent infocontent \
    infodetail jfontcontent maincontent maintext mainarticle neirong newscon newscontent \
    newstext newsdetail nr pagecontent pagescontent scroll textcontent trseditor trseditorview \
    trsueditor trsweb trspreappend txtcontent txtcon ucapcontent view viewcontent vnewscontent \
    vsbcontent vsbcontent2 vsbcontent4 vsbcontent6 wenzhang wzcon wzcontent wznr xlcon xlcontent \
    xlmain xxgk xxgkcontent xxgkdetail xxgkxlcontent xxnr zfxxgkcontent zoom zoomcon zwcontent \
    zwnr";

/// Words that names of the parts around a text are made of.
const AROUND: &str = "aside banner bdshare bottom breadcrumb breadcrumbs bshare copyright crumb crumbs dqwz ewm \
    flink foot footer friendlink friendlinks header links location login menu nav navbar \
    navigation pager pagination position print qrcode recommend relate related search share side \
    sidebar sitemap toolbar tools topbar xgxw xgyd yqlj";

/// Words at a block's beginning that only a page's foot has.
const FOOT: &str = "主办 承办 版权所有 网站标识码 技术支持 建议使用 地址 备案 联系电话 Copyright";

/// Share of a page's prose that its text holds at least, in percent.
const NEARLY_ALL: usize = 90;

/// What of a page is its text.
pub(super) struct Content {
    blocks: Range<usize>,
    /// For each block of the page, whether it lies in a part around the text by that part's name.
    around: Vec<bool>,
}

impl Content {
    /// All that is shown.
    pub(super) fn whole(flow: &Flow) -> Self {
        Self {
            blocks: 0..flow.blocks.len(),
            around: vec![false; flow.blocks.len()],
        }
    }

    pub(super) fn holds(&self, block: usize) -> bool {
        self.blocks.contains(&block) && !self.around[block]
    }

    /// The text's first block.
    pub(super) fn start(&self) -> usize {
        self.blocks.start
    }
}

/// Whether an element has the name of a container that holds a page's text.
pub(super) fn is_known(tree: &Tree, element: Id) -> bool {
    let id = tree.attribute(element, "id").into_iter();
    let classes = tree.attribute(element, "class").unwrap_or_default();
    id.chain(classes.split_ascii_whitespace()).any(|name| {
        let bare: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        lists(KNOWN, &bare)
    })
}

/// Finds a page's text.
pub(super) fn content(tree: &Tree, flow: &Flow) -> Content {
    let whole = 0..flow.blocks.len();
    let mut prose: Vec<usize> = flow.blocks.iter().map(prose).collect();
    for table in flow.tables.iter().filter(|table| has_figures(flow, table)) {
        for block in table.blocks.clone() {
            prose[block] = flow.blocks[block].letters;
        }
    }
    let mut content = Content {
        around: around(tree, flow, &sums(&prose)),
        blocks: whole,
    };
    let last = prose.iter().rposition(|&weight| weight > 0).unwrap_or(0);
    let blocks = flow.blocks.iter().zip(&prose).zip(&mut content.around);
    for ((block, &weight), around) in blocks.skip(last) {
        *around |= weight == 0 && is_foot(block);
    }
    let weights: Vec<usize> = prose
        .iter()
        .zip(&content.around)
        .map(|(&weight, &around)| if around { 0 } else { weight })
        .collect();
    let sums = sums(&weights);
    let all = sums[flow.blocks.len()];
    let holds_all = |element: &usize| {
        let blocks = &flow.elements[*element].blocks;
        (sums[blocks.end] - sums[blocks.start]) * 100 >= all * NEARLY_ALL
    };
    if all == 0 {
        return content;
    }
    // Elements that hold more than half lie in one another: the last is the innermost.
    let innermost = || (0..flow.elements.len()).rev().filter(holds_all);
    let known = innermost().find(|&element| is_known(tree, flow.elements[element].node));
    if let Some(known) = known {
        content.blocks = flow.elements[known].blocks.clone();
    } else if let Some(inner) = innermost().next() {
        content.blocks = widened(flow, inner, &content.around);
    }
    content
}

/// Whether a table may be one of figures: these are as much a report's text as its prose.
fn has_figures(flow: &Flow, table: &Table) -> bool {
    let blocks = &flow.blocks[table.blocks.clone()];
    let bare = |c: char| c.is_ascii_digit() || c.is_whitespace() || ",.%件人次元起".contains(c);
    let figures = blocks
        .iter()
        .filter(|block| block.linked == 0 && block.text.chars().all(bare));
    table.rows.len() > 1 && figures.count() > 1 && table::is_data(flow, table)
}

/// The letters of a block that reads like prose, 0 for any other.
pub(super) fn prose(block: &Block) -> usize {
    let words = block.letters >= 15 && block.text.contains(['。', '；', '，', ';', ',']);
    let plain = (words || block.letters >= 40) && block.linked * 3 < block.letters;
    if plain && !is_foot(block) {
        block.letters
    } else {
        0
    }
}

/// Sums of all that stands before each place.
fn sums(weights: &[usize]) -> Vec<usize> {
    let mut sums = vec![0];
    let mut sum = 0;
    for weight in weights {
        sum += weight;
        sums.push(sum);
    }
    sums
}

/// Which blocks lie in a part around the text. A part with much prose is none, whatever its name.
fn around(tree: &Tree, flow: &Flow, sums: &[usize]) -> Vec<bool> {
    let all = sums[flow.blocks.len()];
    let mut around = vec![false; flow.blocks.len()];
    let mut done = 0;
    for element in &flow.elements {
        let blocks = &element.blocks;
        let light = (sums[blocks.end] - sums[blocks.start]) * 4 < all;
        if blocks.end > done && light && is_around(tree, element.node) {
            around[blocks.clone()].fill(true);
            done = blocks.end;
        }
    }
    around
}

fn is_around(tree: &Tree, element: Id) -> bool {
    let Data::Element(tag, _) = tree.data(element) else {
        return false;
    };
    if matches!(
        &**tag,
        "nav" | "footer" | "aside" | "header" | "menu" | "search"
    ) {
        return true;
    }
    let names = ["id", "class"].map(|name| tree.attribute(element, name).unwrap_or_default());
    names
        .iter()
        .flat_map(|names| names.split(|c: char| !c.is_ascii_alphabetic()))
        .any(|word| lists(AROUND, &word.to_ascii_lowercase()))
}

fn is_foot(block: &Block) -> bool {
    FOOT.split_whitespace()
        .any(|word| block.text.starts_with(word))
}

/// The blocks of the outermost element around `inner` that adds few words to it, none of its layers
/// mostly links; and those next to it up to the first links.
fn widened(flow: &Flow, inner: usize, around: &[bool]) -> Range<usize> {
    let counts = |blocks: Range<usize>| {
        blocks
            .filter(|&block| !around[block])
            .fold((0, 0), |(letters, linked), block| {
                let block = &flow.blocks[block];
                (letters + block.letters, linked + block.linked)
            })
    };
    let mut found = flow.elements[inner].blocks.clone();
    let (own, _) = counts(found.clone());
    let mut added = 0;
    let mut outer = flow.elements[inner].parent;
    while let Some(element) = outer {
        let wide = flow.elements[element].blocks.clone();
        let before = counts(wide.start..found.start);
        let after = counts(found.end..wide.end);
        let (letters, linked) = (before.0 + after.0, before.1 + after.1);
        added += letters;
        if added > own || linked * 3 > letters {
            let plain = |&block: &usize| {
                let words = &flow.blocks[block];
                !around[block] && words.linked * 3 <= words.letters
            };
            let before = (wide.start..found.start).rev().take_while(plain).count();
            let after = (found.end..wide.end).take_while(plain).count();
            return found.start - before..found.end + after;
        }
        found = wide;
        outer = flow.elements[element].parent;
    }
    found
}
