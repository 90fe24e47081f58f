/**
 * A player's number of our own: which one is free, the words that claim it, what is said to whoever wants it as well, and
 * when it is given up. Pure; session.ts asks it what to say and carries what is heard to it.
 *
 * Source: beat-link and dysentery for the sequence and its pace, captures of two CDJ-2000nexus for what players answer.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { Interface } from '../../../src/network/network.ts';
import type { Packet } from '../codec.ts';
import {
  announcement,
  claimStage1,
  claimStage2,
  claimStage3,
  keepAlive,
  numberInUse,
  PLAYER_NAME,
  PLAYER_NUMBERS,
} from '../layout.ts';

/** So long the network is listened to before a number is claimed [I BL]. */
export const WATCH_MS: Ms = 4000;
/** Between two words of a claim [I BL]. */
const CLAIM_EVERY_MS: Ms = 300;
/** Allowed are 200 to 2000 ms [I BL]. */
export const KEEP_ALIVE_EVERY_MS: Ms = 1500;
/** Devices forget each other after this long [I BL]. */
export const FORGET_AFTER_MS: Ms = 10_000;
/**
 * Silence after another device has used our number. A device that stays says so again every 2 s, or within 5.2 s
 * while it repeats its claim [C UE]; the unit forgets us only after 10 s.
 */
const CHALLENGE_MS: Ms = 6000;
/** Two keep-alives nearer to each other are one that the network has doubled. */
const DOUBLED_WITHIN_MS: Ms = 500;
/** Never two defences within this, whoever asks. */
const DEFENCE_FLOOR_MS: Ms = 500;
/** With all numbers taken, so often it is looked again. */
const LOOK_AGAIN_MS: Ms = 1000;
const OTHERS_MOST = 64;
/** A device that is heard all the time is noted anew this often. */
const NOTED_EVERY_MS: Ms = 1000;

/** Words before a number is ours, each said three times [I BL]; after another number has been chosen, from `claim-1` on. */
const STAGES = ['hello', 'claim-1', 'claim-2', 'claim-3'] as const;
const TIMES_EACH = 3;
/** A hello of newer players; older ones leave the last byte out [C]. */
const HELLO_BYTES = 0x26;
const FIRST_CLAIM = TIMES_EACH;
const ALL_SAID = STAGES.length * TIMES_EACH;

/** A device that uses a number. */
export interface OtherPlayer {
  readonly name: string;
  readonly address: string;
  readonly number: number;
  readonly heardAt: Ms;
}

export interface VirtualPlayer {
  /** The number that is claimed or ours; null: none yet. */
  readonly number: number | null;
  /** Our address that goes with it. */
  readonly address: string | null;
  /** Number of words of the claim that have been said. */
  readonly said: number;
  /** Time of the next word, of the claim or a keep-alive. */
  readonly dueAt: Ms;
  /** By address and number. */
  readonly others: ReadonlyMap<string, OtherPlayer>;
  /** Somebody keeps itself alive with our number; we are silent. */
  readonly challenge: { readonly by: OtherPlayer; readonly at: Ms } | null;
  readonly defendedAt: Ms;
}

export const NO_VIRTUAL_PLAYER: VirtualPlayer = {
  number: null,
  address: null,
  said: 0,
  dueAt: -Infinity,
  others: new Map(),
  challenge: null,
  defendedAt: -Infinity,
};

/** Tells whether the number is ours: the whole claim has been said and nobody objected. */
export const isOurs = (player: VirtualPlayer): boolean => player.said === ALL_SAID;

/** The player without a number, who still knows who is there. */
export const withoutNumber = (player: VirtualPlayer): VirtualPlayer => ({
  ...NO_VIRTUAL_PLAYER,
  others: player.others,
});

export interface HeardAsPlayer {
  readonly player: VirtualPlayer;
  /** Address to be told that the number is ours; null: none. */
  readonly defendTo: string | null;
  /** To whom a number was left; null: to nobody. */
  readonly gaveWayTo: OtherPlayer | null;
}

/**
 * Takes in a packet of another device, of whatever port.
 *
 * A number that is ours is defended against a claim. Against a keep-alive it is defended once, in silence; when that device
 * says so again, and at once to a device that defends it, we give way and claim another.
 */
export function hearAsPlayer(before: VirtualPlayer, packet: Packet, from: string, at: Ms): HeardAsPlayer {
  const other = otherOf(packet, from, at);
  if (other === null) return { player: before, defendTo: null, gaveWayTo: null };
  const player = noted(before, other, at);
  const heard = { player, defendTo: null, gaveWayTo: null };
  if (player.number === null || other.number !== player.number) return heard;
  switch (packet.kind) {
    case 'number-in-use':
      return { ...heard, player: chosen(player, at), gaveWayTo: other };
    case 'claim-2':
    case 'claim-3':
      if (isOurs(player)) return { ...heard, ...defended(player, from, at) };
      // Two of us that start together would both give way for ever: one of them does not.
      if (other.name === PLAYER_NAME && (player.address ?? '') < from) return heard;
      return { ...heard, player: chosen(player, at), gaveWayTo: other };
    case 'keep-alive':
    case 'short-keep-alive': {
      const { challenge } = player;
      if (isOurs(player) && challenge === null) {
        return { ...heard, ...defended({ ...player, challenge: { by: other, at } }, from, at) };
      }
      if (challenge !== null && at - challenge.at < DOUBLED_WITHIN_MS) return heard;
      return { ...heard, player: chosen(player, at), gaveWayTo: other };
    }
    default:
      return heard;
  }
}

