//! The site in a real browser: are the charts drawn, do the controls work, is the console quiet?
//!
//! What a browser makes of a page cannot be read off its source: a style sheet may hide a chart,
//! a path may be invalid, a script may stop at its first line. The page's own script counts what
//! has a size and collects errors into attributes of the root element; the tests open the page
//! headless, dump the document and read them.
//!
//! The browser is `KRAIT_CHROMIUM`, or `chromium` on the path. With `KRAIT_REQUIRE_CHROMIUM=1` a
//! missing browser fails the tests; otherwise they say on standard error that they saw nothing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::fixture;
use crate::view::View;

const WIDE: &str = "1280,1600";
const PHONE: &str = "500,900";

fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("KRAIT_CHROMIUM").map(PathBuf::from);
    let on_path = || {
        let folders = std::env::var_os("PATH")?;
        let all = std::env::split_paths(&folders).map(|folder| folder.join("chromium"));
        all.into_iter().find(|candidate| candidate.is_file())
    };
    let found = named.or_else(on_path);
    if found.is_none() {
        let required = std::env::var("KRAIT_REQUIRE_CHROMIUM").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "no chromium: install it, or name it with KRAIT_CHROMIUM"
        );
        // Straight to the stream: what is printed by macros would be captured and lost.
        let _ = writeln!(
            std::io::stderr(),
            "NOT CHECKED in a browser: no chromium on the path, KRAIT_CHROMIUM not set"
        );
    }
    found
}

/// A rendered site on disk, and the browser to look at it with.
struct Opened {
    browser: PathBuf,
    folder: tempfile::TempDir,
}

/// What the browser made of one page.
struct Page {
    dom: String,
}

impl Opened {
    fn new(view: &View) -> Option<Opened> {
        let browser = browser()?;
        let folder = tempfile::tempdir().expect("a folder for the site");
        for (path, bytes) in crate::render_site(view) {
            write(&folder.path().join(path), &bytes);
        }
        Some(Opened { browser, folder })
    }

    /// Opens a page, insists that nothing was reported, and returns the document.
    fn page(&self, path: &str, size: &str) -> Page {
        self.open(path, size, &[])
    }

    fn open(&self, path: &str, size: &str, more: &[&str]) -> Page {
        let profile = self.folder.path().join("profile");
        let mut command = Command::new(&self.browser);
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--virtual-time-budget=60000",
            ])
            .args(["--enable-logging=stderr", "--v=0"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--window-size={size}"))
            .args(more)
            .arg(format!(
                "file://{}",
                self.folder.path().join(path).display()
            ));
        let output = run(&mut command, Duration::from_secs(90));
        let dom = String::from_utf8_lossy(&output.stdout).into_owned();
        let log = String::from_utf8_lossy(&output.stderr);
        let console: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(console.is_empty(), "{path}: the console says {console:#?}");
        let page = Page { dom };
        assert_eq!(
            page.attribute("checked"),
            "yes",
            "{path} did not finish loading:\n{log}"
        );
        assert_eq!(page.attribute("errors"), "", "{path}");
        assert_eq!(page.attribute("styled"), "true", "{path}: no style sheet");
        assert_eq!(
            page.number("overflow"),
            0,
            "{path} at {size}: wider than the screen"
        );
        page
    }
}

impl Page {
    /// A data attribute of the root element.
    fn attribute(&self, name: &str) -> &str {
        let root = self
            .dom
            .find("<html")
            .map_or("", |start| &self.dom[start..]);
        let root = root.split_once('>').map_or("", |(root, _)| root);
        let marker = format!("data-{name}=\"");
        let value = root
            .split_once(marker.as_str())
            .and_then(|(_, rest)| rest.split_once('"'));
        value.map_or("(absent)", |(value, _)| value)
    }

