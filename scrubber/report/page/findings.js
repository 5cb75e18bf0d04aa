// The findings themselves: made as far as the reader has come, folded where they are long.
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
  const sought = (line) => textOf(line).toLowerCase().includes(state.query);
  if (state.query && hidden.some(sought)) fold.click();
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
