//! Rust source without its comments and literals.
//!
//! Rules about code must not trip over a word in a comment or a string. This
//! blanks both, keeping every line where it is, with the little of Rust's
//! lexical grammar that this takes. It does not parse: what a macro makes is
//! not seen.

/// The source with comments and the insides of literals turned into spaces.
pub fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = blank_end(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(
                chars[at..end]
                    .iter()
                    .map(|&c| if c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins here ends; here, if none begins.
fn blank_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    match (chars[at], next) {
        ('/', Some('/')) => line_end(chars, at),
        ('/', Some('*')) => block_comment_end(chars, at),
        ('"', _) => string_end(chars, at),
        ('\'', _) => char_end(chars, at),
        ('r' | 'b' | 'c', Some(_)) if at == 0 || !is_word(chars[at - 1]) => raw_end(chars, at),
        _ => at,
    }
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&c| c == '\n')
        .map_or(chars.len(), |length| at + length)
}

/// Block comments nest.
fn block_comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// A quote begins a character only if one closes it; else it is a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars[at + 3..].iter().position(|&c| c == '\'');
        return close.map_or(chars.len(), |length| at + 3 + length + 1);
    }
    if chars.get(at + 2) == Some(&'\'') {
        at + 3
    } else {
        at
    }
}

/// `r"…"`, `r#"…"#`, `br"…"` and the like; a plain `b"…"` begins at its quote.
fn raw_end(chars: &[char], at: usize) -> usize {
    let mut open = at;
    while open < at + 2 && matches!(chars.get(open), Some('b' | 'c')) {
        open += 1;
    }
    if chars.get(open) != Some(&'r') {
        return at;
    }
    let hashes = chars[open + 1..].iter().take_while(|&&c| c == '#').count();
    let quote = open + 1 + hashes;
    if chars.get(quote) != Some(&'"') {
        return at;
    }
    let mut close = quote + 1;
    while close < chars.len() {
        let tail = &chars[close + 1..];
        if chars[close] == '"' && tail.len() >= hashes && tail[..hashes].iter().all(|&c| c == '#') {
            return close + 1 + hashes;
        }
        close += 1;
    }
    chars.len()
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Byte positions at which a word stands alone.
pub fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
}

/// The number of the line, from 1, in which a byte stands.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked_and_lines_stay() {
        let source =
            "a(\"unsafe \\\" x\"); // unsafe\nb('\"', 'x', '\\'', '\\u{1F}'); /* a /* b */ \n */ c";
        let code = code_only(source);
        assert!(!code.contains("unsafe"));
        assert_eq!(code.matches('\n').count(), source.matches('\n').count());
        assert!(code.trim_end().ends_with('c') && code.contains("b("));
    }

    #[test]
    fn raw_strings_and_lifetimes() {
        let code = code_only("fn f<'a>(x: &'a str) { r#\"one \" unsafe\"#; br\"unsafe\"; rest }");
        assert!(code.contains("fn f<'a>(x: &'a str)") && code.contains("rest"));
        assert!(!code.contains("unsafe"));
    }

    #[test]
    fn a_word_is_not_a_part_of_another() {
        let text = "unsafe_op unsafe { xunsafe } unsafe";
        assert_eq!(words(text, "unsafe").count(), 2);
        assert_eq!(line_of("a\nb\nc", 4), 3);
    }
}
