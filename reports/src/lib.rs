//! View model to HTML, SVG and Markdown.

pub mod view;
