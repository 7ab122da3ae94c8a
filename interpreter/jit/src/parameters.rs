//! What can be set: `--jit NAME=VALUE,…` and `pypyjit.set_param`. Names are PyPy's where PyPy has
//! the parameter.

use record::Origin;

/// Parameters of the JIT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parameters {
    /// Off: nothing is counted.
    pub enabled: bool,
    /// Times round a loop before it is recorded.
    pub threshold: u16,
    /// Calls of a function before it is recorded.
    pub function_threshold: u16,
    /// Times that an exit is taken before a bridge is recorded there.
    pub trace_eagerness: u16,
    /// Ops of a recorded trace.
    pub trace_limit: usize,
    /// Calls of one function followed one in another.
    pub max_unroll_recursion: usize,
    /// Times that an inner loop is followed round.
    pub max_unroll_loops: usize,
    /// A trace that is not entered while so many others are compiled is freed.
    pub loop_longevity: u64,
    /// Bytes of machine code.
    pub code_limit: usize,
    /// Whether thresholds rise while more is compiled for nothing than machine code saves.
    pub pays: bool,
    /// For tests: one in so many recorded instructions gives up.
    pub random_abort: u32,
    /// For tests: each exit of a guard is taken once, whatever the guard says.
    pub force_exits: bool,
}

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters {
            enabled: true,
            threshold: 60,
            function_threshold: 120,
            trace_eagerness: 20,
            trace_limit: 4000,
            max_unroll_recursion: 2,
            max_unroll_loops: 3,
            loop_longevity: 1000,
            code_limit: 32 << 20,
            pays: true,
            random_abort: 0,
            force_exits: false,
        }
    }
}

/// A parameter: its name, its value among [`Parameters`], and what it is.
pub struct Parameter {
    pub name: &'static str,
    pub about: &'static str,
    get: fn(&Parameters) -> i64,
    set: fn(&mut Parameters, i64),
}

impl Parameter {
    /// The value where nothing is set.
    pub fn default(&self) -> i64 {
        (self.get)(&Parameters::default())
    }
}

/// A count of things: nothing below zero.
fn count(value: i64) -> usize {
    usize::try_from(value.max(0)).unwrap_or(usize::MAX)
}

/// A count that a place's own counter of 16 bits can come to.
fn times(value: i64) -> u16 {
    value.clamp(1, i64::from(u16::MAX)) as u16
}

/// All parameters, for the command line, `pypyjit` and messages.
pub const TABLE: &[Parameter] = &[
    Parameter {
        name: "threshold",
        about: "times round a loop before it is recorded; below zero turns the JIT off",
        get: |own| i64::from(own.threshold),
        set: |own, value| match value {
            ..0 => own.enabled = false,
            _ => own.set_threshold(|own| own.threshold = times(value)),
        },
    },
    Parameter {
        name: "function_threshold",
        about: "calls of a function before it is recorded",
        get: |own| i64::from(own.function_threshold),
        set: |own, value| own.set_threshold(|own| own.function_threshold = times(value)),
    },
    Parameter {
        name: "trace_eagerness",
        about: "times that an exit is taken before a bridge is recorded there",
        get: |own| i64::from(own.trace_eagerness),
        set: |own, value| own.set_threshold(|own| own.trace_eagerness = times(value)),
    },
    Parameter {
        name: "trace_limit",
        about: "operations that a recording may have",
        get: |own| own.trace_limit as i64,
        set: |own, value| own.trace_limit = count(value).min(16_000),
    },
    Parameter {
        name: "max_unroll_recursion",
        about: "calls of one function that are followed one in another",
        get: |own| own.max_unroll_recursion as i64,
        set: |own, value| own.max_unroll_recursion = count(value).min(32),
    },
    Parameter {
        name: "max_unroll_loops",
        about: "times that an inner loop is followed round",
        get: |own| own.max_unroll_loops as i64,
        set: |own, value| own.max_unroll_loops = count(value).min(64),
    },
    Parameter {
        name: "loop_longevity",
        about: "a trace that is not entered while so many others are compiled is freed",
        get: |own| own.loop_longevity as i64,
        set: |own, value| own.loop_longevity = count(value) as u64,
    },
    Parameter {
        name: "code_limit",
        about: "bytes of machine code in use",
        get: |own| own.code_limit as i64,
        set: |own, value| own.code_limit = count(value).clamp(1 << 16, 1 << 30),
    },
    Parameter {
        name: "pays",
        about: "if not 0, thresholds rise where compiling is for nothing; who sets one sets this to 0",
        get: |own| i64::from(own.pays),
        set: |own, value| own.pays = value != 0,
    },
    Parameter {
        name: "random_abort",
        about: "for tests: one in so many recorded instructions gives up; 0: none",
        get: |own| i64::from(own.random_abort),
        set: |own, value| own.random_abort = count(value) as u32,
    },
    Parameter {
        name: "force_exits",
        about: "for tests: if not 0, the exit of each guard is taken once",
        get: |own| i64::from(own.force_exits),
        set: |own, value| own.force_exits = value != 0,
    },
];

