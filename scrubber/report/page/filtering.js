// Which findings are shown: by rule, outcome, file and text.
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
