//! `time`: clocks and sleeping, and calendar time in UTC and in the world's zone.

use super::sys::namespace;
use crate::types::exception::os_error;
use object::{Module, Str, Tuple, Value, intern};
use std::io;
use vm::threads::Woken;
use vm::{Def, PyResult, Vm, method, string};
use world::{Clock, LocalTime};

const FUNCTIONS: &[Def] = &[
    method("time()", |vm, _| seconds(vm, Clock::Real)),
    method("time_ns()", |vm, _| nanoseconds(vm, Clock::Real)),
    method("monotonic()", |vm, _| seconds(vm, Clock::Monotonic)),
    method("monotonic_ns()", |vm, _| nanoseconds(vm, Clock::Monotonic)),
    method("perf_counter()", |vm, _| seconds(vm, Clock::Performance)),
    method("perf_counter_ns()", |vm, _| {
        nanoseconds(vm, Clock::Performance)
    }),
    method("process_time()", |vm, _| seconds(vm, Clock::Process)),
    method("process_time_ns()", |vm, _| nanoseconds(vm, Clock::Process)),
    method("thread_time()", |vm, _| seconds(vm, Clock::Thread)),
    method("thread_time_ns()", |vm, _| nanoseconds(vm, Clock::Thread)),
    method("clock_gettime(clk_id, /)", |vm, args| {
        let clock = numbered_clock(vm, args[0])?;
        seconds(vm, clock)
    }),
    method("clock_gettime_ns(clk_id, /)", |vm, args| {
        let clock = numbered_clock(vm, args[0])?;
        nanoseconds(vm, clock)
    }),
    method("clock_getres(clk_id, /)", |vm, args| {
        numbered_clock(vm, args[0])?;
        Ok(Value::float(RESOLUTION_S))
    }),
    method("get_clock_info(name, /)", clock_info),
    method("sleep(seconds, /)", sleep),
    method("gmtime(seconds=None, /)", gmtime),
    method("localtime(seconds=None, /)", localtime),
    method("tzset()", |vm, _| {
        tell_zone(vm);
        Ok(Value::NONE)
    }),
    method("mktime(time_tuple, /)", mktime),
    method("asctime(time_tuple=None, /)", asctime),
    method("ctime(seconds=None, /)", ctime),
    method("strftime(format, time_tuple=None, /)", strftime),
    method(
        "strptime(string, format='%a %b %d %H:%M:%S %Y', /)",
        strptime,
    ),
];

/// The system's clocks by their numbers, which are Linux's.
const CLOCKS: &[(&str, i64, Clock)] = &[
    ("CLOCK_REALTIME", 0, Clock::Real),
    ("CLOCK_MONOTONIC", 1, Clock::Monotonic),
    ("CLOCK_PROCESS_CPUTIME_ID", 2, Clock::Process),
    ("CLOCK_THREAD_CPUTIME_ID", 3, Clock::Thread),
    ("CLOCK_MONOTONIC_RAW", 4, Clock::Hardware),
    ("CLOCK_BOOTTIME", 7, Clock::Boot),
];
/// That of all clocks.
const RESOLUTION_S: f64 = 1e-9;

fn numbered_clock(vm: &mut Vm, number: Value) -> PyResult<Clock> {
    let number = vm.index(number)?;
    match CLOCKS.iter().find(|&&(_, known, _)| known == number) {
        Some(&(_, _, clock)) => Ok(clock),
        None => Err(os_error(vm, &io::Error::from_raw_os_error(22), None)),
    }
}

/// By the library's module, which knows the names of days and months.
fn strptime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let module = vm.import_module("_strptime")?;
    let parse = vm.get_attr_text(module, "_strptime_time")?;
    let given = [args[0].bound(), args[1].bound()].into_iter().flatten();
    vm.call(parse, &given.collect::<Vec<_>>())
}

fn seconds(vm: &mut Vm, clock: Clock) -> PyResult {
    Ok(Value::float(vm.world.clock_ns(clock) as f64 / 1e9))
}

fn nanoseconds(vm: &mut Vm, clock: Clock) -> PyResult {
    Ok(Value::int(vm.world.clock_ns(clock)))
}

/// What is known of a clock. All are the system's, and count nanoseconds.
fn clock_info(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.str_text(args[0])?;
    let (source, is_monotonic) = match name.as_str() {
        "time" => ("CLOCK_REALTIME", false),
        "monotonic" | "perf_counter" => ("CLOCK_MONOTONIC", true),
        "process_time" => ("CLOCK_PROCESS_CPUTIME_ID", true),
        "thread_time" => ("CLOCK_THREAD_CPUTIME_ID", true),
        _ => return Err(vm.value_error("unknown clock")),
    };
    let source = string(&format!("clock_gettime({source})"));
    namespace(
        vm,
        &[
            ("implementation", source),
            ("monotonic", Value::bool(is_monotonic)),
            // The administrator sets what time it is.
            ("adjustable", Value::bool(!is_monotonic)),
            ("resolution", Value::float(RESOLUTION_S)),
        ],
    )
}

