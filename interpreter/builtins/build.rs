//! Makes the table of the modules that are written in Python: our own from `lib/`, and those of
//! CPython's library that work as they are, from the crate that ships them. Where both have a
//! module, ours is taken. Each is compiled here; the compact form names its byte order, so one
//! made on this machine is good on every target.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What is taken from CPython's library; a trailing `/` takes a package with all its modules.
const LIBRARY: &[&str] = &[
    "__future__",
    "_ast_unparse",
    "_colorize",
    "_compat_pickle",
    "_markupbase",
    "_py_abc",
    "_py_warnings",
    "_pydatetime",
    "_pydecimal",
    "_pylong",
    "_pyrepl/",
    "_sitebuiltins",
    "_strptime",
    "_threading_local",
    "_weakrefset",
    "argparse",
    "ast",
    "asyncio/",
    "base64",
    "bdb",
    "bisect",
    "bz2",
    "calendar",
    "cmd",
    "code",
    "codeop",
    "colorsys",
    "compileall",
    "compression/",
    "concurrent/",
    "configparser",
    "contextlib",
    "copy",
    "copyreg",
    "csv",
    "datetime",
    "dbm/",
    "decimal",
    "difflib",
    "doctest",
    "email/",
    "encodings.aliases",
    "encodings.base64_codec",
    "encodings.bz2_codec",
    "encodings.charmap",
    "encodings.cp037",
    "encodings.cp1006",
    "encodings.cp1026",
    "encodings.cp1125",
    "encodings.cp1140",
    "encodings.cp1250",
    "encodings.cp1251",
    "encodings.cp1252",
    "encodings.cp1253",
    "encodings.cp1254",
    "encodings.cp1255",
    "encodings.cp1256",
    "encodings.cp1257",
    "encodings.cp1258",
    "encodings.cp273",
    "encodings.cp424",
    "encodings.cp437",
    "encodings.cp500",
    "encodings.cp720",
    "encodings.cp737",
    "encodings.cp775",
    "encodings.cp850",
    "encodings.cp852",
    "encodings.cp855",
    "encodings.cp856",
    "encodings.cp857",
    "encodings.cp858",
    "encodings.cp860",
    "encodings.cp861",
    "encodings.cp862",
    "encodings.cp863",
    "encodings.cp864",
    "encodings.cp865",
    "encodings.cp866",
    "encodings.cp869",
    "encodings.cp874",
    "encodings.cp875",
    "encodings.hex_codec",
    "encodings.hp_roman8",
    "encodings.idna",
    "encodings.iso8859_10",
    "encodings.iso8859_11",
    "encodings.iso8859_13",
    "encodings.iso8859_14",
    "encodings.iso8859_15",
    "encodings.iso8859_16",
    "encodings.iso8859_2",
    "encodings.iso8859_3",
    "encodings.iso8859_4",
    "encodings.iso8859_5",
    "encodings.iso8859_6",
    "encodings.iso8859_7",
    "encodings.iso8859_8",
    "encodings.iso8859_9",
    "encodings.koi8_r",
    "encodings.koi8_t",
    "encodings.koi8_u",
    "encodings.kz1048",
    "encodings.mac_arabic",
    "encodings.mac_croatian",
    "encodings.mac_cyrillic",
    "encodings.mac_farsi",
    "encodings.mac_greek",
    "encodings.mac_iceland",
    "encodings.mac_latin2",
    "encodings.mac_roman",
    "encodings.mac_romanian",
    "encodings.mac_turkish",
    "encodings.palmos",
    "encodings.ptcp154",
    "encodings.punycode",
    "encodings.quopri_codec",
    "encodings.rot_13",
    "encodings.tis_620",
    "encodings.undefined",
    "encodings.uu_codec",
    "encodings.zlib_codec",
    "enum",
    "filecmp",
    "fileinput",
    "fnmatch",
    "fractions",
    "ftplib",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "gzip",
    "hmac",
    "html/",
    "http/",
    "imaplib",
    "importlib.metadata/",
    "importlib.resources/",
    "inspect",
    "ipaddress",
    "json/",
    "keyword",
    "linecache",
    "locale",
    "logging/",
    "mailbox",
    "mimetypes",
    "multiprocessing/",
    "netrc",
    "ntpath",
    "nturl2path",
    "numbers",
    "optparse",
    "os",
    "pathlib/",
    "pdb",
    "pickle",
    "pickletools",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "py_compile",
    "pyclbr",
    "pydoc",
    "pty",
    "queue",
    "quopri",
    "random",
    "re/",
    "reprlib",
    "rlcompleter",
    "runpy",
    "sched",
    "secrets",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3/",
    "sre_compile",
    "sre_constants",
    "sre_parse",
    "stat",
    "statistics",
    "string/",
    "stringprep",
    "struct",
    "subprocess",
    "sysconfig/",
    "tabnanny",
    "tarfile",
    "tempfile",
    "textwrap",
    "threading",
    "this",
    "timeit",
    "token",
    "tokenize",
    "tomllib/",
    "trace",
    "tty",
    "types",
    "typing",
    "unittest/",
    "urllib/",
    "uuid",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "wsgiref/",
    "xml/",
    "xmlrpc/",
    "zipapp",
    "zipfile/",
    "zoneinfo/",
];

