//! Module `_sockets`: operations on sockets by their numbers, on which `_socket` is built.
//!
//! An address is given as its family and what belongs to it, packed: the host's bytes, port, flow and
//! scope, or the name of a socket of the file system. It is told as programs know it: a tuple with the
//! host's text, or the name.

use super::posix::{failed, number_of};
use crate::types::bytes::required;
use core::net::{Ipv4Addr, Ipv6Addr};
use object::{Bytes, List, Str, Tuple, Value};
use std::io;
use vm::{Def, PyResult, Vm, method, path_value, string, tuple};
use world::Address;

const FUNCTIONS: &[Def] = &[
    method("socket(family, kind, protocol, /)", socket),
    method("pair(family, kind, protocol, /)", pair),
    method("bind(fd, address, /)", bind),
    method("listen(fd, waiting, /)", listen),
    method("accept(fd, /)", accept),
    method("connect(fd, address, /)", connect),
    method("receive(fd, most, flags, /)", receive),
    method("send(fd, data, flags, address, /)", send),
    method(
        "receive_message(fd, most, files, flags, /)",
        receive_message,
    ),
    method(
        "send_message(fd, data, files, flags, address, /)",
        send_message,
    ),
    method("shutdown(fd, how, /)", shutdown),
    method("own_address(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let address = vm.world.own_address(number);
        told(vm, address, |_, address| shown(&address))
    }),
    method("peer_address(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let address = vm.world.peer_address(number);
        told(vm, address, |_, address| shown(&address))
    }),
    method("option(fd, level, name, /)", option),
    method("set_option(fd, level, name, value, /)", set_option),
    method("set_blocking(fd, waits, /)", set_blocking),
    method("resolve(name, /)", resolve),
    method("host_name()", |vm, _| {
        let name = vm.world.host_name();
        Ok(path_value(&name))
    }),
    method("packed_host(family, text, /)", packed_host),
    method("host_text(packed, /)", host_text),
];

const UNIX: i64 = 1;
const INTERNET: i64 = 2;
const INTERNET_6: i64 = 10;

/// What became of an operation, for the program.
fn told<T>(vm: &mut Vm, result: io::Result<T>, show: fn(&mut Vm, T) -> Value) -> PyResult {
    match result {
        Ok(value) => Ok(show(vm, value)),
        Err(error) => failed(vm, &error, None),
    }
}

fn done(vm: &mut Vm, result: io::Result<()>) -> PyResult {
    told(vm, result, |_, ()| Value::NONE)
}

/// An address as programs know it.
fn shown(address: &Address) -> Value {
    match address {
        Address::V4 { host, port } => tuple(&[
            string(&Ipv4Addr::from(*host).to_string()),
            Value::small((*port).into()),
        ]),
        Address::V6 {
            host,
            port,
            flow,
            scope,
        } => tuple(&[
            string(&Ipv6Addr::from(*host).to_string()),
            Value::small((*port).into()),
            Value::small((*flow).into()),
            Value::small((*scope).into()),
        ]),
        Address::Unix(name) if name.starts_with(b"\0") => Bytes::new(name).into(),
        Address::Unix(name) => path_value(name),
        Address::Unknown => Value::NONE,
    }
}

/// An address that `_socket` has packed.
fn address_of(vm: &mut Vm, value: Value) -> PyResult<Address> {
    let parts: Vec<Value> = match value.to::<Tuple>() {
        Some(parts) => parts.items().to_vec(),
        None => Vec::new(),
    };
    let [family, first, rest @ ..] = parts.as_slice() else {
        return Err(vm.type_error("an address is a family and what belongs to it"));
    };
    let family = vm.index(*family)?;
    let host = required(vm, *first)?;
    let mut numbers = [0u32; 3];
    for (number, value) in numbers.iter_mut().zip(rest) {
        *number = vm.index(*value)? as u32;
    }
    let [port, flow, scope] = numbers;
    let port = port as u16;
    Ok(match family {
        UNIX => Address::Unix(host),
        INTERNET => Address::V4 {
            host: host.try_into().unwrap_or_default(),
            port,
        },
        INTERNET_6 => Address::V6 {
            host: host.try_into().unwrap_or_default(),
            port,
            flow,
            scope,
        },
        _ => Address::Unknown,
    })
}

/// Three numbers.
fn three(vm: &mut Vm, args: &[Value]) -> PyResult<[i32; 3]> {
    Ok([
        number_of(vm, args[0])?,
        number_of(vm, args[1])?,
        number_of(vm, args[2])?,
    ])
}

fn socket(vm: &mut Vm, args: &[Value]) -> PyResult {
    let [family, kind, protocol] = three(vm, args)?;
    let made = vm.world.socket(family, kind, protocol);
    told(vm, made, |_, number| Value::small(number.into()))
}

fn pair(vm: &mut Vm, args: &[Value]) -> PyResult {
    let [family, kind, protocol] = three(vm, args)?;
    let made = vm.world.socket_pair(family, kind, protocol);
    told(vm, made, |_, (one, other)| {
        tuple(&[Value::small(one.into()), Value::small(other.into())])
    })
}

fn bind(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let address = address_of(vm, args[1])?;
    let bound = vm.world.bind(number, &address);
    done(vm, bound)
}

