//! Classes.

use super::dict::Dict;
use super::list::Tuple;
use super::string::Str;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::{self, Room, Shape};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// What a class says of its instances and itself.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct ClassFlags {
    /// Instances can have attributes of their own.
    pub has_dict: bool,
    /// Instances have no room but for the members of `__slots__`.
    pub only_members: bool,
    /// Its attributes cannot be set from Python.
    pub immutable: bool,
    /// It cannot be a base.
    pub is_final: bool,
    /// Instances are made by Rust code only.
    pub no_instances: bool,
    /// Another class is or was derived from it.
    pub extended: bool,
}

/// A class. Its metaclass is the class of its shape.
#[repr(C)]
pub struct Class {
    header: Header,
    pub name: Slot,
    pub qualname: Slot,
    pub bases: Slot,
    pub mro: Slot,
    dict: Slot,
    /// The layout of instances.
    pub instance_kind: Cell<Kind>,
    pub flags: Cell<ClassFlags>,
    /// Changes whenever an attribute of the class or of a base changes. Quasi-immutable.
    pub version: Cell<u32>,
    /// Machine code relies on the version.
    pub(crate) watched: Cell<bool>,
    /// The shape of a new instance, 0 until it is first needed.
    pub instance_shape: Cell<u32>,
    /// The shape of instances that keep their attributes in a dictionary, 0 until needed.
    pub dictionary_shape: Cell<u32>,
    /// How many attributes instances are expected to have.
    pub expected_slots: Cell<u16>,
    /// How many `__slots__` members its instances have, those of bases included.
    pub members: Cell<u16>,
    /// Whether instances hash and compare as themselves alone, once someone has looked.
    by_identity: Cell<Option<bool>>,
    /// Whether all instances are true, once someone has looked.
    always_true: Cell<Option<bool>>,
}

impl Layout for Class {
    fn trace(&self, marker: &mut Marker) {
        for slot in [
            &self.name,
            &self.qualname,
            &self.bases,
            &self.mro,
            &self.dict,
        ] {
            marker.field(slot);
        }
        marker.visit(shape::class_of(&self.header).into());
        if self.instance_shape.get() != 0 {
            trace_shape(shape::get(self.instance_shape.get()), marker);
        }
    }
}

/// Attribute names in shapes are interned and so alive; this keeps the class itself alive as long
/// as a shape of another class, adopted by `__class__` assignment, leads to it.
fn trace_shape(shape: &Shape, marker: &mut Marker) {
    marker.visit(shape.class().into());
}

thread_local! {
    static LAST_VERSION: Cell<u32> = const { Cell::new(0) };
    static SUBCLASSES: RefCell<Subclasses> = RefCell::default();
}

/// The direct subclasses of a class, by its address, in the order in which they came; all held weakly.
type Subclasses = FxHashMap<u64, (Gc<Class>, Vec<Gc<Class>>)>;

fn next_version() -> u32 {
    let version = LAST_VERSION.get() + 1;
    LAST_VERSION.set(version);
    version
}

impl Class {
    /// A class of the metaclass whose instances have shape number `meta_shape`. Bases and method
    /// resolution order are set by the caller.
    pub fn new(meta_shape: u32, name: Gc<Str>, dict: Gc<Dict>, instance_kind: Kind) -> Gc<Class> {
        heap::allocate(meta_shape, |header| Class {
            header,
            name: Slot::new(name.into()),
            qualname: Slot::new(name.into()),
            bases: Slot::new(Value::NONE),
            mro: Slot::new(Value::NONE),
            dict: Slot::new(dict.into()),
            instance_kind: Cell::new(instance_kind),
            flags: Cell::new(ClassFlags::default()),
            version: Cell::new(next_version()),
            watched: Cell::new(false),
            instance_shape: Cell::new(0),
            dictionary_shape: Cell::new(0),
            expected_slots: Cell::new(0),
            members: Cell::new(0),
            by_identity: Cell::new(None),
            always_true: Cell::new(None),
        })
    }

    #[inline(always)]
    pub fn dict(&self) -> Gc<Dict> {
        self.dict.get().known::<Dict>()
    }

    /// Whether instances hash and compare as themselves alone; `look` is asked once for as long
    /// as the class stays as it is.
    #[inline(always)]
    pub fn is_by_identity(&self, look: impl FnOnce() -> bool) -> bool {
        self.by_identity.get().unwrap_or_else(|| {
            let is = look();
            self.by_identity.set(Some(is));
            is
        })
    }

    /// Whether all instances are true; `look` is asked once for as long as the class stays as it is.
    #[inline(always)]
    pub fn is_always_true(&self, look: impl FnOnce() -> bool) -> bool {
        self.always_true.get().unwrap_or_else(|| {
            let is = look();
            self.always_true.set(Some(is));
            is
        })
    }

    /// Whether someone has looked and found that instances hash and compare as themselves alone.
    #[inline(always)]
    pub fn is_found_by_identity(&self) -> bool {
        self.by_identity.get() == Some(true)
    }

    /// The name as text.
    pub fn name_text(&self) -> String {
        match self.name.get().cast::<Str>() {
            Some(name) => name.to_text_escaped(),
            None => String::from("?"),
        }
    }

    /// The method resolution order, the class itself first.
    #[inline(always)]
    pub fn mro(&self) -> &'static [Value] {
        match self.mro.get().cast::<Tuple>() {
            Some(mro) => mro.items(),
            None => &[],
        }
    }

    pub fn bases(&self) -> &'static [Value] {
        match self.bases.get().cast::<Tuple>() {
            Some(bases) => bases.items(),
            None => &[],
        }
    }

    /// An attribute from the class or its bases, as it stands in their dictionaries.
    pub fn lookup(&self, name: Gc<Str>) -> Option<Value> {
        self.mro()
            .iter()
            .find_map(|class| class.known::<Class>().dict().get_str(name))
    }

    /// Like [`Class::lookup`], together with the class that has it.
    pub fn lookup_with_owner(&self, name: Gc<Str>) -> Option<(Value, Gc<Class>)> {
        self.mro().iter().find_map(|class| {
            let class = class.known::<Class>();
            class.dict().get_str(name).map(|v| (v, class))
        })
    }
}

