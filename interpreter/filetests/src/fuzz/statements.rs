//! Random statements within a function.

use super::program::Statement;
use super::scope::{Generator, Type};

type Block = Vec<Statement>;

fn line(text: impl Into<String>) -> Statement {
    Statement::Line(text.into())
}

fn compound(parts: Vec<(String, Block)>) -> Statement {
    Statement::Compound(parts)
}

const ERRORS: &[&str] = &[
    "Oops",
    "Worse",
    "ValueError",
    "KeyError",
    "ZeroDivisionError",
    "Exception",
    "LookupError",
];

impl Generator {
    /// Some statements; deeper blocks hold compound ones.
    pub fn block(&mut self, length: usize, depth: usize) -> Block {
        (0..length).map(|_| self.statement(depth)).collect()
    }

    /// A statement that, if it raises, only says so.
    pub fn guarded(&mut self, depth: usize) -> Statement {
        let statement = self.statement(depth);
        let handler = vec![line("print('step', kind(error))")];
        compound(vec![
            ("try".into(), vec![statement]),
            ("except Exception as error".into(), handler),
        ])
    }

    fn inner(&mut self, depth: usize) -> Block {
        let length = self.random.between(1, 3);
        let objects = self.objects.len();
        let block = self.block(length, depth - 1);
        // An object that is made in a block may be unbound after it: that is
        // wanted now and then, and not in every other statement.
        if self.random.chance(90) {
            self.objects.truncate(objects);
        }
        block
    }

    fn statement(&mut self, depth: usize) -> Statement {
        self.charge(1);
        if depth == 0 || self.random.chance(55) {
            return self.simple();
        }
        match self.random.below(20) {
            0..=3 => self.branch(depth),
            4..=7 => self.for_loop(depth),
            8 => self.while_loop(depth),
            9..=11 => self.try_block(depth),
            12 => self.with_block(depth),
            13 => self.match_block(depth),
            14 => self.closure(),
            15 => self.deletion(),
            16.. => self.idiom().unwrap_or_else(|| self.assignment()),
        }
    }

    fn simple(&mut self) -> Statement {
        match self.random.below(22) {
            0..=7 => self.assignment(),
            8..=10 => self.augmented(),
            11 | 12 => self.list_change(),
            13 => self.map_change(),
            14 => self.set_change(),
            15 => self.object_change(),
            16 => self.unpacking(),
            17 if self.random.chance(25) => self.raising(),
            18 | 19 => self.printing(),
            20 => self.global_change(),
            _ => self.jump(),
        }
    }

    fn assignment(&mut self) -> Statement {
        let ty = *self.random.pick(Type::ALL);
        let name = self.variable(ty);
        let value = self.expression(ty, 3);
        if ty == Type::Int && self.random.chance(10) {
            let other = self.variable(Type::Int);
            return line(format!("{other} = {name} = cap({value})"));
        }
        if ty == Type::Int && self.random.chance(10) {
            let other = self.variable(Type::Int);
            return line(format!("{other} = ({name} := cap({value})) + 1"));
        }
        line(format!("{name} = cap({value})"))
    }

    fn augmented(&mut self) -> Statement {
        let ty = *self.random.pick(&[
            Type::Int,
            Type::Int,
            Type::Float,
            Type::Str,
            Type::Ints,
            Type::Pair,
        ]);
        let name = self.variable(ty);
        let operator = match ty {
            Type::Int => *self
                .random
                .pick(&["+=", "-=", "*=", "^=", "|=", "&=", "//=", "%=", ">>="]),
            Type::Float => *self.random.pick(&["+=", "-=", "*=", "/="]),
            _ => "+=",
        };
        let value = match operator {
            ">>=" => self.random.pick(&["1", "5", "70"]).to_string(),
            _ => self.expression(ty, 2),
        };
        line(format!("{name} {operator} {value}; {name} = cap({name})"))
    }

