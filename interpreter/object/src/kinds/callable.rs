//! Code, functions, methods, and descriptors.

use super::count::{Count, PlaceCounts};
use super::dead_code;
use super::dict::Dict;
use super::foreign;
use super::list::Tuple;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker, barrier};
use crate::shape::{self, of_kind};
use crate::value::Value;
use bytecode::{Code, Instr, Liveness, Op};
use std::cell::{Cell, OnceCell};

/// What an inline cache remembers. The machine gives the fields their meaning; the collector
/// keeps `value` and `holder` alive.
#[derive(Clone, Copy)]
pub struct SiteCache {
    pub name: Value,
    pub shape: u32,
    pub version: u32,
    /// The shape after a store that adds an attribute.
    pub next_shape: u32,
    pub slot: u16,
    pub how: u8,
    /// How often the cache had to be filled anew, up to 255.
    pub misses: u8,
    pub holder: Value,
    pub value: Value,
}

/// Code linked into the heap: constants are values, sites have caches.
#[repr(C)]
pub struct CodeObject {
    header: Header,
    /// The first instruction.
    pub(crate) start: CodePointer,
    code: Box<Code>,
    constants: Slot,
    sites: Box<[Cell<SiteCache>]>,
    /// Of all instructions, once someone has asked.
    liveness: OnceCell<Box<Liveness>>,
    /// The instructions with stop points, where those are wanted.
    #[cfg(feature = "revdb")]
    stops: Option<Box<[Cell<Instr>]>>,
    /// The number of arguments that need no arranging before the frame opens, or `u16::MAX`:
    /// positional parameters only, and not a generator's.
    pub plain_arguments: u16,
    /// Registers of a frame.
    pub registers: u16,
    /// Registers below this that no argument fills are *unbound* at first.
    pub locals: u16,
    /// How often it was entered at its start.
    pub entries: Count,
    places: PlaceCounts,
    pub name: Slot,
    pub qualname: Slot,
    pub filename: Slot,
}

impl Layout for CodeObject {
    fn trace(&self, marker: &mut Marker) {
        for slot in [&self.constants, &self.name, &self.qualname, &self.filename] {
            marker.field(slot);
        }
        for site in &self.sites {
            let site = site.get();
            marker.visit(site.name);
            marker.visit(site.holder);
            marker.visit(site.value);
        }
    }
}

impl Drop for CodeObject {
    fn drop(&mut self) {
        heap::outside::release(self.outside_bytes());
        let start = self.start.key();
        dead_code::died(start..start + self.code.instrs.len());
    }
}

impl CodeObject {
    /// Links code; `constants` are its constants as values, which name its sites too.
    pub fn new(
        mut code: Box<Code>,
        constants: Gc<Tuple>,
        name: Value,
        qualname: Value,
        filename: Value,
    ) -> Gc<CodeObject> {
        let sites = code
            .sites
            .iter()
            .map(|site| {
                Cell::new(SiteCache {
                    name: constants.items()[site.name as usize],
                    shape: 0,
                    version: 0,
                    next_shape: 0,
                    slot: 0,
                    how: 0,
                    misses: 0,
                    holder: Value::UNBOUND,
                    value: Value::UNBOUND,
                })
            })
            .collect();
        let flags = code.flags;
        let suspends = flags.generator || flags.coroutine || flags.async_generator;
        let plain = code.params.count() == code.params.positional && !suspends;
        let plain_arguments = if plain {
            code.params.positional
        } else {
            u16::MAX
        };
        let (registers, locals) = (code.registers, code.local_names.len() as u16);
        let places = PlaceCounts::of(&mut code.instrs);
        #[cfg(feature = "revdb")]
        let stops = super::stops::of(&code);
        let start = CodePointer(code.instrs.as_ptr());
        #[cfg(feature = "revdb")]
        let start = stops
            .as_ref()
            .map_or(start, |stops| CodePointer(stops.as_ptr() as *const Instr));
        let object = heap::allocate(of_kind(Kind::Code), |header| CodeObject {
            header,
            #[cfg(feature = "revdb")]
            stops,
            plain_arguments,
            registers,
            locals,
            entries: Count::default(),
            places,
            start,
            code,
            constants: Slot::new(constants.into()),
            sites,
            liveness: OnceCell::new(),
            name: Slot::new(name),
            qualname: Slot::new(qualname),
            filename: Slot::new(filename),
        });
        heap::register_droppable(object.header());
        heap::outside::hold(object.outside_bytes());
        #[cfg(feature = "revdb")]
        super::stops::linked(object);
        object
    }

