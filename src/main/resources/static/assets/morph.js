// Makes one tree of elements into another with as few changes as it takes, so that what has the focus keeps it, what
// is open stays open, and nothing jumps.

/** Belongs to the reader and not to the server. */
const READERS = new Set(['open']);

function key(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id : '';
}

function same(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && key(one) === key(other);
}

function attributes(current, next) {
  for (const { name } of [...current.attributes]) {
    if (!next.hasAttribute(name) && !READERS.has(name)) current.removeAttribute(name);
  }
  for (const { name, value } of [...next.attributes]) {
    if (current.getAttribute(name) !== value && !READERS.has(name)) current.setAttribute(name, value);
  }
}

export function morph(current, next) {
  // Loads itself what is in it.
  if ('own' in (current.dataset ?? {}) && 'own' in (next.dataset ?? {})) return;
  attributes(current, next);
  const keyed = new Map([...current.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = current.firstChild;
  for (const wanted of [...next.childNodes]) {
    const kept = key(wanted) ? keyed.get(wanted.id) : undefined;
    if (kept && kept !== at && kept.nodeName === wanted.nodeName) {
      current.insertBefore(kept, at);
      at = kept;
    }
    if (at && same(at, wanted)) {
      if (at.nodeType === Node.ELEMENT_NODE) morph(at, wanted);
      else if (at.nodeValue !== wanted.nodeValue) at.nodeValue = wanted.nodeValue;
      at = at.nextSibling;
    } else {
      current.insertBefore(wanted, at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}
