//! Links krait to a fixed address, as CPython is where it is distributed: addresses within it are then
//! settled by the linker, and not, twenty thousand of them on a hundred pages, whenever it is started.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
