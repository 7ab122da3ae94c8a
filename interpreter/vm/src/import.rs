//! Importing modules, and compiling source for whoever needs code.
//!
//! A module is looked for in `sys.modules`, where the native ones stand from the start, then on
//! `sys.path` (or in the package's `__path__`), then among the modules that the executable
//! carries. Modules of the standard library are thus shadowed by files as in Python. Finders that a
//! program puts on `sys.meta_path` come before or behind all that, as they stand; archives come last.

use crate::imports::Awaited;
use crate::{Frozen, PyResult, Raised, Vm, types};
use compile::{ErrorKind, Mode};
use object::{
    Builtin, Bytes, Class, ClassFlags, CodeObject, Dict, Gc, Instance, Kind, List, Module, Str,
    Tuple, Value, intern,
};

/// Where a module's source was found.
struct Found {
    source: Source,
    /// For a package, the folders of its submodules.
    search: Option<Vec<Vec<u8>>>,
}

enum Source {
    File(Vec<u8>),
    Frozen(Frozen),
    /// A folder without `__init__.py`.
    Namespace,
}

impl Vm {
    // ---- source to code

    /// Compiles source text. Errors become SyntaxError; warnings go to `warnings`.
    pub fn compile_source(
        &mut self,
        source: &str,
        filename: &str,
        mode: Mode,
        options: compile::Options,
    ) -> PyResult<Gc<CodeObject>> {
        self.refuse_null(source)?;
        let done = compile::compile_with_warnings(source, filename, mode, options);
        let code = self.show_warnings(done, filename, source)?;
        Ok(self.link(code))
    }

    /// Parses; gives the syntax tree.
    pub fn parse_source(
        &mut self,
        source: &str,
        filename: &str,
        mode: Mode,
    ) -> PyResult<compile::tree::Tree> {
        self.refuse_null(source)?;
        let done = compile::tree::parse(source, filename, mode);
        self.show_warnings(done, filename, source)
    }

    fn refuse_null(&mut self, source: &str) -> PyResult<()> {
        if source.contains('\0') {
            return Err(self.syntax_error("source code string cannot contain null bytes"));
        }
        Ok(())
    }

    /// A SyntaxError (or a subclass) with its place.
    pub fn raise_syntax_error(&mut self, error: &compile::SyntaxError) -> Raised {
        let class = match error.kind {
            ErrorKind::Syntax => self.types.syntax_error,
            ErrorKind::Indentation => self.types.indentation_error,
            ErrorKind::Tab => self.types.tab_error,
            ErrorKind::TooDeep => return self.memory_error(&error.message),
        };
        let text = |text: &str| Value::from(Str::new(text));
        let number = |n: i64| Value::small(n);
        let source = error.text.as_deref().map_or(Value::NONE, text);
        let mut place = vec![
            text(&error.filename),
            number(error.line.into()),
            number(error.column.into()),
            source,
        ];
        if error.end_line != 0 {
            place.extend([
                number(error.end_line.into()),
                number(error.end_column.into()),
            ]);
        }
        let place = Tuple::new(&place);
        let args = [text(&error.message), place.into()];
        match self.call(class.into(), &args) {
            Ok(exception) => Raised(exception),
            Err(raised) => raised,
        }
    }

    /// The text of source bytes, by their declared encoding.
    pub fn decode_source(&mut self, bytes: &[u8], filename: &str) -> PyResult<String> {
        let declared = declared_encoding(bytes);
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let encoding = declared.as_deref().unwrap_or("utf-8");
        match encoding {
            "utf-8" | "utf8" => {}
            "ascii" | "us-ascii" if body.is_ascii() => {}
            "latin-1" | "iso-8859-1" | "latin1" | "iso8859-1" | "iso-latin-1" => {
                return Ok(body.iter().map(|&b| b as char).collect());
            }
            other => return self.decode_source_by(other, body, filename),
        }
        match String::from_utf8(body.to_vec()) {
            Ok(text) => Ok(text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let line = 1 + body[..at].iter().filter(|&&b| b == b'\n').count();
                let message = format!(
                    "Non-UTF-8 code starting with '\\x{:02x}' on line {line}, but no encoding \
                     declared; see https://peps.python.org/pep-0263/ for details",
                    body[at]
                );
                Err(self.place_syntax_error(&message, filename, line as u32))
            }
        }
    }

