//! What happened in a document, as calls of a parser's handlers.

use super::engine::{Event, External, Handler, Model, Piece, Symbol};
use super::{Code, Parser, encoding_of_codec};
use object::{Dict, List, Str, Value};
use vm::{PyResult, Vm, tuple};

/// Tells all that there is. A handler that raises is the last one to be called; the rest is read without.
pub(super) fn all(vm: &mut Vm, own: &'static Parser) -> PyResult<()> {
    let mut result = Ok(());
    loop {
        let event = own.engine.borrow_mut().next();
        let Some(event) = event else {
            return result;
        };
        if result.is_ok() {
            result = tell(vm, own, event);
            if result.is_err() {
                own.handlers
                    .iter()
                    .for_each(|handler| handler.set(Value::NONE));
                own.buffer.borrow_mut().iter_mut().for_each(String::clear);
            }
        }
    }
}

/// Tells the text that was put together.
pub(super) fn flush(vm: &mut Vm, own: &Parser) -> PyResult<()> {
    let text = match &mut *own.buffer.borrow_mut() {
        Some(buffer) if !buffer.is_empty() => {
            let text = Str::new(buffer);
            buffer.clear();
            text
        }
        _ => return Ok(()),
    };
    match own.handler(Handler::CharacterData) {
        Some(handler) => called(vm, own, handler, &[text.into()]).map(|_| ()),
        None => Ok(()),
    }
}

fn called(vm: &mut Vm, own: &Parser, handler: Value, args: &[Value]) -> PyResult {
    let outer = own.is_telling.replace(true);
    let result = vm.call(handler, args);
    own.is_telling.set(outer);
    result
}

/// Calls a handler, if it is set; text that waits goes first.
fn call(
    vm: &mut Vm,
    own: &'static Parser,
    handler: Handler,
    args: impl FnOnce(&mut Vm) -> PyResult<Value>,
) -> PyResult<Option<Value>> {
    if own.handler(handler).is_none() {
        return Ok(None);
    }
    flush(vm, own)?;
    // The text's handler may have taken this one away.
    let Some(function) = own.handler(handler) else {
        return Ok(None);
    };
    let args = args(vm)?.known::<object::Tuple>();
    called(vm, own, function, args.items()).map(Some)
}

/// As [`call`]; without a handler the default one gets the text itself.
fn call_or_default(
    vm: &mut Vm,
    own: &'static Parser,
    handler: Handler,
    raw: &Piece,
    args: impl FnOnce(&mut Vm) -> PyResult<Value>,
) -> PyResult<()> {
    match own.handler(handler) {
        Some(_) => call(vm, own, handler, args).map(|_| ()),
        None => default(vm, own, raw),
    }
}

fn default(vm: &mut Vm, own: &'static Parser, raw: &Piece) -> PyResult<()> {
    if own.handler(own.default.get()).is_none() {
        return Ok(());
    }
    call(vm, own, own.default.get(), |_| {
        Ok(tuple(&[piece(own, raw)]))
    })
    .map(|_| ())
}

fn piece(own: &Parser, piece: &Piece) -> Value {
    Str::new(own.engine.borrow().text(piece)).into()
}

fn text(text: &str) -> Value {
    Str::new(text).into()
}

pub(super) fn text_or_none(given: Option<&str>) -> Value {
    given.map_or(Value::NONE, text)
}

/// The string of a name: the same one each time.
fn name(vm: &mut Vm, own: &Parser, symbol: Symbol) -> PyResult {
    let at = symbol.0 as usize;
    if let Some(&known) = own.strings.borrow().get(at)
        && !known.is_unbound()
    {
        return Ok(known);
    }
    let mut made: Value = text(&own.engine.borrow().name(symbol));
    if let Some(intern) = own.intern.get().inner().cast::<Dict>() {
        match vm.dict_get(intern, made)? {
            Some(known) => made = known,
            None => vm.dict_set(intern, made, made)?,
        }
        let mut strings = own.strings.borrow_mut();
        if strings.len() <= at {
            strings.resize(at + 1, Value::UNBOUND);
        }
        strings[at] = made;
    }
    Ok(made)
}

fn name_or_none(vm: &mut Vm, own: &Parser, symbol: Option<Symbol>) -> PyResult {
    symbol.map_or(Ok(Value::NONE), |symbol| name(vm, own, symbol))
}

fn externals(external: &External) -> [Value; 3] {
    [&external.base, &external.system, &external.public].map(|part| text_or_none(part.as_deref()))
}

fn characters(vm: &mut Vm, own: &'static Parser, given: &Piece, raw: &Piece) -> PyResult<()> {
    if own.handler(Handler::CharacterData).is_none() {
        return default(vm, own, raw);
    }
    let is_buffered = own.buffer.borrow().is_some();
    if is_buffered {
        let bytes = own.engine.borrow().text(given).len();
        let used = own.buffer.borrow().as_ref().map_or(0, String::len);
        if used + bytes > own.buffer_size.get() {
            flush(vm, own)?;
        }
        if bytes <= own.buffer_size.get() {
            if let Some(buffer) = &mut *own.buffer.borrow_mut() {
                buffer.push_str(own.engine.borrow().text(given));
            }
            return Ok(());
        }
    }
    match own.handler(Handler::CharacterData) {
        Some(handler) => {
            let given = piece(own, given);
            called(vm, own, handler, &[given]).map(|_| ())
        }
        None => Ok(()),
    }
}

