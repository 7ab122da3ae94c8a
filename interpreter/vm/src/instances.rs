//! `isinstance` and `issubclass`: by the classes, by what a metaclass says, and for objects that are no
//! classes but claim to have bases.

use crate::{PyResult, Vm};
use object::{Class, Function, Gc, Kind, Tuple, Value};

const NO_CLASS: &str = "issubclass() arg 1 must be a class";

impl Vm {
    /// `isinstance(value, class)` for a class, tuple of classes, or object with
    /// `__instancecheck__`.
    pub fn is_instance(&mut self, value: Value, class: Value) -> PyResult<bool> {
        if let Some(class) = class.cast::<Class>() {
            let own = self.class_of(value);
            if own == class {
                return Ok(true);
            }
            if self.class_of(class.into()) == self.types.type_ {
                return self.is_instance_default(value, class);
            }
        }
        if let Some(classes) = class.cast::<Tuple>() {
            return self.any_of(classes, |vm, class| vm.is_instance(value, class));
        }
        match self.lookup_special(class, self.names.instancecheck) {
            Some(method) => {
                let result = self.call_special(method, class, &[value])?;
                self.truth(result)
            }
            None => {
                let wrong = "isinstance() arg 2 must be a type, a tuple of types, or a union";
                self.expect_bases(class, wrong)?;
                match self.find_attr(value, self.names.class)? {
                    Some(own) => self.reaches(own, class),
                    None => Ok(false),
                }
            }
        }
    }

    /// Whether a class's metaclass says of its instances what `type` does.
    pub(crate) fn is_asked_as_type(&mut self, class: Gc<Class>) -> bool {
        let (meta, name) = (self.class_of(class.into()), self.names.instancecheck);
        let own = self.types.type_;
        meta == own || self.lookup_type(meta, name) == self.lookup_type(own, name)
    }

    /// The Python function of a class and an object that a class's metaclass asks for its instances.
    pub(crate) fn instance_check_of(&mut self, class: Value) -> Option<Gc<Function>> {
        let class = class.cast::<Class>()?;
        let meta = self.class_of(class.into());
        let check = self.lookup_type(meta, self.names.instancecheck)?;
        let function = check.cast::<Function>()?;
        (function.code().plain_arguments == 2).then_some(function)
    }

    /// Whether something holds for one of the classes in a tuple, which may be tuples again.
    fn any_of(
        &mut self,
        classes: Gc<Tuple>,
        holds: impl Fn(&mut Vm, Value) -> PyResult<bool>,
    ) -> PyResult<bool> {
        self.nested(|vm| {
            for &class in classes.items() {
                if holds(vm, class)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// What `type.__instancecheck__` does.
    pub fn is_instance_default(&mut self, value: Value, class: Gc<Class>) -> PyResult<bool> {
        let own = self.class_of(value);
        if own.is_subclass_of(class) {
            return Ok(true);
        }
        if !matches!(
            value.kind(),
            Some(Kind::Instance | Kind::Wrapper | Kind::Foreign)
        ) {
            return Ok(false);
        }
        // An object may claim another class through `__class__`.
        let claimed = self.find_attr(value, self.names.class)?;
        Ok(claimed
            .and_then(|c| c.cast::<Class>())
            .is_some_and(|c| c != own && c.is_subclass_of(class)))
    }

    /// Whether the class's objects compute `__class__` in their own way.
    pub(crate) fn has_own_class_attribute(&mut self, class: Gc<Class>) -> bool {
        let name = self.names.class;
        self.own_getattribute(class).is_some()
            || self.lookup_type(class, name) != self.lookup_type(self.types.object, name)
    }

    /// `issubclass(class, of)`
    pub fn is_subclass(&mut self, class: Value, of: Value) -> PyResult<bool> {
        if let Some(classes) = of.cast::<Tuple>() {
            return self.any_of(classes, |vm, of| vm.is_subclass(class, of));
        }
        if let (Some(class), Some(of)) = (class.cast::<Class>(), of.cast::<Class>())
            && self.class_of(of.into()) == self.types.type_
        {
            return Ok(class.is_subclass_of(of));
        }
        match self.lookup_special(of, self.names.subclasscheck) {
            Some(method) => {
                let result = self.call_special(method, of, &[class])?;
                self.truth(result)
            }
            None => {
                self.expect_bases(class, NO_CLASS)?;
                let wrong = "issubclass() arg 2 must be a class, a tuple of classes, or a union";
                self.expect_bases(of, wrong)?;
                self.reaches(class, of)
            }
        }
    }

    /// The bases that an object claims: whatever has a tuple of them may stand for a class.
    fn claimed_bases(&mut self, object: Value) -> PyResult<Option<Gc<Tuple>>> {
        let bases = self.find_attr(object, self.names.bases)?;
        Ok(bases.and_then(|bases| bases.cast()))
    }

    /// Raises a TypeError if an object cannot stand for a class.
    fn expect_bases(&mut self, object: Value, wrong: &str) -> PyResult<()> {
        match self.claimed_bases(object)? {
            Some(_) => Ok(()),
            None => Err(self.type_error(wrong)),
        }
    }

    /// What `type.__subclasscheck__` does.
    pub fn is_subclass_default(&mut self, class: Value, of: Gc<Class>) -> PyResult<bool> {
        if let Some(class) = class.cast::<Class>() {
            return Ok(class.is_subclass_of(of));
        }
        self.expect_bases(class, NO_CLASS)?;
        self.reaches(class, of.into())
    }

    /// Whether one object is another or claims it among its bases, or theirs.
    fn reaches(&mut self, mut class: Value, of: Value) -> PyResult<bool> {
        while class != of {
            let Some(bases) = self.claimed_bases(class)? else {
                return Ok(false);
            };
            match bases.items() {
                [base] => class = *base,
                _ => return self.any_of(bases, |vm, base| vm.reaches(base, of)),
            }
        }
        Ok(true)
    }
}