    /// Source in an encoding that only `bytes.decode` knows.
    fn decode_source_by(
        &mut self,
        encoding: &str,
        body: &[u8],
        filename: &str,
    ) -> PyResult<String> {
        let bytes = Bytes::new(body);
        let name = Str::new(encoding).into();
        let message = match self.call_method(bytes.into(), intern("decode"), &[name]) {
            Ok(text) => match text.cast::<Str>() {
                Some(text) => return Ok(text.to_text_escaped()),
                None => format!("encoding problem: {encoding}"),
            },
            Err(raised) => self.str_text(raised.0)?,
        };
        Err(self.place_syntax_error(&message, filename, 0))
    }

    fn place_syntax_error(&mut self, message: &str, filename: &str, line: u32) -> Raised {
        self.raise_syntax_error(&compile::SyntaxError {
            kind: ErrorKind::Syntax,
            message: message.to_owned(),
            filename: filename.to_owned(),
            line,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: None,
        })
    }

    // ---- what the dispatch loop asks

    /// `__import__(name, globals, …, fromlist, level)`, unless a program has put another function
    /// in its place.
    pub fn import_name(
        &mut self,
        name: Gc<Str>,
        globals: Gc<Dict>,
        fromlist: Value,
        level: u32,
    ) -> PyResult {
        let import = match self.own_builtins(globals) {
            None => self.builtins.get_str(self.names.dunder_import),
            Some(own) => match self.load_builtin(own, self.names.dunder_import) {
                Err(raised) if raised.matches(self, self.types.name_error) => {
                    return Err(self.import_error("__import__ not found"));
                }
                import => Some(import?),
            },
        };
        if let Some(custom) = import.filter(|import| !import.is::<Builtin>()) {
            let args = [
                name.into(),
                globals.into(),
                Value::NONE,
                fromlist,
                Value::small(level as i64),
            ];
            return self.call(custom, &args);
        }
        self.import_from_level(name, globals, fromlist, level)
    }

    /// What the builtin `__import__` does.
    pub fn import_from_level(
        &mut self,
        name: Gc<Str>,
        globals: Gc<Dict>,
        fromlist: Value,
        level: u32,
    ) -> PyResult {
        if level == 0
            && fromlist.is_none()
            && !name.has_point(u32::from('.'))
            && let Some(module) = self.modules.get_str(name)
            && !module.is_none()
            && !self.is_imported_elsewhere(name)
        {
            return Ok(module);
        }
        let text = name.to_text_escaped();
        let absolute = if level > 0 {
            let package = self.calling_package(globals)?;
            self.resolve_relative(&text, &package, level)?
        } else if text.is_empty() {
            return Err(self.value_error("Empty module name"));
        } else {
            text.clone()
        };
        let module = self.import_module(&absolute)?;
        if !self.truth(fromlist)? {
            let first = text.split('.').next().unwrap_or(&text);
            if level == 0 {
                return if first.len() == text.len() {
                    Ok(module)
                } else {
                    self.import_module(first)
                };
            }
            if text.is_empty() {
                return Ok(module);
            }
            let cut = text.len() - first.len();
            return self.import_module(&absolute[..absolute.len() - cut]);
        }
        if self.find_attr(module, self.names.path)?.is_some() {
            self.import_submodules(module, &absolute, fromlist)?;
        }
        Ok(module)
    }

