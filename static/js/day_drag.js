// The day to scale, by mouse and touch: a session or one of its edges. Outside every lane there is no place, and so
// nothing to be done.

(() => {
  const day = window.tempoDay;
  const { STEP, isDay, first, last, byRooms, minuteAt, take, show, abandon, putDown, countAlong } = day;
  const { board, isFree, scrollAtEdges } = window.tempoBoard;

  const snap = (minute) => Math.round(minute / STEP) * STEP;
  const laneAt = (x, y) => {
    const under = document.elementFromPoint(x, y);
    const lane = under && under.closest("td.lane");
    return lane && board().contains(lane) ? lane : null;
  };
  const isTrayAt = (x, y) => {
    const under = document.elementFromPoint(x, y);
    return Boolean(under && under.closest("[data-tray]"));
  };

  const carry = (over, x) => {
    const lane = byRooms() ? over : over && day.held.from;
    day.held.lane = lane && (lane.hasAttribute("data-room") || lane === day.held.from) ? lane : null;
    if (!day.held.lane) return;
    const start = snap(minuteAt(day.held.lane, x) - day.held.grab);
    day.held.start = Math.max(first(), Math.min(start, last() - day.held.minutes));
    day.held.end = day.held.start + day.held.minutes;
  };

  const stretch = (over, x) => {
    day.held.lane = over && day.held.from;
    const minute = Math.max(first(), Math.min(snap(minuteAt(day.held.from, x) - day.held.grab), last()));
    if (day.held.mode === "end") day.held.end = Math.max(minute, day.held.start + STEP);
    else day.held.start = Math.min(minute, day.held.end - STEP);
  };

  const move = (x, y) => {
    day.held.toTray = day.held.mode === "move" && isTrayAt(x, y);
    if (day.held.mode === "move") carry(laneAt(x, y), x);
    else stretch(laneAt(x, y), x);
    show();
  };

  const takes = (event) => {
    if (!isDay() || day.held || event.target.closest("input") || board().classList.contains("is-selecting"))
      return null;
    const card = event.target.closest(".card-slip[data-mine], .card-slip[data-theirs]");
    return card && board().contains(card) && isFree(card)
      ? { card, grip: event.target.closest("[data-grip]") }
      : null;
  };

  const begin = ({ card, grip, x }) => {
    const mode = grip ? grip.dataset.grip : "move";
    take(card, mode, false);
    if (day.held.lane)
      day.held.grab = minuteAt(day.held.lane, x) - (mode === "end" ? day.held.end : day.held.start);
    document.documentElement.classList.add(mode === "move" ? "is-dragging" : "is-resizing");
  };

  const follow = (x, y, withShift) => {
    move(x, y);
    clearTimeout(day.held.counting);
    if (withShift) day.held.counting = setTimeout(countAlong, 80);
    else delete day.held.ghost.dataset.along;
    scrollAtEdges(x, y, () => Boolean(day.held), move);
  };

  const drop = (x, y) => {
    move(x, y);
    putDown();
  };

  window.tempoDrag({ takes, begin, move: follow, drop, abandon });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Shift" && day.held && !day.held.byKeys) countAlong();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && day.held) delete day.held.ghost.dataset.along;
  });
})();
