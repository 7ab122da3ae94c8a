//! What a maintainer pastes into release notes: how this release compares with the last one.
//!
//! Speed-ups are old / new, above 1 is faster. A mean is by executor, hence by target and
//! configuration, over the benchmarks that both releases completed; what it does not cover is
//! listed with the cause. Beside it stands how reliably the release is faster over the suite
//! ([`stats::reliability`]): a mean of 1.02 can be one program or all of them.

use std::fmt::Write as _;

use stats::reliability::{Pair, reliability};
use stats::{Bootstrap, Entry, Estimate, mean_over_intersection, median};

use crate::judged::Observations;
use crate::measure::{Followed, Measure};
use crate::{Floor, Gate, Side, Verdict, gate, judge};

/// So many best and worst rows are listed.
const ROWS: usize = 5;

/// A release against an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    pub new: String,
    pub old: String,
    pub means: Vec<Mean>,
    /// All rows that have a speed-up, greatest first.
    pub rows: Vec<Row>,
    /// Label and cause.
    pub missing: Vec<(String, String)>,
    pub gate: Gate,
}

/// The geometric mean of one executor's speed-ups in one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    pub measure: Measure,
    pub executor: String,
    pub configuration: String,
    pub target: String,
    pub clock: String,
    pub speedup: Option<Estimate>,
    pub n: usize,
    pub m: usize,
    /// Confidence, 0 to 1, that the new release is better at all.
    pub reliability: Option<f64>,
}

/// One benchmark's speed-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub followed: Followed,
    pub speedup: Estimate,
    pub verdict: Verdict,
}

/// Compares the times and peak memory of two releases' runs.
pub fn release(
    bootstrap: &Bootstrap,
    (new_name, new): (&str, &Observations),
    (old_name, old): (&str, &Observations),
) -> Release {
    let mut rows = Vec::new();
    let mut missing = Vec::new();
    let mut verdicts = Vec::new();
    for (followed, now) in new.iter().filter(|(f, _)| f.measure == Measure::Time) {
        let before = old.get(followed).map(|observed| &observed.side);
        match row(bootstrap, followed, &now.side, before) {
            Ok(row) => {
                verdicts.push(row.verdict);
                rows.push(row);
            }
            Err(cause) => {
                verdicts.extend(now.side.is_err().then_some(Verdict::Failed));
                missing.push((followed.label(), cause));
            }
        }
    }
    let gone = old
        .keys()
        .filter(|f| f.measure == Measure::Time && !new.contains_key(*f));
    missing.extend(gone.map(|followed| (followed.label(), format!("only in {old_name}"))));
    rows.sort_by(|one, other| other.speedup.value.total_cmp(&one.speedup.value));
    Release {
        new: new_name.to_owned(),
        old: old_name.to_owned(),
        means: means(bootstrap, new, old),
        rows,
        missing,
        gate: gate(verdicts),
    }
}

fn row(
    bootstrap: &Bootstrap,
    followed: &Followed,
    now: &Side,
    before: Option<&Side>,
) -> Result<Row, String> {
    let now = now.as_ref().map_err(Clone::clone)?;
    let before = match before {
        Some(Ok(before)) => before,
        Some(Err(cause)) => return Err(format!("before: {cause}")),
        None => return Err("not measured before".to_owned()),
    };
    let label = [
        "release",
        followed.key.benchmark.as_str(),
        followed.key.executor.as_str(),
    ];
    let ratio = |up, down| {
        let found = bootstrap.ratio(&label, up, down);
        found.map_err(|why| why.to_string())
    };
    let (verdict, _) = judge(ratio(now, before)?, Floor::default());
    Ok(Row {
        followed: followed.clone(),
        speedup: ratio(before, now)?,
        verdict,
    })
}

fn means(bootstrap: &Bootstrap, new: &Observations, old: &Observations) -> Vec<Mean> {
    columns(new)
        .iter()
        .map(|column| mean(bootstrap, column, new, old))
        .collect()
}

/// What has a mean of its own: each executor, for time and for peak memory. Any of its series
/// stands for it.
pub fn columns(new: &Observations) -> Vec<Followed> {
    let mut columns: Vec<Followed> = Vec::new();
    for followed in new.keys() {
        let wanted = matches!(followed.measure, Measure::Time | Measure::PeakMemory);
        let same = |of: &Followed| of.measure == followed.measure && is_same_column(of, followed);
        if wanted && !columns.iter().any(same) {
            columns.push(followed.clone());
        }
    }
    columns.sort_by_key(|followed| (followed.measure, followed.key.executor.clone()));
    columns
}

fn is_same_column(one: &Followed, other: &Followed) -> bool {
    let column = |f: &Followed| {
        let key = &f.key;
        (
            key.executor.clone(),
            key.configuration,
            key.target,
            key.clock,
            key.host.clone(),
        )
    };
    column(one) == column(other)
}

