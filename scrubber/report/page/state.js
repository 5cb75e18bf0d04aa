// What the page knows, and the few helpers that all of it uses. The parts stand in one function, in the order of `html.py`.
// Text of documents enters the page as text only, never as markup. Whatever may take long is done in slices, so that a
// page with tens of thousands of files stays at hand.
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
const together = (words) => words.replaceAll(" ", "\u00a0");
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
