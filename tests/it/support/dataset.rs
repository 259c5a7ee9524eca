//! A dataset defined by text over files in a folder or bucket, ready to be asked.

use std::path::Path;

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::definitions::model::{Dataset, DatasetId, FieldName, Source};
use jangpyo::engine::{Account, Answer, Ask, Engine, EngineError, EngineSettings, Freshness};
use jangpyo::query::SemanticQuery;

pub(crate) struct TestDataset {
    pub(crate) engine: Engine,
    pub(crate) id: DatasetId,
    pub(crate) dataset: Dataset,
    pub(crate) source: Source,
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
        }
    }

    pub(crate) async fn answer(&self, query: &SemanticQuery) -> Result<Answer, EngineError> {
        let restriction = Restriction::none(Unrestricted::Operator);
        self.engine.answer(&self.ask(&restriction), query).await
    }

    pub(crate) fn ask<'a>(&'a self, restriction: &'a Restriction) -> Ask<'a> {
        Ask {
            id: &self.id,
            dataset: &self.dataset,
            source: &self.source,
            restriction,
            freshness: Freshness::from_now_on(),
            memory: None,
            account: Account::default(),
        }
    }
}

pub(crate) fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}
