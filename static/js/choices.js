// A text field that offers choices while typing. <div data-choices="URL"> holds the input (role=combobox), a hidden
// [data-choice-key] and a [data-choice-list]. Arrows walk, Enter takes (and goes to the next field), Escape closes.
// Without JavaScript the server finds what the text means, or asks.
"use strict";

(() => {
  const parts = (field) => ({
    input: field.querySelector("input[role=combobox]"),
    key: field.querySelector("[data-choice-key]"),
    list: field.querySelector("[data-choice-list]"),
  });
  const options = (list) => [...list.querySelectorAll("[role=option]")];
  const timers = new WeakMap();
  const asked = new WeakMap();

  const mark = (field, option) => {
    const { input, list } = parts(field);
    options(list).forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const close = (field) => {
    const { input, list } = parts(field);
    asked.set(field, (asked.get(field) || 0) + 1);
    clearTimeout(timers.get(field));
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    mark(field, null);
  };

  const take = (field, option) => {
    const { input, key } = parts(field);
    input.value = option.dataset.text;
    key.value = option.dataset.key;
    close(field);
  };

  const ask = async (field) => {
    const { input, list } = parts(field);
    const turn = (asked.get(field) || 0) + 1;
    asked.set(field, turn);
    if (input.value.trim().length < 2) { list.replaceChildren(); return; }
    const url = `${field.dataset.choices}?${new URLSearchParams({ [input.name]: input.value })}`;
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok || asked.get(field) !== turn) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked.get(field) !== turn || document.activeElement !== input) return;
    list.replaceChildren(...parsed.body.childNodes);
    input.setAttribute("aria-expanded", "true");
    mark(field, options(list)[0] || null);
  };

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-choices]");
    if (!field || event.target !== parts(field).input) return;
    parts(field).key.value = "";
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => ask(field), 160));
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-choices]");
    if (!field || event.target !== parts(field).input) return;
    const { list } = parts(field);
    const shown = options(list);
    const at = shown.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!shown.length) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(field, shown[(at + step + shown.length) % shown.length]);
    } else if (event.key === "Escape" && list.hasChildNodes()) {
      event.stopPropagation();
      close(field);
    } else if ((event.key === "Enter" || event.key === "Tab") && shown.length && at >= 0) {
      take(field, shown[at]);
      if (event.key === "Enter") {
        const form = field.closest("form");
        const next = form.querySelector("[name=what]");
        if (event.target.name === "who" && next && !next.value) { event.preventDefault(); next.focus(); }
      }
    } else if (event.key === "Enter" && event.target.name === "who" && event.target.value) {
      const next = field.closest("form").querySelector("[name=what]");
      if (next && !next.value) { event.preventDefault(); close(field); next.focus(); }
    }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-choice-list] [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option.closest("[data-choices]"), option);
  });
  document.addEventListener("focusout", (event) => {
    const field = event.target.closest("[data-choices]");
    if (field && event.target === parts(field).input) close(field);
  });
})();
