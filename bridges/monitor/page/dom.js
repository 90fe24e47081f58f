/** Elements of the page: made, and changed only where they are other than before. */

export const byId = id => document.getElementById(id);

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function button(text, className, press) {
  const made = element('button', className, text);
  made.type = 'button';
  if (press !== undefined) made.onclick = press;
  return made;
}

/** Changes a text only where it is another one: a screen reader and a selection are left alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Gives a list one child for each entry, kept by its key. */
export function keep(parent, entries, { keyOf, make, fill }) {
  const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let previous = null;
  for (const entry of entries) {
    const key = String(keyOf(entry));
    const child = before.get(key) ?? make(entry);
    child.dataset.key = key;
    before.delete(key);
    fill(child, entry);
    const wanted = previous === null ? parent.firstChild : previous.nextSibling;
    if (wanted !== child) parent.insertBefore(child, wanted);
    previous = child;
  }
  for (const gone of before.values()) gone.remove();
}
