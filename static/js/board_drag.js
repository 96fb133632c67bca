// The week by mouse and touch: a copy of the card follows the pointer, the cells say where it may go. The card itself
// stays at home until the server has moved it, so no row grows and what is let go outside every cell flies back.

(() => {
  const { board, isWeek, says, words, post, isFree, scrollAtEdges, makeGhost, places } = window.tempoBoard;
  let held = null; // { card, ghost, dx, dy }

  const placeOf = (element) => element && element.closest("td[data-slot], [data-tray]");
  const placeAt = (x, y) => {
    const place = placeOf(document.elementFromPoint(x, y));
    return place && board().contains(place) ? place : null;
  };

  const follow = (x, y) => {
    held.ghost.style.translate = `${x - held.dx}px ${y - held.dy}px`;
  };

  const flyHome = (ghost, card) => {
    const box = card.getBoundingClientRect();
    const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isQuiet || !document.contains(card)) {
      ghost.remove();
      return;
    }
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
    places.forget();
    return { card, ghost };
  };

  const takes = (event) => {
    if (!isWeek() || board().dataset.rows !== "rooms" || event.target.closest(".card-pick")) return null;
    const card = event.target.closest(".card-slip[data-mine], .card-slip[data-theirs]");
    return card && board().contains(card) && isFree(card) ? { card } : null;
  };

  const begin = ({ card, x, y }) => {
    const box = card.getBoundingClientRect();
    held = { card, ghost: makeGhost(card), dx: x - box.left, dy: y - box.top };
    card.classList.add("is-moving");
    board().dataset.held = "";
    document.documentElement.classList.add("is-dragging");
    follow(x, y);
    places.showFor(card);
  };

  const aim = (x, y) => {
    const place = placeAt(x, y);
    places.aim(place);
  };

  const move = (x, y, shift) => {
    follow(x, y);
    aim(x, y);
    places.withShift(shift);
    scrollAtEdges(x, y, () => Boolean(held), aim);
  };

  const abandon = () => {
    const { card, ghost } = letGo();
    flyHome(ghost, card);
    says(words.left);
  };

  const drop = (x, y) => {
    const place = placeAt(x, y);
    if (!place || place === placeOf(held.card)) {
      abandon();
      return;
    }
    const { card, ghost } = letGo();
    ghost.remove();
    const { row, day, slot } = place.dataset;
    post(card, "drop", slot ? { room: row, day, slot } : {});
  };

  window.tempoDrag({ takes, begin, move, drop, abandon });
})();
