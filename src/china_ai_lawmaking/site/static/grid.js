// A grid over the rows of one table: search, filters by column, sort, links along keys, download, state in the address.
"use strict";
(function () {
  const place = document.getElementById("grid");
  const data = window.TABLE;
  const root = place.dataset.root;
  const state = new URLSearchParams(location.hash.slice(1));

  function cell(value) {
    return Array.isArray(value) ? value[0] : value === null ? "" : String(value);
  }
  function formatted(shown) {
    const value = shown.getValue();
    const made = document.createElement(Array.isArray(value) ? "a" : "span");
    if (Array.isArray(value)) made.href = root + value[1];
    made.textContent = cell(value);
    if (/[\u3000-\uffff]/.test(made.textContent)) made.lang = "zh";
    return made;
  }
  function holds(wanted, value) {
    return cell(value).toLowerCase().includes(String(wanted).toLowerCase());
  }

  const rows = data.rows.map((cells) => Object.fromEntries(data.columns.map((name, at) => [name, cells[at]])));
  const bar = document.createElement("div");
  bar.className = "grid-bar";
  const search = document.createElement("input");
  search.type = "search";
  search.setAttribute("aria-label", "Search all columns");
  search.placeholder = "Search all columns";
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  const download = document.createElement("button");
  download.type = "button";
  download.textContent = "Download what is shown";
  bar.append(search, count, download);
  place.before(bar);

  // A column is as wide as its cells are long, within bounds, and holds the words of its head; rows are as high as their
  // longest cell. A Chinese character takes the place of two letters.
  const isNarrow = matchMedia("(max-width: 54rem)").matches;
  function share(name) {
    const sample = rows.slice(0, 200).map((row) => cell(row[name]).replace(/[\u3000-\uffff]/g, "--"));
    const length = sample.reduce((sum, text) => sum + text.length, 0) / Math.max(sample.length, 1);
    return Math.min(Math.max(length / 10, 1), 4);
  }
  function least(name) {
    const word = Math.max(...name.split(/[ _]/).map((part) => part.length));
    return Math.max(96, 36 + 7.5 * word, isNarrow ? 0 : 44 * share(name));
  }
  function before(a, b) {
    // "by 2025-03" stands where its date does.
    const [one, other] = [cell(a), cell(b)].map((text) => text.replace(/^by (?=\d)/, ""));
    return one !== "" && other !== "" && !isNaN(one) && !isNaN(other) ? one - other : one < other ? -1 : one > other ? 1 : 0;
  }

  const grid = new Tabulator(place, {
    data: rows,
    layout: "fitColumns",
    // On narrow pages the columns after those that fit stand beneath each row.
    responsiveLayout: isNarrow ? "collapse" : false,
    responsiveLayoutCollapseFormatter: (cells) => {
      const rest = document.createElement("div");
      rest.setAttribute("role", "gridcell");
      for (const one of cells.filter((one) => one.value.textContent)) {
        const line = document.createElement("p");
        const name = document.createElement("span");
        name.textContent = one.title;
        line.append(name, one.value);
        rest.append(line);
      }
      return rest;
    },
    height: "70vh",
    columns: data.columns.map((name, at) => ({
      responsive: at,
      title: name.replaceAll("_", " "), field: name, formatter: formatted, variableHeight: true,
      headerFilter: "input", headerFilterFunc: holds, headerFilterPlaceholder: "filter", sorter: before,
      accessorDownload: cell, widthGrow: share(name), minWidth: least(name),
    })),
    initialSort: state.get("sort") ? [{ column: state.get("sort"), dir: state.get("dir") || "asc" }] : [],
  });

  function remember() {
    const kept = new URLSearchParams();
    if (search.value) kept.set("q", search.value);
    for (const filter of grid.getHeaderFilters()) kept.set("f." + filter.field, filter.value);
    const [sorter] = grid.getSorters();
    if (sorter) { kept.set("sort", sorter.field); kept.set("dir", sorter.dir); }
    history.replaceState(null, "", "#" + kept);
    count.textContent = grid.getDataCount("active").toLocaleString("en") + " of " + rows.length.toLocaleString("en");
  }
  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    grid.setFilter((row) => {
      const text = Object.values(row).map(cell).join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }
  grid.on("tableBuilt", () => {
    // Between a grid and its rows nothing may stand that takes the focus; the links in the cells take it.
    const holder = place.querySelector(".tabulator-tableholder");
    holder.removeAttribute("tabindex");
    holder.setAttribute("role", "presentation");
    for (const [name, value] of state) if (name.startsWith("f.")) grid.setHeaderFilterValue(name.slice(2), value);
    if (state.get("q")) { search.value = state.get("q"); apply(); }
    // Headers sort by keyboard, and each filter says which column it is for.
    for (const column of grid.getColumns()) {
      const head = column.getElement();
      const filter = head.querySelector(".tabulator-header-filter input");
      filter?.setAttribute("aria-label", "Filter " + column.getDefinition().title);
      head.tabIndex = 0;
      head.addEventListener("keydown", (event) => {
        if (event.target !== head || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const [sorter] = grid.getSorters();
        const isUp = sorter && sorter.field === column.getField() && sorter.dir === "asc";
        grid.setSort(column.getField(), isUp ? "desc" : "asc");
      }, true);
    }
    remember();
  });
  grid.on("dataFiltered", () => setTimeout(remember));
  grid.on("dataSorted", () => setTimeout(remember));
  search.addEventListener("input", apply);
  download.addEventListener("click", () => grid.download("csv", place.dataset.name + "-shown.csv", { bom: true }));
})();
