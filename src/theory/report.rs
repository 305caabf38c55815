//! What a theory says: numbers given, numbers that follow, perhaps a curve.

use serde::Serialize;

/// The answer of one theory.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Name of the theory on the command line.
    pub theory: &'static str,
    /// Authors, year.
    pub source: &'static str,
    /// The numbers that went in.
    pub given: Vec<Line>,
    /// The numbers that follow.
    pub results: Vec<Line>,
    /// What to know when reading them.
    pub notes: Vec<String>,
    /// A curve, where the theory has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
}

/// One number with its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Symbol as in the paper.
    pub symbol: String,
    /// What it is, in words.
    pub meaning: String,
    /// The number.
    #[serde(flatten)]
    pub value: Value,
    /// How it follows; empty for what was given.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub formula: &'static str,
    /// Label of the result; empty for what was given.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub label: &'static str,
}

/// A value with its unit, or a word.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A number; infinite for what has no limit.
    Number {
        /// In `unit`.
        value: f64,
        /// Empty for a pure number.
        unit: &'static str,
    },
    /// A word, such as the name of a regime.
    Word {
        /// The word.
        value: &'static str,
    },
}

/// A table of numbers, one column a quantity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// Headers, units last.
    pub columns: Vec<&'static str>,
    /// As many numbers a row as there are columns.
    pub rows: Vec<Vec<f64>>,
}

impl Line {
    /// A number that was given.
    #[must_use]
    pub fn given(symbol: impl Into<String>, meaning: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            symbol: symbol.into(),
            meaning: meaning.into(),
            value: Value::Number { value, unit },
            formula: "",
            label: "",
        }
    }

    /// A number that follows by `formula`, the result `label` of the paper.
    #[must_use]
    pub fn result(
        label: &'static str,
        symbol: impl Into<String>,
        meaning: impl Into<String>,
        formula: &'static str,
        (value, unit): (f64, &'static str),
    ) -> Self {
        Self {
            formula,
            label,
            ..Self::given(symbol, meaning, value, unit)
        }
    }

    /// A word that follows by `formula`.
    #[must_use]
    pub fn word(
        label: &'static str,
        symbol: impl Into<String>,
        meaning: impl Into<String>,
        formula: &'static str,
        value: &'static str,
    ) -> Self {
        Self {
            symbol: symbol.into(),
            meaning: meaning.into(),
            value: Value::Word { value },
            formula,
            label,
        }
    }
}

#[cfg(test)]
impl Report {
    /// The number called `symbol`.
    pub(crate) fn number(&self, symbol: &str) -> f64 {
        match &self.line(symbol).value {
            Value::Number { value, .. } => *value,
            Value::Word { value } => panic!("{symbol} is `{value}`"),
        }
    }

    /// The word called `symbol`.
    pub(crate) fn text(&self, symbol: &str) -> &'static str {
        match self.line(symbol).value {
            Value::Word { value } => value,
            Value::Number { value, .. } => panic!("{symbol} is {value}"),
        }
    }

    fn line(&self, symbol: &str) -> &Line {
        let found = self.results.iter().find(|line| line.symbol == symbol);
        found.unwrap_or_else(|| panic!("no result is called {symbol}"))
    }
}
