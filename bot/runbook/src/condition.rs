//! A condition is compiled when the page is loaded, so that a mistake in it is told to its author and not to the person
//! who has an incident.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cel::common::ast::{EntryExpr, Expr};
use cel::parser::Expression;
use cel::{Context, ExecutionError, Program};
use incident::Value;

/// The functions that conditions may call. Operators have names that begin with a sign.
const FUNCTIONS: &[&str] = &[
    "contains",
    "double",
    "endsWith",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
];

/// A CEL condition over a finding.
#[derive(Clone)]
pub struct Condition {
    source: String,
    program: Arc<Program>,
    facts: BTreeSet<String>,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Condition").field(&self.source).finish()
    }
}

/// What is wrong with a condition; the place is within its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadCondition {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) what: String,
    pub(crate) cure: String,
}

/// What a condition says of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It holds.
    Yes,
    /// It does not hold or could not be decided; the reason is for people.
    No(String),
}

impl Condition {
    /// Compiles a condition that may use the variables named.
    pub(crate) fn compile(source: &str, variables: &[&str]) -> Result<Self, BadCondition> {
        let program = Program::compile(source).map_err(|errors| {
            let first = errors.errors.first();
            let count = |n: isize| usize::try_from(n).unwrap_or(1).max(1);
            let (line, column) =
                first.map_or((1, 1), |error| (count(error.pos.0), count(error.pos.1)));
            let said = first.map_or("", |error| error.msg.trim_start_matches("Syntax error: "));
            // The rest of the message lists every token there is.
            let said = said.split(" expecting ").next().unwrap_or(said);
            let said = said.replace("mismatched input '<EOF>'", "it ends too early");
            BadCondition {
                line,
                column,
                what: format!("the condition cannot be read: {said}"),
                cure: "write it like `finding.path.startsWith(\"/usr/\")`".to_owned(),
            }
        })?;
        let mut names = Names::default();
        names.gather(program.expression(), &mut Vec::new());
        let whole = |what: String, cure: String| BadCondition {
            line: 1,
            column: 1,
            what,
            cure,
        };
        if let Some(name) = names
            .variables
            .iter()
            .find(|name| !variables.contains(&name.as_str()))
        {
            return Err(whole(
                format!("a condition here cannot see {name:?}"),
                format!("it can see {}", variables.join(", ")),
            ));
        }
        if let Some(name) = names
            .functions
            .iter()
            .find(|name| !FUNCTIONS.contains(&name.as_str()))
        {
            return Err(whole(
                format!("a condition has no function {name:?}"),
                format!("it has {}", FUNCTIONS.join(", ")),
            ));
        }
        Ok(Self {
            source: source.to_owned(),
            program: Arc::new(program),
            facts: names.facts,
        })
    }

    /// The condition as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The facts of the finding that it looks at.
    #[must_use]
    pub fn facts(&self) -> &BTreeSet<String> {
        &self.facts
    }

    /// Asks it. Never an error: what cannot be decided does not hold, with the reason.
    pub(crate) fn ask(&self, scope: &Scope) -> Answer {
        match self.program.execute(&scope.0) {
            Ok(cel::Value::Bool(true)) => Answer::Yes,
            Ok(cel::Value::Bool(false)) => {
                Answer::No(format!("its condition does not hold: {}", self.source))
            }
            Ok(_) => Answer::No(format!(
                "its condition gives neither yes nor no: {}",
                self.source
            )),
            Err(ExecutionError::NoSuchKey(name)) => {
                Answer::No(format!("the finding has no fact `{name}`"))
            }
            Err(error) => Answer::No(format!("its condition could not be decided: {error}")),
        }
    }
}

/// What conditions can see, made once for a finding.
pub(crate) struct Scope(Context<'static, 'static>);

impl Scope {
    /// Only `finding`.
    pub(crate) fn of(facts: &BTreeMap<String, Value>) -> Self {
        let mut context = Context::default();
        let map: HashMap<String, cel::Value> = facts
            .iter()
            .map(|(name, value)| (name.clone(), cel_value(value)))
            .collect();
        context.add_variable_from_value("finding", map);
        Self(context)
    }

    /// `finding`, and a list of texts under a name.
    pub(crate) fn with(mut self, name: &str, texts: Vec<String>) -> Self {
        self.0.add_variable_from_value(name, texts);
        self
    }
}

fn cel_value(value: &Value) -> cel::Value {
    match value {
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(list) => list.clone().into(),
    }
}

/// The names that an expression uses.
#[derive(Default)]
struct Names {
    facts: BTreeSet<String>,
    variables: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Names {
    /// Walks the expression; `bound` are the variables that its macros introduce.
    fn gather(&mut self, expression: &Expression, bound: &mut Vec<String>) {
        match &expression.expr {
            Expr::Ident(name) => {
                if !name.starts_with('@') && !bound.contains(name) {
                    self.variables.insert(name.clone());
                }
            }
            Expr::Select(select) => {
                if matches!(&select.operand.expr, Expr::Ident(name) if name == "finding") {
                    self.facts.insert(select.field.clone());
                }
                self.gather(&select.operand, bound);
            }
            Expr::Call(call) => {
                if call
                    .func_name
                    .starts_with(|c: char| c.is_ascii_alphabetic())
                {
                    self.functions.insert(call.func_name.clone());
                }
                for part in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                    self.gather(part, bound);
                }
            }
            Expr::Comprehension(comprehension) => {
                self.gather(&comprehension.iter_range, bound);
                self.gather(&comprehension.accu_init, bound);
                let before = bound.len();
                bound.push(comprehension.iter_var.clone());
                bound.extend(comprehension.iter_var2.clone());
                bound.push(comprehension.accu_var.clone());
                self.gather(&comprehension.loop_cond, bound);
                self.gather(&comprehension.loop_step, bound);
                self.gather(&comprehension.result, bound);
                bound.truncate(before);
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.gather(element, bound);
                }
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    self.entry(&entry.expr, bound);
                }
            }
            Expr::Struct(made) => {
                for entry in &made.entries {
                    self.entry(&entry.expr, bound);
                }
            }
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    fn entry(&mut self, entry: &EntryExpr, bound: &mut Vec<String>) {
        match entry {
            EntryExpr::StructField(field) => self.gather(&field.value, bound),
            EntryExpr::MapEntry(entry) => {
                self.gather(&entry.key, bound);
                self.gather(&entry.value, bound);
            }
        }
    }
}