    fn list_change(&mut self) -> Statement {
        let name = self.variable(Type::Ints);
        let value = self.expression(Type::Int, 2);
        let index = *self.random.pick(&["0", "-1", "1", "3"]);
        let change = match self.random.below(10) {
            0..=2 => format!("{name}.append({value})"),
            3 => format!("{name}.insert({index}, {value})"),
            4 => format!("{name}.pop({index})"),
            5 => format!("{name}[{index}] = {value}"),
            6 => format!("{name}[1:2] = {}", self.expression(Type::Ints, 1)),
            7 => format!("del {name}[{index}:]"),
            8 => format!(
                "{name}.{}()",
                self.random.pick(&["sort", "reverse", "sort"])
            ),
            _ => format!(
                "{name}.sort(key=lambda v: -v, reverse={})",
                self.random.chance(50)
            )
            .replace("true", "True")
            .replace("false", "False"),
        };
        // Lists may be shared, so each is cut in place and not by assignment.
        line(format!("{change}; del {name}[24:]"))
    }

    fn map_change(&mut self) -> Statement {
        let name = self.variable(Type::Map);
        let key = *self.random.pick(&["'k0'", "'k1'", "'k2'", "'a'"]);
        let value = self.expression(Type::Int, 2);
        line(match self.random.below(6) {
            0 | 1 => format!("{name}[{key}] = cap({value})"),
            2 => format!("{name}[{key}] += 1"),
            3 => format!("{name}.pop({key}, None)"),
            4 => format!("{name}.setdefault({key}, cap({value}))"),
            _ => format!("del {name}[{key}]"),
        })
    }

    fn set_change(&mut self) -> Statement {
        let name = self.variable(Type::Set);
        let value = self.expression(Type::Int, 2);
        line(match self.random.below(4) {
            0 | 1 => format!("{name}.add({value})"),
            2 => format!("{name}.discard({value})"),
            _ => format!("{name}.remove({value})"),
        })
    }

    /// A new object, or a change to an attribute of one or of its class.
    fn object_change(&mut self) -> Statement {
        let value = self.expression(Type::Int, 2);
        if self.objects.is_empty() || self.random.chance(25) {
            if self.classes.is_empty() {
                return self.assignment();
            }
            let classes = self.classes.clone();
            let class = self.random.pick(&classes).clone();
            let name = self.fresh("o");
            let other = self.leaf_int();
            let text = format!("{name} = {}({value}, {other})", class.name);
            self.objects.push((name, class));
            return line(text);
        }
        let objects = self.objects.clone();
        let (object, class) = self.random.pick(&objects).clone();
        line(match self.random.below(8) {
            0..=2 => format!("{object}.x = cap({value})"),
            3 => format!("{object}.y += 1"),
            4 => format!("{}.shared = cap({value})", class.name),
            5 => format!("{object}.y = cap({object}.shared + {value})"),
            6 => format!("{object}.extra = {value}; print({object}.extra); del {object}.extra"),
            _ => format!("print({object}, {object}.shared)"),
        })
    }

    fn leaf_int(&mut self) -> String {
        self.expression(Type::Int, 0)
    }

    fn unpacking(&mut self) -> Statement {
        // CPython 3.11 stores in the wrong order when one name stands twice.
        let (a, b) = self.random.pick(&[("i0", "i1"), ("i1", "i0")]);
        line(match self.random.below(4) {
            0 => format!("{a}, {b} = {b}, {a}"),
            1 => format!("{a}, {b} = {}", self.expression(Type::Pair, 2)),
            2 => {
                let rest = self.variable(Type::Ints);
                format!("{a}, *{rest} = cap({})", self.expression(Type::Ints, 2))
            }
            _ => {
                let rest = self.variable(Type::Ints);
                format!("[*{rest}, {b}] = cap({})", self.expression(Type::Ints, 2))
            }
        })
    }

    /// Something that raises, or may.
    fn raising(&mut self) -> Statement {
        if self.random.chance(60) {
            let condition = self.condition(1);
            return compound(vec![(
                format!("if {condition}"),
                vec![line(format!(
                    "raise {}",
                    self.random.pick(&["Oops", "Worse(1)", "KeyError('k')"])
                ))],
            )]);
        }
        line(match self.random.below(6) {
            0 => format!("assert {}", self.condition(2)),
            1 => format!("{} + {}", self.leaf_int(), self.expression(Type::Str, 1)),
            2 => format!("print(({}).nothing)", self.leaf_int()),
            3 => format!("int({})", self.expression(Type::Str, 2)),
            4 => format!("({})({})", self.leaf_int(), self.leaf_int()),
            _ => "print(undefined)".to_string(),
        })
    }

