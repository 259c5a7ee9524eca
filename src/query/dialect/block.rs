//! Plans as query blocks: each node goes into the block of the one below where SQL allows it, and around it where
//! not.

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::logical_plan::{FetchType, SkipType};
use datafusion::logical_expr::{Distinct, Expr, Join, JoinType, LogicalPlan, SortExpr, TableScan};

use super::expression::{Scope, ScopedColumn, Writer};
use super::{Dialect, no_equal, quoted};
use crate::query::QueryError;
use crate::sources::RemoteTable;

/// What blocks inside of others are called; each has only one inside, so they need no numbers.
const INNER: &str = "t";

/// The whole statement.
pub(super) fn write(plan: &LogicalPlan, dialect: &dyn Dialect) -> Result<String, QueryError> {
    let block = Blocks { dialect }.of(plan)?;
    // Groups are made of the values themselves, not of how they travel.
    let block = if block.grouped.is_some() || block.distinct { block.nested(INNER, dialect)? } else { block };
    block.select(dialect, true)
}

struct Blocks<'a> {
    dialect: &'a dyn Dialect,
}

/// A `SELECT` in the making.
struct Block {
    from: String,
    /// Whether `from` is one table and nothing else, which can be called anything.
    table: Option<String>,
    scope: Scope,
    conditions: Vec<String>,
    /// The columns that are given, over those of the scope; all of them for `None`.
    items: Option<Vec<Item>>,
    /// Of how many items, the first ones, groups are made.
    grouped: Option<usize>,
    distinct: bool,
    order: Vec<String>,
    skip: usize,
    limit: Option<usize>,
}

struct Item {
    expression: Expr,
    relation: Option<TableReference>,
    name: String,
}

impl Block {
    fn over(from: String, scope: Scope) -> Self {
        Self {
            from,
            table: None,
            scope,
            conditions: Vec::new(),
            items: None,
            grouped: None,
            distinct: false,
            order: Vec::new(),
            skip: 0,
            limit: None,
        }
    }

    fn is_cut(&self) -> bool {
        self.limit.is_some() || self.skip > 0
    }

    /// Whether it is nothing but rows of tables, perhaps fewer of them.
    fn is_plain(&self) -> bool {
        self.items.is_none() && !self.distinct && self.order.is_empty() && !self.is_cut()
    }

    /// What its columns are called, as others see them.
    fn given(&self) -> Vec<(Option<TableReference>, String)> {
        if let Some(items) = &self.items {
            return items.iter().map(|item| (item.relation.clone(), item.name.clone())).collect();
        }
        self.scope.columns.iter().map(|column| (column.relation.clone(), column.name.clone())).collect()
    }

    /// The schema of its columns.
    fn schema(&self) -> Result<DFSchema, QueryError> {
        let Some(items) = &self.items else { return Ok(self.scope.schema.clone()) };
        let mut fields = Vec::with_capacity(items.len());
        for item in items {
            use datafusion::logical_expr::ExprSchemable as _;
            let (_, field) = item.expression.to_field(&self.scope.schema)?;
            let field = field.as_ref().clone().with_name(&item.name);
            fields.push((item.relation.clone(), std::sync::Arc::new(field)));
        }
        Ok(DFSchema::new_with_metadata(fields, std::collections::HashMap::new())?)
    }

    /// The names of its columns at the source: their own, where they are short and no other has them.
    fn names(&self, dialect: &dyn Dialect) -> Vec<String> {
        let given = self.given();
        let name = |(place, (_, name)): (usize, &(Option<TableReference>, String))| {
            let alone = given.iter().filter(|(_, other)| other == name).count() == 1;
            if alone && name.len() <= dialect.longest_name() { name.clone() } else { format!("__{place}") }
        };
        given.iter().enumerate().map(name).collect()
    }

    /// The block inside of another, which sees its columns.
    fn nested(self, alias: &str, dialect: &dyn Dialect) -> Result<Self, QueryError> {
        let names = self.names(dialect);
        let columns = self.given().into_iter().zip(&names).map(|((relation, name), column)| ScopedColumn {
            relation,
            name,
            sql: format!("{}.{}", quoted(alias), quoted(column)),
        });
        let scope = Scope { columns: columns.collect(), schema: self.schema()? };
        let inner = self.select(dialect, false)?;
        Ok(Self::over(format!("({}) AS {}", indented(&inner), quoted(alias)), scope))
    }

