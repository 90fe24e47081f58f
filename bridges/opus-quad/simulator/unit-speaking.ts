/** Speech of a simulated unit by itself: keep-alives, hellos, data after a load, and its decks. */
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS } from '../../../src/core/deck-report.ts';
import { keepAlive, lightingHello, PORTS } from '../layout.ts';
import { nameOfModel } from '../models.ts';
import { type DataType, sendData } from './data.ts';
import { speakOfDeck } from './deck-streams.ts';
import { isPresent, isServed, type UnitClient } from './peers.ts';
import { deckOf, flush, post, statusPortOf, type UnitDraft } from './unit-draft.ts';

const KEEP_ALIVE_EVERY_MS: Ms = 2000;
const HELLO_EVERY_MS: Ms = 1000;
const PUSHED: readonly DataType[] = ['artwork', 'type-4', 'type-6'];

/** Sends all that is due and answers when something will be due next. */
export function tellClients(draft: UnitDraft, at: Ms): Ms {
  flush(draft, at);
  const keepAliveAt = keepAliveDue(draft, at);
  const helloAt = greet(draft, at);
  const served = draft.peers.filter(peer => isServed(peer, at));
  const pushAt = push(draft, served, at);
  const decksAt = DECK_NUMBERS.map(deck => speakOfDeck(draft, deck, served, at));
  return Math.min(keepAliveAt, helloAt, pushAt, ...decksAt, ...draft.outbox.map(posted => posted.at));
}

/** Keeps the unit alive for all; answers when the next keep-alive is due. */
function keepAliveDue(draft: UnitDraft, at: Ms): Ms {
  if (at >= draft.nextKeepAliveAt) {
    sendKeepAlives(draft, at);
    const next = draft.nextKeepAliveAt + KEEP_ALIVE_EVERY_MS;
    draft.nextKeepAliveAt = next > at ? next : at + KEEP_ALIVE_EVERY_MS;
  }
  return draft.nextKeepAliveAt;
}

/** Greets lighting clients that have not asked for status yet; answers when the next hello is due. */
function greet(draft: UnitDraft, at: Ms): Ms {
  let next = Infinity;
  for (const peer of draft.peers) {
    if (!isPresent(peer, at) || peer.peerClass !== 'lighting' || peer.hasAsked) continue;
    if (at >= peer.nextHelloAt) {
      const number = draft.settings.quirks.numbering === 'nine' ? 9 : 1;
      const bytes = lightingHello.encode({ name: nameOfModel(draft.settings.quirks.model), number });
      post(draft, { to: statusPortOf(peer), fromPort: null, bytes, at }, at);
      draft.peers = draft.peers.map(each => (each === peer ? { ...each, nextHelloAt: at + HELLO_EVERY_MS } : each));
    }
    next = Math.min(next, at >= peer.nextHelloAt ? at + HELLO_EVERY_MS : peer.nextHelloAt);
  }
  return next;
}

/** Hands out the data of tracks that were loaded a while ago; answers when the next are due. */
function push(draft: UnitDraft, served: readonly UnitClient[], at: Ms): Ms {
  const due = draft.pushes.filter(each => at >= each.at);
  if (due.length > 0) draft.pushes = draft.pushes.filter(each => at < each.at);
  const to = served.filter(peer => peer.peerClass === 'lighting');
  for (const { deck, loadedAt } of due) {
    if (deckOf(draft, deck).loadedAt !== loadedAt) continue;
    PUSHED.reduce((time, type) => sendData(draft, { deck, type, to, due: time }, at), at);
  }
  return Math.min(Infinity, ...draft.pushes.map(each => each.at));
}

function sendKeepAlives(draft: UnitDraft, at: Ms): void {
  const { address, broadcast, mac, peer, quirks } = draft.settings;
  const to = { address: peer ?? broadcast, port: PORTS.presence };
  const peers = 1 + draft.peers.filter(each => isPresent(each, at)).length;
  for (const number of quirks.numbering === 'nine' ? [quirks.keepAliveNumber] : [1, 2, 33]) {
    const bytes = keepAlive.encode({
      ...{ name: nameOfModel(quirks.model), structure: 2, number, seniority: 1, mac, address, peers },
      ...{ reserved: new Uint8Array(3), deviceKind: number === 33 ? 'mixer' : 'player', generation: 0 },
    });
    post(draft, { to, fromPort: PORTS.presence, bytes, at }, at);
  }
}
