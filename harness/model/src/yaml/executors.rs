//! What an entry of executors means: one executor, or one for each choice of a configuration and of a
//! target or host.
//!
//! An executor on a host runs there natively, so the host's target is the executor's, and to list
//! both would be to say one thing twice. What an entry leaves open becomes part of the name.

use std::path::PathBuf;

use super::hosts;
use super::meaning::{Wrong, brief, name, twice_named};
use super::typed::{self, Kind};
use crate::{Configuration, Executor, ExecutorKind, ExecutorName, NamedHost, Target};

/// Where one of an entry's executors runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Place<'a> {
    pub target: Option<Target>,
    pub host: Option<&'a NamedHost>,
    /// What its name says of the place, and what its label does, where the entry has several.
    pub said: Option<(String, String)>,
}

/// The executors that an entry stands for.
pub(super) fn expanded(
    typed: &typed::Executor,
    known: &[NamedHost],
) -> Result<Vec<Executor>, Wrong> {
    one_of_each(typed)?;
    let configurations: Vec<Option<Configuration>> = match typed.configurations.as_slice() {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    };
    let mut made: Vec<Executor> = Vec::new();
    for place in places(typed, known)? {
        for configuration in &configurations {
            let one = executor(typed, *configuration, &place)?;
            if made.iter().any(|other| other.name == one.name) {
                return Err(twice_named(&typed.name, "executor", one.name.as_str()));
            }
            made.push(one);
        }
    }
    Ok(made)
}

/// A key and the list in place of it are not both there.
fn one_of_each(typed: &typed::Executor) -> Result<(), Wrong> {
    let rows = [
        (
            "configuration",
            typed.configuration.is_some(),
            typed.configurations.is_empty(),
        ),
        ("target", typed.target.is_some(), typed.targets.is_empty()),
        ("host", typed.host.is_some(), typed.hosts.is_empty()),
    ];
    match rows.into_iter().find(|(_, single, none)| *single && !none) {
        None => Ok(()),
        Some((key, ..)) => Err(Wrong::at(
            &typed.name,
            format!("`{}` has both `{key}` and `{key}s`", typed.name.value),
            "keep one of the two keys",
        )),
    }
}

fn places<'a>(typed: &typed::Executor, known: &'a [NamedHost]) -> Result<Vec<Place<'a>>, Wrong> {
    let target = typed.target.as_ref();
    if let Some(host) = &typed.host {
        return Ok(vec![hosts::place(host, target, known)?]);
    }
    if let ([_, ..], [first, ..]) = (typed.hosts.as_slice(), typed.targets.as_slice()) {
        return Err(Wrong::at(
            first,
            format!("`{}` has both `hosts` and `targets`", typed.name.value),
            "remove `targets`: an executor on a host is for that host's target",
        ));
    }
    if !typed.hosts.is_empty() {
        let each = typed.hosts.iter().map(|host| {
            let place = hosts::place(host, target, known)?;
            let label = place.host.map_or("this machine", |host| &host.label);
            let said = Some((host.value.clone(), label.to_owned()));
            Ok(Place { said, ..place })
        });
        return each.collect();
    }
    if typed.targets.is_empty() {
        let target = target.map(|target| target.value);
        return Ok(vec![Place {
            target,
            ..Place::default()
        }]);
    }
    let each = typed.targets.iter().map(|target| Place {
        target: Some(target.value),
        host: None,
        said: Some((target.value.to_string(), target.value.to_string())),
    });
    Ok(each.collect())
}

/// One executor; what its entry leaves open is given, and is part of its name.
fn executor(
    typed: &typed::Executor,
    given: Option<Configuration>,
    place: &Place<'_>,
) -> Result<Executor, Wrong> {
    let base = name(&typed.name, ExecutorName::new)?;
    let given_text = given.map(|configuration| {
        let text = configuration.to_string();
        (text.clone(), text)
    });
    let parts: Vec<(String, String)> = [given_text, place.said.clone()]
        .into_iter()
        .flatten()
        .collect();
    let label = typed.label.clone().unwrap_or_else(|| base.to_string());
    let (name, label) = match parts.as_slice() {
        [] => (base, label),
        parts => {
            let (names, labels): (Vec<&str>, Vec<&str>) = parts
                .iter()
                .map(|(name, label)| (name.as_str(), label.as_str()))
                .unzip();
            let name = ExecutorName::new(format!("{base}-{}", names.join("-"))).map_err(|bad| {
                Wrong::at(
                    &typed.name,
                    format!("`{}` is too long for a name", bad.0),
                    "shorten the entry's name",
                )
            })?;
            (name, format!("{label} ({})", labels.join(", ")))
        }
    };
    Ok(Executor {
        label,
        configuration: configuration(typed, given)?,
        kind: kind(typed)?,
        target: place.target,
        host: place.host.map(|host| host.name.clone()),
        clock: typed.clock,
        revision: revision(typed)?,
        features: features(typed)?,
        pgo: pgo(typed, place)?,
        arguments: typed.arguments.clone(),
        environment: typed.environment.clone(),
        name,
    })
}

