// The list of what was just entered: Ctrl-Z takes the last one back, unless there is text of one's own to undo first.
"use strict";

(() => {
  const isTyping = (element) => element.matches("input, textarea") && element.value !== "";
  const lastUndo = () => document.querySelector("#last-notes [data-undo]");

  document.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || isTyping(event.target) || !lastUndo()) return;
    event.preventDefault();
    lastUndo().click();
  });
})();
