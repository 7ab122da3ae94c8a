//! What SQLite calls in Python: functions of SQL, orders, handlers. Exceptions do not pass through SQLite: they
//! become its errors, and are shown if a program wants that.

use super::{Connection, encoded};
use object::{Bytes, Foreign, Gc, Kind, Str, Tuple, Value, intern};
use sqlite::{Answer, Fault, Host, Item, Outcome, Step};
use vm::{PyResult, Raised, Vm};

/// The keys of handlers.
pub(super) const AUTHORIZER: u32 = 0;
pub(super) const PROGRESS: u32 = 1;
pub(super) const TRACE: u32 = 2;

/// Whether exceptions in callbacks are shown.
pub(super) const TRACEBACKS: &str = "sqlite3 tracebacks";

/// The answer that forbids an action.
const DENY: i32 = 1;

/// Who is called while an operation on a connection is under way.
pub(super) struct Caller<'a> {
    vm: &'a mut Vm,
    connection: Option<(Gc<Foreign>, &'static Connection)>,
}

impl<'a> Caller<'a> {
    pub(super) fn new(
        vm: &'a mut Vm,
        object: Gc<Foreign>,
        connection: &'static Connection,
    ) -> Caller<'a> {
        let connection = Some((object, connection));
        Caller { vm, connection }
    }

    /// For what is done before there is a connection: nothing of it is called yet.
    pub(super) fn without_connection(vm: &'a mut Vm) -> Caller<'a> {
        let connection = None;
        Caller { vm, connection }
    }

    fn callback(&self, key: u32) -> Option<Value> {
        let callbacks = self.connection?.1.callbacks.borrow();
        let callback = callbacks.get(key as usize).copied();
        callback.filter(|callback| !callback.is_none())
    }

    /// Shows an exception if that is wanted.
    fn show(&mut self, raised: Raised, callback: Value) {
        if self.vm.kept(TRACEBACKS) == Some(Value::TRUE) {
            let text = self.vm.repr_text(callback).unwrap_or_default();
            let what = format!("in: {text}");
            self.vm.report_unraisable(raised, &what, callback);
        }
    }

    /// What SQLite is told of an exception.
    fn fault(&mut self, raised: Raised, callback: Value, message: &str) -> Fault {
        let fault = if raised.matches(self.vm, self.vm.types.memory_error) {
            Fault::NoMemory
        } else if raised.matches(self.vm, self.vm.types.overflow_error) {
            Fault::TooBig
        } else {
            Fault::Message(message.to_owned())
        };
        self.show(raised, callback);
        fault
    }

    fn scalar(&mut self, callback: Value, args: &[Item<'_>]) -> PyResult<Outcome> {
        let args = arguments(self.vm, args)?;
        let result = self.vm.call(callback, args.items())?;
        outcome(self.vm, result)
    }

    /// The number of a new aggregate, from 1.
    fn begin(&mut self, class: Value) -> PyResult<u32> {
        let made = self.vm.call(class, &[])?;
        let Some((object, own)) = self.connection else {
            return Ok(0);
        };
        object.about_to_write();
        let mut instances = own.instances.borrow_mut();
        Ok(match instances.iter().position(|old| old.is_none()) {
            Some(free) => {
                instances[free] = made;
                free as u32 + 1
            }
            None => {
                instances.push(made);
                instances.len() as u32
            }
        })
    }

    fn instance(&self, number: u32) -> Option<Value> {
        let at = number.checked_sub(1)? as usize;
        let instances = self.connection?.1.instances.borrow();
        instances.get(at).copied().filter(|made| !made.is_none())
    }

    fn end(&mut self, number: u32) {
        if let Some((_, own)) = self.connection
            && let Some(at) = number.checked_sub(1)
            && let Some(place) = own.instances.borrow_mut().get_mut(at as usize)
        {
            *place = Value::NONE;
        }
    }

    fn aggregate(
        &mut self,
        class: Value,
        step: Step,
        number: &mut u32,
        args: &[Item<'_>],
    ) -> Result<Outcome, Fault> {
        let name = match step {
            Step::Remove => "inverse",
            Step::Value => "value",
            Step::Last => "finalize",
            _ => "step",
        };
        if *number == 0 && step == Step::Add {
            let message = "user-defined aggregate's '__init__' method raised error";
            *number = match self.begin(class) {
                Ok(number) => number,
                Err(raised) => return Err(self.fault(raised, class, message)),
            };
        }
        // Without a row there is nothing to come to.
        let Some(instance) = self.instance(*number) else {
            return Ok(Outcome::Null);
        };
        if step == Step::Last {
            self.end(*number);
        }
        let method = match self.vm.get_attr(instance, intern(name)) {
            Ok(method) => method,
            Err(raised) => {
                let message = format!("user-defined aggregate's '{name}' method not defined");
                return Err(self.fault(raised, class, &message));
            }
        };
        let result = arguments(self.vm, args)
            .and_then(|args| self.vm.call(method, args.items()))
            .and_then(|result| match step {
                Step::Value | Step::Last => outcome(self.vm, result),
                _ => Ok(Outcome::Null),
            });
        result.map_err(|raised| {
            let message = format!("user-defined aggregate's '{name}' method raised error");
            self.fault(raised, class, &message)
        })
    }
}

/// A text of SQLite's, or an exception if it is none.
fn text(vm: &mut Vm, text: &[u8]) -> PyResult {
    match std::str::from_utf8(text) {
        Ok(text) => Ok(Str::new(text).into()),
        Err(_) => {
            let bytes = Bytes::new(text).into();
            vm.call_method(bytes, intern("decode"), &[])
        }
    }
}

/// A value of SQLite's. Text must be UTF-8.
fn value(vm: &mut Vm, item: Item<'_>) -> PyResult {
    Ok(match item {
        Item::Null => Value::NONE,
        Item::Int(n) => Value::int(n),
        Item::Float(f) => Value::float(f),
        Item::Text(bytes) => text(vm, bytes)?,
        Item::Blob(bytes) => Bytes::new(bytes).into(),
    })
}

/// Arguments lie in an object, where the collector sees them while Python code runs.
fn arguments(vm: &mut Vm, items: &[Item<'_>]) -> PyResult<Gc<Tuple>> {
    let mut values = Vec::with_capacity(items.len());
    for &item in items {
        values.push(value(vm, item)?);
    }
    Ok(Tuple::new(&values))
}

/// What SQLite is given of a result.
fn outcome(vm: &mut Vm, result: Value) -> PyResult<Outcome> {
    if result.is_none() {
        return Ok(Outcome::Null);
    }
    if let Some(number) = vm.as_int(result) {
        return Ok(Outcome::Int(super::statement::integer(vm, number)?));
    }
    if let Some(float) = result.inner().as_float() {
        return Ok(Outcome::Float(float));
    }
    if let Some(text) = result.to::<Str>() {
        return Ok(Outcome::Text(encoded(vm, text)?));
    }
    match super::statement::contents(vm, result)? {
        Some(data) => Ok(Outcome::Blob(data)),
        None => {
            let given = vm.type_name(result);
            Err(vm.type_error(format!(
                "User-defined functions cannot return '{given}' values to SQLite"
            )))
        }
    }
}

impl Host for Caller<'_> {
    fn function(
        &mut self,
        key: u32,
        step: Step,
        instance: &mut u32,
        args: &[Item<'_>],
    ) -> Result<Outcome, Fault> {
        let Some(callback) = self.callback(key) else {
            return Ok(Outcome::Null);
        };
        match step {
            Step::Scalar => self.scalar(callback, args).map_err(|raised| {
                self.fault(raised, callback, "user-defined function raised exception")
            }),
            _ => self.aggregate(callback, step, instance, args),
        }
    }

    fn collate(&mut self, key: u32, first: &[u8], second: &[u8]) -> i32 {
        let Some(callback) = self.callback(key) else {
            return 0;
        };
        let items = [Item::Text(first), Item::Text(second)];
        let result = arguments(self.vm, &items)
            .and_then(|args| self.vm.call(callback, args.items()))
            .and_then(|order| self.vm.index_clamped(order));
        match result {
            Ok(order) => order.signum() as i32,
            Err(raised) => {
                self.show(raised, callback);
                0
            }
        }
    }

    fn authorize(&mut self, action: i32, about: [Option<&[u8]>; 4]) -> i32 {
        let Some(callback) = self.callback(AUTHORIZER) else {
            return DENY;
        };
        let [first, second, third, fourth] = about.map(|text| text.map_or(Item::Null, Item::Text));
        let items = [Item::Int(action.into()), first, second, third, fourth];
        let result = arguments(self.vm, &items)
            .and_then(|args| self.vm.call(callback, args.items()))
            .and_then(|answer| match self.vm.as_int(answer) {
                Some(answer) => self.vm.index(answer),
                None => Ok(DENY.into()),
            });
        match result {
            Ok(answer) => i32::try_from(answer).unwrap_or(DENY),
            Err(raised) => {
                self.show(raised, callback);
                DENY
            }
        }
    }

    fn progress(&mut self) -> bool {
        let Some(callback) = self.callback(PROGRESS) else {
            return true;
        };
        let result = self.vm.call(callback, &[]);
        match result.and_then(|ends| self.vm.truth(ends)) {
            Ok(ends) => !ends,
            Err(raised) => {
                self.show(raised, callback);
                false
            }
        }
    }

    fn trace(&mut self, statement: &[u8], expanded: Option<&[u8]>) {
        let Some(callback) = self.callback(TRACE) else {
            return;
        };
        if expanded.is_none() {
            let message = "Expanded SQL string exceeds the maximum string length";
            let code = sqlite::TOO_BIG;
            let message = message.to_owned();
            let raised = super::raised(self.vm, &sqlite::Failure { code, message });
            self.show(raised, callback);
        }
        let result = text(self.vm, expanded.unwrap_or(statement))
            .and_then(|text| self.vm.call(callback, &[text]));
        if let Err(raised) = result {
            self.show(raised, callback);
        }
    }

    fn outside(
        &mut self,
        what: u8,
        numbers: [i64; 3],
        bytes: &[u8],
        act: &mut dyn FnMut() -> Answer,
    ) -> Answer {
        self.vm.world.database(what, numbers, bytes, act)
    }

    fn is_taped(&mut self) -> bool {
        self.vm.world.tape().is_some()
    }
}

/// Whether an object is what SQLite has a type for, without being asked to become so.
pub(super) fn is_plain(value: Value) -> bool {
    value.is_none()
        || value.is_small()
        || value.as_float().is_some()
        || matches!(
            value.kind(),
            Some(Kind::Str | Kind::Bytes | Kind::ByteArray | Kind::BigInt)
        )
}