/// Seconds that a program gave to wait, in nanoseconds.
pub(super) fn seconds_to_ns(vm: &mut Vm, seconds: Value) -> PyResult<i64> {
    let wanted = match vm.as_float(seconds) {
        Some(f) => f,
        None => vm.index(seconds)? as f64,
    };
    if wanted.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if wanted < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    if wanted > 9.3e9 {
        return Err(vm.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok((wanted * 1e9) as i64)
}

fn sleep(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wanted = seconds_to_ns(vm, args[0])?;
    let now = vm.world.clock_ns(Clock::Monotonic);
    let end = now.saturating_add(wanted);
    if vm.thread_count() > 1 {
        while vm.park(Some(end), Vec::new()) != Woken::Late {
            vm.check_interrupt()?;
        }
        return Ok(Value::NONE);
    }
    loop {
        let left = end - vm.world.clock_ns(Clock::Monotonic);
        if left <= 0 {
            return Ok(Value::NONE);
        }
        // In slices, so that an interrupt is seen soon.
        vm.world.sleep_ns((left as u64).min(50_000_000));
        vm.check_interrupt()?;
    }
}

/// A day of the proleptic Gregorian calendar from days since 1970-01-01 (after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Days since 1970-01-01 of a day of the calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = (month + 9).rem_euclid(12);
    let day_of_year = (153 * month_index + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The nine fields of a time tuple.
type Fields = [i64; 9];

fn fields_of(total: i64) -> Fields {
    let (days, rest) = (total.div_euclid(86_400), total.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let year_day = days - days_from_civil(year, 1, 1) + 1;
    let week_day = (days + 3).rem_euclid(7);
    [
        year,
        month,
        day,
        rest / 3600,
        rest / 60 % 60,
        rest % 60,
        week_day,
        year_day,
        0,
    ]
}

fn now_or(vm: &mut Vm, value: Value) -> PyResult<i64> {
    if value.is_unbound() || value.is_none() {
        return Ok(vm.world.clock_ns(Clock::Real).div_euclid(1_000_000_000));
    }
    let total = match vm.as_float(value) {
        Some(f) if f.is_nan() => {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        Some(f) => f.floor(),
        None => vm.index(value)? as f64,
    };
    if total.abs() > 6.0e16 {
        return Err(vm.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(total as i64)
}

fn gmtime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let total = now_or(vm, args[0])?;
    struct_time(vm, fields_of(total), &utc())
}

fn localtime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let total = now_or(vm, args[0])?;
    let (fields, local) = local_fields(vm, total);
    struct_time(vm, fields, &local)
}

/// The fields of a moment as told here, and how it is told.
fn local_fields(vm: &mut Vm, total: i64) -> (Fields, LocalTime) {
    let local = vm.world.local_time(total);
    let mut fields = fields_of(total + i64::from(local.offset_s));
    fields[8] = local.is_summer.into();
    (fields, local)
}

fn utc() -> LocalTime {
    LocalTime {
        offset_s: 0,
        is_summer: false,
        // The C library's name for it.
        name: String::from("GMT"),
    }
}

/// A `struct_time` object.
fn struct_time(vm: &mut Vm, fields: Fields, local: &LocalTime) -> PyResult {
    let mut items: Vec<Value> = fields.iter().map(|&n| Value::int(n)).collect();
    items.push(Str::new(&local.name).into());
    items.push(Value::small(local.offset_s.into()));
    let tuple: Value = Tuple::new(&items).into();
    let module = vm.import_module("time")?;
    let class = vm.get_attr_text(module, "struct_time")?;
    vm.call(class, &[tuple])
}

fn fields_from(vm: &mut Vm, value: Value) -> PyResult<Fields> {
    if value.is_unbound() || value.is_none() {
        let total = now_or(vm, Value::NONE)?;
        return Ok(local_fields(vm, total).0);
    }
    let Some(tuple) = value.to::<Tuple>() else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    let mut fields = [0; 9];
    if tuple.len() < 9 {
        return Err(vm.type_error("time tuple must have 9 fields"));
    }
    for (field, &item) in fields.iter_mut().zip(tuple.items()) {
        *field = vm.index(item)?;
    }
    let limits = [
        (1, 0, 12),
        (2, 0, 31),
        (3, 0, 23),
        (4, 0, 59),
        (5, 0, 61),
        (6, -1, 6),
        (7, 0, 366),
    ];
    let names = [
        "",
        "month",
        "day of month",
        "hour",
        "minute",
        "seconds",
        "day of week",
        "day of year",
    ];
    for (at, low, high) in limits {
        if fields[at] < low || fields[at] > high {
            return Err(vm.value_error(format!("{} out of range", names[at])));
        }
    }
    Ok(fields)
}

fn mktime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let f = fields_from(vm, args[0])?;
    if f[0].abs() > 1_000_000_000 {
        return Err(vm.overflow_error("mktime argument out of range"));
    }
    Ok(Value::float(moment_of(vm, &f) as f64))
}

/// The moment that a time told here is, in seconds since 1970. Where clocks go back the ninth field
/// says which of two moments is meant; where they go forward, a time that is none is told as if
/// they had not (or, with that field, as if they had).
fn moment_of(vm: &mut Vm, f: &Fields) -> i64 {
    let days = days_from_civil(f[0], f[1].max(1), f[2]);
    let wall = days * 86_400 + f[3] * 3600 + f[4] * 60 + f[5];
    // Zones differ from UTC by less than a day, and change less often than daily.
    let around: Vec<(i64, bool)> = [wall - 86_400, wall + 86_400]
        .map(|moment| {
            let local = vm.world.local_time(moment);
            (i64::from(local.offset_s), local.is_summer)
        })
        .into();
    let candidates = around.iter().map(|&(offset, _)| wall - offset);
    let matching: Vec<i64> = candidates
        .filter(|&moment| {
            let local = vm.world.local_time(moment);
            wall - i64::from(local.offset_s) == moment
                && (f[8] < 0 || local.is_summer == (f[8] > 0))
        })
        .collect();
    if let Some(&moment) = matching.first() {
        return moment;
    }
    let wanted = around.iter().find(|(_, summer)| *summer == (f[8] > 0));
    wall - wanted.or(around.first()).map_or(0, |&(offset, _)| offset)
}

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn day_name(f: &Fields) -> &'static str {
    DAYS[f[6].rem_euclid(7) as usize]
}

fn month_name(f: &Fields) -> &'static str {
    MONTHS[(f[1].max(1) - 1).rem_euclid(12) as usize]
}

fn asctime_text(f: &Fields) -> String {
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        &day_name(f)[..3],
        &month_name(f)[..3],
        f[2],
        f[3],
        f[4],
        f[5],
        f[0]
    )
}

fn asctime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let fields = fields_from(vm, args[0])?;
    Ok(Str::new(&asctime_text(&fields)).into())
}

