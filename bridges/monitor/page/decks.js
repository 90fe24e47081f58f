/** Decks of the page: what plays, the phrase bar of the whole track, and how well the position is known. */
import { button, element, keep, setText } from './dom.js';
import { act, withToken } from './hands.js';

const keyOf = ({ unit, deck }) => `${unit}/${deck}`;

export function drawDecks(parent, state, tracks) {
  const owners = new Map();
  for (const { name, deck } of state.timecodes) {
    if (deck !== null) owners.set(deck, [...(owners.get(deck) ?? []), name]);
  }
  keep(parent, state.decks, {
    keyOf,
    make: makeDeck,
    fill(made, deck) {
      const key = keyOf(deck);
      fillDeck(made, deck, {
        track: tracks.get(key),
        isPinned: state.pinned === deck.deck,
        owns: owners.get(key) ?? [],
      });
    },
  });
}

function makeDeck({ deck }) {
  const made = element('article', 'deck');
  made.dataset.testid = `deck-${deck}`;
  const what = element('div', 'what');
  const cover = element('img', 'cover');
  cover.hidden = true;
  cover.alt = '';
  const names = element('div', 'names');
  names.append(element('p', 'title'), element('p', 'artist'), element('ul', 'lamps'));
  const lead = element('div', 'lead');
  lead.append(element('p', 'number', String(deck)), cover);
  what.append(lead, names, button('Pin', 'pin hand'));
  const bar = element('div', 'bar');
  bar.setAttribute('role', 'img');
  bar.dataset.testid = `bar-${deck}`;
  made.append(what, element('p', 'phrase'), bar, element('p', 'facts'));
  return made;
}

function fillDeck(made, deck, { track, isPinned, owns }) {
  const one = name => made.querySelector(`.${name}`);
  const isEmpty = deck.trackId === null;
  made.className = ['deck', deck.playing && 'playing', deck.silent && 'silent', isEmpty && 'empty']
    .filter(Boolean)
    .join(' ');
  made.setAttribute('aria-label', `Deck ${deck.deck}`);
  setText(one('title'), isEmpty ? 'empty' : (deck.title ?? `Track ${deck.trackId}`));
  setText(one('artist'), deck.artist ?? '');
  showCover(one('cover'), deck, track);
  keep(one('lamps'), lampsOf(deck, owns), {
    keyOf: ([className]) => className,
    make: ([className]) => element('li', className),
    fill: (lamp, [, text]) => setText(lamp, text),
  });
  setText(one('phrase'), isEmpty ? '' : phraseText(deck));
  setText(one('facts'), factsOf(deck));
  drawBar(one('bar'), deck, track);
  const pin = one('pin');
  pin.setAttribute('aria-pressed', isPinned);
  setText(pin, isPinned ? 'Unpin' : 'Pin');
  pin.setAttribute('aria-label', isPinned ? `Unpin deck ${deck.deck}` : `Pin deck ${deck.deck}`);
  pin.onclick = () => act(isPinned ? { kind: 'automatic' } : { kind: 'pin', deck: deck.deck }, pin);
}

function showCover(cover, deck, track) {
  const key = track?.hasArtwork ? `/artwork/${deck.unit}/${deck.deck}?track=${track.trackId}` : '';
  if (cover.dataset.of === key) return;
  cover.dataset.of = key;
  cover.hidden = key === '';
  if (key === '') cover.removeAttribute('src');
  else cover.src = withToken(key);
}

const lampsOf = (deck, owns) =>
  [
    deck.silent && deck.trackId !== null ? ['doubt', 'SILENT'] : null,
    deck.onAir === true ? ['air', 'ON AIR'] : null,
    deck.master ? ['master', 'MASTER'] : null,
    owns.length > 0 ? ['timecode-of', `TIMECODE ${owns.join(', ')}`] : null,
    deck.barsLacking === null ? null : ['doubt lacking', deck.barsLacking === 'beats' ? 'NO BEATS YET' : 'NO BARS YET'],
  ].filter(Boolean);

