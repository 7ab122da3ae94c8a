// Sorts tables, switches the theme, and checks the page. Everything else works without it.
"use strict";
(function () {
  var root = document.documentElement;
  var errors = [];

  // Errors stand in the page itself, so that a browser without a window can be asked for them.
  function note(message) {
    errors.push(String(message));
    root.dataset.errors = errors.join(" | ");
  }
  root.dataset.errors = "";
  window.addEventListener("error", function (event) {
    note(event.message || "could not load " + (event.target && (event.target.href || event.target.src)));
  }, true);
  window.addEventListener("unhandledrejection", function (event) { note(event.reason); });

  // A page opened from a file may have no storage: the choice then lasts as long as the page.
  var themes = ["auto", "light", "dark"];
  function stored() {
    try { return localStorage.getItem("krait-theme"); } catch (refused) { return null; }
  }
  function applyTheme(theme, button) {
    if (theme === "auto") { delete root.dataset.theme; } else { root.dataset.theme = theme; }
    if (button) { button.querySelector("span").textContent = "Theme: " + theme; }
  }
  // An address may ask for a theme, for pictures and tests; it is not remembered.
  var asked = new URLSearchParams(location.search).get("theme");
  var theme = themes.indexOf(asked) > 0 ? asked : themes.indexOf(stored()) > 0 ? stored() : "auto";
  applyTheme(theme, null);

  function setUpTheme(button) {
    button.hidden = false;
    applyTheme(theme, button);
    button.addEventListener("click", function () {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      try { localStorage.setItem("krait-theme", theme); } catch (refused) { /* see above */ }
      applyTheme(theme, button);
    });
  }

  function keyOf(row, index) {
    var cell = row.cells[index];
    var number = cell.dataset.sort === undefined ? NaN : Number(cell.dataset.sort);
    return { number: number, text: cell.textContent.trim() };
  }
  // Numbers before text; what has no value comes last in either direction.
  function compare(a, b, sign) {
    var left = isNaN(a.number), right = isNaN(b.number);
    if (!left && !right) { return sign * (a.number - b.number); }
    if (left !== right) { return left ? 1 : -1; }
    var leftEmpty = a.text === "–", rightEmpty = b.text === "–";
    if (leftEmpty !== rightEmpty) { return leftEmpty ? 1 : -1; }
    return sign * a.text.localeCompare(b.text, undefined, { numeric: true });
  }
  function setUpTable(table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (head, index) {
      head.querySelector("button").addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        var rows = Array.prototype.slice.call(body.rows).map(function (row) {
          return { row: row, key: keyOf(row, index) };
        });
        rows.sort(function (a, b) { return compare(a.key, b.key, down ? -1 : 1); });
        rows.forEach(function (entry) { body.appendChild(entry.row); });
      });
    });
  }

  function setUpCopy(button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.dataset.copies).textContent;
      navigator.clipboard.writeText(text).then(function () { button.textContent = "Copied"; }, function () { button.textContent = "Copying was refused"; });
    });
  }

  // What was really drawn: shapes with a size, counted for whoever looks after the page.
  function drawn(selector) {
    return Array.prototype.filter.call(document.querySelectorAll(selector), function (shape) {
      var box = shape.getBoundingClientRect();
      return box.width + box.height > 0;
    }).length;
  }
  function check() {
    root.dataset.bars = drawn(".bar rect, .row .fill, .row.failed .track, .stack .part");
    root.dataset.lines = drawn(".curve > path:first-of-type");
    root.dataset.rows = document.querySelectorAll("table.sortable tbody tr").length;
    root.dataset.styled = getComputedStyle(document.body).getPropertyValue("--paper").trim() !== "";
    // How far the page itself, not a chart inside it, sticks out to the side.
    root.dataset.overflow = Math.max(0, root.scrollWidth - root.clientWidth);
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("button.theme"), setUpTheme);
    Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), setUpTable);
    Array.prototype.forEach.call(document.querySelectorAll("button.copy"), setUpCopy);
  });
  window.addEventListener("load", function () {
    try { check(); } catch (problem) { note(problem); }
    root.dataset.checked = "yes";
  });
})();
