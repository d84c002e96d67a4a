// A plain scan over prepared text: a record is found when it holds every word. The page says how many, those named so first.
"use strict";
(function () {
  const field = document.getElementById("q");
  const hits = document.getElementById("hits");
  const count = document.getElementById("count");
  const simplified = new Map(window.SEARCH.characters);
  const records = window.SEARCH.records; // [path, kind, label, note, folded text, length of the label in it]
  const MOST = 100;

  function fold(text) {
    const bare = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    return Array.from(bare, (character) => simplified.get(character) || character).join("");
  }
  function find(query) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const [named, found] = [[], []];
    for (const record of records) {
      const [text, end] = [record[4], record[5]];
      let [all, inName] = [true, true];
      for (const word of words) {
        const at = text.indexOf(word);
        if (at < 0) { all = false; break; }
        if (at + word.length > end) inName = false;
      }
      if (all) (inName ? named : found).push(record);
    }
    return named.concat(found);
  }
  function show() {
    const found = find(field.value);
    hits.replaceChildren(...found.slice(0, MOST).map(([path, kind, label, note]) => {
      const item = document.createElement("li");
      item.className = "statement";
      const link = document.createElement("a");
      link.href = path;
      link.className = "serif";
      link.textContent = label;
      const told = document.createElement("span");
      told.className = "note";
      told.textContent = " " + [kind, note].filter(Boolean).join(", ");
      item.append(link, told);
      return item;
    }));
    count.textContent = !field.value.trim() ? "" : found.length === 1 ? "One record" : found.length
      ? found.length.toLocaleString("en") + " records" + (found.length > MOST ? ", the first " + MOST + " shown" : "")
      : "No record holds all of these words.";
  }
  window.SEARCH.find = find;
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", () => {
    show();
    const address = field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname;
    try { history.replaceState(null, "", address); } catch { /* a page from a file keeps its address */ }
  });
  show();
  field.focus();
})();
