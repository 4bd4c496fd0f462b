//! One text in every format that is marked up: no word and no digit of it may be lost or changed.

use fangzhi::archive::Archive;
use fangzhi::clean::clean;
use fangzhi::decode::Format;
use fangzhi::decode::{Limits, decode};
use fangzhi::discover::{discover, read};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

/// A report of our own, full of numbers as reports write them.
const REPORT: &str = "青原县司法局2021年法治政府建设年度报告
2021年，全县深入推进依法行政，现将有关情况报告如下。
一、总体情况
全年办理行政处罚案件1,280件，其中普通程序356件，简易程序924件，罚没款1,035.6万元，同比下降16.42%。
（一）行政复议。收到申请27件，受理25件，审结24.5%，依据青政〔2021〕18号文件，热线12345办理3万余件。
（二）行政应诉。一审应诉０９件，出庭率100%，12·4宣传周发放资料5000余份，覆盖2/3的乡镇。
二、存在问题
3个乡镇执法力量不足，1+X机制尚未健全，问题整改率仅为百分之九十八点六。
三、2022年打算
培训不少于40学时，力争在2022年6月30日前完成7项任务。
青原县司法局
2022年1月15日";

/// The report with every digit in an element of its own.
fn spans(line: &str) -> String {
    line.chars().fold(String::new(), |mut out, c| {
        let _ = match c {
            '0'..='4' => write!(out, "<span lang=EN-US>{c}</span>"),
            '5'..='9' => write!(out, "<font face=\"Times\"><b>{c}</b></font>"),
            '，' => write!(out, "&#xFF0C;"),
            '.' => write!(out, "&#46;<!-- 1 -->"),
            c => write!(out, "{c}"),
        };
        out
    })
}

fn lines(each: impl Fn(&str) -> String) -> String {
    REPORT.lines().map(each).collect()
}

fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"gb2312\"><script>var n = 99;</script></head><body>\
         <div class=nav><a href=1>首页</a></div>{body}<div class=footer><a href=2>0001</a></div></body></html>"
    )
}

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn quoted(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        out += &format!("={byte:02X}");
        if at % 20 == 19 {
            out += "=\r\n";
        }
    }
    out
}

fn formats() -> Vec<(&'static str, Format, Vec<u8>)> {
    let paragraphs = page(&lines(|line| format!("<p>　　{line}</p>\n")));
    let breaks = page(&format!(
        "<div id=zoom>{}</div>",
        lines(|line| format!("&emsp;&emsp;{line}<br><br>\n"))
    ));
    let layout = page(&format!(
        "<table><tr><td><a href=3>栏目</a></td><td>{}</td></tr></table>",
        lines(|line| format!("<div>{line}</div>"))
    ));
    let split = page(&format!(
        "<div class=\"TRS_Editor\">{}</div>",
        lines(|line| format!("<p>{}</p>", spans(line)))
    ));
    let letter = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
        quoted(&gb18030(&split))
    );
    vec![
        ("text", Format::Text, REPORT.into()),
        (
            "Markdown",
            Format::Markdown,
            lines(|line| format!("{line}\n\n")).into(),
        ),
        ("paragraphs", Format::Html, gb18030(&paragraphs)),
        ("line breaks", Format::Html, gb18030(&breaks)),
        ("a layout of tables", Format::Html, gb18030(&layout)),
        ("digits in elements", Format::Html, gb18030(&split)),
        ("wrong charset", Format::Html, split.into()),
        ("MHTML", Format::Mhtml, letter.into()),
    ]
}

#[test]
fn every_format_keeps_every_line_and_digit() {
    for (name, format, bytes) in formats() {
        let decoded = decode(&bytes, format, "a").expect(name).output.decoded;
        let text = clean(&decoded).text;
        assert_eq!(text, REPORT, "{name}");
    }
}

#[test]
fn a_folder_of_saved_pages_and_archives_is_read() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
        fs::write(path, bytes).expect("writable");
    };
    write("甲.htm", b"<p>1</p>");
    write("甲.files/image001.png", b"\x89PNG");
    write("甲.files/header.htm", b"<p>2</p>");
    write("乙.html", b"<p>1</p>");
    write("乙_files/style.css", b"p{}");
    write("丙_files/丁.txt", "丁".as_bytes());
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    packed
        .start_file("2021/戊.txt", zip::write::SimpleFileOptions::default())
        .expect("an entry");
    packed.write_all(REPORT.as_bytes()).expect("an entry");
    write("己.ZIP", &packed.finish().expect("an archive").into_inner());

    let archive = Archive::open(folder.path()).expect("a bare folder").output;
    let found = discover(&archive, None);
    assert_eq!(found.warnings, []);
    let paths: Vec<&str> = found.output.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        ["丙_files/丁.txt", "乙.html", "己.ZIP/2021/戊.txt", "甲.htm"]
    );
    assert_eq!(read(&found.output[2], Limits::default()), Ok(REPORT.into()));
}
