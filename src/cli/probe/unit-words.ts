/** What a probe says to a unit: the words of the bridge itself, listed before the first one, and held to the list. */
import { decode, type Packet } from '../../../bridges/opus-quad/codec.ts';
import type { Mode } from '../../../bridges/opus-quad/session/session-state.ts';
import type { Endpoint, Network } from '../../network/network.ts';
import { sendingThrough } from '../../network/sending-through.ts';

interface UnitWord {
  readonly mode: Mode;
  readonly kinds: readonly Packet['kind'][];
  readonly text: string;
}

/** As the page of the bridge lists them. */
export const UNIT_TALK: readonly UnitWord[] = [
  {
    mode: 'lighting',
    kinds: ['keep-alive'],
    text: 'keep-alive as "rekordbox", number 0x17: every 1.5 s, by broadcast',
  },
  {
    mode: 'lighting',
    kinds: ['status-request'],
    text: 'status request: until status comes every 1.5 s, then every 5 s',
  },
  {
    mode: 'lighting',
    kinds: ['binary-request'],
    text: 'song structure request: for each track that is loaded, four times at most',
  },
  {
    mode: 'cdj',
    kinds: ['hello', 'claim-1', 'claim-2', 'claim-3'],
    text: 'hello and claim of a free player number: each three times, by broadcast',
  },
  { mode: 'cdj', kinds: ['keep-alive'], text: 'keep-alive as the player "decklight": every 1.5 s, by broadcast' },
  { mode: 'cdj', kinds: ['number-in-use'], text: 'number in use: to a device that claims our number' },
];

/** The list as it is shown. */
export const wordLines = (): readonly string[] => [
  'What this machine sends to it, at most 8 packets a second, and nothing else:',
  ...UNIT_TALK.map(({ mode, text }) => `  ${mode.padEnd(9)} ${text}`),
];

/** A wire on which nothing leaves that is not on the list. @param refused told of what was held back */
export function heldToList(
  network: Network,
  {
    mode,
    sent,
    refused,
  }: { readonly mode: () => Mode; sent(kind: string, to: Endpoint): void; refused(what: string): void },
): Network {
  return sendingThrough(network, (to, bytes, send) => {
    const decoded = decode(to, bytes);
    const kind = decoded.ok ? (decoded.packet === null ? decoded.passedOver : decoded.packet.kind) : decoded.reason;
    const isListed = UNIT_TALK.some(each => each.mode === mode() && (each.kinds as readonly string[]).includes(kind));
    if (!isListed) return refused(`${kind} to ${to.address}:${to.port}`);
    sent(kind, to);
    send();
  });
}
