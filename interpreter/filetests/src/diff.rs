//! A unified diff of two texts, by longest common subsequence.
//!
//! The table is quadratic in the lines that differ, so texts that differ in
//! thousands of lines are shown by their first difference instead.

const CONTEXT: usize = 3;
const LIMIT_LINES: usize = 2000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edit {
    Keep,
    Remove,
    Add,
}

/// The difference between what was wanted and what came; empty when none.
pub fn unified(want: &str, got: &str, name: &str) -> String {
    if want == got {
        return String::new();
    }
    let want_lines: Vec<&str> = lines(want);
    let got_lines: Vec<&str> = lines(got);
    let head = format!("--- {name}, expected\n+++ {name}, printed\n");
    if want_lines.len().max(got_lines.len()) > LIMIT_LINES {
        return head + &first_difference(&want_lines, &got_lines);
    }
    head + &hunks(&script(&want_lines, &got_lines))
}

/// Lines with their ends, so that a missing last newline is a difference.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn first_difference(want: &[&str], got: &[&str]) -> String {
    let at = want.iter().zip(got).take_while(|(a, b)| a == b).count();
    let show = |lines: &[&str]| {
        lines
            .get(at)
            .map_or("(end)\n".to_string(), |line| line.to_string())
    };
    format!("@@ line {} @@\n-{}+{}", at + 1, show(want), show(got))
}

/// The edits that turn one list into the other, each with its line.
fn script<'t>(want: &[&'t str], got: &[&'t str]) -> Vec<(Edit, &'t str)> {
    let (rows, columns) = (want.len(), got.len());
    let mut common = vec![vec![0u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            common[row][column] = if want[row] == got[column] {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut edits = Vec::new();
    while row < rows || column < columns {
        if row < rows && column < columns && want[row] == got[column] {
            edits.push((Edit::Keep, want[row]));
            row += 1;
            column += 1;
        } else if column == columns
            || (row < rows && common[row + 1][column] >= common[row][column + 1])
        {
            edits.push((Edit::Remove, want[row]));
            row += 1;
        } else {
            edits.push((Edit::Add, got[column]));
            column += 1;
        }
    }
    edits
}

/// The edits with a few lines around each group of changes.
fn hunks(edits: &[(Edit, &str)]) -> String {
    let near = |at: usize| {
        let from = at.saturating_sub(CONTEXT);
        let to = (at + CONTEXT + 1).min(edits.len());
        edits[from..to].iter().any(|(edit, _)| *edit != Edit::Keep)
    };
    let mut text = String::new();
    let mut line = 1;
    let mut inside = false;
    for (at, (edit, content)) in edits.iter().enumerate() {
        let shown = near(at);
        if shown && !inside {
            text.push_str(&format!("@@ line {line} @@\n"));
        }
        inside = shown;
        if shown {
            text.push(match edit {
                Edit::Keep => ' ',
                Edit::Remove => '-',
                Edit::Add => '+',
            });
            text.push_str(content);
            if !content.ends_with('\n') {
                text.push_str("\n\\ no newline at the end\n");
            }
        }
        if *edit != Edit::Add {
            line += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        let want = "a\nb\nc\nd\ne\nf\ng\n";
        let got = "a\nb\nc\nd\nE\nf\ng\n";
        let diff = unified(want, got, "x.out");
        assert_eq!(
            diff,
            "--- x.out, expected\n+++ x.out, printed\n@@ line 2 @@\n b\n c\n d\n-e\n+E\n f\n g\n"
        );
        assert_eq!(unified(want, want, "x.out"), "");
    }

    #[test]
    fn a_missing_newline_is_a_difference() {
        assert!(unified("a\n", "a", "x").contains("no newline"));
    }

    #[test]
    fn a_very_long_text_is_shown_by_its_first_difference() {
        let want = "a\n".repeat(5000);
        let diff = unified(&want, &format!("{want}b\n"), "x");
        assert!(diff.ends_with("@@ line 5001 @@\n-(end)\n+b\n"));
    }
}