    fn printing(&mut self) -> Statement {
        if self.times > 40 {
            return self.assignment();
        }
        let ty = *self.random.pick(Type::ALL);
        let shown = self.shown(ty);
        line(format!("print({}, {shown})", self.serial))
    }

    fn shown(&mut self, ty: Type) -> String {
        let value = self.expression(ty, 2);
        if ty == Type::Set {
            format!("show({value})")
        } else {
            format!("cap({value})")
        }
    }

    /// Globals are changed through `globals()`, so that no declaration is needed.
    fn global_change(&mut self) -> Statement {
        let name = *self.random.pick(&["g0", "g1", "g2"]);
        line(format!(
            "globals()['{name}'] = cap({})",
            self.expression(Type::Int, 2)
        ))
    }

    fn jump(&mut self) -> Statement {
        let condition = self.condition(1);
        let word = if self.in_loop {
            self.random
                .pick(&["break", "continue", "continue"])
                .to_string()
        } else {
            format!("return {}", self.leaf_int())
        };
        compound(vec![(format!("if {condition}"), vec![line(word)])])
    }

    fn branch(&mut self, depth: usize) -> Statement {
        let mut parts = vec![(format!("if {}", self.condition(2)), self.inner(depth))];
        if self.random.chance(30) {
            parts.push((format!("elif {}", self.condition(2)), self.inner(depth)));
        }
        if self.random.chance(50) {
            parts.push(("else".into(), self.inner(depth)));
        }
        compound(parts)
    }

    /// A block that is executed so often, in which loops may be left.
    fn body(&mut self, depth: usize, trips: usize, constants: &[(Type, String)]) -> Block {
        let outer = (self.times, self.in_loop, self.constants.len());
        self.times *= trips;
        self.in_loop = true;
        self.constants.extend_from_slice(constants);
        let block = self.inner(depth);
        (self.times, self.in_loop) = (outer.0, outer.1);
        self.constants.truncate(outer.2);
        block
    }

    fn for_loop(&mut self, depth: usize) -> Statement {
        if !self.affords(60) {
            return self.assignment();
        }
        let name = self.fresh("v");
        let (header, trips, constants) = match self.random.below(7) {
            0..=2 => {
                let trips = self.random.between(2, 12);
                (
                    format!("for {name} in range({trips})"),
                    trips,
                    vec![(Type::Int, name)],
                )
            }
            3 => {
                let over = self.expression(Type::Ints, 2);
                (
                    format!("for {name} in {over}[:10]"),
                    10,
                    vec![(Type::Int, name)],
                )
            }
            4 => {
                let over = self.expression(Type::Str, 2);
                (
                    format!("for {name} in {over}[:10]"),
                    10,
                    vec![(Type::Str, name)],
                )
            }
            5 => {
                let (over, other) = (
                    self.expression(Type::Ints, 1),
                    self.expression(Type::Strs, 1),
                );
                let second = self.fresh("v");
                let header = format!("for {name}, {second} in zip({over}[:10], {other})");
                (header, 10, vec![(Type::Int, name), (Type::Str, second)])
            }
            _ => {
                let over = self.expression(Type::Map, 1);
                let second = self.fresh("v");
                let header = format!("for {name}, {second} in list({over}.items())[:10]");
                (header, 10, vec![(Type::Str, name), (Type::Int, second)])
            }
        };
        let mut parts = vec![(header, self.body(depth, trips, &constants))];
        if self.random.chance(15) {
            parts.push(("else".into(), self.inner(depth)));
        }
        compound(parts)
    }

