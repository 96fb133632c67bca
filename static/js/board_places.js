// Where a session may go: the cells say it in tones and in words, for a card that is carried by mouse, finger or keyboard.

(() => {
  const { board, says, base, words } = window.tempoBoard;
  const KINDS = ["is-free", "is-soft", "is-ask", "is-refused", "is-target"];
  const why = () => document.getElementById("board-why");
  let asked = null; // the card that the cells speak of

  const makeGhost = (card) => {
    const ghost = card.cloneNode(true);
    ghost.classList.add("is-carried");
    ghost.removeAttribute("data-session"); // it is a picture, not a second session
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${card.getBoundingClientRect().width}px`;
    document.body.append(ghost);
    return ghost;
  };

  // --- asked when the card is taken up, shown on every cell, with the reason as its title ---
  const ask = async (session) => {
    const url = `${base()}sessions/${session}/cells/?week=${board().dataset.week}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer && answer.ok ? answer.json() : null; // without: the server still decides when the card is dropped
  };
  const paint = (cells) =>
    board()
      .querySelectorAll("td[data-slot]")
      .forEach((cell) => show(cell, cells[cell.dataset.cell]));
  const show = (cell, found) => {
    if (!found) {
      cell.classList.add("is-refused");
      cell.title = words.nowhere;
      return;
    } // a day that is over, a room out of use
    cell.classList.add({ free: "is-free", soft: "is-soft", ask: "is-ask" }[found.kind] || "is-refused");
    if (found.why) cell.title = found.why;
    cell.dataset.said = found.said;
  };
  const wipe = () => {
    document.querySelectorAll(".is-target").forEach((place) => place.classList.remove("is-target"));
    if (!board()) return;
    board()
      .querySelectorAll("td[data-cell]")
      .forEach((cell) => {
        cell.classList.remove(...KINDS);
        delete cell.dataset.along;
        delete cell.dataset.said;
        cell.removeAttribute("title");
      });
  };
  const showFor = async (card, then = () => {}) => {
    asked = card;
    const cells = await ask(card.dataset.session);
    if (asked !== card || !cells) return;
    paint(cells);
    explain(document.querySelector("td.is-target"));
    then();
  };

  // --- one line says why, wherever the card is: what fits, what fits but is to be watched, what stands against it ---
  const reasonOf = (place) => {
    if (!place || !place.matches(".is-free, .is-soft, .is-ask, .is-refused")) return "";
    if (place.matches(".is-refused, .is-ask")) return place.title;
    return place.matches(".is-soft") ? `${words.but} ${place.title}` : words.fits;
  };
  const tell = (text, isStop) => {
    const line = why();
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
    line.classList.toggle("tone-stop", isStop);
  };
  const explain = (place) => tell(reasonOf(place), Boolean(place && place.matches(".is-refused")));
  const aim = (place) => {
    explain(place);
    document
      .querySelectorAll(".is-target")
      .forEach((one) => one.classList.toggle("is-target", one === place));
    if (place) place.classList.add("is-target");
    showCount();
  };

  // --- with Shift the cell says for how many of the dates from here on it is free ---
  // The card that is carried lies over the cell, so it bears the count.
  const showCount = () => {
    const ghost = document.querySelector(".card-slip.is-carried");
    const cell = document.querySelector(".with-shift td.is-target[data-along]");
    if (ghost && cell) ghost.dataset.along = cell.dataset.along;
    else if (ghost) delete ghost.dataset.along;
  };
  const showAlong = async (cell) => {
    if (!asked || !cell || !cell.dataset.slot || "along" in cell.dataset) return;
    cell.dataset.along = "…";
    const card = asked;
    const { row, day, slot } = cell.dataset;
    const query = new URLSearchParams({ room: row, day, slot });
    const answer = await fetch(`${base()}sessions/${card.dataset.session}/along/?${query}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const found = answer && answer.ok ? await answer.json() : null;
    if (asked !== card) return;
    if (found) {
      cell.dataset.along = `${found.free}/${found.all}`;
      says(found.said);
    } else delete cell.dataset.along;
    showCount();
  };
  const withShift = (is) => {
    if (board()) board().classList.toggle("with-shift", is);
    if (is) showAlong(document.querySelector("td.is-target"));
    showCount();
  };
  const isHeld = () => asked && board() && "held" in board().dataset;
  const onShift = (event) => {
    if (event.key === "Shift" && isHeld()) withShift(event.type === "keydown");
  };
  document.addEventListener("keydown", onShift);
  document.addEventListener("keyup", onShift);

  const forget = () => {
    asked = null;
    withShift(false);
    tell("", false);
    wipe();
    places.afterwards();
  };

  const places = { showFor, aim, explain, withShift, forget, tell, ask, paint, wipe, afterwards: () => {} };
  Object.assign(window.tempoBoard, { makeGhost, places });
})();
