// The day to scale: drag a session or one of its edges, by mouse, touch or keyboard, in steps of five minutes. A ghost
// shows where it would be and what stands against it; the session itself stays until the server has moved it.

(() => {
  const STEP = 5;
  const { board, says, base, words, post, scrollAtEdges, places } = window.tempoBoard;
  let held = null; // { card, mode, room, start, end, grab, spans, ghost, byKeys }
  let focusOn = null;

  const isDay = () => board() && board().dataset.board === "day";
  const first = () => Number(board().dataset.first);
  const last = () => Number(board().dataset.last);
  const clock = (minute) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const lanes = () => [...board().querySelectorAll("td.lane")];
  const byRooms = () => board().dataset.rows === "rooms";
  const nameOf = (lane) =>
    lane
      .closest("tr")
      .querySelector("th")
      .firstChild.textContent.replace(/\u00ad/g, "")
      .trim();
  const laneOf = (card) => card.closest("td.lane");
  const snap = (minute) => Math.round(minute / STEP) * STEP;

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

  // --- what the server says of every minute, asked once when the session is taken up ---
  const ask = async () => {
    const asked = held;
    const edge = asked.mode === "move" ? "" : `&edge=${asked.mode}`;
    const length = asked.mode === "move" && asked.byKeys ? `&minutes=${asked.end - asked.start}` : "";
    try {
      const url = `${base()}sessions/${asked.card.dataset.session}/minutes/?view=day&day=${board().dataset.day}${edge}${length}`;
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || held !== asked) return;
      asked.spans = await answer.json();
      paint();
      show();
    } catch {
      /* the server still decides when it is put down */
    }
  };

  const found = () => {
    const stretches =
      held.spans &&
      held.lane &&
      held.spans[held.lane.hasAttribute("data-room") ? held.lane.dataset.row : held.card.dataset.roomId];
    if (!stretches) return null;
    const minute = held.mode === "end" ? held.end : held.start;
    const hit = stretches.find(([from, until]) => from <= minute && minute < until);
    return hit ? { kind: hit[2], why: hit[3] } : { kind: "refused", why: words.beyond };
  };

  // Bright where it may lie, dim where nothing is free.
  const paint = () => {
    wipe();
    const length = held.end - held.start;
    const where = held.lane && !byRooms() ? [held.lane] : lanes();
    where.forEach((lane) => {
      const stretches = held.spans[byRooms() ? lane.dataset.row : held.card.dataset.roomId];
      if (!stretches) {
        lane.classList.toggle("is-refused", held.mode === "move");
        return;
      }
      const open = stretches.filter(([, , kind]) => kind !== "refused");
      lane.classList.toggle("is-refused", !open.length);
      open.forEach(([from, until, kind]) => {
        const [begin, end] =
          held.mode === "move"
            ? [from, until - STEP + length]
            : held.mode === "end"
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

  // --- the same line as in the week, and with Shift for how many of the dates from here on the minute is free ---
  const sentence = ({ kind, why }) =>
    kind === "free" || !why ? words.fits : kind === "soft" ? `${words.but} ${why}` : why;
  const placeKey = () => `${held.lane ? held.lane.dataset.row : ""} ${held.start}`;
  const countAlong = async () => {
    const asked = held;
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
    if (held !== asked || placeKey() !== at) return;
    if (counted) {
      asked.ghost.dataset.along = `${counted.free}/${counted.all}`;
      says(counted.said);
    } else delete asked.ghost.dataset.along;
  };

  // --- the ghost ---
  const show = () => {
    const { ghost, lane } = held;
    if (!lane) {
      ghost.remove();
      return;
    }
    if (ghost.parentElement !== lane) lane.append(ghost);
    const answer = found();
    ghost.className = `block ghost${answer ? ` is-${answer.kind}` : ""}`;
    lay(ghost, held.start, held.end);
    ghost.style.setProperty("--on", lane === held.from ? held.on : 0);
    ghost.children[0].textContent = `${clock(held.start)}–${clock(held.end)}`;
    ghost.children[1].textContent = answer ? answer.why : "";
    if (ghost.dataset.at !== placeKey()) {
      delete ghost.dataset.along;
      ghost.dataset.at = placeKey();
    }
    places.tell(answer ? sentence(answer) : "", Boolean(answer) && answer.kind === "refused");
    if (held.byKeys) {
      clearTimeout(held.said);
      const text = `${clock(held.start)}–${clock(held.end)}, ${nameOf(lane)}. ${answer ? answer.why || words.fits : ""}`;
      held.said = setTimeout(() => says(text), 150);
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
    held = {
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
      held.start = first();
      held.end = first() + minutes;
    }
    if (lane) show();
    ask();
  };

  const letGo = () => {
    if (!held) return;
    held.card.classList.remove("is-held");
    held.ghost.remove();
    clearTimeout(held.said);
    clearTimeout(held.asking);
    clearTimeout(held.counting);
    places.tell("", false);
    document.documentElement.classList.remove("is-dragging", "is-resizing");
    if (board()) delete board().dataset.held;
    wipe();
    held = null;
  };

  // --- mouse and touch: outside every lane there is no place, and so nothing to be done ---
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
    const lane = byRooms() ? over : over && held.from;
    held.lane = lane && (lane.hasAttribute("data-room") || lane === held.from) ? lane : null;
    if (!held.lane) return;
    const start = snap(minuteAt(held.lane, x) - held.grab);
    held.start = Math.max(first(), Math.min(start, last() - held.minutes));
    held.end = held.start + held.minutes;
  };

  const stretch = (over, x) => {
    held.lane = over && held.from;
    const minute = Math.max(first(), Math.min(snap(minuteAt(held.from, x) - held.grab), last()));
    if (held.mode === "end") held.end = Math.max(minute, held.start + STEP);
    else held.start = Math.min(minute, held.end - STEP);
  };

  const move = (x, y) => {
    held.toTray = held.mode === "move" && isTrayAt(x, y);
    if (held.mode === "move") carry(laneAt(x, y), x);
    else stretch(laneAt(x, y), x);
    show();
  };

  const isSame = () =>
    held.lane === held.from &&
    held.lane &&
    held.start === Number(held.card.dataset.start) &&
    held.end === Number(held.card.dataset.end);

  const abandon = () => {
    letGo();
    says(words.left);
  };

  const putDown = async () => {
    const { card, lane, from, toTray, start, end, ghost } = held;
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
    focusOn = held.byKeys ? card.dataset.session : null;
    letGo();
    lane.append(ghost);
    ghost.classList.add("is-waiting");
    try {
      await post(card, "move", { room, day: board().dataset.day, start: clock(start), minutes: end - start });
    } catch {
      /* told in a toast (static/js/errors.js) */
    } finally {
      ghost.remove();
    }
  };

  const takes = (event) => {
    if (!isDay() || held || event.target.closest("input") || board().classList.contains("is-selecting"))
      return null;
    const card = event.target.closest(".card-slip[data-mine], .card-slip[data-theirs]");
    return card && board().contains(card) ? { card, grip: event.target.closest("[data-grip]") } : null;
  };

  const begin = ({ card, grip, x }) => {
    const mode = grip ? grip.dataset.grip : "move";
    take(card, mode, false);
    if (held.lane) held.grab = minuteAt(held.lane, x) - (mode === "end" ? held.end : held.start);
    document.documentElement.classList.add(mode === "move" ? "is-dragging" : "is-resizing");
  };

  const follow = (x, y, withShift) => {
    move(x, y);
    clearTimeout(held.counting);
    if (withShift) held.counting = setTimeout(countAlong, 80);
    else delete held.ghost.dataset.along;
    scrollAtEdges(x, y, () => Boolean(held), move);
  };

  const drop = (x, y) => {
    move(x, y);
    putDown();
  };

  window.tempoDrag({ takes, begin, move: follow, drop, abandon });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Shift" && held && !held.byKeys) countAlong();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && held) delete held.ghost.dataset.along;
  });

  // --- keyboard: arrows move, Shift and arrows change the end, Enter puts down, Escape leaves it ---
  const step = (event) => {
    const room = { ArrowUp: -1, ArrowDown: 1 }[event.key] || 0;
    const minutes = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] || 0;
    if (event.shiftKey) {
      held.end = Math.max(held.start + STEP, Math.min(held.end + minutes, last()));
      if (held.end - held.start !== held.minutes) {
        held.minutes = held.end - held.start;
        askSoon();
      }
    } else {
      held.start = Math.max(first(), Math.min(held.start + minutes, last() - held.minutes));
      held.end = held.start + held.minutes;
      if (room && byRooms()) {
        const all = lanes().filter((lane) => lane.hasAttribute("data-room") || lane === held.from);
        held.lane = all[Math.max(0, Math.min(all.indexOf(held.lane) + room, all.length - 1))] || held.lane;
        held.lane.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    show();
  };
  const askSoon = () => {
    held.spans = null;
    clearTimeout(held.asking);
    held.asking = setTimeout(() => held && ask(), 120);
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!isDay() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && held) {
        event.preventDefault();
        event.stopImmediatePropagation();
        abandon();
        return;
      }
      const card = event.target.closest && event.target.closest(".card-slip");
      if (!card || event.target.matches("input") || !card.matches("[data-mine], [data-theirs]")) return;
      if (/^Arrow/.test(event.key) && laneOf(card)) {
        event.preventDefault();
        if (!held) take(card, "move", true);
        if (held.byKeys && held.card === card) step(event);
      } else if ((event.key === "Enter" || event.key === " ") && held && held.byKeys) {
        event.preventDefault();
        if (!event.repeat) putDown();
      } else if (event.key === " " && !held && laneOf(card) && !board().classList.contains("is-selecting")) {
        event.preventDefault();
        take(card, "move", true);
        says(words.taken);
      }
    },
    true,
  );
  document.addEventListener("focusout", (event) => {
    if (held && held.byKeys && held.card.contains(event.target)) letGo();
  });

  // --- after each swap: what a screen reader is told of each session, the focus, and on a phone the first slot ---
  const start = () => {
    if (!isDay()) return;
    if (document.getElementById("day-keys")) {
      board()
        .querySelectorAll("[data-mine] .slip-title, [data-theirs] .slip-title")
        .forEach((link) => link.setAttribute("aria-describedby", "day-keys"));
    }
    if (focusOn) {
      const link = board().querySelector(`[data-session="${focusOn}"] .slip-title`);
      if (link) link.focus();
      focusOn = null;
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
