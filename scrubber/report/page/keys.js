// Keys and controls; the page begins to read here.
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
window.addEventListener("beforeprint", () => {
  ruleTable(true);
  markChosen();
  more(PRINT_HUNKS);
});

read();