    /// About how many bytes it takes outside of the heap: with constants, names and places in the source
    /// code is several times as large as its instructions.
    fn outside_bytes(&self) -> usize {
        const TIMES: usize = 8;
        size_of::<Code>() + TIMES * size_of_val(&*self.code.instrs)
    }

    #[inline(always)]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The registers that are live before each instruction.
    pub fn liveness(&self) -> &Liveness {
        let made = || Box::new(Liveness::of(&self.code));
        self.liveness.get_or_init(made)
    }

    /// The instruction at `pc`, which verified code has.
    #[inline(always)]
    pub fn instr(&self, pc: u32) -> Instr {
        debug_assert!((pc as usize) < self.code.instrs.len());
        // SAFETY: verified code does not run past its end.
        unsafe { *self.code.instrs.get_unchecked(pc as usize) }
    }

    /// How often the place was gone through that a back edge jumps to.
    #[inline(always)]
    pub fn count_of(&self, back: Instr) -> &Count {
        self.places.of_back_edge(back)
    }

    /// The same of a place, `None` if nothing jumps back to it and no generator goes on there.
    #[inline]
    pub fn count_at(&self, pc: u32) -> Option<&Count> {
        self.places.at(pc)
    }

    /// Begins to count anew.
    pub fn forget_counts(&self) {
        self.entries.forget();
        self.places.forget();
    }

    #[inline(always)]
    pub fn constants(&self) -> Gc<Tuple> {
        self.constants.get().known::<Tuple>()
    }

    /// Constant number `at`, which verified code has.
    #[inline(always)]
    pub fn constant(&self, at: u32) -> Value {
        let constants = self.constants().items();
        debug_assert!((at as usize) < constants.len());
        // SAFETY: verified code names no other.
        unsafe { *constants.get_unchecked(at as usize) }
    }

    #[inline(always)]
    pub fn site(&self, at: u32) -> SiteCache {
        self.site_cell(at).get()
    }

    /// The cache of site `at` by reference, to read single fields.
    #[inline(always)]
    pub fn site_cell(&self, at: u32) -> &Cell<SiteCache> {
        debug_assert!((at as usize) < self.sites.len());
        // SAFETY: verified code names no other.
        unsafe { self.sites.get_unchecked(at as usize) }
    }
}

impl Gc<CodeObject> {
    pub fn set_site(self, at: u32, cache: SiteCache) {
        barrier(self.header());
        self.sites[at as usize].set(cache);
    }

    /// Has the stop point at `pc` tell of itself, or no longer; whether there is one.
    #[cfg(feature = "revdb")]
    pub fn set_breakpoint(self, pc: u32, on: bool) -> bool {
        let code = self.get();
        let Some(stops) = &code.stops else {
            return false;
        };
        let sizes = (stops.len(), code.code.instrs.len());
        let places = bytecode::stop_places(sizes, pc, |at| stops[at].get());
        for &place in &places {
            stops[place].set(stops[place].get().with_a(u16::from(on)));
        }
        !places.is_empty()
    }

    /// Puts a stop of no kind in place of each instruction that is no stop point, or takes these
    /// away.
    #[cfg(feature = "revdb")]
    pub fn set_traps(self, on: bool) {
        let code = self.get();
        let count = code.code.instrs.len();
        let Some(stops) = &code.stops else { return };
        for at in 0..count {
            let (stop, original) = (&stops[at], stops[at + count].get());
            match stop.get() {
                instr if on && !instr.is_stop() => {
                    stop.set(Instr::stop(0, count as i32).with_a(1));
                }
                instr if !on && instr.is_stop() && instr.x() == 0 => stop.set(original),
                _ => {}
            }
        }
    }

    /// Empties every cache.
    pub fn clear_sites(self) {
        for site in &self.get().sites {
            let mut cache = site.get();
            cache.shape = 0;
            cache.version = 0;
            site.set(cache);
        }
    }

    /// A place to begin fetching instructions from.
    #[inline(always)]
    pub fn start(self) -> CodePointer {
        self.get().start
    }
}

/// A place in verified code: where the next instruction comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct CodePointer(*const Instr);

impl CodePointer {
    /// The instruction here.
    #[inline(always)]
    pub fn fetch(self) -> Instr {
        let first = self.first();
        #[cfg(feature = "revdb")]
        if first.is_stop() {
            return self.offset(first.bc() as isize).first();
        }
        first
    }

    /// What lies here: the instruction, or the stop point before it.
    #[inline(always)]
    pub fn first(self) -> Instr {
        // SAFETY: verified code never runs past its end, and frames keep their code alive.
        unsafe { *self.0 }
    }

