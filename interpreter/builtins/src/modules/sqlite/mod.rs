//! `_sqlite`: connections to databases, statements, blobs and backups, on which `_sqlite3` is built. What SQLite
//! calls is called here (`caller`); classes, rules of transactions and messages are Python's.

mod blob;
mod caller;
mod statement;

use super::stream::{self, own};
use crate::types::bytes;
use caller::{AUTHORIZER, Caller, PROGRESS, TRACE};
use object::{Bytes, Foreign, Gc, Marker, Payload, Str, Value};
use sqlite::{Database, Failure, FunctionKind, c_text};
use std::cell::RefCell;
use std::ffi::CString;
use vm::{Def, PyResult, Raised, Vm, getter, method, string};

const FUNCTIONS: &[Def] = &[
    method("set_error(error, /)", |vm, args| {
        vm.keep(ERROR, args[0]);
        Ok(Value::NONE)
    }),
    method("enable_tracebacks(enable, /)", |vm, args| {
        let on = vm.truth(args[0])?;
        vm.keep(caller::TRACEBACKS, Value::bool(on));
        Ok(Value::NONE)
    }),
    method("version()", |_, _| Ok(string(&sqlite::version()))),
    method("text_of(code, /)", |vm, args| {
        let code = vm.index(args[0])? as i32;
        Ok(string(&sqlite::text_of(code)))
    }),
    method("is_complete(text, /)", |vm, args| {
        let text = name(vm, args[0])?;
        Ok(Value::bool(sqlite::is_complete(&text)))
    }),
    method("open(path, flags, /)", open),
];

/// The function that makes an exception of a number and a message.
const ERROR: &str = "sqlite3 error";
const CONNECTION_CLASS: &str = "_sqlite.Connection";
const STATEMENT_CLASS: &str = "_sqlite.Statement";
const BLOB_CLASS: &str = "_sqlite.Blob";
const BACKUP_CLASS: &str = "_sqlite.Backup";

/// The payload of a connection.
struct Connection {
    database: Database,
    /// What SQLite calls, by key: the handlers first.
    callbacks: RefCell<Vec<Value>>,
    /// Aggregates that are being computed; None where one has ended.
    instances: RefCell<Vec<Value>>,
}

impl Payload for Connection {
    fn trace(&self, marker: &mut Marker) {
        for values in [&self.callbacks, &self.instances] {
            values
                .borrow()
                .iter()
                .for_each(|&value| marker.visit(value));
        }
    }
}

impl Connection {
    /// Keeps something that SQLite will call; its key.
    fn keep(&self, object: Gc<Foreign>, callback: Value) -> u32 {
        object.about_to_write();
        let mut callbacks = self.callbacks.borrow_mut();
        let handlers = TRACE as usize + 1;
        let free = (handlers..callbacks.len()).find(|&at| callbacks[at].is_none());
        match free {
            Some(at) => {
                callbacks[at] = callback;
                at as u32
            }
            None => {
                callbacks.push(callback);
                callbacks.len() as u32 - 1
            }
        }
    }

    fn forget_freed(&self) {
        let mut callbacks = self.callbacks.borrow_mut();
        for key in self.database.take_freed() {
            callbacks[key as usize] = Value::NONE;
        }
    }

    fn set_handler(&self, object: Gc<Foreign>, key: u32, callback: Value) {
        object.about_to_write();
        self.callbacks.borrow_mut()[key as usize] = callback;
    }
}

/// An exception of what SQLite says.
#[cold]
fn raised(vm: &mut Vm, failure: &Failure) -> Raised {
    let Some(error) = vm.kept(ERROR) else {
        return vm.system_error(&failure.message);
    };
    let (code, message) = (Value::int(failure.code.into()), string(&failure.message));
    match vm.call(error, &[code, message]) {
        Ok(exception) => Raised(exception),
        Err(raised) => raised,
    }
}

/// The result of an operation on a database.
fn checked<T>(vm: &mut Vm, result: Result<T, Failure>) -> PyResult<T> {
    result.map_err(|failure| raised(vm, &failure))
}

/// A receiver that is a connection.
fn connection(vm: &mut Vm, value: Value) -> PyResult<(Gc<Foreign>, &'static Connection)> {
    let own = own::<Connection>(vm, value)?;
    Ok((value.known::<Foreign>(), own))
}

/// A text for SQLite, in which there is no zero.
fn name(vm: &mut Vm, value: Value) -> PyResult<CString> {
    let Some(text) = value.to::<Str>() else {
        let given = vm.type_name(value);
        return Err(vm.type_error(format!("argument must be str, not {given}")));
    };
    let encoded = encoded(vm, text)?;
    match c_text(&encoded) {
        Some(text) => Ok(text),
        None => Err(vm.value_error("embedded null character")),
    }
}

/// A string in UTF-8.
fn encoded(vm: &mut Vm, text: Gc<Str>) -> PyResult<Vec<u8>> {
    if let Some(text) = text.as_text() {
        return Ok(text.into_owned().into_bytes());
    }
    let bytes = vm.call_method(text.into(), object::intern("encode"), &[])?;
    Ok(bytes::view(bytes).unwrap_or_default().to_vec())
}

fn open(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = bytes::required(vm, args[0])?;
    let flags = vm.index(args[1])? as i32;
    let Some(path) = c_text(&path) else {
        return Err(vm.value_error("embedded null byte"));
    };
    let opened = Database::open(&mut Caller::without_connection(vm), &path, flags);
    let database = checked(vm, opened)?;
    let connection = Connection {
        database,
        callbacks: RefCell::new(vec![Value::NONE; TRACE as usize + 1]),
        instances: RefCell::default(),
    };
    stream::make(vm, CONNECTION_CLASS, connection)
}

