/** The page of a monitor: draws what the server tells. Runs in a browser as it stands here. */
import { drawDecks } from './decks.js';
import { byId, element, keep, setText } from './dom.js';
import {
  drawHands,
  drawOutline,
  isMutable,
  muteButton,
  openHands,
  setMayTouch,
  tokenHeaders,
  withToken,
} from './hands.js';

const LINES_MOST = 50;
/** The server says something at least every 5 s: after this long what is shown is old. */
const SILENCE_MS = 12_000;
const RETRY_MS = 2000;

let tracks = new Map();
let state = null;
let trouble = null;
let page = null;
let heardAt = performance.now();
let linkTrouble = 'connecting';

function tellLink(text) {
  linkTrouble = text;
  byId('link').className = text === null ? '' : 'lost';
  setText(byId('link'), text ?? 'live');
}

openHands(text => {
  trouble = text;
  if (state !== null) drawWarnings();
});
byId('answer-close').onclick = () => {
  byId('answer').hidden = true;
};

function drawWarnings() {
  const { notices, panic, muted, locked, pinned, bridges } = state;
  const warnings = [
    ...(trouble === null ? [] : [['bad', trouble]]),
    ...(panic ? [['bad', 'PANIC: all is muted, Unmute lets cues leave again']] : []),
    ...(muted === 'all' && !panic ? [['bad', 'MUTED: cues are held back']] : []),
    ...(Array.isArray(muted) ? muted.map(name => ['', `${name} is muted`]) : []),
    ...bridges.filter(({ state }) => state !== 'ready').map(({ name, text }) => ['', `${name}: ${text}`]),
    ...(pinned === null ? [] : [['', `deck ${pinned} is pinned`]]),
    ...(locked ? [['', 'locked: nothing but panic and Unlock']] : []),
    ...notices.map(text => ['note', text]),
  ];
  keep(byId('warnings'), warnings, {
    keyOf: ([, text]) => text,
    make: () => element('li'),
    fill(made, [className, text]) {
      made.className = className;
      setText(made, text);
    },
  });
}

function drawTimecodes() {
  const [first] = state.timecodes;
  keep(byId('timecodes'), state.timecodes, {
    keyOf: ({ name }) => name,
    make(timecode) {
      const made = element('div');
      made.append(element('output'), element('p'));
      made.firstChild.dataset.testid = timecode === first ? 'timecode' : `timecode-${timecode.name}`;
      made.firstChild.setAttribute('aria-label', `Timecode ${timecode.name}`);
      return made;
    },
    fill(made, { name, label, rate, run, deck, nudge }) {
      made.className = `timecode ${run}`;
      setText(made.firstChild, label);
      const from = deck === null ? '' : `, deck ${deck.split('/').pop()}`;
      setText(made.lastChild, `${name}, ${rate} fps, ${run}${from}${nudge === 0 ? '' : `, nudged ${nudge}`}`);
    },
  });
}

function drawNext() {
  const cues = state.coming.map((cue, i) => ({ ...cue, i }));
  keep(byId('next'), cues, {
    keyOf: ({ i }) => i,
    make() {
      const made = element('li');
      made.append(element('span', 'in'), element('span', 'what'), element('span', 'if'));
      return made;
    },
    fill(made, { inMs, deck, place, rule, condition }) {
      const [left, what, stands] = made.children;
      setText(left, `${(inMs / 1000).toFixed(1)} s`);
      setText(what, `deck ${deck} ${place}: ${rule}`);
      stands.className = condition === null || condition.isTrue ? 'yes' : 'no';
      setText(stands, condition === null ? '' : condition.isTrue ? ' · if: yes' : ` · if: not now: ${condition.text}`);
    },
  });
}

function drawBridges() {
  keep(byId('bridges'), state.bridges, {
    keyOf: ({ name }) => name,
    make() {
      const made = element('li');
      made.append(element('span'));
      return made;
    },
    fill(made, bridge) {
      const { name, state: stands, text } = bridge;
      made.className = stands;
      setText(
        made.firstChild,
        `${stands === 'ready' ? '●' : '○'} ${name} · ${stands === 'ready' ? '' : `${stands}: `}${text}`,
      );
      if (isMutable(name) && made.children.length === 1) made.append(muteButton(name));
      const isMuted = Array.isArray(state.muted) && state.muted.includes(name);
      made.querySelector('button')?.setAttribute('aria-pressed', isMuted);
    },
  });
}

function drawState(now) {
  state = now;
  setText(byId('profile'), state.profile);
  document.title = `${state.profile} · Decklight`;
  drawWarnings();
  drawTimecodes();
  drawDecks(byId('decks'), state, tracks);
  drawNext();
  drawBridges();
  drawHands(state);
}

function addLine({ kind, text, what, why }) {
  const list = byId(kind === 'log' ? 'log' : 'last');
  const made = element('li', kind);
  const [time = ''] = /^[\d:.]+(?= {2})/.exec(text) ?? [];
  if (time !== '') made.append(element('span', 'time', time), ' ');
  made.append(element('b', '', what));
  if (why !== null) made.append(element('span', 'why', kind === 'held-back' ? `not sent: ${why}` : why));
  list.prepend(made);
  while (list.children.length > LINES_MOST) list.lastChild.remove();
}

function addLines(id, lines) {
  byId(id).replaceChildren();
  for (const line of lines) addLine(line);
}

function connect() {
  const events = new EventSource(withToken('/events'));
  const read = (name, take) =>
    events.addEventListener(name, ({ data }) => {
      heardAt = performance.now();
      if (linkTrouble !== null) tellLink(null);
      take(JSON.parse(data));
    });
  read('hello', hello => {
    // Another version of the program serves another page.
    if (page !== null && page !== hello.page) location.reload();
    page = hello.page;
    setMayTouch(hello.mayTouch);
  });
  read('beat', () => {});
  read('tracks', list => {
    tracks = new Map(list.map(track => [`${track.unit}/${track.deck}`, track]));
    if (state !== null) drawDecks(byId('decks'), state, tracks);
  });
  read('outline', outline => {
    if (outline !== null) drawOutline(outline);
  });
  read('state', now => {
    if (now !== null && now.profile !== undefined) drawState(now);
  });
  read('lines', lines => addLines('last', lines));
  read('log', lines => addLines('log', lines));
  read('line', line => {
    addLine(line);
    if (line.kind !== 'answer') return;
    setText(byId('answer-text'), line.text);
    byId('answer').hidden = false;
  });
  events.onerror = async () => {
    tellLink('NO CONNECTION: what is shown is old');
    // A browser tries again by itself, except where it was refused.
    if (events.readyState !== EventSource.CLOSED) return;
    events.close();
    setTimeout(connect, RETRY_MS);
    tellLink(`NO CONNECTION: ${await reasonOfRefusal()}`);
  };
}

async function reasonOfRefusal() {
  try {
    const response = await fetch('/state', { headers: tokenHeaders() });
    return response.ok ? 'trying again' : (await response.text()).trim();
  } catch {
    return 'what is shown is old';
  }
}

setInterval(() => {
  if (linkTrouble === null && performance.now() - heardAt > SILENCE_MS) {
    tellLink(`NO NEWS for ${Math.round((performance.now() - heardAt) / 1000)} s: what is shown is old`);
  }
}, 1000);
connect();
