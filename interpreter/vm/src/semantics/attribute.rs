//! Attributes through inline caches.
//!
//! A cache remembers what a look-up found for one shape. What the shape does not vouch for, it
//! tests: the class's version where the attribute came from the class, the object's identity
//! where the object is a class or module. That no data descriptor of the class goes before an
//! instance's slot is not tested: setting such a descriptor empties all caches.

use crate::attribute::{is_default_hook, own_slot};
use crate::enter::OperatorPlace;
use crate::frame::Then;
use crate::machine::{Machine, Runtime};
use crate::semantics::{intrinsic, own, subscript};
use crate::{PyResult, Vm};
use object::{
    BoundMethod, Builtin, Class, CodeObject, DictIndex, Function, Gc, GetSet, Instance, Kind,
    Member, MethodWrapper, Module, Property, SiteCache, Str, Super, Value, attributes, shape,
};

/// How a cached attribute is got.
pub(crate) mod how {
    /// The cache holds nothing.
    pub(crate) const NOTHING: u8 = 0;
    /// From inline slot `slot`.
    pub(crate) const SLOT: u8 = 1;
    /// From slot `slot`, beyond the inline ones.
    pub(crate) const FAR_SLOT: u8 = 2;
    /// `value`, from the class, as it is.
    pub(crate) const CLASS_VALUE: u8 = 3;
    /// `value`, from the class: a function to be bound.
    pub(crate) const METHOD: u8 = 4;
    /// By calling `value`, the getter of a property.
    pub(crate) const GETTER: u8 = 5;
    /// From the namespace of the module `holder`, place `slot`, if its keys have `version`.
    pub(crate) const MODULE: u8 = 6;
    /// `value`, an attribute of the class `holder`, if that has `version`.
    pub(crate) const OF_CLASS: u8 = 7;
    /// `value`, a function that the class `holder` has as a class method: to be bound to that class, of
    /// which the object is an instance.
    pub(crate) const CLASS_METHOD: u8 = 9;
    /// The same; the object is the class.
    pub(crate) const OWN_CLASS_METHOD: u8 = 10;
    /// Item `slot` of the tuple that the object carries: a field of a named tuple.
    pub(crate) const ITEM: u8 = 11;
    /// Store: into inline slot `slot`, after which the shape is `next_shape`.
    pub(crate) const ADD_SLOT: u8 = 8;
    /// Store: into slot `slot`, beyond the inline ones, after which the shape is `next_shape`.
    pub(crate) const STORE_FAR: u8 = 12;
    /// Slot `slot`, beyond the inline ones, of `__slots__`: it may not have been written yet, so
    /// there may be no room for it either.
    pub(crate) const FAR_MEMBER: u8 = 13;
}

/// How many attributes an object may have from which machine code deletes one.
const DELETING_MAX: usize = 8;

/// What an attribute read comes to.
pub(crate) enum Loaded<V> {
    /// The value.
    Value(V),
    /// A function to call with the object in front.
    Method(Value),
    /// A function to call with something else in front.
    Bound(Value, V),
    /// The value is what this function gives for the object.
    Getter(Value),
    /// The value is what this Python function gives for these arguments: a descriptor's `__get__` or
    /// the class's `__getattr__`.
    Asked(Gc<Function>, AskedWith<V>),
    /// The cache does not know.
    Miss,
}

/// The arguments of what is asked for an attribute.
pub(crate) enum AskedWith<V> {
    /// The object and the name.
    Name([V; 2]),
    /// The descriptor, the object and its class.
    Descriptor([V; 3]),
}

impl<V> AskedWith<V> {
    pub(crate) fn as_slice(&self) -> &[V] {
        match self {
            AskedWith::Name(args) => args,
            AskedWith::Descriptor(args) => args,
        }
    }
}

