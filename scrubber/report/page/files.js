// The list of files beside the findings; only the rows in sight are there.
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