    /// The instruction here and its op, which is not tested to be one.
    #[inline(always)]
    pub fn fetch_with_op(self) -> (Instr, Op) {
        let instr = self.first();
        debug_assert!(instr.op_byte() < Op::COUNT);
        // SAFETY: instructions are made of ops or, when read from bytes, checked; and ops are
        // numbered from 0 without a gap.
        (instr, unsafe {
            std::mem::transmute::<u8, Op>(instr.op_byte())
        })
    }

    /// Puts another instruction here, which the loop meets in its ordinary fetch; the one that was here.
    pub fn replace(self, instr: Instr) -> Instr {
        let before = self.first();
        // SAFETY: the place is in the array that its code owns, as for `first`; it is only read by value,
        // through pointers like this one, and nothing runs beside this.
        unsafe { self.0.cast_mut().write(instr) };
        before
    }

    /// The place `distance` instructions away; jumps of verified code stay inside it.
    #[inline(always)]
    pub fn offset(self, distance: isize) -> CodePointer {
        // SAFETY: as for `fetch`; one past the end is allowed and not fetched.
        CodePointer(unsafe { self.0.offset(distance) })
    }

    /// The place as an address, which [`CodePointer::from_address`] takes back.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0 as usize
    }

    /// # Safety
    /// [`CodePointer::address`] gave the number, and the code is alive.
    #[inline(always)]
    pub unsafe fn from_address(address: usize) -> CodePointer {
        CodePointer(address as *const Instr)
    }

    /// A number that tells this place from others.
    #[inline(always)]
    pub fn key(self) -> usize {
        self.0 as usize / size_of::<Instr>()
    }

    /// How many instructions lie between the start of the code and here.
    #[inline(always)]
    pub fn index(self, code: Gc<CodeObject>) -> u32 {
        ((self.0 as usize - code.start().0 as usize) / size_of::<Instr>()) as u32
    }
}

/// A function of Python code.
#[repr(C)]
pub struct Function {
    header: Header,
    pub(crate) code: Cell<Gc<CodeObject>>,
    pub(crate) globals: Gc<Dict>,
    pub builtins: Slot,
    /// Tuple, or None.
    pub defaults: Slot,
    /// Dict, or None.
    pub keyword_defaults: Slot,
    /// Tuple of cells, or None.
    pub closure: Slot,
    pub name: Slot,
    pub qualname: Slot,
    pub doc: Slot,
    pub module: Slot,
    pub annotate: Slot,
    pub annotations: Slot,
    /// Dict of further attributes, or None.
    pub dict: Slot,
}

impl Layout for Function {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.code.get().into());
        marker.visit(self.globals.into());
        for slot in [
            &self.builtins,
            &self.defaults,
            &self.keyword_defaults,
            &self.closure,
            &self.name,
            &self.qualname,
            &self.doc,
            &self.module,
            &self.annotate,
            &self.annotations,
            &self.dict,
        ] {
            marker.field(slot);
        }
    }
}

impl Function {
    pub fn new(code: Gc<CodeObject>, globals: Gc<Dict>, builtins: Value) -> Gc<Function> {
        let doc = if code.code().flags.has_docstring {
            code.constant(0)
        } else {
            Value::NONE
        };
        heap::allocate(of_kind(Kind::Function), |header| Function {
            header,
            code: Cell::new(code),
            globals,
            builtins: Slot::new(builtins),
            defaults: Slot::new(Value::NONE),
            keyword_defaults: Slot::new(Value::NONE),
            closure: Slot::new(Value::NONE),
            name: Slot::new(code.name.get()),
            qualname: Slot::new(code.qualname.get()),
            doc: Slot::new(doc),
            module: Slot::new(Value::UNBOUND),
            annotate: Slot::new(Value::NONE),
            annotations: Slot::new(Value::UNBOUND),
            dict: Slot::new(Value::NONE),
        })
    }

    #[inline(always)]
    pub fn code(&self) -> Gc<CodeObject> {
        self.code.get()
    }

    #[inline(always)]
    pub fn globals(&self) -> Gc<Dict> {
        self.globals
    }
}

impl Gc<Function> {
    pub fn set_code(self, code: Gc<CodeObject>) {
        crate::watch::changed();
        barrier(self.header());
        self.code.set(code);
    }
}

