//! Properties of characters as Python's str methods see them. Code points may be surrogates,
//! which have category Cs and no mappings.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Characters with a digit value that are no decimal digits (Numeric_Type=Digit).
const DIGITS: &[(u32, u32)] = &[
    (0xb2, 0xb3),
    (0xb9, 0xb9),
    (0x1369, 0x1371),
    (0x19da, 0x19da),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2089),
    (0x2460, 0x2468),
    (0x2474, 0x247c),
    (0x2488, 0x2490),
    (0x24ea, 0x24ea),
    (0x24f5, 0x24fd),
    (0x24ff, 0x24ff),
    (0x2776, 0x277e),
    (0x2780, 0x2788),
    (0x278a, 0x2792),
    (0x10a40, 0x10a43),
    (0x10e60, 0x10e68),
    (0x11052, 0x1105a),
    (0x1f100, 0x1f10a),
];

/// Letters with a numeric value: all of them ideographs.
const NUMERIC_LETTERS: &[(u32, u32)] = &[
    (0x3405, 0x3405),
    (0x3483, 0x3483),
    (0x382a, 0x382a),
    (0x3b4d, 0x3b4d),
    (0x4e00, 0x4e00),
    (0x4e03, 0x4e03),
    (0x4e07, 0x4e07),
    (0x4e09, 0x4e09),
    (0x4e24, 0x4e24),
    (0x4e5d, 0x4e5d),
    (0x4e8c, 0x4e8c),
    (0x4e94, 0x4e94),
    (0x4e96, 0x4e96),
    (0x4eac, 0x4eac),
    (0x4ebf, 0x4ec0),
    (0x4edf, 0x4edf),
    (0x4ee8, 0x4ee8),
    (0x4f0d, 0x4f0d),
    (0x4f70, 0x4f70),
    (0x4fe9, 0x4fe9),
    (0x5006, 0x5006),
    (0x5104, 0x5104),
    (0x5146, 0x5146),
    (0x5169, 0x5169),
    (0x516b, 0x516b),
    (0x516d, 0x516d),
    (0x5341, 0x5341),
    (0x5343, 0x5345),
    (0x534c, 0x534c),
    (0x53c1, 0x53c4),
    (0x56db, 0x56db),
    (0x58f1, 0x58f1),
    (0x58f9, 0x58f9),
    (0x5e7a, 0x5e7a),
    (0x5efe, 0x5eff),
    (0x5f0c, 0x5f0e),
    (0x5f10, 0x5f10),
    (0x62d0, 0x62d0),
    (0x62fe, 0x62fe),
    (0x634c, 0x634c),
    (0x67d2, 0x67d2),
    (0x6d1e, 0x6d1e),
    (0x6f06, 0x6f06),
    (0x7396, 0x7396),
    (0x767e, 0x767e),
    (0x7695, 0x7695),
    (0x79ed, 0x79ed),
    (0x8086, 0x8086),
    (0x842c, 0x842c),
    (0x8cae, 0x8cae),
    (0x8cb3, 0x8cb3),
    (0x8d30, 0x8d30),
    (0x920e, 0x920e),
    (0x94a9, 0x94a9),
    (0x9621, 0x9621),
    (0x9646, 0x9646),
    (0x964c, 0x964c),
    (0x9678, 0x9678),
    (0x96f6, 0x96f6),
    (0xf96b, 0xf96b),
    (0xf973, 0xf973),
    (0xf978, 0xf978),
    (0xf9b2, 0xf9b2),
    (0xf9d1, 0xf9d1),
    (0xf9d3, 0xf9d3),
    (0xf9fd, 0xf9fd),
    (0x20001, 0x20001),
    (0x20064, 0x20064),
    (0x200e2, 0x200e2),
    (0x20121, 0x20121),
    (0x2092a, 0x2092a),
    (0x20983, 0x20983),
    (0x2098c, 0x2098c),
    (0x2099c, 0x2099c),
    (0x20aea, 0x20aea),
    (0x20afd, 0x20afd),
    (0x20b19, 0x20b19),
    (0x22390, 0x22390),
    (0x22998, 0x22998),
    (0x23b1b, 0x23b1b),
    (0x2626d, 0x2626d),
    (0x2f890, 0x2f890),
];

fn is_among(point: u32, ranges: &[(u32, u32)]) -> bool {
    let at = ranges.partition_point(|&(_, last)| last < point);
    ranges.get(at).is_some_and(|&(first, _)| first <= point)
}

/// The general category; that of lone surrogates is Cs.
pub fn category(point: u32) -> GeneralCategory {
    char::from_u32(point).map_or(GeneralCategory::Surrogate, |c| c.general_category())
}

/// White space in the sense of `str.split` and `str.isspace`.
#[inline]
pub fn is_space(point: u32) -> bool {
    matches!(
        point,
        0x09..=0x0d | 0x1c..=0x20 | 0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029
            | 0x202f | 0x205f | 0x3000
    )
}