fn ctime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let total = now_or(vm, args[0])?;
    let (fields, _) = local_fields(vm, total);
    Ok(Str::new(&asctime_text(&fields)).into())
}

/// The week of the year when weeks begin on the day `first` (0: Monday).
fn week_of_year(f: &Fields, first: i64) -> i64 {
    (f[7] + 6 - (f[6] - first).rem_euclid(7)) / 7
}

/// Year and week of ISO 8601.
fn iso_week(f: &Fields) -> (i64, i64) {
    let days = days_from_civil(f[0], f[1].max(1), f[2].max(1));
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let (year, _, _) = civil(thursday);
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

fn strftime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(format) = vm.as_str(args[0]) else {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("strftime() argument 1 must be str, not {given}")));
    };
    let f = fields_from(vm, args[1])?;
    let text = format.to_text_escaped();
    let zone = zone_of(vm, args[1], &f)?;
    Ok(Str::new(&format_time(&text, &f, &zone)).into())
}

/// The zone that `%Z` and `%z` tell: the time tuple's own, else the one here at that time.
fn zone_of(vm: &mut Vm, time: Value, f: &Fields) -> PyResult<LocalTime> {
    if !time.is_unbound()
        && let Some(name) = vm.find_attr(time, intern("tm_zone"))?
        && let Some(name) = vm.as_str(name)
        && let Some(offset) = vm.find_attr(time, intern("tm_gmtoff"))?
        && let Some(offset) = offset.as_small()
    {
        return Ok(LocalTime {
            offset_s: offset as i32,
            is_summer: f[8] > 0,
            name: name.to_text_escaped(),
        });
    }
    let moment = moment_of(vm, f);
    let mut local = vm.world.local_time(moment);
    if f[8] < 0 {
        local.name.clear();
    }
    Ok(local)
}

