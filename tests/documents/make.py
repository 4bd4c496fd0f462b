#!/usr/bin/env python3
"""Makes the documents that the tests read: one fictional report in every format.

    pip install reportlab pillow; apt-get install libreoffice-writer-nogui fonts-noto-cjk
    python3 tests/documents/make.py

report.docx is written here by hand, part by part: automatic numbers, tracked changes, merged cells,
a footnote, a text box, hidden text, a field, header and footer. LibreOffice makes report.odt, .rtf,
.doc, saved.docx and embedded.pdf (fonts embedded) of it; reportlab makes the other PDFs.
report.txt is what a reader sees of all of them. The documents are kept, so that no test needs this.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMESPACES = W + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"' \
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"' \
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"' \
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"' \
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TITLE = "云溪市司法局2023年法治政府建设情况报告"
RUNNING = "云溪市司法局年度工作汇编"
TABLE = [
    ["类别", "事项", "单位", "2023年", "2022年"],
    ["行政复议", "收到行政复议申请", "件", "378", "291"],
    ["行政复议", "审结行政复议案件", "件", "352", "280"],
    ["应诉", "行政诉讼一审案件", "件", "64", "57"],
]
# Kind, words as typed, and the number that is put before them.
REPORT = [
    ("title", TITLE, ""),
    ("body", "2023年，云溪市司法局深入贯彻法治政府建设实施纲要，围绕中心、服务大局，各项工作取得新进展。现将有关情况报告如下。", ""),
    ("h1", "主要做法和成效", "一、"),
    ("h2", "推进依法决策", "（一）"),
    ("body", "全年审查行政规范性文件41件，提出意见136条，备案审查率100%；清理文件207件，废止19件，修改8件。开展重大行政决策合法性审查53件次，法律顾问参与率98.5%。", ""),
    ("h2", "规范行政执法", "（二）"),
    ("item", "全年办理行政处罚案件2318件，罚没款1204.56万元。", "1. "),
    ("item", "开展行政执法检查12907次，评查案卷460卷，组织执法人员培训36场3140人次。", "2. "),
    ("table", TABLE, ""),
    ("h1", "存在的问题", "二、"),
    ("body", "基层执法力量与任务还不相称，全市17个镇街中有5个没有专职法制审核人员。", ""),
    ("h1", "下一步工作安排", "三、"),
    ("body", "推进镇街综合执法规范化建设，年内完成全部镇街的案卷评查。", ""),
    ("body", "云溪市司法局", ""),
    ("body", "2024年1月15日", ""),
]
NOTE = "案卷评查按2022年的标准进行。"
MARK = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
BOX = "本报告所列数据截至2023年12月31日。"


def run(text, properties=""):
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content, style="", numbered=None):
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered is not None:
        properties += f'<w:numPr><w:ilvl w:val="{numbered}"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def table():
    rows = ""
    for at, row in enumerate(TABLE):
        cells = ""
        for place, words in enumerate(row):
            merge = ""
            if place == 0 and words == "行政复议":
                merge = '<w:vMerge w:val="restart"/>' if TABLE[at - 1][0] != words else "<w:vMerge/>"
                words = "" if merge == "<w:vMerge/>" else words
            cells += (f'<w:tc><w:tcPr><w:tcW w:w="1600" w:type="dxa"/>{merge}</w:tcPr>'
                      f"{paragraph(run(words))}</w:tc>")
        rows += f"<w:tr>{cells}</w:tr>"
    grid = '<w:gridCol w:w="1600"/>' * 5
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
                      for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    return (f'<w:tbl><w:tblPr><w:tblW w:w="8000" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")


def box():
    inner = f"<w:txbxContent>{paragraph(run(BOX))}</w:txbxContent>"
    shape = (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="4000000" cy="500000"/>'
        '<wp:docPr id="1" name="box"/><a:graphic><a:graphicData'
        ' uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="4000000" cy="500000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{inner}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>")
    old = f'<w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{inner}</v:textbox></v:rect></w:pict>'
    return (f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{shape}</mc:Choice>'
            f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>")


def body(printed):
    changed = 'w:id="9" w:author="x" w:date="2024-01-01T00:00:00Z"'
    parts = []
    for kind, words, _ in REPORT:
        if kind == "table":
            parts.append(table())
            if printed:
                parts.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
        elif kind == "title":
            parts.append(paragraph(run(words[:7]) + run(words[7:]), "Title"))
        elif kind == "h1":
            parts.append(paragraph(run(words), "Heading1", 0))
        elif kind == "h2":
            parts.append(paragraph(run(words), "Heading2", 1))
        elif kind == "item":
            parts.append(paragraph(run(words), "", 2))
        elif "41件" in words:
            # A number parted by runs, a deletion, an insertion, hidden text, a field, a footnote.
            before, after = words.split("41件")
            first, second = after.split("53件次")
            parts.append(paragraph(
                run(before) + run("4") + run("1", "<w:rPr><w:b/></w:rPr>") + run("件")
                + ("" if printed else f'<w:del {changed}><w:r><w:delText>（原为39件）</w:delText></w:r></w:del>')
                + run("保密", "<w:rPr><w:vanish/></w:rPr>")
                + run(first) + (run("53") if printed else f'<w:ins {changed}>{run("53")}</w:ins>')
                + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>QUOTE 99</w:instrText></w:r>'
                + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("件次")
                + '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + run(second)))
        elif "17个" in words:
            parts.append(paragraph(run(words) + '<w:r><w:footnoteReference w:id="2"/></w:r>'))
        elif "年内完成" in words:
            parts.append(paragraph(run(words)) + paragraph(box()))
        else:
            parts.append(paragraph(run(words)))
    section = ('<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>'
               '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"'
               ' w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>')
    return f"<w:document {NAMESPACES}><w:body>{''.join(parts)}{section}</w:body></w:document>"


def style(name, title, properties=""):
    return (f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/>'
            f"<w:pPr>{properties}</w:pPr></w:style>")


def word(path, printed=False):
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="{gap}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (form, pattern, gap) in enumerate([
            ("chineseCountingThousand", "%1、", "nothing"),
            ("chineseCountingThousand", "（%2）", "nothing"),
            ("decimal", "%3.", "space"),
        ]))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    kinds = [("styles", "rId1"), ("numbering", "rId2"), ("footnotes", "rId3"), ("header", "rId4"), ("footer", "rId5")]
    files = {"header": "header1.xml", "footer": "footer1.xml"}
    links = "".join(f'<Relationship Id="{key}" Type="{relation}{kind}" Target="{files.get(kind, kind + ".xml")}"/>'
                    for kind, key in kinds)
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    types = "".join(f'<Override PartName="/word/{files.get(kind, kind + ".xml")}" ContentType="{main}{kind}+xml"/>'
                    for kind, _ in kinds)
    page = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}document.main+xml"/>{types}</Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels":
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        "word/document.xml": body(printed),
        "word/styles.xml": f"<w:styles {W}>" + style("Title", "Title", '<w:jc w:val="center"/>')
            + style("Heading1", "heading 1", '<w:outlineLvl w:val="0"/>')
            + style("Heading2", "heading 2", '<w:outlineLvl w:val="1"/>') + "</w:styles>",
        "word/numbering.xml": f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">'
            f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="1"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
            f'<w:footnote w:id="2">{paragraph(MARK + run(NOTE))}</w:footnote></w:footnotes>',
        "word/header1.xml": f"<w:hdr {NAMESPACES}>{paragraph(run(RUNNING))}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {NAMESPACES}>{paragraph(page)}</w:ftr>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), head + xml, zipfile.ZIP_DEFLATED)


def text(path):
    lines = []
    for kind, words, number in REPORT:
        if kind == "table":
            lines += ["\t".join(row) for row in words]
        else:
            lines.append(number + words)
        if "年内完成" in words:
            lines.append(BOX)
    lines.append(NOTE)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def office(source, form, target):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                        form, "--outdir", folder, str(source)], check=True, stdout=subprocess.DEVNULL)
        made = Path(folder) / (source.stem + "." + form.split(":")[0])
        target.write_bytes(made.read_bytes())


def wrapped(words, font, size, measure):
    """Lines of Chinese: any character may end one, but no mark of punctuation begins one."""
    from reportlab.pdfbase.pdfmetrics import stringWidth
    lines, line, indent = [], "", 2 * size
    for c in words:
        digits = c.isdigit() and line[-1:].isdigit()
        if indent + stringWidth(line + c, font, size) > measure and c not in "，。；、）%" and not digits:
            lines.append(line)
            line, indent = "", 0
        line += c
    return lines + [line]


class Sheets:
    """Pages of a PDF with a running head, page numbers, one or two columns, a drawn table."""

    def __init__(self, path, font, columns=1, encrypted=None, **options):
        from reportlab.pdfgen.canvas import Canvas
        self.canvas = Canvas(str(path), pagesize=(595, 842), invariant=1, encrypt=encrypted, **options)
        self.font, self.columns, self.page, self.column, self.y = font, columns, 0, 0, 0
        self.size = 12 if columns == 1 else 10
        self.width = (595 - 160 - 30 * (columns - 1)) / columns
        self.turn()

    def turn(self):
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.column, self.y = 0, 760
        self.canvas.setFont(self.font, 9)
        self.canvas.drawString(200, 800, RUNNING)
        self.canvas.drawString(280, 40, f"- {self.page} -")

    def line(self, words, indent=0.0, size=None, center=False):
        size = size or self.size
        if self.y < 80:
            if self.column + 1 < self.columns:
                self.column, self.y = self.column + 1, 760 if self.page > 1 else 700
            else:
                self.turn()
        x = 80 + self.column * (self.width + 30) + indent * size
        self.canvas.setFont(self.font, size)
        if center:
            self.canvas.drawCentredString(297, self.y, words)
        else:
            self.canvas.drawString(x, self.y, words)
        self.y -= size * 1.6

    def paragraph(self, words):
        for at, line in enumerate(wrapped(words, self.font, self.size, self.width)):
            self.line(line, 2 if at == 0 else 0)

    def table(self, rows):
        if self.y < 80 + 22 * len(rows):
            self.column, self.y = (1, 700) if self.column + 1 < self.columns else (0, 0)
            if self.y == 0:
                self.turn()
        left = 80 + self.column * (self.width + 30)
        widths = [0.18, 0.40, 0.10, 0.16, 0.16]
        top = self.y + self.size
        for at, row in enumerate(rows):
            x = left
            self.canvas.setFont(self.font, self.size - 2 if self.columns > 1 else self.size)
            for cell, share in zip(row, widths):
                self.canvas.rect(x, top - 20 * (at + 1), share * self.width, 20)
                self.canvas.drawString(x + 3, top - 20 * (at + 1) + 6, cell)
                x += share * self.width
        self.y = top - 20 * len(rows) - 2 * self.size

    def report(self):
        for kind, words, number in REPORT:
            if kind == "title":
                self.line(words, size=16, center=True)
                self.y -= 20
            elif kind == "table":
                self.table(words)
                if self.columns == 1:
                    self.turn()
            else:
                self.paragraph(number + words)
            if "年内完成" in words:
                self.paragraph(BOX)
        if self.columns > 1:
            self.turn()
        self.paragraph(NOTE)

    def save(self):
        self.canvas.save()


def picture():
    """A page as a scanner gives it."""
    from PIL import Image, ImageDraw
    image = Image.new("1", (620, 877), 1)
    draw = ImageDraw.Draw(image)
    for y in range(100, 800, 24):
        draw.rectangle((80, y, 540, y + 8), fill=0)
    data = io.BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data


def pdfs():
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    for name, columns in (("not-embedded", 1), ("two-columns", 2)):
        sheets = Sheets(HERE / f"{name}.pdf", "STSong-Light", columns)
        sheets.report()
        sheets.save()
    sheets = Sheets(HERE / "encrypted.pdf", "STSong-Light", encrypted=__import__(
        "reportlab.lib.pdfencrypt", fromlist=["x"]).StandardEncryption("", "owner", strength=128))
    sheets.report()
    sheets.save()
    sheets = Sheets(HERE / "one-page-scanned.pdf", "STSong-Light")
    sheets.report()
    sheets.turn()
    sheets.canvas.drawImage(ImageReader(picture()), 0, 0, 595, 842)
    sheets.save()
    sheets = Sheets(HERE / "scanned.pdf", "STSong-Light")
    sheets.canvas._code.clear()
    for _ in range(2):
        sheets.canvas.drawImage(ImageReader(picture()), 0, 0, 595, 842)
        sheets.canvas.showPage()
    sheets.save()


def main():
    word(HERE / "report.docx")
    text(HERE / "report.txt")
    pdfs()
    for form, target in (("odt", "report.odt"), ("rtf", "report.rtf"), ("doc:MS Word 97", "report.doc"),
                         ("docx:MS Word 2007 XML", "saved.docx")):
        office(HERE / "report.docx", form, HERE / target)
    with tempfile.TemporaryDirectory() as folder:
        # In print the changes are accepted, and the second part begins a page.
        printed = Path(folder) / "report.docx"
        word(printed, printed=True)
        office(printed, "pdf", HERE / "embedded.pdf")


if __name__ == "__main__":
    sys.exit(main())
