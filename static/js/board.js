// The board: what its modules share, and how the table that the server sends is put in place. Every act posts what the
// plain form posts; a refused or failed change never leaves a card where it is not.

(() => {
  const board = () => document.querySelector("[data-board]");
  const line = () => document.getElementById("board-says");
  const says = (text) => {
    if (line()) line().textContent = text;
  };
  const words = line() ? line().dataset : {};
  const base = () => location.pathname.replace(/\/board\/.*$/, "/board/");
  const isWeek = () => board() && board().dataset.board === "week";
  // The title alone: a state that is hidden in it for those who listen is no part of the name.
  const titleOf = (card) => {
    const title = card.querySelector(".slip-title").cloneNode(true);
    title.querySelectorAll(".visually-hidden").forEach((state) => state.remove());
    return title.textContent.replace(/\u00ad/g, "").trim();
  };
  // --- acts, one after the other: on a slow line none is lost to the next, and each card says that it is on its way ---
  // In the name of the place for refusals, which no answer replaces: a table goes with the next poll, and with it
  // whatever waits for its answer.
  let acts = 0;
  let last = Promise.resolve();
  const underWay = new Set();
  const mark = () => {
    if (!board()) return;
    board()
      .querySelectorAll("[data-session]")
      .forEach((card) => {
        if (underWay.has(card.dataset.session)) card.setAttribute("aria-busy", "true");
        else card.removeAttribute("aria-busy");
      });
  };
  const isFree = (card) => !underWay.has(card.dataset.session);
  // A refusal is read before the next answer takes its place.
  const whenRead = async () => {
    while (document.querySelector("#board-answer dialog[open]"))
      await new Promise((go) => setTimeout(go, 100));
  };
  const send = async (url, values) => {
    await whenRead();
    await htmx.ajax("POST", url, { source: "#board-answer", target: "#board", swap: "outerHTML", values });
  };
  const post = (card, act, values) => {
    const { session, version } = card.dataset;
    const url = `${base()}sessions/${session}/${act}/${isWeek() ? location.search : ""}`;
    const said = { ...values, version, week: board().dataset.week };
    acts += 1;
    underWay.add(session);
    mark();
    last = last
      .then(() => send(url, said))
      .catch(() => {}) // told in a toast (static/js/errors.js)
      .finally(() => {
        underWay.delete(session);
        mark();
      });
    return last;
  };

  // --- a table larger than its window moves along under a card that is carried to its edge ---
  let scroller = 0;
  const scrollAtEdges = (x, y, isHeld, then = () => {}) => {
    cancelAnimationFrame(scroller);
    const wrap = board().querySelector(".board-wrap");
    const box = wrap.getBoundingClientRect();
    const step = (at, from, to) => (at < from + 36 ? -8 : at > to - 36 ? 8 : 0);
    const isOver = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    const [dx, dy] = isOver ? [step(x, box.left + 60, box.right), step(y, box.top, box.bottom)] : [0, 0];
    if (!dx && !dy) return;
    scroller = requestAnimationFrame(() => {
      if (!isHeld()) return;
      wrap.scrollBy(dx, dy);
      then(x, y);
      scrollAtEdges(x, y, isHeld, then);
    });
  };

  // --- each table is made ready once, also one that a swap brings ---
  const makers = [];
  const drawn = () => {
    if (!board() || board().dataset.ready) return;
    board().dataset.ready = "yes";
    makers.forEach((make) => make());
    mark();
  };
  const onDrawn = (make) => makers.push(make);
  window.tempoBoard = { board, isWeek, says, base, words, post, isFree, titleOf, scrollAtEdges, onDrawn };

  // --- a poll never swaps the table under a card that is held or a dialog ---
  const isPoll = ({ elt, requestConfig }) =>
    elt === board() && requestConfig.verb === "get" && requestConfig.path.includes("/board/live/");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isPoll(event.detail)) return;
    if (document.hidden || "held" in board().dataset || document.querySelector("dialog[open]"))
      event.preventDefault();
    event.detail.requestConfig.acts = acts;
  });
  // Nor when its answer comes after the card was taken up, or knows nothing of an act that was sent meanwhile.
  const isLate = ({ elt, requestConfig }) =>
    requestConfig &&
    isPoll({ elt, requestConfig }) &&
    ("held" in board().dataset || requestConfig.acts !== acts);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target || event.detail.target.id !== "board" || !board()) return;
    if (isLate(event.detail)) {
      event.detail.shouldSwap = false;
      return;
    }
    const wrap = board().querySelector(".board-wrap");
    board.scroll = wrap ? [wrap.scrollLeft, wrap.scrollTop] : null;
    board.hadFocus = board().contains(document.activeElement);
  });

  const emptyAnswer = () => {
    const answer = document.querySelector("#board-answer");
    if (answer) answer.replaceChildren();
  };
  document.addEventListener("htmx:afterSettle", () => {
    if (!board() || board().dataset.ready) return;
    drawn();
    const wrap = board().querySelector(".board-wrap");
    if (wrap && board.scroll) [wrap.scrollLeft, wrap.scrollTop] = board.scroll;
    if (!document.querySelector("#board-answer dialog[open]")) emptyAnswer();
  });
  // Toasts are announced by their own region. A refusal opens a dialog; its reasons are read out as well.
  document.addEventListener("htmx:afterSwap", (event) => {
    const reasons = event.detail.target &&
      event.detail.target.id === "board-answer" && [
        ...event.detail.target.querySelectorAll("h2, .reason-said"),
      ];
    if (reasons && reasons.length) says(reasons.map((one) => one.textContent.trim()).join(". "));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".board-filter"))
      event.target.classList.toggle("is-on", Boolean(event.target.value));
  });
  // What was refused is answered by now: an act that succeeded closes the dialog that offered it.
  document.addEventListener("panel-close", emptyAnswer);
  document.addEventListener("DOMContentLoaded", drawn);
})();
