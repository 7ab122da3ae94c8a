// Draws the comparison of any columns with any from the data in the page. The choice is kept in
// the address, so that it can be sent to others and goes back with the browser's history.
"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var el = function (id) { return document.getElementById(id); };
  var all = data.columns.map(function (column) { return column.id; });

  // ---- the choice, to and from the address

  function usual() {
    var base = data.baseline || "";
    return { columns: all.slice(), sections: data.sections.map(function (s) { return s.id; }), metric: data.metric, base: base, order: "name" };
  }
  function read() {
    var choice = usual();
    var words = new URLSearchParams(location.hash.slice(1));
    var known = function (list, from) { return list.split(",").filter(function (one) { return from.indexOf(one) >= 0; }); };
    if (words.has("c")) { choice.columns = known(words.get("c"), all); }
    if (words.has("s")) { choice.sections = known(words.get("s"), choice.sections); }
    if (data.metrics.some(function (m) { return m.id === words.get("m"); })) { choice.metric = words.get("m"); }
    if (words.has("n")) { choice.base = known(words.get("n"), all)[0] || ""; }
    if (["name", "worst", "best"].indexOf(words.get("o")) >= 0) { choice.order = words.get("o"); }
    return choice;
  }
  function address(choice) {
    var words = new URLSearchParams();
    words.set("c", choice.columns.join(","));
    words.set("s", choice.sections.join(","));
    words.set("m", choice.metric);
    words.set("n", choice.base);
    words.set("o", choice.order);
    return "#" + words.toString();
  }

  // ---- figures

  // A suite that one of both was never to run is no hole in a comparison, and is left out of it.
  var ABSENT = "not in this suite";

  function text(value) {
    if (value === 0) { return "0"; }
    var digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
    return value.toFixed(Math.min(9, digits));
  }
  function amount(value, unit) {
    if (unit === "bytes") { return text(value / 1048576) + " MiB"; }
    if (unit === "instr.") {
      var sizes = [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"], [1, ""]];
      var size = sizes.find(function (s) { return value >= s[0]; }) || sizes[4];
      return text(value / size[0]) + size[1] + " instr.";
    }
    var steps = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];
    var step = steps.find(function (s) { return value >= s[0]; }) || steps[3];
    return text(value / step[0]) + " " + step[1];
  }
  // A value to draw, or why there is none.
  function figure(benchmark, metric, column, base) {
    var own = benchmark.values[metric][column];
    if (typeof own === "string") { return { cause: own }; }
    if (base < 0) { return { value: own[0], low: own[1], high: own[2] }; }
    var other = benchmark.values[metric][base];
    if (other === ABSENT) { return { cause: ABSENT }; }
    if (data.columns[column].peers !== data.columns[base].peers) { return { cause: "not comparable" }; }
    if (typeof other === "string") { return { cause: "no base: " + other }; }
    return { value: own[0] / other[0] };
  }
  function geometric(values) {
    if (!values.length) { return null; }
    return Math.exp(values.reduce(function (sum, v) { return sum + Math.log(v); }, 0) / values.length);
  }

  // ---- drawing

  function make(tag, name, content) {
    var node = document.createElement(tag);
    if (name) { node.className = name; }
    if (content !== undefined) { node.textContent = content; }
    return node;
  }
  function row(column, found, most, unit, isRatio) {
    var line = make("div", "row " + column.colour + (found.cause ? " failed" : ""));
    var track = make("span", "track");
    line.append(make("span", "who", column.name), track);
    if (found.cause) {
      line.append(make("span", "value", found.cause));
    } else {
      var fill = make("span", found.value > most ? "fill over" : "fill");
      fill.style.width = Math.min(100, 100 * found.value / most) + "%";
      track.append(fill);
      line.append(make("span", "value", isRatio ? text(found.value) + "×" : amount(found.value, unit)));
      if (found.low) { line.title = "[" + amount(found.low, unit) + ", " + amount(found.high, unit) + "]"; }
    }
    if (isRatio) {
      var at = make("span", "at");
      at.style.left = Math.min(100, 100 / most) + "%";
      track.append(at);
    }
    return line;
  }
  function worst(entry) {
    return Math.max.apply(null, entry.found.map(function (f) { return f.cause ? -Infinity : f.value; }));
  }
  // What has no value comes last in either direction.
  function ordered(entries, order) {
    var sign = order === "worst" ? -1 : 1;
    return entries.map(function (entry) { return { entry: entry, worst: worst(entry) }; }).sort(function (a, b) {
      var left = a.worst === -Infinity, right = b.worst === -Infinity;
      return left || right ? left - right : sign * (a.worst - b.worst);
    }).map(function (one) { return one.entry; });
  }
  function draw(choice) {
    var metric = data.metrics.findIndex(function (m) { return m.id === choice.metric; });
    var unit = data.metrics[metric].unit;
    var base = all.indexOf(choice.base);
    var columns = choice.columns.map(function (id) { return all.indexOf(id); })
      .filter(function (column) { return column !== base; });
    var entries = [];
    data.sections.filter(function (s) { return choice.sections.indexOf(s.id) >= 0; }).forEach(function (section) {
      section.benchmarks.forEach(function (benchmark) {
        entries.push({ benchmark: benchmark, found: columns.map(function (c) { return figure(benchmark, metric, c, base); }) });
      });
    });
    entries = entries.filter(function (e) { return e.found.some(function (f) { return f.cause !== ABSENT; }); });
    if (choice.order !== "name") { entries = ordered(entries, choice.order); }
    var drawn = [];
    entries.forEach(function (entry) { entry.found.forEach(function (f) { if (!f.cause) { drawn.push(f.value); } }); });
    var most = Math.max.apply(null, drawn.concat([1e-12]));
    // One slow program must not flatten all others.
    if (base >= 0) { most = Math.min(Math.max(most, 1.2), 3); }
    el("drawing").replaceChildren.apply(el("drawing"), entries.map(function (entry) {
      var group = make("div", "row-group");
      var name = make("a", "", entry.benchmark.name);
      name.href = entry.benchmark.href;
      group.append(name);
      entry.found.forEach(function (f, i) {
        if (f.cause === ABSENT) { return; }
        group.append(row(data.columns[columns[i]], f, base < 0 ? worst(entry) : most, unit, base >= 0));
      });
      return group;
    }));
    means(choice, columns, base, entries, metric);
  }
  function means(choice, columns, base, entries, metric) {
    var cards = [];
    columns.forEach(function (column, i) {
      if (base < 0) { return; }
      var own = entries.map(function (e) { return e.found[i]; }).filter(function (f) { return f.cause !== ABSENT; });
      if (!own.length) { return; }
      var values = own.filter(function (f) { return !f.cause; })
        .map(function (f) { return f.value; });
      var mean = geometric(values);
      var card = make("article", "card " + data.columns[column].colour);
      card.append(make("h2", "", data.columns[column].name));
      card.append(make("p", "figure", mean === null ? "–" : text(mean) + "×"));
      card.append(make("p", "over", "geometric mean over " + values.length + " of " + own.length));
      cards.push(card);
    });
    el("means").replaceChildren.apply(el("means"), cards);
    var what = data.metrics[metric].name;
    el("summary").textContent = base < 0
      ? "Absolute " + what + "; bars are drawn to each benchmark's own scale. Smaller is better."
      : "The " + what + " relative to " + data.columns[base].name + " = 1, marked by the line. Smaller is better.";
  }

  // ---- choosing

  function picks(box, name, list, chosen) {
    box.replaceChildren.apply(box, list.map(function (one) {
      var label = make("label", one.colour || "");
      var input = make("input");
      input.type = "checkbox";
      input.name = name;
      input.value = one.id;
      input.checked = chosen.indexOf(one.id) >= 0;
      label.append(input);
      if (one.colour) { label.append(make("span", "swatch")); }
      label.append(one.title || one.name);
      return label;
    }));
  }
  function options(select, list, chosen) {
    select.replaceChildren.apply(select, list.map(function (one) {
      var option = make("option", "", one.name);
      option.value = one.id;
      option.selected = one.id === chosen;
      return option;
    }));
  }
  function ticked(name) {
    return Array.from(document.querySelectorAll("input[name='" + name + "']:checked")).map(function (i) { return i.value; });
  }
  function show() {
    var choice = read();
    picks(el("pick-columns"), "column", data.columns, choice.columns);
    picks(el("pick-sections"), "section", data.sections, choice.sections);
    options(el("pick-metric"), data.metrics, choice.metric);
    options(el("pick-base"), [{ id: "", name: "nothing: absolute" }].concat(data.columns), choice.base);
    el("pick-order").value = choice.order;
    draw(choice);
  }
  el("chooser").addEventListener("change", function () {
    var choice = {
      columns: ticked("column"), sections: ticked("section"), metric: el("pick-metric").value,
      base: el("pick-base").value, order: el("pick-order").value
    };
    history.replaceState(null, "", address(choice));
    draw(choice);
  });
  el("permalink").addEventListener("click", function () {
    var whole = location.href.split("#")[0] + address(read());
    var done = function () { el("permalink").textContent = "Copied"; };
    if (navigator.clipboard) { navigator.clipboard.writeText(whole).then(done, function () { prompt("The address", whole); }); }
    else { prompt("The address", whole); }
  });
  window.addEventListener("hashchange", show);
  show();
})();
