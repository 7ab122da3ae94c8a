//! What SQLite calls, in the form in which it calls it.

use crate::host::{Fault, Item, Outcome, Step, ask};
use libsqlite3_sys as ffi;
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::rc::Rc;
use std::slice;

/// The keys of functions and orders that are set no longer.
pub(crate) type Freed = Rc<RefCell<Vec<u32>>>;

/// What SQLite keeps for a function or an order.
pub(crate) struct Registered {
    key: u32,
    freed: Freed,
}

impl Registered {
    /// A word for SQLite, which `dropped` gives back.
    pub(crate) fn into_word(key: u32, freed: &Freed) -> *mut c_void {
        let freed = Rc::clone(freed);
        Box::into_raw(Box::new(Registered { key, freed })).cast()
    }
}

pub(crate) extern "C" fn dropped(word: *mut c_void) {
    // SAFETY: it comes from `into_word`, and SQLite lets go of it once.
    let registered = unsafe { Box::from_raw(word.cast::<Registered>()) };
    registered.freed.borrow_mut().push(registered.key);
}

/// SAFETY: the word is one of `into_word` that SQLite has not let go of.
unsafe fn key_of(word: *mut c_void) -> u32 {
    // SAFETY: as the caller says.
    unsafe { (*word.cast::<Registered>()).key }
}

