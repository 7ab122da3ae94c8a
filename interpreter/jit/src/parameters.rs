//! What can be set: `--jit NAME=VALUE,…` and `pypyjit.set_param`. Names are PyPy's where PyPy has
//! the parameter.

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
            trace_eagerness: 8,
            trace_limit: 4000,
            max_unroll_recursion: 2,
            max_unroll_loops: 3,
            loop_longevity: 1000,
            code_limit: 32 << 20,
            random_abort: 0,
            force_exits: false,
        }
    }
}

/// The names, for messages and `--jit help`.
pub const NAMES: &[&str] = &[
    "threshold",
    "function_threshold",
    "trace_eagerness",
    "trace_limit",
    "max_unroll_recursion",
    "max_unroll_loops",
    "loop_longevity",
    "code_limit",
    "random_abort",
    "force_exits",
];

impl Parameters {
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
        let small = value.clamp(1, i64::from(u16::MAX)) as u16;
        let count = usize::try_from(value.max(0)).unwrap_or(usize::MAX);
        match name {
            "threshold" if value < 0 => self.enabled = false,
            "threshold" => self.threshold = small,
            "function_threshold" => self.function_threshold = small,
            "trace_eagerness" => self.trace_eagerness = small,
            "trace_limit" => self.trace_limit = count.min(16_000),
            "max_unroll_recursion" => self.max_unroll_recursion = count.min(32),
            "max_unroll_loops" => self.max_unroll_loops = count.min(64),
            "loop_longevity" => self.loop_longevity = count as u64,
            "code_limit" => self.code_limit = count.clamp(1 << 16, 1 << 30),
            "force_exits" => self.force_exits = value != 0,
            "random_abort" => self.random_abort = count as u32,
            "decay"
            | "inlining"
            | "retrace_limit"
            | "pureop_historylength"
            | "max_retrace_guards"
            | "disable_unrolling"
            | "enable_opts"
            | "vec"
            | "vec_all"
            | "vec_cost" => {}
            _ => {
                return Err(format!(
                    "unknown parameter '{name}'; there are {}",
                    NAMES.join(", ")
                ));
            }
        }
        Ok(())
    }
}
