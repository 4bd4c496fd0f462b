//! What a page draws, gathered: glyphs with their characters and places, rules, whether a picture
//! fills it.
//!
//! Places are in points from the page's upper left corner, as the page is seen. Text that stands at
//! an angle to most of the page's text (a watermark, a stamp) is no part of it.

use super::super::{Error, Limits};
use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, load_embedded};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use std::collections::HashMap;

/// The most glyphs of a page: one of small print has 10,000.
const MOST_GLYPHS: usize = 200_000;
/// The most rules of a page that are looked at.
const MOST_RULES: usize = 20_000;
/// A line thinner than this is a rule, in points.
const THIN: f64 = 3.0;

/// A character at its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    pub(super) text: String,
    /// Left and right end.
    pub(super) x: f64,
    pub(super) end: f64,
    /// The line that it stands on.
    pub(super) y: f64,
    /// Its font's size.
    pub(super) size: f64,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    /// Rules that go across: from, to, height.
    pub(super) across: Vec<(f64, f64, f64)>,
    /// Rules that go down: from, to, place.
    pub(super) down: Vec<(f64, f64, f64)>,
    /// Whether a picture fills most of it.
    pub(super) pictured: bool,
    /// Glyphs of which no character is known.
    pub(super) unknown: usize,
    /// Whether it has more glyphs than [`MOST_GLYPHS`].
    crowded: bool,
}

impl Page {
    /// How many characters it has.
    pub(super) fn characters(&self) -> usize {
        let shown = |glyph: &&Glyph| !glyph.text.trim().is_empty();
        self.glyphs.iter().filter(shown).count()
    }
}

/// The pages of a file.
pub(super) fn read(pdf: &Pdf, limits: Limits) -> Result<Vec<Page>, Error> {
    let fonts = Fonts::read(pdf);
    let cache = InterpreterCache::new();
    let mut pages = Vec::new();
    let mut characters = 0;
    for page in pdf.pages().iter() {
        let (width, height) = page.render_dimensions();
        let transform = page.initial_transform(true).to_kurbo();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(
            transform,
            bounds,
            &cache,
            pdf.xref(),
            InterpreterSettings::default(),
        );
        let mut gatherer = Gatherer {
            page: Page {
                width: f64::from(width),
                height: f64::from(height),
                ..Page::default()
            },
            turns: [0; 4],
            placed: Vec::new(),
            fonts: &fonts,
        };
        interpret_page(page, &mut context, &mut gatherer);
        let page = gatherer.finish();
        if page.crowded {
            return Err(crowded(pages.len()));
        }
        characters += page.glyphs.len();
        // A Chinese character takes three bytes, a Latin one a single one.
        limits.hold_text(characters * 2)?;
        pages.push(page);
    }
    Ok(pages)
}

/// What a file is refused with whose page of this index has more on it than a page can.
pub(super) fn crowded(index: usize) -> Error {
    Error::broken(format!(
        "page {} has more words on it than any page has",
        index + 1
    ))
}

/// Gathers what is drawn.
struct Gatherer<'f> {
    page: Page,
    /// How many glyphs stand upright, turned right, upside down, turned left.
    turns: [usize; 4],
    placed: Vec<(usize, Glyph, Point)>,
    fonts: &'f Fonts,
}

