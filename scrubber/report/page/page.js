"use strict";
// Shows the findings that stand as JSON in this page. Text of documents enters the page as text only, never as markup.
// Whatever may take long is done in slices, so that a page with tens of thousands of files stays at hand.
(() => {
  const MARKS = { removed: "-", replaced: "±", flagged: "~", limited: "~", guessed: "~", void: "~", kept: "=", decided: "=", overlapped: "-" };
  const ORDER = Object.keys(MARKS);
  const SLICE_MS = 14, BATCH_HUNKS = 40, PRINT_HUNKS = 4000, ROW_PX = 44, FEW_RULES = 8;
  const FOLD_OVER = 8, FOLD_HEAD = 3, FOLD_TAIL = 2;

  const documents = [];
  const state = { query: "", rule: "", file: -1, hidden: new Set() };
  let run = { rules: [] };
  let hits = [], listed = [], found = 0, applying = 0, loaded = false;
  let pending = null, article = null, hunkNodes = [], current = -1;

  const by = (id) => document.getElementById(id);
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

  function make(tag, className, ...content) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...content.filter((part) => part !== "" && part !== null));
    return node;
  }

  function button(className, text, act) {
    const node = make("button", className, text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  function share(part, whole) {
    if (!part || !whole) return "0 %";
    const tenths = Math.round((1000 * part) / whole);
    return tenths === 0 ? "<0.1 %" : tenths < 100 ? `${Math.floor(tenths / 10)}.${tenths % 10} %` : `${Math.round(tenths / 10)} %`;
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  async function read() {
    run = JSON.parse(by("run").textContent);
    summary();
    let begun = performance.now();
    for (const script of document.querySelectorAll("script.part")) {
      for (const each of JSON.parse(script.textContent)) documents.push(each);
      script.remove();
      if (performance.now() - begun > SLICE_MS) {
        by("status").textContent = `reading: ${count(documents.length, "file")}`;
        await pause();
        begun = performance.now();
      }
    }
    loaded = true;
    filters();
    await apply();
    document.documentElement.dataset.ready = "";
  }

  function summary() {
    const t = run.totals;
    const parts = [[t.removals, "removal"], [t.replacements, "replacement"], [t.flags, "flag"]].filter(([number]) => number).map(([number, noun]) => count(number, noun));
    by("sentence").textContent = parts.length
      ? `${parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0]} in ${count(t.documents_shown, "file")}`
      : "Nothing to remove and nothing to flag";
    const told = [];
    if (t.characters_removed) told.push(`${share(t.characters_removed, t.characters)} of the text goes: ${t.characters_removed.toLocaleString("en")} of ${count(t.characters, "character")}.`);
    if (run.interrupted) told.push("The run was interrupted; further files were not read.");
    if (run.left_out) told.push(`${count(run.left_out, "more file")} with findings ${run.left_out === 1 ? "is" : "are"} counted here, but not shown: the page would be too large. The json report has them all.`);
    by("second").textContent = told.join(" ");
    const numbers = [["read", t.read], ["changed", t.changed], ["already clean", t.clean], ["failed", t.failed], ["skipped", t.skipped]];
    for (const [name, number] of numbers) {
      if (!number && (name === "failed" || name === "skipped")) continue;
      by("numbers").append(make("div", "", make("dt", "", name), make("dd", name === "failed" ? "bad" : "", number.toLocaleString("en"))));
    }
    failures();
    ruleTable(false);
  }

  function failures() {
    if (!run.failures.length) return;
    by("failed").hidden = false;
    by("failed-title").textContent = `${count(run.totals.failed, "input")} could not be handled`;
    for (const [path, message] of run.failures) by("failures").append(make("li", "", `${path} `, make("span", "", message)));
    const more = run.totals.failed - run.failures.length;
    if (more > 0) by("failures").append(make("li", "", `and ${more.toLocaleString("en")} more`));
  }

  function ruleTable(all) {
    const rows = run.rules;
    if (!rows.length) return;
    by("rules").hidden = false;
    const most = Math.max(...rows.map((row) => row.characters), 1);
    by("rule-rows").replaceChildren(...rows.slice(0, all ? undefined : FEW_RULES).map((row) => {
      const size = make("td", "figure size", row.characters.toLocaleString("en"));
      size.style.setProperty("--share", String((100 * row.characters) / most));
      const name = make("td", "", button("rule", row.id, () => choose({ rule: state.rule === row.id ? "" : row.id })), make("span", "title", row.title));
      const mark = make("span", "outcome", row.outcome);
      mark.dataset.mark = MARKS[row.outcome];
      const figures = [row.findings, row.documents, row.lines].map((number) => make("td", "figure", number.toLocaleString("en")));
      const node = make("tr", row.outcome, name, make("td", "", mark), ...figures, size);
      node.dataset.rule = row.id;
      return node;
    }));
    const rest = by("all-rules");
    rest.hidden = all || rows.length <= FEW_RULES;
    rest.textContent = `Show all ${rows.length} rows`;
    rest.onclick = () => { ruleTable(true); markChosen(); };
  }

  function filters() {
    const rules = new Map(), outcomes = new Map();
    for (const each of documents) {
      for (const hunk of each.hunks) {
        outcomes.set(hunk.outcome, (outcomes.get(hunk.outcome) || 0) + 1);
        for (const rule of hunk.rules) rules.set(rule, (rules.get(rule) || 0) + 1);
      }
    }
    const options = [new Option("All rules", "")];
    for (const id of [...rules.keys()].sort()) options.push(new Option(`${id} (${rules.get(id)})`, id));
    by("rule").replaceChildren(...options);
    by("outcomes").replaceChildren(...ORDER.filter((word) => outcomes.has(word)).map((word) => {
      const node = button(word, `${word} ${outcomes.get(word).toLocaleString("en")}`, () => {
        if (!state.hidden.delete(word)) state.hidden.add(word);
        choose({});
      });
      node.dataset.mark = MARKS[word];
      node.dataset.outcome = word;
      node.title = `Show or hide what was ${word}`;
      return node;
    }));
  }

  // --- filtering ---------------------------------------------------------------------------------------------------

  function textOf(line) {
    return typeof line[1] === "string" ? line[1] : line[1].join("");
  }

  function matches(each, hunk) {
    if (state.hidden.has(hunk.outcome) || (state.rule && !hunk.rules.includes(state.rule))) return false;
    if (!state.query) return true;
    hunk.words ??= [each.id, ...hunk.rules, ...hunk.reasons, ...[...hunk.old, ...hunk.new].map(textOf)].join("\n").toLowerCase();
    return hunk.words.includes(state.query);
  }

  function choose(change) {
    Object.assign(state, change);
    apply();
  }

  async function apply() {
    if (!loaded) return;
    const mine = ++applying;
    const kept = [];
    let number = 0, begun = performance.now();
    for (let index = 0; index < documents.length; index += 1) {
      const each = documents[index];
      const hunks = each.hunks.filter((hunk) => matches(each, hunk));
      if (hunks.length || (!each.hunks.length && !state.query && !state.rule)) kept.push({ index, each, hunks });
      number += hunks.length;
      if (performance.now() - begun > SLICE_MS) {
        await pause();
        if (mine !== applying) return;
        begun = performance.now();
      }
    }
    hits = kept;
    found = number;
    if (state.file >= 0 && !hits.some((hit) => hit.index === state.file)) state.file = -1;
    markChosen();
    begin();
    fileList();
  }

  function markChosen() {
    by("rule").value = state.rule;
    for (const row of by("rule-rows").children) row.classList.toggle("chosen", row.dataset.rule === state.rule);
    for (const node of by("outcomes").children) node.setAttribute("aria-pressed", String(!state.hidden.has(node.dataset.outcome)));
    const status = by("status");
    const only = state.file >= 0 ? hits.find((hit) => hit.index === state.file) : null;
    status.textContent = only ? `${count(only.hunks.length, "place")} in this file` : `${count(found, "place")} in ${count(hits.length, "file")}`;
    if (filtered()) status.append(button("", "show all", clear));
  }

  const filtered = () => Boolean(state.query || state.rule || state.file >= 0 || state.hidden.size);

  function clear() {
    by("query").value = "";
    state.hidden.clear();
    choose({ query: "", rule: "", file: -1 });
  }

  // --- findings ----------------------------------------------------------------------------------------------------

  const sentinel = make("p", "end");
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) more(BATCH_HUNKS);
  }, { rootMargin: "1600px" });

  function* pieces(list) {
    for (const hit of list) {
      yield () => { article = documentNode(hit.each); by("findings").insertBefore(article, sentinel); };
      for (const hunk of hit.hunks) {
        yield () => { const node = hunkNode(hunk); hunkNodes.push(node); article.append(node); light(node); };
      }
    }
  }

  function begin() {
    const shown = state.file >= 0 ? hits.filter((hit) => hit.index === state.file) : hits;
    pending = pieces(shown);
    hunkNodes = [];
    current = -1;
    if (window.CSS && CSS.highlights) CSS.highlights.delete("found");
    by("findings").replaceChildren(sentinel);
    sentinel.className = shown.length ? "end" : "empty";
    sentinel.textContent = shown.length ? "" : documents.length ? "No finding fits these filters." : "Every file is clean.";
    if (window.scrollY > by("bar").offsetTop) window.scrollTo(0, by("bar").offsetTop);
    more(BATCH_HUNKS);
  }

  function more(number) {
    if (!pending) return false;
    const before = hunkNodes.length;
    while (hunkNodes.length - before < number) {
      const next = pending.next();
      if (next.done) {
        pending = null;
        watcher.unobserve(sentinel);
        if (hunkNodes.length) sentinel.textContent = "That is all.";
        return hunkNodes.length > before;
      }
      next.value();
    }
    // Observed anew, for a sentinel that stays in sight says nothing.
    watcher.unobserve(sentinel);
    watcher.observe(sentinel);
    return true;
  }

  function pathNodes(path) {
    const cut = path.lastIndexOf("/") + 1;
    return [make("span", "folder", path.slice(0, cut)), path.slice(cut)];
  }

  function documentNode(each) {
    const facts = make("span", "facts");
    if (each.removed) {
      const bar = make("span", "share");
      bar.style.setProperty("--share", String((100 * each.removed) / each.size));
      facts.append(bar, `${share(each.removed, each.size)} of ${count(each.size, "character")}`);
    } else {
      facts.append(count(each.size, "character"));
    }
    if (each.encoding) facts.append(` · ${each.encoding}`);
    const node = make("article", "document", make("header", "", make("h3", "", ...pathNodes(each.id)), facts, each.note ? make("p", "note", each.note) : null));
    node.setAttribute("aria-label", each.id);
    return node;
  }

  function lineWords(hunk) {
    return !hunk.first ? "whole file" : hunk.first === hunk.last ? String(hunk.first) : `${hunk.first}–${hunk.last}`;
  }

  function hunkNode(hunk) {
    const outcome = make("span", "outcome", hunk.outcome);
    outcome.dataset.mark = MARKS[hunk.outcome];
    const head = make("header", "",
      make("span", "place", lineWords(hunk)),
      button("rule", hunk.rules[0], () => choose({ rule: hunk.rules[0] })),
      hunk.rules.length > 1 ? make("span", "more-rules", `+${hunk.rules.length - 1}`) : null,
      outcome,
      hunk.sure ? make("span", "sure", hunk.sure) : null,
      button("about", "about", () => about(node, hunk)));
    const node = make("section", `hunk ${hunk.outcome}`, head);
    node.tabIndex = -1;
    node.setAttribute("aria-label", `${hunk.rules[0]}, ${hunk.outcome}, line ${lineWords(hunk)}`);
    for (const reason of hunk.reasons) node.append(make("p", "reason", reason));
    const lines = make("div", "lines");
    for (const line of hunk.before) lines.append(lineNode(line, "context", ""));
    folded(lines, hunk.old, "old", MARKS[hunk.outcome] === "±" ? "-" : MARKS[hunk.outcome]);
    folded(lines, hunk.new, "new", "+");
    for (const line of hunk.after) lines.append(lineNode(line, "context", ""));
    if (lines.childNodes.length) node.append(lines);
    if (hunk.kin) node.append(...kinNodes(hunk.kin));
    node.addEventListener("pointerdown", () => setCurrent(hunkNodes.indexOf(node), false));
    return node;
  }

  function lineNode([number, content], className, mark) {
    const tag = mark === "+" ? "ins" : mark === "-" ? "del" : "span";
    const text = make(tag, "text");
    if (typeof content === "string") text.textContent = content;
    else content.forEach((piece, place) => { if (piece) text.append(place % 2 ? make("mark", "", piece) : piece); });
    return make("div", `line ${className}`, make("span", "number", number ? String(number) : ""), make("span", "mark", mark), text);
  }

  function folded(parent, lines, className, mark) {
    const nodes = () => lines.map((line) => (line[0] === -1 ? gap(line[1]) : lineNode(line, className, mark)));
    if (lines.length <= FOLD_OVER) {
      parent.append(...nodes());
      return;
    }
    const hidden = lines.slice(FOLD_HEAD, -FOLD_TAIL);
    const number = hidden.reduce((sum, line) => sum + (line[0] === -1 ? line[2] : 1), 0);
    const inner = make("div", "");
    inner.hidden = true;
    const fold = button("fold", `… ${count(number, "line")} …`, () => {
      if (!inner.childNodes.length) {
        inner.append(...nodes().slice(FOLD_HEAD, -FOLD_TAIL));
        light(inner);
      }
      inner.hidden = !inner.hidden;
      fold.textContent = inner.hidden ? `… ${count(number, "line")} …` : "fold";
      fold.setAttribute("aria-expanded", String(!inner.hidden));
    });
    fold.setAttribute("aria-expanded", "false");
    parent.append(
      ...lines.slice(0, FOLD_HEAD).map((line) => lineNode(line, className, mark)), fold, inner,
      ...lines.slice(-FOLD_TAIL).map((line) => lineNode(line, className, mark)));
  }

  function gap(text) {
    return make("div", "line context", make("span", "number"), make("span", "mark"), make("span", "text", text));
  }

  function kinNodes(kin) {
    const nodes = [make("p", "kin", `repeats ${kin.where} · ${kin.how}`)];
    if (kin.lines.length) {
      const lines = make("div", "lines kin-lines");
      folded(lines, kin.lines, "context", "");
      nodes.push(lines);
    }
    return nodes;
  }

  function about(node, hunk) {
    const shown = node.querySelector(".about-rule");
    if (shown) {
      shown.remove();
      return;
    }
    const rule = run.known[hunk.rules[0]] || {};
    const list = make("dl", "about-rule");
    const rows = [
      ["Rule", [rule.title || hunk.rules[0]]],
      ["Also by", [hunk.rules.slice(1).join(", ")]],
      ["Why", [rule.why || ""]],
      ["Kind", [rule.kind || ""]],
      ["Declared", [rule.at || ""]],
      ["Score", [hunk.score === null ? "" : `${hunk.score} of 1000`]],
      ["On record", [hunk.rights ? `as a rights statement: ${hunk.rights}` : ""]],
      ["Fingerprint", [hunk.print ? make("code", "", hunk.print) : ""]],
      ["To stop it", ["switch the rule off with ", make("code", "", `--ignore ${hunk.rules[0]}`), hunk.print ? "; or record a decision for this finding, by its fingerprint" : ""]],
    ];
    for (const [name, content] of rows) {
      if (content[0] !== "") list.append(make("dt", "", name), make("dd", "", ...content));
    }
    node.querySelector("header").after(list);
  }

  // Marks what was searched for, without touching the page's nodes.
  function light(node) {
    if (!state.query || !window.CSS || !CSS.highlights) return;
    const marked = CSS.highlights.get("found") || new Highlight();
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data, lower = text.toLowerCase();
      if (lower.length !== text.length) continue;
      for (let at = lower.indexOf(state.query); at >= 0; at = lower.indexOf(state.query, at + state.query.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + state.query.length);
        marked.add(range);
      }
    }
    CSS.highlights.set("found", marked);
  }

  // --- files -------------------------------------------------------------------------------------------------------

  function fileList() {
    const query = by("file-query").value.trim().toLowerCase();
    listed = query ? hits.filter((hit) => hit.each.id.toLowerCase().includes(query)) : hits;
    by("file-rows").style.height = `${listed.length * ROW_PX}px`;
    by("files-button").textContent = `Files (${listed.length.toLocaleString("en")})`;
    fileRows();
  }

  function fileRows() {
    const list = by("file-list");
    const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - 5);
    const last = Math.min(listed.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW_PX) + 5);
    const rows = [];
    for (let place = first; place < last; place += 1) {
      const { index, each, hunks } = listed[place];
      const cut = each.id.lastIndexOf("/") + 1;
      const row = button("file", "", () => {
        choose({ file: state.file === index ? -1 : index });
        closeFiles();
      });
      row.append(make("span", "", each.id.slice(cut)), make("span", "count", hunks.length.toLocaleString("en")), make("span", "folder", each.id.slice(0, cut) || "./"));
      row.title = each.id;
      row.style.top = `${place * ROW_PX}px`;
      row.setAttribute("aria-current", String(state.file === index));
      rows.push(row);
    }
    by("file-rows").replaceChildren(...rows);
  }

  function closeFiles() {
    by("files").classList.remove("open");
    by("files-button").setAttribute("aria-expanded", "false");
  }

  // --- keys --------------------------------------------------------------------------------------------------------

  function setCurrent(place, scroll) {
    if (current >= 0 && hunkNodes[current]) hunkNodes[current].classList.remove("current");
    current = place;
    const node = hunkNodes[current];
    if (!node) return;
    node.classList.add("current");
    if (!scroll) return;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: node.offsetHeight > window.innerHeight * 0.7 ? "start" : "nearest" });
  }

  function move(step) {
    if (step > 0 && current + 1 >= hunkNodes.length) more(BATCH_HUNKS);
    const place = Math.min(Math.max(current + step, 0), hunkNodes.length - 1);
    if (place >= 0) setCurrent(place, true);
  }

  function moveFile(step) {
    const here = current >= 0 ? hunkNodes[current].parentNode : null;
    let place = Math.max(current, 0);
    if (step < 0) {
      while (place > 0 && hunkNodes[place].parentNode === here) place -= 1;
      while (place > 0 && hunkNodes[place - 1].parentNode === hunkNodes[place].parentNode) place -= 1;
    } else if (here) {
      while (place < hunkNodes.length && hunkNodes[place].parentNode === here) {
        place += 1;
        if (place >= hunkNodes.length && !more(BATCH_HUNKS)) return;
      }
    }
    if (hunkNodes[place]) setCurrent(place, true);
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    J: () => moveFile(1),
    K: () => moveFile(-1),
    e: () => { for (const fold of hunkNodes[current]?.querySelectorAll(".fold") ?? []) fold.click(); },
    i: () => hunkNodes[current]?.querySelector(".about").click(),
    "/": () => { by("query").focus(); by("query").select(); },
    f: () => {
      by("files").classList.add("open");
      by("files-button").setAttribute("aria-expanded", "true");
      fileRows();
      by("file-query").focus();
    },
    "?": () => by("help").showModal(),
    Escape: () => { if (filtered()) clear(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || by("help").open) return;
    const field = event.target.closest("input, select");
    if (field) {
      if (event.key === "Escape") { field.blur(); event.preventDefault(); }
      return;
    }
    const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (act) {
      event.preventDefault();
      act();
    }
  });

  let typing = 0;
  by("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => choose({ query: by("query").value.trim().toLowerCase() }), 120);
  });
  by("rule").addEventListener("change", () => choose({ rule: by("rule").value }));
  by("file-query").addEventListener("input", () => { by("file-list").scrollTop = 0; fileList(); });
  by("file-list").addEventListener("scroll", fileRows, { passive: true });
  by("help-button").addEventListener("click", () => by("help").showModal());
  by("files-button").addEventListener("click", () => {
    const open = by("files").classList.toggle("open");
    by("files-button").setAttribute("aria-expanded", String(open));
    fileRows();
  });
  window.addEventListener("resize", fileRows);
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar-height", `${by("bar").offsetHeight}px`);
  }).observe(by("bar"));
  window.addEventListener("beforeprint", () => more(PRINT_HUNKS));

  read();
})();
