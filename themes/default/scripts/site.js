/* site.js — small conveniences; every page reads without it.
   1 copy a citation  2 mark the reader's place in the outline  3 filter a list
   4 order figures and give them as CSV  5 pick reports for the comparison  6 show in a report what was searched for */
(function () {
  "use strict";
  var words = window.fangzhiWords || {};
  function all(sel, root) { return Array.prototype.slice.call((root || document).querySelectorAll(sel)); }
  function fill(text, values) {
    return String(text || "").replace(/\{(\w+)\}/g, function (slot, key) { return key in values ? values[key] : slot; });
  }

  // of years, the last are seen first
  all("[data-from-end]").forEach(function (box) { box.scrollLeft = box.scrollWidth; });

  // 1 · copy: the button says what became of it, and after a while its name again
  all("[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      var source = document.getElementById(button.dataset.copy);
      var area = document.createElement("textarea");
      area.value = source.textContent;
      source.parentNode.appendChild(area);
      area.select();
      var done = document.execCommand("copy");          // works on file://, where navigator.clipboard may not
      area.remove();
      button.focus();
      var label = button.firstChild, name = label.data;
      if (button.dataset.said) return;
      button.dataset.said = "yes";
      label.data = done ? words.copied : words.copy_failed;
      setTimeout(function () { label.data = name; delete button.dataset.said; }, 3000);
    });
  });
  all("details.pop").forEach(function (pop) {
    pop.addEventListener("keydown", function (e) {
      if (e.key === "Escape") { pop.open = false; pop.querySelector("summary").focus(); }
    });
    document.addEventListener("click", function (e) { if (!pop.contains(e.target)) pop.open = false; });
  });

  // the site's edition in citations: its script comes after this one
  document.addEventListener("DOMContentLoaded", function () {
    all("[data-edition]").forEach(function (slot) {
      if (window.fangzhiEdition) slot.textContent = fill(slot.dataset.edition, { edition: window.fangzhiEdition });
    });
  });

  // 2 · outline
  var links = all(".outline a");
  if (links.length && "IntersectionObserver" in window) {
    var byId = {};
    links.forEach(function (a) { byId[a.hash.slice(1)] = a; });
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (en) {
        if (!en.isIntersecting) return;
        links.forEach(function (a) { a.classList.remove("here"); a.removeAttribute("aria-current"); });
        var a = byId[en.target.id];
        a.classList.add("here");
        a.setAttribute("aria-current", "location");
      });
    }, { rootMargin: "0px 0px -75% 0px" });
    Object.keys(byId).forEach(function (id) { var el = document.getElementById(id); if (el) watch.observe(el); });
  }

  /** What an entry has under data-NAME, or the group that it stands in. */
  function of(entry, name) {
    var holder = entry.closest("[data-" + name + "]");
    return holder ? holder.getAttribute("data-" + name).split("|") : [];
  }

  // 3 · filter: each choice is filled from the entries' data-…; one value only is no choice
  all("form[data-filter]").forEach(function (form) {
    var list = document.getElementById(form.dataset.filter);
    if (!list) return;
    var none = document.getElementById(form.dataset.filter + "-none");
    var entries = all("[data-prov]", list), choices = [], paged = !!document.querySelector(".pager");
    all("select", form).forEach(function (select) {
      var values = {};
      entries.forEach(function (entry) {
        of(entry, select.name).forEach(function (value) { if (value) values[value] = (values[value] || 0) + 1; });
      });
      var names = Object.keys(values);
      if (names.length < 2) { select.parentNode.hidden = true; return; }
      names.forEach(function (name) {
        var option = document.createElement("option");
        option.value = name;
        option.textContent = name + " (" + values[name] + ")";
        select.appendChild(option);
      });
      choices.push(select);
    });
    if (!choices.length) return;
    form.hidden = false;
    function apply() {
      var shown = 0;
      choices.forEach(function (select) { select.parentNode.classList.toggle("on", !!select.value); });     // what is chosen prints
      form.classList.toggle("on", !!form.querySelector("label.on"));
      entries.forEach(function (entry) {
        entry.hidden = !choices.every(function (select) {
          return !select.value || of(entry, select.name).indexOf(select.value) >= 0;
        });
        if (!entry.hidden) shown += 1;
      });
      all(".figure-group", list).forEach(function (group) {
        var chart = group.querySelector(".chart");
        group.hidden = !group.querySelector("[data-prov]:not([hidden])");
        if (chart) chart.hidden = !!group.querySelector("[data-prov][hidden]");     // it shows what is left out
      });
      form.querySelector("output").textContent = fill(paged ? words.shown_page : words.shown, { shown: shown, all: entries.length });
      if (none) none.hidden = shown > 0;
    }
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("change", apply);
    form.addEventListener("reset", function () { setTimeout(apply, 0); });
    apply();
  });

  // 4 · order: figures by number, within each group only; what may not be ranked comes after
  all("form[data-order]").forEach(function (form) {
    var list = document.getElementById(form.dataset.order);
    var tables = list ? all("table.figures", list) : [];
    if (!tables.length) return;
    form.hidden = false;
    tables.forEach(function (table) {
      Array.prototype.forEach.call(table.tBodies, function (row, at) { row.fangzhiAt = at; });
    });
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("change", function () {
      var byValue = form.elements.by.value === "value", whole = !form.elements.all.checked;
      tables.forEach(function (table) {
        var rows = Array.prototype.slice.call(table.tBodies);
        rows.sort(function (a, b) {
          if (!byValue) return a.fangzhiAt - b.fangzhiAt;
          var x = rank(a), y = rank(b);
          return x === y ? a.fangzhiAt - b.fangzhiAt : y - x;
        });
        rows.forEach(function (row) { table.appendChild(row); });
      });
      function rank(row) {
        if (!row.dataset.value || (whole && !("ranked" in row.dataset))) return -1;
        return +row.dataset.value;
      }
    });
    form.querySelector("[data-csv]").addEventListener("click", function () {
      var kept = ["type", "level", "line", "scope", "capacity", "year", "prov"];
      var lines = [["report", "label", "issuer", "issuer_type", "level", "line", "scope", "capacity", "year", "province", "value", "shown", "sentence"]];
      all("tbody[data-prov]", list).forEach(function (row) {
        if (row.hidden) return;
        lines.push([row.id.slice(2), row.querySelector("th a").textContent, row.querySelector("th small").textContent]
          .concat(kept.map(function (name) { return of(row, name).join("|"); }))
          .concat([row.dataset.value, row.querySelector("td").textContent.trim(),
            all(".quote", row).map(function (q) { return q.textContent.trim(); }).join(" / ")]));
      });
      var text = "\ufeff" + lines.map(function (line) {
        // A cell that a spreadsheet would take for a formula gets an apostrophe, as in the data's own CSV.
        return line.map(function (cell) {
          cell = String(cell || "");
          if (/^[=@+\-\t＝＠＋－]/.test(cell) && !isFinite(cell)) cell = "'" + cell;
          return '"' + cell.replace(/"/g, '""') + '"';
        }).join(",");
      }).join("\r\n") + "\r\n";
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = "figures.csv";
      document.body.appendChild(link);
      link.click();
      link.remove();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    });
  });

  // 5 · pick: every report that a list names can be set side by side with others of the page
  var brand = document.querySelector(".brand"), picked = [], bar = null;
  if (brand) all("main [data-prov]").forEach(function (entry) {
    var link = entry.querySelector("a[href*='reports/']");
    var id = link && link.getAttribute("href").replace(/^(\.\.\/)*reports\//, "").replace(/\.html.*$/, "");
    if (!id) return;
    var button = document.createElement("button"), label = link.textContent;
    button.type = "button";
    button.className = "add";
    button.textContent = words.pick;
    button.setAttribute("aria-label", fill(words.pick_label, { label: label }));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", function () {
      var at = picked.indexOf(id);
      if (at >= 0) picked.splice(at, 1); else if (picked.length < 4) picked.push(id);
      button.setAttribute("aria-pressed", String(picked.indexOf(id) >= 0));
      showPicked();
    });
    link.parentNode.insertBefore(button, link.nextSibling);
  });
  function showPicked() {
    if (!bar) {
      bar = document.createElement("p");
      bar.className = "picked";
      bar.setAttribute("role", "status");
      document.querySelector("main").appendChild(bar);
    }
    bar.hidden = !picked.length;
    bar.textContent = fill(picked.length < 4 ? words.picked : words.picked_most, { n: picked.length }) + " ";
    var link = document.createElement("a");
    link.href = brand.getAttribute("href").replace("index.html", "compare.html") + "?" + picked.map(function (id) { return "r=" + encodeURIComponent(id); }).join("&");
    link.textContent = words.picked_go;
    bar.appendChild(link);
  }

  // 6 · highlight: report.html?hl=words marks the words, exactly as they stand in the text, across
  //     the spans that set it; a paragraph at a time, so that no mark crosses two
  var article = document.querySelector("article.text");
  if (article && location.search) {
    var wanted = [];
    location.search.slice(1).split("&").forEach(function (pair) {
      var at = pair.indexOf("=");
      if (pair.slice(0, at) !== "hl") return;
      try { wanted.push(decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " "))); } catch (e) { /* not ours */ }
    });
    wanted = wanted.filter(Boolean).slice(0, 50);
    if (wanted.length) all(".para > p, h2, h3, h4, h5, h6, .front, .sign, tr", article).forEach(function (block) { mark(block, wanted); });
  }
  function mark(block, wanted) {
    var nodes = [], text = "", walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, null), node;
    while ((node = walker.nextNode())) { nodes.push({ node: node, start: text.length }); text += node.data; }
    var ranges = [];
    wanted.forEach(function (words) {
      for (var at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) ranges.push([at, at + words.length]);
    });
    if (!ranges.length) return;
    ranges.sort(function (a, b) { return a[0] - b[0]; });
    var merged = [ranges[0]];
    ranges.forEach(function (range) {
      var last = merged[merged.length - 1];
      if (range[0] <= last[1]) last[1] = Math.max(last[1], range[1]); else merged.push(range);
    });
    for (var n = nodes.length - 1; n >= 0; n -= 1) {
      for (var r = merged.length - 1; r >= 0; r -= 1) {
        var length = nodes[n].node.data.length;
        var from = Math.max(0, merged[r][0] - nodes[n].start), to = Math.min(length, merged[r][1] - nodes[n].start);
        if (from >= to) continue;
        var range = document.createRange(), wrap = document.createElement("mark");
        range.setStart(nodes[n].node, from);
        range.setEnd(nodes[n].node, to);
        range.surroundContents(wrap);
      }
    }
  }
})();