impl Gatherer<'_> {
    fn place(&mut self, glyph: &Drawn<'_>, transform: Affine) {
        let (origin, along, up) = (
            transform * Point::ZERO,
            transform * Point::new(1000.0, 0.0),
            transform * Point::new(0.0, 1000.0),
        );
        let (along, up) = (along - origin, up - origin);
        let size = up.hypot();
        self.page.crowded |= self.placed.len() >= MOST_GLYPHS;
        if self.page.crowded || !size.is_finite() || size < 0.5 {
            return;
        }
        let slant = along.y.abs().min(along.x.abs()) / along.hypot().max(f64::MIN_POSITIVE);
        if slant > 0.1 {
            return;
        }
        let turn = match (along.x.abs() >= along.y.abs(), along.x > 0.0, along.y > 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 2,
            (false, _, true) => 1,
            (false, _, false) => 3,
        };
        let text = self.fonts.characters(glyph);
        let advance = match glyph {
            Drawn::Outline(outline) => outline.advance_width(),
            Drawn::Type3(drawn) => drawn.advance_width(),
        };
        let advance = f64::from(advance.unwrap_or(1000.0)) / 1000.0 * along.hypot();
        if text.is_none() {
            self.page.unknown += 1;
        }
        self.turns[turn] += 1;
        self.placed.push((
            turn,
            Glyph {
                text: text.unwrap_or_else(|| "\u{fffd}".to_owned()),
                x: 0.0,
                end: advance.abs(),
                y: 0.0,
                size,
            },
            origin,
        ));
    }

    fn rule(&mut self, bounds: Rect) {
        if self.page.across.len() + self.page.down.len() >= MOST_RULES || !bounds.is_finite() {
            return;
        }
        let (width, height) = (bounds.width(), bounds.height());
        if height < THIN && width > 2.0 * THIN {
            let y = bounds.center().y;
            self.page.across.push((bounds.x0, bounds.x1, y));
        } else if width < THIN && height > 2.0 * THIN {
            let x = bounds.center().x;
            self.page.down.push((bounds.y0, bounds.y1, x));
        }
    }

    /// The page, turned so that most of its text stands upright.
    fn finish(mut self) -> Page {
        let main = (0..4)
            .max_by_key(|&turn| (self.turns[turn], 3 - turn))
            .unwrap_or(0);
        let (width, height) = (self.page.width, self.page.height);
        let turned = |point: Point| match main {
            1 => Point::new(point.y, width - point.x),
            2 => Point::new(width - point.x, height - point.y),
            3 => Point::new(height - point.y, point.x),
            _ => point,
        };
        for (turn, mut glyph, origin) in std::mem::take(&mut self.placed) {
            let origin = turned(origin);
            glyph.end += origin.x;
            (glyph.x, glyph.y) = (origin.x, origin.y);
            if turn == main {
                self.page.glyphs.push(glyph);
            }
        }
        if main % 2 == 1 {
            let (across, down) = (
                std::mem::take(&mut self.page.across),
                std::mem::take(&mut self.page.down),
            );
            let ends = |a: f64, b: f64| (a.min(b), a.max(b));
            for (from, to, y) in across {
                let (a, b) = (turned(Point::new(from, y)), turned(Point::new(to, y)));
                let (from, to) = ends(a.y, b.y);
                self.page.down.push((from, to, a.x));
            }
            for (from, to, x) in down {
                let (a, b) = (turned(Point::new(x, from)), turned(Point::new(x, to)));
                let (from, to) = ends(a.x, b.x);
                self.page.across.push((from, to, a.y));
            }
            (self.page.width, self.page.height) = (height, width);
        }
        let (width, height) = (self.page.width, self.page.height);
        self.page.glyphs.retain(|glyph| {
            glyph.end > 0.0 && glyph.x < width && glyph.y > 0.0 && glyph.y < height + glyph.size
        });
        self.page
    }
}

