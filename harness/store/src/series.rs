//! Queries over runs: the samples of a criterion as series, `[invocation][iteration]`.

use model::{Criterion, RunId, Samples, SeriesKey};
use polars::prelude::*;
use serde_json::{Map, Value};

use crate::rows::{cell, key_columns};
use crate::{Store, StoreError};

impl Store {
    /// The series of a criterion in a run, over invocations that ended well. A run without any
    /// has none.
    ///
    /// # Errors
    /// A file of the run cannot be read as what it should be; [`Store::load`] tells which.
    pub fn series(&self, run: &RunId, criterion: &Criterion) -> Result<Vec<Samples>, StoreError> {
        let files = self.files(run)?;
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |error: PolarsError| StoreError::Query(error.to_string());
        let paths = files
            .iter()
            .map(|path| PlRefPath::new(path.to_string_lossy()))
            .collect();
        let table = LazyFrame::scan_parquet_files(paths, ScanArgsParquet::default())
            .map_err(failed)?
            .filter(col("outcome").eq(lit("ok")))
            .filter(col("criterion").eq(lit(criterion.name())))
            .sort(["position", "iteration"], SortMultipleOptions::default())
            .group_by_stable(key_columns().map(col))
            .agg([col("index"), col("value")])
            .collect()
            .map_err(failed)?;
        (0..table.height())
            .map(|row| {
                samples(&table, row, criterion)
                    .map_err(|error| StoreError::Query(error.to_string()))
            })
            .collect()
    }
}

fn samples(table: &DataFrame, row: usize, criterion: &Criterion) -> PolarsResult<Samples> {
    let list = |name: &str| -> PolarsResult<Series> {
        let found = table.column(name)?.list()?.get_as_series(row);
        found.ok_or_else(|| PolarsError::NoData(format!("no `{name}` in row {row}").into()))
    };
    let (index, value) = (list("index")?, list("value")?);
    let mut values: Vec<Vec<f64>> = Vec::new();
    let mut before = None;
    for (index, value) in index.u32()?.iter().zip(value.f64()?.iter()) {
        if before != Some(index) {
            values.push(Vec::new());
            before = Some(index);
        }
        if let (Some(last), Some(value)) = (values.last_mut(), value) {
            last.push(value);
        }
    }
    Ok(Samples {
        key: key(table, row)?,
        criterion: criterion.clone(),
        values,
    })
}

fn key(table: &DataFrame, row: usize) -> PolarsResult<SeriesKey> {
    let mut fields = Map::new();
    for name in key_columns() {
        fields.insert(name.to_owned(), cell(&table.column(name)?.get(row)?));
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| PolarsError::ComputeError(error.to_string().into()))
}
