//! Operators: their names, special methods, and the general path when no fast one fits.

use crate::{PyResult, Vm};
use object::{BigInt, Builtin, Bytes, Dict, FrozenSet, Gc, Kind, List, Set, Str, Tuple, Value};

macro_rules! binary {
    ($($name:ident $symbol:literal $method:ident $reflected:ident $inplace:ident;)*) => {
        /// A binary arithmetic operator.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum BinaryOp { $($name,)* }

        impl BinaryOp {
            pub const ALL: &'static [BinaryOp] = &[$(BinaryOp::$name,)*];

            /// As it is written.
            pub const fn symbol(self) -> &'static str {
                match self { $(BinaryOp::$name => $symbol,)* }
            }

            /// Names of the methods: `__op__`, `__rop__`, `__iop__`.
            pub fn methods(self, vm: &Vm) -> (Gc<Str>, Gc<Str>, Gc<Str>) {
                match self {
                    $(BinaryOp::$name => {
                        (vm.names.$method, vm.names.$reflected, vm.names.$inplace)
                    })*
                }
            }
        }
    };
}

binary! {
    Add "+" add radd iadd;
    Sub "-" sub rsub isub;
    Mul "*" mul rmul imul;
    TrueDiv "/" truediv rtruediv itruediv;
    FloorDiv "//" floordiv rfloordiv ifloordiv;
    Mod "%" mod_ rmod imod;
    Pow "** or pow()" pow rpow ipow;
    LShift "<<" lshift rlshift ilshift;
    RShift ">>" rshift rrshift irshift;
    And "&" and rand iand;
    Or "|" or ror ior;
    Xor "^" xor rxor ixor;
    MatMul "@" matmul rmatmul imatmul;
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Comparison {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Comparison {
    pub const ALL: &'static [Comparison] = &[
        Comparison::Lt,
        Comparison::Le,
        Comparison::Eq,
        Comparison::Ne,
        Comparison::Gt,
        Comparison::Ge,
    ];

    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The one that holds with the operands exchanged.
    pub const fn swapped(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        }
    }

    /// Whether it holds for operands in this order.
    #[inline(always)]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Eq => order.is_eq(),
            Comparison::Ne => order.is_ne(),
            Comparison::Gt => order.is_gt(),
            Comparison::Ge => order.is_ge(),
        }
    }

    /// The same for types that are only partly ordered.
    #[inline(always)]
    pub fn test<T: PartialOrd + Copy>(self, a: T, b: T) -> bool {
        match self {
            Comparison::Lt => a < b,
            Comparison::Le => a <= b,
            Comparison::Eq => a == b,
            Comparison::Ne => a != b,
            Comparison::Gt => a > b,
            Comparison::Ge => a >= b,
        }
    }

    /// The name of its method.
    pub fn method(self, vm: &Vm) -> Gc<Str> {
        let n = &vm.names;
        [n.lt, n.le, n.eq, n.ne, n.gt, n.ge][self as usize]
    }
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
}

impl UnaryOp {
    /// The method that it calls, and how error messages call it.
    pub(crate) fn method(self, vm: &Vm) -> (Gc<Str>, &'static str) {
        match self {
            UnaryOp::Neg => (vm.names.neg, "unary -"),
            UnaryOp::Pos => (vm.names.pos, "unary +"),
            UnaryOp::Invert => (vm.names.invert, "unary ~"),
        }
    }
}

/// The table of a set or frozen set of no subclass, which cannot compare otherwise.
fn plain_table(value: Value) -> Option<Gc<Dict>> {
    match value.kind()? {
        Kind::Set => Some(value.known::<Set>().table()),
        Kind::FrozenSet => Some(value.known::<FrozenSet>().table()),
        _ => None,
    }
}

/// Whether `+` and `*` of this operand concatenate and repeat.
fn is_sequence(value: Value) -> bool {
    matches!(
        value.inner().kind(),
        Some(Kind::Str | Kind::List | Kind::Tuple | Kind::Bytes | Kind::ByteArray)
    )
}