    /// Imports those names of a `from` list that are submodules.
    fn import_submodules(
        &mut self,
        package: Value,
        package_name: &str,
        fromlist: Value,
    ) -> PyResult<()> {
        let wanted = self.collect(fromlist)?;
        for &name in wanted.items() {
            let Some(name) = self.as_str(name) else {
                let given = self.type_name(name);
                return Err(
                    self.type_error(format!("Item in ``from list'' must be str, not {given}"))
                );
            };
            if name.equals_text("*") {
                if let Some(all) = self.find_attr(package, self.names.all)?
                    && !all
                        .cast::<List>()
                        .is_some_and(|l| l.items().contains(&name.into()))
                {
                    self.import_submodules(package, package_name, all)?;
                }
                continue;
            }
            if self.find_attr(package, name)?.is_some() {
                continue;
            }
            let full = format!("{package_name}.{}", name.to_text_escaped());
            if let Err(raised) = self.import_module(&full) {
                let missing = self.own_attr(raised.0, self.names.name);
                let is_this = raised.matches(self, self.types.module_not_found_error)
                    && missing
                        .and_then(|n| n.cast::<Str>())
                        .is_some_and(|n| n.equals_text(&full));
                if !is_this {
                    return Err(raised);
                }
            }
        }
        Ok(())
    }

    fn calling_package(&mut self, globals: Gc<Dict>) -> PyResult<String> {
        let package = globals.get_str(self.names.package).filter(|p| !p.is_none());
        if let Some(package) = package {
            return match package.to::<Str>() {
                Some(package) => Ok(package.to_text_escaped()),
                None => Err(self.type_error("package must be a string")),
            };
        }
        let spec = globals.get_str(self.names.spec).filter(|s| !s.is_none());
        if let Some(spec) = spec {
            let parent = self.get_attr_text(spec, "parent")?;
            if let Some(parent) = parent.to::<Str>() {
                return Ok(parent.to_text_escaped());
            }
        }
        let Some(name) = globals
            .get_str(self.names.dunder_name)
            .and_then(|n| n.to::<Str>())
        else {
            return Err(self.key_error(self.names.dunder_name.into()));
        };
        let name = name.to_text_escaped();
        if globals.get_str(self.names.path).is_some() {
            return Ok(name);
        }
        Ok(name
            .rsplit_once('.')
            .map_or(String::new(), |(parent, _)| parent.to_owned()))
    }

    /// The absolute name of a relative one.
    pub fn resolve_relative(&mut self, name: &str, package: &str, level: u32) -> PyResult<String> {
        if package.is_empty() {
            return Err(self.import_error("attempted relative import with no known parent package"));
        }
        let mut base = package;
        for _ in 1..level {
            match base.rsplit_once('.') {
                Some((parent, _)) => base = parent,
                None => {
                    return Err(
                        self.import_error("attempted relative import beyond top-level package")
                    );
                }
            }
        }
        Ok(if name.is_empty() {
            base.to_owned()
        } else {
            format!("{base}.{name}")
        })
    }

    /// `from module import name`
    pub fn import_from(&mut self, module: Value, name: Gc<Str>) -> PyResult {
        if let Some(found) = self.find_attr(module, name)? {
            return Ok(found);
        }
        let module_name = self.find_attr(module, self.names.dunder_name)?;
        let module_name = module_name.and_then(|n| n.to::<Str>());
        if let Some(module_name) = module_name {
            let full = format!(
                "{}.{}",
                module_name.to_text_escaped(),
                name.to_text_escaped()
            );
            if let Some(submodule) = self.modules.get_str(intern(&full)) {
                return Ok(submodule);
            }
        }
        Err(self.cannot_import(module, module_name, name))
    }

    #[cold]
    fn cannot_import(
        &mut self,
        module: Value,
        module_name: Option<Gc<Str>>,
        name: Gc<Str>,
    ) -> Raised {
        let shown = module_name.map_or_else(
            || String::from("<unknown module name>"),
            |n| n.to_text_escaped(),
        );
        let file = match self.find_attr(module, self.names.dunder_file) {
            Ok(file) => file.and_then(|f| f.to::<Str>()),
            Err(_) => None,
        };
        let place = file.map_or_else(|| String::from("unknown location"), |f| f.to_text_escaped());
        let name_text = name.to_text_escaped();
        let text = if self.is_initializing(module) {
            format!(
                "cannot import name '{name_text}' from partially initialized module '{shown}' \
                 (most likely due to a circular import) ({place})"
            )
        } else {
            format!("cannot import name '{name_text}' from '{shown}' ({place})")
        };
        let raised = self.import_error(text);
        let module_name = module_name.map_or(Value::NONE, Value::from);
        self.set_own(raised.0, self.names.name, module_name);
        self.set_own(
            raised.0,
            self.names.path_attr,
            file.map_or(Value::NONE, Value::from),
        );
        self.set_own(raised.0, intern("name_from"), name.into());
        raised
    }

