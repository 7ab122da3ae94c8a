//! Published figures of another project, for columns beside ours.
//!
//! The facts and their source are `suites/published/pypy.yaml`, which is part of the program: a
//! report is rendered without reading files. The table is parsed at each use; it has 41 rows.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Speed-up of a JIT over the same interpreter without it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Where and when.
    pub source: String,
    pub jit_speedup: Speedups,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speedups {
    pub columns: Vec<String>,
    /// As published: a negative figure is "slower by this factor".
    pub rows: BTreeMap<String, Vec<f64>>,
    /// The geometric means as they were published.
    pub published_mean: Vec<f64>,
    /// Our benchmark's name to the published one's, where they differ.
    ours: BTreeMap<String, String>,
    /// How programs that stand in one row are related.
    pub kinship: String,
}

/// The table.
///
/// # Errors
/// What is wrong with the file that the program was built with; a test reads it.
pub fn pypy() -> Result<Published, String> {
    let text = include_str!("../../suites/published/pypy.yaml");
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

impl Speedups {
    /// The published row of a benchmark of ours: as ratios, so "slower by 1.1" is 1 / 1.1.
    pub fn of(&self, benchmark: &str) -> Option<(&str, Vec<f64>)> {
        let name = self.ours.get(benchmark).map_or(benchmark, String::as_str);
        let (name, row) = self.rows.get_key_value(name)?;
        Some((name, row.iter().map(|figure| ratio(*figure)).collect()))
    }

    /// Geometric mean of one column over all rows, computed again, and how many they are.
    pub fn mean(&self, column: usize) -> Option<(f64, usize)> {
        let figures: Vec<f64> = self
            .rows
            .values()
            .filter_map(|row| row.get(column).map(|figure| ratio(*figure)))
            .collect();
        let mean = stats::geometric_mean(&figures).ok()?;
        Some((mean, figures.len()))
    }
}

fn ratio(figure: f64) -> f64 {
    if figure < 0.0 { -1.0 / figure } else { figure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_its_means_cover_what_they_say() {
        let found = pypy().expect("the table is part of the program");
        let table = &found.jit_speedup;
        assert_eq!(table.rows.len(), 41);
        assert!(
            table
                .rows
                .values()
                .all(|row| row.len() == table.columns.len())
        );
        assert!(
            table
                .ours
                .values()
                .all(|name| table.rows.contains_key(name))
        );
        let mean = |column| table.mean(column).expect("a mean");
        // Over all rows; the published 9.31, 9.10, 9.43 leave out a row that became slower.
        let shown = [0, 1, 2].map(|column| (mean(column).0 * 100.0).round() / 100.0);
        assert_eq!((shown[0], mean(0).1), (9.24, 41));
        assert_eq!((shown[1], shown[2]), (8.60, 8.93));
        assert_eq!(
            table.of("nbody"),
            Some(("nbody_modified", vec![20.6, 19.3, 19.4]))
        );
        assert_eq!(table.of("no such program"), None);
    }

    /// The names of a suite's benchmarks, as its file has them.
    fn benchmarks(suite: &str) -> Vec<&str> {
        let entries = suite.split("{name: ").skip(1);
        entries
            .filter_map(|entry| entry.split([',', '}']).next())
            .map(str::trim)
            .collect()
    }

    #[test]
    fn every_alias_is_of_a_benchmark_and_pyperformance_finds_its_rows() {
        let table = pypy()
            .expect("the table is part of the program")
            .jit_speedup;
        let foreign = benchmarks(include_str!("../../suites/suite-pyperformance.yaml"));
        let own = benchmarks(include_str!("../../suites/full.yaml"));
        for alias in table.ours.keys() {
            let known = |names: &[&str]| names.contains(&alias.as_str());
            assert!(
                known(&foreign) || known(&own),
                "no benchmark is called {alias}"
            );
        }
        let matched: Vec<&str> = foreign
            .iter()
            .filter_map(|name| Some(table.of(name)?.0))
            .collect();
        let rows = table.rows.keys().map(String::as_str);
        let left: Vec<&str> = rows.filter(|row| !matched.contains(row)).collect();
        let expected = [
            "bm_krakatau",
            "eparse",
            "pypy_interp",
            "rietveld",
            "slowspitfire",
            "spambayes",
            "spitfire",
            "spitfire_cstringio",
            "twisted_iteration",
            "twisted_names",
            "twisted_pb",
            "twisted_tcp",
        ];
        assert_eq!(left, expected, "pyperformance has none of these programs");
        assert_eq!(matched.len() + left.len(), 41, "no row is matched twice");
    }
}