/// Whether one operand is a decimal number and the other another, or a small integer.
#[inline(always)]
fn are_decimal(a: Value, b: Value) -> bool {
    let is_decimal = |value: Value| value.kind() == Some(Kind::Decimal);
    if is_decimal(a) {
        is_decimal(b) || b.is_small()
    } else {
        a.is_small() && is_decimal(b)
    }
}

fn is_integer(value: Value) -> bool {
    value.is_small() || value.is::<BigInt>()
}

/// The result of operators that programs ask of builtin kinds all the time and that the loop does
/// not know, without a search for their methods.
#[inline]
fn builtin_result(op: BinaryOp, a: Value, b: Value) -> Option<Value> {
    match op {
        BinaryOp::Add => match (a.kind()?, b.kind()?) {
            (Kind::Str, Kind::Str) => Some(Str::plus(a.known(), b.known()).into()),
            (Kind::List, Kind::List) => Some(List::concat(a.known(), b.known()).into()),
            (Kind::Bytes, Kind::Bytes) => {
                let (first, second) = (a.known::<Bytes>(), b.known::<Bytes>());
                Some(Bytes::concat(first.as_slice(), second.as_slice()).into())
            }
            _ => None,
        },
        BinaryOp::And => Some(Value::bool(a.as_bool()? & b.as_bool()?)),
        BinaryOp::Or => Some(Value::bool(a.as_bool()? | b.as_bool()?)),
        BinaryOp::Xor => Some(Value::bool(a.as_bool()? ^ b.as_bool()?)),
        _ => None,
    }
}

/// Whether two tuples are equal, where the same objects, small integers and strings tell it.
fn plainly_equal(a: Gc<Tuple>, b: Gc<Tuple>) -> Option<bool> {
    let as_long = a.len() == b.len();
    for (&a, &b) in a.items().iter().zip(b.items()) {
        let equal = a == b
            || match (a.cast::<Str>(), b.cast::<Str>()) {
                (Some(a), Some(b)) => a.equals(b),
                (None, None) if Value::both_small(a, b) => false,
                _ => return None,
            };
        if !equal {
            return Some(false);
        }
    }
    Some(as_long)
}

impl Vm {
    /// `a op b`: the methods of both types, the right one's first if its type is a proper
    /// subclass that overrides it.
    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> PyResult {
        match self.binary_or_not_implemented(op, a, b)? {
            Value::NOT_IMPLEMENTED => Err(self.unsupported(op.symbol(), a, b)),
            result => Ok(result),
        }
    }