impl Gc<Class> {
    /// Whether `self` is `other` or inherits from it.
    #[inline]
    pub fn is_subclass_of(self, other: Gc<Class>) -> bool {
        self == other || self.get().mro().contains(&other.into())
    }

    /// Notes that an attribute has changed: this class and all below it get new versions.
    pub fn changed(self) {
        self.version.set(next_version());
        if self.watched.replace(false) {
            crate::watch::changed();
        }
        self.by_identity.set(None);
        self.always_true.set(None);
        self.subclasses().into_iter().for_each(Gc::changed);
    }

    /// Moves the epoch on when the class changes next.
    pub fn watch(self) {
        self.watched.set(true);
    }

    /// The direct subclasses that are alive.
    pub fn subclasses(self) -> Vec<Gc<Class>> {
        SUBCLASSES.with_borrow(|all| {
            let own = all.get(&Value::from(self).bits());
            own.map_or(Vec::new(), |(_, subclasses)| subclasses.clone())
        })
    }

    /// Another class is derived from it: those who relied on there being none take notice.
    fn is_extended(self) {
        let flags = self.flags.get();
        if !flags.extended {
            self.flags.set(ClassFlags {
                extended: true,
                ..flags
            });
            self.version.set(next_version());
            if self.watched.replace(false) {
                crate::watch::changed();
            }
        }
    }

    /// Enters this class, which is not there, among the subclasses of its bases.
    pub fn register_with_bases(self) {
        SUBCLASSES.with_borrow_mut(|all| {
            for base in self.get().bases() {
                let class = base.known::<Class>();
                class.is_extended();
                let (_, subclasses) = all.entry(base.bits()).or_insert((class, Vec::new()));
                subclasses.push(self);
            }
        });
    }

    /// Takes this class from among the subclasses of what were its bases.
    pub fn leave_bases(self, bases: &[Value]) {
        SUBCLASSES.with_borrow_mut(|all| {
            for base in bases {
                if let Some((_, subclasses)) = all.get_mut(&base.bits()) {
                    subclasses.retain(|&subclass| subclass != self);
                }
            }
        });
    }

    /// The shape of a new instance.
    #[inline(always)]
    pub fn new_instance_shape(self) -> &'static Shape {
        let id = self.instance_shape.get();
        if id != 0 {
            shape::get(id)
        } else {
            self.make_instance_shape()
        }
    }

    #[cold]
    fn make_instance_shape(self) -> &'static Shape {
        let kind = self.instance_kind.get();
        let inline_slots = match kind {
            Kind::Instance => self
                .expected_slots
                .get()
                .clamp(0, 64)
                .max(self.members.get()),
            _ => 0,
        };
        let room = Room {
            inline_slots,
            overflows: !self.flags.get().only_members,
            has_dict: false,
        };
        let shape = shape::root(kind, self, room, self.members.get());
        self.instance_shape.set(shape.id.0);
        shape
    }

    /// Learns from an instance that gets attribute number `count` and has no room for it: those made
    /// from now on have.
    pub fn expect_slots(self, count: u16) {
        const MOST: u16 = 16;
        let is_plain = self.instance_kind.get() == Kind::Instance && !self.flags.get().only_members;
        if is_plain && self.expected_slots.get() < count && count <= MOST {
            self.expected_slots.set(count);
            self.instance_shape.set(0);
        }
    }

    /// The shape of instances whose attributes are in a dictionary.
    pub fn dictionary_instance_shape(self) -> &'static Shape {
        if self.dictionary_shape.get() == 0 {
            let room = Room {
                has_dict: true,
                ..self.new_instance_shape().room()
            };
            let shape = shape::root(self.instance_kind.get(), self, room, 0);
            self.dictionary_shape.set(shape.id.0);
        }
        shape::get(self.dictionary_shape.get())
    }
}

/// Forgets dead classes; in every collection, because freed memory is reused.
pub(crate) fn sweep(is_live: impl Fn(&Header) -> bool) {
    SUBCLASSES.with_borrow_mut(|all| {
        all.retain(|_, (base, subclasses)| {
            let is_base_live = is_live(base.header());
            subclasses.retain(|subclass| {
                let live = is_base_live && is_live(subclass.header());
                #[cfg(feature = "revdb")]
                if !live {
                    crate::heap::deaths::note(
                        crate::heap::deaths::Death::Class,
                        (*subclass).into(),
                    );
                }
                live
            });
            is_base_live
        });
    });
}

/// The classes that are entered among the subclasses of others, and those.
#[cfg(feature = "revdb")]
pub(crate) fn entered() -> Vec<Value> {
    SUBCLASSES.with_borrow(|all| {
        let classes = all.values().flat_map(|(base, subclasses)| {
            let subclasses = subclasses.iter().copied();
            std::iter::once(*base).chain(subclasses)
        });
        classes.map(Value::from).collect()
    })
}

/// Forgets the classes that a recording says are dead.
#[cfg(feature = "revdb")]
pub(crate) fn forget(is_dead: impl Fn(Value) -> bool) {
    SUBCLASSES.with_borrow_mut(|all| {
        all.retain(|_, (base, subclasses)| {
            subclasses.retain(|&subclass| !is_dead(subclass.into()));
            !is_dead((*base).into())
        });
    });
}