impl<'a> Device<'a> for Gatherer<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        // Each piece of a path by itself: a table is often drawn as one.
        let path = props.transform * path.clone();
        let mut piece = BezPath::new();
        for element in path.elements() {
            if matches!(element, hayro_interpret::kurbo::PathEl::MoveTo(_)) && !piece.is_empty() {
                self.shape(&piece);
                piece = BezPath::new();
            }
            piece.push(*element);
        }
        if !piece.is_empty() {
            self.shape(&piece);
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.place(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let bounds =
            (props.transform * Rect::new(0.0, 0.0, width, height).to_path(0.1)).bounding_box();
        self.page.pictured |= bounds.area() > 0.4 * self.page.width * self.page.height;
        self.rule(bounds);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

impl Gatherer<'_> {
    /// A line, or a frame's four lines.
    fn shape(&mut self, piece: &BezPath) {
        let bounds = piece.bounding_box();
        if bounds.width() < THIN || bounds.height() < THIN {
            self.rule(bounds);
        } else if piece.segments().take(9).count() <= 5 {
            let Rect { x0, y0, x1, y1 } = bounds;
            for side in [
                Rect::new(x0, y0, x1, y0),
                Rect::new(x0, y1, x1, y1),
                Rect::new(x0, y0, x0, y1),
                Rect::new(x1, y0, x1, y1),
            ] {
                self.rule(side);
            }
        }
    }
}

/// How character codes of embedded fonts that name no characters are read: by their predefined
/// encoding. By the font's name.
struct Fonts(HashMap<String, Option<Codes>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codes {
    /// UTF-16 units.
    Utf16,
    /// The bytes of an encoding.
    Bytes(&'static encoding_rs::Encoding),
    /// Characters of Adobe's collection for simplified Chinese, or for traditional.
    Gb1,
    Cns1,
}

impl Fonts {
    fn read(pdf: &Pdf) -> Self {
        let mut fonts: HashMap<String, Option<Codes>> = HashMap::new();
        for font in pdf.objects().into_iter().filter_map(Object::into_dict) {
            let Some((name, codes)) = Self::codes(&font) else {
                continue;
            };
            fonts
                .entry(name)
                .and_modify(|known| {
                    // Two fonts of one name and two encodings can't be told apart.
                    if *known != Some(codes) {
                        *known = None;
                    }
                })
                .or_insert(Some(codes));
        }
        Self(fonts)
    }

    fn codes(font: &Dict<'_>) -> Option<(String, Codes)> {
        if font.get::<Name<'_>>(b"Subtype")?.as_ref() != b"Type0" || font.contains_key(b"ToUnicode")
        {
            return None;
        }
        let encoding = font.get::<Name<'_>>(b"Encoding")?;
        let encoding = encoding.as_str();
        let codes = if encoding.contains("UCS2") || encoding.contains("UTF16") {
            Codes::Utf16
        } else if encoding.starts_with("GB") {
            Codes::Bytes(encoding_rs::GB18030)
        } else if encoding.starts_with("ETen") || encoding.starts_with("B5") {
            Codes::Bytes(encoding_rs::BIG5)
        } else {
            let child = font
                .get::<Array<'_>>(b"DescendantFonts")?
                .iter::<Dict<'_>>()
                .next()?;
            let system = child.get::<Dict<'_>>(b"CIDSystemInfo")?;
            let ordering =
                system.get::<hayro_interpret::hayro_syntax::object::String<'_>>(b"Ordering")?;
            match ordering.as_bytes() {
                b"GB1" => Codes::Gb1,
                b"CNS1" => Codes::Cns1,
                _ => return None,
            }
        };
        let name = font.get::<Name<'_>>(b"BaseFont")?;
        Some((bare(name.as_str()).to_owned(), codes))
    }

    /// What a glyph stands for.
    fn characters(&self, glyph: &Drawn<'_>) -> Option<String> {
        let known = glyph.as_unicode().map(|known| match known {
            BfString::Char(character) => character.to_string(),
            BfString::String(text) => text,
        });
        let shown = |text: &String| !text.is_empty() && !text.contains(['\0', '\u{fffd}']);
        known
            .filter(shown)
            .or_else(|| self.by_code(glyph))
            .filter(shown)
    }

    fn by_code(&self, glyph: &Drawn<'_>) -> Option<String> {
        let Drawn::Outline(outline) = glyph else {
            return None;
        };
        if self.0.is_empty() {
            return None;
        }
        let name = outline.font_data()?.postscript_name?;
        let code = glyph.char_code();
        match (*self.0.get(bare(&name))?)? {
            Codes::Utf16 => {
                let units = [(code >> 16) as u16, code as u16];
                let units = if units[0] == 0 { &units[1..] } else { &units };
                String::from_utf16(units).ok()
            }
            Codes::Bytes(encoding) => {
                let bytes = code.to_be_bytes();
                let first = bytes.iter().position(|byte| *byte != 0)?;
                let (text, broken) = encoding.decode_without_bom_handling(&bytes[first..]);
                (!broken).then(|| text.into_owned())
            }
            Codes::Gb1 => collection(CMapName::AdobeGb1Ucs2, code),
            Codes::Cns1 => collection(CMapName::AdobeCns1Ucs2, code),
        }
    }
}

/// A character of one of Adobe's collections.
fn collection(name: CMapName<'_>, code: u32) -> Option<String> {
    use std::sync::OnceLock;
    static TABLES: [OnceLock<Option<CMap>>; 2] = [const { OnceLock::new() }; 2];
    let table = TABLES[usize::from(matches!(name, CMapName::AdobeCns1Ucs2))].get_or_init(|| {
        let data = load_embedded(name)?;
        CMap::parse(data, load_embedded)
    });
    match table.as_ref()?.lookup_bf_string(code)? {
        BfString::Char(character) => Some(character.to_string()),
        BfString::String(text) => Some(text),
    }
}

/// A font's name without the mark of a subset: `ABCDEF+SimSun` is `SimSun`.
fn bare(name: &str) -> &str {
    match name.split_once('+') {
        Some((mark, name)) if mark.len() == 6 => name,
        _ => name,
    }
}
