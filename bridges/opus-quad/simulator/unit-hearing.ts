/** Hearing of a simulated unit: clients that are there, requests for status, and requests for a song structure. */
import { fromHex } from '../../../src/bytes/hex.ts';
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS } from '../../../src/core/deck-report.ts';
import { decode, type Packet } from '../codec.ts';
import { deckOfRaw, MAGIC, PORTS } from '../layout.ts';
import { sendData } from './data.ts';
import { isPresent, type UnitClient, withDatagram, withKeepAlive } from './peers.ts';
import { deckOf, type UnitDraft } from './unit-draft.ts';
import type { UnitInput } from './unit-state.ts';

/** "At once" [D KA]. */
const REPLY_AFTER_MS: Ms = 2;
const MAGIC_BYTES = fromHex(MAGIC);
const STATUS_REQUEST_TYPE = 0x11;
const STATUS_REQUEST_LEAST_BYTES = 0x24;
/** The last stage of a claim is said three times [I BL]. */
const CLAIM_ATTEMPTS = 3;
const CLAIMED_MOST = 32;

/** Takes in a datagram. */
export function hearClient(draft: UnitDraft, { from, port, bytes }: UnitInput & { kind: 'datagram' }, at: Ms): void {
  if (!MAGIC_BYTES.every((byte, i) => bytes[i] === byte)) return;
  const decoded = decode({ port }, bytes);
  const packet = decoded.ok ? decoded.packet : null;
  if (packet?.kind === 'claim-3' && packet.attempt === CLAIM_ATTEMPTS) {
    draft.claimed = new Set([...draft.claimed, `${from.address}/${packet.number}`].slice(-CLAIMED_MOST));
  }
  if (packet?.kind === 'keep-alive') {
    const lacksClaim = packet.deviceKind === 'player' && !draft.claimed.has(`${from.address}/${packet.number}`);
    if (draft.settings.quirks.needsClaim && lacksClaim) return;
    if (packet.address !== draft.settings.address) draft.peers = withKeepAlive(draft.peers, packet, from.address, at);
    return;
  }
  draft.peers = withDatagram(draft.peers, from.address, at);
  const peer = draft.peers.find(each => each.source === from.address && isPresent(each, at));
  if (peer === undefined || peer.peerClass !== 'lighting' || port !== PORTS.status) return;
  // Neither the name nor the end of the request matters to the unit [I BL], so any length from its head on will do.
  if (bytes[0x0a] === STATUS_REQUEST_TYPE && bytes.length >= STATUS_REQUEST_LEAST_BYTES) {
    draft.peers = draft.peers.map(each => (each === peer ? { ...each, hasAsked: true } : each));
  }
  if (packet?.kind === 'binary-request') answer(draft, packet, peer, at);
}

/** The deck and track that were asked for; a request that fits no deck is answered for all of them, as beat-link relies on. */
function answer(draft: UnitDraft, request: Packet & { kind: 'binary-request' }, peer: UnitClient, at: Ms): void {
  const loaded = DECK_NUMBERS.filter(deck => deckOf(draft, deck).track !== null);
  const asked = loaded.filter(
    deck => deck === deckOfRaw(request.rawDeck) && deckOf(draft, deck).track?.id === request.trackId,
  );
  let due = at + REPLY_AFTER_MS;
  for (const deck of asked.length > 0 ? asked : loaded) {
    due = sendData(draft, { deck, type: 'song-structure', to: [peer], due }, at);
  }
}
