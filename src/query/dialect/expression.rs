//! Expressions in the words of a source.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DFSchema, ScalarValue, TableReference};
use datafusion::logical_expr::expr::{AggregateFunction, InList};
use datafusion::logical_expr::{Between, BinaryExpr, Case, Expr, ExprSchemable, Like, Operator};

use super::block::put;
use super::{Dialect, Operand, Span, cast, function, is_text, literal, no_equal, plain};
use crate::query::QueryError;

/// What columns are called at the source, in one query block.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub columns: Vec<ScopedColumn>,
    pub schema: DFSchema,
}

#[derive(Debug, Clone)]
pub(super) struct ScopedColumn {
    pub relation: Option<TableReference>,
    pub name: String,
    pub sql: String,
}

impl Scope {
    fn sql(&self, column: &Column) -> Option<&str> {
        let named = |known: &&ScopedColumn| known.name == column.name;
        let among = || self.columns.iter().filter(named);
        let found = if column.relation.is_some() {
            among().find(|known| known.relation == column.relation)
        } else {
            among().find(|known| known.relation.is_none()).or_else(|| among().next())
        };
        found.map(|known| known.sql.as_str())
    }
}

/// Writes expressions over the columns of one block.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub dialect: &'a dyn Dialect,
    pub scope: &'a Scope,
}

