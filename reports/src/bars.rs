//! Grouped vertical bars: geometry for the SVG template, and the same data as widths for the
//! horizontal form that narrow screens get.
//!
//! The SVG is our own rather than plotters': its back end writes colours and fonts into each
//! element, which a style sheet cannot turn dark, and has no place for a title (tooltip), a link
//! or a class. Here the template prints classes only, and the page's style sheet decides.

use serde::Serialize;

use crate::axes::round;
use crate::scale::Scale;

/// One bar to draw, or the cause why there is none.
pub(crate) struct BarInput {
    /// Class of the column's colour.
    pub colour: String,
    /// Who and what, for the tooltip and for screen readers.
    pub title: String,
    pub value: Result<BarValue, String>,
}

pub(crate) struct BarValue {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    pub label: String,
}

pub(crate) struct GroupInput {
    pub name: String,
    pub href: String,
    pub bars: Vec<BarInput>,
}

/// What a chart is about.
pub(crate) struct BarChartInput<'a> {
    pub id: String,
    pub title: String,
    pub axis: &'a str,
    pub scale: Scale,
    /// Bars grow from this value; 0 on a linear axis.
    pub origin: f64,
    /// A line to mark, with its label.
    pub reference: Option<(f64, String)>,
    pub tick_label: fn(f64) -> String,
    pub groups: Vec<GroupInput>,
}

#[derive(Serialize)]
pub(crate) struct BarChart {
    id: String,
    title: String,
    axis: String,
    width: f64,
    height: f64,
    plot: Plot,
    ticks: Vec<Tick>,
    reference: Option<Reference>,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

#[derive(Serialize)]
struct Tick {
    y: f64,
    label: String,
}

#[derive(Serialize)]
struct Reference {
    y: f64,
    label: String,
    /// Of the horizontal form, where the value is a part of the width.
    percent: f64,
}

#[derive(Serialize)]
struct Group {
    name: String,
    href: String,
    x: f64,
    width: f64,
    middle: f64,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    colour: String,
    title: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    middle: f64,
    label: String,
    label_y: f64,
    /// Label below the bar's lower end instead of above.
    below: bool,
    upright: bool,
    whisker: Option<(f64, f64)>,
    /// Longer than the axis.
    cut: bool,
    failed: bool,
    percent: f64,
}

const LEFT: f64 = 46.0;
const TOP: f64 = 46.0;
const PLOT_HEIGHT: f64 = 250.0;
const NAMES_HEIGHT: f64 = 96.0;
/// The width of the page, at which text has its natural size.
const PAGE: f64 = 1120.0;

pub(crate) fn layout(input: BarChartInput<'_>) -> BarChart {
    let bars_in_group = input
        .groups
        .iter()
        .map(|g| g.bars.len())
        .max()
        .unwrap_or(1)
        .max(1) as f64;
    let groups = input.groups.len().max(1) as f64;
    let room = (PAGE - LEFT - 8.0) / groups;
    let bar_width = ((room - 14.0) / bars_in_group).clamp(13.0, 34.0);
    let group_width = (bar_width * bars_in_group + 14.0).max(room.min(150.0));
    let width = (LEFT + groups * group_width + 8.0).max(460.0);
    let bottom = TOP + PLOT_HEIGHT;
    let y_of = |value: f64| round(bottom - input.scale.place(value) * PLOT_HEIGHT);
    let place = Placement {
        scale: input.scale,
        origin: input.origin,
        bar_width,
    };
    let mut laid_out = Vec::new();
    for (i, group) in input.groups.into_iter().enumerate() {
        let x = LEFT + i as f64 * group_width;
        let count = group.bars.len() as f64;
        let first = x + (group_width - bar_width * count) / 2.0;
        let bars = group.bars.into_iter().enumerate();
        laid_out.push(Group {
            name: group.name,
            href: group.href,
            x: round(x),
            width: round(group_width),
            middle: round(x + group_width / 2.0),
            bars: bars
                .map(|(k, bar)| place.bar(bar, first + k as f64 * bar_width, &y_of))
                .collect(),
        });
    }
    BarChart {
        id: input.id,
        title: input.title,
        axis: input.axis.to_owned(),
        width: round(width),
        height: bottom + NAMES_HEIGHT,
        plot: Plot {
            left: LEFT,
            right: round(width - 4.0),
            top: TOP,
            bottom,
        },
        ticks: input
            .scale
            .ticks()
            .into_iter()
            .map(|value| Tick {
                y: y_of(value),
                label: (input.tick_label)(value),
            })
            .collect(),
        reference: input.reference.map(|(value, label)| Reference {
            y: y_of(value),
            label,
            percent: round(100.0 * input.scale.place(value)),
        }),
        groups: laid_out,
    }
}

struct Placement {
    scale: Scale,
    origin: f64,
    bar_width: f64,
}

impl Placement {
    fn bar(&self, input: BarInput, x: f64, y_of: &impl Fn(f64) -> f64) -> Bar {
        let start = y_of(self.origin);
        let (end, label, whisker, value) = match &input.value {
            Ok(bar) => {
                let whisker = bar.interval.map(|(low, high)| (y_of(low), y_of(high)));
                (y_of(bar.value), bar.label.clone(), whisker, Some(bar.value))
            }
            Err(cause) => (start - 24.0, cause.clone(), None, None),
        };
        let (top, bottom) = (start.min(end), start.max(end));
        let below = value.is_some() && end > start;
        let clear = whisker.map_or(top, |(low, high): (f64, f64)| top.min(low).min(high));
        let clear_below = whisker.map_or(bottom, |(low, high)| bottom.max(low).max(high));
        let over = match (self.scale, value) {
            (Scale::Linear { max } | Scale::Log { max, .. }, Some(v)) => v > max,
            _ => false,
        };
        Bar {
            x: round(x + 1.0),
            y: round(top),
            width: round(self.bar_width - 2.0),
            height: round((bottom - top).max(1.0)),
            middle: round(x + self.bar_width / 2.0),
            label_y: round(if below {
                clear_below + 5.0
            } else {
                clear - 5.0
            }),
            below,
            upright: self.bar_width < 30.0 || value.is_none(),
            whisker,
            cut: over,
            failed: value.is_none(),
            percent: round(100.0 * value.map_or(0.0, |v| self.scale.place(v))),
            colour: input.colour,
            title: input.title,
            label,
        }
    }
}
