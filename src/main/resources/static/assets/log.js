// A log that grows: read from where the page ended, and again from there when the connection was lost.

/** More lines than this make a page slow; the first ones go, and are on the pages before. */
const MOST_LINES = 3000;

/** Milliseconds between two additions, so that a reader can do something however fast lines come. */
const PAUSE = 200;

/** A link to a line that is on another page of the log. */
function goToLine(log) {
  const number = /^#L(\d+)$/.exec(location.hash)?.[1];
  if (!number || document.getElementById(`L${number}`)) return false;
  const last = Number(log.dataset.first) + log.children.length - 1;
  if (log.dataset.follow && Number(number) > last) return false;
  const address = new URL(location);
  if (address.searchParams.get('line') === number) return false;
  address.searchParams.set('line', number);
  location.replace(address);
  return true;
}

export async function follow(log) {
  if (goToLine(log)) return;
  addEventListener('hashchange', () => goToLine(log));
  if (!log.dataset.follow) {
    if (!location.search && !location.hash) log.scrollTop = log.scrollHeight;
    return;
  }
  const address = new URL(log.dataset.follow, location);
  const range = document.getElementById('last');
  let offset = Number(address.searchParams.get('offset'));
  let number = Number(log.dataset.first) + log.children.length - 1;
  let open = 'open' in log.dataset ? log.lastElementChild.lastElementChild : null;

  function line(text) {
    number += 1;
    const row = document.createElement('div');
    const link = document.createElement('a');
    const words = document.createElement('span');
    row.id = `L${number}`;
    link.href = `#L${number}`;
    link.tabIndex = -1;
    link.textContent = number;
    words.textContent = text;
    row.append(link, words);
    open = words;
    return row;
  }

  const note = document.getElementById('following');
  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  let stream = new AbortController();
  let timer = 0;
  let pending = '';

  /** Shows what has come, or leaves the page as it is while somebody reads what would have to go. */
  function show() {
    clearTimeout(timer);
    timer = 0;
    if (pending === '') return;
    let parts = pending.split('\n');
    const follows = isAtEnd();
    if (!follows && log.children.length + parts.length > MOST_LINES) {
      stream.abort();
      return;
    }
    offset += pending.length;
    pending = '';
    const skipped = parts.length - 1 - MOST_LINES;
    if (skipped > 0) {
      // They would go at once.
      number += skipped - (open ? 1 : 0);
      open = null;
      parts = parts.slice(skipped);
      log.replaceChildren();
    }
    const added = document.createDocumentFragment();
    parts.forEach((part, index) => {
      const isLast = index === parts.length - 1;
      if (isLast && part === '') return;
      if (open) open.textContent += part;
      else added.append(line(part));
      if (!isLast) open = null;
    });
    log.append(added);
    while (log.children.length > MOST_LINES) log.firstElementChild.remove();
    if (follows) log.scrollTop = log.scrollHeight;
    if (range) range.textContent = number.toLocaleString('en-GB');
  }

  function scrolledToEnd() {
    note?.replaceChildren('Held while you read: scroll to the end, and it goes on.');
    return new Promise((resolve) => {
      log.addEventListener('scroll', function look() {
        if (!isAtEnd()) return;
        log.removeEventListener('scroll', look);
        note?.replaceChildren('Goes on as the step does.');
        resolve();
      });
    });
  }

  if (!location.hash) log.scrollTop = log.scrollHeight;
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30_000)) {
    stream = new AbortController();
    pending = '';
    try {
      address.searchParams.set('offset', offset);
      const response = await fetch(address, { headers: { Accept: 'text/plain' }, signal: stream.signal });
      if (!response.ok) throw new Error(response.statusText);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        wait = 1000;
        pending += read.value;
        timer ||= setTimeout(show, PAUSE);
      }
      show();
      stream.signal.throwIfAborted();
      note?.replaceChildren('The step has ended.');
      return;
    } catch {
      clearTimeout(timer);
      timer = 0;
      if (stream.signal.aborted) await scrolledToEnd();
      else await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
