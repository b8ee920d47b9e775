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
      holder.setAttribute("role", "status");
      holder.textContent = holder.dataset.failed;
    });
  }
  /* act on each of some elements when the reader comes near */
  function near(elements, margin, act) {
    if (!("IntersectionObserver" in window)) { Array.prototype.forEach.call(elements, act); return; }
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) { watch.unobserve(entry.target); act(entry.target); }
      });
    }, { rootMargin: margin + "px 0px" });
    Array.prototype.forEach.call(elements, function (element) { watch.observe(element); });
  }
  function pictures(scope) {
    var figures = Array.prototype.map.call(scope.querySelectorAll("[data-picture]"), function (holder) { return holder.closest("figure"); });
    near(figures, 900, function (figure) {
      var holder = figure.querySelector("[data-picture]");
      if (holder) { draw(holder); }
    });
  }

  /* parts of a page that come after it */
  function fill(place, html) {
    var parsed = new DOMParser().parseFromString(html, "text/html");
    place.replaceChildren.apply(place, Array.prototype.map.call(parsed.body.childNodes, function (node) {
      return document.importNode(node, true);
    }));
    window.amur.dress(place);
    pictures(place);
    later(place);
  }
  function later(scope) { near(scope.querySelectorAll("[data-later]"), 600, bring); }
  function bring(place) {
    var address = place.dataset.later, status = place.querySelector("[role=status]");
    if (!address) { return Promise.resolve(); }
    delete place.dataset.later;
    place.setAttribute("aria-busy", "true");
    return fetch(address).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (html) { fill(place, html); }).catch(function () {
      status.textContent = place.dataset.failed;
    }).then(function () { place.removeAttribute("aria-busy"); });
  }

  /* forms whose result follows them: one request at a time, and the newest state after it */
  function written(input) {
    var value = Number(input.value), style = input.dataset.style;
    if (!style) { return input.value; }
    var how = style === "percent" ? { style: "percent", maximumFractionDigits: 0 } : { maximumFractionDigits: 2 };
    return new Intl.NumberFormat(root.lang, how).format(value);
  }
  function address(form) {
    var pairs = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (value !== "") { pairs.append(name, value); } });
    return pairs.toString();
  }
  function live(form) {
    var place = document.getElementById(form.id + "-outcome"), status = document.getElementById(form.id + "-status");
    var running = false, again = false, moved = 0, narrow = window.matchMedia("(max-width:35rem)");
    if (place) { narrow.addEventListener("change", ask); }
    function ask() {
      if (running) { again = true; return; }
      running = true; again = false;
      var query = address(form), begun = moved;
      status.textContent = status.dataset.working;
      fetch(place.dataset.part + "?" + query + "&size=" + (narrow.matches ? "small" : "large")).then(function (answer) {
        return answer.text().then(function (body) { return { ok: answer.ok, body: body }; });
      }).then(function (answer) {
        if (answer.ok) { fill(place, answer.body); } else { place.replaceChildren(trouble(answer.body)); }
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
      if (event.target.type === "range" || !place) { return; }
      if (place.dataset.whole) { form.requestSubmit(); return; }
      moved = performance.now();
      ask();
    });
  }
  /* what was wrong, as a problem says it */
  function trouble(body) {
    var notice = document.createElement("p"), words = body;
    try { words = JSON.parse(body).detail; } catch (error) { /* not a problem */ }
    notice.className = "notice missing";
    notice.setAttribute("role", "note");
    notice.textContent = words;
    return notice;
  }
  /* another kind of shock has another slider: the server draws the form anew */
  function other(form) {
    var pairs = new URLSearchParams(address(form));
    var name = document.activeElement && document.activeElement.name;
    if (name && /kind$/.test(name)) { pairs.delete(name.replace(/kind$/, "value")); }
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

  function start() {
    pictures(document);
    later(document);
    each(document, "form.lab, form.ask", live);
    drops();
    window.addEventListener("beforeprint", function () {
      each(document, "[data-later]", bring);
      each(document, "[data-picture]", draw);
    });
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
