// The side panel: links with hx-target="#panel" hx-swap="innerHTML" fill it; Escape, its cross or an answer with
// HX-Trigger "panel-close" empty it and give the focus back to where it came from.
"use strict";

(() => {
  const panel = () => document.querySelector("[data-panel]");
  let opener = null;

  const close = () => {
    if (!panel() || !panel().hasChildNodes()) return;
    panel().replaceChildren();
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === panel() && !panel().contains(document.activeElement)) opener = document.activeElement;
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close-panel]");
    if (!closer) return;
    // The address of a link that closes is for the page of its own.
    if (closer.nodeName === "A" && panel() && panel().contains(closer)) event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open], details[data-menu][open]")) close();
  });
  document.addEventListener("panel-close", close);
})();
