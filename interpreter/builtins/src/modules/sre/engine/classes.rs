//! Kinds of characters and the case of letters. Characters are numbers, since texts may hold lone
//! surrogates. There is one locale, of which ASCII letters are the letters.

use super::codes::Category;
use rustpython_unicode::{case, classify};

pub const NEWLINE: u32 = '\n' as u32;

/// How characters are made alike before they are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    Exact,
    Ascii,
    Locale,
    Unicode,
}

impl Fold {
    pub fn lower(self, c: u32) -> u32 {
        match self {
            Fold::Exact => c,
            Fold::Ascii | Fold::Locale => ascii_lower(c),
            Fold::Unicode => unicode_lower(c),
        }
    }
}

fn ascii_lower(c: u32) -> u32 {
    u8::try_from(c).map_or(c, |byte| byte.to_ascii_lowercase() as u32)
}

pub fn ascii_upper(c: u32) -> u32 {
    u8::try_from(c).map_or(c, |byte| byte.to_ascii_uppercase() as u32)
}

fn unicode_lower(c: u32) -> u32 {
    char::from_u32(c).map_or(c, |letter| case::simple_lowercase(letter) as u32)
}

pub fn unicode_upper(c: u32) -> u32 {
    char::from_u32(c).map_or(c, |letter| case::simple_uppercase(letter) as u32)
}

pub fn is_word(c: u32) -> bool {
    u8::try_from(c).is_ok_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub fn is_unicode_word(c: u32) -> bool {
    if c < 128 {
        is_word(c)
    } else {
        char::from_u32(c).is_some_and(classify::is_alnum)
    }
}

fn is_unicode_digit(c: u32) -> bool {
    char::from_u32(c).is_some_and(classify::is_decimal)
}

fn is_unicode_space(c: u32) -> bool {
    char::from_u32(c).is_some_and(classify::is_space)
}

fn is_unicode_linebreak(c: u32) -> bool {
    matches!(c, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

pub fn is_of(category: Category, c: u32) -> bool {
    use Category::*;
    match category {
        Digit => matches!(c, 0x30..=0x39),
        NotDigit => !is_of(Digit, c),
        Space => matches!(c, 0x09..=0x0d | 0x20),
        NotSpace => !is_of(Space, c),
        Word | LocWord => is_word(c),
        NotWord | LocNotWord => !is_word(c),
        Linebreak => c == NEWLINE,
        NotLinebreak => c != NEWLINE,
        UniDigit => is_unicode_digit(c),
        UniNotDigit => !is_unicode_digit(c),
        UniSpace => is_unicode_space(c),
        UniNotSpace => !is_unicode_space(c),
        UniWord => is_unicode_word(c),
        UniNotWord => !is_unicode_word(c),
        UniLinebreak => is_unicode_linebreak(c),
        UniNotLinebreak => !is_unicode_linebreak(c),
    }
}
