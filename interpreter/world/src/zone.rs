//! Local time: the zone that the variable TZ names, else the machine's.
//!
//! TZ is a name below the system's folder of zones, a path, or a rule in the manner of POSIX
//! (`CET-1CEST,M3.5.0,M10.5.0/3`); what cannot be read is taken for UTC, as the C library does.
//! The zone is read again only when the variable has changed.

use crate::{Op, World};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const SYSTEM_ZONE: &str = "/etc/localtime";
const ZONES: &str = "/usr/share/zoneinfo";

/// How local time is told at some moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalTime {
    /// How much it is ahead of UTC, in seconds.
    pub offset_s: i32,
    pub is_summer: bool,
    /// The zone's abbreviation.
    pub name: String,
}

/// The zone in use and what TZ was when it was read.
#[derive(Default)]
pub(crate) struct Cached(Option<(Option<String>, TimeZone)>);

impl World {
    /// How local time is told at a moment, in seconds since 1970.
    pub fn local_time(&mut self, seconds: i64) -> LocalTime {
        self.tap(
            Op::LocalTime,
            |q| _ = q.number(seconds),
            |world| world.tell_local_time(seconds),
        )
    }

    fn tell_local_time(&mut self, seconds: i64) -> LocalTime {
        let variable = self.variable("TZ");
        if self
            .zone
            .0
            .as_ref()
            .is_none_or(|(read, _)| *read != variable)
        {
            let zone = self.read_zone(variable.as_deref());
            self.zone.0 = Some((variable, zone));
        }
        // Zones do not change before the first and after the last year that can be told.
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let moment =
            Timestamp::from_second(seconds.clamp(first, last)).unwrap_or(Timestamp::UNIX_EPOCH);
        let zone = self
            .zone
            .0
            .as_ref()
            .map_or(TimeZone::UTC, |(_, zone)| zone.clone());
        let info = zone.to_offset_info(moment);
        LocalTime {
            offset_s: info.offset().seconds(),
            is_summer: info.dst().is_dst(),
            name: info.abbreviation().to_owned(),
        }
    }

    fn read_zone(&mut self, variable: Option<&str>) -> TimeZone {
        let Some(variable) = variable else {
            return self.zone_in(SYSTEM_ZONE).unwrap_or(TimeZone::UTC);
        };
        let name = variable.strip_prefix(':').unwrap_or(variable);
        if name.is_empty() {
            return TimeZone::UTC;
        }
        let path = match name.starts_with('/') {
            true => name.to_owned(),
            false => format!(
                "{}/{name}",
                self.variable("TZDIR").as_deref().unwrap_or(ZONES)
            ),
        };
        match self.zone_in(&path) {
            Some(zone) => zone,
            None => TimeZone::posix(name).unwrap_or(TimeZone::UTC),
        }
    }

    fn zone_in(&mut self, path: &str) -> Option<TimeZone> {
        let bytes = self.read_file(path.as_bytes()).ok()?;
        TimeZone::tzif(path, &bytes).ok()
    }
}