    /// Whether a module's code is still running for the first time.
    pub fn is_initializing(&mut self, module: Value) -> bool {
        let Some(module) = module.cast::<Module>() else {
            return false;
        };
        let spec = module.namespace().get_str(self.names.spec);
        spec.is_some_and(|spec| self.own_attr(spec, intern("_initializing")) == Some(Value::TRUE))
    }

    /// `from module import *`
    pub fn import_star(&mut self, module: Value, namespace: Value) -> PyResult<()> {
        let all = self.find_attr(module, self.names.all)?;
        let names = match all {
            Some(all) => self.collect(all)?,
            None => {
                let Some(dict) = self.find_attr(module, self.names.dict)? else {
                    return Err(
                        self.import_error("from-import-* object has no __dict__ and no __all__")
                    );
                };
                let keys = self.collect(dict)?;
                let public = List::new();
                for &key in keys.items() {
                    let hidden = key
                        .to::<Str>()
                        .is_some_and(|k| k.to_text_escaped().starts_with('_'));
                    if !hidden {
                        public.push(key);
                    }
                }
                public
            }
        };
        for &name in names.items() {
            let Some(key) = self.as_str(name) else {
                let given = self.type_name(name);
                let module_name = self.get_attr(module, self.names.dunder_name)?;
                let module_name = self.str_text(module_name)?;
                let what = if all.is_some() { "Item in" } else { "Key in" };
                let place = if all.is_some() { "__all__" } else { "__dict__" };
                return Err(self.type_error(format!(
                    "{what} {module_name}.{place} must be str, not {given}"
                )));
            };
            let value = self.get_attr(module, key)?;
            match namespace.cast::<Dict>() {
                Some(dict) => dict.set_str(object::intern::intern_string(key), value),
                None => self.set_item(namespace, name, value)?,
            }
        }
        Ok(())
    }

    // ---- finding and loading

    /// The module of an absolute name, imported if it is not yet.
    pub fn import_module(&mut self, name: &str) -> PyResult {
        if let Some(module) = self.imported(name)? {
            return Ok(module);
        }
        let parent = match name.rsplit_once('.') {
            None => None,
            Some((parent_name, tail)) => {
                let parent = self.import_module(parent_name)?;
                // Importing the parent may have imported the child.
                if let Some(module) = self.imported(name)? {
                    return Ok(module);
                }
                Some((parent, parent_name, tail))
            }
        };
        self.begin_import(name);
        let module = self.import_from_parent(name, parent);
        self.end_import();
        module
    }

    /// The module of a name that has been imported; another thread that is importing it is waited for.
    fn imported(&mut self, name: &str) -> PyResult<Option<Value>> {
        let awaited = self.await_import(name)?;
        match self.modules.get_str(intern(name)) {
            Some(module) if module.is_none() => {
                let text = format!("import of {name} halted; None in sys.modules");
                Err(self.module_missing(text, name))
            }
            None if awaited == Awaited::Ring => {
                Err(self.runtime_error(format!("deadlock detected by importing '{name}'")))
            }
            module => Ok(module),
        }
    }

    fn import_from_parent(&mut self, name: &str, parent: Option<(Value, &str, &str)>) -> PyResult {
        let search = match parent {
            None => self.system_path()?,
            Some((parent, parent_name, _)) => match self.find_attr(parent, self.names.path)? {
                Some(path) => self.path_entries(path)?,
                None => {
                    let text =
                        format!("No module named '{name}'; '{parent_name}' is not a package");
                    return Err(self.module_missing(text, name));
                }
            },
        };
        let tail = parent.map_or(name, |(_, _, tail)| tail);
        let parent = parent.map(|(parent, _, _)| parent);
        let Some(module) = self.find_and_load(name, tail, &search, parent)? else {
            return Err(self.module_missing(format!("No module named '{name}'"), name));
        };
        if let Some(parent) = parent {
            self.set_attr(parent, intern(tail), module)?;
        }
        Ok(module)
    }