/// Folders of our own modules that make a package of the file of the same name.
fn our_modules(root: &Path, table: &mut BTreeMap<String, (PathBuf, bool)>) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let Some(stem) = path.file_stem().and_then(|s| s.to_str()) else {
            continue;
        };
        if path.is_dir() {
            for inner in fs::read_dir(&path)? {
                let inner = inner?.path();
                if let Some(name) = inner.file_stem().and_then(|s| s.to_str())
                    && inner.extension().is_some_and(|e| e == "py")
                    && name != "__init__"
                {
                    table.insert(format!("{stem}.{name}"), (inner.clone(), false));
                }
            }
        } else if path.extension().is_some_and(|e| e == "py") {
            let inner = format!("{stem}.");
            let is_package =
                root.join(stem).is_dir() || LIBRARY.iter().any(|name| name.starts_with(&inner));
            table.insert(stem.to_owned(), (path.clone(), is_package));
        }
    }
    Ok(())
}

fn library_modules(root: &Path, table: &mut BTreeMap<String, (PathBuf, bool)>) -> io::Result<()> {
    for &name in LIBRARY {
        let Some(package) = name.strip_suffix('/') else {
            let file = root.join(format!("{}.py", name.replace('.', "/")));
            if file.is_file() {
                table.entry(name.to_owned()).or_insert((file, false));
            }
            continue;
        };
        package_modules(root, package, table)?;
    }
    Ok(())
}

/// A package's modules and those of the packages in it.
fn package_modules(
    root: &Path,
    package: &str,
    table: &mut BTreeMap<String, (PathBuf, bool)>,
) -> io::Result<()> {
    let folder = root.join(package.replace('.', "/"));
    if !folder.is_dir() {
        return Ok(());
    }
    for inner in fs::read_dir(&folder)? {
        let inner = inner?.path();
        let Some(stem) = inner.file_stem().and_then(|s| s.to_str()) else {
            continue;
        };
        if inner.join("__init__.py").is_file() {
            package_modules(root, &format!("{package}.{stem}"), table)?;
        }
        if inner.extension().is_none_or(|e| e != "py") {
            continue;
        }
        let (full, is_package) = match stem {
            "__init__" => (package.to_owned(), true),
            _ => (format!("{package}.{stem}"), false),
        };
        table.entry(full).or_insert((inner.clone(), is_package));
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let own = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("lib");
    let library = Path::new(rustpython_pylib::LIB_PATH);
    println!("cargo::rerun-if-changed={}", own.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut table = BTreeMap::new();
    our_modules(&own, &mut table)?;
    library_modules(library, &mut table)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    // The compiler recurses over the tree.
    let builder = std::thread::Builder::new().stack_size(COMPILER_STACK_BYTES);
    builder
        .spawn(move || write_modules(&table, &out))?
        .join()
        .map_err(|_| io::Error::other("compiling the library panicked"))?
}

const COMPILER_STACK_BYTES: usize = 256 << 20;

/// Compiles all modules, and writes the table of them: where the names, sources and code lie in three
/// files. A start looks at all names, at the code of some modules and at hardly any source; lying
/// side by side, they would bring each other into memory.
fn write_modules(table: &BTreeMap<String, (PathBuf, bool)>, out: &Path) -> io::Result<()> {
    let mut text = String::from("&[\n");
    let (mut names, mut sources, mut codes) = (String::new(), String::new(), Vec::new());
    for (name, (path, is_package)) in table {
        let source = fs::read_to_string(path)?;
        let options = compile::Options {
            hidden: ["_consume", "_monitoring"].contains(&name.as_str()),
            ..compile::Options::module()
        };
        let filename = format!("<frozen {name}>");
        let code = compile::compile(&source, &filename, compile::Mode::Exec, options)
            .map_err(|error| io::Error::other(format!("{name}: {error:?}")))?
            .to_bytes();
        text.push_str(&format!(
            "    (text(NAMES, {}, {}), Frozen {{ source: text(SOURCES, {}, {}), code: code({}, {}), \
             is_package: {is_package} }}),\n",
            names.len(),
            name.len(),
            sources.len(),
            source.len(),
            codes.len(),
            code.len(),
        ));
        names.push_str(name);
        sources.push_str(&source);
        codes.extend(code);
    }
    text.push(']');
    fs::write(out.join("library.names"), names)?;
    fs::write(out.join("library.sources"), sources)?;
    fs::write(out.join("library.code"), codes)?;
    fs::write(out.join("library.rs"), text)
}
