//! Builds the symbol table: one walk over the tree that opens scopes and notes what each does
//! with each name, then a pass that finds where free names are bound.
//!
//! The walk leaves its findings in the tree's `node_index` fields (the scope of a node that opens
//! one; for operators, whether the operands are all literals), so that code generation need not
//! search. It also raises the errors that depend on context alone: `return` outside a function
//! and the like. They must come up even in code that is never generated because it is dead.

use crate::bindings::refuse_irrefutable;
use crate::errors::{Fault, Outcome};
use crate::scope::*;
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, NodeIndex, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// Nesting that the walks over the tree allow themselves.
pub const DEPTH_LIMIT: u32 = 4000;

/// Mark of an operator node whose operands are literals.
const LITERAL: u32 = 1;

/// Whether the walk found the node to consist of literals only.
pub fn is_literal(index: &AtomicNodeIndex) -> bool {
    index.load().as_u32() == Some(LITERAL)
}

/// The scope that a node opens.
pub fn scope_of(index: &AtomicNodeIndex) -> ScopeId {
    index.load().as_u32().unwrap_or(0) as usize
}

pub fn mark(index: &AtomicNodeIndex, value: u32) {
    index.set(NodeIndex::from(value));
}

/// What surrounds a statement inside its scope.
#[derive(Clone, Copy, Default)]
pub struct Context {
    in_loop: bool,
    in_except_star: bool,
    conditional: bool,
}

pub struct Builder<'a> {
    pub table: SymbolTable<'a>,
    pub current: ScopeId,
    pub context: Context,
    pub depth: u32,
    /// A comprehension's outermost iterable is being visited (where `:=` is refused).
    pub in_iterable: u32,
    /// A comprehension's target is being visited.
    pub in_target: bool,
    pub allow_top_level_await: bool,
    /// Where names were declared nonlocal.
    pub nonlocals: Vec<(ScopeId, Sym, TextRange)>,
    super_name: Sym,
    pub class_name: Sym,
    pub conditional_name: Sym,
}

impl<'a> SymbolTable<'a> {
    /// The table of a module or of an expression.
    pub fn build(module: &'a ast::Mod, allow_top_level_await: bool) -> Outcome<SymbolTable<'a>> {
        let mut names = Names::default();
        let module_name = names.intern("<module>");
        let super_name = names.intern("super");
        let class_name = names.intern("__class__");
        let conditional_name = names.intern("__conditional_annotations__");
        let scopes = vec![Scope::new(ScopeKind::Module, None, module_name)];
        let mut builder = Builder {
            table: SymbolTable {
                names,
                scopes,
                future_annotations: false,
                deepest: 0,
            },
            current: 0,
            context: Context::default(),
            depth: 0,
            in_iterable: 0,
            in_target: false,
            allow_top_level_await,
            nonlocals: Vec::new(),
            super_name,
            class_name,
            conditional_name,
        };
        match module {
            ast::Mod::Module(module) => {
                builder.future_imports(&module.body)?;
                builder.body(&module.body)?;
            }
            ast::Mod::Expression(expression) => {
                builder.expr(&expression.body)?;
            }
        }
        builder.resolve()?;
        Ok(builder.table)
    }
}

impl<'a> Builder<'a> {
    // ---- names and scopes

    pub fn scope(&mut self) -> &mut Scope<'a> {
        &mut self.table.scopes[self.current]
    }

    pub fn open(&mut self, kind: ScopeKind, name: &str) -> ScopeId {
        let name = self.table.names.intern(name);
        let mut scope = Scope::new(kind, Some(self.current), name);
        let outer = &self.table.scopes[self.current];
        scope.private = outer.private;
        scope.private_params = outer.private_params.clone();
        if kind == ScopeKind::Comprehension {
            scope.is_async = self.scope().is_async;
        }
        let id = self.table.scopes.len();
        self.table.scopes.push(scope);
        self.current = id;
        id
    }

    pub fn close(&mut self) {
        if let Some(parent) = self.table.scopes[self.current].parent {
            self.current = parent;
        }
    }

    /// The name with a private one's class put before it.
    pub fn mangle(&mut self, name: &str) -> Sym {
        self.table.mangle(name, self.current)
    }

    pub fn add(&mut self, sym: Sym, bits: Use) {
        *self.scope().vars.entry(sym).or_insert(0) |= bits;
    }

    fn use_name(&mut self, name: &str) {
        let sym = self.mangle(name);
        self.add(sym, USED);
        if sym == self.super_name && self.in_function_code() {
            // Zero-argument `super` finds its class through this cell.
            let class = self.class_name;
            self.add(class, USED);
        }
    }