    /// The text. The columns of the outermost block are written as they travel.
    fn select(&self, dialect: &dyn Dialect, outermost: bool) -> Result<String, QueryError> {
        let writer = Writer { dialect, scope: &self.scope };
        let expressions: Vec<Expr> = if let Some(items) = &self.items {
            items.iter().map(|item| item.expression.clone()).collect()
        } else {
            let columns = self.scope.columns.iter();
            columns.map(|one| Expr::Column(Column::new(one.relation.clone(), &one.name))).collect()
        };
        if expressions.is_empty() {
            return Err(no_equal("a query without columns", dialect));
        }
        let mut items = Vec::with_capacity(expressions.len());
        for (expression, name) in expressions.iter().zip(self.names(dialect)) {
            let operand = writer.operand(expression)?;
            let sql = if outermost {
                let travels = dialect.answered(&operand);
                travels.ok_or_else(|| no_equal(format!("an answer of {}", operand.data_type), dialect))?
            } else {
                operand.sql
            };
            items.push(format!("{sql} AS {}", quoted(&name)));
        }
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        let mut text = format!("SELECT {distinct}{}\nFROM {}", items.join(", "), self.from);
        if !self.conditions.is_empty() {
            put(&mut text, format_args!("\nWHERE {}", self.conditions.join("\n  AND ")));
        }
        if let Some(groups) = self.grouped.filter(|groups| *groups > 0) {
            let places: Vec<String> = (1..=groups).map(|place| place.to_string()).collect();
            put(&mut text, format_args!("\nGROUP BY {}", places.join(", ")));
        }
        if !self.order.is_empty() {
            put(&mut text, format_args!("\nORDER BY {}", self.order.join(", ")));
        }
        if let Some(limit) = self.limit {
            put(&mut text, format_args!("\nLIMIT {limit}"));
        }
        if self.skip > 0 {
            put(&mut text, format_args!("\nOFFSET {}", self.skip));
        }
        Ok(text)
    }
}

/// Appends; writing into a text cannot fail.
pub(super) fn put(text: &mut String, more: std::fmt::Arguments<'_>) {
    use std::fmt::Write as _;

    let _ = text.write_fmt(more);
}

/// Each line further to the right, so that people see what is inside of what.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