macro_rules! slots_kind {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            header: Header,
            $($(#[$field_doc])* pub $field: Slot,)*
        }

        impl Layout for $name {
            fn trace(&self, marker: &mut Marker) {
                $(marker.field(&self.$field);)*
                let shape = self.header.shape.get();
                if shape >= 128 {
                    marker.visit(shape::get(shape).class().into());
                }
            }
        }

        impl $name {
            pub fn new($($field: Value),*) -> Gc<$name> {
                $name::with_shape(of_kind(Kind::$name), $($field),*)
            }

            pub fn with_shape(shape: u32, $($field: Value),*) -> Gc<$name> {
                heap::allocate(shape, |header| $name { header, $($field: Slot::new($field),)* })
            }
        }
    };
}
pub(super) use slots_kind;

slots_kind! {
    /// A function together with its receiver.
    BoundMethod { function, receiver, }
}

slots_kind! {
    /// `property`.
    Property {
        getter,
        setter,
        deleter,
        doc,
        name,
        /// Whether the documentation is the getter's.
        doc_from_getter,
    }
}

slots_kind! {
    /// `staticmethod` or `classmethod`, by the class of its shape.
    MethodWrapper { function, dict, }
}

slots_kind! {
    /// `super` object: the class to start after, the object, and the object's class.
    Super { class, object, object_class, }
}

/// A variable that an inner function captures.
#[repr(C)]
pub struct CellBox {
    header: Header,
    pub content: Slot,
}

impl Layout for CellBox {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.content);
    }
}

impl CellBox {
    #[inline(always)]
    pub fn new(content: Value) -> Gc<CellBox> {
        heap::allocate(of_kind(Kind::Cell), |header| CellBox {
            header,
            content: Slot::new(content),
        })
    }
}

/// A function written in Rust, by its number in the machine's table.
#[repr(C)]
pub struct Builtin {
    header: Header,
    pub number: u32,
    pub name: Slot,
    /// The class it is a method of, the module it is a function of, or None.
    pub owner: Slot,
    /// The receiver if it is bound (then it is called with it in front), else *unbound*.
    pub receiver: Slot,
    /// The signature's text and the documentation, or None.
    pub doc: Slot,
}

impl Layout for Builtin {
    fn trace(&self, marker: &mut Marker) {
        for slot in [&self.name, &self.owner, &self.receiver, &self.doc] {
            marker.field(slot);
        }
    }
}

impl Builtin {
    pub fn new(number: u32, name: Value, owner: Value, receiver: Value) -> Gc<Builtin> {
        Builtin::with_shape(of_kind(Kind::Builtin), number, name, owner, receiver)
    }

    pub fn with_shape(
        shape: u32,
        number: u32,
        name: Value,
        owner: Value,
        receiver: Value,
    ) -> Gc<Builtin> {
        heap::allocate(shape, |header| Builtin {
            header,
            number,
            name: Slot::new(name),
            owner: Slot::new(owner),
            receiver: Slot::new(receiver),
            doc: Slot::new(Value::NONE),
        })
    }
}

/// Descriptor of a `__slots__` member.
#[repr(C)]
pub struct Member {
    header: Header,
    pub slot: u16,
    pub name: Slot,
    pub class: Slot,
}

impl Layout for Member {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.name);
        marker.field(&self.class);
    }
}

impl Member {
    pub fn new(slot: u16, name: Value, class: Value) -> Gc<Member> {
        heap::allocate(of_kind(Kind::Member), |header| Member {
            header,
            slot,
            name: Slot::new(name),
            class: Slot::new(class),
        })
    }
}

/// An attribute of a builtin type that Rust functions compute, by their numbers in the machine's
/// table; `setter` is `u32::MAX` if it cannot be set.
#[repr(C)]
pub struct GetSet {
    header: Header,
    pub getter: u32,
    pub setter: u32,
    pub name: Slot,
    pub class: Slot,
    /// Its documentation, which can be changed; *unbound* if it has none that could.
    pub doc: Slot,
}

impl Layout for GetSet {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.name);
        marker.field(&self.class);
        marker.field(&self.doc);
    }
}

impl GetSet {
    pub fn new(getter: u32, setter: u32, name: Value, class: Value) -> Gc<GetSet> {
        GetSet::with_shape(of_kind(Kind::GetSet), getter, setter, name, class)
    }

    /// `shape` is one of the kind's.
    pub fn with_shape(
        shape: u32,
        getter: u32,
        setter: u32,
        name: Value,
        class: Value,
    ) -> Gc<GetSet> {
        heap::allocate(shape, |header| GetSet {
            header,
            getter,
            setter,
            name: Slot::new(name),
            class: Slot::new(class),
            doc: Slot::new(Value::UNBOUND),
        })
    }
}

/// Drops the Rust part of a dead code object.
pub(super) fn drop_code(header: &Header) {
    foreign::drop_in_place::<CodeObject>(header);
}
