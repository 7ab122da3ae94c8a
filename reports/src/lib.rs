//! View model to HTML, SVG and Markdown.
