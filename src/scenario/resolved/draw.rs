//! A distribution back to what a scenario writes.

use crate::scenario::draw::{Draw, Shape};
use crate::scenario::file::draw::{
    DrawFile, DrawTable, Exponential, LogNormal, Normal, Pareto, Scaled, TableRow, Triangular, Uniform,
};
use crate::scenario::validate::Drawable;

/// The distribution in the units of `Q`. Bounds that are the range of `Q` itself are left out.
pub(super) fn draw<Q: Drawable>(model: &Draw) -> DrawFile<Q> {
    let value = |base: f64| Some(Q::from_base(base));
    let mut table = DrawTable {
        at_least: value(model.at_least).filter(|bound| *bound > Q::MIN),
        at_most: value(model.at_most).filter(|bound| *bound < Q::MAX),
        ..DrawTable::default()
    };
    match &model.shape {
        Shape::Constant(base) if table.at_least.is_none() && table.at_most.is_none() => {
            return DrawFile::Value(Q::from_base(*base));
        }
        Shape::Constant(base) => table.constant = value(*base),
        Shape::Uniform { min, max } => {
            table.uniform = Some(Uniform {
                min: value(*min),
                max: value(*max),
            });
        }
        Shape::Normal { mean, std_dev } => {
            table.normal = Some(Normal {
                mean: value(*mean),
                std_dev: value(*std_dev),
            });
        }
        Shape::LogNormal { median, sigma } => {
            table.log_normal = Some(LogNormal {
                median: value(*median),
                sigma: Some(*sigma),
            });
        }
        Shape::Exponential { mean } => table.exponential = Some(Exponential { mean: value(*mean) }),
        Shape::Pareto { min, shape } => {
            table.pareto = Some(Pareto {
                min: value(*min),
                shape: Some(*shape),
            });
        }
        Shape::Weibull { scale, shape } => {
            table.weibull = Some(Scaled {
                scale: value(*scale),
                shape: Some(*shape),
            });
        }
        Shape::Gamma { shape, scale } => {
            table.gamma = Some(Scaled {
                scale: value(*scale),
                shape: Some(*shape),
            });
        }
        Shape::Triangular { min, mode, max } => {
            table.triangular = Some(Triangular {
                min: value(*min),
                mode: value(*mode),
                max: value(*max),
            });
        }
        Shape::Table(rows) => {
            let row = |&(share, base): &(f64, f64)| TableRow {
                share: Some(share),
                value: value(base),
            };
            table.table = Some(rows.iter().map(row).collect());
        }
    }
    DrawFile::Table(Box::new(table))
}
