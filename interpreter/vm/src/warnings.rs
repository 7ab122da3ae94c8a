//! Warnings that the machine gives: what the compiler finds odd, and files that nobody closed.
//!
//! They go to the module `warnings`, whose filters decide. As long as no one has imported it and the command
//! line names no filters, what its own ones would say is known, and importing it is saved.

use crate::{PyResult, Vm};
use object::{Class, Gc, Str, Value, intern};

impl Vm {
    /// What the compiler made, after its warnings; or its error as an exception.
    pub fn show_warnings<T>(
        &mut self,
        done: Result<(T, Vec<compile::Warning>), compile::SyntaxError>,
        filename: &str,
        source: &str,
    ) -> PyResult<T> {
        match done {
            Ok((made, warnings)) => {
                for warning in &warnings {
                    self.syntax_warning(warning, filename, source)?;
                }
                Ok(made)
            }
            Err(error) => Err(self.raise_syntax_error(&error)),
        }
    }

    fn syntax_warning(
        &mut self,
        warning: &compile::Warning,
        filename: &str,
        source: &str,
    ) -> PyResult<()> {
        let Some(warn) = self.warning_function("warn_explicit")? else {
            let (line, message) = (warning.line, &warning.message);
            let mut text = format!("{filename}:{line}: SyntaxWarning: {message}\n");
            if let Some(line) = source.lines().nth(line.saturating_sub(1) as usize) {
                text.push_str(&format!("  {}\n", line.trim()));
            }
            self.write_stderr(&text);
            return Ok(());
        };
        let class = self.types.syntax_warning;
        let args = [
            Str::new(&warning.message).into(),
            class.into(),
            Str::new(filename).into(),
            Value::small(warning.line.into()),
        ];
        match self.call(warn, &args) {
            Ok(_) => Ok(()),
            Err(raised) if raised.matches(self, class) => {
                let error = warning.clone().into_error(source, filename);
                Err(self.raise_syntax_error(&error))
            }
            Err(raised) => Err(raised),
        }
    }

    /// Gives a warning of a class, at the line being executed.
    pub fn warn(&mut self, class: Gc<Class>, text: &str) -> PyResult<()> {
        let module = self.import_module("warnings")?;
        let warn = self.get_attr_text(module, "warn")?;
        self.call(warn, &[Str::new(text).into(), class.into()])
            .map(|_| ())
    }

    /// Warns of a file that is found dead and open.
    pub fn warn_unclosed(&mut self, file: Value) {
        if let Err(raised) = self.try_warn_unclosed(file) {
            let text = self.repr_text(file).unwrap_or_default();
            self.report_unraisable(raised, &format!("while finalizing file {text}"), file);
        }
    }

    fn try_warn_unclosed(&mut self, file: Value) -> PyResult<()> {
        // Without filters of others nothing is said of them.
        let Some(warn) = self.warning_function("warn")? else {
            return Ok(());
        };
        // Nor is it of files that the system does not know, or that were never opened.
        let Ok(closed) = self.get_attr_text(file, "closed") else {
            return Ok(());
        };
        if self.truth(closed)? || self.call_method(file, intern("fileno"), &[]).is_err() {
            return Ok(());
        }
        let text = format!("unclosed file {}", self.repr_text(file)?);
        let category = self.types.resource_warning;
        let args = [
            Str::new(&text).into(),
            category.into(),
            Value::small(1),
            file,
        ];
        self.call(warn, &args).map(|_| ())
    }

    /// A function of `warnings`; `None` if nothing there can differ from how it begins.
    fn warning_function(&mut self, name: &str) -> PyResult<Option<Value>> {
        let key: Gc<Str> = intern("warnings");
        if self.options.warnings.is_empty() && self.modules.get_str(key).is_none() {
            return Ok(None);
        }
        let module = self.import_module("warnings")?;
        // While it is being imported there is no one to ask.
        self.get_attr_default(module, intern(name))
    }
}
