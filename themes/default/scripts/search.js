/* search.js — the search page: the address holds query and filters, the engine answers, this shows.
   Every text from the index is set as text, never as HTML. */
(function () {
  "use strict";
  const words = window.fangzhiWords || {}, engine = window.fangzhiSearch;
  const $ = function (id) { return document.getElementById(id); };
  const form = $("search"), field = $("q"), finder = $("finder"), state = $("search-state"), note = $("search-note");
  const results = $("results"), total = $("total"), facets = $("facets"), sort = $("sort"), pager = $("search-pager");
  const message = { "zh-Hans": "message_hans", "zh-Hant": "message_hant" }[document.documentElement.lang] || "message";
  const FACETS = ["province", "year", "level", "part", "issuer_type", "topic"];
  const REPORTS = 10, LINES = 50, FOLD = 8, CSV_LINES = 1000;
  const siteTitle = document.title;
  if (!form || !engine) return;

  const labels = {};
  document.querySelectorAll("#search-words li").forEach(function (li) { labels[li.dataset.key] = li.textContent; });

  function word(key, values) {
    return String(words["search." + key] || key).replace(/\{(\w+)(?:\?([^|}]*)\|([^}]*))?\}/g, function (slot, name, one, many) {
      if (!values || !(name in values)) return slot;
      const value = values[name];
      return one !== undefined ? (value === 1 ? one : many) : typeof value === "number" ? value.toLocaleString("en") : value;
    });
  }
  function element(name, attributes, children) {
    const made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      if (attributes[key] !== undefined && attributes[key] !== null) made.setAttribute(key, attributes[key]);
    });
    made.append.apply(made, (children || []).filter(function (child) { return child !== null && child !== undefined; }));
    return made;
  }

  // ── The address ──────────────────────────────────────────────────────────────────────────────────────

  function fromAddress() {
    const given = new URLSearchParams(location.search);
    const asked = { q: (given.get("q") || "").trim(), sort: given.get("sort") || "relevance", page: Math.max(1, parseInt(given.get("page"), 10) || 1), filters: {} };
    if (![].some.call(sort.options, function (option) { return option.value === asked.sort; })) asked.sort = "relevance";
    FACETS.forEach(function (facet) { asked.filters[facet] = given.getAll(facet).filter(Boolean); });
    return asked;
  }
  function toAddress(asked) {
    const given = new URLSearchParams();
    if (asked.q) given.set("q", asked.q);
    FACETS.forEach(function (facet) { asked.filters[facet].forEach(function (value) { given.append(facet, value); }); });
    if (asked.sort !== "relevance") given.set("sort", asked.sort);
    if (asked.page > 1) given.set("page", asked.page);
    const query = given.toString();
    return location.pathname.replace(/^.*\//, "") + (query ? "?" + query : "");
  }
  function go(change) {
    const asked = Object.assign(fromAddress(), { page: 1 }, change);
    const address = toAddress(asked);
    try {
      history.pushState(null, "", address);
    } catch (error) {                                     // some browsers refuse this from disk
      location.href = address;
      return;
    }
    show();
  }
  function request(asked, more) {
    const lines = asked.sort.startsWith("line-");
    const size = lines ? LINES : REPORTS;
    return Object.assign({
      query: asked.q,
      filters: asked.filters,
      view: lines ? "lines" : "reports",
      sort: lines ? "relevance" : asked.sort,
      lines: lines ? asked.sort.slice(5) : "report",
      offset: (asked.page - 1) * size,
      limit: size,
      hits_per_report: 5,
      // Which paragraphs are on which topics is much to load: hits don't wait for it.
      count_topics: asked.filters.topic.length > 0,
      width: 30
    }, more);
  }

  // ── Asking ───────────────────────────────────────────────────────────────────────────────────────────

  let running = null;
  async function ask(wanted, signal) {
    const open = await engine.open();
    return open.search(wanted, function (done, all) {
      if (!signal.aborted && !state.hidden) say(word("loading_files", { done: done, all: all }));
    }, signal);
  }
  function say(text) {
    state.hidden = false;
    state.textContent = text;
  }

  async function show() {
    if (running) running.abort();
    const mine = running = new AbortController();
    const asked = fromAddress();
    field.value = asked.q;
    sort.value = asked.sort;
    document.title = (asked.q ? asked.q + " · " : "") + siteTitle;
    $("search-title").textContent = asked.q ? word("title", { q: asked.q }) : siteTitle.split(" · ")[0];
    if (!asked.q) {
      finder.hidden = true;
      state.hidden = true;
      field.focus();
      return;
    }
    results.setAttribute("aria-busy", "true");
    const slow = setTimeout(function () { say(word("loading")); }, 200);
    try {
      const found = await ask(request(asked), mine.signal);
      if (running !== mine) return;
      clearTimeout(slow);
      if (asked.page > 1 && found.response.reports && !found.response.groups.length && !found.response.hits.length) {
        location.replace(toAddress(Object.assign({}, asked, { page: 1 })));      // kept from when there was more
        return;
      }
      state.hidden = true;
      render(asked, found.response);
      state.dataset.rounds = found.cost.rounds;
      state.dataset.files = found.cost.files;
      state.dataset.bytes = found.cost.bytes;
      state.dataset.ms = Math.round(found.cost.ms);
      results.removeAttribute("aria-busy");
      if (!found.response.facets.topic && found.response.reports) await countTopics(asked, mine);
    } catch (problem) {
      if (running !== mine || problem.code === "aborted") return;
      tell(problem, asked);
    } finally {
      clearTimeout(slow);
      if (running === mine) results.removeAttribute("aria-busy");
    }
  }
  /** Counts the hits' topics: they are shown without waiting for it. */
  async function countTopics(asked, mine) {
    try {
      const counted = await ask(request(asked, { view: "reports", offset: 0, limit: 0, count_topics: true }), mine.signal);
      if (running === mine) renderFacets(asked, counted.response.facets);
    } catch (problem) {
      if (running === mine) noteProblem(problem);
    }
  }

  /** What went wrong with the files, in words; an engine that failed is made anew for the next question. */
  function failure(problem) {
    if (problem.code === "engine" || !problem.code) engine.close();
    const known = ["missing", "cut", "altered", "version", "browser", "network"].includes(problem.code);
    return word("fail_" + (known ? problem.code : "engine"), { file: "search-index/" + (problem.file || "about.js") });
  }
  /** Says beside the results what could not be added to them: what is shown is right. */
  function noteProblem(problem) {
    if (problem.code !== "aborted") remark(failure(problem));
  }

  /** Says what went wrong, and what works. */
  function tell(problem, asked) {
    finder.hidden = true;
    state.hidden = false;
    state.dataset.code = problem.code || "script";
    if (problem.at) {
      const letters = Array.from(asked.q);
      const bad = letters.slice(problem.at.start, problem.at.end).join("");
      state.replaceChildren(
        element("p", {}, [problem[message] || problem.message]),
        element("p", {}, [element("code", {}, [
          letters.slice(0, problem.at.start).join(""), element("mark", {}, [bad || "▵"]), letters.slice(problem.at.end).join("")])]),
        element("p", {}, [word("try")]),
        element("ul", {}, problem.suggestions.map(function (query) { return element("li", {}, [queryLink(query, asked)]); }))
      );
      return;
    }
    const told = failure(problem);
    state.replaceChildren(element("p", {}, [told]), element("p", { class: "small" }, [word("instead")]));
    if (problem.detail || told === word("fail_engine")) {
      state.append(element("p", { class: "small muted", lang: "en" }, [String(problem.detail || problem.message)]));
    }
  }
  function queryLink(query, asked) {
    return element("a", { href: toAddress(Object.assign({}, asked, { q: query, page: 1 })), "data-go": "" }, [element("code", {}, [query])]);
  }

  // ── Showing ──────────────────────────────────────────────────────────────────────────────────────────

  function render(asked, response) {
    finder.hidden = false;
    delete state.dataset.code;
    total.dataset.occurrences = response.occurrences;
    total.dataset.paragraphs = response.paragraphs;
    total.dataset.reports = response.reports;
    const what = !response.reports ? "nothing" : response.occurrences ? "total" : response.paragraphs ? "total_paragraphs" : "total_reports";
    total.textContent = word(what, { q: asked.q, occurrences: response.occurrences, paragraphs: response.paragraphs, reports: response.reports });
    renderFacets(asked, response.facets);
    $("csv").hidden = !response.reports;
    sort.parentNode.hidden = !response.reports;
    note.hidden = true;
    if (!response.reports) {
      renderNothing(asked, response);
    } else if (response.groups.length || !response.hits.length) {
      results.replaceChildren.apply(results, response.groups.map(function (group, i) { return renderGroup(asked, group, i); }));
      renderPager(asked, response.reports, REPORTS);
    } else {
      results.replaceChildren(element("ol", { class: "kwic lines" }, response.hits.map(function (hit) { return line(hit, [hit.kwic.hit], label(hit)); })));
      if (response.capped) remark(word("capped"));
      renderPager(asked, response.lines, LINES, response.capped);
    }
  }
  function remark(text) {
    note.hidden = false;
    note.textContent = text;
  }
  function renderNothing(asked, response) {
    pager.hidden = true;
    const chosen = FACETS.some(function (facet) { return asked.filters[facet].length; });
    const ways = [];
    if (chosen) {
      const plain = Object.assign({}, asked, { filters: noFilters(), page: 1 });
      ways.push(element("li", {}, [element("a", { href: toAddress(plain), "data-go": "" }, [word("without_filters")])]));
    }
    response.suggestions.forEach(function (query) { ways.push(element("li", {}, [queryLink(query, asked)])); });
    results.replaceChildren(element("div", { class: "empty" }, [
      element("p", {}, [word(chosen ? "nothing_filtered" : "nothing_here")]),
      ways.length ? element("p", {}, [word("try")]) : null,
      ways.length ? element("ul", {}, ways) : element("p", { class: "small" }, [word(response.terms.length ? "nothing_hint" : "nothing_fields")])
    ]));
  }
  function noFilters() {
    const none = {};
    FACETS.forEach(function (facet) { none[facet] = []; });
    return none;
  }
  function label(report) {
    return (report.region || report.issuer || report.report) + " " + (report.year || word("undated"));
  }
  function address(report, hits, anchor) {
    const marked = Array.from(new Set(hits)).filter(Boolean).slice(0, 12);
    const query = marked.map(function (hit) { return "hl=" + encodeURIComponent(hit); }).join("&");
    return report.page + (query ? "?" + query : "") + (anchor ? "#" + anchor : "");
  }

  function renderGroup(asked, group, index) {
    const id = "g-" + index;
    const written = group.hits.map(function (hit) { return hit.kwic.hit; });
    const list = element("ol", { class: "kwic" }, group.hits.map(function (hit) { return line(hit, written); }));
    const section = element("section", { class: "group", "aria-labelledby": id }, [
      element("header", {}, [
        element("h2", { id: id }, [element("a", { href: address(group, written) }, [label(group)])]),
        element("p", {}, [group.region && group.issuer ? group.issuer : group.title]),
        element("p", { class: "count num-t", "data-occurrences": group.occurrences }, [
          group.occurrences ? word("count", { n: group.occurrences }) : group.paragraphs ? word("count_paragraphs", { n: group.paragraphs }) : ""])
      ]), group.hits.length ? list : element("p", { class: "small" }, [group.title])]);
    const rest = (group.occurrences || group.paragraphs) - group.hits.length;
    if (rest > 0) {
      const button = element("button", { type: "button", class: "more" }, [word(group.occurrences ? "more" : "more_paragraphs", { n: rest })]);
      button.addEventListener("click", function () { more(asked, group, index, list, button); });
      section.append(button);
    }
    return section;
  }
  async function more(asked, group, index, list, button) {
    button.disabled = true;
    const first = list.children.length;
    try {
      const all = request(asked, { offset: (asked.page - 1) * REPORTS + index, limit: 1, hits_per_report: group.occurrences || group.paragraphs });
      const found = await ask(all, running.signal);
      const hits = found.response.groups[0].hits;
      const written = hits.map(function (hit) { return hit.kwic.hit; });
      list.replaceChildren.apply(list, hits.map(function (hit) { return line(hit, written); }));
      button.remove();
      if (list.children[first]) list.children[first].querySelector("a.k").focus();
    } catch (problem) {
      button.disabled = false;
      noteProblem(problem);
    }
  }
  function line(hit, written, from) {
    const href = address(hit, written, hit.anchor), mark = hit.kwic.hit;
    const number = hit.paragraph ? " ¶" + hit.paragraph : "";
    const place = (labels["part." + hit.part] || hit.part) + number;
    return element("li", { class: [from ? "with-report" : "", mark ? "" : "whole"].join(" ").trim() || null }, [
      mark ? element("span", { class: "l" }, [element("span", {}, [hit.kwic.left])]) : null,
      mark ? element("a", { class: "k", href: href }, [element("mark", {}, [mark])])
        : element("a", { class: "k", href: href }, [hit.kwic.right || hit.title]),
      mark ? element("span", { class: "r" }, [hit.kwic.right]) : null,
      element("a", { class: "pn", href: href, "aria-label": [from || label(hit), place].filter(Boolean).join("，") }, [from ? from + number : place])
    ]);
  }

  function renderPager(asked, all, size, capped) {
    const last = Math.ceil((capped ? Math.min(all, CSV_LINES) : all) / size);
    pager.hidden = last < 2;
    if (pager.hidden) return;
    const to = function (page, text, rel) {
      return page < 1 || page > last ? element("span", { class: "muted" }, [text])
        : element("a", { href: toAddress(Object.assign({}, asked, { page: page })), "data-go": "", rel: rel }, [text]);
    };
    pager.replaceChildren(to(asked.page - 1, word("previous"), "prev"), " ",
      element("span", { class: "num-t" }, [word("page", { page: asked.page, last: last })]), " ", to(asked.page + 1, word("next"), "next"));
  }

  function renderFacets(asked, counts) {
    const open = Array.from(facets.querySelectorAll("details[open]")).map(function (rest) { return rest.dataset.facet; });
    const name = function (facet, value) { return labels[facet + "." + value.value] || value.label || value.value; };
    const focused = document.activeElement && facets.contains(document.activeElement) ? document.activeElement.id : null;
    facets.replaceChildren.apply(facets, FACETS.map(function (facet) {
      const values = counts[facet] || [];
      if (!values.length) return "";
      const box = function (value, i) {
        const id = "f-" + facet + "-" + i;
        const input = element("input", { type: "checkbox", id: id, name: facet, value: value.value });
        input.checked = value.selected;
        return element("label", {}, [input, name(facet, value),
          element("span", { class: "num-t", "aria-label": word("facet_count", { n: value.reports }) }, [value.reports.toLocaleString("en")])]);
      };
      const boxes = values.map(box), shown = [], rest = [];
      boxes.forEach(function (made, i) { (i < FOLD || values[i].selected || boxes.length <= FOLD + 2 ? shown : rest).push(made); });
      const fold = rest.length ? element("details", { "data-facet": facet, open: open.includes(facet) ? "" : null },
        [element("summary", {}, [word("facet_rest", { n: rest.length })])].concat(rest)) : null;
      return element("fieldset", {}, [element("legend", {}, [word("facet_" + facet)])].concat(shown, fold ? [fold] : []));
    }));
    const chosen = FACETS.some(function (facet) { return asked.filters[facet].length; });
    $("clear").hidden = !chosen;
    $("search-chosen").hidden = !chosen;
    $("search-chosen").textContent = FACETS.filter(function (facet) { return asked.filters[facet].length; }).map(function (facet) {
      const selected = (counts[facet] || []).filter(function (value) { return value.selected; });
      return word("facet_" + facet) + " " + selected.map(function (value) { return name(facet, value); }).join(" / ");
    }).join(" · ");
    if (focused && $(focused)) $(focused).focus();
  }

  // ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────

  const COLUMNS = ["report", "title", "issuer", "region", "year", "part", "paragraph", "anchor", "left", "hit", "right", "address"];
  async function download() {
    const asked = fromAddress(), button = $("csv");
    button.disabled = true;
    try {
      const lines = asked.sort.startsWith("line-") ? asked.sort.slice(5) : "report";
      const found = await ask(request(asked, { view: "lines", lines: lines, offset: 0, limit: CSV_LINES, line_cap: CSV_LINES }), new AbortController().signal);
      const rows = found.response.hits.map(function (hit) {
        return [hit.report, hit.title, hit.issuer, hit.region, hit.year, hit.part, hit.paragraph || "", hit.anchor,
          hit.kwic.left, hit.kwic.hit, hit.kwic.right, new URL(address(hit, [], hit.anchor), location.href).href];
      });
      const text = [COLUMNS].concat(rows).map(function (row) { return row.map(cell).join(",") + "\r\n"; }).join("");
      const url = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv;charset=utf-8" }));
      const link = element("a", { href: url, download: "fangzhi-" + asked.q.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40) + ".csv" });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
      remark(found.response.lines > rows.length
        ? word("csv_capped", { n: rows.length, all: found.response.lines, q: asked.q })
        : word("csv_done", { n: rows.length }));
    } catch (problem) {
      noteProblem(problem);
    } finally {
      button.disabled = false;
    }
  }
  function cell(value) {
    let text = value === null || value === undefined ? "" : String(value);
    // What a spreadsheet would take for a formula gets an apostrophe, as in the data's own CSV.
    if (/^[=@+\-\t＝＠＋－]/.test(text) && !isFinite(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? "\"" + text.replace(/"/g, "\"\"") + "\"" : text;
  }

  // ── Hands ────────────────────────────────────────────────────────────────────────────────────────────

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    go({ q: field.value.trim() });
  });
  sort.addEventListener("change", function () { go({ sort: sort.value }); });
  facets.addEventListener("change", function () {
    const filters = noFilters();
    facets.querySelectorAll("input:checked").forEach(function (input) { filters[input.name].push(input.value); });
    go({ filters: filters });
  });
  facets.addEventListener("submit", function (event) { event.preventDefault(); });
  $("clear").addEventListener("click", function () { go({ filters: noFilters() }); });
  $("csv").addEventListener("click", download);
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-go], #syntax a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const given = new URL(link.href).searchParams, asked = { q: given.get("q") || "", page: +given.get("page") || 1, filters: noFilters() };
    FACETS.forEach(function (facet) { asked.filters[facet] = given.getAll(facet); });
    if (given.get("sort")) asked.sort = given.get("sort");
    go(asked);
    window.scrollTo(0, 0);
  });
  document.addEventListener("keydown", function (event) {
    // While characters are being composed the keys are the input method's.
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = document.activeElement;
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && results.contains(at)) {
      field.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (at === field || results.contains(at))) {
      const hits = Array.from(results.querySelectorAll("h2 a, a.k"));
      const step = event.key === "ArrowDown" ? 1 : -1, next = hits.indexOf(at) + step;
      if (!hits.length || (at === field && step < 0)) return;
      event.preventDefault();
      (next < 0 ? field : hits[Math.min(next, hits.length - 1)]).focus();
    }
  });
  window.addEventListener("popstate", show);
  // Where there is room the filters stand open, and nothing closes them.
  const room = matchMedia("(min-width: 56.01rem)");
  room.addEventListener("change", function () { $("narrow").open = room.matches; });
  $("narrow").open = room.matches;
  show();
})();
