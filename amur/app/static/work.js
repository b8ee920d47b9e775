/* Work that goes on: its page asks how far it is, and gives way to the result. */
(function () {
  "use strict";
  var EVERY = 700;

  function follow(place) {
    var address = place.dataset.address;
    function ask() {
      fetch(address, { headers: { accept: "text/html" }, redirect: "manual" }).then(function (answer) {
        if (answer.status !== 202) { window.location.replace(address); return null; }
        return answer.text();
      }).then(function (html) {
        if (html === null) { return; }
        var fresh = new DOMParser().parseFromString(html, "text/html");
        var status = fresh.querySelector("#work .status"), bar = fresh.querySelector("#work progress");
        if (!status) { return; }
        var shown = place.querySelector(".status"), mine = place.querySelector("progress");
        if (shown.textContent !== status.textContent) { shown.textContent = status.textContent; }
        if (bar.hasAttribute("max")) { mine.max = bar.max; mine.value = bar.value; }
        window.setTimeout(ask, EVERY);
      }).catch(function () { window.setTimeout(ask, 4 * EVERY); });
    }
    window.setTimeout(ask, EVERY);
  }
  function start() {
    var place = document.getElementById("work");
    if (place) { follow(place); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
