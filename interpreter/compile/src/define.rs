//! Functions, lambdas and classes: their code objects, and the code that makes them.

use crate::call::PLAIN;
use crate::compiler::{Compiler, Place};
use crate::errors::Outcome;
use crate::scope::*;
use crate::symbols::{annotations_of, has_annotations, scope_of};
use crate::unit::{doubled, nth};
use bytecode::{Code, CodeFlags, CommonConst, Const, Op, ParamSpec, Reg};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// Bits of `make_function`'s `x`.
const DEFAULTS: u8 = 1;
const KEYWORD_DEFAULTS: u8 = 2;
const ANNOTATE: u8 = 4;
const CLOSURE: u8 = 8;

impl<'a> Compiler<'a, '_> {
    /// The dotted path of something named `name` that is defined at the present point.
    pub fn child_qualname(&self, name: &str, sym: Option<Sym>) -> String {
        let scope = self.scope();
        // A generic's scope is not part of the path.
        let mut at = self.unit.scope;
        let mut path = &self.unit.qualname;
        let mut level = self.outer.len();
        while self.table.scopes[at].kind == ScopeKind::TypeParams && level > 0 {
            level -= 1;
            at = self.outer[level].scope;
            path = &self.outer[level].qualname;
        }
        let scope = if scope.kind == ScopeKind::TypeParams {
            &self.table.scopes[at]
        } else {
            scope
        };
        if sym.is_some_and(|sym| scope.var(sym) & GLOBAL != 0) {
            return name.to_owned();
        }
        match scope.kind {
            ScopeKind::Module => name.to_owned(),
            ScopeKind::Class => format!("{path}.{name}"),
            _ => format!("{path}.<locals>.{name}"),
        }
    }

    pub fn flags(&self, scope: ScopeId) -> CodeFlags {
        let scope = &self.table.scopes[scope];
        let is_async = scope.is_async || scope.kind == ScopeKind::Generator && scope.has_await;
        let mut parent = scope.parent.map(|id| &self.table.scopes[id]);
        let mut direct = parent;
        while let Some(p) = direct
            && p.kind == ScopeKind::TypeParams
        {
            direct = p.parent.map(|id| &self.table.scopes[id]);
        }
        let method =
            scope.kind == ScopeKind::Function && direct.is_some_and(|p| p.kind == ScopeKind::Class);
        let mut nested = false;
        while let Some(p) = parent {
            nested |= p.kind.is_function_like();
            parent = p.parent.map(|id| &self.table.scopes[id]);
        }
        CodeFlags {
            optimized: scope.kind.is_function_like(),
            generator: scope.has_yield && !is_async,
            coroutine: is_async && !scope.has_yield,
            async_generator: is_async && scope.has_yield,
            nested,
            has_docstring: false,
            method,
            hidden: self.options.hidden,
            iterable_coroutine: false,
        }
    }

    // ---- making functions

    /// `to` = function of `code`, which captures what `free` names.
    pub fn make_function(&mut self, code: Code, free: &[Sym], parts: Parts, to: Reg) {
        let mut x = 0;
        let base = self.unit.temps(4);
        let mut next = base;
        let given = [
            (DEFAULTS, parts.defaults),
            (KEYWORD_DEFAULTS, parts.keyword_defaults),
            (ANNOTATE, parts.annotate),
        ];
        for (bit, reg) in given {
            if let Some(reg) = reg {
                x |= bit;
                self.unit.movement(next, reg);
                next += 1;
            }
        }
        if !free.is_empty() {
            x |= CLOSURE;
            let cells = self.unit.temps(free.len() as u32);
            for (at, sym) in free.iter().enumerate() {
                let cell = self.cell_register(*sym).unwrap_or(0);
                self.unit.movement(nth(cells, at), cell);
            }
            self.unit
                .op(Op::BuildTuple, 0, next, cells, free.len() as u16);
        }
        let code = self.unit.unique_constant(Const::Code(Box::new(code)));
        let code = self.unit.short(code);
        self.unit.op(Op::MakeFunction, x, to, base, code);
    }

    fn defaults(&mut self, parameters: &'a ast::Parameters) -> Outcome<Parts> {
        let mut parts = Parts::default();
        let positional: Vec<&Expr> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .filter_map(|p| p.default.as_deref())
            .collect();
        if !positional.is_empty() {
            let tuple = self.unit.temp();
            let constants: Option<Vec<_>> =
                positional.iter().map(|d| self.constant_value(d)).collect();
            if let Some(constants) = constants {
                self.load_constant(Const::Tuple(constants.into()), tuple);
            } else {
                let mark = self.unit.mark();
                let base = self.unit.temps(positional.len() as u32);
                for (at, default) in positional.iter().enumerate() {
                    self.expr_to(default, nth(base, at))?;
                }
                self.unit
                    .op(Op::BuildTuple, 0, tuple, base, positional.len() as u16);
                self.unit.release(mark);
            }
            parts.defaults = Some(tuple);
        }
        let keywords: Vec<(&ast::Identifier, &Expr)> = parameters
            .kwonlyargs
            .iter()
            .filter_map(|p| Some((&p.parameter.name, p.default.as_deref()?)))
            .collect();
        if !keywords.is_empty() {
            let dict = self.unit.temp();
            let mark = self.unit.mark();
            let base = self.unit.temps(keywords.len() as u32 * 2);
            for (at, (name, default)) in keywords.iter().enumerate() {
                let reg = nth(base, at * 2);
                let sym = self.mangle(name.as_str());
                let name = Const::str(self.table.names.text(sym));
                self.load_constant(name, reg);
                self.expr_to(default, reg + 1)?;
            }
            self.unit
                .op(Op::BuildDict, 0, dict, base, doubled(keywords.len()));
            self.unit.release(mark);
            parts.keyword_defaults = Some(dict);
        }
        Ok(parts)
    }

    pub fn function_def(&mut self, def: &'a ast::StmtFunctionDef) -> Outcome<()> {
        let name_sym = self.mangle(def.name.as_str());
        let decorators = &def.decorator_list;
        let base = self.unit.temps(decorators.len() as u32 * 2 + 1);
        let span = self.definition_span(def.range, def.name.range, decorators);
        self.evaluate_decorators(decorators, base)?;
        // Without decorators the function can go straight to its variable.
        let function = match self.place(name_sym) {
            Place::Register(reg) if decorators.is_empty() => reg,
            _ => nth(base, decorators.len() * 2),
        };
        self.unit.at(span);
        let parts = self.defaults(&def.parameters)?;
        self.unit.at(span);
        match def.type_params.as_deref() {
            None => self.plain_function(def, parts, function)?,
            Some(params) => self.generic_function(def, params, parts, function)?,
        }
        self.apply_decorators(decorators, base);
        self.unit.at(span);
        self.store_name(
            name_sym,
            if decorators.is_empty() {
                function
            } else {
                base
            },
        );
        Ok(())
    }

    /// The span of a definition's header, from `def` to the name.
    fn definition_span(
        &self,
        whole: TextRange,
        name: TextRange,
        decorators: &[ast::Decorator],
    ) -> TextRange {
        let mut start = whole.start();
        if let Some(last) = decorators.last() {
            let between = self
                .source
                .slice(TextRange::new(last.range.end(), name.start()));
            for word in ["async", "def", "class"] {
                if let Some(at) = between.find(word) {
                    start = last.range.end() + ruff_text_size::TextSize::from(at as u32);
                    break;
                }
            }
        }
        TextRange::new(start, whole.end())
    }

    fn evaluate_decorators(&mut self, list: &'a [ast::Decorator], base: Reg) -> Outcome<()> {
        for (at, decorator) in list.iter().enumerate() {
            self.expr_to(&decorator.expression, nth(base, at * 2))?;
        }
        Ok(())
    }

    /// Calls the decorators from the last to the first; the result is in `base`.
    fn apply_decorators(&mut self, list: &'a [ast::Decorator], base: Reg) {
        for (at, decorator) in list.iter().enumerate().rev() {
            let window = nth(base, at * 2);
            self.unit.at(decorator.expression.range());
            self.unit.op(Op::Call, PLAIN, window, window, 1);
        }
    }

    pub fn plain_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        mut parts: Parts,
        to: Reg,
    ) -> Outcome<()> {
        if has_annotations(def) {
            let annotate = self.unit.temp();
            self.function_annotate(def, annotate)?;
            parts.annotate = Some(annotate);
        }
        let name = def.name.as_str();
        let first_line = self.first_line(def.range, &def.decorator_list);
        let sym = self.mangle(name);
        let qualname = self.child_qualname(name, Some(sym));
        let params = param_spec(&def.parameters);
        let scope = scope_of(&def.node_index);
        self.enter(scope, qualname);
        let (doc, body) = self.split_docstring(&def.body);
        let mut flags = self.flags(scope);
        if let Some(doc) = doc {
            self.unit.unique_constant(doc);
            flags.has_docstring = true;
        }
        self.body(body)?;
        self.return_none();
        let (code, free) = self.finish(name, flags, params, first_line, def.range)?;
        self.make_function(code, &free, parts, to);
        Ok(())
    }

    /// The line of the first decorator or of the definition.
    fn first_line(&self, range: TextRange, decorators: &[ast::Decorator]) -> u32 {
        let start = decorators
            .first()
            .map_or(range.start(), |d| d.range.start());
        self.source.line(start)
    }

    pub fn lambda(&mut self, lambda: &'a ast::ExprLambda, to: Reg) -> Outcome<()> {
        let (parts, params) = match lambda.parameters.as_deref() {
            Some(parameters) => (self.defaults(parameters)?, param_spec(parameters)),
            None => (Parts::default(), ParamSpec::default()),
        };
        let qualname = self.child_qualname("<lambda>", None);
        let scope = scope_of(&lambda.node_index);
        self.enter(scope, qualname);
        let flags = self.flags(scope);
        let value = self.operand(&lambda.body)?;
        self.unit.at(lambda.body.range());
        self.unit.op(Op::Return, 0, value, 0, 0);
        let first_line = self.source.line(lambda.range.start());
        let (code, free) = self.finish("<lambda>", flags, params, first_line, lambda.range)?;
        self.make_function(code, &free, parts, to);
        Ok(())
    }

    /// The docstring as a constant, and the rest of the body.
    pub fn split_docstring(&mut self, body: &'a [Stmt]) -> (Option<Const>, &'a [Stmt]) {
        let Some((Stmt::Expr(first), rest)) = body.split_first() else {
            return (None, body);
        };
        let Expr::StringLiteral(string) = &*first.value else {
            return (None, body);
        };
        self.warn_escapes(&first.value);
        if self.options.optimize >= 2 {
            return (None, rest);
        }
        let Const::Str(points) = self.string_constant(string) else {
            return (None, rest);
        };
        (Some(Const::Str(clean_docstring(&points).into())), rest)
    }

    // ---- annotations

    fn function_annotate(&mut self, def: &'a ast::StmtFunctionDef, to: Reg) -> Outcome<()> {
        let scope = if self.table.future_annotations {
            self.hidden_annotation_scope()
        } else {
            scope_of(&def.parameters.node_index)
        };
        let mut entries = Vec::new();
        for (name, annotation) in annotations_of(def) {
            let sym = self.mangle(name);
            entries.push((sym, annotation, None));
        }
        self.annotate_function(scope, &entries, def.range, to)
    }

    /// A scope for annotations that are only text.
    fn hidden_annotation_scope(&mut self) -> ScopeId {
        let name = self.table.names.intern("__annotate__");
        let format = self.table.names.intern(".format");
        let mut scope = Scope::new(ScopeKind::Annotations, Some(self.unit.scope), name);
        scope.vars.insert(format, PARAM | BOUND);
        self.table.scopes.push(scope);
        self.table.scopes.len() - 1
    }

    /// `to` = function that computes a dictionary of annotations: name, expression, and the number
    /// under which a conditional one is noted when it is reached.
    fn annotate_function(
        &mut self,
        scope: ScopeId,
        entries: &[(Sym, &'a Expr, Option<u32>)],
        range: TextRange,
        to: Reg,
    ) -> Outcome<()> {
        let qualname = self.child_qualname("__annotate__", None);
        let conditional = self.table.names.intern("__conditional_annotations__");
        self.enter(scope, qualname);
        self.unit.at(range);
        self.refuse_other_formats();
        let dict = self.unit.temp();
        self.unit.op(Op::BuildDict, 0, dict, dict, 0);
        for (sym, annotation, number) in entries {
            let mark = self.unit.mark();
            let pair = self.unit.temps(2);
            let skip = self.unit.label();
            if let Some(number) = number {
                self.load_constant(Const::Int(*number as i64), pair);
                self.load_name(conditional, pair + 1);
                self.unit.fused(Op::JumpIn, 0, pair, pair + 1, skip);
            }
            let name = self.name_index(*sym);
            if self.table.future_annotations {
                let text = crate::unparse::annotation(annotation)
                    .unwrap_or_else(|| one_line(self.source.slice(annotation.range())));
                self.load_constant(Const::str(&text), pair + 1);
            } else if let Expr::Starred(starred) = annotation {
                // `*args: *Ts` means the only item of the unpacked value.
                self.expr_to(&starred.value, pair + 1)?;
                self.unit.op(Op::UnpackSequence, 0, pair + 1, pair + 1, 1);
            } else {
                self.expr_to(annotation, pair + 1)?;
            }
            self.unit.wide(Op::LoadConst, 0, pair, name);
            self.unit.op(Op::DictInsert, 0, dict, pair, pair + 1);
            self.unit.place(skip);
            self.unit.release(mark);
        }
        self.unit.op(Op::Return, 0, dict, 0, 0);
        let params = ParamSpec {
            positional_only: 1,
            positional: 1,
            ..ParamSpec::default()
        };
        let flags = self.flags(scope);
        let first_line = self.source.line(range.start());
        let (code, free) = self.finish("__annotate__", flags, params, first_line, range)?;
        self.make_function(code, &free, Parts::default(), to);
        Ok(())
    }

    /// An annotation function knows how to give values (formats 1 and 2) only.
    fn refuse_other_formats(&mut self) {
        let known = self.unit.label();
        self.unit.fused(Op::JumpLeImm, 1, 0, 2, known);
        let mark = self.unit.mark();
        let error = self.unit.temp();
        self.load_global("NotImplementedError", error);
        self.unit.op(Op::Raise, 1, error, 0, 0);
        self.unit.place(known);
        self.unit.release(mark);
    }

    /// Empties the set of conditional annotations that were reached.
    pub fn begin_annotations(&mut self) {
        if !self.scope().has_conditional_annotations {
            return;
        }
        let sym = self.table.names.intern("__conditional_annotations__");
        let mark = self.unit.mark();
        let set = self.unit.temp();
        self.unit.op(Op::BuildSet, 0, set, set, 0);
        match self.cell_register(sym) {
            Some(cell) => self.unit.op(Op::StoreCell, 0, cell, set, 0),
            None => self.store_name(sym, set),
        }
        self.unit.release(mark);
    }

    pub fn note_conditional_annotation(&mut self, statement: &ast::StmtAnnAssign) {
        // In source order, so the statement is found by its start.
        let annotations = &self.scope().annotations;
        let Ok(at) = annotations
            .binary_search_by_key(&statement.range.start(), |a| a.statement.range.start())
        else {
            return;
        };
        if !annotations[at].conditional {
            return;
        }
        let sym = self.table.names.intern("__conditional_annotations__");
        let pair = self.unit.temps(2);
        match self.cell_register(sym) {
            Some(cell) => {
                let name = self.short_name(sym);
                self.unit.op(Op::LoadCell, 0, pair, cell, name);
            }
            None => self.load_name(sym, pair),
        }
        self.load_constant(Const::Int(at as i64), pair + 1);
        self.unit.op(Op::SetAdd, 0, pair, pair + 1, 0);
    }

    /// Stores the annotation function of a module or class, if it has annotations.
    pub fn end_annotations(&mut self, name: &str) -> Outcome<()> {
        if self.scope().annotations.is_empty() || !self.unit.reachable {
            return Ok(());
        }
        let future = self.table.future_annotations;
        let scope = match self.scope().annotate {
            Some(scope) if !future => scope,
            _ => self.hidden_annotation_scope(),
        };
        let mut found: Vec<(&'a ast::StmtAnnAssign, Option<u32>)> = Vec::new();
        for (at, annotated) in self.scope().annotations.iter().enumerate() {
            found.push((
                annotated.statement,
                annotated.conditional.then_some(at as u32),
            ));
        }
        let range = found.first().map_or(TextRange::default(), |f| f.0.range);
        let mut entries = Vec::with_capacity(found.len());
        for (statement, number) in found {
            if let Expr::Name(target) = &*statement.target {
                let sym = self.mangle(target.id.as_str());
                entries.push((sym, &*statement.annotation, number));
            }
        }
        let mark = self.unit.mark();
        let function = self.unit.temp();
        self.annotate_function(scope, &entries, range, function)?;
        let sym = self.table.names.intern(name);
        self.store_name(sym, function);
        self.unit.release(mark);
        Ok(())
    }

    // ---- classes

    pub fn class_def(&mut self, def: &'a ast::StmtClassDef) -> Outcome<()> {
        let decorators = &def.decorator_list;
        let base = self.unit.temps(decorators.len() as u32 * 2 + 1);
        let span = self.definition_span(def.range, def.name.range, decorators);
        self.evaluate_decorators(decorators, base)?;
        let class = nth(base, decorators.len() * 2);
        self.unit.at(span);
        match def.type_params.as_deref() {
            None => self.build_class(def, None, class)?,
            Some(params) => self.generic_class(def, params, class)?,
        }
        self.apply_decorators(decorators, base);
        self.unit.at(span);
        let sym = self.mangle(def.name.as_str());
        self.store_name(sym, base);
        Ok(())
    }

    /// `to` = the class; `generic` holds a base to be added.
    pub fn build_class(
        &mut self,
        def: &'a ast::StmtClassDef,
        generic: Option<Reg>,
        to: Reg,
    ) -> Outcome<()> {
        let span = self.unit.at(TextRange::default());
        self.unit.at(span);
        let arguments = def.arguments.as_deref();
        let bases = arguments.map_or(&[][..], |a| &a.args);
        let keywords = arguments.map_or(&[][..], |a| &a.keywords);
        let spread =
            bases.iter().any(Expr::is_starred_expr) || keywords.iter().any(|k| k.arg.is_none());
        let count = bases.len() + keywords.len() + 3;
        let window = self.unit.temps(count as u32 + 3);
        self.unit.common(window, CommonConst::BuildClass);
        let name = Const::str(def.name.as_str());
        if spread {
            let head = self.unit.temps(2);
            self.class_body(def, head)?;
            self.load_constant(name, head + 1);
            let list = window + 2;
            self.unit.op(Op::BuildList, 0, list, head, 2);
            let rest = self.unit.temp();
            self.collect_list(bases, rest)?;
            self.unit.op(Op::ListExtend, 0, list, rest, 0);
            if let Some(generic) = generic {
                self.unit.op(Op::ListAppend, 0, list, generic, 0);
            }
            self.unit.op(Op::ListToTuple, 0, list, list, 0);
            self.keyword_dict(keywords, window + 3, window)?;
            self.unit.at(span);
            self.unit.op(Op::CallEx, PLAIN, to, window, 2);
            return Ok(());
        }
        self.class_body(def, window + 2)?;
        self.unit.at(span);
        self.load_constant(name, window + 3);
        let mut next = window + 4;
        for base in bases {
            self.expr_to(base, next)?;
            next += 1;
        }
        if let Some(generic) = generic {
            self.unit.movement(next, generic);
            next += 1;
        }
        let mut names = Vec::new();
        for keyword in keywords {
            self.expr_to(&keyword.value, next)?;
            next += 1;
            if let Some(name) = &keyword.arg {
                let sym = self.mangle(name.as_str());
                names.push(Const::str(self.table.names.text(sym)));
            }
        }
        self.unit.at(span);
        let given = next - window - 2;
        if names.is_empty() {
            self.unit.op(Op::Call, PLAIN, to, window, given);
        } else {
            self.load_constant(Const::Tuple(names.into()), next);
            self.unit.op(Op::CallKw, PLAIN, to, window, given);
        }
        Ok(())
    }

    /// `to` = function that fills the class's namespace. It returns the cell for `__class__`, or
    /// None if no method wants it.
    fn class_body(&mut self, def: &'a ast::StmtClassDef, to: Reg) -> Outcome<()> {
        let name = def.name.as_str();
        let first_line = self.first_line(def.range, &def.decorator_list);
        let sym = self.mangle(name);
        let qualname = self.child_qualname(name, Some(sym));
        let scope = scope_of(&def.node_index);
        self.enter(scope, qualname.clone());
        let flags = self.flags(scope);
        self.unit.at(TextRange::at(def.range.start(), 1.into()));
        self.class_prologue(def, &qualname, first_line);
        let (doc, body) = self.split_docstring(&def.body);
        if let (Some(doc), Some(first)) = (doc, def.body.first()) {
            self.unit.at(first.range());
            self.store_in_namespace("__doc__", doc);
        }
        self.begin_annotations();
        self.body(body)?;
        self.unit.stay();
        self.end_annotations("__annotate_func__")?;
        self.class_epilogue();
        let params = ParamSpec::default();
        let (code, free) = self.finish(name, flags, params, first_line, def.range)?;
        self.make_function(code, &free, Parts::default(), to);
        Ok(())
    }

    fn store_in_namespace(&mut self, name: &str, value: Const) {
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.load_constant(value, reg);
        let sym = self.table.names.intern(name);
        let name = self.name_index(sym);
        self.unit.wide(Op::StoreName, 0, reg, name);
        self.unit.release(mark);
    }

    fn class_prologue(&mut self, def: &ast::StmtClassDef, qualname: &str, first_line: u32) {
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        let dict = self.table.names.intern("__classdict__");
        if let Some(home) = self.unit.homes.get(&dict).copied() {
            self.unit.op(Op::LoadLocals, 0, reg, 0, 0);
            self.unit.op(Op::StoreCell, 0, home.reg, reg, 0);
        }
        let module = self.table.names.intern("__name__");
        let site = self.global_site(module);
        self.unit.wide(Op::LoadName, 0, reg, site);
        let target = self.table.names.intern("__module__");
        let target = self.name_index(target);
        self.unit.wide(Op::StoreName, 0, reg, target);
        self.store_in_namespace("__qualname__", Const::str(qualname));
        self.store_in_namespace("__firstlineno__", Const::Int(first_line as i64));
        if def.type_params.is_some() {
            let params = self.table.names.intern(".type_params");
            if let Some(cell) = self.cell_register(params) {
                let name = self.short_name(params);
                self.unit.op(Op::LoadCell, 1, reg, cell, name);
                let target = self.table.names.intern("__type_params__");
                let target = self.name_index(target);
                self.unit.wide(Op::StoreName, 0, reg, target);
            }
        }
        self.unit.release(mark);
    }

    fn class_epilogue(&mut self) {
        let attributes: Box<[Const]> = self
            .scope()
            .self_attributes
            .iter()
            .map(|sym| Const::str(self.table.names.text(*sym)))
            .collect();
        self.store_in_namespace("__static_attributes__", Const::Tuple(attributes));
        let dict = self.table.names.intern("__classdict__");
        if let Some(home) = self.unit.homes.get(&dict).copied() {
            let name = self.table.names.intern("__classdictcell__");
            let name = self.name_index(name);
            self.unit.wide(Op::StoreName, 0, home.reg, name);
        }
        let class = self.table.names.intern("__class__");
        let result = match self.unit.homes.get(&class).copied() {
            Some(home) => {
                let name = self.table.names.intern("__classcell__");
                let name = self.name_index(name);
                self.unit.wide(Op::StoreName, 0, home.reg, name);
                home.reg
            }
            None => {
                let none = self.unit.temp();
                self.load_none(none);
                none
            }
        };
        self.unit.op(Op::Return, 0, result, 0, 0);
    }
}

/// What a function is made with, by register.
#[derive(Clone, Copy, Default)]
pub struct Parts {
    pub defaults: Option<Reg>,
    pub keyword_defaults: Option<Reg>,
    pub annotate: Option<Reg>,
}

fn param_spec(parameters: &ast::Parameters) -> ParamSpec {
    let positional_only = parameters.posonlyargs.len().min(20_000) as u16;
    ParamSpec {
        positional_only,
        positional: positional_only + parameters.args.len().min(20_000) as u16,
        keyword_only: parameters.kwonlyargs.len().min(20_000) as u16,
        varargs: parameters.vararg.is_some(),
        varkw: parameters.kwarg.is_some(),
    }
}

/// An annotation's text as the string that `from __future__ import annotations` makes of it.
fn one_line(text: &str) -> String {
    if !text.contains('\n') {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the common indentation off a docstring's lines, as the compiler of 3.13 began to do.
fn clean_docstring(points: &[u32]) -> Vec<u32> {
    const TAB: u32 = '\t' as u32;
    const NEWLINE: u32 = '\n' as u32;
    const SPACE: u32 = ' ' as u32;
    let mut expanded = Vec::with_capacity(points.len());
    let mut column = 0;
    for &point in points {
        if point == TAB {
            let width = 8 - column % 8;
            expanded.extend(std::iter::repeat_n(SPACE, width));
            column += width;
        } else {
            column = if point == NEWLINE || point == '\r' as u32 {
                0
            } else {
                column + 1
            };
            expanded.push(point);
        }
    }
    let indent = |line: &[u32]| line.iter().take_while(|&&p| p == SPACE).count();
    let lines: Vec<&[u32]> = expanded.split(|&p| p == NEWLINE).collect();
    let margin = lines[1..]
        .iter()
        .filter(|line| indent(line) < line.len())
        .map(|line| indent(line))
        .min()
        .unwrap_or(0);
    let mut clean = Vec::with_capacity(expanded.len());
    for (at, line) in lines.iter().enumerate() {
        let cut = if at == 0 {
            indent(line)
        } else {
            indent(line).min(margin)
        };
        if at > 0 {
            clean.push(NEWLINE);
        }
        clean.extend_from_slice(&line[cut..]);
    }
    clean
}
