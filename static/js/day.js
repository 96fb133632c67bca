// The day to scale: what its modules share. `held` is the session that is carried or stretched, with its ghost and what
// the server says of every minute; it stays where it is until the server has moved it. Steps of five minutes.

(() => {
  const STEP = 5;
  const { board } = window.tempoBoard;

  const isDay = () => board() && board().dataset.board === "day";
  const first = () => Number(board().dataset.first);
  const last = () => Number(board().dataset.last);
  const clock = (minute) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const lanes = () => [...board().querySelectorAll("td.lane")];
  const byRooms = () => board().dataset.rows === "rooms";
  const laneOf = (card) => card.closest("td.lane");

  // --- minutes and places on the line: what lies between the slots is squeezed (planner/board/week/axis.py) ---
  const pieces = () =>
    board()
      .dataset.axis.split(";")
      .map((piece) => piece.split(",").map(Number));
  const between = (value, [from, to, begin, end]) => begin + ((value - from) / (to - from)) * (end - begin);
  const placeOf = (minute) => {
    const all = pieces();
    return between(minute, all.find(([, to]) => minute <= to) || all[all.length - 1]);
  };
  const minuteOf = (place) => {
    const all = pieces();
    const [from, to, begin, end] = all.find((piece) => place <= piece[3]) || all[all.length - 1];
    return between(place, [begin, end, from, to]);
  };
  const minuteAt = (lane, x) => {
    const box = lane.getBoundingClientRect();
    return minuteOf(first() + ((x - box.left) / box.width) * (Number(board().dataset.until) - first()));
  };
  const lay = (element, from, to) => {
    element.style.setProperty("--at", placeOf(from));
    element.style.setProperty("--for", placeOf(to) - placeOf(from));
  };

  const day = {
    held: null, // { card, mode, lane, from, on, start, end, minutes, grab, spans, ghost, byKeys, toTray }
    focusOn: null,
    STEP,
    isDay,
    first,
    last,
    clock,
    lanes,
    byRooms,
    laneOf,
    minuteAt,
    lay,
  };
  window.tempoDay = day;

  // --- after each swap: what a screen reader is told of each session, the focus, and on a phone the first slot ---
  const start = () => {
    if (!isDay()) return;
    if (document.getElementById("day-keys")) {
      board()
        .querySelectorAll("[data-mine] .slip-title, [data-theirs] .slip-title")
        .forEach((link) => link.setAttribute("aria-describedby", "day-keys"));
    }
    if (day.focusOn) {
      const link = board().querySelector(`[data-session="${day.focusOn}"] .slip-title`);
      if (link) link.focus();
      day.focusOn = null;
    }
  };
  const toFirstSlot = () => {
    const wrap = isDay() && board().querySelector(".board-wrap");
    const mark = wrap && (wrap.querySelector(".lane > .now") || wrap.querySelector(".axis .slot"));
    if (mark) wrap.scrollLeft = Math.max(0, mark.offsetLeft - 24);
  };
  window.tempoBoard.onDrawn(start);
  toFirstSlot();
})();
