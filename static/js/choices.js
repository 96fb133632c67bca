// A text field that offers choices while typing: the combobox of the ARIA patterns. <div data-choices="URL"> holds the
// input (role=combobox), a hidden [data-choice-key], a floating [data-choice-list] with a listbox, and a status line.
// A row is taken only when it is highlighted, by itself when it is the only one. Whoever is quicker than the answer, or
// has no JavaScript, leaves it to the server to find what the text means, or to ask. With data-choice-many="NAME" what
// is taken becomes a ticked box in [data-choice-picked], the choices stand there on focus, and the next can be typed.

(() => {
  const WAIT = 120; // milliseconds of rest before the server is asked
  const SHORTEST = 2;
  // Of each field: steps and enters are keys that were pressed before the list was there; they count once it is.
  const states = new WeakMap(); // { timer, turn, isAsking, steps, enters }

  const stateOf = (field) => {
    if (!states.has(field))
      states.set(field, { timer: 0, turn: 0, isAsking: false, steps: 0, enters: false });
    return states.get(field);
  };
  const inputOf = (field) => field.querySelector("input[role=combobox]");
  const keyOf = (field) => field.querySelector("[data-choice-key]");
  const listOf = (field) => field.querySelector("[role=listbox]");
  const noneOf = (field) => field.querySelector("[data-choice-none]");
  const optionsOf = (field) => [...listOf(field).querySelectorAll("[role=option]")];
  const markedOf = (field) => listOf(field).querySelector("[role=option][aria-selected=true]");
  const fieldOf = (event) => {
    const field = event.target.closest && event.target.closest("[data-choices]");
    return field && event.target === inputOf(field) ? field : null;
  };
  const isMany = (field) => "choiceMany" in field.dataset;
  const says = (field, text) => {
    field.querySelector("[data-choice-says]").textContent = text;
  };

  // --- what is shown ---
  const mark = (field, option) => {
    optionsOf(field).forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (!option) {
      inputOf(field).removeAttribute("aria-activedescendant");
      return;
    }
    inputOf(field).setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (field, options, none) => {
    listOf(field).replaceChildren(...options);
    noneOf(field).replaceChildren(...none);
    inputOf(field).setAttribute("aria-expanded", String(options.length > 0));
    const [only, ...others] = options.filter((each) => !("near" in each.dataset)); // what is similar is never taken by itself
    mark(field, only && !others.length ? only : null);
  };

  const close = (field) => {
    const state = stateOf(field);
    clearTimeout(state.timer);
    state.turn += 1; // an answer that is still under way comes too late
    Object.assign(state, { isAsking: false, steps: 0, enters: false });
    show(field, [], []);
    says(field, "");
  };

  // --- asking the server ---
  const fill = (field, html) => {
    const answer = new DOMParser().parseFromString(html, "text/html").body;
    show(field, [...answer.querySelectorAll("[role=option]")], [...answer.querySelectorAll(".choice-none")]);
    says(field, answer.querySelector("[data-says]") ? answer.querySelector("[data-says]").textContent : "");
  };

  // What the choices hang on beside the text: other fields of the form, by name.
  const beside = (field) =>
    (field.dataset.choiceWith || "")
      .split(" ")
      .filter(Boolean)
      .map((name) => {
        const other = field.closest("form").elements[name];
        return [name, other ? other.value : ""];
      });

  const ask = async (field) => {
    const state = stateOf(field);
    const input = inputOf(field);
    state.turn += 1;
    const turn = state.turn;
    const url = `${field.dataset.choices}?${new URLSearchParams([[input.name, input.value], ...beside(field)])}`;
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(
      () => null,
    );
    const html = answer && answer.ok ? await answer.text() : "";
    if (state.turn !== turn) return;
    const { steps, enters } = state;
    Object.assign(state, { isAsking: false, steps: 0, enters: false });
    if (document.activeElement !== input) return;
    fill(field, html);
    for (let left = Math.abs(steps); left; left -= 1) walk(field, Math.sign(steps));
    if (enters) enter(field);
  };

  // What stood there belonged to an older text: nothing of it may be taken any more.
  const askSoon = (field) => {
    close(field);
    if (!isMany(field) && inputOf(field).value.trim().length < SHORTEST) return;
    const state = stateOf(field);
    state.isAsking = true;
    state.timer = setTimeout(() => ask(field), WAIT);
  };

  // --- taking ---
  const boxes = (field) => [...field.querySelectorAll("[data-choice-picked] input")];
  const pick = (field, { key, text }) => {
    const known = boxes(field).find((box) => box.value === key);
    if (known) known.checked = true;
    else {
      const [row, label, box, words] = ["li", "label", "input", "span"].map((name) =>
        document.createElement(name),
      );
      Object.assign(box, {
        type: "checkbox",
        name: field.dataset.choiceMany,
        value: key,
        checked: true,
        className: "form-check-input",
      });
      label.className = "form-check";
      words.textContent = text;
      label.append(box, words);
      row.append(label);
      field.querySelector("[data-choice-picked]").append(row);
    }
    inputOf(field).value = "";
    close(field);
    boxes(field)[0].dispatchEvent(new Event("change", { bubbles: true }));
  };

  const take = (field, option) => {
    if (isMany(field)) {
      pick(field, option.dataset);
      return;
    }
    inputOf(field).value = option.dataset.text;
    keyOf(field).value = option.dataset.key;
    close(field);
  };

  const nextOf = (field) => {
    const next = field.dataset.next && field.closest("form").querySelector(`[name=${field.dataset.next}]`);
    return next && !next.value ? next : null;
  };

  const goOn = (field) => {
    if (isMany(field)) return; // the next one is typed in the same field
    const next = nextOf(field);
    close(field);
    if (next) next.focus();
    else field.closest("form").requestSubmit(field.closest("form").querySelector("[data-choice-enter]"));
  };

  // Several fit and none is highlighted: the list stays until somebody says which, and says so to eyes too.
  const enter = (field) => {
    const marked = markedOf(field);
    if (marked) take(field, marked);
    else if (optionsOf(field).length) {
      askWhich(field);
      return;
    }
    goOn(field);
  };

  const askWhich = (field) => {
    const line = document.createElement("div");
    line.className = "choice-none";
    line.textContent = field.querySelector("[data-choice-says]").textContent;
    noneOf(field).replaceChildren(line);
  };

  const walk = (field, step) => {
    const options = optionsOf(field);
    if (!options.length) {
      askFor(field, step);
      return;
    }
    const at = options.indexOf(markedOf(field));
    const start = at < 0 && step < 0 ? 0 : at;
    mark(field, options[(start + step + options.length) % options.length]);
  };

  // An arrow without a list opens it, and steps once it is there.
  const askFor = (field, step) => {
    const isOnItsWay = stateOf(field).isAsking;
    if (!isOnItsWay) askSoon(field);
    if (isOnItsWay || inputOf(field).value) stateOf(field).steps += step;
  };

  const onEnter = (event, field) => {
    if (event.repeat) {
      event.preventDefault();
      return;
    } // a key that is held down says nothing more
    if (!inputOf(field).value && !markedOf(field)) return;
    event.preventDefault();
    const state = stateOf(field);
    if (state.isAsking && state.steps) state.enters = true;
    else enter(field);
  };

  const onTab = (field) => {
    if (markedOf(field)) take(field, markedOf(field));
  };

  const onEscape = (event, field) => {
    if (!optionsOf(field).length && !noneOf(field).hasChildNodes()) return;
    event.preventDefault();
    close(field);
  };

  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event);
    if (!field || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      walk(field, 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      walk(field, -1);
    } else if (event.key === "Enter") onEnter(event, field);
    else if (event.key === "Tab") onTab(field);
    else if (event.key === "Escape") onEscape(event, field);
  });
  document.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    keyOf(field).value = "";
    askSoon(field);
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-choice-list] [role=option]");
    if (!option) return;
    event.preventDefault(); // the field keeps the focus
    const field = option.closest("[data-choices]");
    take(field, option);
    if (nextOf(field)) nextOf(field).focus();
  });
  document.addEventListener("focusin", (event) => {
    const field = fieldOf(event);
    if (field && isMany(field)) askSoon(field);
  });
  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event);
    if (field) close(field);
  });
})();
