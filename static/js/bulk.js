// Tables whose rows can be ticked: <form data-bulk> holds rows with <input type=checkbox data-bulk-row>, one
// <input type=checkbox data-bulk-all> in the head, and the bar of components/bulk_bar.html. Shift ticks a range.

(() => {
  const rowsOf = (form) => [...form.querySelectorAll("input[data-bulk-row]:not(:disabled)")];
  let last = null;

  const refresh = (form) => {
    const rows = rowsOf(form);
    const ticked = rows.filter((row) => row.checked);
    const bar = form.querySelector("[data-bulk-bar]");
    const master = form.querySelector("input[data-bulk-all]");
    rows.forEach((row) => row.closest("tr, li")?.classList.toggle("is-selected", row.checked));
    if (master) {
      master.checked = rows.length > 0 && ticked.length === rows.length;
      master.indeterminate = ticked.length > 0 && ticked.length < rows.length;
    }
    if (!bar) return;
    bar.hidden = ticked.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = String(ticked.length);
    const clear = bar.querySelector("[data-bulk-clear]");
    if (clear) clear.hidden = false;
  };

  const tickRange = (form, from, to, value) => {
    const rows = rowsOf(form);
    const [start, end] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
    if (start >= 0)
      rows.slice(start, end + 1).forEach((row) => {
        row.checked = value;
      });
  };

  // A row that goes where others stand takes those along; without one of them it cannot stay ticked itself.
  const tickNeeded = (form, row) => {
    const rows = rowsOf(form);
    const needs = (one) => (one.dataset.bulkNeeds || "").split(" ").filter(Boolean);
    if (row.checked)
      rows
        .filter((one) => needs(row).includes(one.value))
        .forEach((one) => {
          one.checked = true;
        });
    else
      rows
        .filter((one) => needs(one).includes(row.value))
        .forEach((one) => {
          one.checked = false;
        });
  };

  document.addEventListener("click", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (!form) return;
    if (event.target.matches("[data-bulk-clear]"))
      rowsOf(form).forEach((row) => {
        row.checked = false;
      });
    if (event.target.matches("[data-bulk-all]"))
      rowsOf(form).forEach((row) => {
        row.checked = event.target.checked;
      });
    if (event.target.matches("[data-bulk-row]")) {
      if (event.shiftKey && last) tickRange(form, last, event.target, event.target.checked);
      last = event.target;
      tickNeeded(form, event.target);
    }
    refresh(form);
  });

  const refreshAll = () => document.querySelectorAll("form[data-bulk]").forEach(refresh);
  document.addEventListener("htmx:afterSettle", refreshAll);
  window.addEventListener("pageshow", refreshAll);
  refreshAll();
})();