impl Writer<'_> {
    /// An expression and its type.
    pub(super) fn operand(&self, expression: &Expr) -> Result<Operand, QueryError> {
        let data_type = plain(&expression.get_type(&self.scope.schema)?).clone();
        let value = match expression {
            Expr::Literal(value, _) => Some(value.clone()),
            // As types are made explicit, a number may be converted that is one of another width.
            Expr::Cast(cast) => match cast.expr.as_ref() {
                Expr::Literal(value, _) => value.cast_to(&data_type).ok(),
                _ => None,
            },
            _ => None,
        };
        Ok(Operand { sql: self.sql(expression)?, data_type, value })
    }

    /// An expression that can stand beside any operator.
    pub(super) fn sql(&self, expression: &Expr) -> Result<String, QueryError> {
        let no_equal = |what: &str| no_equal(what, self.dialect);
        Ok(match expression {
            Expr::Alias(alias) => self.sql(&alias.expr)?,
            Expr::Column(column) => {
                let sql = self.scope.sql(column).ok_or_else(|| no_equal(&format!("`{column}`")))?;
                sql.to_owned()
            }
            Expr::Literal(value, _) => literal::write(value, self.dialect)?,
            Expr::BinaryExpr(binary) => self.binary(binary)?,
            Expr::Like(like) => self.like(like)?,
            Expr::Not(inner) => format!("(NOT {})", self.sql(inner)?),
            Expr::IsNull(inner) | Expr::IsUnknown(inner) => format!("({} IS NULL)", self.sql(inner)?),
            Expr::IsNotNull(inner) | Expr::IsNotUnknown(inner) => {
                format!("({} IS NOT NULL)", self.sql(inner)?)
            }
            Expr::IsTrue(inner) => format!("COALESCE({}, FALSE)", self.sql(inner)?),
            Expr::IsFalse(inner) => format!("COALESCE(NOT {}, FALSE)", self.sql(inner)?),
            Expr::IsNotTrue(inner) => format!("(NOT COALESCE({}, FALSE))", self.sql(inner)?),
            Expr::IsNotFalse(inner) => format!("COALESCE({}, TRUE)", self.sql(inner)?),
            Expr::Negative(inner) => format!("(- {})", self.sql(inner)?),
            Expr::Between(between) => self.between(between)?,
            Expr::Case(case) => self.case(case)?,
            Expr::Cast(converted) => {
                cast::write(&self.operand(&converted.expr)?, converted.field.data_type(), self.dialect)?
            }
            Expr::InList(list) => self.in_list(list)?,
            Expr::ScalarFunction(call) => {
                let arguments = self.operands(&call.args)?;
                function::scalar(call.func.as_ref(), &arguments, self.dialect)?
            }
            Expr::AggregateFunction(call) => self.aggregate(call, expression)?,
            Expr::TryCast(_) => return Err(no_equal("`try_cast`")),
            Expr::SimilarTo(_) => return Err(no_equal("`similar to`")),
            Expr::WindowFunction(_) => return Err(no_equal("a window function")),
            Expr::Exists(_) | Expr::InSubquery(_) | Expr::ScalarSubquery(_) | Expr::SetComparison(_) => {
                return Err(no_equal("a sub-query in an expression"));
            }
            other => return Err(no_equal(&format!("`{other}`"))),
        })
    }

    fn operands(&self, expressions: &[Expr]) -> Result<Vec<Operand>, QueryError> {
        expressions.iter().map(|expression| self.operand(expression)).collect()
    }

    fn binary(&self, binary: &BinaryExpr) -> Result<String, QueryError> {
        if let Some(moved) = self.moved(binary)? {
            return Ok(moved);
        }
        let (left, right) = (self.operand(&binary.left)?, self.operand(&binary.right)?);
        let whole = left.data_type.is_integer() && right.data_type.is_integer();
        let sign = match binary.op {
            Operator::Divide if whole => return Ok(self.dialect.whole_division(&left.sql, &right.sql)),
            Operator::Modulo if !whole => {
                return Err(no_equal("`%` of other than whole numbers", self.dialect));
            }
            Operator::IsDistinctFrom => "IS DISTINCT FROM",
            Operator::IsNotDistinctFrom => "IS NOT DISTINCT FROM",
            Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq if left.is_text() => {
                let left = self.dialect.by_bytes(&left.sql);
                return Ok(format!("({left} {} {})", binary.op, right.sql));
            }
            Operator::Eq => "=",
            Operator::NotEq => "<>",
            Operator::Lt => "<",
            Operator::LtEq => "<=",
            Operator::Gt => ">",
            Operator::GtEq => ">=",
            Operator::Plus if left.data_type.is_numeric() => "+",
            Operator::Minus if left.data_type.is_numeric() => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::And => "AND",
            Operator::Or => "OR",
            Operator::StringConcat => "||",
            other => {
                let what = format!("`{other}` of {} and {}", left.data_type, right.data_type);
                return Err(no_equal(what, self.dialect));
            }
        };
        Ok(format!("({} {sign} {})", left.sql, right.sql))
    }

    /// A day or a time with a span of time added to it or taken off, if it is one.
    fn moved(&self, binary: &BinaryExpr) -> Result<Option<String>, QueryError> {
        let span = |side: &Expr| match side {
            Expr::Literal(value, _) => Span::of(value),
            _ => None,
        };
        let (time, span) = match (binary.op, span(&binary.left), span(&binary.right)) {
            (Operator::Plus, None, Some(span)) => (&binary.left, span),
            (Operator::Plus, Some(span), None) => (&binary.right, span),
            (Operator::Minus, None, Some(span)) => (&binary.left, span.negative()),
            _ => return Ok(None),
        };
        let time = self.operand(time)?;
        let is_whole = span.nanos == 0;
        match &time.data_type {
            DataType::Date32 if is_whole => {}
            DataType::Timestamp(_, None) => {}
            other => return Err(no_equal(format!("{other} and a span of time"), self.dialect)),
        }
        Ok(Some(self.dialect.moved(&time, span)))
    }

    fn like(&self, like: &Like) -> Result<String, QueryError> {
        let word = match (like.negated, like.case_insensitive) {
            (false, false) => "LIKE",
            (true, false) => "NOT LIKE",
            (false, true) => "ILIKE",
            (true, true) => "NOT ILIKE",
        };
        let (text, pattern) = (self.sql(&like.expr)?, self.operand(&like.pattern)?);
        // What escapes in a pattern differs between sources, unless it is said.
        let escape = like.escape_char.unwrap_or('\\');
        let escape = literal::write(&ScalarValue::from(escape.to_string()), self.dialect)?;
        Ok(format!("({text} {word} {} ESCAPE {escape})", pattern.sql))
    }

    fn between(&self, between: &Between) -> Result<String, QueryError> {
        let value = self.operand(&between.expr)?;
        let (low, high) = (self.sql(&between.low)?, self.sql(&between.high)?);
        let value = if value.is_text() { self.dialect.by_bytes(&value.sql) } else { value.sql };
        let word = if between.negated { "NOT BETWEEN" } else { "BETWEEN" };
        Ok(format!("({value} {word} {low} AND {high})"))
    }

    fn case(&self, case: &Case) -> Result<String, QueryError> {
        let mut sql = "CASE".to_owned();
        if let Some(of) = &case.expr {
            sql.push(' ');
            sql.push_str(&self.sql(of)?);
        }
        for (when, then) in &case.when_then_expr {
            put(&mut sql, format_args!(" WHEN {} THEN {}", self.sql(when)?, self.sql(then)?));
        }
        if let Some(otherwise) = &case.else_expr {
            put(&mut sql, format_args!(" ELSE {}", self.sql(otherwise)?));
        }
        sql.push_str(" END");
        Ok(sql)
    }

    fn in_list(&self, list: &InList) -> Result<String, QueryError> {
        let members = list.list.iter().map(|member| self.sql(member)).collect::<Result<Vec<_>, _>>()?;
        if members.is_empty() {
            return Ok(if list.negated { "TRUE" } else { "FALSE" }.to_owned());
        }
        let word = if list.negated { "NOT IN" } else { "IN" };
        Ok(format!("({} {word} ({}))", self.sql(&list.expr)?, members.join(", ")))
    }

    fn aggregate(&self, call: &AggregateFunction, whole: &Expr) -> Result<String, QueryError> {
        let parameters = &call.params;
        let name = call.func.name();
        if parameters.null_treatment.is_some() {
            return Err(no_equal(format!("`{name}` with a treatment of NULL"), self.dialect));
        }
        let returns = whole.get_type(&self.scope.schema)?;
        let mut arguments = self.operands(&parameters.args)?;
        let mut filter = String::new();
        if let Some(condition) = &parameters.filter {
            let condition = self.sql(condition)?;
            if self.dialect.has_filter() {
                filter = format!(" FILTER (WHERE {condition})");
            } else if let Some(first) = arguments.first_mut() {
                // Aggregates pass over missing values; a literal such as that of `count(*)` is none.
                first.sql = format!("CASE WHEN {condition} THEN {} END", first.sql);
                first.value = None;
            }
        }
        let sorted = match parameters.order_by.as_slice() {
            [] => None,
            [sort] => Some((self.operand(&sort.expr)?, sort.asc)),
            _ => return Err(no_equal(format!("`{name}` in an order of several columns"), self.dialect)),
        };
        let call = function::Aggregate { name, arguments: &arguments, distinct: parameters.distinct, sorted };
        Ok(format!("{}{filter}", call.write(&returns, self.dialect)?))
    }

    /// A key to sort by.
    pub(super) fn sort_key(
        &self,
        key: &Expr,
        ascending: bool,
        nulls_first: bool,
    ) -> Result<String, QueryError> {
        let key = self.operand(key)?;
        let sql = if is_text(&key.data_type) { self.dialect.by_bytes(&key.sql) } else { key.sql };
        let direction = if ascending { "ASC" } else { "DESC" };
        let nulls = if nulls_first { "FIRST" } else { "LAST" };
        Ok(format!("{sql} {direction} NULLS {nulls}"))
    }
}

/// Whether values of a type are whole days, or moments.
pub(super) fn is_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Timestamp(..))
}
