//! Numbers as their readers expect them, and properties that hold for every number.

use proptest::prelude::*;

use super::*;
use NumberStyle::{Axis, Full, Headline, Mark};

fn compact() -> NumberFormat {
    NumberFormat { compact: true, ..NumberFormat::default() }
}

fn currency(code: &str) -> NumberFormat {
    NumberFormat { currency: Some(code.into()), ..compact() }
}

#[test]
fn korean_units_step_by_ten_thousand() {
    let text = |number: f64| compact().write(number, Headline, Locale::Ko);
    assert_eq!(text(137_980_000_000.0), "1,379.8억");
    assert_eq!(text(12_345_678.0), "1,234.6만");
    assert_eq!(text(123_456_789.0), "1.23억");
    assert_eq!(text(300_000_000.0), "3억");
    assert_eq!(text(1_234_567_890_123.0), "1.23조");
    assert_eq!(text(9_876.0), "9,876");
    assert_eq!(text(0.0), "0");
}

#[test]
fn the_unit_is_chosen_after_rounding() {
    assert_eq!(compact().write(99_999_999_i64, Headline, Locale::Ko), "1억");
    assert_eq!(compact().write(999_999_i64, Headline, Locale::En), "1M");
    assert_eq!(currency("KRW").write(9_999.7, Headline, Locale::Ko), "₩1만");
}

#[test]
fn every_locale_has_its_own_units() {
    assert_eq!(compact().write(12_345_678_i64, Headline, Locale::En), "12.3M");
    assert_eq!(compact().write(137_980_000_i64, Headline, Locale::En), "138M");
    assert_eq!(compact().write(13_798_000_000_i64, Mark, Locale::Ko), "138억");
    assert_eq!(compact().write(12_345_678_i64, Headline, Locale::ZhHk), "1,234.6萬");
}

#[test]
fn currencies_have_symbols_and_decimals() {
    assert_eq!(currency("KRW").write(1234.5, Full, Locale::Ko), "₩1,235");
    assert_eq!(currency("HKD").write(1234.5, Full, Locale::ZhHk), "HK$1,234.50");
    assert_eq!(currency("CHF").write(-5_i64, Full, Locale::En), "−CHF\u{a0}5.00");
    assert_eq!(currency("USD").write(12.5, Headline, Locale::En), "$12.50");
    assert_eq!(currency("USD").write(1_250_000_i64, Mark, Locale::En), "1.25M");
}

#[test]
fn negatives_look_as_asked_for() {
    let format = |negative| NumberFormat { negative, ..NumberFormat::default() };
    let write = |negative| format(negative).write(-1234_i64, Full, Locale::Ko);
    assert_eq!(write(NegativeStyle::Minus), "−1,234");
    assert_eq!(write(NegativeStyle::Triangle), "△1,234");
    assert_eq!(write(NegativeStyle::Parentheses), "(1,234)");
    assert_eq!(format(NegativeStyle::Triangle).write(-0.000_000_000_000_1, Axis, Locale::Ko), "0");
}

#[test]
fn shares_and_changes_are_percentages() {
    let percent = NumberFormat { percent: true, ..NumberFormat::default() };
    assert_eq!(percent.write(0.453, Full, Locale::Ko), "45.3%");
    assert_eq!(percent.write(1.0, Full, Locale::Ko), "100.0%");
    assert_eq!(write_change(0.123, NegativeStyle::Minus), "+12.3%");
    assert_eq!(write_change(-0.045, NegativeStyle::Triangle), "△4.5%");
    assert_eq!(write_change(0.000_1, NegativeStyle::Minus), "0.0%");
    assert_eq!(write_change(123.4, NegativeStyle::Minus), "+12,340%");
    assert_eq!(write_change(f64::NAN, NegativeStyle::Minus), "–");
}

#[test]
fn whole_numbers_and_decimals_are_written_to_the_last_digit() {
    let plain = NumberFormat::default();
    assert_eq!(plain.write(i64::MIN, Full, Locale::Ko), "−9,223,372,036,854,775,808");
    let number = Number::Decimal { unscaled: 99_999_999_999_999_999_999_999_999_999_999_999_999, scale: 2 };
    assert_eq!(plain.write(number, Full, Locale::Ko), "999,999,999,999,999,999,999,999,999,999,999,999.99");
    assert_eq!(plain.write(Number::Decimal { unscaled: 12, scale: -3 }, Full, Locale::Ko), "12,000");
}

#[test]
fn what_is_no_number_is_a_dash() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(currency("KRW").write(number, Headline, Locale::Ko), "–");
    }
}

