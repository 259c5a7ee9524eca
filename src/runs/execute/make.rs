//! Making a copy: its document, its files, and what is handed over with them, all of it kept before anything leaves.

use super::part::Part;
use super::sealed::Sealed;
use super::{Parts, Runner, StageFailure, Ticket, figures, files, mail, send_if};
use crate::error::Kind;
use crate::render::card::Card;
use crate::render::document::Document;
use crate::runs::artefacts::File;
use crate::runs::store::{Stage, Trigger};

/// What making a copy came to.
pub(super) enum Made {
    /// It is kept and can be handed over.
    Sealed(Box<Sealed>),
    /// Its schedule says that there is nothing to send, and why.
    NothingToSend(String),
}

impl Runner {
    /// Makes a copy, keeps its files and seals it.
    pub(super) async fn make(
        &self,
        ticket: &Ticket,
        part: &Part,
        warnings: &mut Vec<String>,
    ) -> Result<Made, StageFailure> {
        self.enter(ticket, Stage::Evaluate).await?;
        self.note_seen(ticket).await?;
        let document = self.evaluate(ticket, part, warnings).await?;
        if let Some(reason) = send_if::nothing_to_send(&self.parts.store, ticket, &document).await? {
            return Ok(Made::NothingToSend(reason));
        }
        self.enter(ticket, Stage::Render).await?;
        let (document, mut files) = files::make(&self.parts, document, ticket, part, warnings).await?;
        let (document, figures) = figures::file(document, ticket, part).await?;
        files.files.push(figures);
        self.enter(ticket, Stage::Store).await?;
        Ok(Made::Sealed(Box::new(self.seal(ticket, part, &document, files).await?)))
    }

    /// Keeps the files of a copy, and what is handed over with them.
    pub(super) async fn seal(
        &self,
        ticket: &Ticket,
        part: &Part,
        document: &Document,
        files: files::Made,
    ) -> Result<Sealed, StageFailure> {
        let parts = &*self.parts;
        let kept = self.keep(ticket, part, &files.files).await?;
        let addresses: Vec<String> = kept.iter().map(|id| mail::address_of(parts, id)).collect();
        let (mark, dashboard) = (mail::mark(document), mail::dashboard(parts, ticket, part));
        let attached: Vec<(&File, &str)> = files
            .files
            .iter()
            .zip(&addresses)
            .filter(|(file, _)| files.attached.contains(&file.name))
            .map(|(file, address)| (file, address.as_str()))
            .collect();
        let email = ticket.schedule.deliver.email.as_ref();
        let words = email
            .map(|email| mail::words(parts, email, document, (&mark, dashboard.as_ref()), &attached))
            .transpose()?;
        let card = Card::of(document, mark);
        let sealed = Sealed::new(parts, part, (card, dashboard), words, (files.files, addresses));
        if ticket.run.trigger != Trigger::DryRun {
            self.keep(ticket, part, &[sealed.file()?]).await?;
        }
        Ok(sealed)
    }

    /// Keeps what an earlier attempt has sealed as this run's own: it is what this one hands over.
    pub(super) async fn keep_sealed(
        &self,
        ticket: &Ticket,
        part: &Part,
        sealed: Sealed,
    ) -> Result<Sealed, StageFailure> {
        self.enter(ticket, Stage::Store).await?;
        self.note_seen(ticket).await?;
        self.keep(ticket, part, &sealed.files).await?;
        self.keep(ticket, part, &[sealed.file()?]).await?;
        Ok(sealed)
    }

    /// Writes files to disk and records them, and answers with their ids: before anything is sent, so that a full
    /// disk sends nothing.
    pub(super) async fn keep(
        &self,
        ticket: &Ticket,
        part: &Part,
        files: &[File],
    ) -> Result<Vec<String>, StageFailure> {
        let Parts { store, shelf, clock, .. } = &*self.parts;
        let mut ids = Vec::with_capacity(files.len());
        for file in files {
            let (shelf, run, file) = (shelf.clone(), ticket.run.id, file.clone());
            let about = part.about.clone();
            let kept = tokio::task::spawn_blocking(move || shelf.keep(run, &about, &file))
                .await
                .map_err(|error| StageFailure::new(Stage::Store, Kind::Bug, error.to_string()))?
                .map_err(|error| StageFailure::new(Stage::Store, error.kind(), error.to_string()))?;
            let kept = store.add_artefact(run, &kept, clock.now()).await;
            ids.push(kept.map_err(StageFailure::store(Stage::Store))?);
        }
        Ok(ids)
    }
}
