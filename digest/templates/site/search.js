"use strict";
// Every word must occur; titles weigh more, then newer issues. Texts are set as text, never as markup.
(function () {
  const MOST = 200;
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const rows = window.ZHENGXUN_INDEX.map((row) => ({
    row, title: fold(row.title), all: fold([row.title, row.source, row.number, row.summary].join(" ")),
  }));
  const box = document.getElementById("words");
  const list = document.getElementById("found");
  const count = document.getElementById("count");

  function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function show() {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!words.length) { count.textContent = "共 " + rows.length + " 条可检索"; return; }
    const hits = rows.filter((item) => words.every((word) => item.all.includes(word)));
    const weight = (item) => words.filter((word) => item.title.includes(word)).length;
    hits.sort((a, b) => weight(b) - weight(a) || (a.row.week < b.row.week ? 1 : a.row.week > b.row.week ? -1 : 0));
    count.textContent = hits.length ? "找到 " + hits.length + " 条" : "没有找到";
    for (const item of hits.slice(0, MOST)) {
      const line = document.createElement("li");
      const link = element("a", item.row.title, "big");
      link.href = item.row.path;
      line.append(link, element("p", [item.row.source, item.row.on, item.row.number, item.row.week].filter(Boolean).join(" · "), "meta"), element("p", item.row.summary));
      list.append(line);
    }
  }

  const given = new URLSearchParams(location.search).get("q");
  if (given) box.value = given;
  box.addEventListener("input", show);
  document.getElementById("form").addEventListener("submit", (event) => { event.preventDefault(); show(); });
  show();
})();
