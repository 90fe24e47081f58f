/** Hands at the page: each button is an act of the operator, as a key is. */
import { button, byId, element, keep, setText } from './dom.js';

const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? sessionStorage.getItem('token') ?? '';
if (token !== '') sessionStorage.setItem('token', token);
history.replaceState(null, '', location.pathname);

/** Adds the token to the address of what a browser fetches without headers of ours. */
export const withToken = path =>
  token === '' ? path : `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;

export const tokenHeaders = () => (token === '' ? {} : { 'x-decklight-token': token });

/** Time for which a button shows that it was heard. */
const SHOWN_MS = 300;
/** Time for which panic has to be held. */
const PANIC_HELD_MS = 500;

let tellTrouble = () => {};
let state = null;
let outline = { cues: [], lists: [], timecodes: [], outputs: [], mutable: [] };
let mayTouch = true;
/** Name of the list that GO and Back are for; null: the first. */
let chosen = null;

export async function act(action, pressed) {
  pressed?.classList.add('told');
  setTimeout(() => pressed?.classList.remove('told'), SHOWN_MS);
  try {
    const headers = { 'content-type': 'application/json', ...tokenHeaders() };
    const response = await fetch('/act', { method: 'POST', headers, body: JSON.stringify(action) });
    tellTrouble(response.ok ? null : `not done: ${(await response.text()).trim()}`);
  } catch {
    tellTrouble('not done: no connection');
  }
}

/** @param trouble told why an act was not taken; null: it was */
export function openHands(trouble) {
  tellTrouble = trouble;
  byId('go').onclick = () => act({ kind: 'go', list: listNow() }, byId('go'));
  byId('back').onclick = () => act({ kind: 'back', list: listNow() }, byId('back'));
  byId('mute').onclick = () => act({ kind: 'mute', bridge: null, isOn: state?.muted !== 'all' }, byId('mute'));
  byId('resend').onclick = () => act({ kind: 'resend' }, byId('resend'));
  byId('capture').onclick = () => act({ kind: 'capture' }, byId('capture'));
  byId('lock').onclick = () => act({ kind: 'lock', isOn: !state?.locked }, byId('lock'));
  const panic = byId('panic');
  panic.addEventListener('pointerdown', beginPanic);
  for (const name of ['pointerup', 'pointerleave', 'pointercancel', 'blur']) panic.addEventListener(name, endPanic);
  panic.addEventListener('contextmenu', event => event.preventDefault());
  const isPress = ({ key, target }) => target === panic && (key === ' ' || key === 'Enter');
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (isPress(event) || event.key.toLowerCase() === 'p') {
      if (!event.repeat) beginPanic();
      return;
    }
    KEYS[event.key.toLowerCase()]?.(event);
  });
  document.addEventListener('keyup', event => {
    if (isPress(event) || event.key.toLowerCase() === 'p') endPanic();
  });
}

const nudge = frames => () => isFree() && act({ kind: 'nudge', timecode: null, frames });
const press = id => event => event.repeat || byId(id).hidden || byId(id).click();
const pin =
  deck =>
  ({ repeat }) =>
    repeat || (isFree() && act({ kind: 'pin', deck }));
const select =
  by =>
  ({ repeat }) =>
    repeat || (isFree() && act({ kind: 'select', list: listNow(), by }));

/** The keys of the terminal, here as well. */
const KEYS = {
  ...{ g: press('go'), b: press('back'), m: press('mute'), l: press('lock'), c: press('capture'), r: press('resend') },
  ...{ 1: pin(1), 2: pin(2), 3: pin(3), 4: pin(4), j: select(1), k: select(-1) },
  a: ({ repeat }) => repeat || (isFree() && act({ kind: 'automatic' })),
  ...{ arrowleft: nudge(-1), arrowright: nudge(1) },
};

let panicTimer = null;
function beginPanic() {
  if (panicTimer !== null || !mayTouch) return;
  byId('panic').classList.add('held');
  panicTimer = setTimeout(() => {
    endPanic();
    void act({ kind: 'panic' }, byId('panic'));
  }, PANIC_HELD_MS);
}
function endPanic() {
  clearTimeout(panicTimer);
  panicTimer = null;
  byId('panic').classList.remove('held');
}

const isFree = () => mayTouch && state?.locked !== true;
const listNow = () => (outline.lists.some(({ name }) => name === chosen) ? chosen : null);

/** @param may whether this page brought the token that acts want */
export function setMayTouch(may) {
  mayTouch = may;
  enable();
}

/** A lock is against a pocket and a sleeve: all but panic and the lock itself rest meanwhile. */
function enable() {
  for (const each of document.querySelectorAll('button')) {
    if (each.id === 'answer-close') continue;
    const isOff = !mayTouch || (state?.locked === true && each.id !== 'panic' && each.id !== 'lock');
    const isDone = (each.id === 'go' && armedNow() === null) || each.dataset.off === 'true';
    if (each.disabled !== (isOff || isDone)) each.disabled = isOff || isDone;
  }
}

function armedNow() {
  const name = listNow();
  return state?.lists.find(list => name === null || list.name === name)?.next ?? null;
}

export function drawHands(now) {
  state = now;
  const isMuted = state.muted === 'all';
  byId('mute').setAttribute('aria-pressed', isMuted);
  setText(byId('mute'), isMuted ? 'Unmute' : 'Mute');
  byId('lock').setAttribute('aria-pressed', state.locked);
  setText(byId('lock'), state.locked ? 'Unlock' : 'Lock');
  for (const id of ['go', 'back']) byId(id).hidden = state.lists.length === 0;
  setText(byId('armed'), armedNow() ?? 'the list is done');
  drawLists();
  drawNudges();
  drawLatencies();
  enable();
}

export function drawOutline(now) {
  outline = now;
  keep(byId('cues'), outline.cues, {
    keyOf: cue => cue,
    make: cue => {
      const made = button(`Fire ${cue}`, '', () => act({ kind: 'fire', cue }, made));
      made.dataset.testid = `fire-${cue}`;
      return made;
    },
    fill() {},
  });
}

function drawLists() {
  const isOne = state.lists.length === 1;
  keep(byId('lists'), state.lists, {
    keyOf: ({ name }) => name,
    make: makeList,
    fill(made, list) {
      const name = listNow() ?? state.lists[0].name;
      made.className = `list${!isOne && list.name === name ? ' chosen' : ''}`;
      made.querySelector('.choose').hidden = isOne || list.name === name;
      const steps = outline.lists.find(each => each.name === list.name)?.steps ?? [];
      keep(made.querySelector('.steps'), steps, {
        keyOf: step => step,
        make: step => element('li', '', step),
        fill(item, step) {
          const [isRunning, isArmed] = [step === list.step, step === list.next];
          item.className = [isRunning && 'running', isArmed && 'armed'].filter(Boolean).join(' ');
          setText(item, `${step}${isRunning ? ' · running' : ''}${isArmed ? ' · next' : ''}`);
        },
      });
      setText(made.querySelector('.at'), goesOn(list));
    },
  });
}

function makeList({ name }) {
  const made = element('div', 'list');
  made.dataset.testid = `list-${name}`;
  const hands = element('div', 'hands');
  const select = (text, by) => {
    const pressed = button(text, 'hand', () => act({ kind: 'select', list: name, by }, pressed));
    return pressed;
  };
  const choose = button('GO is for this list', 'choose', () => {
    chosen = name;
    drawHands(state);
  });
  hands.append(select('Select previous', -1), select('Select next', 1), choose);
  made.append(element('h2', '', `Cue list ${name}`), element('ol', 'steps'), element('p', 'at'), hands);
  return made;
}

function goesOn({ next, followsInMs, beatsLeft, place }) {
  if (next === null) return 'done';
  const parts = [
    followsInMs !== null ? `by itself in ${(Math.max(0, followsInMs) / 1000).toFixed(1)} s` : '',
    followsInMs === null && beatsLeft !== null ? `by itself in ${beatsLeft.toFixed(1)} beats` : '',
    place === null ? '' : `at ${place}`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : `${next} ${parts.join(' or ')}`;
}

/** Row of a value that is moved in steps, and put back. */
function makeSteps(text, steps, testId) {
  const made = element('div');
  made.setAttribute('role', 'group');
  made.setAttribute('aria-label', text);
  made.append(element('span', '', text));
  for (const [label, action] of steps) {
    const pressed = button(label, '', () => act(action, pressed));
    pressed.setAttribute('aria-label', `${text} ${label}`);
    made.append(pressed);
  }
  const output = element('output');
  output.dataset.testid = testId;
  made.append(output);
  return made;
}

const drawNudges = () =>
  keep(byId('nudges'), state.timecodes, {
    keyOf: ({ name }) => name,
    make({ name: timecode }) {
      const by = (label, frames) => [label, { kind: 'nudge', timecode, frames }];
      const steps = [by('−1', -1), by('+1', 1), ['0', { kind: 'nudge-to', timecode, frames: 0 }]];
      return makeSteps(`Nudge ${timecode}`, steps, `nudge-${timecode}`);
    },
    fill: (made, { nudge }) => setText(made.lastChild, `${nudge} frames`),
  });

const drawLatencies = () =>
  keep(byId('latencies'), outline.outputs, {
    keyOf: bridge => bridge,
    make(bridge) {
      const by = (label, addMs) => [label, { kind: 'latency', bridge, addMs }];
      const back = ['0', { kind: 'latency-to', bridge, ms: 0 }];
      const steps = [by('−10', -10), by('−1', -1), by('+1', 1), by('+10', 10), back];
      return makeSteps(`Latency ${bridge}`, steps, `latency-${bridge}`);
    },
    fill: (made, bridge) => setText(made.lastChild, `${state.latencies[bridge] ?? 0} ms`),
  });

/** Button that mutes one bridge by its name, its timecode too. */
export function muteButton(name) {
  const made = button('Mute', 'mute-one', () =>
    act({ kind: 'mute', bridge: name, isOn: made.getAttribute('aria-pressed') !== 'true' }, made),
  );
  made.setAttribute('aria-label', `Mute ${name}`);
  return made;
}

export const isMutable = name => outline.mutable.includes(name);
