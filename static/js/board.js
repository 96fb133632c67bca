// The board: drag a card, or walk the table with the arrow keys. Both post what the plain form posts; the table
// that comes back is the server's, so a refused or failed change never leaves a card where it is not.
"use strict";

(() => {
  const board = () => document.querySelector("[data-board]");
  const says = (text) => { const line = document.getElementById("board-says"); if (line) line.textContent = text; };
  const base = () => location.pathname.replace(/\/board\/.*$/, "/board/");
  const isWeek = () => board() && board().dataset.board === "week";
  const words = document.getElementById("board-says") ? document.getElementById("board-says").dataset : {};
  window.tempoBoard = { board, says, base, words };
  let dragged = null;
  let here = null;

  const post = (session, values) => htmx.ajax("POST", `${base()}sessions/${session.dataset.session}/drop/${location.search}`, {
    source: board(), target: "#board", swap: "outerHTML",
    values: { ...values, version: session.dataset.version, week: board().dataset.week },
  });

  // --- where it may go: asked when the drag begins, shown on every cell, with the reason as its title ---
  const showPlaces = async (session) => {
    try {
      const answer = await fetch(`${base()}sessions/${session.dataset.session}/cells/?week=${board().dataset.week}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || dragged !== session) return;
      const cells = await answer.json();
      board().querySelectorAll("td[data-slot]").forEach((cell) => {
        const found = cells[cell.dataset.cell];
        if (!found) { cell.classList.add("is-refused"); cell.title = words.nowhere; return; } // a day that is over, a room out of use
        cell.classList.add(found.kind === "free" ? "is-free" : found.kind === "soft" ? "is-soft" : "is-refused");
        if (found.why) cell.title = found.why;
      });
    } catch { /* the server still decides when the card is dropped */ }
  };
  const hidePlaces = () => board() && board().querySelectorAll("td[data-cell]").forEach((cell) => {
    cell.classList.remove("is-free", "is-soft", "is-refused", "is-target");
    cell.removeAttribute("title");
  });

  // --- drag with mouse or touch ---
  const start = () => {
    if (!isWeek() || typeof Sortable === "undefined" || board().dataset.ready) return;
    board().dataset.ready = "yes";
    if (board().dataset.rows === "rooms") {
      board().querySelectorAll("td[data-slot], .tray-cards").forEach((place) => new Sortable(place, {
        group: "board", draggable: "[data-mine], [data-theirs]", animation: 0, sort: false, delay: 180, delayOnTouchOnly: true,
        filter: ".card-pick", preventOnFilter: false, onStart: ({ item }) => { dragged = item; item.classList.add("is-moving"); showPlaces(item); },
        onMove: ({ to }) => { document.querySelectorAll(".is-target").forEach((cell) => cell.classList.remove("is-target")); to.classList.add("is-target"); },
        onEnd: ({ item, from, to, oldIndex }) => {
          item.classList.remove("is-moving");
          dragged = null;
          hidePlaces();
          from.insertBefore(item, from.children[oldIndex] || null);
          if (to === from) return;
          post(item, to.dataset.slot ? { room: to.dataset.row, day: to.dataset.day, slot: to.dataset.slot } : {});
        },
      }));
    }
    oneDay();
    grid();
  };

  // --- on a phone one day at a time ---
  const oneDay = () => {
    if (!isWeek()) return;
    const days = [...board().querySelectorAll("th.board-day[data-day]")];
    if (!days.length) return;
    const narrow = matchMedia("(max-width: 47.99rem)").matches;
    board().toggleAttribute("data-one-day", narrow);
    let tabs = board().querySelector(".day-tabs");
    if (!tabs) {
      tabs = document.createElement("div");
      tabs.className = "day-tabs";
      days.forEach((day) => {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.className = "chip";
        tab.textContent = day.firstElementChild ? day.firstElementChild.textContent : day.textContent;
        tab.dataset.dayTab = day.dataset.day;
        tabs.append(tab);
      });
      board().querySelector(".board-wrap").before(tabs);
    }
    const kept = sessionStorage.getItem("board-day");
    const wanted = days.find((day) => day.dataset.day === kept) || days.find((day) => day.classList.contains("is-today")) || days[0];
    showDay(wanted.dataset.day);
  };
  const showDay = (day) => {
    board().querySelectorAll("[data-day]").forEach((one) => one.classList.toggle("is-shown", one.dataset.day === day));
    board().querySelectorAll("[data-day-tab]").forEach((tab) => tab.setAttribute("aria-current", String(tab.dataset.dayTab === day)));
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-day-tab]");
    if (!tab) return;
    sessionStorage.setItem("board-day", tab.dataset.dayTab);
    showDay(tab.dataset.dayTab);
  });

  // --- walk the table: arrows, Enter opens, m asks where it can go, u undoes, x picks up and puts down ---
  const cells = () => [...board().querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td[data-cell]")]);
  const grid = () => {
    const all = board().querySelectorAll("td[data-cell]");
    all.forEach((cell) => { cell.tabIndex = -1; });
    const first = (here && board().querySelector(`td[data-cell="${here}"]`)) || all[0];
    if (first) first.tabIndex = 0;
  };
  const go = (cell) => {
    board().querySelectorAll('td[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    cell.tabIndex = 0;
    here = cell.dataset.cell;
    cell.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (!board() || !event.target.closest || event.ctrlKey || event.metaKey || event.altKey) return;
    act(event);
    const cell = event.target.closest("td[data-cell]");
    if (!cell) return;
    const rows = cells();
    const y = rows.findIndex((row) => row.includes(cell));
    const x = y < 0 ? -1 : rows[y].indexOf(cell);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (steps[event.key] && event.target === cell) {
      const [dy, dx] = steps[event.key];
      const next = rows[y + dy] && rows[y + dy][x + dx];
      if (next) { event.preventDefault(); go(next); }
      return;
    }
    const card = cell.querySelector(".card-slip");
    if (event.key === "Enter" && event.target === cell && card) { event.preventDefault(); card.querySelector("a").click(); }
  });
  // m asks where a session can go, u takes the last act back: from a cell or from a card, also in the tray.
  const act = (event) => {
    const place = event.target.closest(".card-slip, td[data-cell]");
    if (!place || !board().contains(place)) return;
    const card = place.matches(".card-slip") ? place : place.querySelector(".card-slip");
    if (event.key === "m" && card && card.matches("[data-mine], [data-theirs]")) {
      event.preventDefault();
      htmx.ajax("GET", `${base()}sessions/${card.dataset.session}/places/?week=${board().dataset.week}`, { source: board(), target: "#panel", swap: "innerHTML" });
    }
    if (event.key === "u") {
      const undo = document.querySelector("#toasts [data-toast]:last-child form button");
      if (undo) { event.preventDefault(); undo.click(); }
    }
  };

  // --- a poll never swaps the table under a card that is held, a field that is filled in or a dialog ---
  document.addEventListener("htmx:beforeRequest", (event) => {
    const isPoll = event.detail.elt === board() && event.detail.requestConfig.verb === "get" && event.detail.requestConfig.path.includes("/board/live/");
    if (isPoll && (document.hidden || dragged || "held" in board().dataset || document.querySelector("dialog[open]"))) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target && event.detail.target.id === "board") {
      const wrap = board() && board().querySelector(".board-wrap");
      board.scroll = wrap ? [wrap.scrollLeft, wrap.scrollTop] : null;
      board.hadFocus = Boolean(board() && board().contains(document.activeElement));
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!board() || board().dataset.kept) return;
    board().dataset.kept = "yes";
    start();
    const wrap = board().querySelector(".board-wrap");
    if (wrap && board.scroll) [wrap.scrollLeft, wrap.scrollTop] = board.scroll;
    if (board.hadFocus && here) { const cell = board().querySelector(`td[data-cell="${here}"]`); if (cell) cell.focus(); }
    const answer = document.querySelector("#board-answer");
    if (answer && !answer.querySelector("dialog[open]")) answer.replaceChildren();
  });
  // Toasts are announced by their own region. A refusal opens a dialog; its reasons are read out as well.
  document.addEventListener("htmx:afterSwap", (event) => {
    const reasons = event.detail.target && event.detail.target.id === "board-answer" && [...event.detail.target.querySelectorAll("h2, .reason-said")];
    if (reasons && reasons.length) says(reasons.map((one) => one.textContent.trim()).join(". "));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".board-filter")) event.target.classList.toggle("is-on", Boolean(event.target.value));
  });
  // What was refused is answered by now: an act that succeeded closes the dialog that offered it.
  document.addEventListener("panel-close", () => {
    const answer = document.querySelector("#board-answer");
    if (answer) answer.replaceChildren();
  });
  matchMedia("(max-width: 47.99rem)").addEventListener("change", () => board() && oneDay());
  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
})();
