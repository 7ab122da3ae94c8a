//! The classes that the machine itself knows, made at start. Their methods come from `builtins`.

use object::value::Value;
use object::{
    Builtin, Class, ClassFlags, Dict, Gc, IterKind, Kind, Marker, Tuple, View, intern, shape,
};

macro_rules! types {
    (
        builtin { $($field:ident $name:literal $kind:ident $base:ident $reserved:expr, $flags:ident;)* }
        exceptions { $($exc:ident $exc_name:literal $exc_base:ident;)* }
    ) => {
        /// The classes, by field.
        pub struct Types {
            $(pub $field: Gc<Class>,)*
            $(pub $exc: Gc<Class>,)*
            /// Classes of iterators over builtin kinds, by [`IterKind`].
            pub iters: Vec<Gc<Class>>,
        }

        impl Types {
            pub(crate) fn trace(&self, marker: &mut Marker) {
                $(marker.visit(self.$field.into());)*
                $(marker.visit(self.$exc.into());)*
                self.iters.iter().for_each(|&class| marker.visit(class.into()));
            }

            /// All of them, for filling `builtins` and for listing.
            pub fn all(&self) -> Vec<Gc<Class>> {
                let mut all = vec![$(self.$field,)* $(self.$exc,)*];
                all.extend_from_slice(&self.iters);
                all
            }

            /// The exception classes.
            pub fn exceptions(&self) -> Vec<Gc<Class>> {
                vec![$(self.$exc,)*]
            }

            pub(crate) fn new() -> Types {
                let object = first_class("object", Kind::Instance);
                let type_ = first_class("type", Kind::Class);
                let meta = shape::define(shape::of_kind(Kind::Class), Kind::Class, type_);
                shape::adopt(object, meta);
                shape::adopt(type_, meta);
                type_.instance_shape.set(meta.id.0);
                finish(object, None);
                finish(type_, Some(object));
                let mut made: Vec<(&'static str, Gc<Class>)> =
                    vec![("object", object), ("type_", type_)];
                fn base(made: &[(&'static str, Gc<Class>)], name: &str) -> Gc<Class> {
                    match made.iter().find(|(n, _)| *n == name) {
                        Some(&(_, class)) => class,
                        None => unreachable!("base {name} comes before its subclasses"),
                    }
                }
                $(
                    let $field = match stringify!($field) {
                        "object" => object,
                        "type_" => type_,
                        name => {
                            let base = base(&made, stringify!($base));
                            let class = builtin($name, Kind::$kind, base, $reserved);
                            class.flags.set(flags::$flags());
                            made.push((name, class));
                            class
                        }
                    };
                )*
                object.flags.set(ClassFlags { immutable: true, ..Default::default() });
                type_.flags.set(ClassFlags { immutable: true, ..Default::default() });
                $(
                    let $exc = {
                        let base = base(&made, stringify!($exc_base));
                        let class = builtin($exc_name, Kind::Exception, base, None);
                        class.flags.set(ClassFlags {
                            has_dict: true, immutable: true, ..Default::default()
                        });
                        made.push((stringify!($exc), class));
                        class
                    };
                )*
                let iters = IterKind::ALL
                    .iter()
                    .map(|&kind| {
                        let id = shape::of_variant(Kind::Iter, kind as u8);
                        let class = builtin(kind.class_name(), Kind::Iter, object, Some(id));
                        class.flags.set(if is_public_iter(kind) {
                            flags::plain()
                        } else {
                            flags::hidden()
                        });
                        class
                    })
                    .collect();
                Types { $($field,)* $($exc,)* iters }
            }
        }
    };
}

/// Iterators whose classes a program can call.
fn is_public_iter(kind: IterKind) -> bool {
    matches!(
        kind,
        IterKind::Enumerate | IterKind::Zip | IterKind::Map | IterKind::Filter | IterKind::Reversed
    )
}

mod flags {
    //! What the table's last column says.
    use super::ClassFlags;

    /// Can be called and inherited from.
    pub(super) fn plain() -> ClassFlags {
        ClassFlags {
            immutable: true,
            ..Default::default()
        }
    }

    /// Can be called, not inherited from.
    pub(super) fn fixed() -> ClassFlags {
        ClassFlags {
            immutable: true,
            is_final: true,
            ..Default::default()
        }
    }

    /// Neither.
    pub(super) fn hidden() -> ClassFlags {
        ClassFlags {
            immutable: true,
            is_final: true,
            no_instances: true,
            ..Default::default()
        }
    }

    /// As `plain`, with attributes.
    pub(super) fn open() -> ClassFlags {
        ClassFlags {
            immutable: true,
            has_dict: true,
            ..Default::default()
        }
    }
}

fn first_class(name: &str, kind: Kind) -> Gc<Class> {
    Class::new(shape::of_kind(Kind::Class), intern(name), Dict::new(), kind)
}

fn finish(class: Gc<Class>, base: Option<Gc<Class>>) {
    let mut mro: Vec<Value> = vec![class.into()];
    let bases: Vec<Value> = base.iter().map(|&b| b.into()).collect();
    if let Some(base) = base {
        mro.extend_from_slice(base.get().mro());
    }
    class.write(|c| &c.bases, Tuple::new(&bases).into());
    class.write(|c| &c.mro, Tuple::new(&mro).into());
    class.register_with_bases();
}

/// A builtin class whose objects are of `kind`; `reserved` is their shape's number if it is a
/// reserved one.
pub(crate) fn builtin(name: &str, kind: Kind, base: Gc<Class>, reserved: Option<u32>) -> Gc<Class> {
    let class = first_class(name, kind);
    finish(class, Some(base));
    if let Some(id) = reserved {
        let shape = shape::define(id, kind, class);
        class.instance_shape.set(shape.id.0);
    }
    class
}

const fn of(kind: Kind) -> Option<u32> {
    Some(shape::of_kind(kind))
}

const fn viewing(variant: u8) -> Option<u32> {
    Some(shape::of_variant(Kind::View, variant))
}

const fn suspended(variant: u8) -> Option<u32> {
    Some(shape::of_variant(Kind::Generator, variant))
}

/// Reserved shape of `staticmethod` objects.
pub const STATIC_METHOD: u32 = shape::of_variant(Kind::MethodWrapper, 0);
/// Reserved shape of the methods of builtin types.
pub const METHOD_DESCRIPTOR: u32 = shape::of_variant(Kind::Builtin, 2);
/// Reserved shape of their special methods.
pub const WRAPPER_DESCRIPTOR: u32 = shape::of_variant(Kind::Builtin, 3);
/// Reserved shape of their special methods, bound.
pub const METHOD_WRAPPER: u32 = shape::of_variant(Kind::Builtin, 4);
/// Reserved shape of attributes that Rust computes and Python calls members.
pub const FIELD: u32 = shape::of_variant(Kind::GetSet, 5);
/// Reserved shape of `classmethod` objects.
pub const CLASS_METHOD: u32 = shape::of_variant(Kind::MethodWrapper, 1);

/// Whether a builtin takes the object that it is read through as its receiver: a method as it
/// stands in its class. What a class or static method gives, or one that has a receiver, does not.
pub(crate) fn is_method(builtin: Gc<Builtin>) -> bool {
    matches!(
        builtin.header().shape.get(),
        METHOD_DESCRIPTOR | WRAPPER_DESCRIPTOR
    )
}

types! {
    builtin {
        object "object" Instance object None, plain;
        type_ "type" Class object None, plain;
        int "int" BigInt object of(Kind::BigInt), plain;
        bool "bool" BigInt int None, fixed;
        float "float" Float object of(Kind::Float), plain;
        complex "complex" Complex object of(Kind::Complex), plain;
        str "str" Str object of(Kind::Str), plain;
        bytes "bytes" Bytes object of(Kind::Bytes), plain;
        bytearray "bytearray" ByteArray object of(Kind::ByteArray), plain;
        tuple "tuple" Tuple object of(Kind::Tuple), plain;
        list "list" List object of(Kind::List), plain;
        dict "dict" Dict object of(Kind::Dict), plain;
        set "set" Set object of(Kind::Set), plain;
        frozenset "frozenset" FrozenSet object of(Kind::FrozenSet), plain;
        slice "slice" Slice object of(Kind::Slice), fixed;
        range "range" Range object of(Kind::Range), fixed;
        function "function" Function object of(Kind::Function), hidden;
        method "method" BoundMethod object of(Kind::BoundMethod), fixed;
        builtin_function "builtin_function_or_method" Builtin object of(Kind::Builtin), hidden;
        method_descriptor "method_descriptor" Builtin object Some(METHOD_DESCRIPTOR), hidden;
        wrapper_descriptor "wrapper_descriptor" Builtin object Some(WRAPPER_DESCRIPTOR), hidden;
        method_wrapper "method-wrapper" Builtin object Some(METHOD_WRAPPER), hidden;
        cell "cell" Cell object of(Kind::Cell), fixed;
        code "code" Code object of(Kind::Code), hidden;
        module "module" Module object of(Kind::Module), plain;
        property "property" Property object of(Kind::Property), plain;
        static_method "staticmethod" MethodWrapper object Some(STATIC_METHOD), plain;
        class_method "classmethod" MethodWrapper object Some(CLASS_METHOD), plain;
        super_ "super" Super object of(Kind::Super), plain;
        generator "generator" Generator object suspended(object::GENERATOR), hidden;
        coroutine "coroutine" Generator object suspended(object::COROUTINE), hidden;
        async_generator "async_generator" Generator object suspended(object::ASYNC_GENERATOR), hidden;
        none_type "NoneType" Instance object None, fixed;
        ellipsis "ellipsis" Instance object None, fixed;
        not_implemented "NotImplementedType" Instance object None, fixed;
        traceback "traceback" Traceback object of(Kind::Traceback), hidden;
        frame "frame" Frame object of(Kind::Frame), hidden;
        member "member_descriptor" Member object of(Kind::Member), hidden;
        get_set "getset_descriptor" GetSet object of(Kind::GetSet), hidden;
        dict_keys "dict_keys" View object viewing(View::KEYS), hidden;
        dict_values "dict_values" View object viewing(View::VALUES), hidden;
        dict_items "dict_items" View object viewing(View::ITEMS), hidden;
        mapping_proxy "mappingproxy" View object viewing(View::PROXY), hidden;
        decimal "Decimal" Decimal object of(Kind::Decimal), plain;
        base_exception "BaseException" Exception object None, open;
    }
    exceptions {
        exception "Exception" base_exception;
        base_exception_group "BaseExceptionGroup" base_exception;
        generator_exit "GeneratorExit" base_exception;
        keyboard_interrupt "KeyboardInterrupt" base_exception;
        system_exit "SystemExit" base_exception;
        arithmetic_error "ArithmeticError" exception;
        floating_point_error "FloatingPointError" arithmetic_error;
        overflow_error "OverflowError" arithmetic_error;
        zero_division_error "ZeroDivisionError" arithmetic_error;
        assertion_error "AssertionError" exception;
        attribute_error "AttributeError" exception;
        buffer_error "BufferError" exception;
        eof_error "EOFError" exception;
        import_error "ImportError" exception;
        module_not_found_error "ModuleNotFoundError" import_error;
        lookup_error "LookupError" exception;
        index_error "IndexError" lookup_error;
        key_error "KeyError" lookup_error;
        memory_error "MemoryError" exception;
        name_error "NameError" exception;
        unbound_local_error "UnboundLocalError" name_error;
        os_error "OSError" exception;
        blocking_io_error "BlockingIOError" os_error;
        child_process_error "ChildProcessError" os_error;
        connection_error "ConnectionError" os_error;
        broken_pipe_error "BrokenPipeError" connection_error;
        connection_aborted_error "ConnectionAbortedError" connection_error;
        connection_refused_error "ConnectionRefusedError" connection_error;
        connection_reset_error "ConnectionResetError" connection_error;
        file_exists_error "FileExistsError" os_error;
        file_not_found_error "FileNotFoundError" os_error;
        interrupted_error "InterruptedError" os_error;
        is_a_directory_error "IsADirectoryError" os_error;
        not_a_directory_error "NotADirectoryError" os_error;
        permission_error "PermissionError" os_error;
        process_lookup_error "ProcessLookupError" os_error;
        timeout_error "TimeoutError" os_error;
        reference_error "ReferenceError" exception;
        runtime_error "RuntimeError" exception;
        not_implemented_error "NotImplementedError" runtime_error;
        python_finalization_error "PythonFinalizationError" runtime_error;
        recursion_error "RecursionError" runtime_error;
        stop_async_iteration "StopAsyncIteration" exception;
        stop_iteration "StopIteration" exception;
        syntax_error "SyntaxError" exception;
        indentation_error "IndentationError" syntax_error;
        tab_error "TabError" indentation_error;
        incomplete_input_error "_IncompleteInputError" syntax_error;
        system_error "SystemError" exception;
        type_error "TypeError" exception;
        value_error "ValueError" exception;
        unicode_error "UnicodeError" value_error;
        unicode_decode_error "UnicodeDecodeError" unicode_error;
        unicode_encode_error "UnicodeEncodeError" unicode_error;
        unicode_translate_error "UnicodeTranslateError" unicode_error;
        warning "Warning" exception;
        bytes_warning "BytesWarning" warning;
        deprecation_warning "DeprecationWarning" warning;
        encoding_warning "EncodingWarning" warning;
        future_warning "FutureWarning" warning;
        import_warning "ImportWarning" warning;
        pending_deprecation_warning "PendingDeprecationWarning" warning;
        resource_warning "ResourceWarning" warning;
        runtime_warning "RuntimeWarning" warning;
        syntax_warning "SyntaxWarning" warning;
        unicode_warning "UnicodeWarning" warning;
        user_warning "UserWarning" warning;
    }
}