#[test]
fn ticks_share_one_unit_and_as_few_decimals_as_tell_them_apart() {
    let ticks = |ticks: &[f64], locale| NumberFormat::default().write_ticks(ticks, locale);
    assert_eq!(ticks(&[0.0, 5e7, 1e8, 1.5e8], Locale::Ko), ["0", "0.5억", "1.0억", "1.5억"]);
    assert_eq!(ticks(&[0.0, 0.1, 0.2, 0.1 + 0.2], Locale::En), ["0", "0.1", "0.2", "0.3"]);
    assert_eq!(ticks(&[-2000.0, 0.0, 2000.0], Locale::En), ["−2K", "0", "2K"]);
    let percent = NumberFormat { percent: true, ..NumberFormat::default() };
    assert_eq!(percent.write_ticks(&[0.0, 0.25, 0.5], Locale::Ko), ["0%", "25%", "50%"]);
}

/// Reads a written number back, unit and sign included.
fn read(text: &str) -> f64 {
    let unit = |c: char| match c {
        'K' => 1e3,
        '만' | '萬' => 1e4,
        'M' => 1e6,
        '억' | '億' => 1e8,
        'B' => 1e9,
        'T' | '조' | '兆' => 1e12,
        '경' | '京' => 1e16,
        _ => 1.0,
    };
    let factor: f64 = text.chars().map(unit).product();
    let digits: String =
        text.replace('−', "-").chars().filter(|c| c.is_ascii_digit() || "-.E+".contains(*c)).collect();
    digits.parse::<f64>().unwrap() * factor
}

fn any_format() -> impl Strategy<Value = NumberFormat> {
    let codes = prop::option::of(prop::sample::select(vec!["KRW", "USD", "KWD", "XXX", ""]));
    let negative =
        prop::sample::select(vec![NegativeStyle::Minus, NegativeStyle::Triangle, NegativeStyle::Parentheses]);
    (codes, any::<(bool, bool)>(), prop::option::of(0_u8..=10), negative).prop_map(
        |(code, (percent, compact), decimals, negative)| NumberFormat {
            power: 0,
            red_negatives: false,
            currency: code.map(Into::into),
            percent,
            compact,
            decimals,
            negative,
            unit: None,
        },
    )
}

proptest! {
    #[test]
    fn no_number_panics_or_is_empty(bits in any::<u64>(), format in any_format()) {
        let number = f64::from_bits(bits);
        for locale in Locale::ALL {
            for style in [Full, Headline, Axis, Mark] {
                prop_assert!(!format.write(number, style, locale).is_empty());
            }
            prop_assert_eq!(format.write_ticks(&[number, 0.0, -number], locale).len(), 3);
        }
    }

    #[test]
    fn a_full_number_reads_back_as_it_was_rounded(number in -1e12_f64..1e12, decimals in 0_u8..=6) {
        let format = NumberFormat { decimals: Some(decimals), ..NumberFormat::default() };
        let text = format.write(number, Full, Locale::Ko);
        let half = 0.5 * 10f64.powi(-i32::from(decimals));
        prop_assert!((read(&text) - number).abs() <= half * (1.0 + 1e-9) + number.abs() * 1e-15, "{} {}", number, text);
    }

    #[test]
    fn a_compact_number_is_within_half_a_per_cent(number in 1.0_f64..1e16, negative in any::<bool>()) {
        let number = if negative { -number } else { number };
        for locale in Locale::ALL {
            let text = compact().write(number, Headline, locale);
            prop_assert!((read(&text) / number - 1.0).abs() <= 0.0051, "{} {}", number, text);
            // A mantissa never outgrows its unit: 10,000만 would be 1억.
            let mantissa: f64 = read(&text.replace(|c: char| c.is_alphabetic(), ""));
            let room = if locale == Locale::En { 1e3 } else { 1e4 };
            prop_assert!(mantissa.abs() < room || text.ends_with(['T', '경', '京']), "{}", text);
        }
    }

    #[test]
    fn whole_numbers_keep_every_digit(number in any::<i64>()) {
        let text = NumberFormat::default().write(number, Full, Locale::En);
        prop_assert_eq!(text.replace(',', "").replace('−', "-"), number.to_string());
    }

    #[test]
    fn decimals_keep_every_digit(unscaled in any::<i64>(), scale in 0_i8..=30) {
        let text = NumberFormat::default().write(Number::Decimal { unscaled: unscaled.into(), scale }, Full, Locale::En);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let expected = unscaled.unsigned_abs().to_string();
        prop_assert_eq!(digits.trim_matches('0'), expected.trim_matches('0'));
    }
}