/// SAFETY: where the pointer is not null, there are so many bytes, which stay for `'a`.
pub(crate) unsafe fn bytes_at<'a>(at: *const c_void, count: c_int) -> &'a [u8] {
    if at.is_null() {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { slice::from_raw_parts(at.cast(), count as usize) }
}

/// SAFETY: a value that SQLite has lent, for `'a`.
unsafe fn item<'a>(value: *mut ffi::sqlite3_value) -> Item<'a> {
    // SAFETY: the value is one, and its bytes stay until it is asked for another form.
    unsafe {
        match ffi::sqlite3_value_type(value) {
            ffi::SQLITE_INTEGER => Item::Int(ffi::sqlite3_value_int64(value)),
            ffi::SQLITE_FLOAT => Item::Float(ffi::sqlite3_value_double(value)),
            ffi::SQLITE_TEXT => {
                let text = ffi::sqlite3_value_text(value);
                Item::Text(bytes_at(text.cast(), ffi::sqlite3_value_bytes(value)))
            }
            ffi::SQLITE_BLOB => {
                let blob = ffi::sqlite3_value_blob(value);
                Item::Blob(bytes_at(blob, ffi::sqlite3_value_bytes(value)))
            }
            _ => Item::Null,
        }
    }
}

/// SAFETY: the context is that of the function being called.
unsafe fn give(context: *mut ffi::sqlite3_context, outcome: Result<Outcome, Fault>) {
    // SAFETY: SQLite copies what it is given.
    unsafe {
        match outcome {
            Ok(Outcome::Null) => ffi::sqlite3_result_null(context),
            Ok(Outcome::Int(n)) => ffi::sqlite3_result_int64(context, n),
            Ok(Outcome::Float(f)) => ffi::sqlite3_result_double(context, f),
            Ok(Outcome::Text(text)) => ffi::sqlite3_result_text64(
                context,
                text.as_ptr().cast(),
                text.len() as u64,
                ffi::SQLITE_TRANSIENT(),
                ffi::SQLITE_UTF8 as u8,
            ),
            Ok(Outcome::Blob(blob)) => ffi::sqlite3_result_blob64(
                context,
                blob.as_ptr().cast(),
                blob.len() as u64,
                ffi::SQLITE_TRANSIENT(),
            ),
            Err(Fault::NoMemory) => ffi::sqlite3_result_error_nomem(context),
            Err(Fault::TooBig) => ffi::sqlite3_result_error_toobig(context),
            Err(Fault::Message(text)) => {
                ffi::sqlite3_result_error(context, text.as_ptr().cast(), text.len() as c_int);
            }
        }
    }
}

/// SAFETY: SQLite calls a function that was set with a word of `into_word`.
unsafe fn call(
    context: *mut ffi::sqlite3_context,
    step: Step,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: the context is the call's, and there are so many values.
    unsafe {
        let key = key_of(ffi::sqlite3_user_data(context));
        let args: Vec<Item<'_>> = (0..count as usize)
            .map(|at| item(*values.add(at)))
            .collect();
        // An aggregate's room is made with its first row; without one there is none.
        let room = match step {
            Step::Scalar => 0,
            Step::Add => size_of::<u32>() as c_int,
            Step::Remove | Step::Value | Step::Last => 0,
        };
        let place = match step {
            Step::Scalar => std::ptr::null_mut(),
            _ => ffi::sqlite3_aggregate_context(context, room).cast::<u32>(),
        };
        let mut instance = if place.is_null() { 0 } else { *place };
        let outcome = ask(|host| host.function(key, step, &mut instance, &args));
        if !place.is_null() {
            *place = instance;
        }
        match step {
            // Rows have no result, but may fail.
            Step::Add | Step::Remove => {
                if let Some(Err(fault)) = outcome {
                    give(context, Err(fault));
                }
            }
            _ => give(context, outcome.unwrap_or(Ok(Outcome::Null))),
        }
    }
}

macro_rules! steps {
    ($($name:ident $step:ident;)*) => {
        $(pub(crate) unsafe extern "C" fn $name(
            context: *mut ffi::sqlite3_context,
            count: c_int,
            values: *mut *mut ffi::sqlite3_value,
        ) {
            // SAFETY: SQLite calls what was set by `Database`.
            unsafe { call(context, Step::$step, count, values) }
        })*
    };
}
steps! { scalar Scalar; add Add; remove Remove; }

macro_rules! results {
    ($($name:ident $step:ident;)*) => {
        $(pub(crate) unsafe extern "C" fn $name(context: *mut ffi::sqlite3_context) {
            // SAFETY: SQLite calls what was set by `Database`.
            unsafe { call(context, Step::$step, 0, std::ptr::null_mut()) }
        })*
    };
}
results! { value Value; last Last; }

pub(crate) unsafe extern "C" fn collate(
    word: *mut c_void,
    first_bytes: c_int,
    first: *const c_void,
    second_bytes: c_int,
    second: *const c_void,
) -> c_int {
    // SAFETY: the word is of `into_word`; SQLite lends both texts for the call.
    let (key, first, second) = unsafe {
        (
            key_of(word),
            bytes_at(first, first_bytes),
            bytes_at(second, second_bytes),
        )
    };
    ask(|host| host.collate(key, first, second)).unwrap_or(0)
}

/// SAFETY: a text that ends with a zero, or null.
unsafe fn text_at<'a>(at: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: as the caller says.
    (!at.is_null()).then(|| unsafe { CStr::from_ptr(at) }.to_bytes())
}

pub(crate) unsafe extern "C" fn authorize(
    _word: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    third: *const c_char,
    fourth: *const c_char,
) -> c_int {
    // SAFETY: SQLite lends texts for the call.
    let about = [first, second, third, fourth].map(|at| unsafe { text_at(at) });
    ask(|host| host.authorize(action, about)).unwrap_or(ffi::SQLITE_DENY)
}

pub(crate) unsafe extern "C" fn progress(_word: *mut c_void) -> c_int {
    c_int::from(!ask(|host| host.progress()).unwrap_or(true))
}

pub(crate) unsafe extern "C" fn trace(
    _event: c_uint,
    _word: *mut c_void,
    statement: *mut c_void,
    written: *mut c_void,
) -> c_int {
    // SAFETY: of a statement that begins SQLite gives itself and its text, or that of a trigger's comment.
    unsafe {
        let expanded = ffi::sqlite3_expanded_sql(statement.cast());
        let text = text_at(written.cast()).unwrap_or_default();
        ask(|host| host.trace(text, text_at(expanded)));
        ffi::sqlite3_free(expanded.cast());
    }
    0
}
