// The week by keyboard: arrows walk the table, Enter opens, m asks where a session can go, u takes the last act back.
"use strict";

(() => {
  const { board, base } = window.tempoBoard;
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  let here = null;

  const cells = () => [...board().querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td[data-cell]")]);
  const cellHere = () => here && board().querySelector(`td[data-cell="${here}"]`);

  const draw = () => {
    const all = board().querySelectorAll("td[data-cell]");
    all.forEach((cell) => { cell.tabIndex = -1; });
    const first = cellHere() || all[0];
    if (first) first.tabIndex = 0;
    if (board.hadFocus && cellHere()) cellHere().focus();
  };

  const go = (cell) => {
    board().querySelectorAll('td[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    cell.tabIndex = 0;
    here = cell.dataset.cell;
    cell.focus();
  };

  const neighbour = (cell, [dy, dx]) => {
    const rows = cells();
    const y = rows.findIndex((row) => row.includes(cell));
    return y < 0 || !rows[y + dy] ? null : rows[y + dy][rows[y].indexOf(cell) + dx];
  };

  const walk = (event, cell) => {
    const next = STEPS[event.key] && neighbour(cell, STEPS[event.key]);
    const card = cell.querySelector(".card-slip");
    if (next) { event.preventDefault(); go(next); }
    else if (event.key === "Enter" && card) { event.preventDefault(); card.querySelector("a").click(); }
  };

  const askPlaces = (card) => htmx.ajax("GET", `${base()}sessions/${card.dataset.session}/places/?week=${board().dataset.week}`, { source: board(), target: "#panel", swap: "innerHTML" });

  // From a cell or from a card, also in the tray.
  const act = (event) => {
    const place = event.target.closest(".card-slip, td[data-cell]");
    if (!place || !board().contains(place)) return;
    const card = place.matches(".card-slip") ? place : place.querySelector(".card-slip");
    const undo = document.querySelector("#toasts [data-toast]:last-child form button");
    if (event.key === "m" && card && card.matches("[data-mine], [data-theirs]")) { event.preventDefault(); askPlaces(card); }
    if (event.key === "u" && undo) { event.preventDefault(); undo.click(); }
  };

  document.addEventListener("keydown", (event) => {
    if (!board() || !event.target.closest || event.ctrlKey || event.metaKey || event.altKey) return;
    act(event);
    if (event.target.matches("td[data-cell]") && board().contains(event.target)) walk(event, event.target);
  });
  window.tempoBoard.onDrawn(draw);
})();
