//! A copy of the sample workspace that a test may change, and its evaluator.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jangpyo::access::Viewer;
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Catalog, Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::Document;
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};

pub(crate) struct TestWorkspace {
    folder: tempfile::TempDir,
}

/// The workspace that comes with the product.
pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports")
}

impl TestWorkspace {
    /// The sample as it is committed, with its data.
    pub(crate) fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&committed(), &folder.path().join("reports"));
        Self { folder }
    }

    /// A workspace of one small report; see [`small`].
    pub(crate) fn small(stores: usize, schedule: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        small(&folder.path().join("reports"), stores, schedule);
        Self { folder }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir().join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.dir().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces `old`, which must stand there, in a file.
    pub(crate) fn replace(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} holds no `{old}`");
        self.write(name, &text.replace(old, new));
    }

    /// Loads it, as it is now.
    pub(crate) fn load(&self) -> Workspace {
        Workspace::load(&self.dir(), &Policy::default(), PART_CHECKS)
    }

    /// Answers questions about it, as it is now.
    pub(crate) fn evaluator(&self) -> Evaluator {
        self.changed_evaluator(|_| {})
    }

    /// The same, over definitions changed after they were checked.
    pub(crate) fn changed_evaluator(&self, change: impl FnOnce(&mut Catalog)) -> Evaluator {
        let workspace = self.load();
        assert!(!workspace.has_errors(), "{:?}", workspace.diagnostics());
        let settings = EngineSettings { workspace: self.dir(), threads: 2, ..EngineSettings::default() };
        let mut definitions = Catalog::clone(workspace.catalog());
        change(&mut definitions);
        let (_, catalog) = tokio::sync::watch::channel(Arc::new(definitions));
        Evaluator::new(Arc::new(Engine::new(settings).unwrap()), catalog)
    }

    /// A report with its defaults, evaluated shortly after the sample data end.
    pub(crate) async fn document(&self, report: &str, locale: Locale) -> Document {
        let evaluator = self.evaluator();
        let prepared = evaluator.prepare(question(report, locale)).await.unwrap();
        evaluator.document(&prepared).await
    }

    /// One panel of it, as a document of its own.
    pub(crate) async fn panel(&self, report: &str, panel: &str, locale: Locale) -> Document {
        let evaluator = self.evaluator();
        let prepared = Box::pin(evaluator.prepare(question(report, locale))).await.unwrap();
        let panel = jangpyo::definitions::model::PanelId::parse(panel).unwrap();
        Box::pin(evaluator.panel_document(&prepared, &panel)).await.unwrap()
    }
}

fn question(report: &str, locale: Locale) -> Question {
    Question {
        report: ReportId::parse(report).unwrap(),
        parameters: std::collections::BTreeMap::new(),
        locale: Some(locale),
        now: "2026-11-02T08:00:00+09:00".parse().unwrap(),
        viewer: Viewer::operator(),
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::default(),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Writes a workspace of one small report over `stores` stores, the nth of which has 1000 + n, with one schedule
/// `monday` that says `schedule` besides when. Dataset `staff` has a mail address for each store.
pub(crate) fn small(workspace: &Path, stores: usize, schedule: &str) {
    let put = |name: &str, text: String| {
        let path = workspace.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let rows = |of: fn(usize) -> String| (0..stores).map(of).collect::<String>();
    put("sources/disk.yaml", "kind: source\nowner: sales\nurl: ./data\n".into());
    put("data/sales.csv", format!("store,amount\n{}", rows(|n| format!("store {n:03},{}\n", 1_000 + n))));
    put("data/staff.csv", format!("mail,store\n{}", rows(|n| format!("m{n:03}@example.com,store {n:03}\n"))));
    let dataset = |table: &str, fields: &str| {
        format!("kind: dataset\nowner: sales\nsource: disk\ntable: {table}.csv\n{fields}\n")
    };
    let sales = "dimensions: {store: {}}\nmeasures: {amount: {sql: sum(amount)}}";
    put("datasets/sales.yaml", dataset("sales", sales));
    put("datasets/staff.yaml", dataset("staff", "dimensions: {mail: {}, store: {}}"));
    put(
        "small.yaml",
        format!(
            "kind: report\ntitle: Small\nowner: sales\ndataset: sales\nlocale: en\n\
             parameters: {{store: {{type: member, of: store}}}}\n\
             panels: {{amount: {{kpi: amount}}, stores: {{table: [store, amount]}}}}\n\
             schedules:\n  monday:\n    cron: '0 8 * * MON'\n    time_zone: Asia/Seoul\n    {schedule}\n"
        ),
    );
}