function phraseText({ phrase, nextPhrase, beatsLeft, beat }) {
  if (beat === null) return 'position not known';
  const left = beatsLeft === null ? '' : ` in ${beatsLeft}`;
  return `${phrase ?? '–'} → ${nextPhrase ?? 'end'}${left}`;
}

const signed = (value, digits) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

function factsOf({ playState, beat, uncertaintyMs, beatUncertainty, tempoBpm, pitchPercent, advice, confidence }) {
  const bar =
    uncertaintyMs !== null
      ? `±${Math.max(1, Math.round(uncertaintyMs))} ms`
      : beatUncertainty !== null
        ? `±${beatUncertainty.toFixed(2)} beats`
        : '';
  return [
    playState,
    beat === null ? '' : `beat ${beat.toFixed(1)}`,
    bar,
    tempoBpm === null ? '' : `${tempoBpm.toFixed(2)} BPM`,
    pitchPercent === null ? '' : `${signed(pitchPercent, 2)} %`,
    advice === null ? '' : `${confidence}: ${advice}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The scale of a track: by beats where its phrases are known, else by ms; null: its length is not known. */
function scaleOf(track) {
  if (track === undefined) return null;
  if (track.endBeat !== null) {
    const of = beat => ((beat - 1) / (track.endBeat - 1)) * 100;
    return { of, placeOf: deck => deck.beat, halfOf: deck => deck.beatUncertainty, pointOf: point => point.beat };
  }
  if (track.durationMs === null) return null;
  const of = ms => (ms / track.durationMs) * 100;
  return {
    of,
    placeOf: deck => deck.positionMs,
    halfOf: deck => deck.uncertaintyMs,
    pointOf: point => point.positionMs,
  };
}

const within = percent => Math.min(100, Math.max(0, percent));

function drawBar(bar, deck, track) {
  const scale = scaleOf(track);
  const drawn = scale === null ? '' : JSON.stringify([track.trackId, track.phrases, track.cuePoints, track.endBeat]);
  if (bar.dataset.drawn !== drawn) {
    bar.dataset.drawn = drawn;
    bar.replaceChildren(...(scale === null ? [] : partsOf(track, scale)));
  }
  bar.hidden = scale === null;
  if (scale === null) return;
  const place = scale.placeOf(deck);
  const total = track.endBeat === null ? '' : ` of ${track.endBeat - 1}`;
  const where = deck.beat === null ? 'position not known' : `at beat ${Math.floor(deck.beat)}${total}`;
  bar.setAttribute('aria-label', `Phrases of deck ${deck.deck}, ${where}`);
  const playhead = bar.querySelector('.playhead');
  const error = bar.querySelector('.error');
  playhead.hidden = place === null;
  error.hidden = place === null;
  if (place === null) return;
  const half = scale.halfOf(deck) ?? 0;
  const [from, to] = [within(scale.of(place - half)), within(scale.of(place + half))];
  playhead.style.left = `${within(scale.of(place))}%`;
  error.style.left = `${from}%`;
  error.style.width = `${to - from}%`;
}

function partsOf(track, { of, pointOf }) {
  const phrases = track.endBeat === null ? [] : track.phrases;
  const parts = phrases.map(({ kind, label, startBeat, endBeat }) => {
    const part = element('span', `part ${kind}`, label);
    part.style.left = `${of(startBeat)}%`;
    part.style.width = `${of(endBeat) - of(startBeat)}%`;
    return part;
  });
  const points = track.cuePoints.flatMap(point => {
    const place = pointOf(point);
    if (place === null) return [];
    const mark = element('span', 'point');
    mark.title = point.name;
    mark.style.left = `${within(of(place))}%`;
    mark.style.bottom = '0';
    return [mark];
  });
  return [...parts, ...points, element('span', 'error'), element('span', 'playhead')];
}
