//! Statements: their parameters from Python values, and rows as tuples.

use super::caller::{Caller, is_plain};
use super::{Connection, STATEMENT_CLASS, checked, connection, encoded, raised};
use crate::modules::stream::{self, own};
use crate::types::bytes;
use object::{BigInt, ByteArray, Bytes, Foreign, Gc, List, Marker, Payload, Str, Tuple, Value};
use sqlite::{Failure, Item};
use std::borrow::Cow;
use std::cell::Cell;
use vm::{Def, PyResult, Vm, getter, method, string};

/// The payload of a statement.
struct Statement {
    connection: Gc<Foreign>,
    statement: sqlite::Statement,
    parameters: usize,
    /// The first parameter that has a name, from 1.
    named: Option<(usize, String)>,
    /// It inserts, updates, deletes or replaces rows.
    is_dml: bool,
    /// It stands at a row.
    has_row: Cell<bool>,
}

impl Payload for Statement {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.connection.into());
    }
}

impl Statement {
    fn connection(&self) -> &'static Connection {
        self.connection
            .payload::<Connection>()
            .expect("a statement is made by a connection")
    }

    fn caller<'a>(&self, vm: &'a mut Vm) -> Caller<'a> {
        Caller::new(vm, self.connection, self.connection())
    }

    /// Goes on to the next row. At the end, or where it fails, it goes back to its beginning.
    fn step(&self, vm: &mut Vm) -> PyResult<bool> {
        self.has_row.set(false);
        let stepped = self.statement.step(&mut self.caller(vm));
        if !matches!(stepped, Ok(true)) {
            // What it gives was told by the step.
            let _ = self.statement.reset(&mut self.caller(vm));
        }
        let has_row = checked(vm, stepped)?;
        self.has_row.set(has_row);
        Ok(has_row)
    }
}

/// `sql` may be a string or its bytes; the statement that begins at a byte of it, where the next one begins,
/// and whether there is one.
pub(super) fn prepare(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (object, own) = connection(vm, args[0])?;
    let sql: Cow<'_, [u8]> = match args[1].to::<Str>() {
        Some(text) => match text.as_ascii() {
            Some(text) => Cow::Owned(text.as_bytes().to_vec()),
            None => Cow::Owned(encoded(vm, text)?),
        },
        None => Cow::Owned(bytes::required(vm, args[1])?),
    };
    let at = (vm.index(args[2])? as usize).min(sql.len());
    let rest = &sql[at..];
    let prepared = own
        .database
        .prepare(&mut Caller::new(vm, object, own), rest);
    let prepared = checked(vm, prepared)?;
    let end = at + prepared.taken;
    let is_more = !without_comments(&sql[end..]).is_empty();
    let statement = match prepared.statement {
        None => Value::NONE,
        Some(statement) => {
            let made = describe(object, statement, rest);
            let made = checked(vm, made)?;
            stream::make(vm, STATEMENT_CLASS, made)?
        }
    };
    Ok(vm::tuple(&[
        statement,
        Value::int(end as i64),
        Value::bool(is_more),
    ]))
}

