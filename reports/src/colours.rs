//! Which colour class each column has, the same on every page and chart.
//!
//! A baseline is grey: it is what the others are measured by. The others take the palette's
//! colours in the order of the experiment; the style sheet gives each class a light and a dark
//! value that stay apart for colour-blind readers (after Okabe and Ito). Beyond the palette
//! colours repeat, and the direct labels carry the difference.

use crate::view::{Column, View};

const PALETTE: usize = 12;

/// The columns that were measured; what could not be built keeps its colour for another night.
pub(crate) fn present(view: &View) -> Vec<(&Column, String)> {
    let mut columns = assign(view);
    columns.retain(|(column, _)| column.absent.is_none());
    columns
}

pub(crate) fn assign(view: &View) -> Vec<(&Column, String)> {
    let mut next = 0;
    let mut colour = |column: &Column| {
        if view.is_baseline(column) {
            return "cb".to_owned();
        }
        next += 1;
        format!("c{}", (next - 1) % PALETTE)
    };
    view.columns
        .iter()
        .map(|column| (column, colour(column)))
        .collect()
}
