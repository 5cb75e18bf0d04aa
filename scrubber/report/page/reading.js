// Reading the records that stand as JSON in the page, and the summary above the findings.
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
  const parts = [[t.removals, "removal"], [t.replacements, "replacement"], [t.flags, "flag"]].filter(([number]) => number).map(([number, noun]) => together(count(number, noun)));
  by("sentence").textContent = parts.length
    ? `${parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0]} in ${together(count(t.documents_shown, "file"))}`
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