    fn in_function_code(&self) -> bool {
        let mut at = self.current;
        while self.table.scopes[at].kind == ScopeKind::Comprehension {
            at = self.table.scopes[at].parent.unwrap_or(0);
        }
        self.table.scopes[at].kind.is_function_like()
    }

    pub fn bind(&mut self, name: &str, range: TextRange) -> Outcome<()> {
        if name == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", range));
        }
        let sym = self.mangle(name);
        if self.scope().var(sym) & REBOUND != 0 && self.in_target {
            let message = format!(
                "comprehension inner loop cannot rebind assignment expression target '{name}'"
            );
            return Err(Fault::new(message, range));
        }
        let bits = if self.table.scopes[self.current].kind == ScopeKind::Comprehension {
            BOUND | ITERATED
        } else {
            BOUND
        };
        self.add(sym, bits);
        Ok(())
    }

    /// Nearest scope that is not a comprehension's.
    pub fn code_scope(&self) -> ScopeId {
        let mut at = self.current;
        while self.table.scopes[at].kind == ScopeKind::Comprehension {
            at = self.table.scopes[at].parent.unwrap_or(0);
        }
        at
    }

    // ---- statements

    fn future_imports(&mut self, body: &'a [Stmt]) -> Outcome<()> {
        let mut allowed = true;
        for (at, statement) in body.iter().enumerate() {
            match statement {
                Stmt::Expr(e) if at == 0 && e.value.is_string_literal_expr() => {}
                Stmt::ImportFrom(import)
                    if import.level == 0
                        && import
                            .module
                            .as_ref()
                            .is_some_and(|m| m.as_str() == "__future__") =>
                {
                    if !allowed {
                        return Err(Fault::new(
                            "from __future__ imports must occur at the beginning of the file",
                            import.range,
                        ));
                    }
                    for alias in &import.names {
                        self.future_feature(alias)?;
                    }
                }
                _ => allowed = false,
            }
        }
        Ok(())
    }

    fn future_feature(&mut self, alias: &ast::Alias) -> Outcome<()> {
        match alias.name.as_str() {
            "annotations" => self.table.future_annotations = true,
            "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
            | "print_function" | "unicode_literals" | "barry_as_FLUFL" | "generator_stop" => {}
            "braces" => return Err(Fault::new("not a chance", alias.range)),
            other => {
                let message = format!("future feature {other} is not defined");
                return Err(Fault::new(message, alias.range));
            }
        }
        Ok(())
    }

    fn body(&mut self, body: &'a [Stmt]) -> Outcome<()> {
        for statement in body {
            self.depth += 1;
            if self.depth > DEPTH_LIMIT {
                return Err(Fault::too_deep(statement.range()));
            }
            self.stmt(statement)?;
            self.table.deepest = self.table.deepest.max(self.depth);
            self.depth -= 1;
        }
        Ok(())
    }

    /// A body that may not be reached or not once only.
    fn branch(&mut self, body: &'a [Stmt]) -> Outcome<()> {
        let before = self.context;
        self.context.conditional = true;
        self.body(body)?;
        self.context = before;
        Ok(())
    }

    fn stmt(&mut self, statement: &'a Stmt) -> Outcome<()> {
        match statement {
            Stmt::FunctionDef(def) => self.function_def(def)?,
            Stmt::ClassDef(def) => self.class_def(def)?,
            Stmt::Return(ret) => self.return_stmt(ret)?,
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete_target(target)?;
                }
            }
            Stmt::TypeAlias(alias) => self.type_alias(alias)?,
            Stmt::Assign(assign) => {
                self.expr(&assign.value)?;
                for target in &assign.targets {
                    if target.is_starred_expr() {
                        return Err(Fault::new(
                            "starred assignment target must be in a list or tuple",
                            target.range(),
                        ));
                    }
                    self.target(target)?;
                }
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.use_name(name.id.as_str());
                }
                self.target(&assign.target)?;
                self.expr(&assign.value)?;
            }
            Stmt::AnnAssign(assign) => self.ann_assign(assign)?,
            Stmt::For(each) => self.for_stmt(each)?,
            Stmt::While(each) => {
                self.expr(&each.test)?;
                let before = self.context;
                self.context.in_loop = true;
                self.branch(&each.body)?;
                self.context = before;
                self.branch(&each.orelse)?;
            }
            Stmt::If(branch) => {
                self.expr(&branch.test)?;
                self.branch(&branch.body)?;
                for clause in &branch.elif_else_clauses {
                    self.optional(clause.test.as_ref())?;
                    self.branch(&clause.body)?;
                }
            }
            Stmt::With(with) => self.with_stmt(with)?,
            Stmt::Match(matching) => self.match_stmt(matching)?,
            Stmt::Raise(raise) => {
                self.optional(raise.exc.as_deref())?;
                self.optional(raise.cause.as_deref())?;
            }
            Stmt::Try(attempt) => self.try_stmt(attempt)?,
            Stmt::Assert(assert) => {
                self.expr(&assert.test)?;
                self.optional(assert.msg.as_deref())?;
            }
            Stmt::Import(import) => self.import(import)?,
            Stmt::ImportFrom(import) => self.import_from(import)?,
            Stmt::Global(global) => self.declare(&global.names, GLOBAL, global.range)?,
            Stmt::Nonlocal(nonlocal) => self.declare(&nonlocal.names, NONLOCAL, nonlocal.range)?,
            Stmt::Expr(expression) => {
                self.expr(&expression.value)?;
            }
            Stmt::Pass(_) => {}
            Stmt::Break(at) => self.loop_exit(at.range, "'break' outside loop")?,
            Stmt::Continue(at) => self.loop_exit(at.range, "'continue' not properly in loop")?,
            Stmt::IpyEscapeCommand(at) => return Err(Fault::new("invalid syntax", at.range)),
        }
        Ok(())
    }

    fn loop_exit(&mut self, range: TextRange, message: &str) -> Outcome<()> {
        if self.context.in_loop {
            return Ok(());
        }
        self.refuse_in_except_star(range)?;
        Err(Fault::new(message, range))
    }

    fn refuse_in_except_star(&mut self, range: TextRange) -> Outcome<()> {
        if self.context.in_except_star {
            return Err(Fault::new(
                "'break', 'continue' and 'return' cannot appear in an except* block",
                range,
            ));
        }
        Ok(())
    }

    fn return_stmt(&mut self, ret: &'a ast::StmtReturn) -> Outcome<()> {
        if !matches!(self.scope().kind, ScopeKind::Function) {
            return Err(Fault::new("'return' outside function", ret.range));
        }
        self.refuse_in_except_star(ret.range)?;
        self.optional(ret.value.as_deref())
    }

    fn for_stmt(&mut self, each: &'a ast::StmtFor) -> Outcome<()> {
        if each.target.is_starred_expr() {
            return Err(Fault::new(
                "starred assignment target must be in a list or tuple",
                each.target.range(),
            ));
        }
        if each.is_async {
            self.require_async(each.range, "'async for' outside async function")?;
        }
        self.expr(&each.iter)?;
        self.target(&each.target)?;
        let before = self.context;
        self.context.in_loop = true;
        self.branch(&each.body)?;
        self.context = before;
        self.branch(&each.orelse)
    }

    fn with_stmt(&mut self, with: &'a ast::StmtWith) -> Outcome<()> {
        if with.is_async {
            self.require_async(with.range, "'async with' outside async function")?;
        }
        for item in &with.items {
            self.expr(&item.context_expr)?;
            if let Some(target) = &item.optional_vars {
                self.target(target)?;
            }
        }
        self.branch(&with.body)
    }

    fn require_async(&mut self, range: TextRange, message: &str) -> Outcome<()> {
        let at = self.code_scope();
        let scope = &mut self.table.scopes[at];
        let allowed = scope.kind == ScopeKind::Function && scope.is_async
            || scope.kind == ScopeKind::Generator
            || scope.kind == ScopeKind::Module && self.allow_top_level_await;
        scope.has_await = true;
        if allowed {
            Ok(())
        } else {
            Err(Fault::new(message, range))
        }
    }

    fn try_stmt(&mut self, attempt: &'a ast::StmtTry) -> Outcome<()> {
        self.branch(&attempt.body)?;
        let last = attempt.handlers.len();
        for (at, handler) in attempt.handlers.iter().enumerate() {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            if handler.type_.is_none() && at + 1 < last {
                return Err(Fault::new("default 'except:' must be last", handler.range));
            }
            self.optional(handler.type_.as_deref())?;
            if let Some(name) = &handler.name {
                self.bind(name.as_str(), handler.range)?;
                let sym = self.mangle(name.as_str());
                self.add(sym, DELETED | USED);
            }
            let before = self.context;
            if attempt.is_star {
                self.context.in_except_star = true;
                self.context.in_loop = false;
            }
            self.branch(&handler.body)?;
            self.context = before;
        }
        self.branch(&attempt.orelse)?;
        self.branch(&attempt.finalbody)
    }

    fn match_stmt(&mut self, matching: &'a ast::StmtMatch) -> Outcome<()> {
        self.expr(&matching.subject)?;
        let last = matching.cases.len();
        for (at, case) in matching.cases.iter().enumerate() {
            if case.guard.is_none() && at + 1 < last {
                refuse_irrefutable(&case.pattern)?;
            }
            let mut bound = Vec::new();
            self.pattern(&case.pattern, &mut bound)?;
            self.optional(case.guard.as_deref())?;
            self.branch(&case.body)?;
        }
        Ok(())
    }

    fn import(&mut self, import: &'a ast::StmtImport) -> Outcome<()> {
        for alias in &import.names {
            match &alias.asname {
                Some(name) => self.bind(name.as_str(), alias.range)?,
                None => {
                    let whole = alias.name.as_str();
                    self.bind(whole.split('.').next().unwrap_or(whole), alias.range)?;
                }
            }
        }
        Ok(())
    }

    fn import_from(&mut self, import: &'a ast::StmtImportFrom) -> Outcome<()> {
        if self.current != 0
            && import
                .module
                .as_ref()
                .is_some_and(|m| m.as_str() == "__future__")
        {
            return Err(Fault::new(
                "from __future__ imports must occur at the beginning of the file",
                import.range,
            ));
        }
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                if self.scope().kind != ScopeKind::Module {
                    return Err(Fault::new(
                        "import * only allowed at module level",
                        alias.range,
                    ));
                }
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(name.as_str(), alias.range)?;
        }
        Ok(())
    }

    fn declare(&mut self, names: &'a [ast::Identifier], how: Use, range: TextRange) -> Outcome<()> {
        let word = if how == GLOBAL { "global" } else { "nonlocal" };
        if how == NONLOCAL && self.scope().kind == ScopeKind::Module {
            return Err(Fault::new(
                "nonlocal declaration not allowed at module level",
                range,
            ));
        }
        for name in names {
            let sym = self.mangle(name.as_str());
            let var = self.scope().var(sym);
            let complaint = if var & PARAM != 0 {
                format!("name '{name}' is parameter and {word}")
            } else if var & (GLOBAL | NONLOCAL) & !how != 0 {
                format!("name '{name}' is nonlocal and global")
            } else if var & ANNOTATED != 0 {
                format!("annotated name '{name}' can't be {word}")
            } else if var & BOUND != 0 {
                format!("name '{name}' is assigned to before {word} declaration")
            } else if var & USED != 0 {
                format!("name '{name}' is used prior to {word} declaration")
            } else {
                self.add(sym, how);
                if how == GLOBAL {
                    // The module's code has it in its globals too, whatever it runs with as locals.
                    *self.table.scopes[0].vars.entry(sym).or_insert(0) |= GLOBAL;
                }
                if how == NONLOCAL {
                    self.nonlocals.push((self.current, sym, range));
                }
                continue;
            };
            return Err(Fault::new(complaint, range));
        }
        Ok(())
    }

    fn ann_assign(&mut self, assign: &'a ast::StmtAnnAssign) -> Outcome<()> {
        let kind = self.scope().kind;
        if let Expr::Name(name) = &*assign.target {
            let sym = self.mangle(name.id.as_str());
            let var = self.scope().var(sym);
            if assign.simple && var & (GLOBAL | NONLOCAL) != 0 && kind != ScopeKind::Module {
                let word = if var & GLOBAL != 0 {
                    "global"
                } else {
                    "nonlocal"
                };
                let message = format!("annotated name '{}' can't be {word}", name.id);
                return Err(Fault::new(message, assign.range));
            }
            if assign.simple {
                self.bind(name.id.as_str(), name.range)?;
                self.add(sym, ANNOTATED);
            } else if assign.value.is_some() {
                self.bind(name.id.as_str(), name.range)?;
            }
        } else {
            self.target(&assign.target)?;
        }
        self.optional(assign.value.as_deref())?;
        let conditional = self.context.conditional;
        let module_like = matches!(kind, ScopeKind::Module | ScopeKind::Class);
        if assign.simple && module_like {
            if conditional {
                let name = self.conditional_name;
                self.scope().has_conditional_annotations = true;
                self.add(name, USED | BOUND);
            }
            self.scope().annotations.push(Annotated {
                statement: assign,
                conditional,
            });
        }
        if self.table.future_annotations {
            return Ok(());
        }
        let home = self.current;
        match self.table.scopes[home].annotate {
            Some(scope) if module_like => self.current = scope,
            _ => {
                let scope = self.open_annotations("an annotation");
                if module_like {
                    self.table.scopes[home].annotate = Some(scope);
                }
            }
        }
        if conditional && module_like {
            let name = self.conditional_name;
            self.add(name, USED);
        }
        self.expr(&assign.annotation)?;
        self.current = home;
        Ok(())
    }

    fn open_annotations(&mut self, part: &'static str) -> ScopeId {
        let scope = self.open(ScopeKind::Annotations, "__annotate__");
        self.scope().part = part;
        let format = self.table.names.intern(".format");
        self.add(format, PARAM | BOUND);
        scope
    }

    // ---- functions and classes

    fn defaults(&mut self, parameters: &'a ast::Parameters) -> Outcome<()> {
        for parameter in parameters.iter_non_variadic_params() {
            self.optional(parameter.default.as_deref())?;
        }
        Ok(())
    }

    fn parameters(&mut self, parameters: &'a ast::Parameters) -> Outcome<()> {
        let plain = parameters.iter_non_variadic_params().map(|p| &p.parameter);
        let variadic = parameters
            .vararg
            .iter()
            .chain(parameters.kwarg.iter())
            .map(|p| &**p);
        for parameter in plain.chain(variadic) {
            let name = parameter.name.as_str();
            let sym = self.mangle(name);
            if self.scope().var(sym) & PARAM != 0 {
                let message = format!("duplicate parameter '{name}' in function definition");
                return Err(Fault::new(message, parameter.range));
            }
            if name == "__debug__" {
                return Err(Fault::new("cannot assign to __debug__", parameter.range));
            }
            self.add(sym, PARAM | BOUND);
        }
        Ok(())
    }

    fn function_def(&mut self, def: &'a ast::StmtFunctionDef) -> Outcome<()> {
        self.bind(def.name.as_str(), def.range)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        self.defaults(&def.parameters)?;
        let generic =
            self.open_type_params(def.type_params.as_deref(), def.name.as_str(), false)?;
        self.function_annotations(def)?;
        let before = std::mem::take(&mut self.context);
        let scope = self.open(ScopeKind::Function, def.name.as_str());
        mark(&def.node_index, scope as u32);
        self.scope().is_async = def.is_async;
        self.parameters(&def.parameters)?;
        self.body(&def.body)?;
        self.close();
        self.context = before;
        if generic {
            self.close();
        }
        Ok(())
    }

    fn function_annotations(&mut self, def: &'a ast::StmtFunctionDef) -> Outcome<()> {
        if self.table.future_annotations || !has_annotations(def) {
            return Ok(());
        }
        let scope = self.open_annotations("an annotation");
        mark(&def.parameters.node_index, scope as u32);
        for annotation in annotations_of(def) {
            match annotation.1 {
                Expr::Starred(starred) => self.expr(&starred.value)?,
                annotation => self.expr(annotation)?,
            };
        }
        self.close();
        Ok(())
    }

    /// Opens the scope of a type parameter list, if there is one.
    fn open_type_params(
        &mut self,
        params: Option<&'a ast::TypeParams>,
        owner: &str,
        of_class: bool,
    ) -> Outcome<bool> {
        let Some(params) = params else {
            return Ok(false);
        };
        let name = format!("<generic parameters of {owner}>");
        let scope = self.open(ScopeKind::TypeParams, &name);
        if of_class {
            let names = &mut self.table.names;
            let class = names.intern(owner);
            let private = params.type_params.iter().map(|p| p.name().as_str());
            let private = private.filter(|name| is_private(name));
            let private = private.map(|name| names.intern(name)).collect();
            self.scope().private_params = Some((class, private));
        }
        mark(&params.node_index, scope as u32);
        for hidden in [".defaults", ".kwdefaults"] {
            let sym = self.table.names.intern(hidden);
            self.add(sym, PARAM | BOUND);
        }
        let sym = self.table.names.intern(".type_params");
        self.add(sym, BOUND | USED);
        let mut has_default = false;
        for param in &params.type_params {
            let (name, bound, default) = match param {
                ast::TypeParam::TypeVar(p) => (&p.name, p.bound.as_deref(), p.default.as_deref()),
                ast::TypeParam::TypeVarTuple(p) => (&p.name, None, p.default.as_deref()),
                ast::TypeParam::ParamSpec(p) => (&p.name, None, p.default.as_deref()),
            };
            let sym = self.mangle(name.as_str());
            if self.scope().var(sym) & BOUND != 0 {
                let message = format!("duplicate type parameter '{name}'");
                return Err(Fault::new(message, param.range()));
            }
            if has_default && default.is_none() {
                let message =
                    format!("non-default type parameter '{name}' follows default type parameter");
                return Err(Fault::new(message, param.range()));
            }
            has_default |= default.is_some();
            self.add(sym, BOUND | USED);
            for lazy in bound.into_iter().chain(default) {
                let scope = self.open_annotations(part_of(param, lazy));
                // The scope is found again by the expression it evaluates.
                lazy_scope_mark(param, lazy, scope);
                match lazy {
                    Expr::Starred(starred) => self.expr(&starred.value)?,
                    plain => self.expr(plain)?,
                };
                self.close();
            }
        }
        Ok(true)
    }

    fn class_def(&mut self, def: &'a ast::StmtClassDef) -> Outcome<()> {
        self.bind(def.name.as_str(), def.range)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        let generic = self.open_type_params(def.type_params.as_deref(), def.name.as_str(), true)?;
        if let Some(arguments) = &def.arguments {
            self.arguments(arguments)?;
        }
        let before = std::mem::take(&mut self.context);
        let scope = self.open(ScopeKind::Class, def.name.as_str());
        mark(&def.node_index, scope as u32);
        let bare = self.table.names.intern(def.name.as_str());
        self.scope().private = Some(bare);
        self.scope().private_params = None;
        if generic {
            let sym = self.table.names.intern(".type_params");
            self.add(sym, USED);
        }
        self.body(&def.body)?;
        self.close();
        self.context = before;
        if generic {
            self.close();
        }
        Ok(())
    }

    fn type_alias(&mut self, alias: &'a ast::StmtTypeAlias) -> Outcome<()> {
        self.target(&alias.name)?;
        let name = match &*alias.name {
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        let generic = self.open_type_params(alias.type_params.as_deref(), name, false)?;
        let scope = self.open_annotations("a type alias");
        mark(&alias.node_index, scope as u32);
        self.expr(&alias.value)?;
        self.close();
        if generic {
            self.close();
        }
        Ok(())
    }

    // ---- expressions

    pub fn optional(&mut self, expr: Option<&'a Expr>) -> Outcome<()> {
        if let Some(expr) = expr {
            self.expr(expr)?;
        }
        Ok(())
    }

    pub fn exprs(&mut self, exprs: &'a [Expr]) -> Outcome<bool> {
        let mut literal = true;
        for expr in exprs {
            literal &= self.expr(expr)?;
        }
        Ok(literal)
    }

    /// Visits; says whether the expression consists of literals.
    pub fn expr(&mut self, expr: &'a Expr) -> Outcome<bool> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::too_deep(expr.range()));
        }
        self.table.deepest = self.table.deepest.max(self.depth);
        let literal = self.expr_inner(expr)?;
        self.depth -= 1;
        Ok(literal)
    }

    fn expr_inner(&mut self, expr: &'a Expr) -> Outcome<bool> {
        let mut literal = false;
        match expr {
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => literal = true,
            Expr::Name(name) => {
                if name.id.as_str() != "__debug__" {
                    self.use_name(name.id.as_str());
                }
            }
            Expr::BoolOp(op) => {
                self.exprs(&op.values)?;
            }
            Expr::Named(named) => self.named(named)?,
            Expr::BinOp(op) => {
                literal = self.expr(&op.left)?;
                literal &= self.expr(&op.right)?;
                if literal {
                    mark(&op.node_index, LITERAL);
                }
            }
            Expr::UnaryOp(op) => {
                literal = self.expr(&op.operand)?;
                if literal {
                    mark(&op.node_index, LITERAL);
                }
            }
            Expr::Tuple(tuple) => {
                literal = self.exprs(&tuple.elts)?;
                if literal {
                    mark(&tuple.node_index, LITERAL);
                }
            }
            Expr::List(list) => {
                if self.exprs(&list.elts)? {
                    mark(&list.node_index, LITERAL);
                }
            }
            Expr::Set(set) => {
                if self.exprs(&set.elts)? {
                    mark(&set.node_index, LITERAL);
                }
            }
            Expr::Lambda(lambda) => self.lambda(lambda)?,
            Expr::If(choice) => {
                self.expr(&choice.test)?;
                self.expr(&choice.body)?;
                self.expr(&choice.orelse)?;
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.optional(item.key.as_ref())?;
                    self.expr(&item.value)?;
                }
            }
            Expr::ListComp(c) => {
                self.comprehension(
                    &c.node_index,
                    "<listcomp>",
                    &c.generators,
                    &[&c.elt],
                    c.range,
                )?;
            }
            Expr::SetComp(c) => {
                self.comprehension(
                    &c.node_index,
                    "<setcomp>",
                    &c.generators,
                    &[&c.elt],
                    c.range,
                )?;
            }
            Expr::DictComp(c) => {
                let Some(key) = c.key.as_deref() else {
                    return Err(Fault::new(
                        "dict unpacking cannot be used in dict comprehension",
                        c.value.range(),
                    ));
                };
                let parts = [key, &*c.value];
                self.comprehension(&c.node_index, "<dictcomp>", &c.generators, &parts, c.range)?;
            }
            Expr::Generator(c) => {
                self.comprehension(
                    &c.node_index,
                    "<genexpr>",
                    &c.generators,
                    &[&c.elt],
                    c.range,
                )?;
            }
            Expr::Await(awaited) => {
                self.await_allowed(awaited.range)?;
                self.expr(&awaited.value)?;
            }
            Expr::Yield(y) => {
                self.yield_allowed(y.range, "yield")?;
                self.optional(y.value.as_deref())?;
            }
            Expr::YieldFrom(y) => {
                self.yield_allowed(y.range, "yield from")?;
                self.expr(&y.value)?;
            }
            Expr::Compare(compare) => {
                self.expr(&compare.left)?;
                self.exprs(&compare.comparators)?;
            }
            Expr::Call(call) => {
                self.expr(&call.func)?;
                self.arguments(&call.arguments)?;
            }
            Expr::FString(string) => {
                for element in string.value.elements() {
                    self.interpolation(element)?;
                }
            }
            Expr::TString(string) => {
                for element in string.value.elements() {
                    self.interpolation(element)?;
                }
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value)?;
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value)?;
                self.expr(&subscript.slice)?;
            }
            Expr::Starred(starred) => {
                self.expr(&starred.value)?;
            }
            Expr::Slice(slice) => {
                self.optional(slice.lower.as_deref())?;
                self.optional(slice.upper.as_deref())?;
                self.optional(slice.step.as_deref())?;
            }
            Expr::IpyEscapeCommand(at) => return Err(Fault::new("invalid syntax", at.range)),
        }
        Ok(literal)
    }

    fn interpolation(&mut self, element: &'a ast::InterpolatedStringElement) -> Outcome<()> {
        let ast::InterpolatedStringElement::Interpolation(element) = element else {
            return Ok(());
        };
        self.expr(&element.expression)?;
        if let Some(spec) = &element.format_spec {
            for inner in &spec.elements {
                self.depth += 1;
                if self.depth > DEPTH_LIMIT {
                    return Err(Fault::too_deep(element.range));
                }
                self.interpolation(inner)?;
                self.depth -= 1;
            }
        }
        Ok(())
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments) -> Outcome<()> {
        self.exprs(&arguments.args)?;
        let mut seen: Vec<&str> = Vec::new();
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                if name.as_str() == "__debug__" {
                    return Err(Fault::new("cannot assign to __debug__", keyword.range));
                }
                if arguments.keywords.len() < 64 && seen.contains(&name.as_str()) {
                    let message = format!("keyword argument repeated: {name}");
                    return Err(Fault::new(message, keyword.range));
                }
                seen.push(name.as_str());
            }
            self.expr(&keyword.value)?;
        }
        Ok(())
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> Outcome<()> {
        if let Some(parameters) = &lambda.parameters {
            self.defaults(parameters)?;
        }
        let before = std::mem::take(&mut self.context);
        let scope = self.open(ScopeKind::Lambda, "<lambda>");
        mark(&lambda.node_index, scope as u32);
        if let Some(parameters) = &lambda.parameters {
            self.parameters(parameters)?;
        }
        self.expr(&lambda.body)?;
        self.close();
        self.context = before;
        Ok(())
    }

    fn await_allowed(&mut self, range: TextRange) -> Outcome<()> {
        let at = self.code_scope();
        let top_level = self.allow_top_level_await;
        let scope = &mut self.table.scopes[at];
        scope.has_await = true;
        let message = match scope.kind {
            ScopeKind::Function if scope.is_async => return Ok(()),
            ScopeKind::Generator => return Ok(()),
            ScopeKind::Module if top_level => return Ok(()),
            ScopeKind::Annotations | ScopeKind::TypeParams => {
                return Err(refused_in(scope, "await expression", range));
            }
            ScopeKind::Module | ScopeKind::Class => "'await' outside function",
            _ => "'await' outside async function",
        };
        Err(Fault::new(message, range))
    }

    fn yield_allowed(&mut self, range: TextRange, word: &str) -> Outcome<()> {
        let scope = self.scope();
        let message = match scope.kind {
            ScopeKind::Function if scope.is_async && word == "yield from" => {
                "'yield from' inside async function".to_owned()
            }
            ScopeKind::Function | ScopeKind::Lambda => {
                scope.has_yield = true;
                return Ok(());
            }
            ScopeKind::Module | ScopeKind::Class => format!("'{word}' outside function"),
            ScopeKind::Generator => "'yield' inside generator expression".to_owned(),
            ScopeKind::Comprehension => {
                let name = scope.name;
                let what = match self.table.names.text(name) {
                    "<listcomp>" => "list comprehension",
                    "<setcomp>" => "set comprehension",
                    _ => "dict comprehension",
                };
                format!("'yield' inside {what}")
            }
            ScopeKind::Annotations | ScopeKind::TypeParams => {
                return Err(refused_in(scope, "yield expression", range));
            }
        };
        Err(Fault::new(message, range))
    }
}

