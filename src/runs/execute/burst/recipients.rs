//! The copies of a burst: who gets which.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use sha2::{Digest as _, Sha256};

use super::super::part::Part;
use super::super::{Parts, StageFailure, Ticket};
use crate::access::{Person, Viewer};
use crate::definitions::model::{Attachment, Burst, FieldName, Parameter, Report, RunAs};
use crate::delivery::{AddressError, Recipient};
use crate::engine::{Freshness, Memory};
use crate::format::Locale;
use crate::runs::store::Stage;

/// One copy, and who gets it by mail.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) part: Part,
    pub(super) to: Vec<Recipient>,
    pub(super) cc: Vec<Recipient>,
}

/// What all copies are evaluated with.
pub(super) struct Shared {
    pub(super) memory: Arc<Memory>,
    /// The same listing of files for all.
    pub(super) freshness: Freshness,
    /// A digest of what all of them show, where it is not the recipients' rights that decide.
    pub(super) seen: Option<String>,
}

/// Somebody who cannot get their copy, and why.
#[derive(Debug)]
pub(super) struct Unreachable {
    /// The address as it stands in the data or the file.
    pub(super) recipient: String,
    /// What their copy would be about.
    pub(super) about: String,
    pub(super) problem: String,
}

/// What the data or the file say of one recipient.
struct Row {
    address: String,
    cc: Vec<String>,
    bind: IndexMap<FieldName, Vec<Option<String>>>,
    locale: Option<String>,
    attach: Option<String>,
}

/// The copies in the order of what they are about, and those who can get none.
pub(super) async fn copies(
    parts: &Parts,
    ticket: &Ticket,
    burst: &Burst,
    shared: &Shared,
) -> Result<(Vec<Copy>, Vec<Unreachable>), StageFailure> {
    let rows = match &burst.dataset {
        Some(_) => of_dataset(parts, ticket, burst).await?,
        None => of_list(burst),
    };
    let deliver = &ticket.schedule.deliver;
    let (by_mail, elsewhere) =
        (deliver.email.is_some(), deliver.folder.is_some() || !deliver.destinations.is_empty());
    let (mut copies, mut unreachable): (IndexMap<Key, Copy>, _) = (IndexMap::new(), Vec::new());
    let mut told_apart = HashSet::new();
    for row in rows {
        let about = match (burst.run_as(), row.bind.is_empty()) {
            (RunAs::Recipient, true) => row.address.to_lowercase(),
            // In a folder two people's copies about the same would be one file.
            (RunAs::Recipient, false) if elsewhere => {
                format!("{} · {}", about(&row), row.address.to_lowercase())
            }
            _ => about(&row),
        };
        let refused =
            |problem: String| Unreachable { recipient: row.address.clone(), about: about.clone(), problem };
        let recipient = match by_mail.then(|| address(parts, &row.address)).transpose() {
            Ok(recipient) => recipient,
            Err(problem) => {
                unreachable.push(refused(problem));
                continue;
            }
        };
        match part(parts, ticket, burst, (&row, &about), recipient.as_ref(), shared).await {
            Ok(part) => {
                let key = (
                    part.parameters.clone(),
                    part.locale,
                    part.attach.clone(),
                    part.viewer.name().to_owned(),
                );
                let copy = copies.entry(key).or_insert_with(|| Copy { part, to: Vec::new(), cc: Vec::new() });
                let Some(recipient) = recipient else { continue };
                for text in &row.cc {
                    match address(parts, text) {
                        Ok(one) if !has(&copy.cc, &one) => copy.cc.push(one),
                        Ok(_) => {}
                        Err(problem) => {
                            unreachable.push(Unreachable { recipient: text.clone(), ..refused(problem) });
                        }
                    }
                }
                if has(&copy.to, &recipient) {
                    continue;
                }
                // The store tells a person's copies apart by what they are about.
                let address = recipient.address.to_string().to_lowercase();
                if told_apart.insert((address, copy.part.about.clone())) {
                    copy.to.push(recipient);
                } else {
                    unreachable.push(refused("they would get two copies that nothing tells apart".into()));
                }
            }
            Err(problem) => unreachable.push(refused(problem)),
        }
    }
    let mut copies: Vec<Copy> = copies.into_values().collect();
    copies.retain(|copy| !by_mail || !copy.to.is_empty());
    copies.sort_by(|a, b| a.part.about.cmp(&b.part.about));
    // Nor may a copy of the mail come twice.
    for copy in &mut copies {
        let about = &copy.part.about;
        copy.cc.retain(|one| told_apart.insert((one.address.to_string().to_lowercase(), about.clone())));
    }
    Ok((copies, unreachable))
}