    #[cold]
    fn module_missing(&mut self, text: String, name: &str) -> Raised {
        let raised = self.module_not_found_error(text);
        self.set_own(raised.0, self.names.name, Str::new(name).into());
        self.set_own(raised.0, self.names.path_attr, Value::NONE);
        raised
    }

    /// Asks the finders on `sys.meta_path` in their order. The interpreter's own way of finding
    /// stands where `importlib` put a finder for it, or behind all others.
    fn find_and_load(
        &mut self,
        name: &str,
        tail: &str,
        search: &[Vec<u8>],
        parent: Option<Value>,
    ) -> PyResult<Option<Value>> {
        let mut is_searched = false;
        let mut at = 0;
        while let Some(finder) = self.meta_path().and_then(|finders| finders.item(at)) {
            at += 1;
            if self.is_own_finder(finder) {
                if let Some(native) = self.native_module(name) {
                    self.modules.set_str(intern(name), native);
                    return Ok(Some(native));
                }
                if !is_searched && let Some(found) = self.find_module(name, tail, search) {
                    return self.load_module(name, found).map(Some);
                }
                is_searched = true;
                continue;
            }
            let path = match parent {
                Some(parent) => self.get_attr(parent, self.names.path)?,
                None => Value::NONE,
            };
            let Some(method) = self.find_attr(finder, intern("find_spec"))? else {
                continue;
            };
            let key = Value::from(intern(name));
            let spec = self.call(method, &[key, path, Value::NONE])?;
            if spec.is_none() {
                continue;
            }
            return self.load_from_spec(name, spec).map(Some);
        }
        if !is_searched && let Some(found) = self.find_module(name, tail, search) {
            return self.load_module(name, found).map(Some);
        }
        self.find_by_path_hooks(name, search)
    }

    fn meta_path(&self) -> Option<Gc<List>> {
        let sys = self.modules.get_str(self.names.sys)?.cast::<Module>()?;
        sys.namespace().get_str(intern("meta_path"))?.cast()
    }

    /// Whether a finder stands for how the interpreter finds modules itself: `importlib` marks those.
    fn is_own_finder(&self, finder: Value) -> bool {
        let mark = intern("_is_interpreters");
        finder
            .cast::<Class>()
            .is_some_and(|class| class.dict().get_str(mark).is_some())
    }

    /// Looks into what stands on the path and is no folder: archives.
    fn find_by_path_hooks(&mut self, name: &str, search: &[Vec<u8>]) -> PyResult<Option<Value>> {
        if !search.iter().any(|place| self.is_archive(place)) {
            return Ok(None);
        }
        let importlib = self.import_module("importlib")?;
        let find = self.get_attr_text(importlib, "_find_in_archives")?;
        let places: Vec<Value> = search.iter().map(|place| path_value(place)).collect();
        let places = List::from_slice(&places);
        let spec = self.call(find, &[intern(name).into(), places.into()])?;
        if spec.is_none() {
            return Ok(None);
        }
        self.load_from_spec(name, spec).map(Some)
    }

    /// Whether a place on the path is a file, or lies in one.
    fn is_archive(&mut self, place: &[u8]) -> bool {
        let mut place = place;
        loop {
            if self.world.is_file(place) {
                return true;
            }
            match place.iter().rposition(|&byte| byte == b'/') {
                Some(at) if at > 0 && !self.world.is_dir(place) => place = &place[..at],
                _ => return false,
            }
        }
    }

