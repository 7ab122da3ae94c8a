//! Names that the machine itself uses, interned once.

use object::{Gc, Marker, Str, intern};

macro_rules! names {
    ($($field:ident $text:literal;)*) => {
        /// The interned names.
        pub struct Names { $(pub $field: Gc<Str>,)* }

        impl Names {
            pub(crate) fn new() -> Names {
                Names { $($field: intern($text),)* }
            }

            pub(crate) fn trace(&self, marker: &mut Marker) {
                $(marker.visit(self.$field.into());)*
            }
        }
    };
}

names! {
    abs "__abs__"; add "__add__"; all "__all__"; and "__and__"; annotate "__annotate__";
    annotations "__annotations__"; bases "__bases__"; bool "__bool__"; builtins "__builtins__";
    bytes "__bytes__"; call "__call__"; cause "__cause__"; class "__class__";
    class_getitem "__class_getitem__"; classcell "__classcell__"; code "code"; contains "__contains__";
    context "__context__"; defaults "__defaults__"; del "__del__"; delattr "__delattr__";
    delete "__delete__"; delitem "__delitem__"; dict "__dict__"; dir "__dir__"; divmod "__divmod__";
    doc "__doc__"; dunder_code "__code__"; dunder_file "__file__"; dunder_globals "__globals__";
    dunder_import "__import__"; dunder_name "__name__"; dunder_self "__self__";
    empty ""; enter "__enter__"; eq "__eq__"; exit "__exit__"; file "file";
    firstlineno "__firstlineno__"; float "__float__"; floordiv "__floordiv__"; format "__format__";
    func "__func__"; ge "__ge__"; get "__get__"; getattr "__getattr__";
    getattribute "__getattribute__"; getitem "__getitem__"; gt "__gt__"; hash "__hash__";
    iadd "__iadd__"; iand "__iand__"; ifloordiv "__ifloordiv__"; ilshift "__ilshift__";
    imatmul "__imatmul__"; imod "__imod__"; imul "__imul__"; index "__index__"; init "__init__";
    init_subclass "__init_subclass__"; instancecheck "__instancecheck__"; int "__int__";
    invert "__invert__"; ior "__ior__"; ipow "__ipow__"; irshift "__irshift__"; isub "__isub__";
    iter "__iter__"; itruediv "__itruediv__"; ixor "__ixor__"; kwdefaults "__kwdefaults__";
    le "__le__"; len "__len__"; length_hint "__length_hint__"; lshift "__lshift__"; lt "__lt__";
    main "__main__"; match_args "__match_args__"; matmul "__matmul__"; metaclass "metaclass";
    missing "__missing__"; mod_ "__mod__"; module "__module__"; mro "mro"; mro_entries "__mro_entries__";
    mul "__mul__"; ne "__ne__"; neg "__neg__"; new "__new__"; next "__next__"; notes "__notes__";
    or "__or__"; package "__package__"; path "__path__"; pos "__pos__"; pow "__pow__";
    prepare "__prepare__"; qualname "__qualname__"; radd "__radd__"; rand "__rand__";
    rdivmod "__rdivmod__"; repr "__repr__"; reversed "__reversed__"; rfloordiv "__rfloordiv__";
    rlshift "__rlshift__"; rmatmul "__rmatmul__"; rmod "__rmod__"; rmul "__rmul__"; ror "__ror__";
    round "__round__"; rpow "__rpow__"; rrshift "__rrshift__"; rshift "__rshift__"; rsub "__rsub__";
    rtruediv "__rtruediv__"; rxor "__rxor__"; send "send"; set "__set__"; set_name "__set_name__";
    setattr "__setattr__"; setitem "__setitem__"; slots "__slots__"; spec "__spec__";
    static_attributes "__static_attributes__"; str "__str__"; sub "__sub__";
    subclasscheck "__subclasscheck__"; throw "throw"; close "close"; keys "keys"; items "items"; values "values";
    aenter "__aenter__"; aexit "__aexit__"; aiter "__aiter__"; anext "__anext__"; await_ "__await__";
    traceback "__traceback__"; truediv "__truediv__"; trunc "__trunc__"; type_params "__type_params__";
    weakref "__weakref__"; wrapped "__wrapped__"; xor "__xor__";
    value "value"; args "args"; name "name"; obj "obj"; msg "msg"; ceil "__ceil__"; floor "__floor__";
    suppress_context "__suppress_context__"; join "join"; write "write"; flush "flush"; read "read";
    stdout "stdout"; stderr "stderr"; sys "sys"; complex "__complex__"; fspath "__fspath__";
    loader "__loader__"; lineno "lineno"; offset "offset"; filename "filename"; text "text";
    end_lineno "end_lineno"; end_offset "end_offset"; print_file_and_line "print_file_and_line";
    path_attr "path"; errno "errno"; strerror "strerror"; encoding "encoding"; reason "reason";
    copy "copy"; sort "sort"; append "append"; update "update"; get_plain "get"; exceptions "exceptions";
    message "message"; start "start"; end "end"; object "object"; add_plain "add"; closure "__closure__";
}