fn describe(
    connection: Gc<Foreign>,
    statement: sqlite::Statement,
    sql: &[u8],
) -> Result<Statement, Failure> {
    let parameters = statement.parameter_count()?;
    let mut named = None;
    for at in (1..=parameters).rev() {
        if let Some(name) = statement.parameter_name(at)?
            && !name.starts_with('?')
        {
            named = Some((at, name));
        }
    }
    let words = without_comments(sql);
    let is_dml = [&b"insert"[..], b"update", b"delete", b"replace"]
        .iter()
        .any(|word| {
            words
                .get(..word.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        });
    Ok(Statement {
        connection,
        statement,
        parameters,
        named,
        is_dml,
        has_row: Cell::new(false),
    })
}

/// A text of SQL from its first word on.
fn without_comments(mut sql: &[u8]) -> &[u8] {
    loop {
        sql = sql.trim_ascii_start();
        if let Some(comment) = sql.strip_prefix(b"--") {
            let end = comment.iter().position(|&byte| byte == b'\n');
            sql = end.map_or(&[], |end| &comment[end + 1..]);
        } else if let Some(comment) = sql.strip_prefix(b"/*") {
            let end = comment.windows(2).position(|pair| pair == b"*/");
            sql = end.map_or(&[], |end| &comment[end + 2..]);
        } else {
            return sql;
        }
    }
}

pub(super) const STATEMENT: &[Def] = &[
    method("bind_all(self, values, start, /)", bind_all),
    method("bind(self, at, value, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        let at = vm.index(args[1])? as usize;
        Ok(Value::bool(bind(vm, own, at, args[2])?))
    }),
    method("parameter_name(self, at, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        let at = vm.index(args[1])? as usize;
        let name = checked(vm, own.statement.parameter_name(at))?;
        Ok(name.map_or(Value::NONE, |name| string(&name)))
    }),
    method("clear(self, /)", |vm, args| {
        let cleared = own::<Statement>(vm, args[0])?.statement.clear();
        checked(vm, cleared)?;
        Ok(Value::NONE)
    }),
    method("step(self, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(Value::bool(own.step(vm)?))
    }),
    method("reset(self, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        own.has_row.set(false);
        let done = own.statement.reset(&mut own.caller(vm));
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
    method("take(self, converters, text_factory, /)", take),
    method("columns(self, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        let names = (0..own.statement.column_count())
            .map(|at| own.statement.column_name(at))
            .collect::<Result<Vec<_>, _>>();
        let names = checked(vm, names)?;
        let names: Vec<Value> = names
            .iter()
            .map(|name| string(&String::from_utf8_lossy(name)))
            .collect();
        Ok(Tuple::new(&names).into())
    }),
    method("declared_types(self, /)", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        let types = (0..own.statement.column_count())
            .map(|at| own.statement.declared_type(at))
            .collect::<Result<Vec<_>, _>>();
        let types = checked(vm, types)?;
        let types: Vec<Value> = types
            .iter()
            .map(|text| match text {
                Some(text) => string(&String::from_utf8_lossy(text)),
                None => Value::NONE,
            })
            .collect();
        Ok(Tuple::new(&types).into())
    }),
    getter("parameters", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(Value::int(own.parameters as i64))
    }),
    getter("named", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(match &own.named {
            Some((at, name)) => vm::tuple(&[Value::int(*at as i64), string(name)]),
            None => Value::NONE,
        })
    }),
    getter("is_dml", |vm, args| {
        Ok(Value::bool(own::<Statement>(vm, args[0])?.is_dml))
    }),
    getter("is_busy", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(Value::bool(own.statement.is_busy()))
    }),
    getter("is_read_only", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(Value::bool(own.statement.is_read_only()))
    }),
    getter("has_row", |vm, args| {
        Ok(Value::bool(own::<Statement>(vm, args[0])?.has_row.get()))
    }),
    getter("column_count", |vm, args| {
        let own = own::<Statement>(vm, args[0])?;
        Ok(Value::int(own.statement.column_count() as i64))
    }),
];

/// A plain integer as SQLite's, which have 64 bits.
pub(super) fn integer(vm: &mut Vm, number: Value) -> PyResult<i64> {
    let fits = match number.as_small() {
        Some(n) => Some(n),
        None => match number.cast::<BigInt>().map(|big| (big, big.to_ibig())) {
            Some((_, big)) => i64::try_from(&big).ok(),
            None => None,
        },
    };
    match fits {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error("Python int too large to convert to SQLite INTEGER")),
    }
}

/// The bytes of what has them in one piece.
pub(super) fn contents(vm: &mut Vm, value: Value) -> PyResult<Option<Vec<u8>>> {
    if let Ok(in_order) = vm.get_attr_text(value, "c_contiguous")
        && !vm.truth(in_order)?
    {
        let class = vm.types.buffer_error;
        return Err(vm.raise(class, "memoryview: underlying buffer is not C-contiguous"));
    }
    bytes::contents(vm, value)
}

/// Gives a parameter its value; false: it is of no type that SQLite knows.
fn bind(vm: &mut Vm, own: &Statement, at: usize, value: Value) -> PyResult<bool> {
    let bound = if value.is_none() {
        own.statement.bind(at, Item::Null)
    } else if let Some(number) = vm.as_int(value) {
        let number = integer(vm, number)?;
        own.statement.bind(at, Item::Int(number))
    } else if let Some(float) = value.inner().as_float() {
        own.statement.bind(at, Item::Float(float))
    } else if let Some(text) = value.to::<Str>() {
        match text.as_ascii() {
            Some(text) => own.statement.bind(at, Item::Text(text.as_bytes())),
            None => {
                let text = encoded(vm, text)?;
                own.statement.bind(at, Item::Text(&text))
            }
        }
    } else if let Some(data) = bytes::view(value) {
        own.statement.bind(at, Item::Blob(data))
    } else {
        match contents(vm, value)? {
            Some(data) => own.statement.bind(at, Item::Blob(&data)),
            None => return Ok(false),
        }
    };
    checked(vm, bound)?;
    Ok(true)
}