impl SymbolTable<'_> {
    /// The interned name, with the class's name before it if it is a private one in that scope.
    pub fn mangle(&mut self, name: &str, scope: ScopeId) -> Sym {
        let sym = self.names.intern(name);
        let scope = &self.scopes[scope];
        let class = match &scope.private_params {
            Some((class, params)) if params.contains(&sym) => Some(*class),
            _ => scope.private,
        };
        if let Some(class) = class
            && is_private(name)
        {
            let class = self.names.text(class).trim_start_matches('_');
            if !class.is_empty() {
                let mangled = format!("_{class}{name}");
                return self.names.intern(&mangled);
            }
        }
        sym
    }
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__") && !name.contains('.')
}

/// The error of what must not stand in an annotation or in the definition of a generic.
pub fn refused_in(scope: &Scope<'_>, what: &str, range: TextRange) -> Fault {
    let part = match scope.kind {
        ScopeKind::TypeParams => "the definition of a generic",
        _ => scope.part,
    };
    Fault::new(format!("{what} cannot be used within {part}"), range)
}

/// What a lazily evaluated part of a type parameter is.
fn part_of(param: &ast::TypeParam, lazy: &Expr) -> &'static str {
    match param {
        ast::TypeParam::TypeVarTuple(_) => "a TypeVarTuple default",
        ast::TypeParam::ParamSpec(_) => "a ParamSpec default",
        ast::TypeParam::TypeVar(p) if is_same(p.default.as_deref(), lazy) => "a TypeVar default",
        ast::TypeParam::TypeVar(_) if lazy.is_tuple_expr() => "a TypeVar constraint",
        ast::TypeParam::TypeVar(_) => "a TypeVar bound",
    }
}