impl Blocks<'_> {
    fn of(&self, plan: &LogicalPlan) -> Result<Block, QueryError> {
        match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::Filter(filter) => {
                let mut block = self.of(&filter.input)?;
                if !block.is_plain() {
                    block = block.nested(INNER, self.dialect)?;
                }
                block.table = None;
                let condition =
                    Writer { dialect: self.dialect, scope: &block.scope }.sql(&filter.predicate)?;
                block.conditions.push(condition);
                Ok(block)
            }
            LogicalPlan::Projection(projection) => {
                let block = self.of(&projection.input)?;
                let items = named(&projection.expr, &projection.schema);
                self.project(block, items)
            }
            LogicalPlan::Aggregate(aggregate) => {
                let mut block = self.of(&aggregate.input)?;
                if !block.is_plain() {
                    block = block.nested(INNER, self.dialect)?;
                }
                if aggregate.group_expr.iter().any(|group| matches!(group, Expr::GroupingSet(_))) {
                    return Err(no_equal("grouping sets", self.dialect));
                }
                let expressions: Vec<Expr> =
                    aggregate.group_expr.iter().chain(&aggregate.aggr_expr).cloned().collect();
                block.table = None;
                block.items = Some(named(&expressions, &aggregate.schema));
                block.grouped = Some(aggregate.group_expr.len());
                Ok(block)
            }
            LogicalPlan::Sort(sort) => {
                let block = self.of(&sort.input)?.nested(INNER, self.dialect)?;
                self.sorted(block, &sort.expr, sort.fetch)
            }
            LogicalPlan::Limit(limit) => {
                let mut block = self.of(&limit.input)?;
                let (SkipType::Literal(skip), FetchType::Literal(fetch)) =
                    (limit.get_skip_type()?, limit.get_fetch_type()?)
                else {
                    return Err(no_equal("a computed LIMIT", self.dialect));
                };
                if block.is_cut() {
                    block = block.nested(INNER, self.dialect)?;
                }
                block.table = None;
                (block.skip, block.limit) = (skip, fetch);
                Ok(block)
            }
            LogicalPlan::SubqueryAlias(alias) => {
                let block = self.of(&alias.input)?;
                let columns = block.given().len();
                let mut block = match &block.table {
                    Some(table) => {
                        let columns = block.scope.columns.iter().map(|column| {
                            let own =
                                column.sql.replacen(&own_alias(&block.from), &quoted(alias.alias.table()), 1);
                            ScopedColumn { sql: own, ..column.clone() }
                        });
                        let scope = Scope { columns: columns.collect(), schema: block.scope.schema.clone() };
                        let mut renamed =
                            Block::over(format!("{table} AS {}", quoted(alias.alias.table())), scope);
                        renamed.table = Some(table.clone());
                        renamed
                    }
                    None => block.nested(alias.alias.table(), self.dialect)?,
                };
                debug_assert_eq!(columns, block.scope.columns.len());
                for column in &mut block.scope.columns {
                    column.relation = Some(alias.alias.clone());
                }
                block.scope.schema = alias.schema.as_ref().clone();
                Ok(block)
            }
            LogicalPlan::Join(join) => self.join(join),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let mut block = self.of(input)?;
                if block.grouped.is_some() || block.is_cut() || !block.order.is_empty() {
                    block = block.nested(INNER, self.dialect)?;
                }
                block.table = None;
                block.distinct = true;
                Ok(block)
            }
            LogicalPlan::Union(union) => {
                let mut texts = Vec::new();
                let mut names = Vec::new();
                for (place, input) in union.inputs.iter().enumerate() {
                    let block = self.of(input)?;
                    if place == 0 {
                        names = block.names(self.dialect);
                    }
                    texts.push(block.select(self.dialect, false)?);
                }
                let fields = union.schema.iter().zip(names);
                let columns = fields.map(|((relation, field), name)| ScopedColumn {
                    relation: relation.cloned(),
                    name: field.name().clone(),
                    sql: format!("{}.{}", quoted(INNER), quoted(&name)),
                });
                let scope = Scope { columns: columns.collect(), schema: union.schema.as_ref().clone() };
                let whole = indented(&texts.join("\nUNION ALL\n"));
                Ok(Block::over(format!("({whole}) AS {}", quoted(INNER)), scope))
            }
            other => Err(no_equal(format!("`{}`", other.display()), self.dialect)),
        }
    }

    fn scan(&self, scan: &TableScan) -> Result<Block, QueryError> {
        let provider = source_as_provider(&scan.source)?;
        let table = provider
            .downcast_ref::<RemoteTable>()
            .ok_or_else(|| no_equal(format!("the table `{}`", scan.table_name), self.dialect))?;
        let alias = quoted(scan.table_name.table());
        let mut columns = Vec::new();
        for (relation, field) in scan.projected_schema.iter() {
            let known = table
                .column(field.name())
                .ok_or_else(|| no_equal(format!("the column `{}`", field.name()), self.dialect))?;
            let sql = format!("{alias}.{}", quoted(&known.name));
            let sql = match (known.as_text, self.dialect.type_name(field.data_type())) {
                (true, Some(text)) => format!("CAST({sql} AS {text})"),
                _ => sql,
            };
            // Here and nowhere else: rules, groups, joins and distinct counts are all over what is read here.
            let sql = if known.is_collated { self.dialect.told_apart(&sql) } else { sql };
            columns.push(ScopedColumn { relation: relation.cloned(), name: field.name().clone(), sql });
        }
        let scope = Scope { columns, schema: scan.projected_schema.as_ref().clone() };
        let name: Vec<String> = table.path.iter().map(|part| quoted(part)).collect();
        let mut block = Block::over(format!("{} AS {alias}", name.join(".")), scope);
        block.table = Some(name.join("."));
        for filter in &scan.filters {
            let condition = Writer { dialect: self.dialect, scope: &block.scope }.sql(filter)?;
            block.conditions.push(condition);
            block.table = None;
        }
        block.limit = scan.fetch;
        Ok(block)
    }

    /// The columns `items`, over those that `block` gives.
    fn project(&self, mut block: Block, items: Vec<Item>) -> Result<Block, QueryError> {
        block.table = None;
        let Some(below) = &block.items else {
            block.items = Some(items);
            return Ok(block);
        };
        let free = !block.distinct && !block.is_cut() && block.order.is_empty();
        let merged = if free { merged(below, block.grouped, &items)? } else { None };
        if let Some(items) = merged {
            block.items = Some(items);
            return Ok(block);
        }
        let mut block = block.nested(INNER, self.dialect)?;
        block.items = Some(items);
        Ok(block)
    }

    fn sorted(&self, mut block: Block, keys: &[SortExpr], fetch: Option<usize>) -> Result<Block, QueryError> {
        let writer = Writer { dialect: self.dialect, scope: &block.scope };
        let keys = keys.iter().map(|key| writer.sort_key(&key.expr, key.asc, key.nulls_first));
        block.order = keys.collect::<Result<_, _>>()?;
        block.limit = fetch;
        Ok(block)
    }

    fn join(&self, join: &Join) -> Result<Block, QueryError> {
        let word = match join.join_type {
            JoinType::Inner => "JOIN",
            JoinType::Left => "LEFT JOIN",
            other => return Err(no_equal(format!("a {other} join"), self.dialect)),
        };
        let (mut left, mut right) = (self.of(&join.left)?, self.of(&join.right)?);
        if !left.is_plain() {
            left = left.nested(INNER, self.dialect)?;
        }
        // What is left out of the joined table is left out before it is joined.
        if !(right.is_plain() && right.conditions.is_empty()) {
            right = right.nested("r", self.dialect)?;
        }
        let columns = left.scope.columns.iter().chain(&right.scope.columns).cloned().collect();
        let scope = Scope { columns, schema: left.scope.schema.join(&right.scope.schema)? };
        let writer = Writer { dialect: self.dialect, scope: &scope };
        let mut tests = Vec::new();
        for (one, other) in &join.on {
            tests.push(format!("{} = {}", writer.sql(one)?, writer.sql(other)?));
        }
        if let Some(filter) = &join.filter {
            tests.push(writer.sql(filter)?);
        }
        if tests.is_empty() {
            return Err(no_equal("a join without a condition", self.dialect));
        }
        let from = format!("{}\n{word} {} ON {}", left.from, right.from, tests.join(" AND "));
        Ok(Block { conditions: left.conditions, ..Block::over(from, scope) })
    }
}

