//! Raised exceptions as Rust errors.

use crate::Vm;
use object::{Class, Exception, Gc, Str, Tuple, Value};

/// A Python exception on its way: an object of kind `Exception`.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Raised(pub Value);

/// What anything that may raise gives.
pub type PyResult<T = Value> = Result<T, Raised>;

macro_rules! raisers {
    ($($method:ident $class:ident;)*) => {
        /// Making exceptions with a message. The caller returns them as errors:
        /// `return Err(vm.type_error("…"))`.
        impl Vm {
            $(
                #[cold]
                pub fn $method(&mut self, message: impl AsRef<str>) -> Raised {
                    self.raise(self.types.$class, message.as_ref())
                }
            )*
        }
    };
}

raisers! {
    type_error type_error;
    value_error value_error;
    index_error index_error;
    attribute_error attribute_error;
    name_error name_error;
    overflow_error overflow_error;
    zero_division_error zero_division_error;
    runtime_error runtime_error;
    recursion_error recursion_error;
    import_error import_error;
    system_error system_error;
    memory_error memory_error;
    assertion_error assertion_error;
    lookup_error lookup_error;
    not_implemented_error not_implemented_error;
    syntax_error syntax_error;
    unicode_encode_error unicode_encode_error;
    unicode_decode_error unicode_decode_error;
    eof_error eof_error;
    unbound_local_error unbound_local_error;
    stop_async_iteration stop_async_iteration;
    module_not_found_error module_not_found_error;
}

impl Vm {
    /// An exception of a builtin class with a message.
    #[cold]
    pub fn raise(&mut self, class: Gc<Class>, message: &str) -> Raised {
        self.raise_with(class, &[Str::new(message).into()])
    }

    /// An exception of a builtin class with arguments. Its `__init__` is not run.
    #[cold]
    pub fn raise_with(&mut self, class: Gc<Class>, args: &[Value]) -> Raised {
        let args = Tuple::new(args);
        Raised(Exception::new(class.new_instance_shape(), args.into()).into())
    }

    /// `KeyError(key)`.
    #[cold]
    pub fn key_error(&mut self, key: Value) -> Raised {
        self.raise_with(self.types.key_error, &[key])
    }

    /// `StopIteration(value)`, without argument for None.
    #[cold]
    pub fn stop_iteration(&mut self, value: Value) -> Raised {
        let class = self.types.stop_iteration;
        if value.is_none() {
            self.raise_with(class, &[])
        } else {
            self.raise_with(class, &[value])
        }
    }
}

impl Raised {
    /// No exception: another machine is to go on with the frame on top. It never leaves the function that
    /// chooses the machine.
    pub(crate) const SWITCH: Raised = Raised(Value::UNBOUND);

    /// No exception: the call that the frame on top makes is to be made from outside of the dispatch loop.
    /// It does not leave the functions that run that.
    pub(crate) const OUTSIDE: Raised = Raised(Value::ELLIPSIS);

    pub(crate) fn is_outside(self) -> bool {
        self.0 == Value::ELLIPSIS
    }

    pub(crate) fn is_switch(self) -> bool {
        self.0.is_unbound()
    }

    /// Whether it is an exception of a builtin class or of a subclass.
    pub fn matches(self, vm: &Vm, class: Gc<Class>) -> bool {
        vm.class_of(self.0).is_subclass_of(class)
    }

    /// The exception object.
    pub fn exception(self) -> Gc<Exception> {
        self.0.known::<Exception>()
    }
}
