//! The op table and code objects.
