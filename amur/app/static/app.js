/* Amur's app: pictures drawn when the reader comes to them, the lab redrawn as it is changed, texts dropped. */
(function () {
  "use strict";
  var root = document.documentElement;

  function each(scope, selector, act) { Array.prototype.forEach.call(scope.querySelectorAll(selector), act); }

  /* pictures */
  function draw(holder) {
    var address = holder.dataset.picture, figure = holder.closest("figure");
    if (!address) { return Promise.resolve(); }
    delete holder.dataset.picture;
    holder.setAttribute("aria-busy", "true");
    return fetch(address).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (html) {
      var parsed = new DOMParser().parseFromString(html, "text/html");
      ["large", "small"].forEach(function (size) {
        var place = figure.querySelector(".plot." + size), from = parsed.querySelector("." + size);
        place.replaceChildren.apply(place, Array.prototype.map.call(from.childNodes, function (node) {
          return document.importNode(node, true);
        }));
      });
    }).catch(function () {
      holder.removeAttribute("aria-busy");
      holder.dataset.picture = address;
      holder.classList.add("failed");
    });
  }
  function pictures() {
    var holders = document.querySelectorAll("[data-picture]");
    if (!("IntersectionObserver" in window)) { Array.prototype.forEach.call(holders, draw); return; }
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        watch.unobserve(entry.target);
        draw(entry.target.querySelector("[data-picture]"));
      });
    }, { rootMargin: "900px 0px" });
    Array.prototype.forEach.call(holders, function (holder) { watch.observe(holder.closest("figure")); });
    window.addEventListener("beforeprint", function () { each(document, "[data-picture]", draw); });
  }

  /* the lab: one request at a time, and the newest state after it */
  function written(input) {
    var value = Number(input.value), percent = input.dataset.style === "percent";
    return new Intl.NumberFormat(root.lang, percent ? { style: "percent", maximumFractionDigits: 0 } : { maximumFractionDigits: 2 }).format(value);
  }
  function address(form) {
    var pairs = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (value !== "") { pairs.append(name, value); } });
    return pairs.toString();
  }
  function lab() {
    var form = document.getElementById("lab"), place = document.getElementById("lab-outcome"), status = document.getElementById("lab-status");
    if (!form) { return; }
    var running = false, again = false, moved = 0, narrow = window.matchMedia("(max-width:35rem)");
    narrow.addEventListener("change", function () { if (place) { ask(); } });
    function ask() {
      if (running) { again = true; return; }
      running = true; again = false;
      var query = address(form), begun = moved;
      status.textContent = status.dataset.working;
      fetch(form.dataset.part + "?" + query + "&size=" + (narrow.matches ? "small" : "large"), { headers: { accept: "text/html" } }).then(function (answer) {
        return answer.text().then(function (html) { return { ok: answer.ok, html: html }; });
      }).then(function (answer) {
        var parsed = new DOMParser().parseFromString(answer.html, "text/html");
        var body = answer.ok ? parsed.body : parsed.querySelector("main .notice");
        place.replaceChildren.apply(place, Array.prototype.map.call(answer.ok ? body.childNodes : [body], function (node) {
          return document.importNode(node, true);
        }));
        window.amur.dress(place);
        history.replaceState(null, "", form.getAttribute("action") + "?" + query);
        languages(query);
        status.textContent = answer.ok ? status.dataset.done : status.dataset.failed;
        requestAnimationFrame(function () { place.dataset.took = Math.round(performance.now() - begun); });
      }).catch(function () { status.textContent = status.dataset.failed; }).then(function () {
        running = false;
        if (again) { ask(); }
      });
    }
    form.addEventListener("input", function (event) {
      if (event.target.type !== "range") { return; }
      var shown = written(event.target);
      event.target.setAttribute("aria-valuetext", shown);
      event.target.closest(".slider").querySelector("output").textContent = shown;
      moved = performance.now();
      if (place) { ask(); }
    });
    form.addEventListener("change", function (event) {
      if (event.target.classList.contains("kind")) { other(form); return; }
      if (event.target.type !== "range" && place) { moved = performance.now(); ask(); }
    });
  }
  /* another kind of shock has another slider: the server draws the form anew */
  function other(form) {
    var pairs = new URLSearchParams(address(form));
    var name = document.activeElement && document.activeElement.name;
    if (name) { pairs.delete(name.replace(/kind$/, "value")); }
    window.location.assign(form.getAttribute("action") + "?" + pairs.toString());
  }
  function languages(query) {
    each(document, ".masthead a[hreflang]", function (link) { link.href = link.pathname + "?" + query; });
  }

  /* texts dropped on the field */
  function drops() {
    var area = document.querySelector("textarea[data-drop]");
    if (!area) { return; }
    var status = area.closest("form").querySelector("[role=status]");
    ["dragover", "dragenter"].forEach(function (name) {
      area.addEventListener(name, function (event) { event.preventDefault(); area.classList.add("over"); });
    });
    area.addEventListener("dragleave", function () { area.classList.remove("over"); });
    area.addEventListener("drop", function (event) {
      var file = event.dataTransfer.files[0];
      area.classList.remove("over");
      if (!file) { return; }
      event.preventDefault();
      if (file.size > 400000 || /^(image|audio|video)/.test(file.type)) { status.textContent = area.dataset.notText; return; }
      file.text().then(function (words) { area.value = words; status.textContent = area.dataset.drop; });
    });
  }

  function start() { pictures(); lab(); drops(); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
