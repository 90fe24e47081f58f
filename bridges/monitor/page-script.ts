/** Script of the page: draws what the server tells, and sends acts of the operator. Runs in a browser, without a build step. */
export const PAGE_SCRIPT = `
'use strict';
const byId = id => document.getElementById(id);
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? sessionStorage.getItem('token') ?? '';
if (token !== '') sessionStorage.setItem('token', token);
history.replaceState(null, '', location.pathname);

let tracks = new Map();
const LINES_MOST = 50;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Changes a text only where it is another one: a screen reader and a selection are left alone. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Gives a list one child for each entry, kept by its key. */
function keep(parent, entries, keyOf, make, fill) {
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

async function act(action) {
  const headers = { 'content-type': 'application/json' };
  if (token !== '') headers['x-decklight-token'] = token;
  try {
    const response = await fetch('/act', { method: 'POST', headers, body: JSON.stringify(action) });
    if (!response.ok) setText(byId('link'), (await response.text()).trim());
  } catch {
    setText(byId('link'), 'not sent: no connection');
  }
}

function makeTimecode() {
  const made = element('div', 'timecode');
  made.append(element('output'), element('p'));
  return made;
}
function fillTimecode(made, { name, label, rate, run, deck }) {
  made.className = 'timecode ' + run;
  made.firstChild.dataset.testid = 'timecode';
  setText(made.firstChild, label);
  setText(made.lastChild, name + ', ' + rate + ' fps, ' + run + (deck === null ? '' : ', from deck ' + deck.split('/').pop()));
}

const COLOURS = { intro: '#7a5cff', up: '#ff9f43', down: '#3aa0ff', chorus: '#ff5c7a', verse: '#3ac29a', bridge: '#c2a83a', outro: '#8d99a6' };
const SVG = 'http://www.w3.org/2000/svg';
const LENGTH = 1000;

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function drawTrack(bar, track) {
  bar.replaceChildren();
  bar.dataset.track = track === undefined ? '' : JSON.stringify([track.trackId, track.phrases.length, track.cuePoints.length]);
  if (track === undefined || track.endBeat === null) return;
  const x = beat => ((beat - 1) / (track.endBeat - 1)) * LENGTH;
  for (const { kind, label, startBeat, endBeat } of track.phrases) {
    const box = shape('rect', { x: x(startBeat), y: 4, width: Math.max(1, x(endBeat) - x(startBeat) - 2), height: 28, fill: COLOURS[kind] ?? '#777' });
    const title = shape('title', {});
    title.textContent = label;
    box.append(title);
    bar.append(box);
  }
  for (const { beat } of track.cuePoints) {
    if (beat !== null) bar.append(shape('path', { d: 'M' + x(beat) + ' 0 l5 0 l-5 8 l-5 -8 z', fill: '#fff' }));
  }
  bar.append(shape('rect', { class: 'error', y: 0, height: 36, fill: '#fff', opacity: 0.35 }));
  bar.append(shape('rect', { class: 'playhead', y: 0, height: 36, width: 3, fill: '#fff' }));
}

function makeDeck() {
  const made = element('article', 'deck');
  const bar = shape('svg', { class: 'bar', viewBox: '0 0 ' + LENGTH + ' 36', preserveAspectRatio: 'none', role: 'img' });
  made.append(element('p', 'title'), element('p', 'phrase'), bar, element('p', 'facts'));
  const hands = element('div', 'hands');
  const pin = element('button', 'pin', 'Pin');
  pin.type = 'button';
  hands.append(pin);
  made.append(hands);
  return made;
}

function fillDeck(made, deck) {
  const track = tracks.get(deck.deck);
  made.className = 'deck' + (deck.playing ? ' playing' : '');
  made.dataset.testid = 'deck-' + deck.deck;
  const [title, phrase, bar, facts, hands] = made.children;
  const name = deck.trackId === null ? 'empty' : [deck.title ?? 'track ' + deck.trackId, deck.artist].filter(Boolean).join(' – ');
  setText(title, deck.deck + '  ' + name);
  const next = track?.phrases.find(({ startBeat }) => deck.beat !== null && startBeat > deck.beat);
  const left = next === undefined || deck.beat === null ? '' : ' in ' + Math.max(0, Math.ceil(next.startBeat - deck.beat)) + ' beats';
  setText(phrase, deck.trackId === null ? '' : (deck.phrase ?? '–') + ' → ' + (next?.label ?? 'end') + left);
  if (bar.dataset.track !== (track === undefined ? '' : JSON.stringify([track.trackId, track.phrases.length, track.cuePoints.length]))) drawTrack(bar, track);
  bar.setAttribute('aria-label', 'Phrases of deck ' + deck.deck + (deck.beat === null ? '' : ', at beat ' + Math.floor(deck.beat)));
  const playhead = bar.querySelector('.playhead');
  if (playhead !== null && deck.beat !== null && track !== undefined) {
    const x = beat => ((beat - 1) / (track.endBeat - 1)) * LENGTH;
    const half = deck.beatUncertainty ?? 0;
    playhead.setAttribute('x', x(deck.beat) - 1.5);
    const error = bar.querySelector('.error');
    error.setAttribute('x', x(deck.beat - half));
    error.setAttribute('width', Math.max(0, x(deck.beat + half) - x(deck.beat - half)));
  }
  setText(facts, factsOf(deck));
  const pin = hands.firstChild;
  const isPinned = made.dataset.pinned === 'true';
  pin.setAttribute('aria-pressed', isPinned);
  setText(pin, isPinned ? 'Pinned: let go' : 'Pin deck ' + deck.deck);
  pin.onclick = () => act(isPinned ? { kind: 'automatic' } : { kind: 'pin', deck: deck.deck });
}

function factsOf(deck) {
  const tempo = deck.tempoBpm === null ? '' : deck.tempoBpm.toFixed(2) + ' BPM';
  const lamps = [deck.onAir === true ? 'ON AIR' : '', deck.master ? 'MASTER' : ''].filter(Boolean).join(' ');
  const bar = deck.uncertaintyMs === null ? '' : '±' + Math.max(1, Math.round(deck.uncertaintyMs)) + ' ms';
  const beat = deck.beat === null ? '' : 'beat ' + deck.beat.toFixed(1);
  return [deck.playState, lamps, beat, bar, tempo, deck.advice ?? ''].filter(Boolean).join(' · ');
}

function makeList({ name }) {
  const made = element('div', 'list');
  made.append(element('h2', '', 'List ' + name), element('p', 'at'));
  const hands = element('div', 'hands');
  const press = (text, className, action) => {
    const made = element('button', className, text);
    made.type = 'button';
    made.onclick = () => act(action);
    hands.append(made);
  };
  press('GO', 'go', { kind: 'go', list: name });
  press('Back', '', { kind: 'back', list: name });
  press('Previous', '', { kind: 'select', list: name, by: -1 });
  press('Next', '', { kind: 'select', list: name, by: 1 });
  made.append(hands);
  return made;
}

function drawState(state) {
  setText(byId('profile'), state.profile);
  keep(byId('warnings'), [...state.notices, ...(state.muted === 'all' ? ['MUTED: cues are held back'] : [])], text => text, () => element('li'), setText);
  keep(byId('timecodes'), state.timecodes, ({ name }) => name, makeTimecode, fillTimecode);
  keep(byId('decks'), state.decks, ({ unit, deck }) => unit + deck, makeDeck, (made, deck) => {
    made.dataset.pinned = state.pinned === deck.deck;
    fillDeck(made, deck);
  });
  const isMuted = state.muted === 'all';
  byId('mute').setAttribute('aria-pressed', isMuted);
  byId('mute').onclick = () => act({ kind: 'mute', bridge: null, isOn: !isMuted });
  keep(byId('lists'), state.lists, ({ name }) => name, makeList, (made, { step, next }) => {
    setText(made.querySelector('.at'), (step ?? '–') + ' → ' + (next ?? 'done'));
  });
  keep(byId('next'), state.next.map((text, i) => ({ text, i })), ({ i }) => i, () => element('li'), (made, { text }) => setText(made, text));
  keep(byId('bridges'), state.bridges, ({ name }) => name, () => element('li'), (made, { name, state, text }) => {
    made.className = state;
    setText(made, (state === 'ready' ? '● ' : '○ ') + name + '  ' + text);
  });
}

function addLine({ kind, text }) {
  const list = byId('last');
  list.prepend(element('li', kind, text));
  while (list.children.length > LINES_MOST) list.lastChild.remove();
}

function holdForPanic(button) {
  let timer = null;
  const begin = () => {
    if (timer !== null) return;
    button.classList.add('held');
    timer = setTimeout(() => {
      act({ kind: 'panic' });
      end();
    }, 500);
  };
  const end = () => {
    clearTimeout(timer);
    timer = null;
    button.classList.remove('held');
  };
  button.addEventListener('pointerdown', begin);
  for (const name of ['pointerup', 'pointerleave', 'pointercancel', 'blur']) button.addEventListener(name, end);
  button.addEventListener('keydown', ({ key, repeat }) => (key === ' ' || key === 'Enter') && !repeat && begin());
  button.addEventListener('keyup', end);
}
holdForPanic(byId('panic'));
byId('resend').onclick = () => act({ kind: 'resend' });

const events = new EventSource('/events' + (token === '' ? '' : '?token=' + encodeURIComponent(token)));
events.onopen = () => {
  byId('link').className = '';
  setText(byId('link'), 'live');
};
events.onerror = () => {
  byId('link').className = 'lost';
  setText(byId('link'), 'no connection: what is shown is old');
};
const read = (name, take) => events.addEventListener(name, ({ data }) => take(JSON.parse(data)));
read('tracks', list => {
  tracks = new Map(list.map(track => [track.deck, track]));
});
read('state', state => state !== null && state.profile !== undefined && drawState(state));
read('lines', lines => {
  byId('last').replaceChildren();
  for (const line of lines) addLine(line);
});
read('line', addLine);
`;
