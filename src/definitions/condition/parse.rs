//! From the text of an expression to its tree.
//!
//! A SQL tokenizer reads the words; the small grammar over them is our own, because a whole SQL parser
//! tries words in several meanings and takes exponential time for `not (not (not (…`.

use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, Word};

use super::tree::{Arithmetic, Relation, Scalar, Test};
use super::{ConditionError, MAX_LENGTH};
use crate::definitions::names;

/// How deep parentheses and signs may stand in each other.
const MAX_DEPTH: usize = 64;

const TEXTS_ARE_EQUAL_OR_NOT: &str = "texts can be compared with `=`, `<>` and `in` only";

/// Names as fields are named, in any script, and no extensions of any database.
#[derive(Debug)]
struct RowDialect;

impl Dialect for RowDialect {
    fn is_identifier_start(&self, c: char) -> bool {
        c.is_alphabetic() || c == '_'
    }

    fn is_identifier_part(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_'
    }

    fn is_delimited_identifier_start(&self, c: char) -> bool {
        c == '"'
    }
}

/// A condition and its names.
pub(super) fn condition(text: &str) -> Result<(Test, Vec<String>), ConditionError> {
    let mut reader = Reader::new(text, "a condition such as `revenue < target * 0.9`")?;
    let part = reader.whole()?;
    Ok((reader.test(part, 0)?, reader.names))
}

/// A computation and its names.
pub(super) fn computation(text: &str) -> Result<(Scalar, Vec<String>), ConditionError> {
    let mut reader = Reader::new(text, "an expression such as `revenue / target - 1`")?;
    let part = reader.whole()?;
    Ok((reader.number(part, 0)?, reader.names))
}

fn error(message: impl Into<String>, help: impl Into<String>) -> ConditionError {
    ConditionError { message: message.into(), help: help.into() }
}

/// What a part of an expression turned out to be.
enum Part {
    Test(Test),
    Scalar(Scalar),
}

struct Reader {
    /// Without white space at the end.
    tokens: Vec<Token>,
    /// The next token; never white space.
    at: usize,
    depth: usize,
    names: Vec<String>,
    /// What an author should write.
    wanted: &'static str,
}

impl Reader {
    fn new(text: &str, wanted: &'static str) -> Result<Self, ConditionError> {
        if text.trim().is_empty() {
            return Err(error("the expression is empty", format!("write {wanted}")));
        }
        let length = text.chars().count();
        if length > MAX_LENGTH {
            return Err(error(
                format!("the expression has {length} characters"),
                format!("at most {MAX_LENGTH} are read; make a metric of a part of it"),
            ));
        }
        let tokens = Tokenizer::new(&RowDialect, text).tokenize().map_err(|problem| {
            let problem = names::printable(&problem.to_string());
            error(format!("the expression cannot be read: {problem}"), format!("write {wanted}"))
        })?;
        let mut reader = Self { tokens, at: 0, depth: 0, names: Vec::new(), wanted };
        reader.skip_space();
        Ok(reader)
    }

    fn whole(&mut self) -> Result<Part, ConditionError> {
        let part = self.or()?;
        match self.tokens.get(self.at) {
            None => Ok(part),
            Some(_) => Err(self.unexpected()),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.tokens.get(self.at), Some(Token::Whitespace(_))) {
            self.at += 1;
        }
    }

    fn advance(&mut self) {
        self.at += 1;
        self.skip_space();
    }

