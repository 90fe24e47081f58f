/** Ways in which a simulated player does its login wrong, so that the host's side can be tried against them. */
import { fromHex } from '../../../src/bytes/hex.ts';
import { encodeInput } from '../codec.ts';
import { cutMessage, joinMessage, NO_PARTIAL_MESSAGES } from '../fragments.ts';
import { fragmentHead, inputFields, PACKETS, REPORT_BYTES } from '../layout.ts';
import { decodeLogin, encodeLogin, encodeTlv, type LoginMessage, STAGES } from '../login-codec.ts';
import { USUAL_QUIRKS } from '../quirks.ts';

/** What each does; a host has to get in at once where it says so, and else as soon as the player is honest again. */
export const DISHONESTIES = {
  'bad-hash': 'its proof is wrong by one bit',
  reset: 'it resets when it should accept',
  silence: 'it never answers a question',
  resend: 'it says everything twice; gets in at once',
  'odd-lengths': 'it states 4 in its announcement, and has arguments nobody knows; gets in at once',
  'other-counts': 'it accepts with packet 9 of 7; gets in at once',
  'lost-fragment': 'its answer takes two packets, and the last one is lost',
  'old-firmware': 'it does not say its firmware, and its name has a hyphen; gets in at once',
  'never-accepts': 'it says nothing to an answer',
  'early-reports': 'it reports a held PLAY before it is logged in; gets in at once',
} as const;

export type Dishonesty = keyof typeof DISHONESTIES;

export const DISHONESTY_WORDS = Object.keys(DISHONESTIES) as Dishonesty[];

/** An argument of a type that nobody knows. */
const STRANGE_ARGUMENT = encodeTlv(0x19, fromHex('00 ff 7f'));
const LONG_STRANGE_ARGUMENT = encodeTlv(0x19, new Uint8Array(30).fill(0x55));

const handshake = (deck: number, payload: Uint8Array): readonly Uint8Array[] =>
  cutMessage({ deck, type: PACKETS.handshake.type, payload });

/** The same message with one more argument at its end. */
function withArgument(payload: Uint8Array, argument: Uint8Array): Uint8Array {
  const longer = Uint8Array.of(...payload, ...argument);
  longer[1] = longer.length;
  return longer;
}

/** What it sends instead of an honest packet of its login. */
export function bent(dishonesty: Dishonesty, packet: Uint8Array): readonly Uint8Array[] {
  const { joined } = joinMessage(NO_PARTIAL_MESSAGES, packet, 0);
  const [stage] = packet.subarray(fragmentHead.minBytes);
  const decoded = joined.kind === 'whole' ? decodeLogin(joined.message.payload) : null;
  const message = decoded?.ok === true ? decoded.message : null;
  const deck = (packet[0] ?? 0) >> 4;
  if (dishonesty === 'resend') return [packet, packet];
  if (stage === STAGES.accepted) return bentAcceptance(dishonesty, packet, deck);
  if (message?.stage === 'announce') return bentAnnouncement(dishonesty, packet, deck);
  if (message?.stage === 'response') return bentResponse(dishonesty, packet, deck, message);
  return [packet];
}

function bentAnnouncement(dishonesty: Dishonesty, packet: Uint8Array, deck: number): readonly Uint8Array[] {
  if (dishonesty === 'odd-lengths') {
    const odd = packet.slice();
    odd[fragmentHead.minBytes + 1] = 4;
    return [odd];
  }
  if (dishonesty === 'old-firmware') return handshake(deck, encodeLogin({ stage: 'announce', firmware: null }));
  if (dishonesty === 'early-reports') {
    return [packet, encodeInput(inputFields(USUAL_QUIRKS), deck, { 'play-pause': 1 })];
  }
  return [packet];
}

function bentResponse(
  dishonesty: Dishonesty,
  packet: Uint8Array,
  deck: number,
  message: LoginMessage & { readonly stage: 'response' },
): readonly Uint8Array[] {
  switch (dishonesty) {
    case 'silence':
      return [];
    case 'bad-hash':
      return handshake(deck, encodeLogin({ ...message, hash: (message.hash ^ 1) >>> 0 }));
    case 'odd-lengths':
      return handshake(deck, withArgument(encodeLogin(message), STRANGE_ARGUMENT));
    case 'lost-fragment':
      return handshake(deck, withArgument(encodeLogin(message), LONG_STRANGE_ARGUMENT)).slice(0, 1);
    case 'old-firmware':
      return handshake(deck, encodeLogin({ ...message, product: 'CDJ-2000NXS2' }));
    default:
      return [packet];
  }
}

function bentAcceptance(dishonesty: Dishonesty, packet: Uint8Array, deck: number): readonly Uint8Array[] {
  if (dishonesty === 'never-accepts') return [];
  if (dishonesty !== 'other-counts') return [packet];
  const payload = encodeLogin({ stage: 'accepted' });
  return [fragmentHead.encode({ deck, type: PACKETS.handshake.type, index: 9, count: 7, payload }, REPORT_BYTES)];
}