/** Reads from a packet which device uses which number; null: the packet does not say. */
function otherOf(packet: Packet, address: string, at: Ms): OtherPlayer | null {
  // A mixer's assignment names the number of whoever it is for; one without a number asks for any.
  if (!('number' in packet) || packet.kind === 'assignment' || packet.number === 0) return null;
  return { name: packet.name, address, number: packet.number, heardAt: at };
}

function noted(player: VirtualPlayer, other: OtherPlayer, at: Ms): VirtualPlayer {
  const key = `${other.address}/${other.number}`;
  const known = player.others.get(key);
  if (known !== undefined && at - known.heardAt < NOTED_EVERY_MS) return player;
  const others = new Map(player.others);
  others.delete(key);
  others.set(key, other);
  const oldest = others.keys().next();
  if (others.size > OTHERS_MOST && !oldest.done) others.delete(oldest.value);
  return { ...player, others };
}

function defended(player: VirtualPlayer, to: string, at: Ms): { player: VirtualPlayer; defendTo: string | null } {
  if (at - player.defendedAt < DEFENCE_FLOOR_MS) return { player, defendTo: null };
  return { player: { ...player, defendedAt: at }, defendTo: to };
}

/** The player with the first number that nobody uses, its claim to be said from the first stage on; or with none. */
function chosen(player: VirtualPlayer, at: Ms): VirtualPlayer {
  const taken = new Set([...player.others.values()].map(({ number }) => number));
  const number = PLAYER_NUMBERS.find(each => !taken.has(each)) ?? null;
  const dueAt = number === null ? at + LOOK_AGAIN_MS : at;
  return { ...player, number, said: Math.min(player.said, FIRST_CLAIM), dueAt, challenge: null };
}

/** The player at another address: a number that was claimed is claimed anew from there, without the hello. */
const movedTo = (player: VirtualPlayer, address: string, at: Ms): VirtualPlayer =>
  player.address === null || player.number === null
    ? { ...player, address }
    : { ...player, address, said: Math.min(player.said, FIRST_CLAIM), dueAt: at };

/** The player at a moment at which it may speak: those gone are forgotten, a challenge is over, a number is chosen. */
export function readied(before: VirtualPlayer, address: string, at: Ms): VirtualPlayer {
  let player = before.address === address ? before : movedTo(before, address, at);
  const others = [...player.others].filter(([, { heardAt }]) => at - heardAt < FORGET_AFTER_MS);
  if (others.length < player.others.size) player = { ...player, others: new Map(others) };
  if (player.challenge !== null && at - player.challenge.at >= CHALLENGE_MS) player = { ...player, challenge: null };
  return player.number === null && at >= player.dueAt ? chosen(player, at) : player;
}

/** Gives the word that is due to everybody, and the player once it has been said; null: none is due. */
export function claimOf(
  player: VirtualPlayer,
  nic: Interface,
  at: Ms,
): { bytes: Uint8Array; player: VirtualPlayer } | null {
  const { number, said } = player;
  if (number === null || player.challenge !== null || at < player.dueAt) return null;
  const stage = STAGES[Math.floor(said / TIMES_EACH)];
  if (stage === undefined) {
    return { bytes: keepAliveOf(player, number, nic), player: { ...player, dueAt: at + KEEP_ALIVE_EVERY_MS } };
  }
  const bytes = stageBytes(stage, number, (said % TIMES_EACH) + 1, nic);
  return { bytes, player: { ...player, said: said + 1, dueAt: at + CLAIM_EVERY_MS } };
}

/** Gives the time at which something will be due next. */
export function playerDueAt(player: VirtualPlayer): Ms {
  return player.challenge === null ? player.dueAt : player.challenge.at + CHALLENGE_MS;
}

function stageBytes(
  stage: (typeof STAGES)[number],
  number: number,
  attempt: number,
  { mac, address }: Interface,
): Uint8Array {
  const name = PLAYER_NAME;
  switch (stage) {
    case 'hello':
      return announcement.encode({ name, structure: 0x04, kindByte: 0x01, extra: 0x40 }, HELLO_BYTES);
    case 'claim-1':
      return claimStage1.encode({ name, structure: 0x03, attempt, deviceKind: 0x01, mac });
    case 'claim-2':
      return claimStage2.encode({
        ...{ name, assignment: 0x00, structure: 0x03, address, mac, number, attempt },
        ...{ deviceKind: 0x01, auto: 0x01 },
      });
    case 'claim-3':
      return claimStage3.encode({ name, structure: 0x03, number, attempt });
  }
}

function keepAliveOf({ others }: VirtualPlayer, number: number, { mac, address }: Interface): Uint8Array {
  const devices = new Set([...others.values()].map(other => other.address));
  return keepAlive.encode({
    ...{ name: PLAYER_NAME, structure: 0x02, number, mac, address },
    // 02 beside a player that says 02 as well makes that player repeat its claim for ever [C UE].
    seniority: 0x01,
    peers: Math.min(0xff, devices.size + 1),
    reserved: new Uint8Array(3),
    deviceKind: 'player',
    // Spares newer players on numbers 5 and 6 from being thrown off the network [D DY].
    generation: 0x64,
  });
}

/** "This number is mine." */
export const defenceOf = (number: number, address: string): Uint8Array =>
  numberInUse.encode({ name: PLAYER_NAME, structure: 0x02, number, address });
