// A log that grows: read from where the page ended, and again from there when the connection was lost.

/** More lines than this make a page slow; the first ones go, and are on the pages before. */
const MOST_LINES = 5000;

export async function follow(log) {
  if (!log.dataset.follow) return;
  const address = new URL(log.dataset.follow, location);
  let offset = Number(address.searchParams.get('offset'));
  let number = Number(log.dataset.first ?? 1) + log.children.length - 1;
  let open = log.dataset.unfinished !== undefined ? log.lastElementChild : null;

  function add(text) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    offset += text.length;
    const parts = text.split('\n');
    const added = document.createDocumentFragment();
    parts.forEach((part, index) => {
      if (index === parts.length - 1 && part === '') {
        open = null;
        return;
      }
      if (index === 0 && open) {
        open.textContent += part;
      } else {
        number += 1;
        open = document.createElement('a');
        open.id = `L${number}`;
        open.href = `#L${number}`;
        open.textContent = part;
        added.append(open);
      }
      if (index < parts.length - 1) open = null;
    });
    log.append(added);
    while (log.children.length > MOST_LINES) log.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  log.scrollTop = log.scrollHeight;
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      address.searchParams.set('offset', offset);
      const response = await fetch(address, { headers: { Accept: 'text/plain' } });
      if (!response.ok) throw new Error(response.statusText);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        wait = 1000;
        add(read.value);
      }
      log.dispatchEvent(new CustomEvent('log:end', { bubbles: true }));
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