    fn load_from_spec(&mut self, name: &str, spec: Value) -> PyResult {
        let loader = self.get_attr_text(spec, "loader")?;
        let mut module = Value::NONE;
        if let Some(create) = self.find_attr(loader, intern("create_module"))? {
            module = self.call(create, &[spec])?;
        }
        if module.is_none() {
            module = self.new_module(name).into();
        }
        self.set_attr(module, self.names.spec, spec)?;
        self.set_attr(module, self.names.loader, loader)?;
        let package = self.get_attr_text(spec, "parent")?;
        self.set_attr(module, self.names.package, package)?;
        if let Some(located) = self.find_attr(spec, intern("has_location"))?
            && self.truth(located)?
        {
            let origin = self.get_attr_text(spec, "origin")?;
            self.set_attr(module, self.names.dunder_file, origin)?;
        }
        if let Some(search) = self.find_attr(spec, intern("submodule_search_locations"))?
            && !search.is_none()
        {
            self.set_attr(module, self.names.path, search)?;
        }
        let key = intern(name);
        self.modules.set_str(key, module);
        let method = self.get_attr_text(loader, "exec_module")?;
        if let Err(raised) = self.call(method, &[module]) {
            self.modules.remove_str(key);
            return Err(raised);
        }
        Ok(self.modules.get_str(key).unwrap_or(module))
    }

    /// The folders on `sys.path`.
    fn system_path(&mut self) -> PyResult<Vec<Vec<u8>>> {
        let path = match self.modules.get_str(self.names.sys) {
            Some(sys) => self.find_attr(sys, self.names.path_attr)?,
            None => None,
        };
        match path {
            Some(path) => self.path_entries(path),
            None => Ok(self
                .options
                .path
                .iter()
                .map(|p| p.clone().into_bytes())
                .collect()),
        }
    }

    fn path_entries(&mut self, path: Value) -> PyResult<Vec<Vec<u8>>> {
        let entries = self.collect(path)?;
        let texts = entries.items().iter().filter_map(|e| e.to::<Str>());
        Ok(texts.map(path_bytes).collect())
    }

    fn find_module(&mut self, name: &str, tail: &str, search: &[Vec<u8>]) -> Option<Found> {
        let mut portions = Vec::new();
        for folder in search {
            let base = join(folder, tail);
            // A compiled file counts where there is no source.
            for suffix in ["py", "pyc"] {
                let init = join(&base, &format!("__init__.{suffix}"));
                if self.world.is_file(&init) {
                    return Some(Found {
                        source: Source::File(init),
                        search: Some(vec![base]),
                    });
                }
                let mut file = base.clone();
                file.extend_from_slice(format!(".{suffix}").as_bytes());
                if self.world.is_file(&file) {
                    return Some(Found {
                        source: Source::File(file),
                        search: None,
                    });
                }
            }
            if self.world.is_dir(&base) {
                portions.push(base);
            }
        }
        if let Some(frozen) = self.frozen.and_then(|find| find(name)) {
            let search = frozen.is_package.then(Vec::new);
            return Some(Found {
                source: Source::Frozen(frozen),
                search,
            });
        }
        if portions.is_empty() {
            return None;
        }
        Some(Found {
            source: Source::Namespace,
            search: Some(portions),
        })
    }

    fn load_module(&mut self, name: &str, found: Found) -> PyResult {
        let module = self.new_module(name);
        let spec = self.describe_module(module, name, &found);
        let key = intern(name);
        let builtins = Value::from(self.builtins);
        module.namespace().set_str(self.names.builtins, builtins);
        self.modules.set_str(key, module.into());
        self.set_own(spec, intern("_initializing"), Value::TRUE);
        let result = self.run_module(module, name, found.source);
        self.set_own(spec, intern("_initializing"), Value::FALSE);
        if let Err(raised) = result {
            self.modules.remove_str(key);
            return Err(raised);
        }
        Ok(self.modules.get_str(key).unwrap_or(module.into()))
    }

