// The day to scale: what the server says of every minute, asked once when a session is taken up; bright where it may
// lie, dim where nothing is free, and with Shift for how many of the dates from here on.

(() => {
  const day = window.tempoDay;
  const { STEP, first, last, lanes, byRooms, lay } = day;
  const { board, says, base, words } = window.tempoBoard;

  const ask = async () => {
    const asked = day.held;
    const edge = asked.mode === "move" ? "" : `&edge=${asked.mode}`;
    const length = asked.mode === "move" && asked.byKeys ? `&minutes=${asked.end - asked.start}` : "";
    try {
      const url = `${base()}sessions/${asked.card.dataset.session}/minutes/?view=day&day=${board().dataset.day}${edge}${length}`;
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || day.held !== asked) return;
      asked.spans = await answer.json();
      paint();
      day.show();
    } catch {
      /* the server still decides when it is put down */
    }
  };

  const found = () => {
    const stretches =
      day.held.spans &&
      day.held.lane &&
      day.held.spans[
        day.held.lane.hasAttribute("data-room") ? day.held.lane.dataset.row : day.held.card.dataset.roomId
      ];
    if (!stretches) return null;
    const minute = day.held.mode === "end" ? day.held.end : day.held.start;
    const hit = stretches.find(([from, until]) => from <= minute && minute < until);
    return hit ? { kind: hit[2], why: hit[3] } : { kind: "refused", why: words.beyond };
  };

  const paint = () => {
    wipe();
    const length = day.held.end - day.held.start;
    const where = day.held.lane && !byRooms() ? [day.held.lane] : lanes();
    where.forEach((lane) => {
      const stretches = day.held.spans[byRooms() ? lane.dataset.row : day.held.card.dataset.roomId];
      if (!stretches) {
        lane.classList.toggle("is-refused", day.held.mode === "move");
        return;
      }
      const open = stretches.filter(([, , kind]) => kind !== "refused");
      lane.classList.toggle("is-refused", !open.length);
      open.forEach(([from, until, kind]) => {
        const [begin, end] =
          day.held.mode === "move"
            ? [from, until - STEP + length]
            : day.held.mode === "end"
              ? [from - STEP, until - STEP]
              : [from, until];
        const [a, b] = [Math.max(begin, first()), Math.min(end, last())];
        if (b <= a) return;
        const area = document.createElement("i");
        area.className = `may is-${kind}`;
        lay(area, a, b);
        const block = lane.querySelector(".block");
        lane.insertBefore(area, block);
      });
    });
  };
  const wipe = () => {
    if (!board()) return;
    board()
      .querySelectorAll(".may")
      .forEach((one) => one.remove());
    board()
      .querySelectorAll(".lane.is-refused")
      .forEach((lane) => lane.classList.remove("is-refused"));
  };

  // --- with Shift: for how many of the dates from here on the minute is free ---
  const placeKey = () => `${day.held.lane ? day.held.lane.dataset.row : ""} ${day.held.start}`;
  const countAlong = async () => {
    const asked = day.held;
    const at = placeKey();
    if (
      asked.mode !== "move" ||
      !asked.lane ||
      !asked.lane.hasAttribute("data-room") ||
      "along" in asked.ghost.dataset
    )
      return;
    asked.ghost.dataset.along = "…";
    const query = new URLSearchParams({
      room: asked.lane.dataset.row,
      day: board().dataset.day,
      start: asked.start,
    });
    const answer = await fetch(`${base()}sessions/${asked.card.dataset.session}/along/?${query}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const counted = answer && answer.ok ? await answer.json() : null;
    if (day.held !== asked || placeKey() !== at) return;
    if (counted) {
      asked.ghost.dataset.along = `${counted.free}/${counted.all}`;
      says(counted.said);
    } else delete asked.ghost.dataset.along;
  };

  Object.assign(day, { ask, found, paint, wipe, placeKey, countAlong });
})();