fn is_same(expr: Option<&Expr>, other: &Expr) -> bool {
    expr.is_some_and(|expr| std::ptr::eq(expr, other))
}

/// Type parameters keep the scope of their lazily evaluated parts in their own nodes: the bound's
/// in the parameter, the default's in its name.
fn lazy_scope_mark(param: &ast::TypeParam, lazy: &Expr, scope: ScopeId) {
    let (own, name, default) = match param {
        ast::TypeParam::TypeVar(p) => (&p.node_index, &p.name, p.default.as_deref()),
        ast::TypeParam::TypeVarTuple(p) => (&p.node_index, &p.name, p.default.as_deref()),
        ast::TypeParam::ParamSpec(p) => (&p.node_index, &p.name, p.default.as_deref()),
    };
    let is_default = is_same(default, lazy);
    mark(
        if is_default { &name.node_index } else { own },
        scope as u32,
    );
}

/// Whether a function has any annotation.
pub fn has_annotations(def: &ast::StmtFunctionDef) -> bool {
    def.returns.is_some() || annotations_of(def).next().is_some()
}

/// A function's annotations with the names they are for, in the order of `__annotations__`.
pub fn annotations_of<'a>(
    def: &'a ast::StmtFunctionDef,
) -> impl Iterator<Item = (&'a str, &'a Expr)> {
    let parameters = &*def.parameters;
    let plain = |p: &'a ast::ParameterWithDefault| &p.parameter;
    parameters
        .posonlyargs
        .iter()
        .map(plain)
        .chain(parameters.args.iter().map(plain))
        .chain(parameters.vararg.iter().map(|p| &**p))
        .chain(parameters.kwonlyargs.iter().map(plain))
        .chain(parameters.kwarg.iter().map(|p| &**p))
        .filter_map(|p| p.annotation.as_deref().map(|a| (p.name.as_str(), a)))
        .chain(def.returns.as_deref().map(|r| ("return", r)))
}
