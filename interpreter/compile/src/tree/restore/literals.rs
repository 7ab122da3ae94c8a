//! Constants, f-strings and t-strings from nodes.

use super::{Item, Kind, Made, NONE, Parts, Restore, mistyped};
use bytecode::Const;
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, InterpolatedStringElement, Number};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// What stands for a lone surrogate in a text of the parser's.
const REPLACEMENT: char = '\u{FFFD}';

impl Restore {
    pub(super) fn literal(&mut self, parts: &mut Parts) -> Made<Expr> {
        let (node_index, range) = (NONE, parts.range);
        Ok(match parts.kind {
            Kind::Constant => match parts.next() {
                Item::Const(value) => self.constant(&value, range)?,
                _ => self.constant(&Const::None, range)?,
            },
            Kind::TemplateStr => {
                let elements = self.elements(parts.list())?.into();
                let flags = ast::TStringFlags::empty();
                Expr::TString(ast::ExprTString {
                    node_index,
                    range,
                    value: ast::TStringValue::single(ast::TString {
                        range,
                        node_index: NONE,
                        elements,
                        flags,
                    }),
                })
            }
            Kind::JoinedStr => {
                let elements = self.elements(parts.list())?;
                joined(elements, range)
            }
            // A field that stands alone is formatted all the same.
            _ => {
                let field = self.field(parts)?;
                joined(vec![field], range)
            }
        })
    }

    fn constant(&mut self, value: &Const, range: TextRange) -> Made<Expr> {
        let node_index = NONE;
        Ok(match value {
            Const::None => Expr::NoneLiteral(ast::ExprNoneLiteral { node_index, range }),
            Const::Ellipsis => {
                Expr::EllipsisLiteral(ast::ExprEllipsisLiteral { node_index, range })
            }
            Const::Bool(value) => Expr::BooleanLiteral(ast::ExprBooleanLiteral {
                node_index,
                range,
                value: *value,
            }),
            Const::Int(value) => integer(&value.to_string(), range)?,
            Const::BigInt(digits) => integer(digits, range)?,
            Const::Float(bits) => number(Number::Float(f64::from_bits(*bits)), range),
            Const::Complex(real, imag) => {
                let (real, imag) = (f64::from_bits(*real), f64::from_bits(*imag));
                number(Number::Complex { real, imag }, range)
            }
            Const::Str(points) => {
                let (value, place) = self.text(points, "'");
                let flags = ast::StringLiteralFlags::empty();
                Expr::StringLiteral(ast::ExprStringLiteral {
                    node_index,
                    range,
                    value: ast::StringLiteralValue::single(ast::StringLiteral {
                        range: place.unwrap_or_else(|| self.empty_literal("''")),
                        node_index: NONE,
                        value,
                        flags,
                    }),
                })
            }
            Const::Bytes(bytes) => Expr::BytesLiteral(ast::ExprBytesLiteral {
                node_index,
                range,
                value: ast::BytesLiteralValue::single(ast::BytesLiteral {
                    range: self.empty_literal("b''"),
                    node_index: NONE,
                    value: bytes.clone(),
                    flags: ast::BytesLiteralFlags::empty(),
                }),
            }),
            Const::Tuple(items) => {
                let elts = items.iter().map(|item| self.constant(item, range));
                Expr::Tuple(ast::ExprTuple {
                    node_index,
                    range,
                    elts: elts.collect::<Made<_>>()?,
                    ctx: ast::ExprContext::Load,
                    parenthesized: true,
                })
            }
            Const::FrozenSet(_) | Const::Code(_) => {
                return mistyped("got an invalid type in Constant: frozenset");
            }
        })
    }

    /// The text as the parser has it. If it has lone surrogates, also where the appendix says
    /// which, between quotes.
    fn text(&mut self, points: &[u32], quote: &str) -> (Box<str>, Option<TextRange>) {
        let lone = |point: u32| char::from_u32(point).is_none();
        let text = points
            .iter()
            .map(|&point| char::from_u32(point).unwrap_or(REPLACEMENT));
        let text: String = text.collect();
        if !points.iter().any(|&point| lone(point)) {
            return (text.into(), None);
        }
        let from = self.appendix.len();
        self.appendix.push_str(quote);
        for &point in points {
            if lone(point) || point == u32::from(REPLACEMENT) {
                self.appendix.push_str(&format!("\\u{point:04x}"));
            }
        }
        self.appendix.push_str(quote);
        let length = (self.appendix.len() - from) as u32;
        let start = TextSize::from(self.grid.end() + from as u32);
        (text.into(), Some(TextRange::at(start, length.into())))
    }