fn listen(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (number, waiting) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
    let listens = vm.world.listen(number, waiting);
    done(vm, listens)
}

fn accept(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let accepted = vm.world.accept(number);
    told(vm, accepted, |_, (number, from)| {
        tuple(&[Value::small(number.into()), shown(&from)])
    })
}

fn connect(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let address = address_of(vm, args[1])?;
    let connected = vm.world.connect(number, &address);
    done(vm, connected)
}

/// The bytes and where they are from.
fn receive(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let most = vm.index(args[1])?.clamp(0, 1 << 30) as usize;
    let flags = vm.index(args[2])? as u32;
    let received = vm.world.receive(number, most, flags);
    told(vm, received, |_, (from, bytes)| {
        tuple(&[Bytes::new(&bytes).into(), shown(&from)])
    })
}

fn send(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let data = required(vm, args[1])?;
    let flags = vm.index(args[2])? as u32;
    let to = match args[3].is_none() {
        true => None,
        false => Some(address_of(vm, args[3])?),
    };
    let sent = vm.world.send(number, &data, flags, to.as_ref());
    told(vm, sent, |_, count| Value::int(count as i64))
}

fn receive_message(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let most = vm.index(args[1])?.clamp(0, 1 << 30) as usize;
    let files = vm.index(args[2])?.clamp(0, 1 << 10) as usize;
    let flags = vm.index(args[3])? as u32;
    let received = vm.world.receive_message(number, most, files, flags);
    told(vm, received, |_, message| {
        let files = message.files.iter().map(|&file| Value::small(file.into()));
        tuple(&[
            Bytes::new(&message.bytes).into(),
            tuple(&files.collect::<Vec<_>>()),
            Value::small(message.flags.into()),
            shown(&message.from),
        ])
    })
}

fn send_message(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let data = required(vm, args[1])?;
    let given = vm.collect(args[2])?;
    let mut files = Vec::new();
    for &file in given.items() {
        files.push(number_of(vm, file)?);
    }
    let flags = vm.index(args[3])? as u32;
    let to = match args[4].is_none() {
        true => None,
        false => Some(address_of(vm, args[4])?),
    };
    let sent = vm
        .world
        .send_message(number, &data, &files, flags, to.as_ref());
    told(vm, sent, |_, count| Value::int(count as i64))
}

fn shutdown(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (number, how) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
    let shut = vm.world.shut_down(number, how);
    done(vm, shut)
}

fn option(vm: &mut Vm, args: &[Value]) -> PyResult {
    let [number, level, name] = three(vm, args)?;
    let value = vm.world.socket_option(number, level, name);
    told(vm, value, |_, value| Value::int(value))
}

fn set_option(vm: &mut Vm, args: &[Value]) -> PyResult {
    let [number, level, name] = three(vm, args)?;
    let value = number_of(vm, args[3])?;
    let set = vm
        .world
        .set_socket_option(number, level, name, value.into());
    done(vm, set)
}

fn set_blocking(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let waits = vm.truth(args[1])?;
    let set = vm.world.set_blocking(number, waits);
    done(vm, set)
}

/// Pairs of a family and a host's text; None if the system knows no host of the name.
fn resolve(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(name) = args[0].to::<Str>().map(|name| name.to_text_escaped()) else {
        return Err(vm.type_error("a host's name must be a str"));
    };
    let Ok(addresses) = vm.world.resolve(&name) else {
        return Ok(Value::NONE);
    };
    let found = List::new();
    for address in addresses {
        let (family, host) = match address {
            Address::V4 { host, .. } => (INTERNET, Ipv4Addr::from(host).to_string()),
            Address::V6 { host, .. } => (INTERNET_6, Ipv6Addr::from(host).to_string()),
            Address::Unix(_) | Address::Unknown => continue,
        };
        found.push(tuple(&[Value::small(family), string(&host)]));
    }
    Ok(found.into())
}

/// The bytes of a host that is written as a number; None if the text is none.
fn packed_host(vm: &mut Vm, args: &[Value]) -> PyResult {
    let family = vm.index(args[0])?;
    let Some(text) = args[1].to::<Str>().map(|text| text.to_text_escaped()) else {
        return Err(vm.type_error("a host must be a str"));
    };
    let packed = match family {
        INTERNET => text.parse::<Ipv4Addr>().ok().map(|h| h.octets().to_vec()),
        INTERNET_6 => text.parse::<Ipv6Addr>().ok().map(|h| h.octets().to_vec()),
        _ => None,
    };
    Ok(packed.map_or(Value::NONE, |packed| Bytes::new(&packed).into()))
}

/// The text of a packed host; None if it has neither length.
fn host_text(vm: &mut Vm, args: &[Value]) -> PyResult {
    let packed = required(vm, args[0])?;
    if let Ok(host) = <[u8; 4]>::try_from(packed.as_slice()) {
        return Ok(string(&Ipv4Addr::from(host).to_string()));
    }
    let long = <[u8; 16]>::try_from(packed.as_slice());
    Ok(long.map_or(Value::NONE, |host| {
        string(&Ipv6Addr::from(host).to_string())
    }))
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_sockets", FUNCTIONS);
}
