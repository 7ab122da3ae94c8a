//! Leaves the symbols out of the executable: dependencies are compiled without optimisation, and
//! their names are a third of its 240 MB. The profile cannot say so: it would say it of every
//! crate, and compile all of them again for the tests.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
}