    /// Runs a module as the main program (`-m`); a package's `__main__`. `None` if there is no
    /// such module, else its file.
    pub fn run_module_as_main(
        &mut self,
        name: &str,
        started: &mut dyn FnMut(&mut Vm, Value),
    ) -> PyResult<Option<()>> {
        let (parent, tail) = name.rsplit_once('.').unwrap_or(("", name));
        let search = if parent.is_empty() {
            self.system_path()?
        } else {
            let package = self.import_module(parent)?;
            match self.find_attr(package, self.names.path)? {
                Some(path) => self.path_entries(path)?,
                None => return Ok(None),
            }
        };
        let Some(found) = self.find_module(name, tail, &search) else {
            return Ok(None);
        };
        if found.search.is_some() {
            return self.run_module_as_main(&format!("{name}.__main__"), started);
        }
        let module = self.main_module();
        let spec = self.describe_module(module, name, &found);
        module
            .namespace()
            .set_str(self.names.package, Str::new(parent).into());
        let origin = self.get_attr_text(spec, "origin")?;
        started(self, origin);
        self.run_module(module, name, found.source)?;
        Ok(Some(()))
    }

    /// The module `__main__`, made at the first call.
    pub fn main_module(&mut self) -> Gc<Module> {
        if let Some(module) = self.modules.get_str(self.names.main)
            && let Some(module) = module.cast::<Module>()
        {
            return module;
        }
        let module = self.new_module("__main__");
        let builtins = self.modules.get_str(intern("builtins"));
        let builtins = builtins.unwrap_or(self.builtins.into());
        module.namespace().set_str(self.names.builtins, builtins);
        self.modules.set_str(self.names.main, module.into());
        module
    }

    fn run_module(&mut self, module: Gc<Module>, name: &str, source: Source) -> PyResult<()> {
        let code = match source {
            Source::Namespace => return Ok(()),
            Source::Frozen(frozen) => self.frozen_code(name, frozen)?,
            Source::File(file) => {
                let filename = String::from_utf8_lossy(&file).into_owned();
                match self.world.read_file(&file) {
                    Ok(bytes) if file.ends_with(b".pyc") => self.code_of_file(&bytes, &filename)?,
                    Ok(bytes) => {
                        let text = self.decode_source(&bytes, &filename)?;
                        self.compile_module(&text, &filename)?
                    }
                    Err(error) => {
                        let text = format!("cannot read '{filename}': {error}");
                        return Err(self.import_error(text));
                    }
                }
            }
        };
        let namespace = module.namespace();
        self.run_code(code, namespace, namespace.into(), Value::NONE)?;
        Ok(())
    }

    fn compile_module(&mut self, text: &str, filename: &str) -> PyResult<Gc<CodeObject>> {
        let mut options = compile::Options::module();
        options.optimize = self.options.optimize;
        self.compile_source(text, filename, Mode::Exec, options)
    }

    /// The code of a module that the executable carries: compiled ahead, unless assertions or
    /// docstrings are to be left out.
    fn frozen_code(&mut self, name: &str, frozen: Frozen) -> PyResult<Gc<CodeObject>> {
        if self.options.optimize != 0 {
            return self.compile_module(frozen.source, &format!("<frozen {name}>"));
        }
        match bytecode::Code::from_bytes(frozen.code) {
            Ok(code) => Ok(self.link(code)),
            Err(error) => Err(self.import_error(format!("'{name}': {error}"))),
        }
    }

    /// Gives a module its `__spec__` and what goes with it.
    fn describe_module(&mut self, module: Gc<Module>, name: &str, found: &Found) -> Value {
        let namespace = module.namespace();
        let (origin, has_location) = match &found.source {
            Source::File(file) => (path_value(file), true),
            Source::Frozen(_) => (Value::from(intern("frozen")), false),
            Source::Namespace => (Value::NONE, false),
        };
        let parent = match (&found.search, name.rsplit_once('.')) {
            (Some(_), _) => name,
            (None, Some((parent, _))) => parent,
            (None, None) => "",
        };
        let search = found.search.as_ref().map(|folders| {
            let list = List::new();
            folders
                .iter()
                .for_each(|folder| list.push(path_value(folder)));
            Value::from(list)
        });
        let spec = self.module_spec(name, origin, search, parent, has_location);
        namespace.set_str(self.names.spec, spec);
        namespace.set_str(self.names.package, Str::new(parent).into());
        if let Source::Frozen(_) = found.source {
            // What tracebacks say; the library's own code looks at it.
            let file = Str::new(&format!("<frozen {name}>"));
            namespace.set_str(self.names.dunder_file, file.into());
        }
        if has_location {
            namespace.set_str(self.names.dunder_file, origin);
            namespace.set_str(intern("__cached__"), Value::NONE);
        }
        if let Some(search) = search {
            namespace.set_str(self.names.path, search);
        }
        spec
    }