/// Parameters of PyPy's that krait does not have; they are accepted without effect.
const IGNORED: &[&str] = &[
    "decay",
    "inlining",
    "retrace_limit",
    "pureop_historylength",
    "max_retrace_guards",
    "disable_unrolling",
    "enable_opts",
    "vec",
    "vec_all",
    "vec_cost",
];

/// What `--jit help` prints.
pub fn help() -> String {
    let mut text = String::from(
        "--jit off          no JIT\n\
         --jit default      what holds without the option\n\
         --jit dump=DIR     writes each trace to a file of its own in the folder DIR\n\
         --jit NAME=N,...   sets parameters:\n",
    );
    for parameter in TABLE {
        let (name, about) = (parameter.name, parameter.about);
        let default = parameter.default();
        text.push_str(&format!("  {name:<22}{about} (default {default})\n"));
    }
    text
}

impl Parameters {
    /// Who sets a threshold wants it kept, whatever compiling costs.
    fn set_threshold(&mut self, set: impl FnOnce(&mut Parameters)) {
        self.pays = false;
        set(self);
    }

    /// How often a place is gone through before a trace begins there.
    pub(crate) fn of(&self, origin: Origin) -> u16 {
        match origin {
            Origin::Function => self.function_threshold,
            Origin::Loop | Origin::Bridge => self.threshold,
        }
    }

    /// Sets what a text says: `off`, `default`, or `NAME=VALUE`, separated by commas. The error
    /// says what is wrong with which part.
    pub fn set_text(&mut self, text: &str) -> Result<(), String> {
        for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            match part.split_once('=') {
                None if part == "off" => self.enabled = false,
                None if part == "default" => *self = Parameters::default(),
                None => {
                    return Err(format!(
                        "'{part}' is neither 'off', 'default' nor NAME=VALUE"
                    ));
                }
                Some((name, value)) => {
                    let number = value
                        .trim()
                        .parse::<i64>()
                        .map_err(|_| format!("{name} wants an integer, not '{value}'"))?;
                    self.set(name.trim(), number)?;
                }
            }
        }
        Ok(())
    }

    /// Sets one parameter. Parameters that PyPy has and krait does not are accepted without
    /// effect.
    pub fn set(&mut self, name: &str, value: i64) -> Result<(), String> {
        if let Some(parameter) = TABLE.iter().find(|own| own.name == name) {
            (parameter.set)(self, value);
            return Ok(());
        }
        if IGNORED.contains(&name) {
            return Ok(());
        }
        let names: Vec<&str> = TABLE.iter().map(|own| own.name).collect();
        Err(format!(
            "unknown parameter '{name}'; there are {}",
            names.join(", ")
        ))
    }
}
