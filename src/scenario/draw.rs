//! Distributions that a scenario can name: a constant, a family, or a weighted table.

use crate::rng::Rng;

/// A distribution over positive numbers in a base unit (bytes per second, seconds, or a fraction).
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The shape.
    pub shape: Shape,
    /// What is drawn lower is lifted to this.
    pub at_least: f64,
    /// What is drawn higher is cut to this; infinity for no bound.
    pub at_most: f64,
}

/// The shape of a [`Draw`].
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Always the same value.
    Constant(f64),
    /// Weighted values `(weight, value)`.
    Table(Vec<(f64, f64)>),
}

impl Draw {
    /// One value.
    pub fn sample(&self, _rng: &mut Rng) -> f64 {
        match &self.shape {
            Shape::Constant(value) => *value,
            Shape::Table(rows) => rows[0].1,
        }
    }
}