/// The mean of a column of [`columns`].
pub fn mean(bootstrap: &Bootstrap, of: &Followed, new: &Observations, old: &Observations) -> Mean {
    let measure = of.measure;
    let mut entries = Vec::new();
    let mut pairs = Vec::new();
    let in_column = |f: &&Followed| f.measure == measure && is_same_column(f, of);
    for followed in new.keys().filter(in_column) {
        let now = new[followed].side.clone();
        let before = match old.get(followed) {
            Some(observed) => observed.side.clone(),
            None => Err("not measured before".to_owned()),
        };
        if let (Ok(now), Ok(before)) = (&now, &before) {
            pairs.extend(
                centres(now)
                    .zip(centres(before))
                    .map(|(ours, theirs)| Pair { ours, theirs }),
            );
        }
        entries.push(Entry {
            benchmark: followed.key.benchmark.to_string(),
            numerator: before,
            denominator: now,
        });
    }
    let label = ["release mean", measure.as_str(), of.key.executor.as_str()];
    let found = mean_over_intersection(bootstrap, &label, &entries);
    Mean {
        measure,
        executor: of.key.executor.to_string(),
        configuration: of.key.configuration.to_string(),
        target: of.key.target.to_string(),
        clock: of.key.clock.to_string(),
        speedup: found.estimate,
        n: found.n,
        m: found.m,
        reliability: reliability(&pairs, 1.0).ok(),
    }
}

fn centres(side: &[Vec<f64>]) -> Option<Vec<f64>> {
    side.iter().map(|values| median(values).ok()).collect()
}

/// As Markdown.
pub fn markdown(release: &Release) -> String {
    let mut text = format!(
        "### Performance: {} against {}\n\n",
        plain(&release.new),
        plain(&release.old)
    );
    text.push_str(
        "Geometric means of old / new with their 95 % interval; above 1 is better.\n\n\
         | executor | configuration | target | clock | of | mean | benchmarks | reliability |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for mean in &release.means {
        let value = mean.speedup.map_or_else(|| "-".to_owned(), times);
        let sure = mean
            .reliability
            .map_or_else(|| "-".to_owned(), |r| format!("{:.1} %", 100.0 * r));
        let of = match mean.measure {
            Measure::Time => "speed",
            other => other.as_str(),
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {of} | {value} | {} of {} | {sure} |",
            plain(&mean.executor),
            mean.configuration,
            mean.target,
            mean.clock,
            mean.n,
            mean.m,
        )
        .ok();
    }
    list(
        &mut text,
        "Fastest against before",
        &mut release.rows.iter().take(ROWS),
    );
    let from = release
        .rows
        .len()
        .saturating_sub(ROWS)
        .max(ROWS.min(release.rows.len()));
    list(
        &mut text,
        "Slowest against before",
        &mut release.rows[from..].iter().rev(),
    );
    if !release.missing.is_empty() {
        text.push_str("\nIn no mean:\n\n");
        for (what, cause) in &release.missing {
            writeln!(text, "- {}: {}", plain(what), plain(cause)).ok();
        }
    }
    writeln!(text, "\nVerdict: {}.", verdict(release)).ok();
    text
}

fn list(text: &mut String, title: &str, rows: &mut dyn Iterator<Item = &Row>) {
    let rows: Vec<&Row> = rows.collect();
    if rows.is_empty() {
        return;
    }
    write!(text, "\n{title}:\n\n").ok();
    for row in rows {
        writeln!(
            text,
            "- {}: {} ({})",
            plain(&row.followed.label()),
            times(row.speedup),
            row.verdict.label()
        )
        .ok();
    }
}

fn verdict(release: &Release) -> String {
    let count = |wanted| {
        release
            .rows
            .iter()
            .filter(|row| row.verdict == wanted)
            .count()
    };
    let counts = format!(
        "{} faster, {} slower, {} the same, {} undecided",
        count(Verdict::Faster),
        count(Verdict::Slower),
        count(Verdict::Same),
        count(Verdict::Undecided)
    );
    match release.gate {
        Gate::Pass => format!("no regression ({counts})"),
        Gate::Regression => format!("there are regressions ({counts})"),
        Gate::BenchmarkFailed => format!("benchmarks failed ({counts})"),
        Gate::NoBaseline => format!("nothing to compare with ({counts})"),
    }
}

fn times(estimate: Estimate) -> String {
    match estimate.interval {
        Some(interval) => format!(
            "{:.3}× ({:.3} to {:.3})",
            estimate.value, interval.low, interval.high
        ),
        None => format!("{:.3}×", estimate.value),
    }
}

/// Text that is no markup: causes come from programs, and may hold anything.
fn plain(text: &str) -> String {
    let shown = text.chars().take(200).map(|c| match c {
        '\n' | '\r' | '\t' => ' ',
        other => other,
    });
    let mut plain = String::new();
    for c in shown {
        match c {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' => {
                plain.push('\\');
                plain.push(c);
            }
            other => plain.push(other),
        }
    }
    plain
}
