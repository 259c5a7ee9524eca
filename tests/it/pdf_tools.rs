//! The sample's sheets as independent PDF tools read them.

use jangpyo::format::Locale;
use jangpyo::render::pdf::pdf;

use crate::support::pdf::Pdf;
use crate::support::workspace::TestWorkspace;

const REPORTS: [&str; 3] = ["weekly-sales", "merchandising", "store-ledger"];

async fn sheet(report: &str, locale: Locale) -> Pdf {
    let document = TestWorkspace::sample().document(report, locale).await;
    assert_eq!(document.failures().count(), 0, "{report}");
    let made = pdf(&document).unwrap();
    assert!(made.missing_glyphs.is_empty() && made.undrawn.is_empty(), "{report}: {:?}", made.missing_glyphs);
    Pdf::new(&made.bytes)
}

/// Where each string stands in the text; each must come after the one before.
fn assert_in_order(text: &str, expected: &[&str]) {
    let mut from = 0;
    for wanted in expected {
        let found = text[from..].find(wanted);
        from += found.unwrap_or_else(|| panic!("{wanted} does not come after {:?} in {text}", &text[..from]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sheet_is_sound_and_carries_its_fonts_in_part() {
    for report in REPORTS {
        for locale in [Locale::Ko, Locale::En, Locale::ZhHk] {
            let pdf = sheet(report, locale).await;
            pdf.assert_sound();
            let fonts = pdf.fonts();
            assert!(!fonts.is_empty(), "{report} {locale:?}");
            for font in &fonts {
                assert!(
                    font.is_embedded && font.is_subset && font.has_unicode,
                    "{report} {locale:?}: {font:?}"
                );
                let tag = font.name.split('+').next().unwrap();
                assert!(tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()), "{font:?}");
            }
            let chinese = fonts.iter().any(|font| font.name.contains("NotoSansHK"));
            assert!(chinese || locale != Locale::ZhHk, "Chinese needs its font: {fonts:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn korean_and_chinese_text_is_found_in_reading_order() {
    let korean = sheet("weekly-sales", Locale::Ko).await.text();
    assert_in_order(
        &korean,
        &[
            "영업본부 대외비",
            "주간 매출 현황",
            "국가별 일 매출",
            "매장 순위 (상위 10)",
            "매장별 실적표",
            "한국",
        ],
    );
    let chinese = sheet("weekly-sales", Locale::ZhHk).await.text();
    assert_in_order(
        &chinese,
        &["營業部 · 內部文件", "每週銷售概況", "各地每日銷售額", "十大門市", "各門市業績表", "香港"],
    );
    let merchandising = sheet("merchandising", Locale::ZhHk).await.text();
    assert_in_order(
        &merchandising,
        &["商品組合分析", "各類別每月銷售額", "門市 × 類別銷售額", "類別及渠道明細", "手袋及配飾"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_their_size_and_number() {
    let weekly = sheet("weekly-sales", Locale::Ko).await;
    let (width, height) = weekly.size();
    assert!(
        (width - 841.89).abs() < 0.1 && (height - 595.28).abs() < 0.1,
        "A4 landscape: {width} × {height}"
    );
    let pages = weekly.pages();
    assert!(
        weekly.text().contains(&format!("1 / {pages}"))
            && weekly.text().contains(&format!("{pages} / {pages}"))
    );
    let (width, height) = sheet("merchandising", Locale::En).await.size();
    assert!((width - 595.28).abs() < 0.1 && (height - 841.89).abs() < 0.1, "A4 portrait: {width} × {height}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_table_flows_over_pages_with_its_header_on_each() {
    let ledger = sheet("store-ledger", Locale::Ko).await;
    let text = ledger.text();
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert_eq!(pages.len(), ledger.pages());
    assert!(pages.len() > 10, "{} pages", pages.len());
    for (number, page) in pages.iter().enumerate() {
        assert!(
            page.contains("매장") && page.contains("매출원가"),
            "page {} has no header: {page}",
            number + 1
        );
    }
    let rows = text.lines().map(str::trim).filter(|line| line.starts_with("2026-10-") && !line.contains('–'));
    assert_eq!(
        rows.count(),
        31 * jangpyo::sample::STORES.len(),
        "every day of every store stands there once"
    );
}
