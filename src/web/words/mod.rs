//! The words of the pages, in every language.
//!
//! One struct with a field per text, so a language that lacks one does not compile. Texts with
//! places to fill have them in braces, for [`fill`].

mod en;
mod ko;
mod states;
mod zh_hk;

use crate::format::Locale;

/// Declares a table of words, each in every language: one that lacks a language does not compile.
macro_rules! word_table {
    ($table:ident; $($name:ident: $ko:literal, $en:literal, $zh_hk:literal;)+) => {
        /// The words of one language.
        #[derive(Debug)]
        pub(in crate::web) struct $table { $(pub(in crate::web) $name: &'static str,)+ }

        impl $table {
            /// The words of a language.
            pub(in crate::web) fn of(locale: $crate::format::Locale) -> &'static Self {
                static KO: $table = $table { $($name: $ko,)+ };
                static EN: $table = $table { $($name: $en,)+ };
                static ZH_HK: $table = $table { $($name: $zh_hk,)+ };
                match locale {
                    $crate::format::Locale::Ko => &KO,
                    $crate::format::Locale::En => &EN,
                    $crate::format::Locale::ZhHk => &ZH_HK,
                }
            }
        }
    };
}

pub(super) use word_table;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    /// The language they are in.
    locale: Locale,
    /// The product's name in a page title.
    pub(super) product: &'static str,
    /// Leads over the navigation.
    pub(super) skip: &'static str,
    /// Names the navigation.
    pub(super) navigation: &'static str,
    /// Reports.
    pub(super) reports: &'static str,
    /// Runs.
    pub(super) runs: &'static str,
    /// Schedules.
    pub(super) schedules: &'static str,
    /// Problems in definition files.
    pub(super) problems: &'static str,
    /// The language menu.
    pub(super) language: &'static str,
    /// The theme menu.
    pub(super) theme: &'static str,
    /// Theme of the device.
    pub(super) theme_system: &'static str,
    /// Light theme.
    pub(super) theme_light: &'static str,
    /// Dark theme.
    pub(super) theme_dark: &'static str,
    /// The list is empty.
    pub(super) no_reports: &'static str,
    /// Placeholder of the search field.
    pub(super) find_report: &'static str,
    /// Who answers for it.
    pub(super) owner: &'static str,
    /// Its dataset.
    pub(super) dataset: &'static str,
    /// Next scheduled sending.
    pub(super) next_run: &'static str,
    /// {n} problems.
    pub(super) count_problems: &'static str,
    /// Banner of the list.
    pub(super) files_have: &'static str,
    /// A report that was never valid.
    pub(super) not_open: &'static str,
    /// Leads to the problems.
    pub(super) see_problems: &'static str,
    /// Banner of a stale definition.
    pub(super) stale: &'static str,
    /// Names the form.
    pub(super) filters: &'static str,
    /// Submits the form.
    pub(super) apply: &'static str,
    /// Back to defaults.
    pub(super) reset: &'static str,
    /// Copies the address.
    pub(super) copy_link: &'static str,
    /// The address was copied.
    pub(super) copied: &'static str,
    /// A touch has told what a mark says; another one follows its link.
    pub(super) tap_again: &'static str,
    /// Opens the sheets.
    pub(super) pdf: &'static str,
    /// Explicit dates.
    pub(super) custom_period: &'static str,
    /// First day.
    pub(super) from: &'static str,
    /// Last day.
    pub(super) to: &'static str,
    /// No choice means all.
    pub(super) all: &'static str,
    /// {first} and {count} more.
    pub(super) and_more: &'static str,
    /// Placeholder of a search field.
    pub(super) search: &'static str,
    /// Takes every mark away.
    pub(super) clear: &'static str,
    /// A member that is not in the list.
    pub(super) other_value: &'static str,
    /// The list is not complete.
    pub(super) list_cut: &'static str,
    /// A panel is loading.
    pub(super) loading: &'static str,
    /// Stops loading.
    pub(super) cancel: &'static str,
    /// Loading was stopped.
    pub(super) cancelled: &'static str,
    /// Loads again.
    pub(super) retry: &'static str,
    /// Names the progress bar.
    pub(super) progress: &'static str,
    /// All panels are there.
    pub(super) ready: &'static str,
    /// The server did not answer.
    pub(super) offline: &'static str,
    /// Heading of a failed panel.
    pub(super) failed: &'static str,
    /// Of a CSV file that begins with a byte order mark.
    pub(super) csv_for_excel: &'static str,
    /// Of one that does not.
    pub(super) csv_for_programs: &'static str,
    /// A panel's task broke down.
    pub(super) panel_broke: &'static str,
    /// A chart cannot be drawn.
    pub(super) not_drawn: &'static str,
    /// Label of an error's id.
    /// Why a run is told in outline.
    pub(super) withheld: &'static str,
    pub(super) error_id: &'static str,
    /// The menu of a panel.
    pub(super) more_actions: &'static str,
    /// A panel as its own page.
    pub(super) open_alone: &'static str,
    /// Leads back.
    pub(super) back_to_report: &'static str,
    /// {n} of {of} rows.
    pub(super) first_rows: &'static str,
    /// An empty table.
    pub(super) no_rows: &'static str,
    /// No runs.
    pub(super) no_runs: &'static str,
    /// No runs for the filter.
    pub(super) no_such_runs: &'static str,
    /// Column head.
    pub(super) report: &'static str,
    /// Column head.
    pub(super) schedule: &'static str,
    /// Column head.
    pub(super) scheduled_at: &'static str,
    /// Column head.
    pub(super) started_at: &'static str,
    /// Column head.
    pub(super) took: &'static str,
    /// Column head.
    pub(super) state: &'static str,
    /// Column head.
    pub(super) attempt: &'static str,
    /// Column head.
    pub(super) trigger: &'static str,
    /// A run.
    pub(super) run: &'static str,
    /// Heading.
    pub(super) error: &'static str,
    /// Heading.
    pub(super) stages: &'static str,
    /// Heading.
    pub(super) deliveries: &'static str,
    /// Column head.
    pub(super) recipient: &'static str,
    /// Column head.
    pub(super) channel: &'static str,
    /// Column head.
    pub(super) attempts: &'static str,
    /// Column head.
    pub(super) updated_at: &'static str,
    /// Column head.
    pub(super) answer: &'static str,
    /// Heading.
    pub(super) artefacts: &'static str,
    /// Another attempt of a run.
    pub(super) resend: &'static str,
    /// Sending a run that waits.
    pub(super) send_now: &'static str,
    /// What a copy of a burst is about.
    pub(super) about: &'static str,
    /// The page of a list before this one.
    pub(super) page_before: &'static str,
    /// The page of a list after this one.
    pub(super) page_after: &'static str,
    /// Why a run was not sent.
    pub(super) reason: &'static str,
    /// What a run waits for.
    pub(super) waits_for: &'static str,
    /// A run that waits and was not looked at yet.
    pub(super) not_looked_yet: &'static str,
    /// The deadline of a run that waits.
    pub(super) waits_until: &'static str,
    /// A file retention removed.
    pub(super) removed: &'static str,
    /// An empty list.
    pub(super) none: &'static str,
    /// First page.
    pub(super) newest: &'static str,
    /// Next page.
    pub(super) older: &'static str,
    /// Label.
    pub(super) definitions: &'static str,
    /// Label.
    pub(super) instance: &'static str,
    /// No problems.
    pub(super) no_problems: &'static str,
    /// What the list is.
    pub(super) problems_intro: &'static str,
    /// Mark of a warning.
    pub(super) warning: &'static str,
    /// Label.
    pub(super) request_id: &'static str,
    /// Leads home.
    pub(super) home: &'static str,
    /// Opens a menu.
    pub(super) menu: &'static str,
}

impl Words {
    /// The words of a language.
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ko => &ko::WORDS,
            Locale::En => &en::WORDS,
            Locale::ZhHk => &zh_hk::WORDS,
        }
    }

    fn pick(&self, ko: &'static str, en: &'static str, zh_hk: &'static str) -> &'static str {
        match self.locale {
            Locale::Ko => ko,
            Locale::En => en,
            Locale::ZhHk => zh_hk,
        }
    }
}

/// Fills `{name}` places of a text. What is filled in is not looked at again.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// [`fill`] with one number, for templates.
pub(super) fn fill_count(text: &str, count: impl std::fmt::Display) -> String {
    fill(text, &[("n", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{a} of {b}", &[("a", "{b}"), ("b", "2")]), "{b} of 2");
        assert_eq!(fill_count("패널 {n}개", 3), "패널 3개");
    }
}