    fn while_loop(&mut self, depth: usize) -> Statement {
        if !self.affords(60) {
            return self.assignment();
        }
        let name = self.fresh("n");
        let trips = self.random.between(2, 10);
        let mut block = vec![line(format!("{name} -= 1"))];
        block.extend(self.body(depth, trips, &[(Type::Int, name.clone())]));
        let condition = if self.random.chance(50) {
            name.clone()
        } else {
            format!("{name} > 0 and {}", self.condition(1))
        };
        // The counter is set in a block with the loop, so that cutting a
        // program down cannot separate them.
        let whole = vec![
            line(format!("{name} = {trips}")),
            compound(vec![(format!("while {condition}"), block)]),
        ];
        compound(vec![("if True".into(), whole)])
    }

    fn try_block(&mut self, depth: usize) -> Statement {
        let mut block = self.inner(depth);
        if self.random.chance(50) {
            block.push(self.raising());
        }
        let mut parts = vec![("try".to_string(), block)];
        let finally = self.random.chance(35);
        if !finally || self.random.chance(70) {
            for _ in 0..self.random.between(1, 2) {
                let kind = *self.random.pick(ERRORS);
                let name = self.fresh("e");
                let mut handler = vec![line(format!("print('caught', kind({name}))"))];
                handler.extend(self.inner(depth));
                match self.random.below(8) {
                    0 => handler.push(line("raise")),
                    1 => handler.push(line(format!("raise Worse from {name}"))),
                    _ => {}
                }
                parts.push((format!("except {kind} as {name}"), handler));
            }
            if self.random.chance(20) {
                parts.push(("else".into(), self.inner(depth)));
            }
        }
        if finally {
            // A jump out of `finally` is a warning since 3.14.
            let text = format!("print('finally', {})", self.leaf_int());
            parts.push(("finally".into(), vec![line(text), self.assignment()]));
        }
        compound(parts)
    }

    fn with_block(&mut self, depth: usize) -> Statement {
        let name = self.fresh("c");
        let swallow = if self.random.chance(50) {
            "True"
        } else {
            "False"
        };
        let mut block = self.inner(depth);
        block.push(self.raising());
        compound(vec![(
            format!("with Guard('{name}', {swallow}) as {name}"),
            block,
        )])
    }

    fn match_block(&mut self, depth: usize) -> Statement {
        let (ty, patterns): (Type, &[&str]) = match self.random.below(4) {
            0 => (Type::Int, &["0 | 1", "int(p) if p > 100", "p"]),
            1 => (Type::Pair, &["(0, p)", "(p, q) if p < q", "(p, *_)", "_"]),
            2 => (Type::Ints, &["[]", "[p]", "[p, *_, 3]", "[_, *_]"]),
            _ => (Type::Map, &["{'k0': p}", "{'k1': p, **_rest}", "{}"]),
        };
        let subject = self.expression(ty, 2);
        let arms = patterns
            .iter()
            .map(|pattern| {
                let mut block = self.inner(depth);
                if pattern.contains('p') {
                    block.insert(0, line("print('matched', p)"));
                }
                (format!("case {pattern}"), block)
            })
            .collect();
        compound(vec![(format!("match {subject}"), vec![compound(arms)])])
    }

    /// A nested function that reads and changes a variable around it.
    fn closure(&mut self) -> Statement {
        let name = self.fresh("inner");
        let captured = self.variable(Type::Int);
        let value = self.expression(Type::Int, 2);
        let body = vec![
            line(format!("nonlocal {captured}")),
            line(format!("{captured} = cap({captured} + a * k + {value})")),
            line(format!("return ({captured}, *rest)[-1]")),
        ];
        let call = format!(
            "print('inner', cap({name}({}) + {name}(2, 3, k={})))",
            self.leaf_int(),
            self.leaf_int()
        );
        let whole = vec![
            compound(vec![(format!("def {name}(a, *rest, k=2)"), body)]),
            line(call),
        ];
        compound(vec![("if True".into(), whole)])
    }

    /// Unbinds a variable and looks at it.
    fn deletion(&mut self) -> Statement {
        let name = self.variable(Type::Int);
        compound(vec![
            (
                "try".into(),
                vec![line(format!("del {name}")), line(format!("print({name})"))],
            ),
            (
                "except NameError as error".into(),
                vec![line("print(kind(error))"), line(format!("{name} = 5"))],
            ),
        ])
    }
}
