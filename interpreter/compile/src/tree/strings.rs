//! String literals, f-strings and t-strings as nodes.
//!
//! Literals that stand beside each other are one node. In an f-string or t-string the texts
//! between two fields are one constant, whichever of the adjacent literals they came from.

use super::walk::{Walk, cover};
use super::{Item, Kind};
use crate::errors::Outcome;
use crate::expr::without_comments;
use crate::fold::{decode_escapes, string_part};
use bytecode::Const;
use ruff_python_ast::{self as ast, InterpolatedElement, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange, TextSize};

type Fields = (Kind, Vec<Item>);

/// The values of a `JoinedStr` or `TemplateStr` so far.
#[derive(Default)]
struct Parts {
    values: Vec<Item>,
    /// Text that is not among the values yet.
    text: Vec<u32>,
    range: Option<TextRange>,
    /// The text began with a literal of prefix `u`.
    marked: bool,
}

impl Parts {
    fn push(&mut self, points: impl IntoIterator<Item = u32>, range: TextRange, marked: bool) {
        self.text.extend(points);
        match self.range {
            Some(before) => self.range = Some(cover(before, &range)),
            None => (self.range, self.marked) = (Some(range), marked),
        }
    }
}

impl Walk<'_> {
    pub fn string(&mut self, string: &ast::ExprStringLiteral) -> Fields {
        let mut points = Vec::new();
        for part in &string.value {
            if !part.flags.prefix().is_raw() {
                self.warn_escapes(part.content_range(), false);
            }
            string_part(self.source, part, &mut points);
        }
        let marked = string.value.iter().next().is_some_and(is_marked);
        (Kind::Constant, text_fields(points, marked))
    }

    pub fn f_string(&mut self, string: &ast::ExprFString) -> Outcome<Fields> {
        let mut parts = Parts::default();
        for part in &string.value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    let mut points = Vec::new();
                    string_part(self.source, literal, &mut points);
                    if !literal.flags.prefix().is_raw() {
                        self.warn_escapes(literal.content_range(), false);
                    }
                    parts.push(points, literal.range, is_marked(literal));
                }
                ast::FStringPart::FString(inner) => {
                    let raw = inner.flags.prefix().is_raw();
                    self.elements(&inner.elements, Field::Formatted, raw, &mut parts)?;
                }
            }
        }
        self.flush(&mut parts);
        Ok((Kind::JoinedStr, vec![Item::List(parts.values)]))
    }

    pub fn t_string(&mut self, string: &ast::ExprTString) -> Outcome<Fields> {
        let mut parts = Parts::default();
        for part in &string.value {
            let raw = matches!(
                part.flags.prefix(),
                ast::str_prefix::TStringPrefix::Raw { .. }
            );
            self.elements(&part.elements, Field::Interpolation, raw, &mut parts)?;
        }
        self.flush(&mut parts);
        Ok((Kind::TemplateStr, vec![Item::List(parts.values)]))
    }

    /// Makes the text since the last field a constant, if there is any.
    fn flush(&mut self, parts: &mut Parts) {
        let points = std::mem::take(&mut parts.text);
        if let Some(range) = parts.range.take()
            && !points.is_empty()
        {
            let constant = self.node(Kind::Constant, range, text_fields(points, parts.marked));
            parts.values.push(constant);
        }
    }

    fn elements(
        &mut self,
        elements: &ast::InterpolatedStringElements,
        field: Field,
        raw: bool,
        parts: &mut Parts,
    ) -> Outcome<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let mut points = Vec::new();
                    if literal.value.contains('\u{FFFD}') && !raw {
                        let source = self.source.slice(literal.range);
                        decode_escapes(source, &literal.value, &mut points);
                    } else {
                        points.extend(literal.value.chars().map(u32::from));
                    }
                    parts.push(points, literal.range, false);
                }
                InterpolatedStringElement::Interpolation(element) => {
                    if let Some(debug) = &element.debug_text {
                        let text = without_comments(debug.as_str());
                        let range = debug_range(element, debug);
                        parts.push(text.chars().map(u32::from), range, false);
                    }
                    self.flush(parts);
                    let value = self.replacement(element, field, raw)?;
                    parts.values.push(value);
                }
            }
        }
        Ok(())
    }

    fn replacement(
        &mut self,
        element: &InterpolatedElement,
        field: Field,
        raw: bool,
    ) -> Outcome<Item> {
        self.deeper(element.range, |walk| {
            let mut fields = vec![walk.expr(&element.expression)?];
            if field == Field::Interpolation {
                let text = walk.source.slice(element.expression.range());
                fields.push(Item::Const(Const::str(text)));
            }
            let conversion = match element.conversion {
                // `{x=}` alone shows the representation.
                ast::ConversionFlag::None
                    if element.debug_text.is_some() && element.format_spec.is_none() =>
                {
                    ast::ConversionFlag::Repr
                }
                given => given,
            };
            fields.push(Item::Int(conversion as i64));
            fields.push(match &element.format_spec {
                Some(spec) => walk.format_spec(spec, raw)?,
                None => Item::None,
            });
            Ok(walk.node(field.kind(), element.range, fields))
        })
    }

    /// A format specification is an f-string that begins at its colon, in a t-string too.
    fn format_spec(
        &mut self,
        spec: &ast::InterpolatedStringFormatSpec,
        raw: bool,
    ) -> Outcome<Item> {
        let mut parts = Parts::default();
        self.elements(&spec.elements, Field::Formatted, raw, &mut parts)?;
        self.flush(&mut parts);
        let colon = spec.start() - TextSize::from(1);
        let range = TextRange::new(colon, spec.end());
        Ok(self.node(Kind::JoinedStr, range, vec![Item::List(parts.values)]))
    }
}

/// What a replacement field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Formatted,
    Interpolation,
}

impl Field {
    fn kind(self) -> Kind {
        match self {
            Field::Formatted => Kind::FormattedValue,
            Field::Interpolation => Kind::Interpolation,
        }
    }
}

fn text_fields(points: Vec<u32>, marked: bool) -> Vec<Item> {
    let kind = if marked {
        Item::Const(Const::str("u"))
    } else {
        Item::None
    };
    vec![Item::Const(Const::Str(points.into())), kind]
}

fn is_marked(literal: &ast::StringLiteral) -> bool {
    matches!(
        literal.flags.prefix(),
        ast::str_prefix::StringLiteralPrefix::Unicode
    )
}

/// Where the text of `{x=}` stands: behind the brace, as long as it is.
fn debug_range(element: &InterpolatedElement, debug: &ast::DebugText) -> TextRange {
    let start = element.start() + TextSize::from(1);
    TextRange::at(start, TextSize::of(debug.as_str()))
}
