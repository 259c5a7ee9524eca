//! A theme, from its file to every format: colours, fonts and logo of a brand.

use std::fs;

use jangpyo::definitions::model::ThemeId;
use jangpyo::format::Locale;
use jangpyo::render::document::Conformance;
use jangpyo::render::mail::{MailOptions, mail};
use jangpyo::render::{html, pdf::pdf};

use crate::support::binary::Server;
use crate::support::pdf::Pdf;
use crate::support::workspace::TestWorkspace;

const REPORT: &str = "monthly-sales";

const THEME: &str = "kind: theme
owner: brand
colors:
  primary: '#7a1fa2'
  series: ['#aa0044', '#ffe08a']
  table_head: '#331144'
  ink: '#221133'
fonts: {regular: fonts/brand.ttf, bold: fonts/brand-bold.ttf}
logo: logos/brand.svg
";

/// A mark in one colour that stands nowhere else.
const MARK: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10'>\
                    <path fill='#12ab34' d='M0 0h20v10h-20z'/></svg>";

/// The sample with a theme for all reports. A font that is bundled for ideographs plays the brand's.
fn branded() -> TestWorkspace {
    let workspace = TestWorkspace::sample();
    fs::create_dir_all(workspace.dir().join("fonts")).unwrap();
    let fonts = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/fonts");
    for (from, to) in [("NotoSansHK-Regular.ttf", "brand.ttf"), ("NotoSansHK-Bold.ttf", "brand-bold.ttf")] {
        fs::copy(fonts.join(from), workspace.dir().join("fonts").join(to)).unwrap();
    }
    workspace.write("logos/brand.svg", MARK);
    workspace.write("theme.yaml", THEME);
    workspace
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_colours_every_format_and_its_fonts_set_the_text() {
    let sample = TestWorkspace::sample().document(REPORT, Locale::En).await;
    let document = branded().document(REPORT, Locale::En).await;
    assert_ne!(document.provenance.digest, sample.provenance.digest);

    let page = html::page(&document).unwrap();
    for color in ["#aa0044", "#331144", "#221133", "#12ab34"] {
        assert!(page.contains(color), "{color} is not on the sheets");
    }
    assert!(!page.contains("#1c2433"), "the standard ink is still there");
    assert!(!html::page(&sample).unwrap().contains("#aa0044"));

    let body = mail(&document, &MailOptions::default()).unwrap();
    assert!(body.html.contains("#7a1fa2") && !body.html.contains("#2f6fde"), "{}", body.html);

    for conformance in [Conformance::default(), Conformance { archive: true, accessible: true }] {
        let mut document = document.clone();
        document.conformance = conformance;
        let made = pdf(&document).unwrap();
        assert_eq!(made.bytes, pdf(&document).unwrap().bytes, "the same bytes again");
        let file = Pdf::new(&made.bytes);
        file.assert_sound();
        let fonts = names(&file);
        assert!(fonts.iter().any(|name| name.ends_with("NotoSansHK-Bold")), "{fonts:?}");
        assert!(fonts.iter().any(|name| name.ends_with("NotoSansHK-Regular")), "{fonts:?}");
        assert!(!fonts.iter().any(|name| name.ends_with("Pretendard-Bold")), "{fonts:?}");
    }
    // What was drawn in the brand's fonts leaves the next document in the usual ones.
    let usual = names(&Pdf::new(&pdf(&sample).unwrap().bytes));
    assert!(usual.iter().any(|name| name.ends_with("Pretendard-Bold")), "{usual:?}");
    assert!(!usual.iter().any(|name| name.ends_with("NotoSansHK-Bold")), "{usual:?}");
}

fn names(file: &Pdf) -> Vec<String> {
    file.fonts().into_iter().map(|font| font.name).collect()
}

#[tokio::test]
async fn pages_have_the_style_sheet_fonts_and_logo_of_the_brand() {
    let workspace = branded();
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&workspace.dir(), state.path());
    for path in ["/", "/runs", "/problems", "/reports/monthly-sales"] {
        let page = server.get(path).await.text();
        assert!(page.contains("href=\"/themes/theme/style.css?v="), "{path}");
        assert!(page.contains("class=\"brand-logo\" src=\"/themes/theme/logo?v="), "{path}");
    }
    let css = server.get("/themes/theme/style.css").await;
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    let text = css.text();
    for part in ["--chart-1: #aa0044;", "--accent: #7a1fa2;", "--table-head-ink: #ffffff;", "@font-face"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let font = text.split("url(\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let answer = server.get(font).await;
    assert_eq!(answer.header("content-type"), "font/ttf");
    assert!(answer.header("cache-control").contains("immutable"));
    let logo = server.get("/themes/theme/logo").await;
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert!(
        logo.header("content-security-policy").starts_with("default-src 'none'"),
        "nothing in it may run"
    );
    for missing in ["/themes/none/style.css", "/themes/theme/../theme.yaml", "/themes/theme/theme.yaml"] {
        assert_eq!(server.get(missing).await.status, 404, "{missing}");
    }
    // The sample's own brand has no fonts and no logo, and holds for reports that name it only.
    assert_eq!(server.get("/themes/hanbit/regular").await.status, 404);
}

#[test]
fn the_version_follows_the_font_and_a_broken_one_is_an_error() {
    let workspace = branded();
    let before = workspace.load();
    assert!(!before.has_errors(), "{:?}", before.diagnostics());
    let theme = ThemeId::parse("theme").unwrap();
    assert!(before.catalog().themes.contains_key(&theme));
    workspace.write("fonts/brand.ttf", "wOF2, for the web only");
    let after = before.reload();
    let problem = after.diagnostics_of("theme.yaml").next().unwrap();
    assert_eq!((&*problem.code, &*problem.path), ("bad_font", "fonts.regular"), "{problem}");
    assert_eq!(after.catalog().version, before.catalog().version, "what was valid is served");
    fs::copy(workspace.dir().join("fonts/brand-bold.ttf"), workspace.dir().join("fonts/brand.ttf")).unwrap();
    let changed = after.reload();
    assert!(!changed.has_errors());
    assert_ne!(changed.catalog().version, before.catalog().version);
}
