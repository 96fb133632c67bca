// Which texts of a page cannot be read: cut off by their box without a way to the rest, or broken letter by letter.
() => {
  const found = [];
  const seen = new Set();
  const name = (element) =>
    `${element.tagName.toLowerCase()}.${[...element.classList].slice(0, 2).join(".")}`;
  const note = (what, element, text) => {
    const key = `${what} ${name(element)}`;
    if (!seen.has(key)) {
      seen.add(key);
      found.push(`${key} “${text.trim().slice(0, 30)}”`);
    }
  };
  const isHidden = (element) =>
    !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) ||
    element.closest(".visually-hidden, [aria-hidden=true], svg, noscript, script, style, template");

  // --- cut: its box hides what is wider, and neither it nor what stands around it says the whole text elsewhere ---
  // (a landmark's label is no text of what stands in it)
  const tells = (element) =>
    element.closest("[title], :is(a, button, summary, span, svg, abbr, li, th, td)[aria-label]");
  const cuts = (element, range) => {
    const text = range.getBoundingClientRect();
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) return false;
      if (/hidden|clip/.test(style.overflowX)) {
        const edge = box.getBoundingClientRect();
        if (edge.width < 3) return false; // hidden on purpose
        if (text.right > edge.right + 2 || text.left < edge.left - 2) return true;
      }
      if (/hidden|clip/.test(style.overflowY) && text.bottom > box.getBoundingClientRect().bottom + 4)
        return true;
    }
    return false;
  };

  // --- letter by letter: a word on three lines or more, of at most three letters each ---
  const linesOf = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return new Set(
      [...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)),
    ).size;
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || isHidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (!range.getClientRects().length) continue;
    if (!tells(element) && cuts(element, range)) note("cut", element, node.data);
    if (element.clientWidth > 140) continue;
    for (const word of node.data.matchAll(/[\p{L}\u00ad]{4,}/gu)) {
      const lines = linesOf(node, word.index, word.index + word[0].length);
      if (lines >= 3 && word[0].replace(/\u00ad/g, "").length / lines <= 3)
        note("letter by letter", element, word[0]);
    }
  }
  return found;
};
