// Runs inside the browser, as a script of the page; that is why it is not TypeScript.

/**
 * Reads the text of a rendered paper as a person would: in the order of the document, one line per line as laid
 * out. What is ink or leader (`no-text`) is left out.
 */
globalThis.readPage = () => {
  const lines = [];
  let last = null;
  const add = (text, box, column) => {
    const middle = (box.top + box.bottom) / 2;
    const follows =
      last !== null &&
      last.column === column &&
      middle > last.top &&
      middle < last.bottom &&
      box.left > last.right - 3;
    const touches = last !== null && box.left - last.right < 1;
    if (follows) lines[lines.length - 1] += (touches ? '' : ' ') + text;
    else lines.push(text);
    last = { top: box.top, bottom: box.bottom, right: box.right, column };
  };
  const visit = (node, column) => {
    if (node instanceof Text) {
      for (const match of node.data.matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        for (const box of [...range.getClientRects()].slice(0, 1)) add(match[0], box, column);
      }
      return;
    }
    if (!(node instanceof HTMLElement) || node.classList.contains('no-text')) return;
    if (node.dataset.word !== undefined) return add(node.textContent, node.getBoundingClientRect(), column);
    for (const child of node.childNodes) visit(child, node.matches('.col') ? node : column);
  };
  visit(document.querySelector('.paper'), null);
  return `${lines.join('\n').normalize('NFC')}\n`;
};

/** What would be cut off, so that picture and true text cannot drift apart; null when all fits. */
globalThis.findOverflow = () => {
  const paper = document.querySelector('.paper');
  if (paper.scrollHeight > paper.clientHeight)
    return `text is ${paper.scrollHeight - paper.clientHeight} px too high`;
  for (const fill of document.querySelectorAll('.fill')) {
    const typed = fill.querySelector('.typed');
    if (typed.getBoundingClientRect().right > fill.getBoundingClientRect().right)
      return `no room: ${typed.textContent}`;
  }
  return null;
};
