/**
 * The host's side of a login: the player announces itself, the host asks for a proof, checks it, gives its own, and is
 * accepted. Pure, told the time; packets in, packets out.
 *
 * Order and messages are documented [D handshake]; what to do when one does not come is our choice [I].
 */

import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { Ms } from '../../src/core/clock.ts';
import { isEmptyPacket, readPacket } from './codec.ts';
import { cutMessage, isUnderWay, joinMessage, NO_PARTIAL_MESSAGES, type PartialMessages } from './fragments.ts';
import { fragmentHead, PACKETS } from './layout.ts';
import { deviceIdFor, LOGIN_NAMES, type Login, loginsFor, MANUFACTURER_CONSTANTS } from './login/login-data.ts';
import { fnv1a, loginHash, loginSecret, u32Bytes } from './login/login-hash.ts';
import { decodeLogin, encodeLogin, type Firmware, type LoginMessage, stageWithin } from './login-codec.ts';
import type { SurfaceNote } from './surface-events.ts';

/** A player that does not go on for so long is waited for from the start [I]. */
export const LOGIN_PATIENCE_MS: Ms = 2000;
/** An announcement that follows our question within this is a copy of the one before [I]. */
const COPY_WITHIN_MS: Ms = 50;
/** After so many failures in a row the device is closed for a while, as a sibling needs it after logins cut short [X]. */
const FAILURES_MOST = 3;
const SHORTEST_REST_MS: Ms = 1000;
const LONGEST_REST_MS: Ms = 8000;
/** Questions whose answer may still be under way. */
const SEEDS_KEPT = 3;

export interface HostLoginOptions {
  readonly login: Login;
  /** 20 hex digits, instead of the id in the table; null: that of the table. */
  readonly deviceId: string | null;
  /** Eight bytes, from which the seeds of all logins are made; the first is used as it is. */
  readonly seed: Uint8Array;
}

export interface HostLogin {
  readonly options: HostLoginOptions;
  readonly stage: 'waiting' | 'challenged' | 'answered' | 'online';
  /** Since when it is at this stage. */
  readonly since: Ms;
  readonly deck: number;
  readonly firmware: Firmware | null;
  /** As the player says it; null: it has not said it yet. */
  readonly product: string | null;
  /** How often the player has been asked for its proof. */
  readonly asked: number;
  /** Seeds it was asked with, the newest last. */
  readonly seeds: readonly Uint8Array[];
  readonly failures: number;
  readonly rests: number;
  readonly partial: PartialMessages;
}

export interface LoginStep {
  readonly login: HostLogin;
  readonly send: readonly Uint8Array[];
  readonly notes: readonly SurfaceNote[];
  /** Close the device and open it again after so long; null: go on. */
  readonly restMs: Ms | null;
}

export const openLogin = (options: HostLoginOptions, at: Ms): HostLogin => ({
  options,
  stage: 'waiting',
  since: at,
  deck: 0,
  firmware: null,
  product: null,
  asked: 0,
  seeds: [],
  failures: 0,
  rests: 0,
  partial: NO_PARTIAL_MESSAGES,
});

/** The device has been opened again: what was under way is over, what went wrong before is remembered. */
export const reopenedLogin = (login: HostLogin, at: Ms): HostLogin => ({
  ...login,
  stage: 'waiting',
  since: at,
  seeds: [],
  partial: NO_PARTIAL_MESSAGES,
});

const stay = (login: HostLogin, notes: readonly SurfaceNote[] = []): LoginStep => ({
  login,
  send: [],
  notes,
  restMs: null,
});

/** When the login has to be looked at again though nothing comes; null: never. */
export const loginDueAt = ({ stage, since }: HostLogin): Ms | null =>
  stage === 'challenged' || stage === 'answered' ? since + LOGIN_PATIENCE_MS : null;

