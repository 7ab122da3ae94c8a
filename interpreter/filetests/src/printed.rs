//! What is done with the text that processes print.

/// The last lines of a text.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Replaces the hexadecimal digits behind each `mark`, which is kept, by one sign: no two processes have
/// the same addresses.
pub(crate) fn without_addresses(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(mark);
        out.push('…');
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_sign() {
        let text = "a 0x12ab> 0xZ <f at 0xffff>";
        assert_eq!(without_addresses(text, "0x"), "a 0x…> 0x…Z <f at 0x…>");
        assert_eq!(without_addresses("", "0x"), "");
    }

    #[test]
    fn addresses_behind_a_mark_are_left_out() {
        let of = |text| without_addresses(text, " at 0x");
        let one = of("<function f at 0x7f01> <C at 0xab> at 0\n");
        assert_eq!(one, of("<function f at 0x12> <C at 0x7> at 0\n"));
        assert_ne!(one, of("<function f at 0x12> <D at 0x7> at 0\n"));
        assert_ne!(of("0x12"), of("0x13"));
    }

    #[test]
    fn the_last_lines_are_as_many_as_there_are() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a\n", 2), "a");
    }
}