    /// A `ModuleSpec`.
    pub fn module_spec(
        &mut self,
        name: &str,
        origin: Value,
        search: Option<Value>,
        parent: &str,
        has_location: bool,
    ) -> Value {
        let class = match self.kept("ModuleSpec").and_then(|c| c.cast::<Class>()) {
            Some(class) => class,
            None => {
                let class = types::builtin("ModuleSpec", Kind::Instance, self.types.object, None);
                class.flags.set(ClassFlags {
                    has_dict: true,
                    ..ClassFlags::default()
                });
                let module = intern("importlib.machinery");
                class.dict().set_str(self.names.module, module.into());
                class.changed();
                self.define_methods(
                    class,
                    &[crate::method("__getattr__(self, name, /)", spec_attribute)],
                );
                self.keep("ModuleSpec", class.into());
                class
            }
        };
        let spec = Value::from(Instance::new(class.new_instance_shape()));
        let fields = [
            ("name", Str::new(name).into()),
            ("origin", origin),
            ("submodule_search_locations", search.unwrap_or(Value::NONE)),
            ("cached", Value::NONE),
            ("parent", Str::new(parent).into()),
            ("has_location", Value::bool(has_location)),
            ("loader_state", Value::NONE),
            ("_initializing", Value::FALSE),
        ];
        for (field, value) in fields {
            self.set_own(spec, intern(field), value);
        }
        spec
    }
}

/// What a module's spec does not have from the start: the loader that stands for how the interpreter
/// loaded the module, since few programs ask for it.
fn spec_attribute(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = intern("loader");
    match args[1].cast::<Str>() {
        Some(asked) if asked.equals(name) => {
            let machinery = vm.import_module("importlib.machinery")?;
            let make = vm.get_attr_text(machinery, "_loader_of")?;
            let loader = vm.call(make, &[args[0]])?;
            vm.set_own(args[0], name, loader);
            Ok(loader)
        }
        Some(asked) => Err(vm.no_attribute(args[0], asked)),
        None => Err(vm.type_error("attribute name must be string")),
    }
}

/// A folder and a name in it; an empty folder is the current one.
fn join(folder: &[u8], name: &str) -> Vec<u8> {
    let mut path = folder.to_vec();
    if !path.is_empty() && !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name.as_bytes());
    path
}

/// The bytes of a path; undecodable ones are lone surrogates (`surrogateescape`).
pub fn path_bytes(text: Gc<Str>) -> Vec<u8> {
    if let Some(ascii) = text.get().as_ascii() {
        return ascii.as_bytes().to_vec();
    }
    let mut bytes = Vec::new();
    for point in text.points() {
        match char::from_u32(point) {
            Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => bytes.push((point & 0xff) as u8),
        }
    }
    bytes
}

/// The text of a path; undecodable bytes become lone surrogates (`surrogateescape`).
pub fn path_value(bytes: &[u8]) -> Value {
    if bytes.is_ascii() {
        return Str::from_latin1(bytes).into();
    }
    let mut points = Vec::new();
    for chunk in bytes.utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|&b| 0xdc00 + b as u32));
    }
    Str::from_points(&points).into()
}

/// The encoding that a comment in one of the first two lines declares (PEP 263).
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&b| b == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let trimmed = line.trim_start();
        let Some(comment) = trimmed.strip_prefix('#') else {
            if trimmed.is_empty() {
                continue;
            }
            return None;
        };
        if let Some((_, rest)) = comment.split_once("coding")
            && let Some(rest) = rest.strip_prefix([':', '='])
        {
            let name: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
                .collect();
            if !name.is_empty() {
                return Some(name.to_ascii_lowercase().replace('_', "-"));
            }
        }
    }
    None
}