/// What ends a line in the sense of `str.splitlines`.
#[inline]
pub fn is_line_end(point: u32) -> bool {
    matches!(point, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

pub fn is_alpha(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_alphabetic();
    }
    use GeneralCategory::{
        LowercaseLetter, ModifierLetter, OtherLetter, TitlecaseLetter, UppercaseLetter,
    };
    matches!(
        category(point),
        LowercaseLetter | ModifierLetter | OtherLetter | TitlecaseLetter | UppercaseLetter
    )
}

/// The value of a decimal digit of any script.
#[inline]
pub fn decimal_value(point: u32) -> Option<u32> {
    if point < 0x80 {
        return (b'0' as u32..=b'9' as u32)
            .contains(&point)
            .then(|| point - b'0' as u32);
    }
    if category(point) != GeneralCategory::DecimalNumber {
        return None;
    }
    // Decimal digits come in runs of ten in order, and runs may touch each other.
    let mut first = point;
    while first > 0 && category(first - 1) == GeneralCategory::DecimalNumber {
        first -= 1;
    }
    Some((point - first) % 10)
}

pub fn is_decimal(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_digit();
    }
    category(point) == GeneralCategory::DecimalNumber
}

pub fn is_digit(point: u32) -> bool {
    is_decimal(point) || is_among(point, DIGITS)
}

pub fn is_numeric(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_digit();
    }
    use GeneralCategory::{DecimalNumber, LetterNumber, OtherNumber};
    matches!(category(point), DecimalNumber | LetterNumber | OtherNumber)
        || is_among(point, NUMERIC_LETTERS)
}

pub fn is_alnum(point: u32) -> bool {
    is_alpha(point) || is_numeric(point)
}

/// Whether the Unicode version that Python 3.14 goes by has the character. Other tables here may
/// be of a later one.
fn is_assigned(point: u32) -> bool {
    point < 0x80 || category(point) != GeneralCategory::Unassigned
}

pub fn is_lower(point: u32) -> bool {
    char::from_u32(point).is_some_and(char::is_lowercase) && is_assigned(point)
}

pub fn is_upper(point: u32) -> bool {
    char::from_u32(point).is_some_and(char::is_uppercase) && is_assigned(point)
}

pub fn is_title(point: u32) -> bool {
    point >= 0x80 && category(point) == GeneralCategory::TitlecaseLetter
}

/// Whether `repr` shows the character as it is.
pub fn is_printable(point: u32) -> bool {
    if point < 0x80 {
        return (0x20..0x7f).contains(&point);
    }
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate,
        Unassigned,
    };
    !matches!(
        category(point),
        Control
            | Format
            | Surrogate
            | PrivateUse
            | Unassigned
            | LineSeparator
            | ParagraphSeparator
            | SpaceSeparator
    )
}

pub fn is_identifier_start(point: u32) -> bool {
    point == '_' as u32
        || (char::from_u32(point).is_some_and(unicode_ident::is_xid_start) && is_assigned(point))
}

pub fn is_identifier_continue(point: u32) -> bool {
    char::from_u32(point).is_some_and(unicode_ident::is_xid_continue) && is_assigned(point)
}

fn is_cased(point: u32) -> bool {
    is_lower(point) || is_upper(point) || is_title(point)
}

/// Characters between which and a letter the form of a sigma does not depend (Case_Ignorable).
fn is_case_ignorable(point: u32) -> bool {
    use GeneralCategory::{EnclosingMark, Format, ModifierLetter, ModifierSymbol, NonspacingMark};
    matches!(
        point,
        0x27 | 0x2e
            | 0x3a
            | 0xb7
            | 0x387
            | 0x55f
            | 0x5f4
            | 0x2018
            | 0x2019
            | 0x2024
            | 0x2027
            | 0xfe13
            | 0xfe52
            | 0xfe55
            | 0xff07
            | 0xff0e
            | 0xff1a
    ) || matches!(
        category(point),
        EnclosingMark | Format | ModifierLetter | ModifierSymbol | NonspacingMark
    )
}

const CAPITAL_SIGMA: u32 = 0x3a3;

/// Calls `push` with the points that a mapping gives; all zeros mean the character itself.
fn emit(point: u32, mapped: &[u32], push: &mut impl FnMut(u32)) {
    if mapped[0] == 0 {
        return push(point);
    }
    mapped
        .iter()
        .copied()
        .take_while(|&p| p != 0)
        .for_each(push);
}

/// The lower case of the character at `at` of a text: a capital sigma at the end of a word has a
/// form of its own.
pub fn lower_at(text: &[u32], at: usize, push: &mut impl FnMut(u32)) {
    let point = text[at];
    if point == CAPITAL_SIGMA {
        let cased_beside = |mut others: Box<dyn Iterator<Item = &u32> + '_>| {
            others
                .find(|&&p| !is_case_ignorable(p))
                .is_some_and(|&p| is_cased(p))
        };
        let is_final = cased_beside(Box::new(text[..at].iter().rev()))
            && !cased_beside(Box::new(text[at + 1..].iter()));
        return push(if is_final { 0x3c2 } else { 0x3c3 });
    }
    lower(point, push);
}

pub fn lower(point: u32, push: &mut impl FnMut(u32)) {
    match char::from_u32(point) {
        Some(c) => emit(point, &unicode_case_mapping::to_lowercase(c), push),
        None => push(point),
    }
}

pub fn upper(point: u32, push: &mut impl FnMut(u32)) {
    match char::from_u32(point) {
        Some(c) => emit(point, &unicode_case_mapping::to_uppercase(c), push),
        None => push(point),
    }
}

pub fn title(point: u32, push: &mut impl FnMut(u32)) {
    match char::from_u32(point) {
        Some(c) => emit(point, &unicode_case_mapping::to_titlecase(c), push),
        None => push(point),
    }
}

pub fn fold(point: u32, push: &mut impl FnMut(u32)) {
    match char::from_u32(point) {
        Some(c) => {
            use caseless::Caseless;
            std::iter::once(c)
                .default_case_fold()
                .for_each(|c| push(c as u32));
        }
        None => push(point),
    }
}
