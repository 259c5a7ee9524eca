//! Korean particles (조사), which depend on the sound that the word before them ends in.

/// A particle with its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Particle {
    /// 이 / 가: the subject.
    Subject,
    /// 은 / 는: the topic.
    Topic,
    /// 을 / 를: the object.
    Object,
    /// 과 / 와: "and", "with".
    With,
    /// 으로 / 로: "by", "to"; a final ㄹ takes 로.
    By,
    /// 이라 / 라: "called".
    Called,
    /// 이 / nothing, before 다, 며, 고: "is".
    Is,
}

/// How the last syllable of a word as it is read aloud ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    /// ㄹ
    Rieul,
    Consonant,
}

impl Particle {
    /// Every particle.
    pub const ALL: [Self; 7] =
        [Self::Subject, Self::Topic, Self::Object, Self::With, Self::By, Self::Called, Self::Is];

    /// The particle an author names by its forms: `이/가`, `은/는`, in either order.
    pub fn parse(text: &str) -> Option<Self> {
        let (one, other) = text.trim().split_once('/')?;
        let (one, other) = (one.trim(), other.trim());
        Self::ALL.into_iter().find(|particle| {
            let (closed, open) = particle.forms();
            (one, other) == (closed, open) || (one, other) == (open, closed)
        })
    }

    /// As authors write it: `이/가`.
    pub fn name(self) -> String {
        let (closed, open) = self.forms();
        format!("{closed}/{open}")
    }

    /// The forms after a consonant and after a vowel.
    fn forms(self) -> (&'static str, &'static str) {
        match self {
            Self::Subject => ("이", "가"),
            Self::Topic => ("은", "는"),
            Self::Object => ("을", "를"),
            Self::With => ("과", "와"),
            Self::By => ("으로", "로"),
            Self::Called => ("이라", "라"),
            Self::Is => ("이", ""),
        }
    }

    /// Its form after `word`, by how that is read aloud: 3억 원 → 이, 12.5% → 가, KTX → 가. After
    /// something that cannot be read aloud both forms: 은(는).
    pub fn after(self, word: &str) -> String {
        let (closed, open) = self.forms();
        match ending(word) {
            Some(Ending::Rieul) if self == Self::By => open.to_owned(),
            Some(Ending::Rieul | Ending::Consonant) => closed.to_owned(),
            Some(Ending::Vowel) => open.to_owned(),
            None if self == Self::By => "(으)로".to_owned(),
            None if open.is_empty() => format!("({closed})"),
            None if matches!(self, Self::Called) => "(이)라".to_owned(),
            None => format!("{closed}({open})"),
        }
    }
}

fn ending(word: &str) -> Option<Ending> {
    // Brackets and quotes are not read: (1,234) ends as 4 does.
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_read(c));
    let last = word.chars().next_back()?;
    match last {
        '가'..='힣' => Some(match (u32::from(last) - 0xac00) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        }),
        '0'..='9' => number(word),
        'a'..='z' | 'A'..='Z' => Some(latin(word)),
        // 퍼센트, 달러, 유로, 엔, 파운드, 도
        '%' | '％' | '‰' | '$' | '€' | '£' | '°' | '℃' => Some(Ending::Vowel),
        '¥' | '￥' | '₩' => Some(Ending::Consonant),
        '萬' | '億' | '兆' | '元' => Some(match last {
            '億' | '萬' | '元' => Ending::Consonant,
            _ => Ending::Vowel,
        }),
        _ => None,
    }
}

/// Signs that are read aloud after a number.
fn is_read(c: char) -> bool {
    matches!(c, '%' | '％' | '‰' | '$' | '€' | '£' | '°' | '℃' | '¥' | '￥' | '₩')
}

