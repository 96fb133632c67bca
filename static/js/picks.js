// Several sessions at once: "Select", Ctrl and a click, Shift and a click (a stretch) or x tick a card, and while some
// are being selected the space bar too. The ticks outlive every swap of the board; the bar below sends them. Without
// JavaScript the server draws the boxes.

(() => {
  const { board, says, words, titleOf } = window.tempoBoard;
  const bar = () => document.querySelector("[data-picks]");
  const cards = () => [...board().querySelectorAll(".card-slip[data-mine]")];
  const picked = new Set();
  let isOn = Boolean(bar() && !bar().hidden);
  let last = null;

  const box = (card) => {
    let tick = card.querySelector(".card-pick");
    if (!tick) {
      tick = document.createElement("input");
      tick.type = "checkbox";
      tick.name = "pick";
      tick.tabIndex = -1;
      tick.className = "form-check-input card-pick";
      tick.setAttribute("form", "board-picks");
      tick.setAttribute("aria-label", `${words.select} ${titleOf(card)}`);
      card.prepend(tick);
    }
    tick.value = `${card.dataset.session}:${card.dataset.version}`;
    return tick;
  };

  const draw = () => {
    if (!bar() || !board()) return;
    board().classList.toggle("is-selecting", isOn);
    bar().hidden = !isOn;
    if (!isOn) {
      board()
        .querySelectorAll(".card-pick")
        .forEach((tick) => tick.remove());
      board()
        .querySelectorAll(".is-picked")
        .forEach((card) => card.classList.remove("is-picked"));
      return;
    }
    const standing = new Set(cards().map((card) => card.dataset.session));
    picked.forEach((session) => {
      if (!standing.has(session)) picked.delete(session);
    });
    cards().forEach((card) => {
      const is = picked.has(card.dataset.session);
      box(card).checked = is;
      card.classList.toggle("is-picked", is);
    });
    bar().querySelector("[data-picks-count]").textContent = String(picked.size);
    bar()
      .querySelectorAll("button[name=act]")
      .forEach((button) => {
        button.disabled = !picked.size;
      });
  };

  const set = (session, is) => {
    if (is) picked.add(session);
    else picked.delete(session);
  };
  const tick = (card, toAlso) => {
    isOn = true;
    const is = !picked.has(card.dataset.session);
    const all = cards();
    const [from, to] = [all.findIndex((one) => one.dataset.session === last), all.indexOf(card)];
    if (toAlso && from >= 0)
      all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => set(one.dataset.session, true));
    else set(card.dataset.session, is);
    last = card.dataset.session;
    draw();
    says(`${titleOf(card)}. ${words.selected} ${picked.size}`);
  };
  const end = () => {
    isOn = false;
    picked.clear();
    last = null;
    draw();
  };

  document.addEventListener(
    "click",
    (event) => {
      if (!board() || !bar()) return;
      if (event.target.closest("[data-picks-start]")) {
        event.preventDefault();
        isOn = true;
        draw();
        says(`${words.selected} 0`);
        return;
      }
      if (event.target.closest("[data-picks-end]")) {
        event.preventDefault();
        end();
        return;
      }
      const card = event.target.closest(".card-slip[data-mine]");
      if (!card || !board().contains(card)) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || isOn) {
        // The box has ticked itself by now; stopping it would take that back after us.
        if (!event.target.matches(".card-pick")) event.preventDefault();
        event.stopImmediatePropagation();
        tick(card, event.shiftKey);
      }
    },
    true,
  );

  document.addEventListener(
    "keydown",
    (event) => {
      if (!board() || !bar() || event.altKey || event.ctrlKey || event.metaKey) return;
      if (
        event.key === "Escape" &&
        isOn &&
        !document.querySelector("dialog[open]") &&
        !document.querySelector("#panel > *")
      ) {
        end();
        return;
      }
      if (event.key.toLowerCase() !== "x" && !(event.key === " " && isOn)) return;
      const place = event.target.closest && event.target.closest(".card-slip, td[data-cell]");
      if (!place || !board().contains(place)) return;
      const card = place.matches(".card-slip") ? place : place.querySelector(".card-slip[data-mine]");
      if (!card || !card.matches("[data-mine]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      tick(card, event.shiftKey);
    },
    true,
  );

  document.addEventListener("htmx:afterSettle", draw);
  document.addEventListener("htmx:afterSwap", (event) => {
    const effect =
      event.detail.target &&
      event.detail.target.querySelector &&
      document.querySelector("#panel [data-effect-words]");
    if (effect && document.getElementById("panel").contains(event.detail.target))
      says(effect.textContent.trim());
  });
  document.addEventListener("picks-done", end);
  window.addEventListener("pageshow", () => {
    if (board())
      board()
        .querySelectorAll(".card-pick:checked")
        .forEach((one) => picked.add(one.value.split(":")[0]));
    draw();
  });
})();
