//! Exception groups: how they are taken apart and put together again.
//!
//! The clauses of an `except*` take their parts of what was raised. What they raise again unchanged,
//! and what none of them took, is recognised by its traceback, cause and context, which all parts of
//! a group share with it; it comes out as one group of the original's form, without what was dealt
//! with. What the clauses raised anew stands beside that group in another.

use crate::{PyResult, Vm};
use object::{Class, Exception, Gc, List, Str, Tuple, Value};

impl Vm {
    /// Whether an object is an exception group.
    pub fn is_group(&self, exception: Value) -> bool {
        self.class_of(exception)
            .is_subclass_of(self.types.base_exception_group)
    }

    /// What a group consists of.
    pub fn group_members(&mut self, group: Value) -> &'static [Value] {
        let members = self
            .own_attr(group, self.names.exceptions)
            .and_then(|members| members.cast::<Tuple>());
        members.map_or(&[], |members| members.items())
    }

    /// A group like `group` with some of its exceptions; `None` without any.
    pub fn group_like(&mut self, group: Value, parts: Gc<List>) -> PyResult {
        if parts.is_empty() {
            return Ok(Value::NONE);
        }
        let method = self.get_attr_text(group, "derive")?;
        let made = self.call(method, &[parts.into()])?;
        let (Some(old), Some(new)) = (group.cast::<Exception>(), made.cast::<Exception>()) else {
            return Err(self.type_error("derive must return an instance of BaseExceptionGroup"));
        };
        if !self.is_group(made) {
            return Err(self.type_error("derive must return an instance of BaseExceptionGroup"));
        }
        new.write(|e| &e.traceback, old.traceback.get());
        new.write(|e| &e.cause, old.cause.get());
        new.write(|e| &e.context, old.context.get());
        new.suppress_context.set(old.suppress_context.get());
        if let Some(notes) = self.own_attr(group, self.names.notes)
            && let Some(notes) = notes.cast::<List>()
        {
            let copy = List::from_slice(notes.items());
            self.set_own(made, self.names.notes, copy.into());
        }
        Ok(made)
    }

    /// `except*`: the part of an exception that matches, and the rest; None where there is none.
    pub(crate) fn split_group(
        &mut self,
        exception: Value,
        class: Value,
    ) -> PyResult<(Value, Value)> {
        if exception.is_none() {
            return Ok((Value::NONE, Value::NONE));
        }
        self.refuse_groups(class)?;
        if self.matches_handler(exception, class)? {
            if self.is_group(exception) {
                return Ok((exception, Value::NONE));
            }
            let group = self.group_of("", &[exception])?;
            return Ok((group, Value::NONE));
        }
        if self.is_group(exception) {
            let split = self.get_attr_text(exception, "split")?;
            let parts = self.call(split, &[class])?;
            if let Some([matched, rest]) = parts.cast::<Tuple>().map(|t| t.items()) {
                return Ok((*matched, *rest));
            }
        }
        Ok((Value::NONE, exception))
    }

    /// Raises if a clause of an `except*` names a class that is no exception's, or one of groups.
    fn refuse_groups(&mut self, class: Value) -> PyResult<()> {
        let classes = match class.cast::<Tuple>() {
            Some(tuple) => tuple.items(),
            None => std::slice::from_ref(&class),
        };
        for class in classes.iter().map(|class| class.cast::<Class>()) {
            match class.filter(|class| class.is_subclass_of(self.types.base_exception)) {
                None => {
                    return Err(self.type_error(
                        "catching classes that do not inherit from BaseException is not allowed",
                    ));
                }
                Some(class) if class.is_subclass_of(self.types.base_exception_group) => {
                    return Err(self.type_error(
                        "catching ExceptionGroup with except* is not allowed. Use except instead.",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn group_of(&mut self, message: &str, exceptions: &[Value]) -> PyResult {
        let plain = exceptions
            .iter()
            .all(|&e| self.class_of(e).is_subclass_of(self.types.exception));
        let name = if plain {
            "ExceptionGroup"
        } else {
            "BaseExceptionGroup"
        };
        let class = self
            .builtins
            .get_str(object::intern(name))
            .unwrap_or(Value::NONE);
        let list = List::from_slice(exceptions);
        self.call(class, &[Str::new(message).into(), list.into()])
    }

    /// What remains to be raised after the clauses of an `except*`.
    pub(crate) fn prepare_reraise_star(&mut self, original: Value, raised: Value) -> PyResult {
        let parts = self.collect(raised)?;
        if !self.is_group(original) {
            // At most one clause can have taken it, and raised something.
            return Ok(parts.items().first().copied().unwrap_or(Value::NONE));
        }
        let (mut anew, mut leaves) = (Vec::new(), Vec::new());
        for &part in parts.items() {
            if is_part_of(part, original) {
                self.collect_leaves(part, &mut leaves);
            } else {
                anew.push(part);
            }
        }
        let again = self.project(original, &leaves)?;
        if !again.is_none() {
            anew.push(again);
        }
        match anew[..] {
            [] => Ok(Value::NONE),
            [one] => Ok(one),
            ref several => self.group_of("", several),
        }
    }

    fn collect_leaves(&mut self, exception: Value, leaves: &mut Vec<Value>) {
        if !self.is_group(exception) {
            leaves.push(exception);
            return;
        }
        for &member in self.group_members(exception) {
            self.collect_leaves(member, leaves);
        }
    }

    /// What is left of an exception when only some of its leaves are kept.
    fn project(&mut self, exception: Value, leaves: &[Value]) -> PyResult {
        if !self.is_group(exception) {
            let is_kept = leaves.contains(&exception);
            return Ok(if is_kept { exception } else { Value::NONE });
        }
        let members = self.group_members(exception);
        let kept = List::new();
        let mut whole = true;
        for &member in members {
            let part = self.project(member, leaves)?;
            whole &= part == member;
            if !part.is_none() {
                kept.push(part);
            }
        }
        if whole {
            return Ok(exception);
        }
        self.group_like(exception, kept)
    }
}

/// Whether an exception is a group, or part of it, that was raised again as it is.
fn is_part_of(part: Value, group: Value) -> bool {
    let (Some(part), Some(group)) = (part.cast::<Exception>(), group.cast::<Exception>()) else {
        return false;
    };
    part.traceback.get() == group.traceback.get()
        && part.cause.get() == group.cause.get()
        && part.context.get() == group.context.get()
}
