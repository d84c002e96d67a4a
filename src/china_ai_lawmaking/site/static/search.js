// A plain scan over prepared text: a record is found when it holds every word. Statements and sources come last, and those
// named so come first. Where no record holds all words, the page offers those that hold all but some.
"use strict";
(function () {
  const field = document.getElementById("q");
  const hits = document.getElementById("hits");
  const count = document.getElementById("count");
  const simplified = new Map(window.SEARCH.characters);
  const records = window.SEARCH.records; // [path, kind, label, note, folded text, length of the label in it]
  const MOST = 100;
  // Asked once, not at every keystroke.
  for (const record of records) record.isLate = /^(statements|sources)\//.test(record[0]);

  function fold(text) {
    const bare = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    return Array.from(bare, (character) => simplified.get(character) || character).join("");
  }
  function split(query) {
    return fold(query).split(/\s+/).filter(Boolean);
  }
  function find(query) {
    const words = split(query);
    if (!words.length) return [];
    const found = [[], [], [], []];
    for (const record of records) {
      const [text, end] = [record[4], record[5]];
      let [all, inName] = [true, true];
      for (const word of words) {
        const at = text.indexOf(word);
        if (at < 0) { all = false; break; }
        if (at + word.length > end) inName = false;
      }
      if (!all) continue;
      found[(record.isLate ? 2 : 0) + (inName ? 0 : 1)].push(record);
    }
    return found.flat();
  }
  // Words that no record holds are left out; where there are none such, the one word that leaves the fewest records.
  function nearest(query) {
    const words = split(query);
    const held = words.filter((word) => find(word).length);
    const tries = held.length < words.length ? [held] : words.map((_, at) => words.toSpliced(at, 1));
    const offers = tries.map((kept) => [kept, find(kept.join(" "))]).filter(([, found]) => found.length);
    return offers.sort((a, b) => a[1].length - b[1].length)[0];
  }
  function show() {
    let found = find(field.value);
    const offer = found.length || !field.value.trim() ? null : nearest(field.value);
    if (offer) found = offer[1];
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
    const told = found.length === 1 ? "One record" : found.length.toLocaleString("en") + " records" +
      (found.length > MOST ? ", the first " + MOST + " shown" : "");
    count.textContent = !field.value.trim() ? "" : !found.length ? "No record holds these words."
      : offer ? "No record holds all of these words. With “" + offer[0].join(" ") + "”: " + told : told;
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
