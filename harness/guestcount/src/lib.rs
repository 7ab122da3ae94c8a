//! The plugin for qemu that counts the instructions of a program under it, as bytes.
//!
//! It is no crate of ours that links it: qemu does, when it is named on its command line. So it is
//! compiled apart, from `plugin.rs`, and what is here is what came of it.

/// A shared object; empty where it could not be made.
pub static PLUGIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guestcount.so"));

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_a_shared_object() {
        assert_eq!(super::PLUGIN[..4], *b"\x7fELF");
    }
}