    fn number(&self, name: &str) -> usize {
        let value = self.attribute(name);
        value
            .parse()
            .unwrap_or_else(|_| panic!("data-{name} is {value}"))
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("create the folder");
    std::fs::write(path, bytes).expect("write the page");
}

/// Runs a command to its end, or kills it; its output goes through files, so that a full pipe
/// cannot stop it.
fn run(command: &mut Command, limit: Duration) -> Output {
    let (out, err) = (
        tempfile::NamedTempFile::new(),
        tempfile::NamedTempFile::new(),
    );
    let (out, err) = (out.expect("a file"), err.expect("a file"));
    command.stdin(Stdio::null());
    command.stdout(out.reopen().expect("its handle"));
    command.stderr(err.reopen().expect("its handle"));
    let mut child = command.spawn().expect("start the browser");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("wait for the browser") {
            break status;
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(err.path()).unwrap_or_default();
            panic!("the browser took more than {limit:?}:\n{log}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let stdout = std::fs::read(out.path()).expect("read the document");
    let stderr = std::fs::read(err.path()).expect("read the log");
    Output {
        status,
        stdout,
        stderr,
    }
}

fn benchmarks(view: &View) -> usize {
    view.sections.iter().map(|s| s.benchmarks.len()).sum()
}

#[test]
fn all_charts_are_drawn_wide_and_narrow() {
    let view = fixture::full();
    let Some(site) = Opened::new(&view) else {
        return;
    };
    let benchmarks = benchmarks(&view);
    let cells = view
        .sections
        .iter()
        .flat_map(|s| &s.benchmarks)
        .flat_map(|b| &b.cells);
    let lines = cells
        .flat_map(|c| &c.invocations)
        .filter(|i| i.iterations_s.len() > 1)
        .count();
    for size in [WIDE, PHONE] {
        // Two columns against the baseline; two releases of two columns.
        let home = site.page("index.html", size);
        assert_eq!(home.number("bars"), benchmarks * 2 + 4, "{size}");
        assert_eq!(home.number("lines"), 2, "{size}: speed over runs");
        assert_eq!(
            site.page("memory.html", size).number("bars"),
            benchmarks * 3
        );
        assert_eq!(
            site.page("warmup.html", size).number("lines"),
            lines,
            "{size}"
        );
        let figures = site.page("figures.html", size);
        assert_eq!(figures.number("rows"), benchmarks * 3, "{size}");
        // Two columns against the baseline, drawn by the script.
        let comparison = site.page("comparison.html", size);
        assert_eq!(comparison.number("bars"), benchmarks * 2, "{size}");
    }
}

/// Opens the site in a frame of a given width, clicks its way from page to page, and writes down
/// what each page says of itself. Started with access between files, which the site needs not.
const CLICK_THROUGH: &str = r##"<!doctype html><title>clicks</title><iframe id="frame" style="border:0;width:WIDTHpx;height:900px"></iframe><script>
var root = document.documentElement, frame = document.getElementById("frame");
var seen = {}, todo = [], wrong = [], visited = 0;
function name(href) { return href.split("?")[0].split("#")[0]; }
// Charts have links of their own kind, whose address is no text.
function address(link) { return name(new URL(link.getAttribute("href"), link.baseURI).href); }
function say() {
  root.dataset.visited = visited;
  root.dataset.wrong = wrong.join(" | ");
  root.dataset.checked = "yes"; root.dataset.errors = ""; root.dataset.styled = "true"; root.dataset.overflow = 0;
}
frame.addEventListener("load", function () {
  var inside = frame.contentDocument, own = inside.documentElement, here = name(frame.contentWindow.location.href);
  if (own.dataset.checked !== "yes") { wrong.push(here + " did not finish"); }
  if (own.dataset.errors) { wrong.push(here + ": " + own.dataset.errors); }
  if (own.dataset.overflow !== "0") { wrong.push(here + " is " + own.dataset.overflow + " px too wide"); }
  if ((own.dataset.theme || "auto") !== "THEME") { wrong.push(here + " has the theme " + own.dataset.theme); }
  visited += 1;
  inside.querySelectorAll("a[href]").forEach(function (link) {
    var to = address(link);
    if (/\.html$/.test(to) && !seen[to]) { seen[to] = true; todo.push(to); }
  });
  inside.querySelectorAll("button:not([hidden]):not(#permalink), summary, .switch input, .picks input").forEach(function (control) { control.click(); });
  var next = todo.shift();
  if (!next) { say(); return; }
  // A link that is on the page is clicked; one that was met earlier is gone to.
  var link = Array.from(inside.querySelectorAll("a[href]")).find(function (one) { return one.click && address(one) === next; });
  if (link) { link.href = next + "?theme=THEME"; link.click(); } else { frame.contentWindow.location.href = next + "?theme=THEME"; }
});
window.addEventListener("load", function () {
  seen[name(new URL("index.html", location.href).href)] = true;
  frame.src = "index.html?theme=THEME";
});
</script>"##;

#[test]
fn every_page_is_clicked_through_wide_and_narrow_light_and_dark() {
    let view = fixture::full();
    let Some(site) = Opened::new(&view) else {
        return;
    };
    // The pages of the navigation, and two of each benchmark.
    let pages = crate::pages::PLACES.len() + 2 * benchmarks(&view);
    for (width, theme) in [
        ("1280", "light"),
        ("1280", "dark"),
        ("390", "light"),
        ("390", "dark"),
    ] {
        let clicks = CLICK_THROUGH
            .replace("WIDTH", width)
            .replace("THEME", theme);
        write(&site.folder.path().join("clicks.html"), clicks.as_bytes());
        let found = site.open("clicks.html", WIDE, &["--allow-file-access-from-files"]);
        assert_eq!(found.attribute("wrong"), "", "{width} {theme}");
        assert_eq!(found.number("visited"), pages, "{width} {theme}");
    }
}

#[test]
fn a_comparison_is_as_its_address_says() {
    let Some(site) = Opened::new(&fixture::full()) else {
        return;
    };
    let address = "comparison.html#c=krait,pypy39&s=warm-up&m=memory&n=pypy39&o=worst";
    let page = site.page(address, WIDE);
    // Three benchmarks, one column against the other.
    assert_eq!(page.number("bars"), 3);
    assert!(
        page.dom
            .contains("The peak memory relative to PyPy 3.9 = 1")
    );
    assert!(page.dom.contains("geometric mean over 3 of 3"));
    let absolute = site.page("comparison.html#c=krait&m=steady&n=&s=warm-up", PHONE);
    assert_eq!(absolute.number("bars"), 3);
    let hostile = site.page("comparison.html#c=%3Cb%3E,nobody&m=x&n=y&o=z", PHONE);
    assert_eq!(
        hostile.number("bars"),
        0,
        "nothing is chosen, nothing breaks"
    );
}

#[test]
fn a_long_history_stays_a_page_that_opens() {
    let view = fixture::with_past(fixture::full(), 730);
    let Some(site) = Opened::new(&view) else {
        return;
    };
    let page = site.folder.path().join("timeline.html");
    let bytes = std::fs::metadata(page).expect("the page").len();
    assert!(bytes < 1_500_000, "{bytes} bytes");
    let grid = site.page("timeline.html", PHONE);
    assert!(grid.number("lines") >= benchmarks(&view) * 2);
    let one = site.page("timeline/richards.html", WIDE);
    assert_eq!(one.number("lines"), 3);
    assert_eq!(one.number("rows"), 731 + 1);
    assert!(one.dom.contains("stands for 5 runs"));
}

#[test]
fn a_benchmark_page_draws_every_invocation() {
    let Some(site) = Opened::new(&fixture::full()) else {
        return;
    };
    for size in [WIDE, PHONE] {
        let page = site.page("benchmark/go.html", size);
        // Nine processes, of which each has at least two iterations.
        assert_eq!(page.number("lines"), 9, "{size}");
        // Three rows of figures, three of JIT counters, nine processes.
        assert_eq!(page.number("rows"), 3 + 3 + 9, "{size}");
    }
}

#[test]
fn odd_views_open_without_errors() {
    // Each start of the browser takes a second; the other views have the same shapes.
    let distinct = [
        "nothing",
        "one executor",
        "one iteration",
        "400 iterations",
        "unusable samples",
    ];
    for (name, view) in fixture::odd()
        .into_iter()
        .filter(|(name, _)| distinct.contains(name))
    {
        let Some(site) = Opened::new(&view) else {
            return;
        };
        let page = site.page("index.html", PHONE);
        let expected = match name {
            "one executor" => Some((1, 2)),
            // The third column was not run, which is a bar too.
            "400 iterations" => Some((2, 3)),
            "nothing" => Some((0, 0)),
            _ => None,
        };
        let curves = site.page("warmup.html", PHONE);
        if let Some((bars, lines)) = expected {
            assert_eq!(
                (page.number("bars"), curves.number("lines")),
                (bars, lines),
                "{name}"
            );
        }
    }
}

/// Does what a reader does, and writes what came of it into the document.
const USE_THE_PAGE: &str = r##"<script>
window.addEventListener("load", function () {
  var root = document.documentElement;
  if (!document.querySelector("#figures table")) {
    document.querySelector(".switch input[value='2']").click();
    var drawn = document.querySelectorAll(".switchable")[0].querySelectorAll(".choice");
    root.dataset.choices = Array.from(drawn).map(function (c) { return getComputedStyle(c).display; }).join(" ");
    return;
  }
  var table = document.querySelector("#figures table");
  var heads = Array.from(table.tHead.rows[0].cells);
  var steady = heads.findIndex(function (head) { return head.textContent.trim() === "Steady"; });
  function order() {
    var keys = Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[steady].dataset.sort; });
    var known = keys.filter(function (key) { return key !== undefined; }).map(Number);
    var last = keys.slice(known.length).every(function (key) { return key === undefined; });
    var up = known.every(function (key, i) { return i === 0 || known[i - 1] <= key; });
    var down = known.every(function (key, i) { return i === 0 || known[i - 1] >= key; });
    return (up ? "up" : down ? "down" : "mixed") + (last ? "" : ", blanks inside");
  }
  root.dataset.before = order();
  heads[steady].querySelector("button").click();
  root.dataset.once = order() + " " + heads[steady].getAttribute("aria-sort");
  heads[steady].querySelector("button").click();
  root.dataset.twice = order() + " " + heads[steady].getAttribute("aria-sort");
  var button = document.querySelector("button.theme");
  var seen = [];
  ["", "light", "dark"].forEach(function (theme, i) {
    if (i > 0) { button.click(); }
    seen.push((root.dataset.theme || "auto") + " " + getComputedStyle(document.body).backgroundColor);
  });
  root.dataset.themes = seen.join(" / ");
  var reachable = document.querySelectorAll(".scroll:not([tabindex='0']), th button[tabindex='-1']").length;
  root.dataset.unreachable = reachable;
});
</script>"##;

#[test]
fn sorting_themes_and_axes_work() {
    let Some(site) = Opened::new(&fixture::full()) else {
        return;
    };
    for name in ["index.html", "figures.html"] {
        let path = site.folder.path().join(name);
        let source = std::fs::read_to_string(&path).expect("the page");
        let used = source.replace("</body>", &format!("{USE_THE_PAGE}</body>"));
        write(&path, used.as_bytes());
    }
    let home = site.page("index.html", WIDE);
    assert_eq!(home.attribute("choices"), "none block");
    let page = site.page("figures.html", WIDE);
    assert_eq!(page.attribute("before"), "mixed, blanks inside");
    assert_eq!(page.attribute("once"), "up ascending");
    assert_eq!(page.attribute("twice"), "down descending");
    let themes = page.attribute("themes");
    assert!(themes.contains("light rgb(251, 250, 247)"), "{themes}");
    assert!(themes.contains("dark rgb(18, 22, 27)"), "{themes}");
    assert_eq!(page.number("unreachable"), 0);
}

/// Writes down which text sticks out of its picture, and which lies over other text of it.
const READ_THE_TEXT: &str = r##"<script>
window.addEventListener("load", function () {
  var wrong = [], seen = 0;
  // The corners of a text as it lies on the screen. A line is taller than its letters.
  function corners(text) {
    var box = text.getBBox(), to = text.getScreenCTM(), cut = box.height * 0.17;
    return [[box.x, box.y + cut], [box.x + box.width, box.y + cut], [box.x + box.width, box.y + box.height - cut], [box.x, box.y + box.height - cut]]
      .map(function (p) { return [to.a * p[0] + to.c * p[1] + to.e, to.b * p[0] + to.d * p[1] + to.f]; });
  }
  // Two boxes are apart if they are so along an edge of either.
  function apart(a, b) {
    return [a, b].some(function (box) {
      return [0, 1].some(function (i) {
        var along = [box[i + 1][0] - box[i][0], box[i + 1][1] - box[i][1]];
        var on = function (p) { return p[0] * along[0] + p[1] * along[1]; };
        var left = a.map(on), right = b.map(on);
        return Math.max.apply(null, left) <= Math.min.apply(null, right) || Math.max.apply(null, right) <= Math.min.apply(null, left);
      });
    });
  }
  function look() {
    document.querySelectorAll("svg.chart").forEach(function (picture) {
      var frame = picture.getBoundingClientRect();
      if (!frame.width) { return; }
      var texts = Array.from(picture.querySelectorAll("text")).filter(function (text) { return text.textContent.trim(); });
      var boxes = texts.map(corners);
      seen += texts.length;
      texts.forEach(function (text, i) {
        var out = boxes[i].some(function (p) { return p[0] < frame.left - 1 || p[0] > frame.right + 1 || p[1] < frame.top - 1 || p[1] > frame.bottom + 1; });
        if (out) { wrong.push(picture.id + ": out of it: " + text.textContent); }
        for (var k = 0; k < i; k++) {
          if (!apart(boxes[i], boxes[k])) { wrong.push(picture.id + ": " + texts[k].textContent + " under " + text.textContent); }
        }
      });
    });
  }
  look();
  document.querySelectorAll(".switch input:not([value='1'])").forEach(function (other) { other.click(); look(); });
  document.documentElement.dataset.seen = seen;
  document.documentElement.dataset.wrong = wrong.length + ": " + wrong.slice(0, 6).join(" | ");
});
</script>"##;

#[test]
fn text_of_charts_is_whole_and_apart() {
    let views = [
        ("many", fixture::many()),
        ("full", fixture::with_past(fixture::full(), 12)),
    ];
    for (name, view) in views {
        let Some(site) = Opened::new(&view) else {
            return;
        };
        let first = &view.sections[0].benchmarks[0].name;
        for page in [
            "index.html".to_owned(),
            "memory.html".to_owned(),
            format!("benchmark/{first}.html"),
            format!("timeline/{first}.html"),
        ] {
            let path = site.folder.path().join(&page);
            let source = std::fs::read_to_string(&path).expect("the page");
            let read = source.replace("</body>", &format!("{READ_THE_TEXT}</body>"));
            write(&path, read.as_bytes());
            for size in [WIDE, PHONE] {
                let found = site.page(&page, size);
                assert_eq!(found.attribute("wrong"), "0: ", "{name}, {page} at {size}");
                // Of memory a narrow screen has rows in place of a picture.
                let rows = size == PHONE && page == "memory.html";
                assert!(rows || found.number("seen") > 3, "{name}, {page} at {size}");
            }
        }
    }
}

#[test]
fn what_failed_comes_last_in_either_order() {
    let Some(site) = Opened::new(&fixture::many()) else {
        return;
    };
    for (order, first, last) in [("worst", "async_tree_cpu", "_95"), ("best", "_99", "_95")] {
        let address = format!("comparison.html#c=krait&n=cpython311&o={order}");
        let page = site.page(&address, WIDE);
        let rows: Vec<&str> = page.dom.split("class=\"row-group\"").skip(1).collect();
        assert_eq!(rows.len(), 100);
        let name = |row: &str| {
            let link = row.split_once("<a ").map_or("", |(_, rest)| rest);
            let text = link.split_once('>').map_or("", |(_, rest)| rest);
            text.split('<').next().unwrap_or_default().to_owned()
        };
        assert!(name(rows[0]).contains(first), "{order}: {}", name(rows[0]));
        assert!(
            name(rows[99]).ends_with(last),
            "{order}: {}",
            name(rows[99])
        );
    }
}