fn start(
    vm: &mut Vm,
    own: &'static Parser,
    element: Symbol,
    attributes: &[(Symbol, Piece)],
) -> PyResult<()> {
    call(vm, own, Handler::StartElement, |vm| {
        let element = name(vm, own, element)?;
        let all: Value = if own.ordered_attributes.get() {
            let list = List::with_capacity(2 * attributes.len());
            for (attribute, value) in attributes {
                list.push(name(vm, own, *attribute)?);
                list.push(piece(own, value));
            }
            list.into()
        } else {
            let dict = Dict::new();
            for (attribute, value) in attributes {
                if let Some(key) = name(vm, own, *attribute)?.to::<Str>() {
                    dict.set_str(key, piece(own, value));
                }
            }
            dict.into()
        };
        Ok(tuple(&[element, all]))
    })
    .map(|_| ())
}

/// A content model as nested tuples.
fn model(nodes: &[Model]) -> Value {
    let made = List::from_slice(&vec![Value::NONE; nodes.len()]);
    // Children come after their parents, so they are made before them.
    for (at, node) in nodes.iter().enumerate().rev() {
        let children: Vec<Value> = node
            .children
            .iter()
            .filter_map(|&child| made.item(child))
            .collect();
        let parts = [
            Value::small(node.kind.into()),
            Value::small(node.quantifier.into()),
            text_or_none(node.name.as_deref()),
            tuple(&children),
        ];
        made.set_item(at, tuple(&parts));
    }
    made.item(0).unwrap_or(Value::NONE)
}

/// What a handler says that may refuse: 0 if it does.
fn may_go_on(vm: &mut Vm, own: &'static Parser, answer: Option<Value>, code: Code) -> PyResult<()> {
    if let Some(answer) = answer
        && vm.index(answer)? == 0
    {
        own.engine.borrow_mut().fail(code);
    }
    Ok(())
}

/// An empty element's end is told behind it, if its start was.
fn move_to_end(own: &Parser, end: Option<usize>) {
    let handlers = [Handler::StartElement, Handler::EndElement];
    if let Some(end) = end
        && handlers
            .iter()
            .all(|&handler| own.handler(handler).is_some())
    {
        own.engine.borrow_mut().stand_at(end);
    }
}

fn tell(vm: &mut Vm, own: &'static Parser, event: Event) -> PyResult<()> {
    match event {
        Event::Text(given) => characters(vm, own, &given, &given),
        Event::Character { text, raw } => characters(vm, own, &text, &raw),
        Event::Raw(raw, unless) => {
            match unless.iter().any(|&handler| own.handler(handler).is_some()) {
                true => Ok(()),
                false => default(vm, own, &raw),
            }
        }
        Event::Start {
            name,
            attributes,
            given,
            raw,
            is_empty,
        } => {
            let is_handled = own.handler(Handler::StartElement).is_some()
                || is_empty && own.handler(Handler::EndElement).is_some();
            if !is_handled {
                return default(vm, own, &raw);
            }
            let count = if own.specified_attributes.get() {
                given
            } else {
                attributes.len()
            };
            start(vm, own, name, &attributes[..count])
        }
        Event::End {
            name: element,
            raw,
            end,
        } => {
            move_to_end(own, raw.is_none().then_some(end));
            let args = |vm: &mut Vm| Ok(tuple(&[name(vm, own, element)?]));
            match &raw {
                Some(raw) => call_or_default(vm, own, Handler::EndElement, raw, args),
                None => call(vm, own, Handler::EndElement, args).map(|_| ()),
            }
        }
        other => markup(vm, own, other),
    }
}

/// What stands between elements and texts.
fn markup(vm: &mut Vm, own: &'static Parser, event: Event) -> PyResult<()> {
    match event {
        Event::StartNamespace { prefix, uri } => call(vm, own, Handler::StartNamespaceDecl, |vm| {
            Ok(tuple(&[
                name_or_none(vm, own, prefix)?,
                name_or_none(vm, own, uri)?,
            ]))
        })
        .map(|_| ()),
        Event::EndNamespace { prefix, end } => {
            move_to_end(own, end);
            call(vm, own, Handler::EndNamespaceDecl, |vm| {
                Ok(tuple(&[name_or_none(vm, own, prefix)?]))
            })
            .map(|_| ())
        }
        Event::Comment { text: body, raw } => {
            call_or_default(vm, own, Handler::Comment, &raw, |_| {
                Ok(tuple(&[text(&body)]))
            })
        }
        Event::Instruction { target, data, raw } => {
            call_or_default(vm, own, Handler::Instruction, &raw, |vm| {
                Ok(tuple(&[name(vm, own, target)?, text(&data)]))
            })
        }
        Event::StartCdata { raw } => {
            call_or_default(vm, own, Handler::StartCdataSection, &raw, |_| {
                Ok(tuple(&[]))
            })
        }
        Event::EndCdata { raw } => {
            call_or_default(vm, own, Handler::EndCdataSection, &raw, |_| Ok(tuple(&[])))
        }
        other => outside(vm, own, other),
    }
}

