//! Builtin types and native modules.
