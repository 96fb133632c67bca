// Notes one after the other. Ctrl-Z takes the last one back, as often as it is pressed, unless there is text of one's own
// to undo first; Escape leaves a change; what is typed while a note is being saved begins the next one.

(() => {
  const isTyping = (element) => element.matches("input, textarea") && element.value !== "";
  const entryOf = (event) => event.detail.target && event.detail.target.id === "note-entry";
  let waiting = 0; // presses of Ctrl-Z that wait until the one before is answered
  let isUnderWay = false;
  let sent = null; // the field in which Enter was pressed, and what stood there

  const undoLast = () => {
    const button = document.querySelector("#last-notes [data-undo]");
    if (!button) {
      waiting = 0;
      return;
    }
    button.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      const leave = document.querySelector("#note-entry [data-leave]");
      if (leave) leave.click();
      return;
    }
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || isTyping(event.target)) return;
    event.preventDefault();
    if (isUnderWay) waiting += 1;
    else undoLast();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!entryOf(event)) return;
    isUnderWay = true;
    const field = document.activeElement;
    sent = field && field.matches("#note-entry input[type=text]") ? { field, text: field.value } : null;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!entryOf(event)) return;
    isUnderWay = false;
    if (!event.detail.successful) waiting = 0;
    if (!waiting) return;
    waiting -= 1;
    undoLast();
  });

  // The field that was typed in is gone with the old form: its new letters belong to the next person.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!entryOf(event) || !sent) return;
    const { field, text } = sent;
    const who = document.querySelector("#note-entry input[name=who]");
    const ahead = field.value.startsWith(text) ? field.value.slice(text.length) : "";
    sent = null;
    if (!ahead || !who || who.value) return;
    who.value = ahead;
    who.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
