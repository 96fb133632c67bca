// The day to scale: a session that is taken up, its ghost with what stands against it, and how it is put down or left.

(() => {
  const day = window.tempoDay;
  const { first, clock, byRooms, laneOf, lay, ask, found, wipe, placeKey } = day;
  const { board, says, words, post, places } = window.tempoBoard;

  const nameOf = (lane) =>
    lane
      .closest("tr")
      .querySelector("th")
      .firstChild.textContent.replace(/\u00ad/g, "")
      .trim();
  const sentence = ({ kind, why }) =>
    kind === "free" || !why ? words.fits : kind === "soft" ? `${words.but} ${why}` : why;
  const show = () => {
    const { ghost, lane } = day.held;
    if (!lane) {
      ghost.remove();
      return;
    }
    if (ghost.parentElement !== lane) lane.append(ghost);
    const answer = found();
    ghost.className = `block ghost${answer ? ` is-${answer.kind}` : ""}`;
    lay(ghost, day.held.start, day.held.end);
    ghost.style.setProperty("--on", lane === day.held.from ? day.held.on : 0);
    ghost.children[0].textContent = `${clock(day.held.start)}–${clock(day.held.end)}`;
    ghost.children[1].textContent = answer ? answer.why : "";
    if (ghost.dataset.at !== placeKey()) {
      delete ghost.dataset.along;
      ghost.dataset.at = placeKey();
    }
    places.tell(answer ? sentence(answer) : "", Boolean(answer) && answer.kind === "refused");
    if (day.held.byKeys) {
      clearTimeout(day.held.said);
      const text = `${clock(day.held.start)}–${clock(day.held.end)}, ${nameOf(lane)}. ${answer ? answer.why || words.fits : ""}`;
      day.held.said = setTimeout(() => says(text), 150);
    }
  };

  const take = (card, mode, byKeys) => {
    const lane = laneOf(card);
    const start = lane ? Number(card.dataset.start) : null;
    const ghost = document.createElement("div");
    ghost.append(document.createElement("span"), document.createElement("span"));
    ghost.children[1].className = "why";
    const minutes = lane ? Number(card.dataset.end) - start : Number(card.dataset.minutes);
    const on = Number(getComputedStyle(card).getPropertyValue("--on")) || 0;
    day.held = {
      card,
      mode,
      byKeys,
      ghost,
      lane,
      on,
      from: lane,
      start,
      end: lane ? start + minutes : null,
      minutes,
      grab: minutes / 2,
      spans: null,
    };
    card.classList.add("is-held");
    board().dataset.held = "";
    if (!lane) {
      day.held.start = first();
      day.held.end = first() + minutes;
    }
    if (lane) show();
    ask();
  };

  const letGo = () => {
    if (!day.held) return;
    day.held.card.classList.remove("is-held");
    day.held.ghost.remove();
    clearTimeout(day.held.said);
    clearTimeout(day.held.asking);
    clearTimeout(day.held.counting);
    places.tell("", false);
    document.documentElement.classList.remove("is-dragging", "is-resizing");
    if (board()) delete board().dataset.held;
    wipe();
    day.held = null;
  };

  const isSame = () =>
    day.held.lane === day.held.from &&
    day.held.lane &&
    day.held.start === Number(day.held.card.dataset.start) &&
    day.held.end === Number(day.held.card.dataset.end);

  const abandon = () => {
    letGo();
    says(words.left);
  };

  const putDown = async () => {
    const { card, lane, from, toTray, start, end, ghost } = day.held;
    if (toTray && from) {
      letGo();
      post(card, "drop", {});
      return;
    }
    if (!lane || isSame()) {
      abandon();
      return;
    }
    const room = byRooms() ? lane.dataset.row : card.dataset.roomId;
    day.focusOn = day.held.byKeys ? card.dataset.session : null;
    letGo();
    lane.append(ghost);
    ghost.classList.add("is-waiting");
    await post(card, "move", { room, day: board().dataset.day, start: clock(start), minutes: end - start });
    ghost.remove();
  };

  Object.assign(day, { show, take, letGo, abandon, putDown });
})();
