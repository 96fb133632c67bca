// A form in which somebody typed is not left by accident: the browser asks first, whichever way leads out of it.
// Forms that HTMX sends stay on the page, and are not meant.

(() => {
  const typed = new Set();
  let sent = null;

  const isMeant = (form) =>
    form &&
    form.method === "post" &&
    form.closest("main") &&
    !form.matches("[hx-post], [data-download], .lang") &&
    !form.querySelector("[type=password], [hx-post]");

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!event.isTrusted || !isMeant(form)) return;
    typed.add(form);
    sent = null;
  });

  // After every other listener: a form that was stopped was not sent.
  window.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = event.target;
  });

  window.addEventListener("beforeunload", (event) => {
    const open = [...typed].some((form) => form.isConnected && form !== sent);
    if (!open) return;
    event.preventDefault();
    event.returnValue = "";
    // Whoever stays can press again.
    setTimeout(() =>
      document.querySelectorAll("form[data-busy]").forEach((form) => {
        delete form.dataset.busy;
        form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
      }),
    );
  });
})();
