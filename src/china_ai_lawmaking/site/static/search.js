// A plain scan over prepared text: a record is found when it holds every word. Statements and sources come last, and those
// named so come first. Where no record holds all words, the page offers those that hold most of them.
"use strict";
(function () {
  const field = document.getElementById("q");
  const hits = document.getElementById("hits");
  const count = document.getElementById("count");
  const simplified = new Map(window.SEARCH.characters);
  const skipped = new Set(window.SEARCH.skipped);
  const records = window.SEARCH.records; // [path, kind, label, note, folded text, length of the label in it]
  const texts = records.map((record) => record[4]);
  const late = records.findIndex(([path]) => /^(statements|sources)\//.test(path)); // They stand at the end.
  const [FIRST, MOST, KEPT] = [20, 100, 100]; // Hits at once, hits in all, words whose places are kept.
  const asked = new Map();

  function fold(text) {
    const bare = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    return Array.from(bare, (character) => simplified.get(character) || character).join("");
  }
  function split(query) {
    // Marks at the end of a question belong to no word.
    const words = fold(query).replace(/[?？]+\s*$/, "").split(/\s+/).filter(Boolean);
    const telling = words.filter((word) => !skipped.has(word));
    return telling.length ? telling : words;
  }
  // Where each record holds a word first, -1 for nowhere. As a word is typed, it is looked for from where its beginning was.
  function places(word) {
    if (asked.has(word)) return asked.get(word);
    let begin = word.length - 1;
    while (begin && !asked.has(word.slice(0, begin))) begin -= 1;
    const before = asked.get(word.slice(0, begin));
    const found = new Int32Array(texts.length);
    for (let at = 0; at < found.length; at += 1) {
      const from = before ? before[at] : 0;
      found[at] = from < 0 ? -1 : texts[at].indexOf(word, from);
    }
    if (asked.size > KEPT) asked.clear();
    asked.set(word, found);
    return found;
  }
  function found(words) {
    const [named, other, namedLate, otherLate] = [[], [], [], []];
    const all = words.map(places);
    for (let at = 0; words.length && at < records.length; at += 1) {
      let [isHeld, isNamed] = [true, true];
      for (let word = 0; isHeld && word < all.length; word += 1) {
        const place = all[word][at];
        isHeld = place >= 0;
        isNamed &&= place + words[word].length <= records[at][5];
      }
      if (!isHeld) continue;
      if (at < late) (isNamed ? named : other).push(records[at]);
      else (isNamed ? namedLate : otherLate).push(records[at]);
    }
    return named.concat(other, namedLate, otherLate);
  }
  // The most words that one record holds; of as many, those that the fewest records hold together.
  function nearest(asked) {
    const words = asked.slice(0, 31); // A bit each.
    const all = words.map(places);
    const tally = new Map();
    for (let at = 0; at < records.length; at += 1) {
      let held = 0;
      for (let word = 0; word < all.length; word += 1) if (all[word][at] >= 0) held |= 1 << word;
      tally.set(held, (tally.get(held) || 0) + 1);
    }
    const sets = Array.from(tally, ([held, number]) => [words.filter((_, word) => held & (1 << word)), number]);
    return sets.sort(([a, many], [b, more]) => b.length - a.length || many - more)[0][0];
  }
  function item([path, kind, label, note]) {
    const item = document.createElement("li");
    item.className = "statement";
    const link = document.createElement("a");
    link.href = path;
    link.className = "serif";
    // Chinese is marked as Chinese, for fonts and screen readers.
    for (const [at, part] of label.split(/([\u2e80-\uffff]+)/).entries()) {
      const text = document.createElement("span");
      text.textContent = part;
      if (at % 2) text.lang = "zh";
      if (part) link.append(text);
    }
    const told = document.createElement("span");
    told.className = "note";
    told.textContent = " " + [kind, note].filter(Boolean).join(", ");
    item.append(link, told);
    return item;
  }
  function show() {
    const words = split(field.value);
    let shown = found(words);
    const kept = shown.length || words.length < 2 ? [] : nearest(words);
    if (kept.length) shown = found(kept);
    hits.replaceChildren(...shown.slice(0, FIRST).map(item));
    const told = shown.length === 1 ? "One record" : shown.length.toLocaleString("en") + " records" +
      (shown.length > MOST ? ", the first " + MOST + " shown" : "");
    count.textContent = !words.length ? "" : !shown.length ? "No record holds these words."
      : kept.length ? "No record holds all of these words. With “" + kept.join(" ") + "”: " + told : told;
    return shown;
  }
  window.SEARCH.find = (query) => found(split(query));
  field.value = new URLSearchParams(location.search).get("q") || "";
  let later = 0;
  function type() {
    const shown = show();
    clearTimeout(later);
    // What no screen holds, and the address, which browsers let a page change only so often, follow when typing pauses.
    later = setTimeout(() => {
      hits.append(...shown.slice(FIRST, MOST).map(item));
      const address = field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname;
      try { history.replaceState(null, "", address); } catch { /* a page from a file keeps its address */ }
    }, 150);
  }
  field.addEventListener("input", type);
  type();
  field.focus();
  // The first scan takes longest: it is over before anybody types.
  found(["a"]);
})();