/// Gives parameters their values from a list or tuple, as long as these are of plain types; the first that
/// is not, or -1.
fn bind_all(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own::<Statement>(vm, args[0])?;
    let start = vm.index(args[2])? as usize;
    for at in start..own.parameters {
        let value = if let Some(tuple) = args[1].to::<Tuple>() {
            tuple.items().get(at).copied()
        } else {
            args[1].to::<List>().and_then(|list| list.item(at))
        };
        match value {
            Some(value) if is_plain(value) => _ = bind(vm, own, at + 1, value)?,
            _ => return Ok(Value::int(at as i64)),
        }
    }
    Ok(Value::small(-1))
}

/// The row that a statement stands at, if any, as a tuple; the statement goes on to the next.
/// `converters`: None, or for each column None or what makes a value of its bytes.
fn take(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own::<Statement>(vm, args[0])?;
    if !own.has_row.get() {
        return Ok(Value::NONE);
    }
    let converters = args[1].to::<Tuple>();
    let count = own.statement.row_length();
    let is_text = Value::is_same(args[2], vm.types.str.into());
    // Rows of few columns are made where they lie; others, and what Python code makes, in a list.
    let row = match converters.is_none() && is_text && count <= FEW {
        true => few(vm, own, count)?,
        false => many(vm, own, count, converters, args[2])?,
    };
    own.step(vm)?;
    Ok(row)
}

const FEW: usize = 16;

/// A row of text as strings, without Python code.
fn few(vm: &mut Vm, own: &Statement, count: usize) -> PyResult {
    let mut values = [Value::NONE; FEW];
    for (at, value) in values.iter_mut().enumerate().take(count) {
        let read = own.statement.value(at, plain);
        *value = match checked(vm, read)? {
            Some(value) => value,
            None => return Err(undecodable(vm, own, at)),
        };
    }
    Ok(Tuple::new(&values[..count]).into())
}

/// A value as it is; `None`: of text that is not UTF-8.
fn plain(item: Item<'_>) -> Option<Value> {
    Some(match item {
        Item::Null => Value::NONE,
        Item::Int(n) => Value::int(n),
        Item::Float(f) => Value::float(f),
        Item::Text(text) => Str::new(std::str::from_utf8(text).ok()?).into(),
        Item::Blob(data) => Bytes::new(data).into(),
    })
}

#[cold]
fn undecodable(vm: &mut Vm, own: &Statement, at: usize) -> vm::Raised {
    let name = own.statement.column_name(at).unwrap_or_default();
    let text = own.statement.value_bytes(at).ok().flatten();
    let (name, text) = (
        String::from_utf8_lossy(&name).into_owned(),
        String::from_utf8_lossy(&text.unwrap_or_default()).into_owned(),
    );
    let message = format!("Could not decode to UTF-8 column '{name}' with text '{text}'");
    raised(vm, &Failure { code: 1, message })
}

fn many(
    vm: &mut Vm,
    own: &Statement,
    count: usize,
    converters: Option<Gc<Tuple>>,
    factory: Value,
) -> PyResult {
    let row = List::with_capacity(count);
    for at in 0..count {
        let converter = converters.and_then(|all| all.items().get(at).copied());
        let value = match converter {
            Some(converter) if !converter.is_none() => {
                let data = checked(vm, own.statement.value_bytes(at))?;
                match data {
                    Some(data) => vm.call(converter, &[Bytes::new(&data).into()])?,
                    None => Value::NONE,
                }
            }
            _ => made(vm, own, at, factory)?,
        };
        row.push(value);
    }
    Ok(Tuple::of_list(row).into())
}

/// A value, text by the factory.
fn made(vm: &mut Vm, own: &Statement, at: usize, factory: Value) -> PyResult {
    enum Read {
        Value(Option<Value>),
        Text(Gc<Bytes>),
    }
    let is_str = Value::is_same(factory, vm.types.str.into());
    let read = own.statement.value(at, |item| match item {
        Item::Text(text) if !is_str => Read::Text(Bytes::new(text)),
        _ => Read::Value(plain(item)),
    });
    match checked(vm, read)? {
        Read::Value(Some(value)) => Ok(value),
        Read::Value(None) => Err(undecodable(vm, own, at)),
        Read::Text(text) if Value::is_same(factory, vm.types.bytes.into()) => Ok(text.into()),
        Read::Text(text) if Value::is_same(factory, vm.types.bytearray.into()) => {
            Ok(ByteArray::new(text.as_slice()).into())
        }
        Read::Text(text) => vm.call(factory, &[text.into()]),
    }
}
