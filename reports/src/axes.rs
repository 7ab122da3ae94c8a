//! A picture with two axes: where the plot lies in it, ticks, lines, and the labels at their ends.
//!
//! Warm-up curves and histories are both lines over a count, large on a page of their own and
//! small in a grid. What they have in common stands here; what their axes mean, with them.

use serde::Serialize;

use crate::lettering;
use crate::scale::Scale;

/// The picture and the plot within it, in units of the SVG.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Frame {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// One of a grid: neither ticks nor labels.
    pub small: bool,
}

/// The room that a large picture leaves for labels at the ends of lines.
const LABELS_WIDTH: f64 = 150.0;
/// What of it text may take, and its size on a narrow screen, where it is largest.
const LABEL_ROOM: f64 = LABELS_WIDTH - 12.0;
const LABEL_SIZE: f64 = 16.0 * lettering::BOLD;
/// The room for ticks before the plot.
const TICKS_WIDTH: f64 = 64.0;
/// Their size on a narrow screen, where it is largest, and how far from the plot they end.
const TICK_SIZE: f64 = 17.0;
const TICK_GAP: f64 = 8.0;
/// Labels are so far apart at least.
const LINE_HEIGHT: f64 = 17.0;

impl Frame {
    pub(crate) fn large(height: f64, top: f64, foot: f64) -> Frame {
        let width = 1120.0;
        Frame {
            width,
            height,
            left: TICKS_WIDTH,
            right: width - LABELS_WIDTH,
            top,
            bottom: height - foot,
            small: false,
        }
    }

    /// The same with room for these labels of the vertical axis, where they need more.
    pub(crate) fn with_ticks(self, scale: Scale, label: impl Fn(f64) -> String) -> Frame {
        let labels = scale.ticks().into_iter().map(label);
        let longest = labels
            .map(|label| lettering::width(&label, TICK_SIZE))
            .fold(0.0, f64::max);
        Frame {
            left: self.left.max((longest + TICK_GAP).ceil()),
            ..self
        }
    }

    pub(crate) fn small(height: f64) -> Frame {
        let width = 300.0;
        Frame {
            width,
            height,
            left: 6.0,
            right: width - 6.0,
            top: 9.0,
            bottom: height - 8.0,
            small: true,
        }
    }

    /// A place between the left edge, 0, and the right one, 1.
    pub(crate) fn x(&self, part: f64) -> f64 {
        round(self.left + part * (self.right - self.left))
    }

    /// A place between the bottom, 0, and the top, 1.
    pub(crate) fn y(&self, part: f64) -> f64 {
        round(self.bottom - part * (self.bottom - self.top))
    }

    /// The ticks of a vertical axis; none in a small picture.
    pub(crate) fn y_ticks(&self, scale: Scale, label: impl Fn(f64) -> String) -> Vec<Tick> {
        if self.small {
            return Vec::new();
        }
        let ticks = scale.ticks().into_iter();
        ticks
            .map(|value| Tick {
                at: self.y(scale.place(value)),
                label: label(value),
                anchor: "end",
            })
            .collect()
    }

    /// Labels (colour, text, height of the line's end) beside the ends of lines, moved apart where
    /// they would touch; none in a small picture.
    pub(crate) fn end_labels(
        &self,
        ends: impl Iterator<Item = (String, String, f64)>,
    ) -> Vec<EndLabel> {
        if self.small {
            return Vec::new();
        }
        let mut labels: Vec<EndLabel> = ends
            .map(|(colour, whole, y)| EndLabel {
                colour,
                text: lettering::shortened(&whole, LABEL_SIZE, LABEL_ROOM),
                whole,
                x: self.right + 10.0,
                y: y + 4.0,
            })
            .collect();
        labels.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut lowest = self.top;
        for label in &mut labels {
            label.y = label.y.max(lowest);
            lowest = label.y + LINE_HEIGHT;
        }
        let overflow = (lowest - LINE_HEIGHT - self.bottom).max(0.0);
        for label in &mut labels {
            label.y = round(label.y - overflow);
        }
        labels
    }
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tick {
    pub at: f64,
    pub label: String,
    /// Which end of the label stands at the tick, as SVG has it.
    pub anchor: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
    pub title: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct EndLabel {
    pub colour: String,
    /// As it stands in the picture.
    pub text: String,
    pub whole: String,
    pub x: f64,
    pub y: f64,
}

/// A line through points as SVG has it; empty without points.
pub(crate) fn path(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let command = if path.is_empty() { 'M' } else { 'L' };
        path.push_str(&format!("{command}{x} {y}"));
    }
    path
}

/// Tenths are fine enough for a picture, and keep pages small.
pub(crate) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_and_inside() {
        let frame = Frame::large(360.0, 30.0, 40.0);
        let ends = [300.0, 301.0, 302.0, 31.0, 319.0];
        let label = |y: f64| (String::new(), y.to_string(), y);
        let labels = frame.end_labels(ends.into_iter().map(label));
        let texts: Vec<&str> = labels.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["31", "300", "301", "302", "319"]);
        for two in labels.windows(2) {
            assert!(two[1].y - two[0].y >= LINE_HEIGHT || two[0].y < frame.top + 10.0);
        }
        assert!(labels.iter().all(|one| one.y <= frame.bottom + 0.1));
        assert!(
            Frame::small(100.0)
                .end_labels([label(1.0)].into_iter())
                .is_empty()
        );
    }

    #[test]
    fn ticks_with_units_get_the_room_that_they_need() {
        let scale = Scale::log(0.01, 1.0);
        let plain = Frame::large(360.0, 30.0, 40.0);
        assert_eq!(
            plain.with_ticks(scale, |_| "1".to_owned()).left,
            TICKS_WIDTH
        );
        let label = |_| "10.0 G instr.".to_owned();
        let roomy = plain.with_ticks(scale, label);
        assert!(roomy.left >= lettering::width(&label(0.0), TICK_SIZE) + TICK_GAP);
        assert_eq!(roomy.right, plain.right);
    }

    #[test]
    fn a_path_begins_once() {
        assert_eq!(path([(0.0, 1.5), (2.0, 3.0)]), "M0 1.5L2 3");
        assert_eq!(path([]), "");
    }
}
