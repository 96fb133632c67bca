// When HTMX gets no good answer: say what happened, that nothing was saved, and what to do. Answers 409 and 422
// are swapped in place (see htmx-config in base.html); the sentences stand in <template data-sentence> there.

(() => {
  const toasts = document.getElementById("toasts");

  const say = (name, text, link) => {
    const template = document.querySelector(`template[data-sentence="${name}"]`);
    if (!template || !toasts) return;
    const toast = template.content.cloneNode(true).querySelector("[data-toast]");
    const words = toast.querySelector(".toast-words p:last-child");
    if (text) words.textContent = text;
    if (link) words.append(" ", link.cloneNode(true));
    toast.dataset.sentence = name;
    toasts.querySelectorAll(`[data-sentence="${name}"]`).forEach((old) => old.remove());
    toasts.append(toast);
  };

  document.addEventListener("tempo:say", (event) => say(event.detail));
  document.addEventListener("htmx:sendError", () => say("offline"));
  document.addEventListener("htmx:timeout", () => say("slow"));
  document.addEventListener("htmx:responseError", () => say("broken"));

  // A form that leaves the page while there is no network would be exchanged for the browser's own page, and what was
  // typed with it. Where the browser only thinks so (a server on this very machine), it goes its way.
  const reached = new WeakSet();
  const tryToSend = async (form, button) => {
    const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (!answer) {
      say("offline");
      return;
    }
    reached.add(form);
    form.requestSubmit(button);
    reached.delete(form);
  };
  window.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (navigator.onLine || reached.has(form) || !toasts || form.method === "dialog") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      tryToSend(form, event.submitter);
    },
    true,
  );

  // A refusal that belongs to no part of the page (a missing right, a row that is gone) is told, not swapped:
  // what the person was doing stays as it was.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400 || event.detail.xhr.getResponseHeader("HX-Retarget")) return;
    const { elt, requestConfig, xhr } = event.detail;
    if (elt.id === "board" && requestConfig.headers["X-Poll"] && [403, 404].includes(xhr.status)) {
      // The board asked by itself, and this reader may not see it any more: what stood open goes.
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const refusal = answer.querySelector("[data-refusal]");
    if (!refusal) return;
    event.detail.shouldSwap = false;
    const link = refusal.querySelector("a[target]");
    if (link) link.remove();
    say("refused", refusal.textContent.trim().replace(/\s+/g, " "), link);
  });

  // Whoever signed in anew in another tab goes on here, with what is typed in this one.
  let token = "";
  document.addEventListener("htmx:configRequest", (event) => {
    if (token) event.detail.headers["X-CSRFToken"] = token;
    // Whoever was signed out is answered in the language of this page, not of the browser.
    event.detail.headers["Accept-Language"] = document.documentElement.lang;
  });
  document.addEventListener("tempo:token", (event) => {
    token = event.detail.token;
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = token;
    });
  });
})();
