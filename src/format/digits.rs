//! Decimal digits: what rounding, units and separators work on, so that no text passes through
//! binary fractions.

/// A finite decimal number: `0.d₁d₂d₃… × 10^point`, without leading or trailing zeros; zero has no
/// digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) negative: bool,
    all: Vec<u8>,
    point: i32,
}

impl Digits {
    /// The digits of `unscaled / 10^scale`.
    pub(super) fn of_decimal(unscaled: i128, scale: i32) -> Self {
        let text = unscaled.unsigned_abs().to_string();
        let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
        let point = digits.len() as i32 - scale;
        Self { negative: unscaled < 0, all: digits, point }.trimmed()
    }

    /// The shortest digits that read back as `number`; `None` for NaN and infinities.
    pub(super) fn of_float(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let text = format!("{:e}", number.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
        let point = exponent.parse::<i32>().ok()? + 1;
        Some(Self { negative: number < 0.0, all: digits, point }.trimmed())
    }

    fn trimmed(mut self) -> Self {
        while self.all.last() == Some(&0) {
            self.all.pop();
        }
        let leading = self.all.iter().take_while(|digit| **digit == 0).count();
        self.all.drain(..leading);
        self.point -= leading as i32;
        if self.all.is_empty() {
            self.point = 0;
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.all.is_empty()
    }

    /// How many digits stand before the point; zero or less for numbers below one.
    pub(super) fn whole_digits(&self) -> i32 {
        self.point
    }

    /// How many digits stand behind the point.
    pub(super) fn fraction_digits(&self) -> i32 {
        (self.all.len() as i32 - self.point).max(0)
    }

    /// Times ten to the power of `places`.
    pub(super) fn shifted(mut self, places: i32) -> Self {
        if !self.is_zero() {
            self.point += places;
        }
        self
    }

    /// Rounded to `decimals` digits behind the point, halves away from zero.
    pub(super) fn rounded(mut self, decimals: i32) -> Self {
        let keep = self.point + decimals;
        if keep >= self.all.len() as i32 {
            return self;
        }
        if keep < 0 {
            return Self { negative: self.negative, all: Vec::new(), point: 0 };
        }
        let keep = keep as usize;
        let up = self.all.get(keep).is_some_and(|digit| *digit >= 5);
        self.all.truncate(keep);
        if up {
            let mut carry = true;
            for digit in self.all.iter_mut().rev() {
                *digit += 1;
                carry = *digit == 10;
                if !carry {
                    break;
                }
                *digit = 0;
            }
            if carry {
                self.all.insert(0, 1);
                self.point += 1;
            }
        }
        self.trimmed()
    }

    /// The unsigned text with separators between thousands and at least `decimals` digits behind
    /// the point.
    pub(super) fn text(&self, decimals: i32) -> String {
        let digit = |place: i32| usize::try_from(place).ok().and_then(|place| self.all.get(place));
        let mut text = String::new();
        let whole = self.point.max(1);
        for place in 0..whole {
            if place > 0 && (whole - place) % 3 == 0 {
                text.push(',');
            }
            // A number below one has its zero before the point although no digit stands there.
            let shown = if self.point < 1 { None } else { digit(place) };
            text.push(char::from(b'0' + shown.copied().unwrap_or(0)));
        }
        let decimals = decimals.max(self.fraction_digits());
        if decimals > 0 {
            text.push('.');
            for place in 0..decimals {
                text.push(char::from(b'0' + digit(self.point + place).copied().unwrap_or(0)));
            }
        }
        text
    }

    /// The unsigned text as `1.23E+45`, for numbers no reader would count the digits of.
    pub(super) fn scientific(&self) -> String {
        let exponent = self.point - 1;
        let mantissa = self.clone().shifted(-exponent).rounded(2);
        // 9.999 rounds to 10.
        let (mantissa, exponent) = if mantissa.whole_digits() > 1 {
            (mantissa.shifted(-1), exponent + 1)
        } else {
            (mantissa, exponent)
        };
        let sign = if exponent < 0 { '\u{2212}' } else { '+' };
        format!("{}E{sign}{}", mantissa.text(0), exponent.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_away_from_zero_as_on_paper() {
        let text = |number: f64, decimals| Digits::of_float(number).unwrap().rounded(decimals).text(decimals);
        assert_eq!(text(2.675, 2), "2.68");
        assert_eq!(text(0.5, 0), "1");
        assert_eq!(text(999.95, 1), "1,000.0");
        assert_eq!(text(0.049, 1), "0.0");
        assert_eq!(text(0.0951, 2), "0.10");
    }

    #[test]
    fn thirty_eight_digits_keep_every_one() {
        let digits = Digits::of_decimal(12_345_678_901_234_567_890_123_456_789_012_345_678, 3);
        assert_eq!(digits.text(0), "12,345,678,901,234,567,890,123,456,789,012,345.678");
    }
}
