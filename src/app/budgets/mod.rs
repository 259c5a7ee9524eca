//! Tells the contact of a role, once, that its budget is nearly spent, and once that it is spent.

mod words;

use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use tokio_util::sync::CancellationToken;

use self::words::Words;
use super::LiveWorkspace;
use crate::definitions::model::{Budget, Costs};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::ledger::queries::{BudgetNotice, QueryLedger, first_of_month};
use crate::render::notice::Notice;
use crate::runs::execute::Runner;
use crate::runs::notices;
use crate::store::StoreError;

/// How often what was spent is looked at.
const PAUSE: Duration = Duration::from_mins(1);

/// How long whoever tells has for it; then it is tried again, by whichever server comes first.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// Looks at what roles have spent.
pub(super) struct BudgetNotices {
    pub(super) ledger: QueryLedger,
    pub(super) runner: Runner,
    pub(super) workspace: LiveWorkspace,
}

impl BudgetNotices {
    /// Looks again and again, until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(%error, "whether budgets are spent is not known; it is looked at again");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let workspace = self.workspace.current();
        let Some(costs) = &workspace.catalog().costs else { return Ok(()) };
        let month = first_of_month(costs.day_of(self.runner.parts().clock.now()));
        let spent = self.ledger.spent(month, &costs.currency).await?;
        for (role, budget) in &costs.budgets {
            let spent = spent.get(role.as_str()).copied().unwrap_or_default() as f64 / 1e6;
            let share = spent / budget.month * 100.0;
            if share >= 100.0 {
                self.tell(month, role.as_str(), (costs, budget), spent, "spent").await?;
            } else if share >= budget.warn {
                self.tell(month, role.as_str(), (costs, budget), spent, "warn").await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        month: NaiveDate,
        role: &str,
        (costs, budget): (&Costs, &Budget),
        spent: f64,
        level: &'static str,
    ) -> Result<(), StoreError> {
        let parts = self.runner.parts();
        let to = notices::contacts(parts, role);
        if to.is_empty() {
            tracing::debug!(
                role,
                spent,
                budget = budget.month,
                "nobody is told of a budget: give the role a `contact`, or set JANGPYO_OPERATIONS_MAIL"
            );
        }
        for recipient in to {
            let now = parts.clock.now();
            let notice = BudgetNotice {
                month,
                role: role.to_owned(),
                budget: budget.month.to_string(),
                level,
                recipient: recipient.address.as_str().to_lowercase(),
            };
            if !self.ledger.begin_telling(&notice, now, now + PATIENCE).await? {
                continue;
            }
            let locale = self.locale();
            let title = self.title(role, locale);
            let written = Written { month, role, title, costs, budget, spent, is_spent: level == "spent" };
            let base =
                parts.settings.base_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
            let (subject, told) = written.notice(locale, base.as_deref());
            let id = format!("budget-{role}-{month}-{level}-{}", budget.month);
            match notices::send(parts, id, subject, &told, vec![recipient]).await {
                Ok(()) => {
                    self.ledger.told(&notice, parts.clock.now()).await?;
                    if level == "spent" {
                        // Who was told that it is spent need not hear that it nearly was.
                        self.ledger
                            .told(&BudgetNotice { level: "warn", ..notice }, parts.clock.now())
                            .await?;
                    }
                    tracing::info!(role, spent, level, "a contact of a role was told of its budget");
                }
                Err(why) => tracing::warn!(role, why, "a contact of a role was not told of its budget yet"),
            }
        }
        Ok(())
    }

    /// What people call a role.
    fn title(&self, role: &str, locale: Locale) -> String {
        let workspace = self.workspace.current();
        let access = workspace.catalog().access.as_ref();
        let known = access.and_then(|access| access.functional_roles.get(role)?.title.as_ref());
        known.map_or_else(|| role.to_owned(), |title| title.get(locale).to_owned())
    }

    /// The language that most reports are in.
    fn locale(&self) -> Locale {
        let workspace = self.workspace.current();
        let count =
            |locale| workspace.catalog().reports.values().filter(|report| report.locale == locale).count();
        let mut locales = [Locale::Ko, Locale::En, Locale::ZhHk];
        locales.sort_by_key(|locale| std::cmp::Reverse(count(*locale)));
        locales[0]
    }
}

struct Written<'a> {
    month: NaiveDate,
    role: &'a str,
    title: String,
    costs: &'a Costs,
    budget: &'a Budget,
    spent: f64,
    is_spent: bool,
}

impl Written<'_> {
    /// The subject, and what the notice says.
    fn notice(&self, locale: Locale, base: Option<&str>) -> (String, Notice) {
        let words = Words::of(locale);
        let format = NumberFormat { currency: Some(self.costs.currency.clone()), ..NumberFormat::default() };
        let money = |amount: f64| format.write(amount, NumberStyle::Full, locale);
        let headline = if self.is_spent { words.spent_all } else { words.nearly };
        let share = self.spent / self.budget.month * 100.0;
        let then = match (self.budget.stop, self.is_spent) {
            (true, true) => words.stopped,
            (true, false) => words.stops,
            (false, _) => words.goes_on,
        };
        let named = if self.title == self.role {
            self.title.clone()
        } else {
            format!("{} ({})", self.title, self.role)
        };
        let notice = Notice {
            language: locale.tag().to_owned(),
            headline: format!("{headline}: {}", self.title),
            facts: vec![
                (words.role.to_owned(), named),
                (words.month.to_owned(), self.month.format("%Y-%m").to_string()),
                (words.spent.to_owned(), format!("{} ({share:.0} %)", money(self.spent))),
                (words.budget.to_owned(), money(self.budget.month)),
            ],
            cause: (words.then.to_owned(), then.to_owned()),
            link: base.map(|base| {
                let month = self.month.format("%Y-%m");
                (words.more.to_owned(), format!("{base}/costs?month={month}&role={}", self.role))
            }),
            reason: words.reason.to_owned(),
            ..Notice::default()
        };
        (format!("{headline}: {} · {share:.0} %", self.title), notice)
    }
}