/** Takes in a packet of the player, or with null the time alone. */
export function stepLogin(login: HostLogin, packet: Uint8Array | null, at: Ms): LoginStep {
  if (packet !== null) {
    if (isEmptyPacket(packet)) return hearReset(login, at);
    const read = readPacket(packet);
    if (!read.ok) return stay(login);
    if (read.kind === 'handshake') return hearHandshake(login, packet, at);
    if (read.kind === 'control-input') return hearControls(login, read.deck, at);
    return stay(login);
  }
  const dueAt = loginDueAt(login);
  if (dueAt === null || at < dueAt) return stay(login);
  const asked = login.stage === 'answered' ? 'its answer' : 'its question';
  return fail(login, at, {
    level: 'warn',
    text: `the player says nothing to ${asked} for ${LOGIN_PATIENCE_MS / 1000} s; trying again. Should it stay so, switch its control mode off and on`,
    facts: { stage: login.stage },
  });
}

/** Without a login the player is there as soon as it reports its controls [I: so an XDJ-XZ with rekordbox]. */
function hearControls(login: HostLogin, deck: number, at: Ms): LoginStep {
  if (login.options.login !== 'none' || login.stage === 'online') return stay(login);
  return stay({ ...login, stage: 'online', since: at, deck, failures: 0, rests: 0 });
}

function hearReset(login: HostLogin, at: Ms): LoginStep {
  if (login.stage === 'waiting') return stay(login);
  if (login.stage === 'online') return stay({ ...login, stage: 'waiting', since: at });
  const { login: word } = login.options;
  const others = loginsFor(login.product ?? '').filter(each => each !== word);
  const advice = others.length === 0 ? 'another login' : others.map(each => `"login: ${each}"`).join(' or ');
  return fail(login, at, {
    level: 'warn',
    text: `${login.product ?? 'the player'} refuses the login as ${word}; trying again. Should it stay so, try ${advice}, or another id with "quirks: { device-id: … }"`,
    facts: { stage: login.stage, product: login.product },
  });
}

function hearHandshake(login: HostLogin, packet: Uint8Array, at: Ms): LoginStep {
  const head = fragmentHead.decode(packet);
  if (!head.ok) return stay(login);
  const { deck, type, payload } = head.value;
  // The packet that accepts states numbers of another message at times: whole within a packet, it is taken as it is.
  if (stageWithin(payload) !== null && !isUnderWay(login.partial, deck, type, at)) {
    return hearMessage(login, deck, payload, at);
  }
  const { partial, joined } = joinMessage(login.partial, packet, at);
  const next = { ...login, partial };
  if (joined.kind === 'whole') return hearMessage(next, deck, joined.message.payload, at);
  if (joined.kind === 'waiting') return stay(next);
  return stay(next, [unreadable(joined.reason)]);
}

const unreadable = (reason: string): SurfaceNote => ({
  level: 'warn',
  text: `a message of the player's login cannot be read: ${reason}; waiting for the next one`,
  facts: {},
});

function hearMessage(login: HostLogin, deck: number, payload: Uint8Array, at: Ms): LoginStep {
  const decoded = decodeLogin(payload);
  if (!decoded.ok) return stay(login, [unreadable(decoded.reason)]);
  const { message } = decoded;
  switch (message.stage) {
    case 'announce':
      return hearAnnouncement(login, deck, message.firmware, at);
    case 'response':
      return login.stage === 'challenged' || login.stage === 'answered'
        ? hearResponse(login, message, at)
        : stay(login);
    case 'accepted':
      if (login.stage !== 'answered') return stay(login);
      return stay({ ...login, stage: 'online', since: at, failures: 0, rests: 0 });
    // These two are ours: whoever sends them is no player.
    case 'challenge':
    case 'answer':
      return stay(login);
  }
}

