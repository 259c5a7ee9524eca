//! A dataset defined by text over files in a folder or bucket, ready to be asked.

use std::path::Path;
use std::sync::{Arc, Mutex};

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::definitions::model::{Dataset, DatasetId, FieldName, Source, SourceId};
use jangpyo::engine::{
    Account, Answer, Ask, Defined, Engine, EngineError, EngineSettings, Freshness, Overspent, QueryLog,
    QueryRecord,
};
use jangpyo::query::SemanticQuery;

/// Books that a test reads.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<QueryRecord>>);

impl Lines {
    /// What was taken down since the last look.
    pub(crate) fn taken(&self) -> Vec<QueryRecord> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl QueryLog for Lines {
    fn admit(&self, _: &Account) -> Result<(), Overspent> {
        Ok(())
    }

    fn record(&self, record: QueryRecord) {
        self.0.lock().unwrap().push(record);
    }
}

pub(crate) struct TestDataset {
    pub(crate) engine: Engine,
    pub(crate) id: DatasetId,
    pub(crate) dataset: Dataset,
    pub(crate) source: Source,
    others: Vec<(SourceId, Source)>,
}

impl TestDataset {
    /// A dataset whose source is `folder`.
    pub(crate) fn in_folder(folder: &Path, dataset: &str) -> Self {
        Self::new(&format!("{{owner: test, url: {:?}}}", "./"), dataset, |settings| {
            folder.clone_into(&mut settings.workspace);
        })
    }

    pub(crate) fn new(source: &str, dataset: &str, change: impl FnOnce(&mut EngineSettings)) -> Self {
        let mut settings = EngineSettings { threads: 2, ..EngineSettings::default() };
        change(&mut settings);
        Self {
            engine: Engine::new(settings).unwrap(),
            id: DatasetId::parse("test").unwrap(),
            dataset: serde_saphyr::from_str(dataset).unwrap(),
            source: serde_saphyr::from_str(source).unwrap(),
            others: Vec::new(),
        }
    }

    /// The same with books of what is asked.
    pub(crate) fn recorded_by(self, log: Arc<dyn QueryLog>) -> Self {
        Self { engine: self.engine.recorded_by(log), ..self }
    }

    /// The same where nothing is asked, and what it would take is counted.
    pub(crate) fn estimating(self) -> Self {
        Self { engine: self.engine.estimating(), ..self }
    }

    /// The same with more of its rows in other sources.
    pub(crate) fn also_in(mut self, sources: &[(&str, &str)]) -> Self {
        for (id, source) in sources {
            let id = SourceId::parse(id).unwrap();
            self.dataset.also_in.push(id.clone());
            self.others.push((id, serde_saphyr::from_str(source).unwrap()));
        }
        self
    }

    pub(crate) async fn answer(&self, query: &SemanticQuery) -> Result<Answer, EngineError> {
        let restriction = Restriction::none(Unrestricted::Operator);
        self.engine.answer(&self.ask(&restriction), query).await
    }

    pub(crate) fn ask<'a>(&'a self, restriction: &'a Restriction) -> Ask<'a> {
        let others = self.others.iter().map(|(id, source)| (id, source)).collect();
        let defined = Defined { id: &self.id, dataset: &self.dataset, source: &self.source, others };
        let asked = Ask::new(defined, restriction, Account::default());
        Ask { freshness: Freshness::from_now_on(), ..asked }
    }
}

pub(crate) fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}
