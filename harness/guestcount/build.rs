//! Compiles `plugin.rs` to the shared object that qemu loads.
//!
//! It is made by the very compiler that makes the rest, for the machine on which kraitbench will
//! run, and carried within kraitbench: an executable that is copied to another machine has it with it.
//! Where that compiler has no standard library for that machine (a foreign target, whose library is
//! built together with the program) there is no plugin; kraitbench says so when one is asked for.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=plugin.rs");
    let of = |name: &str| std::env::var_os(name).unwrap_or_default();
    let out = PathBuf::from(of("OUT_DIR")).join("guestcount.so");
    let mut command = Command::new(of("RUSTC"));
    command
        .args(["--edition=2024", "--crate-name=guestcount_plugin"])
        .args(["--crate-type=cdylib", "-Copt-level=2", "-Cpanic=abort"])
        .args(["-Cstrip=symbols", "--target"])
        .arg(of("TARGET"))
        .arg("-o")
        .arg(&out)
        .arg("plugin.rs");
    if let Some(linker) = std::env::var_os("RUSTC_LINKER") {
        let mut option = std::ffi::OsString::from("-Clinker=");
        option.push(linker);
        command.arg(option);
    }
    let made = command.output();
    if !made.as_ref().is_ok_and(|made| made.status.success()) {
        println!("cargo:warning=no plugin for qemu: guest instructions cannot be counted");
        std::fs::write(&out, []).expect("the build folder can be written");
    }
}
