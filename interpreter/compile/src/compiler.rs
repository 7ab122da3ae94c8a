//! The compiler's state: the units under construction, and access to variables by name.

use crate::Options;
use crate::errors::{Fault, Outcome, Warning};
use crate::scope::*;
use crate::source::Source;
use crate::unit::{Home, Line, Unit};
use bytecode::{CommonConst, Op, Reg};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

pub struct Compiler<'a, 's> {
    pub table: SymbolTable<'a>,
    pub source: &'s Source<'s>,
    pub filename: &'s str,
    pub options: Options,
    /// Values of expression statements are to be shown.
    pub interactive: bool,
    pub unit: Unit<'a>,
    /// Units around the present one, outermost first.
    pub outer: Vec<Unit<'a>>,
    pub warnings: Vec<Warning>,
}

/// How a name is reached from the present point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Register(Reg),
    /// The register holds the cell.
    Cell {
        reg: Reg,
        free: bool,
    },
    Global,
    Name,
    /// The namespace first, then the cell in the register.
    NameOrCell(Reg),
}

impl<'a> Compiler<'a, '_> {
    // ---- units

    pub fn scope(&self) -> &Scope<'a> {
        &self.table.scopes[self.unit.scope]
    }

    /// Begins a code object for `scope`; gives its variables registers.
    pub fn enter(&mut self, scope: ScopeId, qualname: String) {
        let unit = Unit::new(scope, qualname);
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        self.lay_out_variables();
    }

    /// Ends the present code object and goes back to the one around it.
    pub fn leave(&mut self) -> Unit<'a> {
        match self.outer.pop() {
            Some(outer) => std::mem::replace(&mut self.unit, outer),
            None => std::mem::replace(&mut self.unit, Unit::new(0, String::new())),
        }
    }

    pub fn lay_out_variables(&mut self) {
        let scope = &self.table.scopes[self.unit.scope];
        let unit = &mut self.unit;
        let mut count: u32 = 0;
        let function_like = scope.kind.is_function_like();
        let mut cells = Vec::new();
        for (&sym, &var) in &scope.vars {
            let own = if function_like {
                var & BOUND != 0 && var & (GLOBAL | NONLOCAL) == 0
            } else {
                scope.kind == ScopeKind::Class && var & CELL != 0
            };
            if !own {
                continue;
            }
            let reg = count.min(60_000) as Reg;
            count += 1;
            let cell = var & CELL != 0;
            unit.homes.insert(sym, Home { reg, cell });
            if cell {
                cells.push(reg);
            } else if var & PARAM != 0 {
                unit.bound.insert(reg);
            }
            if var & DELETED != 0 {
                unit.deleted.insert(reg);
            }
        }
        // Programs that put closures together themselves go by the order of the names.
        let vars = scope.vars.iter();
        let mut free: Vec<Sym> = vars
            .filter(|(_, var)| **var & FREE != 0)
            .map(|(&sym, _)| sym)
            .collect();
        free.sort_by_key(|&sym| self.table.names.text(sym));
        for sym in free {
            unit.free.push((sym, count.min(60_000) as Reg));
            count += 1;
        }
        unit.set_variables(count);
        for reg in cells {
            unit.op(Op::MakeCell, 0, reg, 0, 0);
        }
        for at in 0..unit.free.len() {
            let reg = unit.free[at].1;
            unit.wide(Op::LoadClosure, 0, reg, at as u32);
        }
    }

    /// Has a line get an instruction if it has no other, so that debuggers see it.
    pub fn line(&mut self, span: TextRange) {
        if !self.options.hidden {
            let text = self.source.line_around(span.start());
            self.unit.line(Line { span, text });
        }
    }

    /// Returns None from the end of the code: for each line that leads there by an instruction of that
    /// line, as the line that was executed last is the one that returns.
    pub fn return_none(&mut self) {
        if !self.unit.reachable {
            return;
        }
        let (fallen, mut jumps) = self.unit.ways_here();
        let first = fallen.or(jumps.first().map(|jump| jump.1));
        let mut next = first.unwrap_or_default();
        loop {
            let mark = self.unit.mark();
            self.unit.at(next);
            let none = self.unit.temp();
            self.load_none(none);
            self.unit.op(Op::Return, 0, none, 0, 0);
            self.unit.release(mark);
            let line = self.source.line_around(next.start());
            jumps.retain(|jump| !line.contains(&jump.1.start().to_u32()));
            let Some(&(_, other)) = jumps.first() else {
                return;
            };
            let line = self.source.line_around(other.start());
            let same = jumps
                .iter()
                .filter(|jump| line.contains(&jump.1.start().to_u32()));
            let same: Vec<usize> = same.map(|jump| jump.0).collect();
            self.unit.lead_here(&same);
            next = other;
        }
    }

    // ---- names

    pub fn mangle(&mut self, name: &str) -> Sym {
        let scope = self
            .unit
            .comprehensions
            .last()
            .map_or(self.unit.scope, |c| c.0);
        self.table.mangle(name, scope)
    }

    /// The constant that holds the name.
    pub fn name_index(&mut self, sym: Sym) -> u32 {
        let text = self.table.names.text(sym);
        self.unit.name(sym, text)
    }

    /// The site by which the name is looked up.
    pub fn global_site(&mut self, sym: Sym) -> u32 {
        let name = self.name_index(sym);
        self.unit.global_site(sym, name)
    }

    /// The constant that holds the name, where the operand has 16 bits.
    pub fn short_name(&mut self, sym: Sym) -> u16 {
        let index = self.name_index(sym);
        self.unit.short(index)
    }

    pub fn attribute_site(&mut self, name: &str) -> u16 {
        let sym = self.mangle(name);
        let name = self.name_index(sym);
        self.unit.attribute_site(name)
    }

    fn free_register(&self, sym: Sym) -> Option<Reg> {
        self.unit
            .free
            .iter()
            .find(|free| free.0 == sym)
            .map(|free| free.1)
    }

    pub fn place(&self, sym: Sym) -> Place {
        for (_, homes) in self.unit.comprehensions.iter().rev() {
            if let Some(home) = homes.get(&sym) {
                return local(*home);
            }
        }
        let inside = !self.unit.comprehensions.is_empty();
        let scope = self.scope();
        let var = scope.var(sym);
        match scope.kind {
            ScopeKind::Module => {
                if self.options.module_globals || var & GLOBAL != 0 {
                    Place::Global
                } else {
                    Place::Name
                }
            }
            ScopeKind::Class => {
                let free = self.free_register(sym);
                match free {
                    // A comprehension has a scope of its own, which the class's declarations
                    // say nothing of.
                    _ if var & GLOBAL != 0 && !(inside && free.is_some()) => Place::Global,
                    Some(reg) if inside || var & NONLOCAL != 0 => Place::Cell { reg, free: true },
                    Some(reg) if var & BOUND == 0 => Place::NameOrCell(reg),
                    None if inside => Place::Global,
                    _ => Place::Name,
                }
            }
            _ => {
                if let Some(home) = self.unit.homes.get(&sym) {
                    return local(*home);
                }
                if (var & GLOBAL == 0 || inside)
                    && let Some(reg) = self.free_register(sym)
                {
                    return Place::Cell { reg, free: true };
                }
                Place::Global
            }
        }
    }

    /// The register that holds the cell of a variable which an inner code object captures.
    pub fn cell_register(&self, sym: Sym) -> Option<Reg> {
        for (_, homes) in self.unit.comprehensions.iter().rev() {
            if let Some(home) = homes.get(&sym)
                && home.cell
            {
                return Some(home.reg);
            }
        }
        match self.unit.homes.get(&sym) {
            Some(home) if home.cell => Some(home.reg),
            _ => self.free_register(sym),
        }
    }

    /// Checks that a register variable has a value, unless that is known.
    pub fn check_bound(&mut self, sym: Sym, reg: Reg) {
        if !self.unit.bound.contains(reg) {
            let name = self.name_index(sym);
            self.unit.wide(Op::CheckBound, 0, reg, name);
            self.unit.bound.insert(reg);
        }
    }

    pub fn load_name(&mut self, sym: Sym, to: Reg) {
        match self.place(sym) {
            Place::Register(reg) => {
                self.check_bound(sym, reg);
                self.unit.movement(to, reg);
            }
            place if self.class_dict_applies(place, sym) => self.load_through_class(place, sym, to),
            place => self.load_place(place, sym, to),
        }
    }

    fn load_place(&mut self, place: Place, sym: Sym, to: Reg) {
        match place {
            Place::Register(reg) => self.unit.movement(to, reg),
            Place::Cell { reg, free } => {
                let name = self.short_name(sym);
                self.unit.op(Op::LoadCell, free as u8, to, reg, name);
            }
            Place::Global => {
                let site = self.global_site(sym);
                self.unit.wide(Op::LoadGlobal, 0, to, site);
            }
            Place::Name => {
                let site = self.global_site(sym);
                self.unit.wide(Op::LoadName, 0, to, site);
            }
            Place::NameOrCell(reg) => {
                let name = self.short_name(sym);
                self.unit.op(Op::LoadNameOrCell, 0, to, reg, name);
            }
        }
    }

    /// Whether the present code is an annotation's inside a class, which sees the class's names
    /// although it is a function; but not those that the class declares global, and not from inside of a
    /// comprehension.
    fn class_dict_applies(&self, place: Place, sym: Sym) -> bool {
        self.unit.comprehensions.is_empty()
            && self.scope().var(sym) & GLOBAL == 0
            && self.scope().kind.is_lazy()
            && !matches!(place, Place::Cell { free: false, .. })
            && self
                .table
                .names
                .get("__classdict__")
                .is_some_and(|dict| dict != sym && self.free_register(dict).is_some())
            && self.table.names.text(sym) != "__conditional_annotations__"
            && !self.bound_by_type_params(sym)
    }

    fn bound_by_type_params(&self, sym: Sym) -> bool {
        let mut at = self.scope().parent;
        while let Some(id) = at {
            let scope = &self.table.scopes[id];
            match scope.kind {
                ScopeKind::TypeParams if scope.owns(sym) => return true,
                ScopeKind::TypeParams | ScopeKind::Annotations => at = scope.parent,
                _ => return false,
            }
        }
        false
    }

    /// `to` = the class dictionary's entry if there is one, otherwise what `place` says.
    fn load_through_class(&mut self, place: Place, sym: Sym, to: Reg) {
        let mark = self.unit.mark();
        let dict = self.unit.temp();
        let key = self.unit.temp();
        let dict_sym = self.table.names.intern("__classdict__");
        let cell = self.free_register(dict_sym).unwrap_or(0);
        let dict_name = self.short_name(dict_sym);
        self.unit.op(Op::LoadCell, 1, dict, cell, dict_name);
        let name = self.name_index(sym);
        self.unit.wide(Op::LoadConst, 0, key, name);
        let (absent, end) = (self.unit.label(), self.unit.label());
        self.unit.fused(Op::JumpIn, 0, key, dict, absent);
        self.unit.op(Op::LoadItem, 0, to, dict, key);
        self.unit.jump(end);
        self.unit.place(absent);
        self.load_place(place, sym, to);
        self.unit.place(end);
        self.unit.release(mark);
    }

    pub fn store_name(&mut self, sym: Sym, from: Reg) {
        match self.place(sym) {
            Place::Register(reg) => {
                self.unit.movement(reg, from);
                self.unit.bound.insert(reg);
            }
            Place::Cell { reg, .. } => self.unit.op(Op::StoreCell, 0, reg, from, 0),
            Place::Global => {
                let name = self.name_index(sym);
                self.unit.wide(Op::StoreGlobal, 0, from, name);
            }
            Place::Name | Place::NameOrCell(_) => {
                let name = self.name_index(sym);
                self.unit.wide(Op::StoreName, 0, from, name);
            }
        }
    }

    pub fn delete_name(&mut self, sym: Sym) {
        let name = self.name_index(sym);
        match self.place(sym) {
            Place::Register(reg) => {
                self.unit.wide(Op::DeleteLocal, 0, reg, name);
                self.unit.bound.remove(reg);
            }
            Place::Cell { reg, free } => self.unit.wide(Op::DeleteCell, free as u8, reg, name),
            Place::Global => self.unit.wide(Op::DeleteGlobal, 0, 0, name),
            Place::Name | Place::NameOrCell(_) => self.unit.wide(Op::DeleteName, 0, 0, name),
        }
    }

    /// The register of a name that is a plain register variable.
    pub fn variable(&mut self, target: &Expr) -> Option<Reg> {
        let Expr::Name(name) = target else {
            return None;
        };
        let sym = self.mangle(name.id.as_str());
        match self.place(sym) {
            Place::Register(reg) => Some(reg),
            _ => None,
        }
    }

    /// Loads a builtin or global by its plain name.
    pub fn load_global(&mut self, name: &str, to: Reg) {
        let sym = self.table.names.intern(name);
        let site = self.global_site(sym);
        self.unit.wide(Op::LoadGlobal, 0, to, site);
    }

    pub fn load_none(&mut self, to: Reg) {
        self.unit.common(to, CommonConst::None);
    }

    pub fn warn(&mut self, message: String, range: TextRange) {
        let warning = Warning::new(message, range, self.source);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Refuses code whose tables outgrew their operands.
    pub fn check_size(&self, range: TextRange) -> Outcome<()> {
        if self.unit.overflow {
            return Err(Fault::new(
                "too many names, constants or variables in one code",
                range,
            ));
        }
        Ok(())
    }

    // ---- comprehension variables

    /// Gives the variables of an inlined comprehension's scope registers among the temporaries.
    pub fn open_comprehension(&mut self, scope: ScopeId, unbind: bool) {
        let mut homes: FxHashMap<Sym, Home> = FxHashMap::default();
        let vars = &self.table.scopes[scope].vars;
        for (&sym, &var) in vars {
            if var & BOUND == 0 || var & (GLOBAL | NONLOCAL) != 0 {
                continue;
            }
            let reg = self.unit.temp();
            let cell = var & CELL != 0;
            self.unit.variable_temps.insert(reg);
            self.unit.bound.remove(reg);
            if unbind || cell {
                self.unit.common(reg, CommonConst::Unbound);
            }
            if cell {
                self.unit.op(Op::MakeCell, 0, reg, 0, 0);
            }
            homes.insert(sym, Home { reg, cell });
        }
        self.unit.comprehensions.push((scope, homes));
    }

    pub fn close_comprehension(&mut self) {
        if let Some((_, homes)) = self.unit.comprehensions.pop() {
            for home in homes.values() {
                self.unit.variable_temps.remove(home.reg);
                self.unit.bound.remove(home.reg);
            }
        }
    }
}

fn local(home: Home) -> Place {
    if home.cell {
        Place::Cell {
            reg: home.reg,
            free: false,
        }
    } else {
        Place::Register(home.reg)
    }
}
