// The week by mouse and touch: a copy of the card follows the pointer, the cells say where it may go. The card itself
// stays at home until the server has moved it, so no row grows and what is let go outside every cell flies back.
"use strict";

(() => {
  const { board, isWeek, says, base, words, post, scrollAtEdges } = window.tempoBoard;
  const KINDS = ["is-free", "is-soft", "is-refused", "is-target"];
  let held = null; // { card, ghost, dx, dy }

  // --- where it may go: asked when the drag begins, shown on every cell, with the reason as its title ---
  const showPlaces = async (card) => {
    try {
      const answer = await fetch(`${base()}sessions/${card.dataset.session}/cells/?week=${board().dataset.week}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || !held || held.card !== card) return;
      const cells = await answer.json();
      if (held && held.card === card) board().querySelectorAll("td[data-slot]").forEach((cell) => showPlace(cell, cells[cell.dataset.cell]));
    } catch { /* the server still decides when the card is dropped */ }
  };
  const showPlace = (cell, found) => {
    if (!found) { cell.classList.add("is-refused"); cell.title = words.nowhere; return; } // a day that is over, a room out of use
    cell.classList.add({ free: "is-free", soft: "is-soft" }[found.kind] || "is-refused");
    if (found.why) cell.title = found.why;
  };
  const hidePlaces = () => {
    document.querySelectorAll(".is-target").forEach((place) => place.classList.remove("is-target"));
    if (!board()) return;
    board().querySelectorAll("td[data-cell]").forEach((cell) => {
      cell.classList.remove(...KINDS);
      delete cell.dataset.along;
      cell.removeAttribute("title");
    });
  };

  const placeOf = (element) => element && element.closest("td[data-slot], [data-tray]");
  const placeAt = (x, y) => {
    const place = placeOf(document.elementFromPoint(x, y));
    return place && board().contains(place) ? place : null;
  };

  const makeGhost = (card) => {
    const ghost = card.cloneNode(true);
    ghost.classList.add("is-carried");
    ghost.removeAttribute("data-session"); // it is a picture, not a second session
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${card.getBoundingClientRect().width}px`;
    document.body.append(ghost);
    return ghost;
  };

  const follow = (x, y) => { held.ghost.style.translate = `${x - held.dx}px ${y - held.dy}px`; };

  const flyHome = (ghost, card) => {
    const box = card.getBoundingClientRect();
    const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isQuiet || !document.contains(card)) { ghost.remove(); return; }
    ghost.style.transition = "translate 0.16s ease-out";
    ghost.style.translate = `${box.left}px ${box.top}px`;
    ghost.addEventListener("transitionend", () => ghost.remove());
    setTimeout(() => ghost.remove(), 250); // a page in the background ends no transition
  };

  const letGo = () => {
    const { card, ghost } = held;
    held = null;
    card.classList.remove("is-moving");
    document.documentElement.classList.remove("is-dragging");
    if (board()) delete board().dataset.held;
    withShift(false);
    explain(null);
    hidePlaces();
    return { card, ghost };
  };

  const takes = (event) => {
    if (!isWeek() || board().dataset.rows !== "rooms" || event.target.closest(".card-pick")) return null;
    const card = event.target.closest(".card-slip[data-mine], .card-slip[data-theirs]");
    return card && board().contains(card) ? { card } : null;
  };

  const begin = ({ card, x, y }) => {
    const box = card.getBoundingClientRect();
    held = { card, ghost: makeGhost(card), dx: x - box.left, dy: y - box.top };
    card.classList.add("is-moving");
    board().dataset.held = "";
    document.documentElement.classList.add("is-dragging");
    follow(x, y);
    showPlaces(card);
  };

  // --- one line says why, wherever the pointer is: what fits, what fits but is to be watched, what stands against it ---
  const why = () => document.getElementById("board-why");
  const reasonOf = (place) => {
    if (!place || !place.matches(".is-free, .is-soft, .is-refused")) return "";
    if (place.matches(".is-refused")) return place.title;
    return place.matches(".is-soft") ? `${words.but} ${place.title}` : words.fits;
  };
  const explain = (place) => {
    const line = why();
    if (!line) return;
    line.textContent = reasonOf(place);
    line.hidden = !line.textContent;
    line.classList.toggle("tone-stop", Boolean(place && place.matches(".is-refused")));
  };

  const aim = (x, y) => {
    const place = placeAt(x, y);
    explain(place);
    document.querySelectorAll(".is-target").forEach((one) => one.classList.toggle("is-target", one === place));
    if (place) place.classList.add("is-target");
  };

  // --- with Shift the cell says for how many of the dates from here on it is free ---
  const showAlong = async (cell) => {
    if (!held || !cell || !cell.dataset.slot || "along" in cell.dataset) return;
    cell.dataset.along = "…";
    const { card } = held;
    const { row, day, slot } = cell.dataset;
    const query = new URLSearchParams({ room: row, day, slot });
    const answer = await fetch(`${base()}sessions/${card.dataset.session}/along/?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer && answer.ok ? await answer.json() : null;
    if (!held || held.card !== card) return;
    if (found) { cell.dataset.along = `${found.free}/${found.all}`; says(cell.dataset.along); }
    else delete cell.dataset.along;
  };
  const withShift = (is) => {
    if (board()) board().classList.toggle("with-shift", is);
    if (is) showAlong(document.querySelector("td.is-target"));
  };
  const onShift = (event) => { if (event.key === "Shift" && held) withShift(event.type === "keydown"); };
  document.addEventListener("keydown", onShift);
  document.addEventListener("keyup", onShift);

  const move = (x, y, shift) => {
    follow(x, y);
    aim(x, y);
    withShift(shift);
    scrollAtEdges(x, y, () => Boolean(held), aim);
  };

  const abandon = () => {
    const { card, ghost } = letGo();
    flyHome(ghost, card);
    says(words.left);
  };

  const drop = (x, y) => {
    const place = placeAt(x, y);
    if (!place || place === placeOf(held.card)) { abandon(); return; }
    const { card, ghost } = letGo();
    ghost.remove();
    const { row, day, slot } = place.dataset;
    post(card, "drop", slot ? { room: row, day, slot } : {});
  };

  window.tempoDrag({ takes, begin, move, drop, abandon });
})();