/// The end of a number read in Sino-Korean: 10 is 십, 100 백, 1,000 천, 10,000 만, 10^8 억, 10^12 조.
fn number(word: &str) -> Option<Ending> {
    let digits = |c: &char| c.is_ascii_digit() || matches!(c, ',' | '.');
    let tail: String = word.chars().rev().take_while(digits).collect::<Vec<_>>().into_iter().rev().collect();
    let tail = tail.trim_start_matches([',', '.']);
    let currency = word.chars().rev().skip(tail.chars().count()).find(|c| !matches!(c, ' ' | '-' | '−'));
    // The sign of a currency stands before the number and is read after it: ₩1,000 is 천 원.
    match currency {
        Some('₩' | '¥' | '￥') => return Some(Ending::Consonant),
        Some('$' | '€' | '£') => return Some(Ending::Vowel),
        _ => {}
    }
    let (whole, fraction) = tail.split_once('.').unwrap_or((tail, ""));
    let last = tail.chars().next_back()?;
    if !fraction.is_empty() || last != '0' {
        // 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구
        return Some(match last {
            '1' | '7' | '8' => Ending::Rieul,
            '0' | '3' | '6' => Ending::Consonant,
            _ => Ending::Vowel,
        });
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let zeros = whole.len() - whole.trim_end_matches('0').len();
    Some(match zeros {
        // 조 is the only one of 영, 십, 백, 천, 만, 억, 조, 경 that ends in a vowel.
        12..=15 if whole.len() > zeros => Ending::Vowel,
        _ => Ending::Consonant,
    })
}

/// The end of a Latin word: as letters if it is an abbreviation (KPI 케이피아이, FOM 에프오엠), else
/// about as it sounds.
fn latin(word: &str) -> Ending {
    let letters: Vec<char> = word
        .chars()
        .rev()
        .take_while(char::is_ascii_alphabetic)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let last = letters.last().map_or('a', char::to_ascii_lowercase);
    let spelled = letters.len() == 1 || letters.iter().all(char::is_ascii_uppercase);
    match (last, spelled) {
        ('l', _) | ('r', true) => Ending::Rieul,
        // Stops that Korean keeps as a final sound after a vowel: laptop 랩톱, book 북, robot 로봇, lab 랩.
        ('m' | 'n', _) | ('p' | 'k' | 't' | 'b' | 'c', false) => Ending::Consonant,
        ('g', false) if letters.len() > 1 && letters.get(letters.len() - 2) == Some(&'n') => {
            Ending::Consonant
        }
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(word: &str, particle: Particle) -> String {
        format!("{word}{}", particle.after(word))
    }

    #[test]
    fn hangul_decides_by_its_final_sound() {
        for (word, subject, by) in [
            ("매출", "매출이", "매출로"),
            ("객단가", "객단가가", "객단가로"),
            ("부산점", "부산점이", "부산점으로"),
        ] {
            assert_eq!(written(word, Particle::Subject), subject);
            assert_eq!(written(word, Particle::By), by);
        }
    }

    #[test]
    fn numbers_are_read_aloud() {
        for (word, expected) in [
            ("0", "0은"),
            ("1", "1은"),
            ("2", "2는"),
            ("3", "3은"),
            ("4", "4는"),
            ("5", "5는"),
            ("6", "6은"),
            ("7", "7은"),
            ("8", "8은"),
            ("9", "9는"),
            ("10", "10은"),
            ("100", "100은"),
            ("1,000", "1,000은"),
            ("20,000", "20,000은"),
            ("100,000,000", "100,000,000은"),
            ("1,000,000,000,000", "1,000,000,000,000는"),
            ("1.5", "1.5는"),
            ("1.0", "1.0은"),
            ("12.3%", "12.3%는"),
            ("−0.7%p", "−0.7%p는"),
            ("1억 2,345만", "1억 2,345만은"),
            ("5,123억", "5,123억은"),
            ("3조", "3조는"),
            ("1,200원", "1,200원은"),
            ("₩1,200", "₩1,200은"),
            ("₩1,202", "₩1,202은"),
            ("−₩1,202", "−₩1,202은"),
            ("$5", "$5는"),
            ("(1,234)", "(1,234)는"),
            ("△12", "△12는"),
            ("12개", "12개는"),
            ("3億", "3億은"),
            ("1.2M", "1.2M은"),
            ("3.4K", "3.4K는"),
            ("2026-01-31", "2026-01-31은"),
            ("2026년 1월", "2026년 1월은"),
        ] {
            assert_eq!(written(word, Particle::Topic), expected, "{word}");
        }
    }

    #[test]
    fn a_final_rieul_takes_ro() {
        for (word, expected) in [
            ("1", "1로"),
            ("7", "7로"),
            ("8", "8로"),
            ("3", "3으로"),
            ("6", "6으로"),
            ("10", "10으로"),
            ("1월", "1월로"),
            ("1억", "1억으로"),
            ("₩500", "₩500으로"),
            ("12.3%", "12.3%로"),
            ("URL", "URL로"),
        ] {
            assert_eq!(written(word, Particle::By), expected, "{word}");
        }
    }

    #[test]
    fn latin_letters_are_spelled_or_sounded() {
        for (word, expected) in [
            ("KPI", "KPI를"),
            ("VAT", "VAT를"),
            ("CRM", "CRM을"),
            ("MZN", "MZN을"),
            ("HTML", "HTML을"),
            ("Seoul", "Seoul을"),
            ("Lotte", "Lotte를"),
            ("laptop", "laptop을"),
            ("Kim", "Kim을"),
            ("Hong Kong", "Hong Kong을"),
        ] {
            assert_eq!(written(word, Particle::Object), expected, "{word}");
        }
    }

    #[test]
    fn what_cannot_be_read_takes_both_forms() {
        assert_eq!(written("–", Particle::Topic), "–은(는)");
        assert_eq!(written("", Particle::By), "(으)로");
        assert_eq!(written("銷售", Particle::Object), "銷售을(를)");
        assert_eq!(written("😀", Particle::Is), "😀(이)");
    }

    #[test]
    fn authors_name_a_particle_in_either_order() {
        for particle in Particle::ALL {
            assert_eq!(Particle::parse(&particle.name()), Some(particle));
        }
        assert_eq!(Particle::parse("가/이"), Some(Particle::Subject));
        assert_eq!(Particle::parse("로 / 으로"), Some(Particle::By));
        assert_eq!(Particle::parse("이"), None);
        assert_eq!(Particle::parse("에/에서"), None);
    }
}
