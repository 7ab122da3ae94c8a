//! How much room text takes in a picture, without a font at hand.
//!
//! The reader's browser chooses the font. Widths here are those of a wide one, rounded up, so that
//! room which is left by them is enough; that it is, a test asks a browser.

/// Of a font of weight 600 or more over a regular one.
pub(crate) const BOLD: f64 = 1.12;

/// Width of a line of text, in the unit of the size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

fn em(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '\'' | '|' | '!' => 0.32,
        'f' | 't' | 'r' | ' ' | '.' | ',' | ':' | ';' | '-' | '(' | ')' | '/' | '[' | ']' => 0.42,
        'm' | 'w' => 0.98,
        'a'..='z' | '0'..='9' | '_' => 0.64,
        'A'..='L' | 'N'..='V' | 'X'..='Z' => 0.79,
        '+' | '=' | '<' | '>' | '#' | '~' => 0.84,
        _ => 1.0,
    }
}

/// Text that takes at most `room`: if need be its beginning and its end around an ellipsis, since
/// names of one family differ at either.
pub(crate) fn shortened(text: &str, size: f64, room: f64) -> String {
    let letters: Vec<char> = text.chars().collect();
    let kept = |count: usize| -> String {
        let front = count.div_ceil(2);
        let (front, back) = (
            &letters[..front],
            &letters[letters.len() - (count - front)..],
        );
        front.iter().chain(&['…']).chain(back).collect()
    };
    if width(text, size) <= room {
        return text.to_owned();
    }
    let counts = (2..letters.len()).rev();
    let mut fitting = counts.map(kept).filter(|one| width(one, size) <= room);
    fitting.next().unwrap_or_else(|| "…".to_owned())
}

/// Each of several names, shortened to `room`; all as they are if two of them would look alike.
pub(crate) fn distinct(names: &[&str], size: f64, room: f64) -> Vec<String> {
    let short: Vec<String> = names
        .iter()
        .map(|name| shortened(name, size, room))
        .collect();
    let alike =
        (0..names.len()).any(|i| (0..i).any(|k| short[i] == short[k] && names[i] != names[k]));
    match alike {
        true => names.iter().map(|name| (*name).to_owned()).collect(),
        false => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_keeps_both_ends_and_fits() {
        let name = "async_tree_cpu_io_mixed_eager_tg";
        assert_eq!(shortened(name, 12.0, 1000.0), name);
        let short = shortened(name, 12.0, 120.0);
        assert!(
            short.starts_with("async_t") && short.ends_with("ger_tg"),
            "{short}"
        );
        assert!(width(&short, 12.0) <= 120.0);
        assert!(width(&short, 12.0) > 105.0, "{short}");
        assert_eq!(shortened("anything", 12.0, 3.0), "…");
        assert_eq!(shortened("", 12.0, 3.0), "");
    }

    #[test]
    fn names_that_would_look_alike_stay_whole() {
        let names = ["benchmark_of_one_kind_tg", "benchmark_of_two_kind_tg", "go"];
        assert_eq!(distinct(&names, 12.0, 90.0), names);
        let names = ["benchmark_of_one_kind_a", "benchmark_of_two_kind_b", "go"];
        let short = distinct(&names, 12.0, 90.0);
        assert!(short[0] != names[0] && short[0] != short[1] && short[2] == "go");
    }
}
