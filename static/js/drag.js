// One gesture for the week and the day: a card is pressed, taken up, carried and put down, by mouse, pen or finger.
// Only the release of the pointer that took it up is an act; Escape, a second finger, a lost pointer or another
// window abandon it, and then nothing happens.

(() => {
  const TREMBLE = 5; // pixels
  const HOLD = 250; // milliseconds that a finger rests before it carries instead of scrolls
  const GIVE_UP = ["pointercancel", "lostpointercapture"];
  const handlers = [];
  let press = null; // { handler, card, grip, x, y, id, isTouch, timer, isCarried, isGivenUp }

  // A handler: takes(event) gives { card, grip } or nothing; begin(press), move(x, y, withShift), drop(x, y),
  // abandon().
  window.tempoDrag = (handler) => handlers.push(handler);

  const takenBy = (event) => {
    for (const handler of handlers) {
      const taken = handler.takes(event);
      if (taken) return { handler, ...taken };
    }
    return null;
  };

  const begin = () => {
    press.isCarried = true;
    getSelection().removeAllRanges();
    try {
      press.card.setPointerCapture(press.id);
    } catch {
      /* the pointer is gone already: its cancel follows */
    }
    press.handler.begin(press);
  };

  const forget = () => {
    if (press) clearTimeout(press.timer);
    press = null;
  };

  // What was abandoned stays in mind until the button is let go, so that its click opens nothing.
  const abandon = () => {
    if (!press) return;
    if (!press.isCarried) {
      forget();
      return;
    }
    if (press.isGivenUp) return;
    press.isGivenUp = true;
    press.handler.abandon();
  };

  const swallow = (click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  const swallowClick = () => {
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, true), 50);
  };

  const isPlain = (event) =>
    event.button === 0 && event.isPrimary && !event.ctrlKey && !event.metaKey && !event.shiftKey;

  const onDown = (event) => {
    if (press && press.isGivenUp && event.isPrimary) forget();
    if (press) {
      abandon();
      return;
    }
    const taken = isPlain(event) && takenBy(event);
    if (!taken) return;
    press = {
      ...taken,
      x: event.clientX,
      y: event.clientY,
      id: event.pointerId,
      isTouch: event.pointerType === "touch",
    };
    if (press.isTouch && !press.grip) press.timer = setTimeout(begin, HOLD);
  };

  const onMove = (event) => {
    if (!press || press.isGivenUp || event.pointerId !== press.id) return;
    if (press.isCarried && event.buttons === 0) {
      abandon();
      return;
    } // let go where no page could hear it
    if (!press.isCarried) {
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < TREMBLE) return;
      if (press.timer) {
        forget();
        return;
      } // the finger scrolls
      begin();
    }
    press.handler.move(event.clientX, event.clientY, event.shiftKey);
  };

  const onUp = (event) => {
    if (!press || event.pointerId !== press.id) return;
    const { isCarried, isGivenUp, handler } = press;
    forget();
    if (!isCarried) return;
    swallowClick();
    if (!isGivenUp) handler.drop(event.clientX, event.clientY);
  };

  const onLost = (event) => {
    if (!press || event.pointerId !== press.id) return;
    abandon();
    if (event.type === "pointercancel") forget();
  };

  const onEscape = (event) => {
    if (event.key !== "Escape" || !press || !press.isCarried || press.isGivenUp) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    abandon();
  };

  document.addEventListener("pointerdown", onDown, true);
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  GIVE_UP.forEach((name) => document.addEventListener(name, onLost));
  document.addEventListener("keydown", onEscape, true);
  document.addEventListener("visibilitychange", abandon);
  window.addEventListener("blur", abandon);
  document.addEventListener("htmx:afterSwap", () => {
    if (press && !document.contains(press.card)) {
      abandon();
      forget();
    }
  });
  document.addEventListener(
    "touchmove",
    (event) => {
      if (press && press.isCarried) event.preventDefault();
    },
    { passive: false },
  );
  document.addEventListener("contextmenu", (event) => {
    if (press && (press.isCarried || press.isTouch)) event.preventDefault();
  });
  // A link inside a card would start the browser's own dragging, which tells nobody where it ended.
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest && event.target.closest(".card-slip")) event.preventDefault();
  });
})();