fn format_time(format: &str, f: &Fields, zone: &LocalTime) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let Some(code) = chars.next() else {
            out.push('%');
            break;
        };
        let hour_12 = if f[3] % 12 == 0 { 12 } else { f[3] % 12 };
        let half = if f[3] < 12 { "AM" } else { "PM" };
        out.push_str(&match code {
            'a' => day_name(f)[..3].to_string(),
            'A' => day_name(f).to_string(),
            'b' | 'h' => month_name(f)[..3].to_string(),
            'B' => month_name(f).to_string(),
            'c' => asctime_text(f),
            'C' => format!("{:02}", f[0].div_euclid(100)),
            'd' => format!("{:02}", f[2]),
            'D' | 'x' => format!("{:02}/{:02}/{:02}", f[1], f[2], f[0].rem_euclid(100)),
            'e' => format!("{:2}", f[2]),
            'F' => format!("{}-{:02}-{:02}", f[0], f[1], f[2]),
            'g' => format!("{:02}", iso_week(f).0.rem_euclid(100)),
            'G' => iso_week(f).0.to_string(),
            'H' => format!("{:02}", f[3]),
            'I' => format!("{hour_12:02}"),
            'j' => format!("{:03}", f[7]),
            'm' => format!("{:02}", f[1]),
            'M' => format!("{:02}", f[4]),
            'n' => String::from("\n"),
            'p' => half.to_string(),
            'r' => format!("{hour_12:02}:{:02}:{:02} {half}", f[4], f[5]),
            'R' => format!("{:02}:{:02}", f[3], f[4]),
            'S' => format!("{:02}", f[5]),
            't' => String::from("\t"),
            'T' | 'X' => format!("{:02}:{:02}:{:02}", f[3], f[4], f[5]),
            'u' => (f[6] + 1).to_string(),
            'U' => format!("{:02}", week_of_year(f, 6)),
            'V' => format!("{:02}", iso_week(f).1),
            'w' => ((f[6] + 1) % 7).to_string(),
            'W' => format!("{:02}", week_of_year(f, 0)),
            'y' => format!("{:02}", f[0].rem_euclid(100)),
            'Y' => f[0].to_string(),
            'z' => {
                let minutes = zone.offset_s.abs() / 60;
                let sign = if zone.offset_s < 0 { '-' } else { '+' };
                format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
            }
            'Z' => zone.name.clone(),
            '%' => String::from("%"),
            other => format!("%{other}"),
        });
    }
    out
}

/// Makes the module.
pub fn install(vm: &mut Vm) {
    let module = vm.define_module("time", FUNCTIONS);
    let namespace = module.namespace();
    for &(name, number, _) in CLOCKS {
        namespace.set_str(intern(name), Value::small(number));
    }
    // How many items `struct_time` has, the zone's included.
    namespace.set_str(intern("_STRUCT_TM_ITEMS"), Value::small(11));
    let missing = vm.native_function("__getattr__(name, /)", attribute);
    namespace.set_str(vm.names.getattr, missing.into());
    tell_zone(vm);
}

/// Writes the zone's names and offsets into the module: as in winter and in summer of this year.
fn tell_zone(vm: &mut Vm) {
    let module = vm.modules.get_str(intern("time"));
    let Some(module) = module.and_then(|m| m.cast::<Module>()) else {
        return;
    };
    let now = vm.world.clock_ns(Clock::Real).div_euclid(1_000_000_000);
    let new_year = days_from_civil(civil(now.div_euclid(86_400)).0, 1, 1) * 86_400;
    let january = vm.world.local_time(new_year);
    let july = vm.world.local_time(new_year + 181 * 86_400);
    let daylight = january.offset_s != july.offset_s;
    // South of the equator the summer is in January.
    let (winter, summer) = match january.is_summer {
        true => (july, january),
        false => (january, july),
    };
    let namespace = module.namespace();
    let name = |local: &LocalTime| Value::from(Str::new(&local.name));
    for (key, value) in [
        ("timezone", Value::small(-i64::from(winter.offset_s))),
        ("altzone", Value::small(-i64::from(summer.offset_s))),
        ("daylight", Value::small(daylight.into())),
        ("tzname", Tuple::new(&[name(&winter), name(&summer)]).into()),
    ] {
        namespace.set_str(intern(key), value);
    }
}

/// Attributes that are made when they are first asked for: the class of time tuples is Python.
fn attribute(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = args[0]
        .to::<Str>()
        .map_or_else(String::new, |n| n.to_text_escaped());
    if name != "struct_time" {
        return Err(vm.attribute_error(format!("module 'time' has no attribute '{name}'")));
    }
    let class: Value =
        super::sys::named_tuple_class_with(vm, "time", "struct_time", &FIELDS, &HIDDEN)?.into();
    if let Some(module) = vm
        .modules
        .get_str(intern("time"))
        .and_then(|m| m.cast::<Module>())
    {
        module.namespace().set_str(intern("struct_time"), class);
    }
    Ok(class)
}

/// What a time tuple has beside its items.
const HIDDEN: [&str; 2] = ["tm_zone", "tm_gmtoff"];

/// The names of a time tuple's items.
const FIELDS: [&str; 9] = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
];
