// "Where can it go?" colours the board as a drag does, as long as its panel is open: a click on a coloured cell puts the
// session there, and one line says why where it cannot be.

(() => {
  const { board, isWeek, post, places, onDrawn } = window.tempoBoard;
  const panel = () => document.getElementById("panel");
  const asked = () => panel() && panel().querySelector("[data-places-of]");
  const isShown = () =>
    Boolean(
      board() &&
        isWeek() &&
        board().dataset.rows === "rooms" &&
        asked() &&
        asked().dataset.placesWeek === board().dataset.week,
    );
  let shown = null; // the answer that the cells are painted with

  // Beside the panel the board is narrow: coloured cells that nobody sees say nothing.
  const bringIntoView = (session) => {
    const own = `[data-session="${session}"]`;
    const free = [...board().querySelectorAll("td.is-free")].filter((cell) => !cell.querySelector(own));
    if (!free.length) return;
    const frame = free[0].closest("table").parentElement.getBoundingClientRect();
    const isSeen = (cell) => {
      const box = cell.getBoundingClientRect();
      return (
        box.left >= frame.left &&
        box.right <= frame.right &&
        box.top >= frame.top &&
        box.bottom <= frame.bottom
      );
    };
    if (!free.some(isSeen)) free[0].scrollIntoView({ block: "nearest", inline: "center" });
  };
  const show = async () => {
    const wanted = asked();
    const cells = await places.ask(wanted.dataset.placesOf);
    if (!cells || asked() !== wanted || !isShown() || "held" in board().dataset) return;
    const isNew = shown !== wanted;
    shown = wanted;
    places.wipe();
    places.paint(cells);
    if (isNew) bringIntoView(wanted.dataset.placesOf);
    board().dataset.finding = wanted.dataset.placesOf;
  };
  const hide = () => {
    shown = null;
    if (!board()) return;
    delete board().dataset.finding;
    places.wipe();
    places.tell("", false);
  };
  const check = () => {
    if (isShown()) {
      if (shown !== asked() || !("finding" in board().dataset)) show();
    } else if (shown) hide();
  };

  if (panel()) new MutationObserver(check).observe(panel(), { childList: true });
  onDrawn(check);
  // A card that was carried meanwhile has wiped the tones of the one that is looked for.
  places.afterwards = () => {
    if (isShown()) show();
  };

  const cellOf = (event) => {
    const cell =
      shown &&
      board() &&
      "finding" in board().dataset &&
      event.target.closest &&
      event.target.closest("td[data-slot]");
    return cell && board().contains(cell) && !event.target.closest(".card-slip") ? cell : null;
  };
  document.addEventListener("pointerover", (event) => {
    if (!shown || !board() || "held" in board().dataset) return;
    const cell = event.target.closest && event.target.closest("td[data-slot]");
    places.explain(cell && board().contains(cell) ? cell : null);
  });
  document.addEventListener(
    "click",
    (event) => {
      const cell = cellOf(event);
      if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // it is no empty cell that something new is put in
      places.explain(cell);
      if (cell.matches(".is-refused")) return;
      const { row, day, slot } = cell.dataset;
      post({ dataset: { session: shown.dataset.placesOf, version: shown.dataset.placesVersion } }, "drop", {
        room: row,
        day,
        slot,
      });
    },
    true,
  );
})();
