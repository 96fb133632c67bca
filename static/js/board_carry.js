// A card of the week carried by keyboard: Space picks it up, arrows carry it over the cells, each of which says whether it
// fits and why not, Enter or Space puts it down, Escape leaves it where it was. It posts what a drop by mouse posts.

(() => {
  const {
    board,
    isWeek,
    says,
    words,
    post,
    isFree,
    titleOf,
    makeGhost,
    places,
    walkTo,
    neighbour,
    firstCell,
  } = window.tempoBoard;
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  let held = null; // { card, home, ghost, place }

  const tray = () => board().querySelector("[data-tray]");
  const cardOf = (element) => {
    const place = element.closest && element.closest(".card-slip, td[data-cell]");
    if (!place || !board().contains(place)) return null;
    return place.matches(".card-slip")
      ? place
      : place.querySelector(".card-slip[data-mine], .card-slip[data-theirs]");
  };
  const mayMove = (card) => card && card.matches("[data-mine], [data-theirs]");

  // --- what is heard of a cell: room, day and hour, and whether it fits; a moment later, so that a run of keys says the last ---
  const say = () => {
    clearTimeout(held.saying);
    const { place } = held;
    const text = place.matches("[data-tray]")
      ? words.tray
      : place.dataset.said || place.title || words.asking;
    held.saying = setTimeout(() => says(text), 60);
  };
  const showThere = () => {
    const box = held.place.getBoundingClientRect();
    held.ghost.style.translate = `${box.left + 6}px ${box.top + 8}px`;
    places.aim(held.place);
    say();
  };
  const carryTo = (place) => {
    held.place = place;
    if (place.matches("td")) walkTo(place);
    else {
      place.tabIndex = -1;
      place.focus();
    }
    place.scrollIntoView({ block: "nearest", inline: "nearest" });
    showThere();
  };

  const refuse = () => {
    says(words.rooms);
    places.tell(words.rooms, false);
    setTimeout(() => {
      if (!held) places.tell("", false);
    }, 4000);
  };

  const pickUp = (card) => {
    if (!isFree(card)) return;
    if (board().dataset.rows !== "rooms") {
      refuse();
      return;
    }
    const home = card.closest("td[data-cell], [data-tray]");
    held = { card, home, ghost: makeGhost(card), place: home };
    card.classList.add("is-moving");
    board().dataset.held = "";
    carryTo(home.matches("td[data-slot]") ? home : firstCell());
    clearTimeout(held.saying);
    says(`${titleOf(card)}. ${words.taken}`);
    places.showFor(card, () => {
      if (held && held.card === card) {
        places.aim(held.place);
        if (held.place !== held.home) say();
      }
    });
  };

  const letGo = () => {
    const { card, home, ghost, place } = held;
    clearTimeout(held.saying);
    held = null;
    ghost.remove();
    card.classList.remove("is-moving");
    if (board()) delete board().dataset.held;
    places.forget();
    return { card, home, place };
  };

  const abandon = (isFocusBack) => {
    const { card } = letGo();
    if (isFocusBack && card.isConnected) card.querySelector(".slip-title").focus();
    says(words.left);
  };

  const putDown = () => {
    if (held.place === held.home) {
      abandon(true);
      return;
    }
    const { card, place } = letGo();
    const { row, day, slot } = place.dataset;
    post(card, "drop", slot ? { room: row, day, slot } : {});
  };

  const next = (key) => {
    const { place } = held;
    if (place.matches("[data-tray]")) return key === "ArrowUp" ? held.above || firstCell() : null;
    const cell = neighbour(place, STEPS[key]);
    if (cell) return cell.dataset.slot ? cell : null; // the column of other times is no place to drop on
    if (key !== "ArrowDown" || !tray()) return null;
    held.above = place;
    return tray();
  };

  const whileHeld = (event) => {
    if (event.key === "Shift") return;
    if (event.key === "Tab") {
      abandon(false);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation(); // letters, numbers and Escape belong to nothing else while a card is held
    if (event.key === "Escape") abandon(true);
    else if (event.key === "Enter" || event.key === " ") {
      if (!event.repeat) putDown();
    } else if (STEPS[event.key]) {
      const place = next(event.key);
      if (place) carryTo(place);
      places.withShift(event.shiftKey);
    }
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!board() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (held) {
        whileHeld(event);
        return;
      }
      if (
        event.key !== " " ||
        event.shiftKey ||
        !isWeek() ||
        board().classList.contains("is-selecting") ||
        event.target.matches("input, button, select, textarea")
      )
        return;
      const card = cardOf(event.target);
      if (!mayMove(card) || event.repeat) return;
      event.preventDefault();
      pickUp(card);
    },
    true,
  );
  // The mouse, another window, a table that was swapped: whatever comes between leaves the card where it was.
  document.addEventListener(
    "pointerdown",
    () => {
      if (held) abandon(false);
    },
    true,
  );
  window.addEventListener("blur", () => {
    if (held) abandon(false);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (held && !document.contains(held.card)) letGo();
  });
  document.addEventListener(
    "scroll",
    () => {
      if (held) showThere();
    },
    true,
  );
})();
