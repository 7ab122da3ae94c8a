//! Type parameters and type aliases (PEP 695).
//!
//! A generic definition runs inside a function of its own that makes the type variables. Bounds,
//! constraints, defaults and the values of aliases are functions too, which are called when they are
//! first asked for, so they may refer to what is defined later. What makes the objects comes from
//! module `_typing`.

use crate::call::PLAIN;
use crate::compiler::Compiler;
use crate::define::Parts;
use crate::errors::Outcome;
use crate::symbols::scope_of;
use crate::unit::nth;
use bytecode::{Const, Op, ParamSpec, Reg};
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, TypeParam};
use ruff_text_size::Ranged;

impl<'a> Compiler<'a, '_> {
    pub fn generic_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        params: &'a ast::TypeParams,
        parts: Parts,
        to: Reg,
    ) -> Outcome<()> {
        let window = self.unit.temps(4);
        for (at, part) in [parts.defaults, parts.keyword_defaults]
            .into_iter()
            .enumerate()
        {
            let reg = window + 2 + at as Reg;
            match part {
                Some(part) => self.unit.movement(reg, part),
                None => self.load_none(reg),
            }
        }
        self.enter_generic(params);
        self.type_params(params)?;
        let inner = Parts {
            defaults: parts.defaults.map(|_| 0),
            keyword_defaults: parts.keyword_defaults.map(|_| 1),
            annotate: None,
        };
        let function = self.unit.temp();
        self.plain_generic_function(def, inner, function)?;
        self.leave_generic(params, def.name.as_str(), window)?;
        self.unit.op(Op::Call, PLAIN, to, window, 2);
        Ok(())
    }

    fn plain_generic_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        parts: Parts,
        function: Reg,
    ) -> Outcome<()> {
        self.plain_function(def, parts, function)?;
        let params = self.unit.temp();
        let hidden = self.table.names.intern(".type_params");
        self.load_name(hidden, params);
        let site = self.attribute_site("__type_params__");
        self.unit.op(Op::StoreAttr, 0, function, params, site);
        self.unit.op(Op::Return, 0, function, 0, 0);
        Ok(())
    }

    pub fn generic_class(
        &mut self,
        def: &'a ast::StmtClassDef,
        params: &'a ast::TypeParams,
        to: Reg,
    ) -> Outcome<()> {
        let window = self.open_generic_call();
        self.enter_generic(params);
        self.unit.at(def.range);
        self.type_params(params)?;
        let generic = self.unit.temp();
        let list = self.unit.temps(2);
        let hidden = self.table.names.intern(".type_params");
        // A variadic parameter stands unpacked in the subscript of `Generic`.
        self.unit.op(Op::BuildList, 0, list, list, 0);
        for param in &params.type_params {
            let sym = self.mangle(param.name().as_str());
            self.load_name(sym, list + 1);
            let op = if param.is_type_var_tuple() {
                Op::ListExtend
            } else {
                Op::ListAppend
            };
            self.unit.op(op, 0, list, list + 1, 0);
        }
        self.unit.op(Op::ListToTuple, 0, list, list, 0);
        let name = self.table.names.intern("Generic");
        self.import_attribute("_typing", name, generic);
        self.unit.op(Op::LoadItem, 0, generic, generic, list);
        let class = self.unit.temp();
        self.build_class(def, Some(generic), class)?;
        let _ = hidden;
        self.unit.op(Op::Return, 0, class, 0, 0);
        self.leave_generic(params, def.name.as_str(), window)?;
        self.unit.op(Op::Call, PLAIN, to, window, 2);
        Ok(())
    }

    fn open_generic_call(&mut self) -> Reg {
        let window = self.unit.temps(4);
        self.load_none(window + 2);
        self.load_none(window + 3);
        window
    }

    fn enter_generic(&mut self, params: &'a ast::TypeParams) {
        let scope = scope_of(&params.node_index);
        let name = self.table.scopes[scope].name;
        let name = self.table.names.text(name).to_owned();
        let qualname = self.child_qualname(&name, None);
        self.enter(scope, qualname);
        self.unit.at(params.range);
    }

    fn leave_generic(
        &mut self,
        params: &'a ast::TypeParams,
        owner: &str,
        window: Reg,
    ) -> Outcome<()> {
        let name = format!("<generic parameters of {owner}>");
        let spec = ParamSpec {
            positional_only: 2,
            positional: 2,
            ..ParamSpec::default()
        };
        let flags = self.flags(scope_of(&params.node_index));
        let first_line = self.source.line(params.range.start());
        let (code, free) = self.finish(&name, flags, spec, first_line, params.range)?;
        self.make_function(code, &free, Parts::default(), window);
        Ok(())
    }

    /// Makes the type variables, binds them, and keeps their tuple.
    fn type_params(&mut self, params: &'a ast::TypeParams) -> Outcome<()> {
        let count = params.type_params.len() as u32;
        let base = self.unit.temps(count);
        for (at, param) in params.type_params.iter().enumerate() {
            let reg = nth(base, at);
            let mark = self.unit.mark();
            self.unit.at(param.range());
            self.type_param(param, reg)?;
            let sym = self.mangle(param.name().as_str());
            self.store_name(sym, reg);
            self.unit.release(mark);
        }
        let tuple = self.unit.temp();
        self.unit.op(Op::BuildTuple, 0, tuple, base, count as u16);
        let hidden = self.table.names.intern(".type_params");
        self.store_name(hidden, tuple);
        Ok(())
    }

    fn type_param(&mut self, param: &'a TypeParam, to: Reg) -> Outcome<()> {
        let (maker, own, default) = match param {
            TypeParam::TypeVar(p) => ("type_var", &p.node_index, p.default.as_deref()),
            TypeParam::TypeVarTuple(p) => ("type_var_tuple", &p.node_index, p.default.as_deref()),
            TypeParam::ParamSpec(p) => ("param_spec", &p.node_index, p.default.as_deref()),
        };
        let window = self.unit.temps(6);
        let name = self.table.names.intern(maker);
        self.import_attribute("_typing", name, window);
        self.load_constant(Const::str(param.name().as_str()), window + 2);
        let mut at = window + 3;
        if let TypeParam::TypeVar(p) = param {
            let bound = p.bound.as_deref();
            let (plain, constraints) = match bound.is_some_and(Expr::is_tuple_expr) {
                true => (None, bound),
                false => (bound, None),
            };
            for lazy in [plain, constraints] {
                self.evaluator(own, lazy, at)?;
                at += 1;
            }
        }
        self.evaluator(&param.name().node_index, default, at)?;
        self.unit.op(Op::Call, PLAIN, to, window, at - window - 1);
        Ok(())
    }

    /// A function that evaluates an expression in the scope that the symbol table gave it; None
    /// where there is no expression.
    fn evaluator(
        &mut self,
        index: &AtomicNodeIndex,
        expr: Option<&'a Expr>,
        to: Reg,
    ) -> Outcome<()> {
        let Some(expr) = expr else {
            self.load_none(to);
            return Ok(());
        };
        let scope = scope_of(index);
        let qualname = self.child_qualname("<type expression>", None);
        self.enter(scope, qualname);
        self.unit.at(expr.range());
        let value = match expr {
            Expr::Starred(starred) => {
                let list = self.unit.temp();
                self.collect_list(std::slice::from_ref(expr), list)?;
                self.unit.at(starred.range);
                let first = self.unit.temp();
                self.unit.wide(Op::LoadInt, 0, first, 0);
                self.unit.op(Op::LoadItem, 0, list, list, first);
                list
            }
            plain => self.operand(plain)?,
        };
        self.unit.op(Op::Return, 0, value, 0, 0);
        let params = ParamSpec {
            positional_only: 1,
            positional: 1,
            ..ParamSpec::default()
        };
        let flags = self.flags(scope);
        let first_line = self.source.line(expr.range().start());
        let (code, free) =
            self.finish("<type expression>", flags, params, first_line, expr.range())?;
        self.make_function(code, &free, Parts::default(), to);
        Ok(())
    }

    pub fn type_alias(&mut self, alias: &'a ast::StmtTypeAlias) -> Outcome<()> {
        let name = match &*alias.name {
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        let result = self.unit.temp();
        match alias.type_params.as_deref() {
            None => self.alias_object(alias, name, None, result)?,
            Some(params) => {
                let window = self.open_generic_call();
                self.enter_generic(params);
                self.type_params(params)?;
                let tuple = self.unit.temp();
                let hidden = self.table.names.intern(".type_params");
                self.load_name(hidden, tuple);
                let object = self.unit.temp();
                self.alias_object(alias, name, Some(tuple), object)?;
                self.unit.op(Op::Return, 0, object, 0, 0);
                self.leave_generic(params, name, window)?;
                self.unit.op(Op::Call, PLAIN, result, window, 2);
            }
        }
        let sym = self.mangle(name);
        self.store_name(sym, result);
        Ok(())
    }

    fn alias_object(
        &mut self,
        alias: &'a ast::StmtTypeAlias,
        name: &str,
        params: Option<Reg>,
        to: Reg,
    ) -> Outcome<()> {
        let window = self.unit.temps(5);
        let maker = self.table.names.intern("type_alias");
        self.import_attribute("_typing", maker, window);
        self.load_constant(Const::str(name), window + 2);
        match params {
            None => self.unit.op(Op::BuildTuple, 0, window + 3, window + 3, 0),
            Some(params) => self.unit.movement(window + 3, params),
        }
        self.evaluator(&alias.node_index, Some(&alias.value), window + 4)?;
        self.unit.op(Op::Call, PLAIN, to, window, 3);
        Ok(())
    }
}