/// The alias at the end of `table AS "alias"`.
fn own_alias(from: &str) -> String {
    from.rsplit_once(" AS ").map_or_else(String::new, |(_, alias)| alias.to_owned())
}

/// Expressions by the names that a node gives them.
fn named(expressions: &[Expr], schema: &DFSchema) -> Vec<Item> {
    let fields = schema.iter().zip(expressions);
    let item = |((relation, field), expression): ((Option<&TableReference>, _), &Expr)| {
        let field: &std::sync::Arc<datafusion::arrow::datatypes::Field> = field;
        Item {
            expression: expression.clone().unalias_nested().data,
            relation: relation.cloned(),
            name: field.name().clone(),
        }
    };
    fields.map(item).collect()
}

/// `items` over the columns that `below` is over, unless something would be computed twice or a group be lost.
fn merged(below: &[Item], grouped: Option<usize>, items: &[Item]) -> Result<Option<Vec<Item>>, QueryError> {
    let mut uses = vec![0; below.len()];
    let place = |column: &Column| {
        let named = |item: &&Item| item.name == column.name;
        let is =
            |item: &Item| named(&item) && (column.relation.is_none() || item.relation == column.relation);
        below.iter().position(is)
    };
    let mut over = Vec::with_capacity(items.len());
    for item in items {
        let expression = item.expression.clone().transform(|part| {
            Ok(match &part {
                Expr::Column(column) => match place(column) {
                    Some(place) => {
                        if let Some(uses) = uses.get_mut(place) {
                            *uses += 1;
                        }
                        let below = below.get(place).map(|item| item.expression.clone());
                        // What was put in is not looked through again: its columns are those further below.
                        Transformed::new(
                            below.unwrap_or(part),
                            true,
                            datafusion::common::tree_node::TreeNodeRecursion::Jump,
                        )
                    }
                    None => Transformed::no(part),
                },
                _ => Transformed::no(part),
            })
        });
        over.push(Item {
            expression: expression.data()?,
            relation: item.relation.clone(),
            name: item.name.clone(),
        });
    }
    let cheap = |item: &Item| matches!(item.expression, Expr::Column(_) | Expr::Literal(..));
    if below.iter().zip(&uses).any(|(item, uses)| *uses > 1 && !cheap(item)) {
        return Ok(None);
    }
    if let Some(groups) = grouped {
        // The groups come first, each as it is: they are named by their place.
        let in_place =
            items.iter().take(groups).enumerate().all(
                |(at, item)| matches!(&item.expression, Expr::Column(column) if place(column) == Some(at)),
            );
        if !in_place || items.len() < groups || uses.iter().take(groups).any(|uses| *uses != 1) {
            return Ok(None);
        }
    }
    Ok(Some(over))
}
