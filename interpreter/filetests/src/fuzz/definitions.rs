//! Random functions, generators and classes, and the program made of them.

use super::program::{Program, Statement};
use super::scope::{Callable, Class, Feature, Generator, Type};

type Block = Vec<Statement>;

fn line(text: impl Into<String>) -> Statement {
    Statement::Line(text.into())
}

fn define(header: String, body: Block) -> Statement {
    Statement::Compound(vec![(header, body)])
}

const FEATURES: &[Feature] = &[
    Feature::Step,
    Feature::Add,
    Feature::Order,
    Feature::Length,
    Feature::Item,
    Feature::Iterate,
    Feature::Call,
    Feature::Property,
    Feature::Fallback,
    Feature::Static,
    Feature::ClassMethod,
];

const RESULTS: &[Type] = &[
    Type::Int,
    Type::Int,
    Type::Float,
    Type::Str,
    Type::Ints,
    Type::Pair,
];

/// The program of a seed, with so many cases.
pub fn program(seed: u64, cases: usize) -> Program {
    let mut generator = Generator::new(seed);
    let mut top = Vec::new();
    for _ in 0..generator.random.between(1, 3) {
        top.push(generator.class());
    }
    for _ in 0..generator.random.between(2, 5) {
        top.push(generator.function());
    }
    for _ in 0..generator.random.between(1, 2) {
        top.push(generator.generator_function());
    }
    for number in 0..cases {
        let name = format!("case_{number}");
        top.push(generator.case(&name));
        top.push(line(format!("attempt({name})")));
    }
    // Once more, when globals and classes have changed under what a JIT has compiled.
    for number in (0..cases).rev().filter(|number| number % 2 == 0) {
        top.push(line(format!("attempt(case_{number})")));
    }
    if generator.random.chance(10) {
        top.push(line("raise Worse('the end')"));
    }
    Program { top }
}

impl Generator {
    /// Assignments that begin a scope: two variables of each type.
    fn opening(&mut self) -> Block {
        let fresh = self.open_scope();
        let mut block = Vec::new();
        for (ty, name) in fresh {
            block.push(line(format!("{name} = {}", self.expression(ty, 0))));
            self.variables.push((ty, name));
        }
        block
    }

    fn case(&mut self, name: &str) -> Statement {
        let mut body = self.opening();
        let length = self.random.between(6, 14);
        for _ in 0..length {
            if self.random.chance(70) {
                body.push(self.guarded(3));
            } else {
                body.extend(self.block(1, 3));
            }
        }
        let all: Vec<String> = self
            .variables
            .iter()
            .map(|(_, name)| name.clone())
            .collect();
        let values: Vec<String> = all
            .iter()
            .map(|name| {
                if name.starts_with('u') {
                    format!("show({name})")
                } else {
                    name.clone()
                }
            })
            .collect();
        body.push(line(format!("return [{}]", values.join(", "))));
        define(format!("def {name}()"), body)
    }

    fn function(&mut self) -> Statement {
        let name = self.fresh("function");
        let result = *self.random.pick(RESULTS);
        let params: Vec<Type> = (0..self.random.between(1, 3))
            .map(|_| *self.random.pick(RESULTS))
            .collect();
        let keyword = self.random.chance(40);
        let mut body = self.opening();
        let mut names = Vec::new();
        for (number, ty) in params.iter().enumerate() {
            let last = keyword && number + 1 == params.len();
            let param = if last {
                "last".to_string()
            } else {
                format!("p{number}")
            };
            self.constants.push((*ty, param.clone()));
            names.push(if last {
                format!("last={}", default(*ty))
            } else {
                param
            });
        }
        let length = self.random.between(2, 5);
        body.extend(self.block(length, 2));
        body.push(line(format!("return cap({})", self.expression(result, 3))));
        let header = format!("def {name}({})", names.join(", "));
        let cost = 20 + self.cost;
        self.functions.push(Callable {
            name,
            params,
            result,
            keyword,
            cost,
        });
        define(header, body)
    }

    /// A generator function, with values sent nowhere and cleaning up after itself.
    fn generator_function(&mut self) -> Statement {
        let name = self.fresh("items");
        let mut body = self.opening();
        self.constants.push((Type::Int, "a".to_string()));
        let first = self.expression(Type::Int, 2);
        let condition = self.condition(1);
        let delegate = match self.generators.last() {
            Some(other) if self.random.chance(50) => format!("yield from {}(v)", other.name),
            _ => format!("yield from {}", self.expression(Type::Ints, 2)),
        };
        let inner = vec![
            line(format!("yield cap({first} + v)")),
            define(format!("if {condition}"), vec![line("return")]),
        ];
        body.push(Statement::Compound(vec![
            (
                "try".into(),
                vec![
                    define("for v in range(5)".into(), inner),
                    line(delegate.replace("(v)", "(a)")),
                ],
            ),
            (
                "finally".into(),
                vec![line(format!("print('closed', {})", self.serial))],
            ),
        ]));
        let cost = 100 + self.cost;
        let generator = Callable {
            name: name.clone(),
            params: vec![Type::Int],
            result: Type::Int,
            keyword: false,
            cost,
        };
        self.generators.push(generator);
        define(format!("def {name}(a)"), body)
    }

