//! Which hits of a breakpoint count.
//!
//! Hits are counted from where a move begins, in its direction: `3` going back is the third one
//! back. So a rule means the same wherever one is, and nothing need be known of the rest of the
//! recording.

use serde::{Deserialize, Serialize};

/// A rule such as `5`, `> 5`, `== 5` or `% 5`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HitRule {
    typed: String,
    sign: Sign,
    count: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Sign {
    AtLeast,
    Above,
    Exactly,
    AtMost,
    Below,
    EachOf,
}

/// Longer signs before those that they begin with. A number alone is at least that many.
const SIGNS: &[(&str, Sign)] = &[
    (">=", Sign::AtLeast),
    ("<=", Sign::AtMost),
    ("==", Sign::Exactly),
    (">", Sign::Above),
    ("<", Sign::Below),
    ("=", Sign::Exactly),
    ("%", Sign::EachOf),
    ("", Sign::AtLeast),
];

impl HitRule {
    pub fn parse(typed: &str) -> Result<HitRule, String> {
        let wrong = || {
            format!("'{typed}' counts no hits: write a number, or one behind >=, >, ==, <, <= or %")
        };
        let text = typed.trim();
        let found = SIGNS
            .iter()
            .find_map(|(sign, kind)| Some((*kind, text.strip_prefix(sign)?)));
        let (sign, rest) = found.ok_or_else(wrong)?;
        let count: u64 = rest.trim().parse().map_err(|_| wrong())?;
        if count == 0 && sign == Sign::EachOf {
            return Err(wrong());
        }
        Ok(HitRule {
            typed: text.to_owned(),
            sign,
            count,
        })
    }

    /// Whether the hit of this number, from 1, is a stop.
    pub fn allows(&self, hit: u64) -> bool {
        match self.sign {
            Sign::AtLeast => hit >= self.count,
            Sign::Above => hit > self.count,
            Sign::Exactly => hit == self.count,
            Sign::AtMost => hit <= self.count,
            Sign::Below => hit < self.count,
            Sign::EachOf => hit.is_multiple_of(self.count),
        }
    }

    pub fn typed(&self) -> &str {
        &self.typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_count_hits() {
        let allowed = |rule: &str| {
            let rule = HitRule::parse(rule).unwrap();
            (1..=6).filter(|&hit| rule.allows(hit)).collect::<Vec<_>>()
        };
        assert_eq!(allowed("5"), [5, 6]);
        assert_eq!(allowed(">= 5"), [5, 6]);
        assert_eq!(allowed(">4"), [5, 6]);
        assert_eq!(allowed("== 2"), [2]);
        assert_eq!(allowed("=2"), [2]);
        assert_eq!(allowed("< 3"), [1, 2]);
        assert_eq!(allowed("<= 2"), [1, 2]);
        assert_eq!(allowed("% 3"), [3, 6]);
        for wrong in ["", "x", "% 0", "-1", "> ", "5 6"] {
            assert!(HitRule::parse(wrong).is_err(), "{wrong}");
        }
    }
}