fn has(known: &[Recipient], one: &Recipient) -> bool {
    known.iter().any(|known| known.address.same_mailbox(&one.address))
}

/// An address that mail may go to; why it may not stands in words for the report's owner.
fn address(parts: &Parts, text: &str) -> Result<Recipient, String> {
    let recipient: Recipient =
        text.parse().map_err(|error: AddressError| format!("no mail can go there: {error}"))?;
    let domain = recipient.address.domain();
    if parts.settings.policy.allows_domain(domain) {
        Ok(recipient)
    } else {
        Err(format!("mail to `{domain}` is not allowed (JANGPYO_ALLOWED_RECIPIENT_DOMAINS)"))
    }
}

type Key = (BTreeMap<String, Vec<String>>, Locale, Option<Vec<Attachment>>, String);

/// The rows of the dataset; those of one address are joined where the parameters take several members.
async fn of_dataset(parts: &Parts, ticket: &Ticket, burst: &Burst) -> Result<Vec<Row>, StageFailure> {
    let Some(dataset) = &burst.dataset else { return Ok(Vec::new()) };
    let mut fields: Vec<FieldName> = Vec::new();
    let mut place = |field: &FieldName| {
        fields.iter().position(|known| known == field).unwrap_or_else(|| {
            fields.push(field.clone());
            fields.len() - 1
        })
    };
    let recipient = burst.recipient.as_ref().map(&mut place);
    let cc = burst.cc.as_ref().map(&mut place);
    let bind: Vec<(&FieldName, usize)> =
        burst.bind.iter().map(|(name, field)| (name, place(field))).collect();
    let locale = burst.locale.as_ref().map(&mut place);
    let attach = burst.attach.as_ref().map(&mut place);
    let viewer = Viewer::schedule(&ticket.run.report, ticket.run.schedule.as_str());
    let found = parts.answers.rows_of(dataset, &fields, viewer).await.map_err(|error| {
        StageFailure::new(Stage::Evaluate, error.kind(), format!("the recipients are not known: {error}"))
    })?;
    let joins = burst.bind.keys().all(|name| takes_several(&ticket.report, name));
    let cell = |row: &[Option<String>], place: usize| row.get(place).cloned().flatten();
    let mut rows: Vec<Row> = Vec::new();
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for row in found {
        let address = recipient.and_then(|at| cell(&row, at)).unwrap_or_default();
        let cc: Vec<String> =
            cc.and_then(|at| cell(&row, at)).filter(|text| !text.is_empty()).into_iter().collect();
        let (locale, attach) = (locale.and_then(|at| cell(&row, at)), attach.and_then(|at| cell(&row, at)));
        let key = format!("{}\n{locale:?}\n{attach:?}", address.to_lowercase());
        // Without an address nothing says that two rows are one recipient's.
        if joins
            && recipient.is_some()
            && let Some(first) = known.get(&key).and_then(|at| rows.get_mut(*at))
        {
            for (name, at) in &bind {
                let values = first.bind.entry((*name).clone()).or_default();
                let value = cell(&row, *at);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            let more: Vec<String> = cc.into_iter().filter(|one| !first.cc.contains(one)).collect();
            first.cc.extend(more);
            continue;
        }
        known.insert(key, rows.len());
        let bind = bind.iter().map(|(name, at)| ((*name).clone(), vec![cell(&row, *at)])).collect();
        rows.push(Row { address, cc, bind, locale, attach });
    }
    Ok(rows)
}

fn of_list(burst: &Burst) -> Vec<Row> {
    let mut rows = Vec::new();
    for one in &burst.recipients {
        // Without mail a copy needs no address.
        let nobody = [String::new()];
        let to = if one.to.is_empty() { &nobody[..] } else { one.to.as_slice() };
        for address in to {
            let values = |values: &[String]| values.iter().cloned().map(Some).collect();
            let attach: Vec<&str> = one.attach.iter().copied().map(Attachment::word).collect();
            rows.push(Row {
                address: address.clone(),
                cc: one.cc.as_slice().to_vec(),
                bind: one.bind.iter().map(|(name, given)| (name.clone(), values(given.as_slice()))).collect(),
                locale: one.locale.map(|locale| locale.tag().to_owned()),
                attach: (!attach.is_empty()).then(|| attach.join(",")),
            });
        }
    }
    rows
}

fn takes_several(report: &Report, name: &FieldName) -> bool {
    matches!(report.parameters.get(name), Some(Parameter::Member { multiple: true, .. }))
}

/// What a copy is about, for file names and the run's page.
fn about(row: &Row) -> String {
    let values = row.bind.values().map(|values| {
        let known: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        known.join("+")
    });
    let text: String = values.collect::<Vec<_>>().join(" · ");
    if text.chars().count() > LONGEST_ABOUT {
        // Two long ones that begin alike stay two.
        let digest = format!("{:x}", Sha256::digest(&text));
        text.chars().take(LONGEST_ABOUT).chain("… ".chars()).chain(digest.chars().take(6)).collect()
    } else {
        text
    }
}

/// The longest words on what a copy is about.
const LONGEST_ABOUT: usize = 80;

/// Why there is no copy stands in words for its owner.
async fn part(
    parts: &Parts,
    ticket: &Ticket,
    burst: &Burst,
    (row, about): (&Row, &str),
    recipient: Option<&Recipient>,
    shared: &Shared,
) -> Result<Part, String> {
    let whole = Part::whole(ticket, shared.seen.clone());
    let mut parameters = whole.parameters;
    for (name, values) in &row.bind {
        // A parameter without a value filters nothing: they would get everybody's numbers.
        let values: Option<Vec<String>> = values.iter().cloned().collect();
        match values.filter(|values| !values.is_empty() && values.iter().all(|value| !value.is_empty())) {
            Some(values) => drop(parameters.insert(name.to_string(), values)),
            None => {
                return Err(format!(
                    "parameter `{name}` has no value for them, so the copy would show everything"
                ));
            }
        }
    }
    let locale = match row.locale.as_deref().filter(|tag| !tag.is_empty()) {
        Some(tag) => tag
            .parse::<Locale>()
            .map_err(|_| format!("there is no language `{tag}`; valid: ko, en, zh-HK"))?,
        None => whole.locale,
    };
    let attach = match row.attach.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(attachments(text)?),
        None => None,
    };
    let mut about = about.to_owned();
    // A person may get the same in two languages, or as two kinds of files.
    if locale != whole.locale {
        about = [about.as_str(), locale.tag()].join(" · ");
    }
    if let Some(attach) = &attach {
        let words: Vec<&str> = attach.iter().copied().map(Attachment::word).collect();
        about = [about, words.join("+")].join(" · ");
    }
    let (viewer, seen) = if let Some(viewer) = viewer(ticket, burst) {
        (viewer, whole.seen)
    } else {
        let recipient = recipient.ok_or("without mail nobody is the recipient whose rights decide")?;
        let name = recipient.address.to_string().to_lowercase();
        let known = parts.catalog.recipient(&name).await.map_err(|why| format!("`{name}`: {why}"))?;
        let viewer = Viewer::person(known.unwrap_or_else(|| Person { name, ..Person::default() }));
        let seen = parts.answers.seen(&ticket.report, viewer.clone()).await;
        (viewer, seen)
    };
    Ok(Part {
        parameters,
        locale,
        viewer,
        seen,
        about,
        attach,
        freshness: shared.freshness,
        memory: Some(Arc::clone(&shared.memory)),
    })
}

/// Whose rights decide on every copy; `None` where it is those of each recipient.
pub(super) fn viewer(ticket: &Ticket, burst: &Burst) -> Option<Viewer> {
    match burst.run_as() {
        RunAs::Schedule => Some(ticket.viewer.clone()),
        RunAs::Role(role) => Some(Viewer::role(ticket.viewer.name(), role)),
        RunAs::Recipient => None,
    }
}

fn attachments(text: &str) -> Result<Vec<Attachment>, String> {
    let mut wanted = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let found = Attachment::ALL.into_iter().find(|attachment| attachment.word() == word);
        let attachment = found
            .ok_or_else(|| format!("nothing called `{word}` can be attached; valid: pdf, csv, xlsx, png"))?;
        if !wanted.contains(&attachment) {
            wanted.push(attachment);
        }
    }
    Ok(wanted)
}

/// The dimensions that copies differ in.
pub(super) fn split(report: &Report, burst: &Burst) -> Vec<FieldName> {
    let mut split: Vec<FieldName> = Vec::new();
    for name in burst.bound() {
        if let Some(Parameter::Member { of, .. }) = report.parameters.get(name)
            && !split.contains(of)
        {
            split.push(of.clone());
        }
    }
    split
}
