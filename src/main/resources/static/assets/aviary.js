// What keeps an open page true: times that go on, and parts that are asked for again when something happens.
import { morph } from './morph.js';
import { follow } from './log.js';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const two = (number) => String(Math.floor(number)).padStart(2, '0');

// ---- times, said as Words.java says them

function ago(then) {
  const minutes = (Date.now() - then) / 60_000;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  if (minutes < 2880) return 'yesterday';
  return minutes < 20_160 ? `${Math.floor(minutes / 1440)} days ago` : DAY.format(then);
}

function took(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 60) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${two((seconds % 86_400) / 3600)} h`;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tellTimes(root = document) {
  for (const time of root.querySelectorAll('time[data-ago]')) say(time, ago(new Date(time.dateTime)));
  for (const since of root.querySelectorAll('[data-since]')) {
    say(since, took(Date.now() - new Date(since.dataset.since)));
  }
}

/** In the reader's own time zone. */
function localTimes(root = document) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const then = new Date(time.dateTime);
    time.title = FULL.format(then);
    if ('clock' in time.dataset) say(time, CLOCK.format(then));
  }
}

// ---- parts that change

htmx.defineExtension('morph', {
  isInlineSwap: (style) => style === 'morph',
  handleSwap(style, target, fragment) {
    if (style !== 'morph') return false;
    const next = fragment.firstElementChild;
    if (next) {
      localTimes(next);
      tellTimes(next);
      morph(target, next);
    }
    return [target];
  },
});

let source;
let refreshing = false;
let wanted = false;

async function refresh() {
  wanted = true;
  if (refreshing) return;
  refreshing = true;
  while (wanted && !document.hidden) {
    wanted = false;
    // Changes come in bursts.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await htmx.ajax('GET', location.pathname + location.search, { target: '#live', swap: 'morph' }).catch(() => {});
  }
  refreshing = false;
}

/** What loads itself, as long as somebody looks at it. */
function again() {
  if (document.hidden) return;
  for (const own of document.querySelectorAll('#live [data-own]')) htmx.trigger(own, 'again');
}

/** Listens while the page is in view: a browser has few connections for each server. */
function listen() {
  const live = document.querySelector('#live[data-live]');
  source?.close();
  source = undefined;
  if (!live || document.hidden) return;
  const stream = new EventSource(live.dataset.live);
  source = stream;
  for (const event of ['change', 'run', 'step', 'note', 'person', 'end']) stream.addEventListener(event, refresh);
  stream.addEventListener('end', () => stream.close());
  let failed = false;
  stream.onopen = () => {
    if (failed) refresh();
    failed = false;
  };
  stream.onerror = () => {
    failed = true;
    if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
    // The server has nothing to tell any more, or refuses: the page itself says which.
    refresh();
    setTimeout(listen, 5000);
  };
}

document.addEventListener('visibilitychange', () => {
  listen();
  if (!document.hidden && source) refresh();
});

/** An address without what was left empty. */
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (detail.verb !== 'get') return;
  for (const [name, value] of [...detail.formData.entries()]) if (value === '') detail.formData.delete(name);
});

localTimes();
tellTimes();
setInterval(tellTimes, 1000);
setInterval(again, 5000);
listen();
for (const log of document.querySelectorAll('#log')) follow(log);
