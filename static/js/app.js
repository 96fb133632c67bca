// What every page does: theme, shortcuts, menus, dialogs, search results, toasts, the guard against a double
// submit. Bound by data-* attributes and delegated from the document, so swapped parts need no set-up.

(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // --- theme: the same cookie the server reads ---
  const darkMedia = { light: "not all", dark: "screen", auto: "screen and (prefers-color-scheme: dark)" };

  const setTheme = (theme) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${root.dataset.themeCookie}=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    root.dataset.bsTheme = theme;
    document.querySelector("link[data-dark]").media = darkMedia[theme];
    all("[data-theme-form] button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === theme));
    });
  };

  // --- the guard: one submit at a time, visibly busy, free again when it fails ---
  const setBusy = (form, busy) => {
    all("button:not([type=button]), input[type=submit]", form).forEach((button) => {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    });
    if (busy) form.dataset.busy = "";
    else delete form.dataset.busy;
  };

  const isDownload = (form) => form.hasAttribute("data-download");

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.matches("[data-theme-form]") && event.submitter) {
        event.preventDefault();
        setTheme(event.submitter.value);
        return;
      }
      // Filters that HTMX put into the address since this page was drawn come along into the other language.
      if (form.matches(".lang")) form.elements.next.value = location.pathname + location.search;
      if (form.method === "dialog" || form.hasAttribute("data-no-guard")) return;
      if ("busy" in form.dataset) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      // After this turn, so that the pressed button's own name and value still travel with the form.
      setTimeout(() => {
        if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-delete], [hx-get]")) return;
        setBusy(form, true);
        if (isDownload(form)) setTimeout(() => setBusy(form, false), 4000);
      });
    },
    true,
  );

  const free = (event) => {
    const form = event.target.closest ? event.target.closest("form") : null;
    if (form) setBusy(form, false);
  };
  document.addEventListener("htmx:afterRequest", free);
  window.addEventListener("pageshow", () => all("form[data-busy]").forEach((form) => setBusy(form, false)));

  // --- a thin line while a part is on its way, only when it takes a while ---
  // Counted by the requests themselves: what a request stood in may be gone when its answer comes.
  let underWay = 0;
  let lineTimer = 0;
  document.addEventListener("htmx:beforeSend", (event) => {
    underWay += 1;
    clearTimeout(lineTimer);
    lineTimer = setTimeout(() => root.classList.toggle("is-loading", underWay > 0), 250);
    event.detail.xhr.addEventListener("loadend", () => {
      underWay -= 1;
      if (!underWay) root.classList.remove("is-loading");
    });
  });

  // --- menus: one open at a time ---
  const closeMenus = (except) =>
    all("details[data-menu][open]").forEach((menu) => {
      if (menu !== except && !menu.contains(except)) menu.open = false;
    });

  // --- dialogs ---
  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || !dialog.showModal) return false;
    dialog.showModal();
    return true;
  };

  // --- copying ---
  const copy = (button) => {
    const field = document.querySelector(button.dataset.copy);
    field.select();
    const done = () => document.dispatchEvent(new CustomEvent("tempo:say", { detail: "copied" }));
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, () => {});
    else if (document.execCommand("copy")) done();
  };

  const searchBox = () => document.querySelector("[data-search] input[type=search]");
  const results = () => document.querySelector("[data-search-results]");
  const closeResults = () => {
    if (results()) results().replaceChildren();
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    closeMenus(target.closest("details[data-menu]") || target);
    if (!target.closest("[data-search]")) closeResults();
    const opener = target.closest("[data-dialog]");
    if (opener && openDialog(opener.dataset.dialog)) event.preventDefault();
    const closer = target.closest("[data-close-dialog]");
    if (closer && closer.closest("dialog")) {
      if (closer.nodeName === "A") event.preventDefault(); // its address is for the page without a dialog
      closer.closest("dialog").close();
    }
    if (target.nodeName === "DIALOG") target.close();
    if (target.closest("[data-close-toast]")) target.closest("[data-toast]").remove();
    if (target.closest("[data-copy]")) copy(target.closest("[data-copy]"));
    if (target.closest("[data-print]")) window.print();
    if (target.matches("[data-select-all]")) target.select();
  });

  // --- keys ---
  const isWriting = (element) =>
    element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.nodeName);

  const walkResults = (event) => {
    const links = all("a, button", results());
    const at = links.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    if (!links.length) return;
    event.preventDefault();
    if (next < 0) searchBox().focus();
    else links[Math.min(next, links.length - 1)].focus();
  };

  const closeOnEscape = (event) => {
    const menu = event.target.closest("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.target.closest("[data-search]")) {
      closeResults();
      searchBox().focus();
    }
  };

  document.addEventListener("keydown", (event) => {
    const isFind = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    const isSlash =
      event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !isWriting(event.target);
    if ((isFind || isSlash) && searchBox()) {
      event.preventDefault();
      searchBox().focus();
      searchBox().select();
    } else if (event.key === "Escape") {
      closeOnEscape(event);
    } else if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest("[data-search]") && results()) {
      walkResults(event);
    } else if (
      !event.ctrlKey &&
      !event.altKey &&
      !event.metaKey &&
      /^(.|ArrowLeft|ArrowRight)$/.test(event.key) &&
      !isWriting(event.target)
    ) {
      const link = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
      if (link && link.nodeName === "SELECT") {
        event.preventDefault();
        link.focus();
      } else if (link) link.click();
    }
  });

  // --- filters that show at once; the button stays for those without JavaScript ---
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]:not([hx-get])");
    if (form) form.requestSubmit();
  });

  // --- tables: one that fits its frame keeps its head in view, a wider one scrolls inside it (components.css) ---
  const frames = new ResizeObserver((changes) =>
    changes.forEach(({ target }) => {
      const frame = target.closest(".table-wrap");
      if (!frame) return;
      const fits = frame.scrollWidth <= frame.clientWidth + 1;
      frame.classList.toggle("fits", fits);
      // A frame that scrolls can be reached by keyboard even when nothing in it can.
      if (fits || frame.querySelector("a, button, input, select, summary")) frame.removeAttribute("tabindex");
      else frame.tabIndex = 0;
    }),
  );
  const measure = (part) =>
    all(".table-wrap, .table-wrap > table", part.parentElement || part).forEach((each) =>
      frames.observe(each),
    );

  // --- what a swap brings in: focus where the answer stands; dialogs that ask to be open ---
  const settle = (part) => {
    measure(part);
    const focus = part.matches("[data-focus]")
      ? part
      : part.querySelector("[data-focus]:not([data-no-focus] *)");
    if (focus) focus.focus({ preventScroll: false });
    // What was typed before is gone on with at its end, not before it.
    if (focus && focus.matches("input[type=text]"))
      focus.setSelectionRange(focus.value.length, focus.value.length);
    all("dialog[data-open]", part).forEach((dialog) => {
      if (!dialog.open) dialog.showModal();
    });
  };
  document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));
  settle(document.body);

  // --- toasts: announced by the region around them; those with nothing to press go after a while ---
  const watch = (toast) => {
    if (toast.matches(".tone-stop, .tone-warn")) return;
    let timer = 0;
    const start = () => {
      timer = setTimeout(() => toast.remove(), toast.querySelector("form") ? 20000 : 7000);
    };
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusin", () => clearTimeout(timer));
    start();
  };
  // What was answered from a toast is told by the next one: it no longer is as the old one says.
  document.addEventListener("htmx:afterRequest", (event) => {
    const toast = event.detail.successful && event.target.closest && event.target.closest("[data-toast]");
    if (toast) toast.remove();
  });
  const toasts = document.getElementById("toasts");
  // What is said lies above whatever is open: a sheet or a dialog that opened later would hide it.
  const lift = () => {
    if (!toasts.showPopover || toasts.contains(document.activeElement)) return;
    if (toasts.matches(":popover-open")) toasts.hidePopover();
    if (toasts.querySelector("[data-toast]")) toasts.showPopover();
  };
  if (toasts) {
    new MutationObserver((changes) => {
      lift();
      changes.forEach((change) =>
        change.addedNodes.forEach((node) => {
          if (node.nodeType === 1 && node.matches("[data-toast]")) watch(node);
        }),
      );
    }).observe(toasts, { childList: true });
    lift();
    all("[data-toast]", toasts).forEach(watch);
  }
})();
