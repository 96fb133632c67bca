// The week on a phone: one day at a time, chosen by tabs above the table and remembered while the tab stays open.

(() => {
  const { board, isWeek } = window.tempoBoard;
  const narrow = matchMedia("(max-width: 47.99rem)");

  const tabOf = (day) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "chip";
    tab.textContent = day.firstElementChild ? day.firstElementChild.textContent : day.textContent;
    tab.dataset.dayTab = day.dataset.day;
    return tab;
  };

  const makeTabs = (days) => {
    if (board().querySelector(".day-tabs")) return;
    const tabs = document.createElement("div");
    tabs.className = "day-tabs";
    tabs.append(...days.map(tabOf));
    board().querySelector(".board-wrap").before(tabs);
  };

  const show = (day) => {
    board()
      .querySelectorAll("[data-day]")
      .forEach((one) => one.classList.toggle("is-shown", one.dataset.day === day));
    board()
      .querySelectorAll("[data-day-tab]")
      .forEach((tab) => tab.setAttribute("aria-current", String(tab.dataset.dayTab === day)));
  };

  const start = () => {
    if (!isWeek()) return;
    const days = [...board().querySelectorAll("th.board-day[data-day]")];
    if (!days.length) return;
    board().toggleAttribute("data-one-day", narrow.matches);
    makeTabs(days);
    const kept = sessionStorage.getItem("board-day");
    const wanted =
      days.find((day) => day.dataset.day === kept) ||
      days.find((day) => day.classList.contains("is-today")) ||
      days[0];
    show(wanted.dataset.day);
  };

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-day-tab]");
    if (!tab) return;
    sessionStorage.setItem("board-day", tab.dataset.dayTab);
    show(tab.dataset.dayTab);
  });
  narrow.addEventListener("change", start);
  window.tempoBoard.onDrawn(start);
})();
