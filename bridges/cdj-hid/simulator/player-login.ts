/**
 * The player's side of a login, as documented [D handshake]: what a simulated player does, and a driver's tests with it.
 * Pure, told the time. Its timeouts are our choice [I], a real one's are not known.
 */
import { fromHex } from '../../../src/bytes/hex.ts';
import type { Ms } from '../../../src/core/clock.ts';
import { EMPTY_PACKET } from '../codec.ts';
import { cutMessage, joinMessage, NO_PARTIAL_MESSAGES, type PartialMessages } from '../fragments.ts';
import { fragmentHead, PACKETS, REPORT_BYTES } from '../layout.ts';
import { deviceIdFor, MANUFACTURER_CONSTANTS } from '../login/login-data.ts';
import { fnv1a, loginHash, loginSecret, u32Bytes } from '../login/login-hash.ts';
import { decodeLogin, encodeLogin, type Firmware, type LoginMessage } from '../login-codec.ts';
import type { CdjQuirks } from '../quirks.ts';

/** A player announces itself so often until somebody answers [I]. */
export const ANNOUNCE_EVERY_MS: Ms = 1000;
/** A host that does not go on for so long is reset [I]. */
export const HOST_PATIENCE_MS: Ms = 2000;

export interface PlayerLoginOptions {
  readonly product: string;
  readonly firmware: Firmware;
  readonly deck: number;
  /** Four bytes, from which the seeds of all logins are made; the first is used as it is. */
  readonly seed: Uint8Array;
  /** Whether an id that is not in the table is refused; nobody knows what a real one does [U]. */
  readonly checksId: boolean;
  /** A host that does not go on with its login for so long is reset. */
  readonly hostPatienceMs: Ms;
  readonly quirks: Pick<CdjQuirks, 'announceLength' | 'acceptedIndex'>;
}

export interface PlayerLogin {
  readonly options: PlayerLoginOptions;
  readonly stage: 'announcing' | 'challenged' | 'online';
  readonly since: Ms;
  readonly announcedAt: Ms | null;
  /** How many logins have begun. */
  readonly count: number;
  readonly seed: Uint8Array;
  readonly constant: number;
  readonly manufacturer: string;
  readonly partial: PartialMessages;
}

export const openPlayerLogin = (options: PlayerLoginOptions, at: Ms): PlayerLogin => ({
  options,
  stage: 'announcing',
  since: at,
  announcedAt: null,
  count: 0,
  seed: options.seed,
  constant: 0,
  manufacturer: '',
  partial: NO_PARTIAL_MESSAGES,
});

export interface PlayerLoginStep {
  readonly login: PlayerLogin;
  readonly send: readonly Uint8Array[];
}

export const playerLoginDueAt = ({ stage, since, announcedAt, options }: PlayerLogin): Ms | null => {
  if (stage === 'online') return null;
  return stage === 'challenged'
    ? since + options.hostPatienceMs
    : announcedAt === null
      ? since
      : announcedAt + ANNOUNCE_EVERY_MS;
};

/** Takes in a packet of the host, or with null the time alone. */
export function stepPlayerLogin(login: PlayerLogin, packet: Uint8Array | null, at: Ms): PlayerLoginStep {
  if (packet !== null) return hearHost(login, packet, at);
  const dueAt = playerLoginDueAt(login);
  if (dueAt === null || at < dueAt) return { login, send: [] };
  return login.stage === 'challenged' ? resetPlayer(login, at) : announce(login, at);
}

function announce(login: PlayerLogin, at: Ms): PlayerLoginStep {
  const { deck, firmware, quirks } = login.options;
  const payload = encodeLogin({ stage: 'announce', firmware });
  payload[1] = quirks.announceLength;
  return { login: { ...login, announcedAt: at }, send: cutMessage({ deck, type: PACKETS.handshake.type, payload }) };
}

/** 64 zeros, and the announcement right after them [D handshake]. */
export function resetPlayer(login: PlayerLogin, at: Ms): PlayerLoginStep {
  const fresh: PlayerLogin = { ...login, stage: 'announcing', since: at, partial: NO_PARTIAL_MESSAGES };
  const announced = announce(fresh, at);
  return { ...announced, send: [EMPTY_PACKET, ...announced.send] };
}

function hearHost(login: PlayerLogin, packet: Uint8Array, at: Ms): PlayerLoginStep {
  if (packet[1] !== PACKETS.handshake.type) return { login, send: [] };
  const { partial, joined } = joinMessage(login.partial, packet, at);
  const next = { ...login, partial };
  if (joined.kind === 'waiting') return { login: next, send: [] };
  if (joined.kind === 'refused') return resetPlayer(next, at);
  const decoded = decodeLogin(joined.message.payload);
  if (!decoded.ok) return resetPlayer(next, at);
  if (decoded.message.stage === 'challenge') return hearChallenge(next, decoded.message, at);
  if (decoded.message.stage === 'answer' && login.stage === 'challenged') {
    return hearAnswer(next, decoded.message, packet, at);
  }
  return { login: next, send: [] };
}

function hearChallenge(login: PlayerLogin, message: LoginMessage & { readonly stage: 'challenge' }, at: Ms) {
  const { options, count } = login;
  const constant = Object.hasOwn(MANUFACTURER_CONSTANTS, message.manufacturer)
    ? MANUFACTURER_CONSTANTS[message.manufacturer]
    : undefined;
  if (constant === undefined) return resetPlayer(login, at);
  const seed = count === 0 ? options.seed : u32Bytes(fnv1a([...options.seed, ...u32Bytes(count)]));
  const hash = loginHash(message.seed, loginSecret(seed, constant));
  const response = { stage: 'response', manufacturer: 'PioneerDJ', product: options.product, hash, seed } as const;
  const payload = encodeLogin(response);
  return {
    login: {
      ...login,
      stage: 'challenged',
      since: at,
      count: count + 1,
      seed,
      constant,
      manufacturer: message.manufacturer,
    } satisfies PlayerLogin,
    send: cutMessage({ deck: options.deck, type: PACKETS.handshake.type, payload }),
  };
}

function hearAnswer(
  login: PlayerLogin,
  message: LoginMessage & { readonly stage: 'answer' },
  packet: Uint8Array,
  at: Ms,
): PlayerLoginStep {
  const { options, seed, constant, manufacturer } = login;
  const isProved = message.hash === loginHash(seed, loginSecret(seed, constant));
  const wanted = deviceIdFor(options.product, manufacturer);
  const isKnown = wanted !== null && fromHex(wanted).every((byte, i) => byte === message.deviceId[i]);
  if (!isProved || (options.checksId && !isKnown)) return resetPlayer(login, at);
  const head = fragmentHead.decode(packet);
  const echo = head.ok && options.quirks.acceptedIndex === 'echo' ? head.value : { index: 1, count: 1 };
  const accepted = fragmentHead.encode(
    {
      deck: options.deck,
      type: PACKETS.handshake.type,
      index: echo.index,
      count: echo.count,
      payload: encodeLogin({ stage: 'accepted' }),
    },
    REPORT_BYTES,
  );
  return { login: { ...login, stage: 'online', since: at }, send: [accepted] };
}