    /// `a op= b`
    pub fn inplace(&mut self, op: BinaryOp, a: Value, b: Value) -> PyResult {
        let (_, _, inplace) = op.methods(self);
        // What is no object in memory is of a class that changes none of its values in place.
        if a.header().is_some()
            && let Some(method) = self.lookup_special(a, inplace)
        {
            let result = self.call_special(method, a, &[b])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        self.inplace_after_method(op, a, b)
    }

    /// `a op= b` after the method that works in place has given NotImplemented.
    pub(crate) fn inplace_after_method(&mut self, op: BinaryOp, a: Value, b: Value) -> PyResult {
        match self.binary_or_not_implemented(op, a, b)? {
            Value::NOT_IMPLEMENTED => {
                let symbol = match op {
                    BinaryOp::Pow => String::from("**="),
                    op => format!("{}=", op.symbol()),
                };
                Err(self.unsupported(&symbol, a, b))
            }
            result => Ok(result),
        }
    }

    #[cold]
    fn unsupported(&mut self, symbol: &str, a: Value, b: Value) -> crate::Raised {
        let (left, right) = (self.type_name(a), self.type_name(b));
        self.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{left}' and '{right}'"
        ))
    }

    fn binary_or_not_implemented(&mut self, op: BinaryOp, a: Value, b: Value) -> PyResult {
        if is_integer(a)
            && is_integer(b)
            && let Some(operator) = self.integer_operator
        {
            return operator(self, op, a, b);
        }
        if let Some(result) = builtin_result(op, a, b) {
            return Ok(result);
        }
        if are_decimal(a, b)
            && let Some(operators) = self.decimal_operators
        {
            match (operators.binary)(self, op, a, b)? {
                Value::NOT_IMPLEMENTED => {}
                result => return Ok(result),
            }
        }
        if op == BinaryOp::Mod
            && let Some(format) = a.cast::<Str>()
            && (b.is::<Tuple>() || b.is::<Dict>())
            && let Some(formatter) = self.percent_formatter
        {
            return formatter(self, format, b, false);
        }
        let (name, reflected, _) = op.methods(self);
        let (left_class, right_class) = (self.class_of(a), self.class_of(b));
        let left = self.lookup_type(left_class, name);
        let right = if left_class == right_class {
            None
        } else {
            self.lookup_type(right_class, reflected)
        };
        if let Some(right_method) = right
            && right_class.is_subclass_of(left_class)
            && self.lookup_type(left_class, reflected) != Some(right_method)
        {
            let result = self.call_special(right_method, b, &[a])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
            return match left {
                Some(method) => self.call_special(method, a, &[b]),
                None => Ok(Value::NOT_IMPLEMENTED),
            };
        }
        // Sequences concatenate and repeat only where no number-like operand wants to: they raise
        // instead of giving the turn to the other.
        let turned = matches!(op, BinaryOp::Add | BinaryOp::Mul)
            && right.is_some_and(|method| !method.is::<Builtin>())
            && left.is_some_and(|method| method.is::<Builtin>())
            && is_sequence(a);
        if turned && let Some(method) = right {
            let result = self.call_special(method, b, &[a])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        if let Some(method) = left {
            let result = self.call_special(method, a, &[b])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        match right {
            Some(method) if !turned => self.call_special(method, b, &[a]),
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// `a op b` after the left type's method has given NotImplemented.
    pub(crate) fn binary_after_left(
        &mut self,
        op: BinaryOp,
        inplace: bool,
        a: Value,
        b: Value,
    ) -> PyResult {
        let (_, reflected, _) = op.methods(self);
        let (left, right) = (self.class_of(a), self.class_of(b));
        let method = match left != right {
            true => self.lookup_type(right, reflected),
            false => None,
        };
        let result = self.last_turn(method, b, a)?;
        self.or_unsupported(result, op, inplace, a, b)
    }

    /// `a op b` after the right operand's method, which came first, has given NotImplemented.
    pub(crate) fn binary_after_right(
        &mut self,
        op: BinaryOp,
        inplace: bool,
        a: Value,
        b: Value,
    ) -> PyResult {
        let (name, _, _) = op.methods(self);
        let method = self.lookup_special(a, name);
        let result = self.last_turn(method, a, b)?;
        self.or_unsupported(result, op, inplace, a, b)
    }

    /// What the last method that an operator may ask gives; NotImplemented if there is none.
    fn last_turn(&mut self, method: Option<Value>, receiver: Value, other: Value) -> PyResult {
        match method {
            Some(method) => self.call_special(method, receiver, &[other]),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// An operator's result, or that its operands know none.
    fn or_unsupported(
        &mut self,
        result: Value,
        op: BinaryOp,
        inplace: bool,
        a: Value,
        b: Value,
    ) -> PyResult {
        if result != Value::NOT_IMPLEMENTED {
            return Ok(result);
        }
        let suffix = if inplace { "=" } else { "" };
        Err(self.unsupported(&format!("{}{suffix}", op.symbol()), a, b))
    }

    /// `a op b` after the left type's method has given NotImplemented.
    pub(crate) fn compare_after_left(&mut self, op: Comparison, a: Value, b: Value) -> PyResult {
        let name = op.swapped().method(self);
        if let Some(method) = self.lookup_special(b, name) {
            let result = self.call_special(method, b, &[a])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        self.compare_by_identity(op, a, b)
    }

    /// What is left when neither type compares.
    fn compare_by_identity(&mut self, op: Comparison, a: Value, b: Value) -> PyResult {
        match op {
            Comparison::Eq => Ok(Value::bool(a == b)),
            Comparison::Ne => Ok(Value::bool(a != b)),
            _ => {
                let (left, right) = (self.type_name(a), self.type_name(b));
                Err(self.type_error(format!(
                    "'{}' not supported between instances of '{left}' and '{right}'",
                    op.symbol()
                )))
            }
        }
    }

    /// `-a`, `+a`, `~a`
    pub fn unary(&mut self, op: UnaryOp, a: Value) -> PyResult {
        let (name, symbol) = op.method(self);
        match self.lookup_special(a, name) {
            Some(method) => self.call_special(method, a, &[]),
            None => {
                let class = self.type_name(a);
                Err(self.type_error(format!("bad operand type for {symbol}: '{class}'")))
            }
        }
    }

    /// `a op b` as Python object: the left type's method, then the right type's, then identity
    /// for `==` and `!=`.
    pub fn compare(&mut self, op: Comparison, a: Value, b: Value) -> PyResult {
        if let Some(result) = self.compare_builtin(op, a, b) {
            return Ok(Value::bool(result));
        }
        if let (Some(own), Some(other)) = (plain_table(a), plain_table(b)) {
            return self.compare_tables(op, own, other).map(Value::bool);
        }
        if are_decimal(a, b)
            && let Some(operators) = self.decimal_operators
        {
            return (operators.compare)(self, op, a, b);
        }
        let (left_class, right_class) = (self.class_of(a), self.class_of(b));
        let swapped = op.swapped();
        let (name, swapped_name) = (op.method(self), swapped.method(self));
        let right_first = left_class != right_class && right_class.is_subclass_of(left_class);
        let mut attempts = [(left_class, name, a, b), (right_class, swapped_name, b, a)];
        if right_first {
            attempts.swap(0, 1);
        }
        for (class, name, receiver, other) in attempts {
            if let Some(method) = self.lookup_type(class, name) {
                let result = self.call_special(method, receiver, &[other])?;
                if result != Value::NOT_IMPLEMENTED {
                    return Ok(result);
                }
            }
        }
        self.compare_by_identity(op, a, b)
    }

    /// The result for plain numbers and strings, which need no method.
    #[inline]
    pub(crate) fn compare_builtin(&self, op: Comparison, a: Value, b: Value) -> Option<bool> {
        if Value::both_small(a, b) {
            return Some(op.test(a.small_unchecked(), b.small_unchecked()));
        }
        if let (Some(x), Some(y)) = (a.cast::<Str>(), b.cast::<Str>()) {
            return Some(match op {
                Comparison::Eq => x.equals(y),
                Comparison::Ne => !x.equals(y),
                op => op.holds(x.compare(y)),
            });
        }
        if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
            return Some(op.test(x, y));
        }
        if matches!(op, Comparison::Eq | Comparison::Ne)
            && let (Some(x), Some(y)) = (a.cast::<Tuple>(), b.cast::<Tuple>())
        {
            return plainly_equal(x, y).map(|equal| equal == (op == Comparison::Eq));
        }
        None
    }

    /// Whether `a == b`, identical objects being equal: what containers ask.
    #[inline]
    pub fn eq(&mut self, a: Value, b: Value) -> PyResult<bool> {
        if a == b {
            return Ok(true);
        }
        self.test(Comparison::Eq, a, b)
    }

    /// Whether `a op b` holds.
    #[inline]
    pub fn test(&mut self, op: Comparison, a: Value, b: Value) -> PyResult<bool> {
        if let Some(result) = self.compare_builtin(op, a, b) {
            return Ok(result);
        }
        let result = self.compare(op, a, b)?;
        self.truth(result)
    }
}