const CONNECTION: &[Def] = &[
    method("close(self, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let closed = own.database.close(&mut Caller::new(vm, object, own));
        checked(vm, closed)?;
        own.callbacks.borrow_mut().fill(Value::NONE);
        own.instances.borrow_mut().clear();
        Ok(Value::NONE)
    }),
    method("prepare(self, sql, at, /)", statement::prepare),
    method("forget_dead(self, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        own.database.forget_dead(&mut Caller::new(vm, object, own));
        Ok(Value::NONE)
    }),
    getter("is_open", |vm, args| {
        Ok(Value::bool(connection(vm, args[0])?.1.database.is_open()))
    }),
    method("in_transaction(self, /)", |vm, args| {
        let begun = connection(vm, args[0])?.1.database.in_transaction();
        Ok(Value::bool(checked(vm, begun)?))
    }),
    method("changes(self, /)", |vm, args| {
        let count = connection(vm, args[0])?.1.database.changes();
        Ok(Value::int(checked(vm, count)?))
    }),
    method("total_changes(self, /)", |vm, args| {
        let count = connection(vm, args[0])?.1.database.total_changes();
        Ok(Value::int(checked(vm, count)?))
    }),
    method("last_row(self, /)", |vm, args| {
        let row = connection(vm, args[0])?.1.database.last_row();
        Ok(Value::int(checked(vm, row)?))
    }),
    method("interrupt(self, /)", |vm, args| {
        let done = connection(vm, args[0])?.1.database.interrupt();
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
    method("limit(self, category, limit, /)", |vm, args| {
        let (category, limit) = (vm.index(args[1])?, vm.index(args[2])?);
        let database = &connection(vm, args[0])?.1.database;
        let before = database.limit(category as i32, limit as i32);
        Ok(Value::int(checked(vm, before)?.into()))
    }),
    method("set_timeout(self, timeout_ms, /)", |vm, args| {
        let timeout_ms = vm.index(args[1])?;
        let done = connection(vm, args[0])?
            .1
            .database
            .set_timeout(timeout_ms as i32);
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
    method("option(self, option, on, /)", |vm, args| {
        let option = vm.index(args[1])? as i32;
        let on = match args[2].is_none() {
            true => None,
            false => Some(vm.truth(args[2])?),
        };
        let now = connection(vm, args[0])?.1.database.option(option, on);
        Ok(Value::bool(checked(vm, now)?))
    }),
    method(
        "set_function(self, name, count, flags, kind, callback, /)",
        set_function,
    ),
    method("set_collation(self, name, callback, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let name = name(vm, args[1])?;
        let key = (!args[2].is_none()).then(|| own.keep(object, args[2]));
        let mut caller = Caller::new(vm, object, own);
        let done = own.database.set_collation(&mut caller, &name, key);
        own.forget_freed();
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
    method("set_authorizer(self, callback, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let done = own.database.set_authorizer(!args[1].is_none());
        checked(vm, done)?;
        own.set_handler(object, AUTHORIZER, args[1]);
        Ok(Value::NONE)
    }),
    method("set_progress(self, callback, steps, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let steps = vm.index(args[2])? as i32;
        let steps = (!args[1].is_none()).then_some(steps);
        let done = own.database.set_progress(steps);
        checked(vm, done)?;
        own.set_handler(object, PROGRESS, args[1]);
        Ok(Value::NONE)
    }),
    method("set_trace(self, callback, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let done = own.database.set_trace(!args[1].is_none());
        checked(vm, done)?;
        own.set_handler(object, TRACE, args[1]);
        Ok(Value::NONE)
    }),
    method(
        "open_blob(self, name, table, column, row, is_writable, /)",
        blob::open,
    ),
    method("backup(self, target, name, /)", blob::backup),
    method("serialize(self, name, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let name = name(vm, args[1])?;
        let data = own
            .database
            .serialize(&mut Caller::new(vm, object, own), &name);
        let data = checked(vm, data)?;
        Ok(data.map_or(Value::NONE, |data| Bytes::new(&data).into()))
    }),
    method("deserialize(self, data, name, /)", |vm, args| {
        let (object, own) = connection(vm, args[0])?;
        let data = bytes::required(vm, args[1])?;
        let name = name(vm, args[2])?;
        let mut caller = Caller::new(vm, object, own);
        let done = own.database.deserialize(&mut caller, &name, &data);
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
];

/// Kinds of functions as Python numbers them.
const KINDS: [FunctionKind; 3] = [
    FunctionKind::Scalar,
    FunctionKind::Aggregate,
    FunctionKind::Window,
];

fn set_function(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (object, own) = connection(vm, args[0])?;
    let name = name(vm, args[1])?;
    let (count, flags) = (vm.index(args[2])? as i32, vm.index(args[3])? as i32);
    let Some(&kind) = KINDS.get(vm.index(args[4])? as usize) else {
        return Err(vm.value_error("no such kind of function"));
    };
    let key = (!args[5].is_none()).then(|| own.keep(object, args[5]));
    let mut caller = Caller::new(vm, object, own);
    let done = own
        .database
        .set_function(&mut caller, &name, count, flags, kind, key);
    own.forget_freed();
    checked(vm, done)?;
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm) {
    let classes = [
        (CONNECTION_CLASS, "Connection", CONNECTION),
        (STATEMENT_CLASS, "Statement", statement::STATEMENT),
        (BLOB_CLASS, "Blob", blob::BLOB),
        (BACKUP_CLASS, "Backup", blob::BACKUP),
    ];
    stream::install(vm, "_sqlite", FUNCTIONS, &classes);
}