/// Encodings, and what is not in the document itself.
fn outside(vm: &mut Vm, own: &'static Parser, event: Event) -> PyResult<()> {
    match event {
        Event::External {
            context,
            external,
            raw,
        } => {
            let Some(_) = own.handler(Handler::ExternalEntityRef) else {
                return raw.map_or(Ok(()), |raw| default(vm, own, &raw));
            };
            let answer = call(vm, own, Handler::ExternalEntityRef, |_| {
                let [base, system, public] = externals(&external);
                Ok(tuple(&[
                    text_or_none(context.as_deref()),
                    base,
                    system,
                    public,
                ]))
            })?;
            may_go_on(vm, own, answer, Code::ExternalEntityHandling)
        }
        Event::Skipped {
            name,
            is_parameter,
            raw,
        } => call_or_default(vm, own, Handler::SkippedEntity, &raw, |_| {
            Ok(tuple(&[text(&name), Value::small(is_parameter.into())]))
        }),
        Event::DeclarationsRead {
            had_references,
            is_entity,
        } => {
            // Without who could read them they are unknown.
            let is_heard = own.handler(Handler::ExternalEntityRef).is_some();
            let were_read = (is_heard || is_entity)
                && own
                    .engine
                    .borrow_mut()
                    .declarations_were_read(had_references, is_entity);
            if were_read {
                stands_alone(vm, own)
            } else {
                Ok(())
            }
        }
        Event::NotStandalone => stands_alone(vm, own),
        Event::Encoding { name } => ask_for_encoding(vm, own, &name),
        Event::XmlDecl {
            version,
            encoding,
            standalone,
            raw,
        } => call_or_default(vm, own, Handler::XmlDecl, &raw, |_| {
            let (version, encoding) = (version.as_deref(), encoding.as_deref());
            Ok(tuple(&[
                text_or_none(version),
                text_or_none(encoding),
                Value::small(standalone),
            ]))
        }),
        Event::Fail(_) => Ok(()),
        declaration => declared(vm, own, declaration),
    }
}

/// Asks the codecs for the encoding that the document names.
fn ask_for_encoding(vm: &mut Vm, own: &'static Parser, name: &str) -> PyResult<()> {
    let found = encoding_of_codec(vm, name);
    let mut engine = own.engine.borrow_mut();
    match found {
        Ok(encoding) => {
            engine.set_encoding(encoding);
            Ok(())
        }
        Err(raised) => {
            engine.fail(Code::UnknownEncoding);
            Err(raised)
        }
    }
}

fn stands_alone(vm: &mut Vm, own: &'static Parser) -> PyResult<()> {
    let answer = call(vm, own, Handler::NotStandalone, |_| Ok(tuple(&[])))?;
    may_go_on(vm, own, answer, Code::NotStandalone)
}

/// What the document's type declares.
fn declared(vm: &mut Vm, own: &'static Parser, event: Event) -> PyResult<()> {
    let (handler, args) = match event {
        Event::StartDoctype {
            name,
            external,
            has_subset,
        } => {
            let [_, system, public] = externals(&external);
            let has_subset = Value::small(has_subset.into());
            (
                Handler::StartDoctypeDecl,
                tuple(&[text(&name), system, public, has_subset]),
            )
        }
        Event::EndDoctype => (Handler::EndDoctypeDecl, tuple(&[])),
        Event::Unparsed(news) if own.handler(Handler::UnparsedEntityDecl).is_some() => {
            let [base, system, public] = externals(&news.external);
            let notation = text_or_none(news.notation.as_deref());
            let args = [text(&news.name), base, system, public, notation];
            (Handler::UnparsedEntityDecl, tuple(&args))
        }
        Event::Entity(news) | Event::Unparsed(news) => {
            let [base, system, public] = externals(&news.external);
            let args = [
                text(&news.name),
                Value::small(news.is_parameter.into()),
                text_or_none(news.value.as_deref()),
                base,
                system,
                public,
                text_or_none(news.notation.as_deref()),
            ];
            (Handler::EntityDecl, tuple(&args))
        }
        Event::Notation { name, external } => {
            let [base, system, public] = externals(&external);
            (
                Handler::NotationDecl,
                tuple(&[text(&name), base, system, public]),
            )
        }
        Event::Element { name, model: nodes } => {
            (Handler::ElementDecl, tuple(&[text(&name), model(&nodes)]))
        }
        Event::Attribute(news) => {
            let args = [
                text(&news.element),
                text(&news.name),
                text(&news.kind),
                text_or_none(news.value.as_deref()),
                Value::small(news.is_required.into()),
            ];
            (Handler::AttlistDecl, tuple(&args))
        }
        _ => return Ok(()),
    };
    call(vm, own, handler, |_| Ok(args)).map(|_| ())
}
