//! The renderers against fixed views.

use crate::fixture;

/// Writes the full fixture to a folder, for looking at: set KRAIT_FIXTURE_SITE to the folder.
#[test]
fn every_odd_view_renders() {
    for (name, view) in fixture::odd() {
        let files = crate::render_site(&view);
        assert!(files.iter().any(|(path, _)| path == "index.html"), "{name}");
        assert!(crate::render_markdown(&view).starts_with("# "), "{name}");
    }
}

#[test]
fn dump() {
    let Ok(folder) = std::env::var("KRAIT_FIXTURE_SITE") else {
        return;
    };
    for (path, bytes) in crate::render_site(&fixture::full()) {
        let path = std::path::Path::new(&folder).join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(
        std::path::Path::new(&folder).join("r.md"),
        crate::render_markdown(&fixture::full()),
    )
    .unwrap();
}
