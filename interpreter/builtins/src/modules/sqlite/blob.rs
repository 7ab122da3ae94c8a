//! Blobs and backups.

use super::caller::Caller;
use super::{BACKUP_CLASS, BLOB_CLASS, Connection, checked, connection, name};
use crate::modules::stream::{self, own};
use crate::types::bytes;
use object::{Bytes, Foreign, Gc, Marker, Payload, Value};
use vm::{Def, PyResult, Vm, getter, method};

/// The payload of a blob.
struct Blob {
    connection: Gc<Foreign>,
    blob: sqlite::Blob,
}

impl Payload for Blob {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.connection.into());
    }
}

/// The payload of a backup.
struct Backup {
    source: Gc<Foreign>,
    target: Gc<Foreign>,
    backup: sqlite::Backup,
}

impl Payload for Backup {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.source.into());
        marker.visit(self.target.into());
    }
}

fn caller(vm: &mut Vm, object: Gc<Foreign>) -> Caller<'_> {
    let own = object.payload::<Connection>();
    Caller::new(
        vm,
        object,
        own.expect("blobs and backups are made by connections"),
    )
}

pub(super) fn open(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (object, own) = connection(vm, args[0])?;
    let names = [name(vm, args[1])?, name(vm, args[2])?, name(vm, args[3])?];
    let (row, is_writable) = (vm.index(args[4])?, vm.truth(args[5])?);
    let names = names.each_ref().map(|name| name.as_c_str());
    let mut host = Caller::new(vm, object, own);
    let blob = own.database.open_blob(&mut host, names, row, is_writable);
    let blob = checked(vm, blob)?;
    let connection = object;
    stream::make(vm, BLOB_CLASS, Blob { connection, blob })
}

pub(super) const BLOB: &[Def] = &[
    method("read(self, at, count, /)", |vm, args| {
        let own = own::<Blob>(vm, args[0])?;
        let (at, count) = (vm.index(args[1])?, vm.index(args[2])?);
        let read = own
            .blob
            .read(&mut caller(vm, own.connection), at as usize, count as usize);
        let data = checked(vm, read)?;
        Ok(Bytes::new(&data).into())
    }),
    method("write(self, at, data, /)", |vm, args| {
        let own = own::<Blob>(vm, args[0])?;
        let at = vm.index(args[1])? as usize;
        let data = bytes::required(vm, args[2])?;
        let written = own.blob.write(&mut caller(vm, own.connection), at, &data);
        checked(vm, written)?;
        Ok(Value::NONE)
    }),
    method("close(self, /)", |vm, args| {
        let own = own::<Blob>(vm, args[0])?;
        own.blob.close(&mut caller(vm, own.connection));
        Ok(Value::NONE)
    }),
    getter("length", |vm, args| {
        Ok(Value::int(own::<Blob>(vm, args[0])?.blob.len() as i64))
    }),
    getter("is_open", |vm, args| {
        Ok(Value::bool(own::<Blob>(vm, args[0])?.blob.is_open()))
    }),
];

pub(super) fn backup(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (source, from) = connection(vm, args[0])?;
    let (target, to) = connection(vm, args[1])?;
    let name = name(vm, args[2])?;
    let mut host = Caller::new(vm, source, from);
    let backup = sqlite::Backup::new(&mut host, &to.database, &from.database, &name);
    let backup = checked(vm, backup)?;
    let backup = Backup {
        source,
        target,
        backup,
    };
    stream::make(vm, BACKUP_CLASS, backup)
}

pub(super) const BACKUP: &[Def] = &[
    method("step(self, pages, /)", |vm, args| {
        let own = own::<Backup>(vm, args[0])?;
        let pages = vm.index(args[1])? as i32;
        let code = own.backup.step(&mut caller(vm, own.source), pages);
        Ok(Value::int(code.into()))
    }),
    method("pages(self, /)", |vm, args| {
        let (left, all) = own::<Backup>(vm, args[0])?.backup.pages();
        Ok(vm::tuple(&[
            Value::int(left.into()),
            Value::int(all.into()),
        ]))
    }),
    method("finish(self, /)", |vm, args| {
        let own = own::<Backup>(vm, args[0])?;
        let done = own.backup.finish(&mut caller(vm, own.source));
        checked(vm, done)?;
        Ok(Value::NONE)
    }),
];