fn kind(typed: &typed::Executor) -> Result<ExecutorKind, Wrong> {
    if let (Some(command), true) = (&typed.command, typed.kind.value != Kind::Command) {
        return Err(Wrong::at(
            command,
            "`command` is for executors of kind `command`",
            "give the executable with `path` and its options with `arguments`",
        ));
    }
    let path = typed.path.as_ref().map(|path| PathBuf::from(&path.value));
    let needed = || {
        path.clone().ok_or_else(|| {
            Wrong::at(
                &typed.name,
                format!("the executor `{}` has no `path`", typed.name.value),
                "add `path: …`, an executable's name or its place",
            )
        })
    };
    match typed.kind.value {
        Kind::Krait => Ok(ExecutorKind::Krait { path }),
        Kind::Cpython => Ok(ExecutorKind::Cpython { path: needed()? }),
        Kind::Pypy => Ok(ExecutorKind::Pypy { path: needed()? }),
        Kind::Command => match (&typed.command, &typed.path) {
            (_, Some(path)) => Err(Wrong::at(
                path,
                "an executor of kind `command` has no `path`",
                "write the executable as the first word of `command`",
            )),
            (Some(command), None) if !command.value.is_empty() => Ok(ExecutorKind::Command {
                command: command.value.clone(),
            }),
            _ => Err(Wrong::at(
                &typed.name,
                format!("the executor `{}` has no command", typed.name.value),
                "add `command: [executable, option, …]`; the program and its arguments are added",
            )),
        },
    }
}

/// Only what is built here can be built from a commit.
fn revision(typed: &typed::Executor) -> Result<Option<String>, Wrong> {
    match &typed.revision {
        Some(revision) if typed.kind.value != Kind::Krait || typed.path.is_some() => {
            Err(Wrong::at(
                revision,
                "`revision` is for executors of kind `krait` without a `path`",
                "remove the key: other executables are taken as they are",
            ))
        }
        revision => Ok(revision.as_ref().map(|revision| revision.value.clone())),
    }
}

/// Likewise. They are part of a file's name.
fn features(typed: &typed::Executor) -> Result<Vec<String>, Wrong> {
    let mut features: Vec<String> = Vec::new();
    for feature in &typed.features {
        if typed.kind.value != Kind::Krait || typed.path.is_some() {
            return Err(Wrong::at(
                feature,
                "`features` are for executors of kind `krait` without a `path`",
                "remove the key: other executables are taken as they are",
            ));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name = feature.value.chars().all(plain) && (1..=64).contains(&feature.value.len());
        if !is_name || feature.value.starts_with('-') {
            return Err(Wrong::at(
                feature,
                format!("`{}` cannot be a feature", brief(&feature.value)),
                "give the name of one of crate `krait`'s features, such as `slowdown`",
            ));
        }
        features.push(feature.value.clone());
    }
    features.sort();
    features.dedup();
    Ok(features)
}

/// Likewise. What is to run elsewhere cannot be trained here.
fn pgo(typed: &typed::Executor, place: &Place<'_>) -> Result<bool, Wrong> {
    let Some(pgo) = typed.pgo.as_ref().filter(|pgo| pgo.value) else {
        return Ok(false);
    };
    if typed.kind.value != Kind::Krait || typed.path.is_some() {
        return Err(Wrong::at(
            pgo,
            "`pgo` is for executors of kind `krait` without a `path`",
            "remove the key: other executables are taken as they are",
        ));
    }
    if place.target.is_some() || place.host.is_some() {
        return Err(Wrong::at(
            pgo,
            "`pgo` is for executors of this machine's own target",
            "remove the key, or give the other targets an entry of their own",
        ));
    }
    Ok(true)
}

fn configuration(
    typed: &typed::Executor,
    of_list: Option<Configuration>,
) -> Result<Configuration, Wrong> {
    let given = typed
        .configuration
        .as_ref()
        .map(|given| given.value)
        .or(of_list);
    let allowed: &[Configuration] = match typed.kind.value {
        Kind::Krait => &[
            Configuration::Nojit,
            Configuration::Jit,
            Configuration::Revdb,
        ],
        Kind::Pypy => &[Configuration::Jit, Configuration::Nojit],
        Kind::Cpython | Kind::Command => &[Configuration::Stock],
    };
    let place = typed.configuration.as_ref().map(|place| place.referenced);
    match (given, place.unwrap_or(typed.name.referenced)) {
        (Some(given), at) if !allowed.contains(&given) => {
            let list = allowed
                .iter()
                .map(|c| format!("`{c}`"))
                .collect::<Vec<_>>()
                .join(", ");
            Err(Wrong {
                at,
                message: format!("an executor of this kind has no configuration `{given}`"),
                help: format!("possible here: {list}"),
            })
        }
        (Some(given), _) => Ok(given),
        (None, _) if typed.kind.value == Kind::Krait => Err(Wrong::at(
            &typed.name,
            format!("the executor `{}` has no `configuration`", typed.name.value),
            "add `configuration: nojit`, `jit` or `revdb`",
        )),
        (None, _) => Ok(allowed[0]),
    }
}
