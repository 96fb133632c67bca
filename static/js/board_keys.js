// The week by keyboard: arrows walk the table, Enter opens, m asks where a session can go, u takes the last act back, a
// letter leads to the next session whose title begins with it.

(() => {
  const { board, base, titleOf } = window.tempoBoard;
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  let here = null;

  const cells = () =>
    [...board().querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td[data-cell]")]);
  const cellHere = () => here && board().querySelector(`td[data-cell="${here}"]`);

  const draw = () => {
    const all = board().querySelectorAll("td[data-cell]");
    all.forEach((cell) => {
      cell.tabIndex = -1;
    });
    const first = cellHere() || all[0];
    if (first) first.tabIndex = 0;
    if (board.hadFocus && cellHere()) cellHere().focus();
  };

  const go = (cell) => {
    board()
      .querySelectorAll('td[tabindex="0"]')
      .forEach((one) => {
        one.tabIndex = -1;
      });
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
    if (next) {
      event.preventDefault();
      go(next);
    } else if (event.key === "Enter" && card) {
      event.preventDefault();
      card.querySelector("a").click();
    } else if (event.key === "Enter" || event.key === "n") {
      event.preventDefault();
      askNew(cell);
    }
  };

  // --- something new in this cell: filled in with its room, day and hours ---
  const askNew = (cell) => {
    if (!("mayNew" in board().dataset) || !cell.dataset.slot || cell.matches(".is-closed")) return;
    const { row, day, slot } = cell.dataset;
    const query = new URLSearchParams({ room: board().dataset.rows === "rooms" ? row : "", day, slot });
    htmx.ajax("GET", `${base()}new/?${query}`, { source: board(), target: "#panel", swap: "innerHTML" });
  };
  document.addEventListener("click", (event) => {
    const cell = event.target.matches && event.target.matches("td[data-slot]") ? event.target : null;
    if (
      !cell ||
      !board() ||
      !board().contains(cell) ||
      cell.querySelector(".card-slip") ||
      event.ctrlKey ||
      event.shiftKey ||
      event.metaKey
    )
      return;
    go(cell);
    askNew(cell);
  });

  const askPlaces = (card) =>
    htmx.ajax("GET", `${base()}sessions/${card.dataset.session}/places/?week=${board().dataset.week}`, {
      source: board(),
      target: "#panel",
      swap: "innerHTML",
    });

  // --- a letter: the next session whose title begins with it; one that is a key of its own here is typed with Shift ---
  const KEYS = /^[mnu]$/;
  const begins = (card, letter) => titleOf(card).normalize("NFD").toLowerCase().startsWith(letter);
  const jump = (letter, from) => {
    const cards = [...board().querySelectorAll(".card-slip")].filter(
      (card) => card.offsetParent && begins(card, letter),
    );
    const after = cards.find(
      (card) => from.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING && !from.contains(card),
    );
    const card = after || cards[0];
    if (!card) return false;
    const cell = card.closest("td[data-cell]");
    if (cell) here = cell.dataset.cell;
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    card.querySelector(".slip-title").focus();
    return true;
  };

  // From a cell or from a card, also in the tray.
  const act = (event) => {
    if (!board().contains(event.target) || event.target.matches("input, select, textarea")) return;
    const place = event.target.closest(".card-slip, td[data-cell]");
    const card = place && (place.matches(".card-slip") ? place : place.querySelector(".card-slip"));
    if (event.key === "m" && card && card.matches("[data-mine], [data-theirs]")) {
      event.preventDefault();
      askPlaces(card);
      return;
    }
    if (!/^\p{L}$/u.test(event.key) || KEYS.test(event.key)) return;
    const letter = event.key.normalize("NFD").toLowerCase();
    if (jump(letter, place || event.target)) event.preventDefault();
  };

  // What was just done offers its keys from everywhere on the page: 1 only this one, 2 also those that follow, u undo.
  const answerToast = (event) => {
    const last = document.querySelector("#toasts [data-toast]:last-child");
    if (!last || event.target.closest("input, textarea, select, dialog, [contenteditable]")) return false;
    const keyed = last.querySelector(`[data-toast-key="${CSS.escape(event.key)}"]`);
    const button = keyed || (event.key === "u" && last.querySelector("form button"));
    if (!button) return false;
    event.preventDefault();
    button.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (
      board() &&
      event.target.closest &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      answerToast(event)
    )
      return;
    if (!board() || !event.target.closest || event.ctrlKey || event.metaKey || event.altKey) return;
    act(event);
    if (event.target.matches("td[data-cell]") && board().contains(event.target)) walk(event, event.target);
  });
  window.tempoBoard.onDrawn(draw);
  const firstCell = () => {
    const there = cellHere();
    return there && there.dataset.slot ? there : board().querySelector("td[data-slot]");
  };
  Object.assign(window.tempoBoard, { walkTo: go, neighbour, firstCell });
})();