    /// Where the appendix has a literal without content, of the text's form.
    fn empty_literal(&self, text: &str) -> TextRange {
        let at = self.appendix.find(text).unwrap_or_default() as u32;
        TextRange::at((self.grid.end() + at).into(), TextSize::of(text))
    }

    // ---- f-strings and t-strings

    fn elements(&mut self, items: Vec<Item>) -> Made<Vec<InterpolatedStringElement>> {
        let mut elements = Vec::with_capacity(items.len());
        for item in items {
            self.element(item, &mut elements)?;
        }
        Ok(elements)
    }

    fn element(&mut self, item: Item, to: &mut Vec<InterpolatedStringElement>) -> Made<()> {
        let Item::Node(id) = item else {
            return super::invalid("None disallowed in expression list");
        };
        let kind = self.tree.nodes[id.0 as usize].kind;
        match kind {
            Kind::Constant => {
                let mut parts = self.parts(id);
                if let Item::Const(Const::Str(points)) = parts.next() {
                    let (value, place) = self.text(&points, "");
                    to.push(InterpolatedStringElement::Literal(
                        ast::InterpolatedStringLiteralElement {
                            range: place.unwrap_or(parts.range),
                            node_index: NONE,
                            value,
                        },
                    ));
                }
            }
            Kind::FormattedValue | Kind::Interpolation => {
                let mut parts = self.parts(id);
                to.push(self.deeper(|restore| restore.field(&mut parts))?);
            }
            Kind::JoinedStr => {
                let mut parts = self.parts(id);
                to.extend(self.deeper(|restore| restore.elements(parts.list()))?);
            }
            _ => {
                let value = self.boxed(item)?;
                to.push(plain_field(value));
            }
        }
        Ok(())
    }

    fn field(&mut self, parts: &mut Parts) -> Made<InterpolatedStringElement> {
        let expression = self.boxed(parts.next())?;
        let node_index = AtomicNodeIndex::NONE;
        if parts.kind == Kind::Interpolation {
            let label = match parts.next() {
                Item::Const(Const::Str(points)) => self.text(&points, "").0.into(),
                _ => String::new(),
            };
            crate::symbols::mark(&node_index, self.labels.len() as u32);
            self.labels.push(label);
        }
        let conversion = match parts.next() {
            Item::Int(115) => ast::ConversionFlag::Str,
            Item::Int(114) => ast::ConversionFlag::Repr,
            Item::Int(97) => ast::ConversionFlag::Ascii,
            Item::Int(-1) | Item::None => ast::ConversionFlag::None,
            _ => {
                return super::invalid("Unrecognized conversion character");
            }
        };
        let format_spec = match parts.next() {
            Item::None => None,
            spec => {
                let mut elements = Vec::new();
                self.element(spec, &mut elements)?;
                Some(Box::new(ast::InterpolatedStringFormatSpec {
                    range: parts.range,
                    node_index: NONE,
                    elements: elements.into(),
                }))
            }
        };
        let field = ast::InterpolatedElement {
            range: parts.range,
            node_index,
            expression,
            debug_text: None,
            conversion,
            format_spec,
        };
        Ok(InterpolatedStringElement::Interpolation(field))
    }
}

fn plain_field(expression: Box<Expr>) -> InterpolatedStringElement {
    InterpolatedStringElement::Interpolation(ast::InterpolatedElement {
        range: expression.range(),
        node_index: NONE,
        expression,
        debug_text: None,
        conversion: ast::ConversionFlag::None,
        format_spec: None,
    })
}

fn joined(elements: Vec<InterpolatedStringElement>, range: TextRange) -> Expr {
    Expr::FString(ast::ExprFString {
        node_index: NONE,
        range,
        value: ast::FStringValue::single(ast::FString {
            range,
            node_index: NONE,
            elements: elements.into(),
            flags: ast::FStringFlags::empty(),
        }),
    })
}

fn number(value: Number, range: TextRange) -> Expr {
    Expr::NumberLiteral(ast::ExprNumberLiteral {
        node_index: NONE,
        range,
        value,
    })
}

/// An integer from its digits; a negative one is an operation on a literal.
fn integer(digits: &str, range: TextRange) -> Made<Expr> {
    let magnitude = digits.trim_start_matches('-');
    let Ok(value) = magnitude.parse() else {
        return mistyped("got an invalid type in Constant: int");
    };
    let literal = number(Number::Int(value), range);
    if magnitude.len() == digits.len() {
        return Ok(literal);
    }
    Ok(Expr::UnaryOp(ast::ExprUnaryOp {
        node_index: NONE,
        range,
        op: ast::UnaryOp::USub,
        operand: Box::new(literal),
    }))
}