    fn class(&mut self) -> Statement {
        let name = self.fresh("Class");
        self.open_scope();
        let base = match self.classes.last() {
            Some(base) if self.random.chance(50) => Some(base.clone()),
            _ => None,
        };
        let mut features = vec![Feature::Step];
        let mut body = vec![line(format!("shared = {}", self.random.below(100)))];
        if base.is_none() && self.random.chance(25) {
            body.push(line("__slots__ = ('x', 'y')"));
        }
        let derived = base.is_some();
        body.push(initialiser(derived));
        body.push(define(
            "def __repr__(self)".into(),
            vec![line("return f'{type(self).__name__}({self.x}, {self.y})'")],
        ));
        body.push(self.step(derived));
        for feature in FEATURES.iter().skip(1) {
            if self.random.chance(50) {
                features.push(*feature);
                body.extend(self.feature(*feature));
            }
        }
        let header = match &base {
            Some(base) => format!("class {name}({})", base.name),
            None => format!("class {name}"),
        };
        if let Some(base) = base {
            features.extend(
                base.features
                    .iter()
                    .filter(|f| !features.contains(f))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
        self.classes.push(Class { name, features });
        define(header, body)
    }

    fn step(&mut self, derived: bool) -> Statement {
        let mut body = vec![line("self.x = cap(self.x + amount)")];
        if derived {
            body.push(line("return cap(super().step(amount) + self.x)"));
        } else {
            self.constants.push((Type::Int, "amount".into()));
            let value = self.expression(Type::Int, 2);
            self.constants.pop();
            body.push(line(format!("return cap(self.y + {value})")));
        }
        define("def step(self, amount)".into(), body)
    }

    fn feature(&mut self, feature: Feature) -> Block {
        let method = |header: &str, lines: &[&str]| {
            define(
                format!("def {header}"),
                lines.iter().map(|text| line(*text)).collect(),
            )
        };
        let number = self.random.below(50);
        match feature {
            Feature::Step => Vec::new(),
            Feature::Add => vec![method(
                "__add__(self, other)",
                &["return type(self)(cap(self.x + other), self.y)"],
            )],
            Feature::Order => vec![
                method("__lt__(self, other)", &["return self.x < other.x"]),
                method("__eq__(self, other)", &["return self.x == other.x"]),
            ],
            Feature::Length => vec![method("__len__(self)", &["return abs(self.x) % 50"])],
            Feature::Item => vec![method(
                "__getitem__(self, index)",
                &[
                    "if index == 3:\n            raise IndexError",
                    &format!("return cap(index + {number})"),
                ],
            )],
            Feature::Iterate => vec![method(
                "__iter__(self)",
                &["yield self.x", "yield self.y", &format!("yield {number}")],
            )],
            Feature::Call => vec![method(
                "__call__(self, a, b=3)",
                &["self.y = cap(self.y ^ a)", "return cap(self.y - b)"],
            )],
            Feature::Property => vec![
                line("@property"),
                method("twice(self)", &["return cap(self.x * 2)"]),
            ],
            Feature::Fallback => vec![method(
                "__getattr__(self, name)",
                &[
                    "if name.startswith('__'):\n            raise AttributeError(name)",
                    "return len(name)",
                ],
            )],
            Feature::Static => vec![
                line("@staticmethod"),
                method("plain(a)", &[&format!("return cap(a * {number})")]),
            ],
            Feature::ClassMethod => vec![
                line("@classmethod"),
                method("made(cls, a)", &["return cls(a, cls.shared)"]),
            ],
        }
    }
}

/// `__init__`, through the base class if there is one.
fn initialiser(derived: bool) -> Statement {
    let body = if derived {
        vec![line("super().__init__(x, y)"), line("self.z = x")]
    } else {
        vec![line("self.x = cap(x)"), line("self.y = cap(y)")]
    };
    define("def __init__(self, x, y=1)".into(), body)
}

fn default(ty: Type) -> &'static str {
    match ty {
        Type::Int => "3",
        Type::Float => "0.5",
        Type::Str => "'last'",
        Type::Ints => "[1, 2]",
        _ => "(1, 2)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_program_twice_and_another_seed_another() {
        assert_eq!(program(1, 4).text(), program(1, 4).text());
        assert_ne!(program(1, 4).text(), program(2, 4).text());
    }

    #[test]
    fn every_case_is_called() {
        let text = program(3, 5).text();
        for number in 0..5 {
            assert!(text.contains(&format!("def case_{number}():")));
            assert!(text.contains(&format!("attempt(case_{number})")));
        }
    }
}
