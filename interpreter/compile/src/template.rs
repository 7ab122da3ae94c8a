//! Template strings (PEP 750): a call of `Template` with the texts and an `Interpolation` for each
//! field. Both classes come from the native module `_templatelib`.

use crate::call::PLAIN;
use crate::compiler::Compiler;
use crate::errors::{Fault, Outcome};
use crate::expr::Piece;
use crate::unit::nth;
use bytecode::{Const, Op, Reg};
use ruff_python_ast::{self as ast};
use ruff_text_size::Ranged;

/// Texts and fields that one call takes.
const MOST_PIECES: usize = 1000;

impl<'a> Compiler<'a, '_> {
    pub fn t_string(&mut self, string: &'a ast::ExprTString, to: Reg) -> Outcome<()> {
        let mut pieces = Vec::new();
        for part in &string.value {
            let raw = matches!(
                part.flags.prefix(),
                ast::str_prefix::TStringPrefix::Raw { .. }
            );
            self.string_pieces(&part.elements, raw, &mut pieces);
        }
        if pieces.len() > MOST_PIECES {
            return Err(Fault::new(
                "too many fields in a template string",
                string.range,
            ));
        }
        let count = pieces.len() as u16;
        let window = self.unit.temps(u32::from(count) + 2);
        let mark = self.unit.mark();
        self.template_class("Template", window);
        for (at, piece) in pieces.into_iter().enumerate() {
            self.unit.release(mark);
            let reg = nth(window + 2, at);
            match piece {
                Piece::Text(points) => self.load_constant(Const::Str(points.into()), reg),
                Piece::Field(field, raw) => self.template_field(field, raw, reg)?,
            }
        }
        self.unit.op(Op::Call, PLAIN, to, window, count);
        Ok(())
    }

    fn template_class(&mut self, name: &str, to: Reg) {
        let name = self.table.names.intern(name);
        self.import_attribute("_templatelib", name, to);
    }

    /// `to` = Interpolation(value, expression, conversion, format specification)
    fn template_field(
        &mut self,
        field: &'a ast::InterpolatedElement,
        raw: bool,
        to: Reg,
    ) -> Outcome<()> {
        let outer = self.unit.at(field.range);
        let window = self.unit.temps(6);
        self.template_class("Interpolation", window);
        self.expr_to(&field.expression, window + 2)?;
        let text = self
            .source
            .label(&field.node_index, field.expression.range());
        self.load_constant(Const::str(text), window + 3);
        let has_spec = field.format_spec.is_some();
        let conversion = match field.conversion.to_char() {
            Some(letter) => Const::str(&letter.to_string()),
            // `{x=}` alone shows the representation.
            None if field.debug_text.is_some() && !has_spec => Const::str("r"),
            None => Const::None,
        };
        self.load_constant(conversion, window + 4);
        let mut pieces = Vec::new();
        if let Some(spec) = &field.format_spec {
            self.string_pieces(&spec.elements, raw, &mut pieces);
        }
        self.join_pieces(pieces, window + 5)?;
        self.unit.op(Op::Call, PLAIN, to, window, 4);
        self.unit.at(outer);
        Ok(())
    }
}
