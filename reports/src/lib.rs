//! Reports: a view model in, a static site and Markdown out. No I/O.
//!
//! [`view`] is the data, [`analyse`] fills in what follows from the samples, [`render_site`] and
//! [`render_markdown`] print. Charts are laid out in Rust (`bars`, `curves`) and printed as SVG
//! by templates, in classes only, so that one style sheet serves light, dark and print.

mod analyse;
mod axes;
mod bars;
mod charts;
mod colours;
mod curves;
mod figure_text;
mod history;
mod jit;
mod left_out;
mod lengths;
mod lettering;
mod markdown;
mod pages;
pub mod published;
mod scale;
mod sheet;
mod site;
mod stacked;
mod strips;
mod table;
pub mod view;

#[cfg(test)]
mod browser_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use analyse::{analyse, points};
pub use markdown::render_markdown;
pub use pages::release::render_release;
pub use site::render_site;
pub use view::View;
