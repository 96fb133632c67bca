// The day to scale, by keyboard: arrows move, Shift and arrows change the end, Enter puts down, Escape leaves it.

(() => {
  const day = window.tempoDay;
  const { STEP, isDay, first, last, lanes, byRooms, laneOf, ask, show, take, letGo, abandon, putDown } = day;
  const { board, says, words } = window.tempoBoard;

  const step = (event) => {
    const room = { ArrowUp: -1, ArrowDown: 1 }[event.key] || 0;
    const minutes = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] || 0;
    if (event.shiftKey) {
      day.held.end = Math.max(day.held.start + STEP, Math.min(day.held.end + minutes, last()));
      if (day.held.end - day.held.start !== day.held.minutes) {
        day.held.minutes = day.held.end - day.held.start;
        askSoon();
      }
    } else {
      day.held.start = Math.max(first(), Math.min(day.held.start + minutes, last() - day.held.minutes));
      day.held.end = day.held.start + day.held.minutes;
      if (room && byRooms()) {
        const all = lanes().filter((lane) => lane.hasAttribute("data-room") || lane === day.held.from);
        day.held.lane =
          all[Math.max(0, Math.min(all.indexOf(day.held.lane) + room, all.length - 1))] || day.held.lane;
        day.held.lane.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    show();
  };
  const askSoon = () => {
    day.held.spans = null;
    clearTimeout(day.held.asking);
    day.held.asking = setTimeout(() => day.held && ask(), 120);
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!isDay() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && day.held) {
        event.preventDefault();
        event.stopImmediatePropagation();
        abandon();
        return;
      }
      const card = event.target.closest && event.target.closest(".card-slip");
      if (!card || event.target.matches("input") || !card.matches("[data-mine], [data-theirs]")) return;
      if (/^Arrow/.test(event.key) && laneOf(card)) {
        event.preventDefault();
        if (!day.held) take(card, "move", true);
        if (day.held.byKeys && day.held.card === card) step(event);
      } else if ((event.key === "Enter" || event.key === " ") && day.held && day.held.byKeys) {
        event.preventDefault();
        if (!event.repeat) putDown();
      } else if (
        event.key === " " &&
        !day.held &&
        laneOf(card) &&
        !board().classList.contains("is-selecting")
      ) {
        event.preventDefault();
        take(card, "move", true);
        says(words.taken);
      }
    },
    true,
  );
  document.addEventListener("focusout", (event) => {
    if (day.held && day.held.byKeys && day.held.card.contains(event.target)) letGo();
  });
})();