/// Reads an inline slot through the cache of a site; `None` where that is not what it knows.
#[inline(always)]
pub(crate) fn load_slot<M: Machine>(
    m: &mut M,
    object: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> Option<M::V> {
    let cache = code.get().site_cell(at).get();
    let shape_id = m.shape(object);
    if shape_id != cache.shape || shape_id == 0 || cache.how != how::SLOT {
        return None;
    }
    let value = m.load_slot(object, cache.slot);
    (!m.is_word(value, Value::UNBOUND)).then_some(value)
}

/// The function that a method call finds in the class, through the cache of a site; `None` where
/// that is not what it knows.
#[inline(always)]
pub(crate) fn load_method<M: Machine>(
    m: &mut M,
    object: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> Option<Value> {
    let cache = code.get().site_cell(at).get();
    let shape_id = m.shape(object);
    if shape_id != cache.shape || shape_id == 0 || cache.how != how::METHOD {
        return None;
    }
    class_is(m, cache).then_some(cache.value)
}

/// Reads through the cache of a site.
#[inline(always)]
pub(crate) fn load<M: Machine>(
    m: &mut M,
    object: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> Loaded<M::V> {
    let cache = code.get().site_cell(at).get();
    let shape_id = m.shape(object);
    if shape_id != cache.shape || shape_id == 0 {
        return Loaded::Miss;
    }
    load_cached(m, object, cache)
}

/// Reads by the table that all sites share, for a site that has seen many shapes.
#[inline(always)]
pub(crate) fn load_shared<M: Machine>(
    m: &mut M,
    object: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> Loaded<M::V> {
    let site = code.get().site_cell(at).get();
    let shape = m.word(object).shape_id();
    if M::RECORDS || site.misses < MANY_MISSES || shape == 0 {
        return Loaded::Miss;
    }
    let cache = m.vm().shared_loads[shared_place(shape, site.name)];
    if cache.shape != shape || cache.name != site.name {
        return Loaded::Miss;
    }
    load_cached(m, object, cache)
}

/// Writes by the table that all sites share, as [`load_shared`] reads; false: not done.
#[inline(always)]
pub(crate) fn store_shared<M: Machine>(
    m: &mut M,
    object: M::V,
    value: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> bool {
    let site = code.get().site_cell(at).get();
    let shape = m.word(object).shape_id();
    if M::RECORDS || site.misses < MANY_MISSES || shape == 0 {
        return false;
    }
    let cache = m.vm().shared_stores[shared_place(shape, site.name)];
    cache.shape == shape && cache.name == site.name && store_cached(m, object, value, cache)
}

/// What was found in a slot, if anything was.
#[inline(always)]
fn unless_unbound<M: Machine>(m: &mut M, value: M::V) -> Loaded<M::V> {
    if m.is_word(value, Value::UNBOUND) {
        Loaded::Miss
    } else {
        Loaded::Value(value)
    }
}

/// Reads as a cache says whose shape is the object's.
#[inline(always)]
pub(super) fn load_cached<M: Machine>(m: &mut M, object: M::V, cache: SiteCache) -> Loaded<M::V> {
    match cache.how {
        how::SLOT => {
            let value = m.load_slot(object, cache.slot);
            unless_unbound(m, value)
        }
        how::METHOD if class_is(m, cache) => Loaded::Method(cache.value),
        how::CLASS_VALUE if class_is(m, cache) => Loaded::Value(m.constant(cache.value)),
        how::GETTER if class_is(m, cache) => Loaded::Getter(cache.value),
        how::FAR_SLOT => {
            let value = m.load_far_slot(object, cache.slot);
            unless_unbound(m, value)
        }
        how::FAR_MEMBER => {
            let value = m.load_far_member(object, cache.slot);
            unless_unbound(m, value)
        }
        how::MODULE if m.is_word(object, cache.holder) => {
            let namespace = cache.holder.known::<Module>().namespace();
            if namespace.has_keys_version(cache.version) {
                m.settle_slots();
                m.settle_keys(namespace);
                Loaded::Value(m.dict_value(namespace, DictIndex(cache.slot as usize)))
            } else {
                Loaded::Miss
            }
        }
        how::OF_CLASS if m.is_word(object, cache.holder) && class_is(m, cache) => {
            if M::RECORDS && cache.shape != shape::of_kind(Kind::Class) {
                m.settle(object);
            }
            Loaded::Value(m.constant(cache.value))
        }
        how::ITEM if class_is(m, cache) => match carried_item(m, object, cache.slot) {
            Some(item) => Loaded::Value(item),
            None => Loaded::Miss,
        },
        how::CLASS_METHOD if class_is(m, cache) => {
            Loaded::Bound(cache.value, m.constant(cache.holder))
        }
        how::OWN_CLASS_METHOD if m.is_word(object, cache.holder) && class_is(m, cache) => {
            Loaded::Bound(cache.value, m.constant(cache.holder))
        }
        _ => Loaded::Miss,
    }
}

/// An item of the tuple that an object of a subclass of `tuple` carries.
#[inline(never)]
fn carried_item<M: Machine>(m: &mut M, object: M::V, at: u16) -> Option<M::V> {
    let carried = m.payload(object);
    let at = m.constant(Value::small(at.into()));
    subscript::load_item(m, carried, at)
}

/// Reads as a cache says that has just been filled for the object.
#[inline(always)]
pub(crate) fn load_filled<M: Machine>(m: &mut M, object: M::V, cache: SiteCache) -> Loaded<M::V> {
    if m.shape(object) != cache.shape {
        return Loaded::Miss;
    }
    load_cached(m, object, cache)
}

/// Writes as a cache says that has just been filled for the object; false: not done.
#[inline(always)]
pub(crate) fn store_filled<M: Machine>(
    m: &mut M,
    object: M::V,
    value: M::V,
    cache: SiteCache,
) -> bool {
    m.shape(object) == cache.shape && store_cached(m, object, value, cache)
}

/// Reads an attribute that no site names.
pub(crate) fn load_named<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> Loaded<M::V> {
    let word = m.word(object);
    let site = SiteCache {
        name: name.into(),
        ..EMPTY_CACHE
    };
    match m.vm().cache_load(word, name, site) {
        Some(cache) => load_filled(m, object, cache),
        None => Loaded::Miss,
    }
}

/// Writes an attribute that no site names, `plainly` as `object` does it; false: not done.
pub(crate) fn store_named<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
    value: M::V,
    plainly: bool,
) -> bool {
    let word = m.word(object);
    let site = SiteCache {
        name: name.into(),
        ..EMPTY_CACHE
    };
    let cache = match plainly {
        true => m.vm().cache_plain_store(word, name, site),
        false => m.vm().cache_store(word, name, site),
    };
    cache.is_some_and(|cache| store_filled(m, object, value, cache))
}

/// Whether an instance, a class, or an object of a builtin kind without attributes of its own, has no attribute
/// of a name, which its shape and its class tell; false says nothing.
pub(crate) fn is_missing<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> bool {
    let word = m.word(object);
    if m.vm().lacks(word, name) {
        m.shape(object);
        m.settle(object);
        return true;
    }
    if let Some(class) = word.cast::<Class>() {
        let lacks = m.vm().class_lacks(class, name);
        if lacks {
            m.promote(object);
            m.class_version(class);
            m.settle(object);
        }
        return lacks;
    }
    let Some((slot, is_inside)) = m.vm().unset_slot(word, name) else {
        return false;
    };
    m.shape(object);
    m.settle(object);
    let value = match is_inside {
        true => m.load_slot(object, slot),
        false => m.load_far_member(object, slot),
    };
    m.is_word(value, Value::UNBOUND)
}

#[inline(always)]
fn class_is<M: Machine>(m: &mut M, cache: SiteCache) -> bool {
    m.class_version(cache.holder.known()) == cache.version
}

/// Writes through the cache of a site; false: not done.
#[inline(always)]
pub(crate) fn store<M: Machine>(
    m: &mut M,
    object: M::V,
    value: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> bool {
    let cache = code.get().site_cell(at).get();
    let shape_id = m.shape(object);
    if shape_id != cache.shape || shape_id == 0 {
        return false;
    }
    store_cached(m, object, value, cache)
}

/// Writes as a cache says whose shape is the object's; false: not done.
#[inline(always)]
fn store_cached<M: Machine>(m: &mut M, object: M::V, value: M::V, cache: SiteCache) -> bool {
    match cache.how {
        how::SLOT => {
            m.store_slot(object, cache.slot, value);
            true
        }
        how::ADD_SLOT => {
            m.add_slot(object, cache.slot, value, cache.next_shape);
            true
        }
        how::STORE_FAR => m.store_far_slot(object, cache.slot, value, cache.next_shape),
        _ => false,
    }
}

/// Deletes an instance's own attribute; false: not done.
pub(crate) fn delete<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> bool {
    let word = m.word(object);
    let Some((slot, next)) = m.vm().deletes(word, name) else {
        return false;
    };
    m.settle(object);
    m.shape(object);
    let last = shape::get(word.shape_id()).names().len() as u16 - 1;
    let behind: Vec<M::V> = (slot..last).map(|at| m.load_slot(object, at + 1)).collect();
    for (at, value) in (slot..).zip(behind) {
        m.store_slot(object, at, value);
    }
    let unbound = m.constant(Value::UNBOUND);
    m.add_slot(object, last, unbound, next);
    true
}

/// Reads an attribute that a site's cache does not know: fills it and reads by it, or in full.
pub(crate) fn load_missed<M: Machine>(
    m: &mut M,
    object: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> PyResult<Loaded<M::V>> {
    let word = m.word(object);
    if let Some(cache) = m.vm().fill_load(word, code, at) {
        let loaded = load_filled(m, object, cache);
        if !matches!(loaded, Loaded::Miss) {
            return Ok(loaded);
        }
    }
    let name = code.get().site(at).name;
    if M::RECORDS && (m.is_small(object) || m.is_float(object)) {
        // What has no shape has no cache; its class is a constant all the same.
        let vm = m.vm();
        let class = vm.class_of(word);
        if let Some(found) = vm.lookup_type(class, name.known())
            && found.is::<Builtin>()
        {
            m.class_version(class);
            return Ok(Loaded::Method(found));
        }
    }
    if M::RECORDS
        && let Some((function, args)) = asked(m, object, name.known())
    {
        return Ok(Loaded::Asked(function, args));
    }
    if M::RECORDS
        && let Some(loaded) = own::load(m, object, name.known())?
    {
        return Ok(loaded);
    }
    let name_value = m.constant(name);
    let args = [object, name_value];
    let value = m.residual(Runtime::GetAttr, &args, |vm| {
        vm.get_attr(word, name.known())
    })?;
    Ok(Loaded::Value(value))
}

/// The Python function that is asked for an attribute, and its arguments.
fn asked<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
) -> Option<(Gc<Function>, AskedWith<M::V>)> {
    let word = m.word(object);
    let (function, descriptor) = m.vm().asked_for(word, name)?;
    m.settle(object);
    let args = match descriptor {
        Some(descriptor) => {
            let vm = m.vm();
            let (class, own) = (vm.class_of(word), vm.class_of(descriptor));
            m.class_version(own);
            AskedWith::Descriptor([m.constant(descriptor), object, m.constant(class.into())])
        }
        None => AskedWith::Name([object, m.constant(name.into())]),
    };
    Some((function, args))
}

/// The Python function that computes an attribute which no site names, a property's or `__getattr__`,
/// and its arguments.
pub(crate) fn computed_named<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
) -> Option<(Gc<Function>, Vec<M::V>)> {
    let word = m.word(object);
    let site = SiteCache {
        name: name.into(),
        ..EMPTY_CACHE
    };
    if let Some(cache) = m.vm().cache_load(word, name, site) {
        let is_getter = cache.how == how::GETTER;
        return match is_getter.then(|| load_filled(m, object, cache))? {
            Loaded::Getter(function) => Some((function.cast()?, vec![object])),
            _ => None,
        };
    }
    let (function, args) = asked(m, object, name)?;
    Some((function, args.as_slice().to_vec()))
}

/// Writes an attribute that a site's cache does not know, as [`load_missed`] reads.
pub(crate) fn store_missed<M: Machine>(
    m: &mut M,
    object: M::V,
    value: M::V,
    code: Gc<CodeObject>,
    at: u32,
) -> PyResult<()> {
    let (wo, wv) = (m.word(object), m.word(value));
    if let Some(cache) = m.vm().fill_store(wo, code, at)
        && store_filled(m, object, value, cache)
    {
        return Ok(());
    }
    let name = code.get().site(at).name;
    if M::RECORDS
        && let Some(told) = m.vm().told_of(wo, name.known())
    {
        return tell(m, told, object, name, value);
    }
    if M::RECORDS && own::store(m, object, name.known(), value)? {
        return Ok(());
    }
    let name_value = m.constant(name);
    m.residual(Runtime::SetAttr, &[object, name_value, value], |vm| {
        vm.set_attr(wo, name.known(), wv).map(|()| Value::NONE)
    })?;
    Ok(())
}

/// Who is told of an attribute's new value.
#[derive(Clone, Copy)]
enum Told {
    Hook(Gc<Function>),
    Setter(Gc<Function>),
    Descriptor(Gc<Function>, Value),
}

/// Opens the frame of who is told.
fn tell<M: Machine>(m: &mut M, told: Told, object: M::V, name: Value, value: M::V) -> PyResult<()> {
    m.settle(object);
    match told {
        Told::Hook(function) => {
            let name = m.constant(name);
            m.enter(function, &[object, name, value], Then::Drop, 0)
        }
        Told::Setter(function) => m.enter(function, &[object, value], Then::Drop, 0),
        Told::Descriptor(function, descriptor) => {
            let own = m.vm().class_of(descriptor);
            m.class_version(own);
            let descriptor = m.constant(descriptor);
            m.enter(function, &[descriptor, object, value], Then::Drop, 0)
        }
    }
}

/// A Python function of so many arguments, whose frame opens at once.
fn plain_function(found: Value, arguments: u16) -> Option<Gc<Function>> {
    let function = found.cast::<Function>()?;
    (function.code().plain_arguments == arguments).then_some(function)
}

/// `super().name` without the super object: the value, and for a call the receiver to put in front
/// or *unbound*. What is found depends on both classes alone, unless it must be bound.
pub(crate) fn load_super<M: Machine>(
    m: &mut M,
    class: M::V,
    object: M::V,
    name: Gc<Str>,
    for_call: bool,
) -> PyResult<(M::V, M::V)> {
    let after = m.promote(class);
    m.settle(object);
    let own = m.word(object);
    if M::RECORDS
        && let Some(function) = m.vm().static_after(after, own, name)
    {
        let own = m.promote(object).known();
        m.class_version(own);
        return Ok((m.constant(function), m.constant(Value::UNBOUND)));
    }
    let (value, receiver) = m.vm().load_super(after, own, name, for_call)?;
    if !receiver.is_unbound() {
        return Ok((m.constant(value), object));
    }
    let found = match value.cast::<BoundMethod>() {
        Some(bound) if bound.receiver.get() == own => m.new_bound(bound.function.get(), object),
        _ => {
            m.generic();
            m.constant(value)
        }
    };
    Ok((found, m.constant(receiver)))
}

/// An attribute of a `super` object that a program has made, as of one that it has not: `None` of
/// anything else, or if the object's own attributes are to be looked at.
pub(crate) fn load_of_super<M: Machine>(
    m: &mut M,
    found: M::V,
    name: Gc<Str>,
    for_call: bool,
) -> PyResult<Option<Loaded<M::V>>> {
    let word = m.word(found);
    if word.kind() != Some(Kind::Super) || m.shape(found) != shape::of_kind(Kind::Super) {
        return Ok(None);
    }
    let own = word.known::<Super>();
    let (Some(after), Some(class)) = (
        own.class.get().cast::<Class>(),
        own.object_class.get().cast::<Class>(),
    ) else {
        return Ok(None);
    };
    if name == m.vm().names.class || m.vm().lookup_after(class, after, name).is_none() {
        return Ok(None);
    }
    // The object may only have claimed to be of that class, or be of another one by now.
    let object = own.object.get();
    if object != class.into() && m.vm().class_of(object) != class {
        return Ok(None);
    }
    let [after, object, class] = m.super_parts(found);
    m.promote(class);
    let (value, receiver) = load_super(m, after, object, name, for_call)?;
    Ok(Some(match m.word(receiver).is_unbound() {
        true => Loaded::Value(value),
        false => Loaded::Bound(m.word(value), receiver),
    }))
}

/// A special method that `with` needs, and the receiver to put in front or *unbound*.
pub(crate) fn load_special<M: Machine>(
    m: &mut M,
    object: M::V,
    number: u8,
) -> PyResult<(M::V, M::V)> {
    m.settle(object);
    let word = m.word(object);
    let (value, receiver) = m.vm().load_special(word, number)?;
    if receiver.is_unbound() {
        m.generic();
        return Ok((m.constant(value), m.constant(receiver)));
    }
    Ok((m.constant(value), object))
}

/// Whether a class's objects have the slot that this gets: a program may put it into any class.
fn is_of(class: Gc<Class>, member: Gc<Member>) -> bool {
    let owner = member.class.get().cast::<Class>();
    owner.is_some_and(|owner| class.is_subclass_of(owner))
}

/// Whether machine code finds slots beyond the inline ones.
fn has_far_slots(own: &shape::Shape) -> bool {
    match own.kind {
        Kind::Instance => own.overflows,
        kind => matches!(kind, Kind::Wrapper | Kind::Exception),
    }
}

/// A site that has missed this often is left alone.
const MANY_MISSES: u8 = 16;

/// Places in the tables that all sites share.
pub(crate) const SHARED_PLACES: usize = 1024;

/// Where the shared tables keep an attribute of a shape.
fn shared_place(shape: u32, name: Value) -> usize {
    let mixed = (shape as usize).wrapping_mul(0x9e37_79b1) ^ (name.bits() >> 4) as usize;
    mixed % SHARED_PLACES
}

/// An empty place of the shared tables.
pub(crate) const EMPTY_CACHE: SiteCache = SiteCache {
    name: Value::UNBOUND,
    shape: 0,
    version: 0,
    next_shape: 0,
    slot: 0,
    how: how::NOTHING,
    misses: 0,
    holder: Value::UNBOUND,
    value: Value::UNBOUND,
};

impl Vm {
    /// Forgets what the shared tables hold: they keep nothing alive.
    pub(crate) fn clear_shared_caches(&mut self) {
        self.shared_loads.fill(EMPTY_CACHE);
        self.shared_stores.fill(EMPTY_CACHE);
        self.operators.fill(OperatorPlace::EMPTY);
    }

    /// What reading a site's attribute of an object comes to, from the tables that all sites share
    /// or by looking it up; the site remembers it. `None` if it cannot be remembered.
    #[inline(never)]
    pub(crate) fn fill_load(
        &mut self,
        object: Value,
        code: Gc<CodeObject>,
        at: u32,
    ) -> Option<SiteCache> {
        let site = code.get().site(at);
        let name = site.name.known::<Str>();
        let place = shared_place(object.shape_id(), site.name);
        let shared = self.shared_loads[place];
        if shared.shape == object.shape_id()
            && shared.name == site.name
            && !matches!(load_cached(self, object, shared), Loaded::Miss)
        {
            self.refill(code, at, site, shared);
            return Some(shared);
        }
        let filled = self.cache_load(object, name, site)?;
        self.shared_loads[place] = filled;
        self.refill(code, at, site, filled);
        Some(filled)
    }

    /// Gives a site what it missed, unless it has missed so often that it sees many shapes: then
    /// the table that all sites share serves it.
    fn refill(&mut self, code: Gc<CodeObject>, at: u32, site: SiteCache, filled: SiteCache) {
        if site.misses < MANY_MISSES {
            code.set_site(
                at,
                SiteCache {
                    misses: site.misses + 1,
                    ..filled
                },
            );
        }
    }

    /// What a cache may remember of an attribute read.
    fn cache_load(&mut self, object: Value, name: Gc<Str>, site: SiteCache) -> Option<SiteCache> {
        let header = object.header()?;
        let class = self.class_of(object);
        if let Some(custom) = self.lookup_type(class, self.names.getattribute)
            && !is_default_hook(custom, self.names.getattribute)
        {
            return None;
        }
        let mut cache = SiteCache {
            shape: header.shape.get(),
            how: how::NOTHING,
            ..site
        };
        match header.kind() {
            Kind::Module => return self.cache_module(object.known(), name, class, cache),
            Kind::Class => return self.cache_class(object.known(), name, class, cache),
            Kind::Super | Kind::Function | Kind::MethodWrapper => return None,
            Kind::Wrapper if object.to::<Super>().is_some() => return None,
            _ => {}
        }
        let found = self.lookup_type(class, name);
        if name == self.names.class
            && found.is_some()
            && found == self.lookup_type(self.types.object, name)
        {
            // Whose class is set has another shape from then on.
            cache.holder = class.into();
            cache.version = class.version.get();
            cache.value = class.into();
            cache.how = how::CLASS_VALUE;
            return Some(cache);
        }
        let data = found.is_some_and(|found| self.goes_before_own(found));
        if attributes::has_slots(header.kind()) {
            let own = shape::of(header);
            if own.has_dict {
                return None;
            }
            if !data && let Some(slot) = own.lookup(name) {
                cache.slot = slot;
                cache.how = if slot < own.inline_slots {
                    how::SLOT
                } else {
                    how::FAR_SLOT
                };
                return Some(cache);
            }
        }
        self.cache_of_class(found?, class, header.kind(), cache)
    }

    /// The Python function that is asked for an attribute which an instance does not have itself, as its
    /// shape and its class tell: `__get__` of a descriptor, which stands beside it, or `__getattr__`.
    fn asked_for(&mut self, object: Value, name: Gc<Str>) -> Option<(Gc<Function>, Option<Value>)> {
        let own = shape::of(object.cast::<Instance>()?.header());
        let (class, names) = (own.class(), &self.names);
        let (ask, fallback, get) = (names.getattribute, names.getattr, names.get);
        let plain = self.lookup_type(class, ask);
        if own.has_dict || !plain.is_some_and(|method| is_default_hook(method, ask)) {
            return None;
        }
        let fallback = self.lookup_type(class, fallback);
        let lacks = own.lookup(name).is_none();
        let (found, descriptor) = match (self.lookup_type(class, name), fallback) {
            (None, Some(fallback)) if lacks => (fallback, None),
            (Some(found), None) if found.is::<Instance>() => {
                if !lacks && !self.is_data_descriptor(found) {
                    return None;
                }
                let of_descriptor = self.class_of(found);
                (self.lookup_type(of_descriptor, get)?, Some(found))
            }
            _ => return None,
        };
        let arguments = if descriptor.is_some() { 3 } else { 2 };
        plain_function(found, arguments).map(|function| (function, descriptor))
    }

    /// The Python function that is told of a new value of an instance's attribute, as its class says:
    /// `__setattr__`, the setter of a property, or `__set__` of a descriptor, which stands beside it.
    fn told_of(&mut self, object: Value, name: Gc<Str>) -> Option<Told> {
        let class = self.class_of(object.cast::<Instance>()?.into());
        let (tell, set) = (self.names.setattr, self.names.set);
        let hook = self.lookup_type(class, tell)?;
        if !is_default_hook(hook, tell) {
            return plain_function(hook, 3).map(Told::Hook);
        }
        let found = self.lookup_type(class, name)?;
        if let Some(property) = found.cast::<Property>() {
            return plain_function(property.setter.get(), 2).map(Told::Setter);
        }
        let of_descriptor = self.class_of(found.cast::<Instance>()?.into());
        let function = plain_function(self.lookup_type(of_descriptor, set)?, 3)?;
        Some(Told::Descriptor(function, found))
    }

    /// The slot of an instance's own attribute and the shape without it, if deleting it asks no Python
    /// code and moves a few slots inside the object.
    fn deletes(&mut self, object: Value, name: Gc<Str>) -> Option<(u16, u32)> {
        let instance = object.cast::<Instance>()?;
        let own = shape::of(instance.header());
        let slot = own_slot(object, name)?;
        let fits =
            own.names().len() <= own.inline_slots.into() && own.names().len() <= DELETING_MAX;
        let (class, hook) = (self.class_of(object), self.names.delattr);
        let plain = self.lookup_type(class, hook);
        if !fits || !plain.is_some_and(|method| is_default_hook(method, hook)) {
            return None;
        }
        let on_class = self.lookup_type(class, name);
        if on_class.is_some_and(|found| self.is_data_descriptor(found)) {
            return None;
        }
        let next = own.without(slot)?;
        Some((slot, next.id.0))
    }

    /// The static method that `super()` finds for a class, such as `__new__`.
    fn static_after(&mut self, after: Value, own: Value, name: Gc<Str>) -> Option<Value> {
        let (after, own) = (after.cast::<Class>()?, own.cast::<Class>()?);
        if !own.is_subclass_of(after) {
            return None;
        }
        let found = self.lookup_after(own, after, name)?;
        let wrapper = found.cast::<MethodWrapper>()?;
        let is_static = self.class_of(found) == self.types.static_method;
        is_static.then(|| wrapper.function.get())
    }

    /// Whether an instance has no attribute of a name, and no Python code is asked for it.
    fn lacks(&mut self, object: Value, name: Gc<Str>) -> bool {
        let has_own = match object.kind() {
            Some(Kind::Instance) => true,
            Some(kind) if intrinsic::MEASURED.contains(&kind) => false,
            _ => return false,
        };
        let Some(header) = object.header() else {
            return false;
        };
        let (class, own) = (self.class_of(object), shape::of(header));
        let plain = self
            .lookup_type(class, self.names.getattribute)
            .is_some_and(|method| is_default_hook(method, self.names.getattribute));
        plain
            && !(has_own && (own.has_dict || own.lookup(name).is_some()))
            && self.lookup_type(class, name).is_none()
            && self.lookup_type(class, self.names.getattr).is_none()
    }

    /// Whether a class has no attribute of a name, and no Python code of its metaclass is asked for it.
    fn class_lacks(&mut self, class: Gc<Class>, name: Gc<Str>) -> bool {
        let meta = self.class_of(class.into());
        let (ask, fallback) = (self.names.getattribute, self.names.getattr);
        self.lookup_type(meta, ask)
            .is_some_and(|method| is_default_hook(method, ask))
            && self.lookup_type(class, name).is_none()
            && self.lookup_type(meta, name).is_none()
            && self.lookup_type(meta, fallback).is_none()
    }

    /// The slot that `__slots__` gives a name, if an object has nothing there and no Python code is asked
    /// for it, and whether the slot lies in the object.
    fn unset_slot(&mut self, object: Value, name: Gc<Str>) -> Option<(u16, bool)> {
        let (class, names) = (self.class_of(object), &self.names);
        let (ask, fallback) = (names.getattribute, names.getattr);
        let own = shape::of(object.header()?);
        if !attributes::has_slots(own.kind) || own.has_dict {
            return None;
        }
        let member = self.lookup_type(class, name)?.cast::<Member>()?;
        let plain = self
            .lookup_type(class, ask)
            .is_some_and(|method| is_default_hook(method, ask));
        let is_inside = member.slot < own.inline_slots;
        let is_unset = is_of(class, member)
            && (is_inside || has_far_slots(own))
            && attributes::get(object, member.slot).is_unbound()
            && self.lookup_type(class, fallback).is_none();
        (plain && is_unset).then_some((member.slot, is_inside))
    }

    /// What a cache may remember of an attribute that an object's class has.
    pub(super) fn cache_of_class(
        &mut self,
        found: Value,
        class: Gc<Class>,
        kind: Kind,
        mut cache: SiteCache,
    ) -> Option<SiteCache> {
        cache.holder = class.into();
        cache.version = class.version.get();
        cache.value = found;
        cache.how = match found.kind() {
            Some(Kind::Function) => how::METHOD,
            Some(Kind::Builtin) => {
                if crate::types::is_method(found.known()) {
                    how::METHOD
                } else {
                    how::CLASS_VALUE
                }
            }
            Some(Kind::Property) => {
                cache.value = found.known::<Property>().getter.get();
                // An AttributeError of the getter would have to go to `__getattr__`.
                let fallback = self.lookup_type(class, self.names.getattr);
                let getter = cache.value.cast::<Function>()?;
                // What makes a generator opens no frame that an op could go on in.
                let flags = getter.code().get().code().flags;
                let suspends = flags.generator || flags.coroutine || flags.async_generator;
                if suspends || fallback.is_some() {
                    return None;
                }
                how::GETTER
            }
            Some(Kind::Member) if attributes::has_slots(kind) => {
                let (member, own) = (found.known::<Member>(), shape::get(cache.shape));
                cache.slot = member.slot;
                match is_of(class, member) {
                    true if member.slot < own.inline_slots => how::SLOT,
                    true if has_far_slots(own) => how::FAR_MEMBER,
                    _ => return None,
                }
            }
            Some(Kind::GetSet) if let Some(at) = self.tuple_item_of(found.known()) => {
                if kind != Kind::Wrapper || !class.is_subclass_of(self.types.tuple) {
                    return None;
                }
                cache.slot = at;
                how::ITEM
            }
            // A static method gives the same function each time.
            Some(Kind::MethodWrapper) if self.class_of(found) == self.types.static_method => {
                cache.value = found.known::<MethodWrapper>().function.get();
                how::CLASS_VALUE
            }
            Some(Kind::MethodWrapper) if let Some(function) = self.class_method_of(found) => {
                cache.value = function;
                how::CLASS_METHOD
            }
            _ if self.has_get(found) => return None,
            _ => how::CLASS_VALUE,
        };
        Some(cache)
    }

    /// Which item of a tuple this gets.
    fn tuple_item_of(&self, found: Gc<GetSet>) -> Option<u16> {
        let items = &self.tuple_items;
        let at = found.getter.checked_sub(items.start)?;
        items.contains(&found.getter).then_some(at as u16)
    }

    fn cache_module(
        &mut self,
        module: Gc<Module>,
        name: Gc<Str>,
        class: Gc<Class>,
        mut cache: SiteCache,
    ) -> Option<SiteCache> {
        if let Some(found) = self.lookup_type(class, name)
            && self.is_data_descriptor(found)
        {
            return None;
        }
        let namespace = module.namespace();
        let at = namespace.find_str(name)?;
        cache.slot = u16::try_from(at.0).ok()?;
        cache.version = namespace.keys_version();
        cache.holder = module.into();
        cache.how = how::MODULE;
        Some(cache)
    }

    fn cache_class(
        &mut self,
        object: Gc<Class>,
        name: Gc<Str>,
        meta: Gc<Class>,
        mut cache: SiteCache,
    ) -> Option<SiteCache> {
        if let Some(value) = self.told_by_type(object, name, meta) {
            cache.holder = object.into();
            cache.version = object.version.get();
            cache.value = value;
            cache.how = how::OF_CLASS;
            return Some(cache);
        }
        if let Some(of_meta) = self.lookup_type(meta, name) {
            // What the metaclass has comes after what the class has, but for data descriptors. Whether
            // it is one, the kind tells.
            let stays = matches!(
                of_meta.kind(),
                Some(Kind::Builtin | Kind::Function | Kind::Str)
            );
            if meta != self.types.type_ && !stays || self.is_data_descriptor(of_meta) {
                return None;
            }
        }
        let found = self.lookup_type(object, name)?;
        cache.holder = object.into();
        cache.version = object.version.get();
        if let Some(function) = self.class_method_of(found) {
            cache.value = function;
            cache.how = how::OWN_CLASS_METHOD;
            return Some(cache);
        }
        if found.is::<MethodWrapper>() {
            // A static method gives the same function each time.
            if self.class_of(found) != self.types.static_method {
                return None;
            }
        } else if matches!(
            found.kind(),
            Some(Kind::Instance | Kind::Foreign | Kind::Wrapper)
        ) && self.has_get(found)
        {
            return None;
        }
        cache.value = self.bind_to_class(found, object).ok()?;
        cache.how = how::OF_CLASS;
        Some(cache)
    }

    /// What `type` itself says of a class and what stays so until the class changes: its names, its module and
    /// its text.
    fn told_by_type(&mut self, class: Gc<Class>, name: Gc<Str>, meta: Gc<Class>) -> Option<Value> {
        let (names, own) = (&self.names, class.dict());
        let value = if name == names.dunder_name {
            class.name.get()
        } else if name == names.qualname {
            class.qualname.get()
        } else if name == names.module {
            own.get_str(name)?
        } else if name == names.doc {
            own.get_str(name).unwrap_or(Value::NONE)
        } else {
            return None;
        };
        let of_type = self.lookup_type(self.types.type_, name);
        let is_types = of_type.is_some() && self.lookup_type(meta, name) == of_type;
        (is_types && (value.is::<Str>() || value.is_none())).then_some(value)
    }

    /// The function of a class method, if it is of Python code.
    fn class_method_of(&self, found: Value) -> Option<Value> {
        let wrapper = found.cast::<MethodWrapper>()?;
        let function = wrapper.function.get();
        let is_plain = self.class_of(found) == self.types.class_method;
        (is_plain && function.is::<Function>()).then_some(function)
    }

    /// What writing a site's attribute comes to; as [`Vm::fill_load`].
    #[inline(never)]
    pub(crate) fn fill_store(
        &mut self,
        object: Value,
        code: Gc<CodeObject>,
        at: u32,
    ) -> Option<SiteCache> {
        let site = code.get().site(at);
        let name = site.name.known::<Str>();
        let place = shared_place(object.shape_id(), site.name);
        let shared = self.shared_stores[place];
        if shared.shape == object.shape_id() && shared.name == site.name {
            self.refill(code, at, site, shared);
            return Some(shared);
        }
        let filled = self.cache_store(object, name, site)?;
        self.shared_stores[place] = filled;
        self.refill(code, at, site, filled);
        Some(filled)
    }

    fn cache_store(&mut self, object: Value, name: Gc<Str>, site: SiteCache) -> Option<SiteCache> {
        object.header()?;
        let class = self.class_of(object);
        if let Some(custom) = self.lookup_type(class, self.names.setattr)
            && !is_default_hook(custom, self.names.setattr)
        {
            return None;
        }
        self.cache_plain_store(object, name, site)
    }

    /// The same for a store as `object` makes it.
    fn cache_plain_store(
        &mut self,
        object: Value,
        name: Gc<Str>,
        site: SiteCache,
    ) -> Option<SiteCache> {
        let own = shape::of(object.header()?);
        let class = own.class();
        if !attributes::has_slots(own.kind) || own.has_dict {
            return None;
        }
        let found = self.lookup_type(class, name);
        let member = found.and_then(|found| found.cast::<Member>());
        if member.is_some_and(|member| !is_of(class, member)) {
            return None;
        }
        if member.is_none() && found.is_some_and(|found| self.is_data_descriptor(found)) {
            return None;
        }
        let known = match member {
            Some(member) => Some(member.slot),
            None => own.lookup(name),
        };
        let (slot, next) = match known {
            Some(slot) => (slot, own),
            None if class.flags.get().has_dict => (own.names().len() as u16, own.with(name)?),
            None => return None,
        };
        let is_inside = slot < own.inline_slots;
        if !is_inside && known.is_none() {
            class.expect_slots(slot + 1);
        }
        let how = match (is_inside, known) {
            (false, _) => how::STORE_FAR,
            (true, Some(_)) => how::SLOT,
            (true, None) => how::ADD_SLOT,
        };
        Some(SiteCache {
            shape: own.id.0,
            how,
            slot,
            next_shape: next.id.0,
            ..site
        })
    }
}
