/* compare.js — two to four reports side by side. compare.html?r=ID&r=ID says which; a report's data
   come as a classic script (file: allows no other way) and are set as text, never as HTML.
   1 data  2 choosing  3 shared wording  4 overview  5 columns */
(function () {
  "use strict";
  var words = window.fangzhiWords || {};
  var form = document.getElementById("choose");
  if (!form) return;
  var MOST = 4, RUN = 6, SHOWN = 40, LONGEST = 8;
  var ID = /^[a-z0-9][a-z0-9.-]*(\/[a-z0-9][a-z0-9.-]*)*$/;
  function by(id) { return document.getElementById(id); }
  function fill(key, values) {
    return String(words["compare_" + key] || "").replace(/\{(\w+)\}/g, function (slot, name) { return name in values ? values[name] : slot; });
  }
  function el(tag, parent, text, attributes) {
    var made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    if (parent) parent.appendChild(made);
    return made;
  }
  function grouped(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }

  // 1 · data
  var reports = new Map(), choices = new Map(), loaded = {};
  // names that all reports share stand once, in _codes.js; a report says their places
  var codes = { parts: [], topics: [], indicators: [] };
  window.fangzhiCodes = function (all) { codes = all; };
  window.fangzhiReport = function (report) { reports.set(report.id, report); };
  var STATES = ["value", "zero", "unparsed"];
  function unfold(report) {
    report.parts = report.parts.map(function (p) { return [p[0], codes.parts[p[0]], p[1]]; });
    report.topics = report.topics.map(function (at) { return [at].concat(codes.topics[at]); });
    report.lines = report.lines.map(function (l) {
      return { text: l[0], anchor: l[1], number: l[2], part: l[3], topics: l[4] || [], heading: l[5] === 1 };
    });
    report.figures = report.figures.map(function (f) {
      return { at: f[0], name: codes.indicators[f[0]][0], href: codes.indicators[f[0]][1],
        state: STATES[f[1]], shown: f[2], unit: f[3], anchor: f[4], badges: f[5] || [] };
    });
    return report;
  }
  window.fangzhiList = function (list) {
    list.forEach(function (c) { choices.set(c[0], { id: c[0], label: c[1], issuer: c[2], kind: c[3], province: c[4] }); });
  };
  function load(src) {
    loaded[src] = loaded[src] || new Promise(function (done) {
      var script = el("script", null, null, { src: src });
      script.onload = script.onerror = done;
      document.head.appendChild(script);
    });
    return loaded[src];
  }

  // 2 · choosing: a form of checkboxes, so that the address is the browser's own work
  var asked = new URLSearchParams(location.search);
  var ids = asked.getAll("r").filter(function (id, at, all) { return ID.test(id) && all.indexOf(id) === at; }).slice(0, MOST);
  var chosen = ids.map(function (id) { return { id: id, label: id, issuer: "", kind: "" }; });
  var remembered = recall();
  var provinces = by("choose-province"), query = by("choose-words");

  function recall() {
    try {
      return JSON.parse(localStorage.getItem("fangzhi-compare:" + location.pathname) || "[]").filter(function (c) {
        return c && typeof c.label === "string" && typeof c.id === "string" && ID.test(c.id);
      }).map(function (c) { return { id: c.id, label: c.label, issuer: String(words.compare_remembered), kind: "" }; }).slice(0, MOST);
    } catch (e) { return []; }                          // no storage, or not ours: nothing is remembered
  }
  function remember() {
    try {
      localStorage.setItem("fangzhi-compare:" + location.pathname,
        JSON.stringify(chosen.map(function (c) { return { id: c.id, label: c.label }; })));
    } catch (e) { /* no storage: the address still says it */ }
  }
  function has(id) { return chosen.some(function (c) { return c.id === id; }); }
  function option(list, choice, checked) {
    var label = el("label", el("li", list));
    var box = el("input", label, null, { type: "checkbox", name: "r", value: choice.id });
    box.checked = checked;
    box.disabled = !checked && chosen.length >= MOST;
    el("b", label, choice.label);
    el("span", label, [choice.issuer, choice.kind].filter(Boolean).join(" · "), { "class": "muted small" });
    box.addEventListener("change", function () {
      if (box.checked) chosen.push(choice); else chosen = chosen.filter(function (c) { return c.id !== choice.id; });
      showChosen();
      showFound();
      var again = Array.prototype.filter.call(form.querySelectorAll("input[name=r]"), function (b) { return b.value === choice.id; })[0];
      (again || query).focus();
    });
  }
  function showChosen() {
    var list = by("chosen");
    list.textContent = "";
    chosen.forEach(function (choice) { option(list, choice, true); });
    list.hidden = !chosen.length;
    by("chosen-none").hidden = chosen.length > 0;
  }
  function showFound() {
    var list = by("found"), told = by("choose-told");
    var wanted = query.value.toLowerCase().split(/\s+/).filter(Boolean), found = [];
    list.textContent = "";
    if (!wanted.length) remembered.forEach(function (c) { if (!has(c.id)) found.push(choices.get(c.id) || c); });
    choices.forEach(function (c) {
      if (provinces.value !== "" && String(c.province) !== provinces.value) return;
      var all = (c.label + " " + c.issuer + " " + c.kind).toLowerCase();
      if (!has(c.id) && found.indexOf(c) < 0 && wanted.every(function (w) { return all.indexOf(w) >= 0; })) found.push(c);
    });
    found.slice(0, SHOWN).forEach(function (choice) { option(list, choice, false); });
    if (chosen.length >= MOST) told.textContent = words.compare_most;
    else if (found.length > SHOWN) told.textContent = fill("found_more", { n: grouped(found.length), shown: SHOWN });
    else told.textContent = found.length ? fill("found", { n: found.length }) : choices.size ? words.compare_none : "";
  }
  function lists() {
    var numbers = provinces.selectedOptions[0].dataset.lists.split(" ").filter(Boolean);
    return Promise.all(numbers.map(function (n) { return load("compare/_list/" + n + ".js"); })).then(showFound);
  }
  provinces.addEventListener("change", lists);
  query.addEventListener("input", function () { showFound(); lists(); });
  query.addEventListener("focus", lists);
  // ⏎ in the filter is for the filter; the button compares
  query.addEventListener("keydown", function (e) { if (e.key === "Enter") { e.preventDefault(); lists(); } });
  form.hidden = false;
  showChosen();
  if (provinces.options[0].dataset.lists.indexOf(" ") < 0) lists(); else showFound();

  // 3 · shared wording: runs of six characters or more, no punctuation, symbols or digits
  var SEGMENT = /[^\p{P}\p{S}\p{N}\p{Z}\p{C}]{6,}/gu;
  function eachGram(line, take) {
    var match;
    SEGMENT.lastIndex = 0;
    while ((match = SEGMENT.exec(line.text))) {
      for (var at = 0; at + RUN <= match[0].length; at += 1) take(match[0].substr(at, RUN), match.index + at);
    }
  }
  function share(all) {
    var seen = new Map();
    all.forEach(function (report, bit) {
      report.lines.forEach(function (line) {
        eachGram(line, function (gram) { seen.set(gram, (seen.get(gram) || 0) | (1 << bit)); });
      });
    });
    all.forEach(function (report, bit) {
      report.sharedCharacters = 0;
      report.lines.forEach(function (line) {
        var mask = new Uint8Array(line.text.length);
        eachGram(line, function (gram, at) { if (seen.get(gram) & ~(1 << bit)) mask.fill(1, at, at + RUN); });
        line.runs = [];
        for (var from = 0; from < mask.length;) {
          var to = from + 1;
          // a pair of surrogates is one character
          while (to < mask.length && (mask[to] === mask[from] || (line.text.charCodeAt(to) & 0xFC00) === 0xDC00)) to += 1;
          line.runs.push([from, to, mask[from] === 1]);
          if (mask[from]) report.sharedCharacters += to - from;
          from = to;
        }
      });
    });
  }

  // ASCII punctuation beside Chinese is set wide, copied as it is
  var HAN = /[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFF60\u201C\u201D\u2018\u2019\u2026\u2014]/;
  function set(text, parent) {
    var last = 0;
    text.replace(/[,()!?]+|[:;]+/g, function (marks, at) {
      if (!HAN.test(text.charAt(at - 1)) && !HAN.test(text.charAt(at + marks.length))) return marks;
      if (at > last) parent.appendChild(document.createTextNode(text.slice(last, at)));
      el("i", parent, marks, /[:;]/.test(marks) ? { "class": "v" } : {});
      last = at + marks.length;
      return marks;
    });
    if (last < text.length) parent.appendChild(document.createTextNode(text.slice(last)));
  }
  function setLine(line, parent) {
    line.runs.forEach(function (run) {
      var piece = line.text.slice(run[0], run[1]).replace(/\t/g, "\u3000");
      if (run[2]) el("span", parent, piece, { "class": "sh" }); else set(piece, parent);
    });
  }
  function place(report, line, parent) {
    parent.appendChild(document.createTextNode(" "));
    el("a", parent, line.number ? "¶" + line.number : "¶", { "class": "pn", lang: document.documentElement.lang, href: report.page + "#" + line.anchor,
      "aria-label": line.number ? fill("paragraph", { label: report.label, n: line.number }) : fill("heading", { label: report.label }) });
  }
  function badges(list, parent) {
    list.forEach(function (badge) {
      el("span", parent, badge[0], { "class": "badge", title: badge[1] });
      parent.appendChild(document.createTextNode(" "));
    });
  }
  function section(parent, id, title, note) {
    var made = el("section", parent, null, { "class": "block", "aria-labelledby": id });
    var head = el("div", made, null, { "class": "sec-head" });
    el("h2", head, title, { id: id });
    if (note) el("p", head, note);
    return made;
  }

  // 4 · overview: figures in one table, parts by length, the longest wording that they share
  function heads(all, row) {
    all.forEach(function (report) {
      var cell = el("th", row, null, { scope: "col", "class": "n" });
      badges(report.badges, cell);
      el("a", cell, report.label, { href: report.page });
      el("br", cell);
      el("span", cell, report.issuer + " · " + report.kind, { "class": "muted small" });
    });
  }
  function table(parent, caption, corner, all) {
    var scroll = el("div", parent, null, { "class": "scroll", tabindex: "0", role: "region", "aria-label": fill("scroll", { name: caption }) });
    var made = el("table", scroll);
    el("caption", made, caption, { "class": "vh" });
    var row = el("tr", el("thead", made));
    el("th", row, corner, { scope: "col" });
    heads(all, row);
    return el("tbody", made);
  }
  /** What the reports have under `key`, in order: [place, name, page]. */
  function union(all, key) {
    var rows = new Map();
    all.forEach(function (report) {
      report[key].forEach(function (item) {
        var row = Array.isArray(item) ? item : [item.at, item.name, item.href];
        if (!rows.has(row[0])) rows.set(row[0], row);
      });
    });
    return Array.from(rows.values()).sort(function (a, b) { return a[0] - b[0]; });
  }
  function figures(all, parent) {
    var made = section(parent, "figures", words.compare_figures), rows = union(all, "figures");
    if (!rows.length) { el("p", made, words.compare_figures_none, { "class": "empty" }); return; }
    var kinds = all.map(function (r) { return r.kind + (r.label.match(/\d{4}$/) || [""])[0]; });
    if (kinds.some(function (kind) { return kind !== kinds[0]; })) el("p", made, words.compare_guard, { "class": "notice" });
    var body = table(made, words.compare_figures, words.compare_indicator, all);
    rows.forEach(function (indicator) {
      var row = el("tr", body);
      el("a", el("th", row, null, { scope: "row" }), indicator[1], { href: indicator[2] });
      all.forEach(function (report) {
        var cell = el("td", row, null, { "class": "n" });
        var own = report.figures.filter(function (f) { return f.at === indicator[0]; });
        if (!own.length) el("span", cell, words.compare_unmentioned, { "class": "none" });
        own.forEach(function (f) {
          var line = el("div", cell);
          badges(f.badges, line);
          var value = el("span", line, null, { "class": f.state === "unparsed" ? "gap-cell" : f.state === "zero" ? "val zero" : "val" });
          el("a", value, f.shown, { href: report.page + "#" + f.anchor });
          if (f.state !== "unparsed") el("span", line, " " + f.unit, { "class": "muted small" });
        });
      });
    });
  }
  function lengths(all, parent) {
    var note = all.map(function (report) {
      var n = report.characters ? Math.round(report.sharedCharacters / report.characters * 100) : 0;
      return fill("share", { label: report.label, n: n });
    }).join("　");
    var made = section(parent, "lengths", words.compare_overview, note);
    var body = table(made, words.compare_parts, words.compare_part, all);
    union(all, "parts").concat([[-1, words.compare_total]]).forEach(function (part) {
      var row = el("tr", body);
      el("th", row, part[1], { scope: "row" });
      all.forEach(function (report) {
        var own = part[0] < 0 ? [-1, "", report.characters] : report.parts.filter(function (p) { return p[0] === part[0]; })[0];
        var cell = el("td", row, null, { "class": "n" });
        if (own) cell.textContent = fill("characters", { n: grouped(own[2]) }); else el("span", cell, words.compare_absent, { "class": "none" });
      });
    });
    longest(all, made);
  }
  function longest(all, parent) {
    var runs = [], shown = [];
    all.forEach(function (report) {
      report.lines.forEach(function (line) {
        line.runs.forEach(function (run) { if (run[2]) runs.push(line.text.slice(run[0], run[1])); });
      });
    });
    runs = Array.from(new Set(runs)).sort(function (a, b) { return b.length - a.length; }).slice(0, 200);
    el("h3", parent, words.compare_longest, { "class": "h-gap" });
    var list = el("ul", null, null, { "class": "shared-list" });
    runs.forEach(function (run) {
      if (shown.length >= LONGEST || shown.some(function (longer) { return longer.indexOf(run) >= 0; })) return;
      var where = [];
      all.forEach(function (report) {
        var line = report.lines.filter(function (l) { return l.text.indexOf(run) >= 0; })[0];
        if (line) where.push([report, line]);
      });
      if (where.length < 2) return;
      shown.push(run);
      var item = el("li", list);
      el("q", item, run, { lang: where[0][0].lang });
      var links = el("span", item, null, { "class": "small" });
      where.forEach(function (w) { place(w[0], w[1], links); });
    });
    if (shown.length) parent.appendChild(list); else el("p", parent, words.compare_longest_none, { "class": "empty" });
  }

  // 5 · columns, by part or by topic
  function columns(all, parent, lacking, of) {
    var pair = el("div", parent, null, { "class": "pair of-" + all.length });
    all.forEach(function (report) {
      var column = el("div", pair, null, { "class": "col" });
      el("h3", column, report.label);
      var lines = report.lines.filter(function (line) { return of(report, line); });
      if (!lines.length) el("p", column, fill(lacking, { label: report.label }), { "class": "empty" });
      lines.forEach(function (line) {
        var block = el(line.heading ? "h4" : "p", column, null, { lang: report.lang });
        setLine(line, block);
        place(report, line, block);
      });
    });
  }
  function byPart(all, parent) {
    union(all, "parts").forEach(function (part) {
      var counts = all.map(function (report) {
        var own = report.parts.filter(function (p) { return p[0] === part[0]; })[0];
        return fill("characters", { n: grouped(own ? own[2] : 0) });
      });
      columns(all, section(parent, "part-" + part[0], part[1], counts.join("　/　")), "lacks",
        function (report, line) { return line.part === part[0]; });
    });
  }
  function byTopic(all, parent) {
    var topics = union(all, "topics").map(function (topic) {
      var n = all.filter(function (report) { return report.topics.some(function (t) { return t[0] === topic[0]; }); }).length;
      return { at: topic[0], name: topic[1], reports: n };
    });
    topics.sort(function (a, b) { return b.reports - a.reports || a.at - b.at; });
    if (!topics.length) el("p", parent, words.compare_topics_none, { "class": "empty" });
    topics.forEach(function (topic) {
      columns(all, section(parent, "topic-" + topic.at, topic.name), "silent",
        function (report, line) { return line.topics.indexOf(topic.at) >= 0; });
    });
  }
  var view = by("compare-view"), pairs = by("pairs");
  function arrange(all) {
    var topic = view.elements.by.value === "topic";
    pairs.textContent = "";
    (topic ? byTopic : byPart)(all, pairs);
    var address = new URLSearchParams();
    all.forEach(function (report) { address.append("r", report.id); });
    if (topic) address.set("by", "topic");
    // the address says what is shown, where the browser lets a page from a file say so
    try { history.replaceState(null, "", "?" + address); } catch (e) { /* it says which reports */ }
  }
  function show() {
    var all = [], missing = [];
    ids.forEach(function (id) { if (reports.has(id)) all.push(unfold(reports.get(id))); else missing.push(id); });
    chosen = chosen.filter(function (c) { return missing.indexOf(c.id) < 0; });
    chosen.forEach(function (c) {
      var report = reports.get(c.id);
      if (report) { c.label = report.label; c.issuer = report.issuer; c.kind = report.kind; }
    });
    showChosen();
    showFound();
    var told = missing.map(function (id) { return fill("missing", { id: id }); });
    if (all.length) remember();
    if (all.length < 2) {
      if (all.length) told.push(words.compare_one);
      told.forEach(function (text) { el("p", by("overview"), text, { "class": "empty" }); });
      return;
    }
    share(all);
    document.title = all.map(function (report) { return report.label; }).join(" · ") + " · " + document.title;
    told.forEach(function (text) { el("p", by("overview"), text, { "class": "empty" }); });
    lengths(all, by("overview"));
    figures(all, by("overview"));
    if (asked.get("by") === "topic") view.elements.by.value = "topic";
    view.hidden = false;
    view.addEventListener("submit", function (e) { e.preventDefault(); });
    view.addEventListener("change", function (e) {
      if (e.target.name === "by") arrange(all);
      pairs.className = view.elements.shared.value;
    });
    arrange(all);
    by("compared-told").textContent = fill("done", { n: all.length });
  }
  if (ids.length) Promise.all(["_codes"].concat(ids).map(function (id) { return load("compare/" + id + ".js"); })).then(show);
})();
