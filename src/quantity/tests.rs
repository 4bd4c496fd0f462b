use super::*;
use proptest::prelude::*;

/// The only number of `words`, told in short.
fn told(words: &str) -> String {
    let found = scan(&words.chars().collect::<Vec<_>>());
    let [one] = &found[..] else {
        return format!("{} numbers", found.len());
    };
    let amount = match one.amount {
        Amount::Exact(value) => value.normalize().to_string(),
        Amount::Between(low, high) => format!("{low}..{high}"),
        Amount::Lost => "?".to_owned(),
        Amount::Other => "-".to_owned(),
    };
    let mut told = format!("{amount} {}", one.unit.map_or("", Unit::name));
    for (holds, word) in [(one.approx, " approx"), (one.at_least, " at-least")] {
        if holds {
            told.push_str(word);
        }
    }
    told.trim_end().to_owned()
}

#[test]
fn numbers_as_reports_write_them() {
    for (words, expected) in [
        ("办理8879件", "8879 件"),
        ("共1,234,567件", "1234567 件"),
        ("罚款1141.16万元", "11411600 元"),
        ("1.2亿元", "120000000 元"),
        ("3亿2000万元", "320000000 元"),
        ("发放4万余份", "40000 份 approx"),
        ("发放1万2千余份", "12000 份 approx"),
        ("罚款150余万元", "1500000 元 approx"),
        ("3千多份", "3000 份 approx"),
        ("近500个", "500 个 approx"),
        ("约30件", "30 件 approx"),
        ("30件左右", "30 件 approx"),
        ("10次以上", "10 次 at-least"),
        ("超过200件", "200 件 at-least"),
        ("三百二十一件", "321 件"),
        ("捌拾柒万陆仟元整", "876000 元"),
        ("队伍十人", "10 人"),
        ("大陆人", "0 numbers"),
        ("一千零五件", "1005 件"),
        ("两万五千份", "25000 份"),
        ("十余次", "10 次 approx"),
        ("二〇二件", "202 件"),
        ("百分之九十八", "98 %"),
        ("百分之九十八点五", "98.5 %"),
        ("百分之百", "100 %"),
        ("两成以上", "20 % at-least"),
        ("占三成半", "35 %"),
        ("满意率为九成八", "98 %"),
        ("99.98%", "99.98 %"),
        ("3至5件", "3..5 件"),
        ("3-5次", "3..5 次"),
        ("三到五次", "3..5 次"),
        ("20元至200元", "20..200 元"),
        ("**件", "? 件"),
        ("××件", "? 件"),
        ("l5O件", "150 件"),
        ("12场(次)", "12 场次"),
        ("9件(起)", "9 件"),
        ("1500余人次", "1500 人次 approx"),
        // no amounts
        ("第3次", "- 次"),
        ("2023年", "- 年"),
        ("1.2个百分点", "- 个百分点"),
        ("不超过3次", "- 次"),
        ("十万分之六", "- 分"),
        ("不到5件", "- 件"),
        // no numbers
        ("一般程序", "0 numbers"),
        ("统一执法", "0 numbers"),
        ("三成立案", "0 numbers"),
        ("四处罚款", "0 numbers"),
        ("三级法院", "- 级"),
    ] {
        assert_eq!(told(words), expected, "{words}");
    }
}

#[test]
fn a_keepers_words_are_one_quantity_or_none() {
    assert_eq!(parse("1,234件").unwrap().amount, Amount::Exact(1234.into()));
    assert_eq!(
        parse("１２．５万元").unwrap().amount,
        Amount::Exact(125_000.into())
    );
    assert_eq!(parse("42").unwrap().unit, None);
    assert_eq!(parse("42件和3件"), None);
    assert_eq!(parse("许多"), None);
}

/// `n` in Chinese numerals, written out the long way.
fn spelled(n: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut out = String::new();
    let mut zero = false;
    for (place, name) in [
        (10_000_000, "千"),
        (1_000_000, "百"),
        (100_000, "十"),
        (10_000, "万"),
        (1000, "千"),
        (100, "百"),
        (10, "十"),
        (1, ""),
    ] {
        let digit = n / place % 10;
        if digit > 0 {
            if std::mem::take(&mut zero) && !out.is_empty() {
                out.push('零');
            }
            out.push_str(DIGITS[digit as usize]);
            out.push_str(name);
        } else {
            zero = true;
            if place == 10_000 && n >= 10_000 && !out.ends_with("万") {
                out.push('万');
                zero = (n / 1000).is_multiple_of(10);
            }
        }
    }
    out
}

proptest! {
    #[test]
    fn nothing_panics_and_spans_are_in_order(words in "[0-9,.一二三十百千万亿余多件次元%第约近至*年月以上成百分之a-zO]{0,24}") {
        let chars: Vec<char> = words.chars().collect();
        let mut floor = 0;
        for number in scan(&chars) {
            prop_assert!(number.span.start >= floor && number.span.end <= chars.len());
            prop_assert!(number.span.start < number.span.end);
            floor = number.span.end;
        }
    }

    #[test]
    fn thousands_separators_change_nothing(n in 1000_u32..100_000_000) {
        let plain = n.to_string();
        let mut grouped = String::new();
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && (plain.len() - index) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        prop_assert_eq!(parse(&format!("{grouped}件")), {
            let mut same = parse(&format!("{plain}件")).unwrap();
            same.span = 0..grouped.len() + 1;
            Some(same)
        });
    }

    #[test]
    fn ten_thousands_are_exact(whole in 0_u32..100_000, cents in 0_u32..10_000) {
        let read = parse(&format!("{whole}.{cents:04}万元")).unwrap();
        let yuan = u64::from(whole) * 10_000 + u64::from(cents);
        prop_assert_eq!(read.amount, Amount::Exact(yuan.into()));
    }

    #[test]
    fn chinese_numerals_are_their_number(n in 1_u32..100_000_000) {
        let words = spelled(n);
        let read = parse(&format!("{words}件"));
        prop_assert_eq!(read.map(|read| read.amount), Some(Amount::Exact(n.into())), "{}", words);
    }
}

#[test]
fn every_unit_is_asked_for() {
    for unit in super::UNITS {
        let text: Vec<char> = format!("3{unit}").chars().collect();
        let found = super::scan(&text);
        assert_eq!(found.len(), 1, "{unit}");
        assert_eq!(found[0].unit.map(super::Unit::name), Some(unit));
    }
}

#[test]
fn two_neighbouring_digits_are_a_range() {
    let amount = |words: &str| parse(words).map(|read| read.amount);
    let between = |low: u32, high: u32| Some(Amount::Between(low.into(), high.into()));
    assert_eq!(amount("三四名"), between(3, 4));
    assert_eq!(amount("两三次"), between(2, 3));
    assert_eq!(amount("三五次"), between(3, 5));
    assert_eq!(amount("二〇二三件"), Some(Amount::Exact(2023.into())));
    assert_eq!(amount("十二次"), Some(Amount::Exact(12.into())));
    let found = |words: &str| super::scan(&words.chars().collect::<Vec<char>>()).len();
    assert_eq!(found("上一年培训3次"), 1, "last year is no time of a year");
    assert_eq!(found("一年培训3次"), 2);
}
