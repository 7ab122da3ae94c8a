//! What an entry of hosts means, and what an executor means that names one.

use std::path::PathBuf;

use serde_saphyr::Spanned;

use super::executors::Place;
use super::meaning::{Wrong, name};
use super::{nearest, typed};
use crate::{HostName, NamedHost, THIS, Target};

/// The folder there, if the entry names none.
const FOLDER: &str = "kraitbench";

pub(super) fn host(typed: &typed::Host) -> Result<NamedHost, Wrong> {
    if typed.name.value == THIS {
        return Err(Wrong::at(
            &typed.name,
            format!("no host can be named `{THIS}`"),
            "that is the machine that the experiment is begun on, which needs no entry",
        ));
    }
    reached(typed)?;
    let command = typed.command.as_ref().map(|words| words.value.clone());
    let folder = typed.folder.as_ref().map(|folder| folder.value.clone());
    let name = name(&typed.name, HostName::new)?;
    Ok(NamedHost {
        label: typed.label.clone().unwrap_or_else(|| name.to_string()),
        name,
        target: typed.target,
        ssh: typed.ssh.as_ref().map(|ssh| ssh.value.clone()),
        command: command.unwrap_or_else(|| vec!["ssh".to_owned()]),
        folder: folder.unwrap_or_else(|| FOLDER.to_owned()),
        executable: typed
            .executable
            .as_ref()
            .map(|path| PathBuf::from(&path.value)),
    })
}

/// How it is reached is said wholly or not at all.
fn reached(typed: &typed::Host) -> Result<(), Wrong> {
    match &typed.ssh {
        // What begins with a dash would be an option of ssh's.
        Some(ssh) if ssh.value.is_empty() || ssh.value.starts_with('-') => {
            return Err(Wrong::at(
                ssh,
                format!("`{}` is no destination", ssh.value),
                "say `[user@]host`, as ssh takes it; its options go into `command`",
            ));
        }
        Some(_) => {}
        None => {
            let command = typed
                .command
                .as_ref()
                .map(|one| ("command", one.referenced));
            let folder = typed.folder.as_ref().map(|one| ("folder", one.referenced));
            let executable = typed
                .executable
                .as_ref()
                .map(|one| ("executable", one.referenced));
            if let Some((key, at)) = command.or(folder).or(executable) {
                return Err(Wrong {
                    at,
                    message: format!(
                        "`{}` has a `{key}` and no `ssh`: it is not reached from here",
                        typed.name.value
                    ),
                    help: format!("add `ssh: [user@]host`, or remove `{key}`"),
                });
            }
        }
    }
    if let Some(command) = &typed.command
        && command.value.first().is_none_or(String::is_empty)
    {
        let message = "the command that starts ssh is empty";
        let help = "say `[ssh, option, …]`, or remove the key";
        return Err(Wrong::at(command, message, help));
    }
    if let Some(folder) = typed.folder.as_ref().filter(|one| one.value.is_empty()) {
        let help = "name a folder there, or remove the key";
        return Err(Wrong::at(folder, "the folder there has no name", help));
    }
    Ok(())
}

/// Where an executor runs that names a host, and what it is for.
pub(super) fn place<'a>(
    named: &Spanned<String>,
    target: Option<&Spanned<Target>>,
    known: &'a [NamedHost],
) -> Result<Place<'a>, Wrong> {
    if named.value == THIS {
        return Ok(Place {
            target: target.map(|target| target.value),
            ..Place::default()
        });
    }
    let found = known.iter().find(|host| host.name.as_str() == named.value);
    let Some(host) = found else {
        return Err(unknown(named, known));
    };
    match target {
        Some(target) if target.value != host.target => Err(Wrong::at(
            target,
            format!(
                "the host `{}` is of target {}, not {}",
                host.name, host.target, target.value
            ),
            "remove `target`: an executor on a host is for that host's own",
        )),
        _ => Ok(Place {
            target: Some(host.target),
            host: Some(host),
            said: None,
        }),
    }
}

fn unknown(named: &Spanned<String>, known: &[NamedHost]) -> Wrong {
    let names: Vec<&str> = known.iter().map(|host| host.name.as_str()).collect();
    let help = match (nearest(&named.value, &names), names.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "add it to `hosts`: a name, its target, and how ssh reaches it".to_owned(),
        (None, names) => format!("the hosts are `{}`, and `{THIS}`", names.join("`, `")),
    };
    Wrong::at(named, format!("there is no host `{}`", named.value), help)
}
