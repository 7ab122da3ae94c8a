//! Grouped vertical bars: geometry for the SVG template, and the same data as widths for the
//! horizontal form that narrow screens get.
//!
//! The SVG is our own rather than plotters': its back end writes colours and fonts into each
//! element, which a style sheet cannot turn dark, and has no place for a title (tooltip), a link
//! or a class. Here the template prints classes only, and the page's style sheet decides.
//!
//! A hundred benchmarks do not fit beside each other. Where a line of the page is full the chart
//! goes on in another band below, on the same scale, rather than off to the side where nobody
//! looks. How much room names and figures get follows from the longest of them.

use serde::Serialize;

use crate::axes::round;
use crate::lettering;
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
    /// Of every band.
    width: f64,
    height: f64,
    plot: Plot,
    ticks: Vec<Tick>,
    reference: Option<Reference>,
    bands: Vec<Band>,
}

/// The groups that stand beside each other, with axes of their own.
#[derive(Serialize)]
struct Band {
    id: String,
    title: String,
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
    /// As it stands in the picture.
    short: String,
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

/// The least room for ticks before the plot.
const LEFT: f64 = 46.0;
/// The least room above the plot, and what of it the axis's name takes.
const TOP: f64 = 46.0;
const AXIS_HEIGHT: f64 = 22.0;
const PLOT_HEIGHT: f64 = 250.0;
/// The width of the page, at which text has its natural size.
const PAGE: f64 = 1120.0;
/// After the last group.
const RIGHT: f64 = 8.0;
/// Between the bars of two groups.
const GAP: f64 = 14.0;
const BAR_WIDTHS: (f64, f64) = (13.0, 34.0);
/// Sizes of text, as the style sheet has them.
const NAME_SIZE: f64 = 12.0;
const VALUE_SIZE: f64 = 11.0;
/// The longest name that is written out; at its slant it is about as tall as the plot.
const NAME_ROOM: f64 = 260.0;
/// Names lean by 40 degrees and end at the middle of their group, so far below the plot.
const SLANT: (f64, f64) = (0.643, 0.767);
const NAME_DROP: f64 = 14.0;
/// From a bar to its label.
const LABEL_GAP: f64 = 5.0;
/// The cross that stands for a bar which is not there.
const CROSS_HEIGHT: f64 = 24.0;

pub(crate) fn layout(input: BarChartInput<'_>) -> BarChart {
    let names: Vec<&str> = input.groups.iter().map(|g| g.name.as_str()).collect();
    let names = lettering::distinct(&names, NAME_SIZE, NAME_ROOM);
    let lengths: Vec<f64> = names
        .iter()
        .map(|name| lettering::width(name, NAME_SIZE))
        .collect();
    let bars_in_group = input.groups.iter().map(|g| g.bars.len()).max();
    let grid = Grid::of(&lengths, bars_in_group.unwrap_or(1).max(1));
    let label = longest_label(&input.groups);
    let upright = grid.bar_width - 2.0 < label;
    let top = match upright {
        true => TOP.max(AXIS_HEIGHT + label + LABEL_GAP).ceil(),
        false => TOP,
    };
    let bottom = top + PLOT_HEIGHT;
    let y_of = |value: f64| round(bottom - input.scale.place(value) * PLOT_HEIGHT);
    let place = Placement {
        scale: input.scale,
        origin: input.origin,
        bar_width: grid.bar_width,
        upright,
    };
    let named = input.groups.into_iter().zip(names).enumerate();
    let groups = named.map(|(i, (group, short))| grid.group(i, group, short, &place, &y_of));
    let groups = groups.collect();
    let width = grid.width(
        input.axis,
        input.reference.as_ref().map(|one| one.1.as_str()),
    );
    let drop = lengths.iter().copied().fold(0.0, f64::max) * SLANT.0;
    BarChart {
        axis: input.axis.to_owned(),
        width: round(width),
        height: (bottom + NAME_DROP + drop + NAME_SIZE).ceil(),
        plot: Plot {
            left: grid.left,
            right: round(width - 4.0),
            top,
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
        bands: bands(groups, grid.in_band, &input.id, &input.title),
        id: input.id,
        title: input.title,
    }
}

/// The longest of the figures above bars; causes are placed where there is room for them.
fn longest_label(groups: &[GroupInput]) -> f64 {
    let bars = groups.iter().flat_map(|group| &group.bars);
    let values = bars.filter_map(|bar| bar.value.as_ref().ok());
    values
        .map(|value| lettering::width(&value.label, VALUE_SIZE))
        .fold(0.0, f64::max)
}

fn bands(groups: Vec<Group>, in_band: usize, id: &str, title: &str) -> Vec<Band> {
    let count = groups.len().div_ceil(in_band);
    let mut groups = groups.into_iter();
    (0..count)
        .map(|i| Band {
            id: match i {
                0 => id.to_owned(),
                i => format!("{id}-{}", i + 1),
            },
            title: match count {
                1 => title.to_owned(),
                count => format!("{title} ({} of {count})", i + 1),
            },
            groups: groups.by_ref().take(in_band).collect(),
        })
        .collect()
}

/// Where groups stand.
#[derive(Clone, Copy, PartialEq)]
struct Grid {
    left: f64,
    in_band: usize,
    group_width: f64,
    bar_width: f64,
}

impl Grid {
    /// Names lean to the left, out of their group; before the first ones there must be room.
    fn of(lengths: &[f64], bars_in_group: usize) -> Grid {
        let mut grid = Grid::from(LEFT, lengths.len(), bars_in_group);
        // Room before the plot makes groups narrower, and may ask for more; it soon does not.
        for _ in 0..8 {
            let reach = |(i, length): (usize, &f64)| {
                let lean = length * SLANT.1 + NAME_SIZE;
                lean - (grid.middle(i) - grid.left)
            };
            let need = lengths.iter().enumerate().map(reach).fold(LEFT, f64::max);
            if need <= grid.left {
                break;
            }
            grid = Grid::from(need.ceil(), lengths.len(), bars_in_group);
        }
        grid
    }

    /// As many groups in a band as have room, and about as many in each.
    fn from(left: f64, groups: usize, bars_in_group: usize) -> Grid {
        let bars = bars_in_group as f64;
        let plot = PAGE - left - RIGHT;
        let fitting = (plot / (BAR_WIDTHS.0 * bars + GAP)).floor().max(1.0) as usize;
        let bands = groups.div_ceil(fitting).max(1);
        let in_band = groups.div_ceil(bands).max(1);
        let room = plot / in_band as f64;
        let bar_width = ((room - GAP) / bars).clamp(BAR_WIDTHS.0, BAR_WIDTHS.1);
        Grid {
            left,
            in_band,
            group_width: (bar_width * bars + GAP).max(room.min(150.0)),
            bar_width,
        }
    }

    fn middle(&self, group: usize) -> f64 {
        self.left + ((group % self.in_band) as f64 + 0.5) * self.group_width
    }

    /// A group at its place, its bars side by side in its middle.
    fn group(
        &self,
        index: usize,
        input: GroupInput,
        short: String,
        place: &Placement,
        y_of: &impl Fn(f64) -> f64,
    ) -> Group {
        let middle = self.middle(index);
        let first = middle - self.bar_width * input.bars.len() as f64 / 2.0;
        let bars = input.bars.into_iter().enumerate();
        Group {
            short,
            name: input.name,
            href: input.href,
            x: round(middle - self.group_width / 2.0),
            width: round(self.group_width),
            middle: round(middle),
            bars: bars
                .map(|(k, bar)| place.bar(bar, first + k as f64 * self.bar_width, y_of))
                .collect(),
        }
    }

    /// Wide enough for the groups, and for what stands above them.
    fn width(&self, axis: &str, reference: Option<&str>) -> f64 {
        let groups = self.left + self.in_band as f64 * self.group_width + RIGHT;
        let mut above = 4.0 + lettering::width(axis, NAME_SIZE) + RIGHT;
        if let Some(label) = reference {
            above += 60.0 + lettering::width(label, NAME_SIZE) * lettering::BOLD;
        }
        groups.max(above)
    }
}

struct Placement {
    scale: Scale,
    origin: f64,
    bar_width: f64,
    /// Labels stand along their bars.
    upright: bool,
}

impl Placement {
    fn bar(&self, input: BarInput, x: f64, y_of: &impl Fn(f64) -> f64) -> Bar {
        let start = y_of(self.origin);
        let (end, label, whisker, value) = match &input.value {
            Ok(bar) => {
                let whisker = bar.interval.map(|(low, high)| (y_of(low), y_of(high)));
                (y_of(bar.value), bar.label.clone(), whisker, Some(bar.value))
            }
            Err(cause) => (start - CROSS_HEIGHT, cause.clone(), None, None),
        };
        let (top, bottom) = (start.min(end), start.max(end));
        let below = match value {
            Some(_) => end > start,
            None => {
                top - LABEL_GAP - lettering::width(&label, VALUE_SIZE) * lettering::BOLD
                    < AXIS_HEIGHT
            }
        };
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
                clear_below + LABEL_GAP
            } else {
                clear - LABEL_GAP
            }),
            below,
            upright: self.upright || value.is_none(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(names: &[String], cause: Option<&str>) -> BarChart {
        let value = || BarValue {
            value: 0.012,
            interval: None,
            label: "0.0120".to_owned(),
        };
        let bar = |value| BarInput {
            colour: "c0".to_owned(),
            title: String::new(),
            value,
        };
        let group = |name: &String| GroupInput {
            name: name.clone(),
            href: String::new(),
            bars: match cause {
                None => vec![bar(Ok(value())), bar(Ok(value()))],
                Some(cause) => vec![bar(Ok(value())), bar(Err(cause.to_owned()))],
            },
        };
        layout(BarChartInput {
            id: "speed".to_owned(),
            title: "Speed".to_owned(),
            axis: "relative speed (logarithmic), larger is better",
            scale: Scale::log(0.01, 1.2),
            origin: 1.0,
            reference: Some((1.0, "CPython 3.11 = 1.0".to_owned())),
            tick_label: |value| value.to_string(),
            groups: names.iter().map(group).collect(),
        })
    }

    fn groups(chart: &BarChart) -> impl Iterator<Item = &Group> {
        chart.bands.iter().flat_map(|band| &band.groups)
    }

    #[test]
    fn many_groups_go_on_below_in_bands_of_one_width() {
        let names: Vec<String> = (0..100).map(|i| format!("benchmark_{i}")).collect();
        let chart = chart(&names, None);
        assert!(chart.width <= PAGE, "{}", chart.width);
        assert_eq!(chart.bands.len(), 4);
        assert_eq!(
            groups(&chart).map(|one| &one.name).collect::<Vec<_>>(),
            names.iter().collect::<Vec<_>>()
        );
        let places = |band: &Band| band.groups.iter().map(|one| one.x).collect::<Vec<_>>();
        assert_eq!(places(&chart.bands[0]), places(&chart.bands[3]));
        let ids: Vec<&str> = chart.bands.iter().map(|band| band.id.as_str()).collect();
        assert_eq!(ids, ["speed", "speed-2", "speed-3", "speed-4"]);
        assert_eq!(chart.bands[3].title, "Speed (4 of 4)");
    }

    #[test]
    fn few_groups_are_one_band_with_the_chart_s_name() {
        let chart = chart(&["go".to_owned(), "float".to_owned()], None);
        assert_eq!(chart.bands.len(), 1);
        assert_eq!(
            (chart.bands[0].id.as_str(), chart.bands[0].title.as_str()),
            ("speed", "Speed")
        );
        assert_eq!(chart.plot.left, LEFT, "short names ask for no more");
        let above = lettering::width(&chart.axis, NAME_SIZE)
            + lettering::width("CPython 3.11 = 1.0", NAME_SIZE);
        assert!(chart.width > above, "what stands above the plot fits");
    }

    #[test]
    fn no_name_leaves_the_picture() {
        let long = |i: usize| format!("{}_{i}", "n".repeat(10 + i));
        let names: Vec<String> = (0..40).rev().map(long).collect();
        let chart = chart(&names, None);
        for group in groups(&chart) {
            let length = lettering::width(&group.short, NAME_SIZE);
            assert!(length <= NAME_ROOM);
            assert!(group.middle - length * SLANT.1 >= 0.0, "{}", group.name);
            assert!(chart.plot.bottom + NAME_DROP + length * SLANT.0 <= chart.height);
        }
        assert_eq!(
            groups(&chart).filter(|one| one.short != one.name).count(),
            19
        );
    }

    #[test]
    fn a_cause_stands_where_there_is_room_for_it() {
        let cause = "wrong result";
        // One is near the top of this axis: above it is no room.
        let chart = chart(&["go".to_owned()], Some(cause));
        let bars = &chart.bands[0].groups[0].bars;
        assert!(bars[1].failed && bars[1].below && bars[1].upright);
        let end = bars[1].label_y + lettering::width(cause, VALUE_SIZE) * lettering::BOLD;
        assert!(end < chart.plot.bottom, "{end}");
        let label = lettering::width(&bars[0].label, VALUE_SIZE);
        assert!(chart.plot.top - LABEL_GAP - label >= AXIS_HEIGHT - 1.0);
    }
}
