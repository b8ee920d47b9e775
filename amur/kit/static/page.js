/* Amur's pages: theme, tooltips, copying, sorting and filtering. Everything also reads without it. */
(function () {
  "use strict";
  var root = document.documentElement;
  var THEMES = ["auto", "light", "dark"];

  function remembered() {
    try { return localStorage.getItem("amur-theme"); } catch (error) { return null; }
  }
  function setTheme(theme) {
    if (theme === "light" || theme === "dark") { root.dataset.theme = theme; } else { delete root.dataset.theme; }
  }
  root.classList.add("js");
  setTheme(remembered());

  function each(scope, selector, act) { Array.prototype.forEach.call(scope.querySelectorAll(selector), act); }

  /* theme: as the system, light, dark */
  function themes() {
    each(document, "[data-themes]", function (button) {
      var labels = JSON.parse(button.dataset.themes);
      function show() { button.textContent = labels[root.dataset.theme || "auto"]; }
      button.hidden = false;
      show();
      button.addEventListener("click", function () {
        var next = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
        setTheme(next);
        try { localStorage.setItem("amur-theme", next); } catch (error) { /* a page opened from a file may not store */ }
        show();
      });
    });
  }

  /* numbers: place the note by its number, inside the window; Escape closes it, a tap opens it */
  function place(fig) {
    var tip = fig.querySelector(".tip"), at = fig.getBoundingClientRect(), size = tip.getBoundingClientRect();
    var left = Math.max(8, Math.min(at.left + at.width / 2 - size.width / 2, root.clientWidth - size.width - 8));
    var below = at.bottom + size.height + 8 <= window.innerHeight || at.top < size.height + 8;
    tip.style.setProperty("--x", left + "px");
    tip.style.setProperty("--y", (below ? at.bottom : at.top - size.height) + "px");
  }
  function figOf(event) { return event.target instanceof Element ? event.target.closest(".fig") : null; }
  function closeAll(except) {
    each(document, ".fig.open", function (fig) { if (fig !== except) { fig.classList.remove("open"); } });
  }
  function tips() {
    ["mouseover", "focusin"].forEach(function (name) {
      document.addEventListener(name, function (event) { var fig = figOf(event); if (fig) { place(fig); } });
    });
    ["mouseout", "focusout"].forEach(function (name) {
      document.addEventListener(name, function (event) {
        var fig = figOf(event);
        if (fig && !fig.contains(event.relatedTarget)) { fig.classList.remove("shut", "open"); }
      });
    });
    document.addEventListener("click", function (event) {
      var fig = figOf(event);
      closeAll(fig);
      if (fig && event.target.closest(".num")) { fig.classList.remove("shut"); fig.classList.add("open"); place(fig); }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") { return; }
      closeAll(null);
      each(document, ".fig:hover,.fig:focus-within", function (fig) { fig.classList.add("shut"); });
    });
    window.addEventListener("scroll", function () {
      each(document, ".fig:hover,.fig:focus-within,.fig.open", place);
    }, { passive: true, capture: true });
  }

  /* copy a sentence with its source */
  function write(text) {
    if (navigator.clipboard && window.isSecureContext) { return navigator.clipboard.writeText(text); }
    return new Promise(function (done, failed) {
      var area = document.createElement("textarea");
      area.value = text; area.className = "unseen"; area.setAttribute("readonly", "");
      document.body.appendChild(area); area.select();
      var copied = document.execCommand("copy");
      area.remove();
      if (copied) { done(); } else { failed(); }
    });
  }
  function copying(scope) {
    each(scope, "[data-copy]", function (button) {
      var status = button.parentNode.querySelector("[role=status]");
      button.hidden = false;
      button.addEventListener("click", function () {
        write(button.dataset.copy).then(
          function () { status.textContent = button.dataset.done; },
          function () { status.textContent = button.dataset.failed; });
      });
    });
  }

  /* a chart as PNG at twice its size, drawn from its SVG file, which stands beside it */
  function save(blob, name) {
    var link = document.createElement("a"), address = URL.createObjectURL(blob);
    link.href = address; link.download = name; link.hidden = true;
    document.body.appendChild(link); link.click(); link.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 60000);
  }
  function pictures(scope) {
    each(scope, "button[data-drawn]", function (button) {
      var source = button.closest("ul").querySelector('a[download$=".svg"]');
      button.parentNode.hidden = false;
      button.addEventListener("click", function () {
        var image = new Image();
        image.onload = function () {
          var canvas = document.createElement("canvas");
          canvas.width = image.naturalWidth * 2; canvas.height = image.naturalHeight * 2;
          canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(function (blob) { save(blob, button.dataset.drawn); }, "image/png");
        };
        image.src = source.href;
      });
    });
  }

  /* tables: sort by any column, find rows */
  function sorting(scope) {
    each(scope, "table[data-sortable]", function (table) {
      var body = table.tBodies[0], status = table.closest(".tabular").querySelector("[role=status]");
      each(table, "thead th", function (head, index) {
        if (head.querySelector(".sort")) { return; }
        var button = document.createElement("button");
        button.type = "button"; button.className = "sort";
        while (head.firstChild) { button.appendChild(head.firstChild); }
        head.appendChild(button); head.setAttribute("aria-sort", "none");
        button.addEventListener("click", function () {
          var up = head.classList.contains("n") ? head.getAttribute("aria-sort") === "descending" : head.getAttribute("aria-sort") !== "ascending";
          each(table, "thead th", function (other) { other.setAttribute("aria-sort", "none"); });
          head.setAttribute("aria-sort", up ? "ascending" : "descending");
          order(body, index, up);
          status.textContent = head.dataset[up ? "up" : "down"];
        });
      });
    });
  }
  function order(body, index, up) {
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      var cell = row.cells[index], raw = cell.dataset.v;
      return { row: row, place: place, key: raw === undefined ? cell.textContent.trim() : raw === "" ? null : Number(raw) };
    });
    var words = new Intl.Collator(root.lang, { numeric: true });
    rows.sort(function (a, b) {
      if (a.key === null || b.key === null) { return (a.key === null) - (b.key === null) || a.place - b.place; }
      var way = typeof a.key === "number" ? a.key - b.key : words.compare(a.key, b.key);
      return (up ? way : -way) || a.place - b.place;
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
  }
  function filtering(scope) {
    each(scope, ".filter", function (label) {
      var input = label.querySelector("input"), body = label.closest(".tabular").querySelector("tbody");
      label.hidden = false;
      input.addEventListener("input", function () {
        var wanted = input.value.trim().toLocaleLowerCase(root.lang);
        each(body, "tr", function (row) { row.hidden = row.textContent.toLocaleLowerCase(root.lang).indexOf(wanted) < 0; });
      });
    });
  }

  function dress(scope) { copying(scope); pictures(scope); sorting(scope); filtering(scope); }
  window.amur = { dress: dress };
  function start() { themes(); tips(); dress(document); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