function hearAnnouncement(login: HostLogin, deck: number, firmware: Firmware | null, at: Ms): LoginStep {
  const { options } = login;
  if (options.login === 'none') {
    const text = 'the player asks for a login and the profile says "login: none"; write "login: traktor"';
    return stay({ ...login, deck, firmware, stage: 'waiting' }, [{ level: 'warn', text, facts: {} }]);
  }
  if (login.stage === 'challenged' && at - login.since < COPY_WITHIN_MS) return stay(login);
  const seed = seedOf(options.seed, login.asked);
  const asked: HostLogin = {
    ...login,
    stage: 'challenged',
    since: at,
    deck,
    firmware,
    asked: login.asked + 1,
    seeds: [...login.seeds, seed].slice(-SEEDS_KEPT),
  };
  return {
    login: asked,
    send: packetsOf(deck, { stage: 'challenge', ...LOGIN_NAMES[options.login], seed }),
    notes: [],
    restMs: null,
  };
}

/** The seed of the n-th login: the first as given, later ones made of it. */
function seedOf(first: Uint8Array, n: number): Uint8Array {
  if (n === 0) return first;
  const half = (which: number): Uint8Array => u32Bytes(fnv1a([...first, ...u32Bytes(n), which]));
  return Uint8Array.of(...half(0), ...half(1));
}

function hearResponse(login: HostLogin, message: LoginMessage & { readonly stage: 'response' }, at: Ms): LoginStep {
  const { options, seeds } = login;
  if (options.login === 'none') return stay(login);
  const names = LOGIN_NAMES[options.login];
  const { product, hash, seed } = message;
  const secret = loginSecret(seed, MANUFACTURER_CONSTANTS[names.manufacturer] ?? 0);
  const proofs = seeds.map(each => loginHash(each, secret));
  if (!proofs.includes(hash)) return fail({ ...login, product }, at, wrongProof(login, message, proofs.at(-1) ?? 0));
  const deviceId = options.deviceId ?? deviceIdFor(product, names.manufacturer);
  if (deviceId === null) return fail({ ...login, product }, at, noDeviceId(product, options.login));
  const answer = { stage: 'answer', ...names, hash: loginHash(seed, secret), deviceId: fromHex(deviceId) } as const;
  return {
    login: { ...login, product, stage: 'answered', since: at },
    send: packetsOf(login.deck, answer),
    notes: [],
    restMs: null,
  };
}

const hex = (value: number): string => toHex(u32Bytes(value)).replaceAll(' ', '').toUpperCase();

function wrongProof({ options }: HostLogin, message: LoginMessage & { readonly stage: 'response' }, expected: number) {
  const { product, hash } = message;
  const facts = { product, hash: hex(hash), expected: hex(expected) };
  const others = loginsFor(product).filter(each => each !== options.login);
  const advice = others.length === 0 ? 'another login' : others.map(each => `"login: ${each}"`).join(' or ');
  return {
    level: 'warn',
    text: `${product} does not prove itself: it says ${facts.hash}, expected ${facts.expected}; it is not answered. Switch its control mode off and on; should it stay so, try ${advice}`,
    facts,
  } as const;
}

function noDeviceId(product: string, login: Login): SurfaceNote {
  const known = loginsFor(product);
  const advice =
    known.length === 0
      ? 'no login is known for it; with its id at hand write "quirks: { device-id: … }"'
      : `write ${known.map(each => `"login: ${each}"`).join(' or ')}`;
  return { level: 'warn', text: `no id is known with which ${product} takes ${login}; ${advice}`, facts: { product } };
}

/** Waits for the next announcement, or after several failures asks for a rest first. */
function fail(login: HostLogin, at: Ms, note: SurfaceNote): LoginStep {
  const failed: HostLogin = { ...login, stage: 'waiting', since: at, seeds: [], failures: login.failures + 1 };
  if (failed.failures < FAILURES_MOST) return stay(failed, [note]);
  const restMs = Math.min(LONGEST_REST_MS, SHORTEST_REST_MS * 2 ** Math.max(0, login.rests - 1));
  return { ...stay({ ...failed, failures: 0, rests: login.rests + 1 }, [note]), restMs };
}

function packetsOf(deck: number, message: LoginMessage): readonly Uint8Array[] {
  return cutMessage({ deck, type: PACKETS.handshake.type, payload: encodeLogin(message) });
}
