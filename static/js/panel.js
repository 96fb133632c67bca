// The side panel: links with hx-target="#panel" hx-swap="innerHTML" fill it; Escape, its cross or an answer with
// HX-Trigger "panel-close" empty it and give the focus back to where it came from. While an act that was sent from the
// panel is under way, its form stays: an answer that finds no form any more would tell nobody what was done.

(() => {
  const panel = () => document.querySelector("[data-panel]");
  let opener = null;

  // --- one act at a time: what else would change the panel waits until it is answered ---
  let act = null; // { form, whenAnswered: [] }
  const isInPanel = (element) => Boolean(element && panel() && panel().contains(element));
  const wait = (go) => act.whenAnswered.push(go);

  document.addEventListener("htmx:beforeSend", (event) => {
    const { elt, requestConfig } = event.detail;
    if (requestConfig.verb === "post" && elt.nodeName === "FORM" && isInPanel(elt))
      act = { form: elt, whenAnswered: [] };
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!act || event.detail.elt === act.form || !isInPanel(event.detail.target)) return;
    event.preventDefault();
    const { elt, path, verb, issueRequest } = event.detail;
    // The link of a card goes with the table that the answer replaces; where it led does not.
    wait(() =>
      elt.isConnected || verb !== "get"
        ? issueRequest(false)
        : htmx.ajax("GET", path, { target: "#panel", swap: "innerHTML" }),
    );
  });
  // Asked before the act was sent, answered after: it speaks of a form that is no longer what counts.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (act && event.detail.requestConfig.elt !== act.form && isInPanel(event.detail.target))
      event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!act || event.detail.requestConfig.elt !== act.form) return;
    const { whenAnswered } = act;
    act = null;
    whenAnswered.forEach((go) => go());
  });

  const close = () => {
    if (act) {
      wait(close);
      return;
    }
    if (!panel() || !panel().hasChildNodes()) return;
    panel().replaceChildren();
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === panel() && !panel().contains(document.activeElement))
      opener = document.activeElement;
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