    /// Takes the token if it is the next one.
    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        if found {
            self.advance();
        }
        found
    }

    /// Takes the keyword if it is the next word.
    fn take_word(&mut self, keyword: Keyword) -> bool {
        let found = self.keyword() == Some(keyword);
        if found {
            self.advance();
        }
        found
    }

    /// The keyword that stands next, if one does. A quoted word is never one.
    fn keyword(&self) -> Option<Keyword> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) if word.quote_style.is_none() => Some(word.keyword),
            _ => None,
        }
    }

    /// The words from `start` to here, as a message quotes them.
    fn quoted(&self, start: usize) -> String {
        let part = self.tokens.get(start..self.at).unwrap_or_default();
        let text: String = part.iter().map(ToString::to_string).collect();
        format!("`{}`", names::printable(text.trim()))
    }

    fn unexpected(&self) -> ConditionError {
        let Some(token) = self.tokens.get(self.at) else {
            return error("the expression ends too early", format!("write {}", self.wanted));
        };
        let shown = names::printable(&token.to_string());
        let (message, help) = match token {
            Token::Mod => ("is not an operator here", "write 90 % as `0.9`"),
            Token::Overlap | Token::StringConcat => {
                ("is not an operator here", "join conditions with `and`, `or` and `not`")
            }
            Token::Word(_) if self.at > 0 => {
                return error(
                    format!("`{shown}` is not expected here"),
                    "join conditions with `and` or `or`; put names with spaces in double quotes",
                );
            }
            _ => {
                ("is not expected here", "there are + - * /, the comparisons = <> < <= > >=, and parentheses")
            }
        };
        error(format!("`{shown}` {message}"), help)
    }

    fn expect(&mut self, token: &Token) -> Result<(), ConditionError> {
        if self.take(token) {
            return Ok(());
        }
        match self.tokens.get(self.at) {
            None => {
                Err(error(format!("a `{token}` is missing at the end"), format!("write {}", self.wanted)))
            }
            Some(_) => Err(self.unexpected()),
        }
    }

    /// Reads something one level deeper.
    fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Part, ConditionError>,
    ) -> Result<Part, ConditionError> {
        if self.depth >= MAX_DEPTH {
            let help = format!("at most {MAX_DEPTH} levels are read");
            return Err(error("the expression is nested too deeply", help));
        }
        self.depth += 1;
        let part = read(self);
        self.depth -= 1;
        part
    }

    fn or(&mut self) -> Result<Part, ConditionError> {
        let start = self.at;
        let mut left = self.and()?;
        while self.keyword() == Some(Keyword::OR) {
            let test = self.test(left, start)?;
            self.advance();
            let start = self.at;
            let right = self.and()?;
            left = Part::Test(Test::Or(Box::new(test), Box::new(self.test(right, start)?)));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Part, ConditionError> {
        let start = self.at;
        let mut left = self.not()?;
        while self.keyword() == Some(Keyword::AND) {
            let test = self.test(left, start)?;
            self.advance();
            let start = self.at;
            let right = self.not()?;
            left = Part::Test(Test::And(Box::new(test), Box::new(self.test(right, start)?)));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Part, ConditionError> {
        if !self.take_word(Keyword::NOT) {
            return self.comparison();
        }
        let start = self.at;
        let inner = self.deeper(Self::not)?;
        Ok(Part::Test(Test::Not(Box::new(self.test(inner, start)?))))
    }

    fn comparison(&mut self) -> Result<Part, ConditionError> {
        let start = self.at;
        let left = self.sum()?;
        if self.take_word(Keyword::IS) {
            let negated = self.take_word(Keyword::NOT);
            if !self.take_word(Keyword::NULL) {
                return Err(error("only `null` can follow `is`", "write `is null` or `is not null`"));
            }
            let test = Test::IsNull(self.scalar(left, start)?);
            return Ok(Part::Test(negated_if(negated, test)));
        }
        let negated = self.take_word(Keyword::NOT);
        if self.take_word(Keyword::BETWEEN) {
            let value = self.number(left, start)?;
            let start = self.at;
            let low = self.sum()?;
            let low = self.number(low, start)?;
            if !self.take_word(Keyword::AND) {
                return Err(error("`between` needs two numbers", "write `value between 0 and 0.2`"));
            }
            let start = self.at;
            let high = self.sum()?;
            let test = Test::Between(value, low, self.number(high, start)?);
            return Ok(Part::Test(negated_if(negated, test)));
        }
        if self.take_word(Keyword::IN) {
            let value = self.scalar(left, start)?;
            self.expect(&Token::LParen)?;
            let mut choices = Vec::new();
            loop {
                let start = self.at;
                let choice = self.sum()?;
                choices.push(self.scalar(choice, start)?);
                if !self.take(&Token::Comma) {
                    break;
                }
            }
            self.expect(&Token::RParen)?;
            return Ok(Part::Test(negated_if(negated, Test::OneOf(value, choices))));
        }
        let Some(relation) = self.tokens.get(self.at).filter(|_| !negated).and_then(relation) else {
            return if negated || self.is_refused_word() { Err(self.refused()) } else { Ok(left) };
        };
        let left = self.scalar(left, start)?;
        self.advance();
        let second = self.at;
        let right = self.sum()?;
        let right = self.scalar(right, second)?;
        if self.tokens.get(self.at).and_then(self::relation).is_some() {
            return Err(error(
                format!("{} is a condition and cannot be compared again", self.quoted(start)),
                "write `between 0 and 1`, or join comparisons with `and`",
            ));
        }
        if relation.is_order() && [&left, &right].into_iter().any(|side| matches!(side, Scalar::Text(_))) {
            let message = format!("{} asks for the order of texts", self.quoted(start));
            return Err(error(message, TEXTS_ARE_EQUAL_OR_NOT));
        }
        Ok(Part::Test(Test::Compare(left, relation, right)))
    }

    fn sum(&mut self) -> Result<Part, ConditionError> {
        let operator = |token: &Token| match token {
            Token::Plus => Some(Arithmetic::Plus),
            Token::Minus => Some(Arithmetic::Minus),
            _ => None,
        };
        self.arithmetic(operator, Self::product)
    }

    fn product(&mut self) -> Result<Part, ConditionError> {
        let operator = |token: &Token| match token {
            Token::Mul => Some(Arithmetic::Times),
            Token::Div => Some(Arithmetic::Divided),
            _ => None,
        };
        self.arithmetic(operator, Self::signed)
    }

    fn arithmetic(
        &mut self,
        operator: impl Fn(&Token) -> Option<Arithmetic>,
        operand: impl Fn(&mut Self) -> Result<Part, ConditionError>,
    ) -> Result<Part, ConditionError> {
        let start = self.at;
        let mut left = operand(self)?;
        while let Some(found) = self.tokens.get(self.at).and_then(&operator) {
            let number = self.number(left, start)?;
            self.advance();
            let start = self.at;
            let right = operand(self)?;
            let right = Box::new(self.number(right, start)?);
            left = Part::Scalar(Scalar::Arithmetic(Box::new(number), found, right));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Part, ConditionError> {
        let negative = match self.tokens.get(self.at) {
            Some(Token::Minus) => true,
            Some(Token::Plus) => false,
            _ => return self.primary(),
        };
        self.advance();
        let start = self.at;
        let inner = self.deeper(Self::signed)?;
        let number = self.number(inner, start)?;
        Ok(Part::Scalar(if negative { Scalar::Negative(Box::new(number)) } else { number }))
    }

    fn primary(&mut self) -> Result<Part, ConditionError> {
        let token = self.tokens.get(self.at).cloned();
        match token {
            Some(Token::LParen) => {
                self.advance();
                let part = self.deeper(Self::or)?;
                self.expect(&Token::RParen)?;
                Ok(part)
            }
            Some(Token::Number(digits, _)) => {
                self.advance();
                match digits.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Part::Scalar(Scalar::Number(number))),
                    _ => Err(error(
                        format!("`{}` is too large a number", names::printable(&digits)),
                        "write a smaller one",
                    )),
                }
            }
            Some(Token::SingleQuotedString(text)) => {
                self.advance();
                Ok(Part::Scalar(Scalar::Text(text)))
            }
            Some(Token::Word(word)) => self.word(word),
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: Word) -> Result<Part, ConditionError> {
        match self.keyword() {
            Some(Keyword::TRUE | Keyword::FALSE) => {
                self.advance();
                return Ok(Part::Test(Test::Known(word.keyword == Keyword::TRUE)));
            }
            Some(Keyword::NULL) => {
                let help = "write `is null` or `is not null`";
                return Err(error("nothing can be computed or compared with `null`", help));
            }
            Some(Keyword::AND | Keyword::OR | Keyword::IS | Keyword::IN | Keyword::BETWEEN) => {
                let message = format!("a value is missing before `{}`", word.value);
                return Err(error(message, format!("write {}", self.wanted)));
            }
            Some(Keyword::NOT) => {
                let message = "`not` stands where a value is needed";
                return Err(error(message, "put a condition after `not` in parentheses"));
            }
            _ if self.is_refused_word() => return Err(self.refused()),
            _ => {}
        }
        self.advance();
        let mut name = word.value;
        while self.take(&Token::Period) {
            let Some(Token::Word(part)) = self.tokens.get(self.at) else { return Err(self.unexpected()) };
            name.push('.');
            name.push_str(&part.value);
            self.advance();
        }
        if self.tokens.get(self.at) == Some(&Token::LParen) {
            let message = format!("`{}(…)` is a function, and there are none here", names::printable(&name));
            return Err(error(message, "make a measure or a metric of what needs one"));
        }
        let position = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        Ok(Part::Scalar(Scalar::Name(position)))
    }

    /// Whether a word of SQL that is not part of conditions stands next.
    fn is_refused_word(&self) -> bool {
        matches!(
            self.keyword(),
            Some(
                Keyword::CASE
                    | Keyword::SELECT
                    | Keyword::WITH
                    | Keyword::EXISTS
                    | Keyword::LIKE
                    | Keyword::ILIKE
                    | Keyword::RLIKE
                    | Keyword::REGEXP
                    | Keyword::SIMILAR
                    | Keyword::CAST
                    | Keyword::TRY_CAST
                    | Keyword::INTERVAL
                    | Keyword::CURRENT_DATE
                    | Keyword::CURRENT_TIME
                    | Keyword::CURRENT_TIMESTAMP
                    | Keyword::XOR
            )
        )
    }

    fn refused(&self) -> ConditionError {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return self.unexpected() };
        let what = match word.keyword {
            Keyword::SELECT | Keyword::WITH | Keyword::EXISTS => "a sub-query",
            Keyword::LIKE | Keyword::ILIKE | Keyword::RLIKE | Keyword::REGEXP | Keyword::SIMILAR => {
                "a text pattern"
            }
            Keyword::CAST | Keyword::TRY_CAST => "a cast",
            Keyword::INTERVAL
            | Keyword::CURRENT_DATE
            | Keyword::CURRENT_TIME
            | Keyword::CURRENT_TIMESTAMP => "about dates",
            _ => "more of SQL",
        };
        error(
            format!("`{}` is {what}, which is not allowed here", names::printable(&word.value)),
            "there are + - * /, comparisons, `between`, `in`, `is null`, `and`, `or` and `not`; make a metric of \
             what needs more, and put a name that is a word of SQL in double quotes",
        )
    }

    /// `part`, which began at `start`, as a condition.
    fn test(&self, part: Part, start: usize) -> Result<Test, ConditionError> {
        match part {
            Part::Test(test) => Ok(test),
            Part::Scalar(_) => Err(error(
                format!("{} is a value, not a condition", self.quoted(start)),
                "compare it with something, as in `revenue > 0`, or ask whether it `is null`",
            )),
        }
    }

    /// `part`, which began at `start`, as a value.
    fn scalar(&self, part: Part, start: usize) -> Result<Scalar, ConditionError> {
        match part {
            Part::Scalar(scalar) => Ok(scalar),
            Part::Test(_) => Err(error(
                format!("{} is a condition where a value is needed", self.quoted(start)),
                "write a number, a name, or arithmetic with them",
            )),
        }
    }

    /// `part`, which began at `start`, as a value that may take part in arithmetic.
    fn number(&self, part: Part, start: usize) -> Result<Scalar, ConditionError> {
        match self.scalar(part, start)? {
            Scalar::Text(_) => Err(error(
                format!("{} is a text where a number is needed", self.quoted(start)),
                format!("{TEXTS_ARE_EQUAL_OR_NOT}; names stand without single quotes"),
            )),
            scalar => Ok(scalar),
        }
    }
}

fn relation(token: &Token) -> Option<Relation> {
    Some(match token {
        Token::Eq | Token::DoubleEq => Relation::Equal,
        Token::Neq => Relation::NotEqual,
        Token::Lt => Relation::Less,
        Token::LtEq => Relation::LessOrEqual,
        Token::Gt => Relation::Greater,
        Token::GtEq => Relation::GreaterOrEqual,
        _ => return None,
    })
}

fn negated_if(negated: bool, test: Test) -> Test {
    if negated { Test::Not(Box::new(test)) } else { test }
}
