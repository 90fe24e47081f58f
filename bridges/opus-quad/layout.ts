/**
 * Every packet that DJ Link players, mixers, rekordbox and an OPUS-QUAD exchange on UDP 50000, 50001 and 50002, as tables.
 *
 * Sources, by the short names the docs use (see README.md): KA opus-quad-pro-dj-link-analysis, BL beat-link,
 * BLT beat-link-trigger, DY dysentery, UE usr-ein/prolink captures, PC prolink-connect.
 * `[C]` seen in a capture, `[I]` in working code, `[D]` documented, `[?]` inferred and not proven.
 */

import {
  absentWhen,
  ascii,
  bytesAt,
  enumerated,
  type Field,
  i32be,
  inRange,
  ipv4,
  mac,
  mapped,
  rest,
  scaled,
  u8,
  u16be,
  u24be,
  u32be,
  u32le,
  utf16be,
  whenLong,
} from '../../src/bytes/fields.ts';
import { type Constant, type Fields, type LengthField, layout, type ValueOf } from '../../src/bytes/packet-layout.ts';
import type { DeckNumber } from '../../src/core/deck-report.ts';

/** MAC address of a device that has none, as on loopback. */
export const NO_MAC = '00:00:00:00:00:00';

/** The first ten bytes of every packet: "Qspt1WmJOL" [C]. */
export const MAGIC = '51 73 70 74 31 57 6d 4a 4f 4c';

export const PORTS = { presence: 50000, timing: 50001, status: 50002 } as const;
export type Port = (typeof PORTS)[keyof typeof PORTS];

/** The unit's name, exactly [I BL OpusProvider]. */
export const OPUS_NAME = 'OPUS-QUAD';
/** The name and number that the lighting mode poses under [I KA, BL]. */
export const REKORDBOX_NAME = 'rekordbox';
export const LIGHTING_NUMBER = 0x17;
/** Our own name among players. */
export const PLAYER_NAME = 'decklight';
/**
 * Numbers we may have among players, the preferred one first: 1 to 6 are those of real players, 9 to 12 the decks of the
 * unit, and 16 is the first that means something else [I BL, D].
 */
export const PLAYER_NUMBERS = [7, 8, 13, 14, 15] as const;

/** Largest datagram documented for the unit: a full data fragment [C]. */
export const FRAGMENT_DATA_MOST_BYTES = 1368;

/**
 * Deck 1..4 of a raw number from the unit: 9..12 and 1..4 [I BL translateOpusPlayerNumbers]; null: not a deck.
 * Passive captures on the unit's USB port are said to show 1, 2 and 33 [D DY startup], so nothing else is refused.
 */
export function deckOfRaw(raw: number): DeckNumber | null {
  const deck = raw >= 9 && raw <= 12 ? raw - 8 : raw;
  return deck === 1 || deck === 2 || deck === 3 || deck === 4 ? deck : null;
}

export const rawOfDeck = (deck: DeckNumber): number => deck + 8;

const magic: Constant = { offset: 0x00, hex: MAGIC, doc: 'magic [C]' };
const wholeLength: LengthField = { offset: 0x22, after: 0 };
const bodyLength: LengthField = { offset: 0x22, after: 0x24 };

const NAME_DOC = 'device name, ASCII, 20 bytes NUL-padded [C]';

/** Description of a table besides its kind. */
interface PacketSpec<F extends Fields> {
  /** At 0x0a. */
  readonly type: number;
  readonly minBytes: number;
  readonly constants: readonly Constant[];
  readonly doc: string;
  readonly fields: F;
}

const typeByte = (type: number): Constant => ({
  offset: 0x0a,
  hex: type.toString(16).padStart(2, '0'),
  doc: 'type',
});

/** A packet of port 50000: type at 0x0a, a byte, the name at 0x0c, structure at 0x20, whole length at 0x22. */
function presence<const Kind extends string, const F extends Fields>(kind: Kind, spec: PacketSpec<F>) {
  const { type, minBytes, constants, doc, fields } = spec;
  return {
    port: PORTS.presence as Port,
    type,
    ...layout(kind, {
      doc,
      minBytes,
      length: wholeLength,
      constants: [magic, typeByte(type), ...constants],
      fields: { name: ascii(0x0c, 20, NAME_DOC), ...fields },
    }),
  };
}

interface LinkSpec<F extends Fields> extends PacketSpec<F> {
  readonly port: Port;
  /** Not given: the bytes after 0x23 are counted. */
  readonly length?: LengthField | null;
}

/** A packet of ports 50001 and 50002: type at 0x0a, the name at 0x0b, number at 0x21, length at 0x22. */
function link<const Kind extends string, const F extends Fields>(kind: Kind, spec: LinkSpec<F>) {
  const { port, type, minBytes, constants, doc, fields, length = bodyLength } = spec;
  return {
    port,
    type,
    ...layout(kind, {
      doc,
      minBytes,
      length,
      constants: [magic, typeByte(type), { offset: 0x1f, hex: '01', doc: 'constant [C]' }, ...constants],
      fields: {
        name: ascii(0x0b, 20, NAME_DOC),
        number: u8(0x21, 'device number; on an OPUS-QUAD 9..12 are decks 1..4 [C hello, 0x56]'),
        ...fields,
      },
    }),
  };
}

// ---- values that several packets share

/** `multiplier = raw / 0x100000`: 0 is −100 %, 1 is 0 %; scratches exceed 2 [C UE]. */
const speed = (offset: number, doc: string): Field<number> => scaled(u24be(offset, doc), 1 / 0x100000);
const tempo = (offset: number, doc: string): Field<number | null> =>
  absentWhen(scaled(u16be(offset, doc), 0.01), 0xffff);
const beatInBar = (offset: number, doc: string): Field<number | null> => inRange(u8(offset, doc), 1, 4, 0);

/** The state of the flag byte; the unit sends 0x00, "flags not supplied", in some packets though it plays [I BL VirtualRekordbox]. */
export interface Flags {
  readonly isPlaying: boolean;
  readonly isMaster: boolean;
  readonly isSynced: boolean;
  readonly isOnAir: boolean;
  readonly isTempoSyncOnly: boolean;
}

/** Bits 7 and 2 are always set when the byte is filled [C], so that zero is none of its values. */
const flags = (offset: number): Field<Flags | null> =>
  mapped<number, Flags | null>(
    u8(
      offset,
      'F: 0x40 playing, 0x20 master, 0x10 sync, 0x08 on air, 0x02 tempo sync only; 0x84 always; 0 none given [C]',
    ),
    raw =>
      raw === 0
        ? null
        : {
            isPlaying: (raw & 0x40) !== 0,
            isMaster: (raw & 0x20) !== 0,
            isSynced: (raw & 0x10) !== 0,
            isOnAir: (raw & 0x08) !== 0,
            isTempoSyncOnly: (raw & 0x02) !== 0,
          },
    value =>
      value === null
        ? 0
        : 0x84 |
          (value.isPlaying ? 0x40 : 0) |
          (value.isMaster ? 0x20 : 0) |
          (value.isSynced ? 0x10 : 0) |
          (value.isOnAir ? 0x08 : 0) |
          (value.isTempoSyncOnly ? 0x02 : 0),
  );

// ---- port 50000: presence and numbers

export const keepAlive = presence('keep-alive', {
  type: 0x06,
  minBytes: 0x36,
  constants: [
    { offset: 0x20, hex: '01', doc: 'constant [C]' },
    { offset: 0x31, hex: '00 00 00', doc: 'zero but for rekordbox, which sends 01 00 00 [C]' },
  ],
  doc: 'who is there; broadcast about every 2 s [C]',
  fields: {
    structure: u8(0x21, '02 players and mixers, 03 rekordbox [C]'),
    number: u8(0x24, 'device number [C]'),
    seniority: u8(0x25, '02 on one hardware device of a network, 01 on all others; send 01 [C UE]'),
    mac: mac(0x26, 'MAC address [C]'),
    address: ipv4(0x2c, 'IPv4 address [C]'),
    peers: u8(0x30, 'devices seen, itself included; 04 constant from rekordbox [C]'),
    reserved: bytesAt(0x31, 3, '01 00 00 from rekordbox, zero from others [C]'),
    deviceKind: enumerated(u8(0x34, 'kind [C]'), { 1: 'player', 2: 'mixer', 4: 'rekordbox' } as const, 0xff),
    generation: u8(0x35, '00 older players, 64 newer ones, 08 rekordbox [C]'),
  },
});

/** XDJ-XZ sends a keep-alive of 46 bytes: name, number and MAC are where they always are [I alphatheta-connect]. */
export const shortKeepAlive = presence('short-keep-alive', {
  type: 0x06,
  minBytes: 0x2c,
  constants: [],
  doc: 'keep-alive cut short by some all-in-ones',
  fields: {
    number: u8(0x24, 'device number [I]'),
    mac: mac(0x26, 'MAC address [I]'),
  },
});

export const announcement = presence('hello', {
  type: 0x0a,
  minBytes: 0x25,
  constants: [{ offset: 0x20, hex: '01', doc: 'constant [C]' }],
  doc: 'first words of a device that powers up [C DY powerup]',
  fields: {
    structure: u8(0x21, '02 older players, 04 newer ones [C]'),
    kindByte: u8(0x24, '01 player, 02 mixer [C]'),
    extra: whenLong(u8(0x25, '40 from newer players, absent from older ones [C]')),
  },
});

const claimConstants: readonly Constant[] = [{ offset: 0x20, hex: '01', doc: 'constant [C]' }];

export const claimStage1 = presence('claim-1', {
  type: 0x00,
  minBytes: 0x2c,
  constants: claimConstants,
  doc: 'number claim, stage 1 [C]',
  fields: {
    structure: u8(0x21, '02 older players, 03 newer ones and rekordbox [C]'),
    attempt: u8(0x24, 'N = 1..3 [C]'),
    deviceKind: u8(0x25, '01 player, 04 rekordbox [C]'),
    mac: mac(0x26, 'MAC address [C]'),
  },
});

export const claimStage2 = presence('claim-2', {
  type: 0x02,
  minBytes: 0x32,
  constants: claimConstants,
  doc: 'number claim, stage 2 [C]',
  fields: {
    assignment: u8(0x0b, '01: answers a mixer that assigns, else 00 [D DY]'),
    structure: u8(0x21, '02 older players, 03 newer ones and rekordbox [C]'),
    address: ipv4(0x24, 'IPv4 address [C]'),
    mac: mac(0x28, 'MAC address [C]'),
    number: u8(0x2e, 'the number it wants; 0 in answer to a mixer [C]'),
    attempt: u8(0x2f, 'N = 1..3; rekordbox up to 6 [C]'),
    deviceKind: u8(0x30, '01 player, 04 rekordbox [C]'),
    auto: u8(0x31, '01 automatic number, 02 fixed number [C]'),
  },
});

export const claimStage3 = presence('claim-3', {
  type: 0x04,
  minBytes: 0x26,
  constants: claimConstants,
  doc: 'number claim, stage 3 [C]',
  fields: {
    structure: u8(0x21, '02 older players, 03 newer ones [C]'),
    number: u8(0x24, 'the number it takes [C]'),
    attempt: u8(0x25, 'N = 1..3 [C]'),
  },
});

export const assignmentOffer = presence('assignment-offer', {
  type: 0x01,
  minBytes: 0x2f,
  constants: claimConstants,
  doc: 'a mixer: "I will assign" [D DY startup]',
  fields: {
    assignment: u8(0x0b, '01 from a mixer [D]'),
    structure: u8(0x21, 'structure [D]'),
    address: ipv4(0x24, 'IPv4 [D]'),
    mac: mac(0x28, 'MAC [D]'),
  },
});

export const assignment = presence('assignment', {
  type: 0x03,
  minBytes: 0x27,
  constants: claimConstants,
  doc: 'a mixer assigns a number [D DY startup]',
  fields: {
    assignment: u8(0x0b, '01 from a mixer [D]'),
    structure: u8(0x21, 'structure [D]'),
    number: u8(0x24, 'the number assigned [D]'),
  },
});

export const assignmentDone = presence('assignment-done', {
  type: 0x05,
  minBytes: 0x26,
  constants: claimConstants,
  doc: 'unicast answer to a claim of stage 3 [C UE S26]',
  fields: { structure: u8(0x21, 'structure [C]'), number: u8(0x24, "the sender's own number [C]") },
});

export const numberInUse = presence('number-in-use', {
  type: 0x08,
  minBytes: 0x29,
  constants: claimConstants,
  doc: 'unicast defence of a number [D DY]',
  fields: {
    structure: u8(0x21, '02 [D]'),
    number: u8(0x24, 'the number that is taken [D]'),
    address: ipv4(0x25, 'IPv4 address of its owner [D]'),
  },
});

// ---- port 50001: timing

const zeroSubtype: Constant = { offset: 0x20, hex: '00', doc: 'structure [C]' };

export const faderStart = link('fader-start', {
  port: PORTS.timing,
  type: 0x02,
  minBytes: 0x28,
  constants: [zeroSubtype],
  doc: 'mixer starts and stops players; never ours to send [D DY mixer_integration]',
  fields: {
    players: bytesAt(0x24, 4, 'players 1..4: 00 start if at the cue, 01 stop and return, 02 leave [D]'),
  },
});

export const onAirFour = link('on-air', {
  port: PORTS.timing,
  type: 0x03,
  minBytes: 0x2d,
  constants: [{ offset: 0x20, hex: '02', doc: 'structure: 00 [D], 02 from a DJM-2000nexus [C]; accept any' }],
  doc: 'mixer: which channels are audible, about every 300 ms [C]',
  fields: { channels: bytesAt(0x24, 4, 'channels 1..4: 00 off, 01 on [C]') },
});

export const onAirSix = link('on-air-six', {
  port: PORTS.timing,
  type: 0x03,
  minBytes: 0x35,
  constants: [{ offset: 0x20, hex: '03', doc: 'structure [D]' }],
  doc: 'the same from a mixer of six channels [D DY]',
  fields: {
    channels: bytesAt(0x24, 4, 'channels 1..4 [D]'),
    channels5and6: bytesAt(0x2d, 2, 'channels 5 and 6 [D DY, BL]'),
  },
});

export const position = link('position', {
  port: PORTS.timing,
  type: 0x0b,
  minBytes: 0x3c,
  constants: [{ offset: 0x1f, hex: '02', doc: '02 in this packet [D DY beats]' }, zeroSubtype],
  doc: 'absolute position, about every 30 ms per loaded deck, also when paused [D DY, I BL PrecisePosition]',
  fields: {
    trackLengthS: u32be(0x24, 'length of the track in whole seconds, rounded down [D]'),
    playheadMs: u32be(0x28, 'playhead in ms [D]'),
    pitchPercent: scaled(i32be(0x2c, 'pitch fader, percent × 100 [D]'), 0.01),
    tempoBpm: absentWhen(scaled(u32be(0x38, 'effective tempo × 10; ffffffff unknown [D]'), 0.1), 0xffffffff),
  },
});

const NO_BEAT = 'ms at pitch 0 %; ffffffff: the track ends first [C]';
const untilBeat = (offset: number, what: string): Field<number | null> =>
  absentWhen(u32be(offset, `${what}, ${NO_BEAT}`), 0xffffffff);

export const beat = link('beat', {
  port: PORTS.timing,
  type: 0x28,
  minBytes: 0x60,
  constants: [zeroSubtype, { offset: 0x3c, hex: 'ff '.repeat(24), doc: 'constant [C]' }],
  doc: 'on each beat of a player, and always from a mixer; never from an OPUS-QUAD [C, D OT]',
  fields: {
    nextBeatMs: untilBeat(0x24, 'to the next beat'),
    secondBeatMs: untilBeat(0x28, 'to the 2nd beat'),
    nextBarMs: untilBeat(0x2c, 'to the next bar'),
    fourthBeatMs: untilBeat(0x30, 'to the 4th beat'),
    secondBarMs: untilBeat(0x34, 'to the 2nd bar'),
    eighthBeatMs: untilBeat(0x38, 'to the 8th beat'),
    speed: speed(0x55, 'momentary speed, nudges included [C UE]'),
    trackTempoBpm: tempo(0x5a, 'track tempo × 100 [C]'),
    beatInBar: beatInBar(0x5c, 'beat in the bar [C]'),
    numberAgain: u8(0x5f, 'device number again [C]'),
  },
});

export const takeoverRequest = link('takeover-request', {
  port: PORTS.timing,
  type: 0x26,
  minBytes: 0x28,
  constants: [zeroSubtype],
  doc: 'asks the master to hand over; only observed [D DY sync]',
  fields: {
    from: u32be(0x24, 'number of the asking device [D]'),
  },
});

export const takeoverResponse = link('takeover-response', {
  port: PORTS.timing,
  type: 0x27,
  minBytes: 0x2c,
  constants: [zeroSubtype],
  doc: 'answer to that; only observed [D DY sync]',
  fields: {
    from: u32be(0x24, 'number of the answering device [D]'),
    accepted: u32be(0x28, '1: yes [D]'),
  },
});

export const syncControl = link('sync-control', {
  port: PORTS.timing,
  type: 0x2a,
  minBytes: 0x2c,
  constants: [zeroSubtype],
  doc: 'sync on or off, become master; never ours to send [D DY sync]',
  fields: {
    from: u32be(0x24, 'number of the sender [D]'),
    command: enumerated(u32be(0x28, 'command [D]'), { 1: 'become-master', 16: 'sync-on', 32: 'sync-off' } as const, 0),
  },
});

// ---- port 50002: status, data, commands

const PLAY_STATES = {
  0: 'empty',
  2: 'loading',
  3: 'playing',
  4: 'looping',
  5: 'paused',
  6: 'cued',
  7: 'cue-play',
  8: 'cue-scratch',
  9: 'searching',
  14: 'load-failed',
  17: 'ended',
  18: 'emergency-loop',
} as const;

type Motion = 'moving' | 'stopped' | 'unknown';
const MOTIONS: Readonly<Record<number, Motion>> = { 10: 'moving', 14: 'stopped' };
const MOTION_BYTES: Readonly<Record<Motion, number>> = { moving: 0xfa, stopped: 0xfe, unknown: 0x00 };

export const status = link('status', {
  port: PORTS.status,
  type: 0x0a,
  minBytes: 0xcc,
  constants: [
    { offset: 0x20, hex: '05', doc: '03..06 seen [C]; accept any' },
    { offset: 0x25, hex: '00 01', doc: '00 01 or 00 00, by firmware [C]; ignore' },
    { offset: 0x68, hex: '01 00 04 04', doc: '01 and media activity idle [C]' },
    { offset: 0x6f, hex: '00', doc: 'USB loaded [C]; not trustworthy on the unit [I BL]' },
    { offset: 0x73, hex: '04 00 01', doc: 'no SD card [C]' },
    { offset: 0x7c, hex: '31 2e 33 32', doc: 'firmware, ASCII [C]' },
    { offset: 0x8a, hex: 'ff', doc: 'mostly ff [C]' },
    { offset: 0x94, hex: '7f ff ff ff', doc: 'slip tempo: not slipping [C]' },
    { offset: 0x9f, hex: 'ff', doc: 'nobody takes over [C]' },
    { offset: 0xb6, hex: '01', doc: '01 in all captures [C]' },
    { offset: 0xcc, hex: '1f 01', doc: 'generation [C]' },
  ],
  doc: 'one deck; 200 ms after the last one, or on a change but not within 63 ms [C UE]; on the unit "about 200 ms" [D]',
  fields: {
    numberAgain: u8(0x24, 'device number; where the two differ this one is the deck [I BL 05ddaa2]'),
    activity: u8(0x27, 'activity; 0 even while playing on firmware 1.44 [C]: never play state'),
    sourcePlayer: u8(0x28, 'player the track came from, 0 none; on the unit the deck [C, I BL]'),
    sourceSlot: enumerated(
      u8(0x29, 'slot; not reported by the unit [D]'),
      { 0: 'none', 1: 'cd', 2: 'sd', 3: 'usb', 4: 'rekordbox', 6: 'streaming', 7: 'usb-2', 9: 'beatport' } as const,
      0xff,
    ),
    trackType: enumerated(
      u8(0x2a, 'type of track; stays 1 through a load on some units [C, D]'),
      { 0: 'none', 1: 'rekordbox', 2: 'unanalysed', 5: 'audio-cd', 6: 'streaming' } as const,
      0xff,
    ),
    trackId: absentWhen(u32be(0x2c, 'track id; a Device Library Plus id on the unit; 0 none [D]'), 0),
    trackNumber: u16be(0x32, 'place in the list [C]'),
    playState: enumerated(u8(0x7b, 'P1; 03 alone does not mean playing [C UE]'), PLAY_STATES, 0xff),
    syncNumber: u32be(0x84, 'master hand-off counter [D]'),
    flags: flags(0x89),
    motion: mapped<number, Motion>(
      u8(0x8b, 'P2: low nibble a moving, e stopped; the high nibble follows the firmware [C]'),
      raw => MOTIONS[raw & 0xf] ?? 'unknown',
      motion => MOTION_BYTES[motion],
    ),
    pitchSpeed: speed(0x8d, 'Pitch1: the tempo set by fader or sync, without jog [C UE]'),
    hasTempo: enumerated(u16be(0x90, 'Mv [C]'), { 32767: 'no-track', 32768: 'rekordbox', 0: 'other' } as const, 0xffff),
    trackTempoBpm: tempo(0x92, 'track tempo × 100 at this point of the track; ffff none [C]'),
    momentarySpeed: speed(0x99, 'Pitch2: momentary speed with nudge, scratch and ramps [C UE]'),
    direction: enumerated(
      u8(0x9d, 'P3: 01 paused, reverse or platter held [C]'),
      { 0: 'none', 1: 'reverse-or-still', 9: 'forward-vinyl', 11: 'slipping', 13: 'forward-cdj-or-nudge' } as const,
      0xff,
    ),
    masterKind: u8(0x9e, 'Mm: 0 not master, 1 master with a rekordbox track, 2 master without [C]'),
    beat: absentWhen(
      u32be(
        0xa0,
        'beat number, 1-based, 0 before beat 1, ffffffff unknown; valid only while beat in bar is 1..4 [C UE]',
      ),
      0xffffffff,
    ),
    cueCountdownBeats: absentWhen(u16be(0xa4, 'beats to the next cue; 01ff none, 256: 64 bars or more [C]'), 0x1ff),
    beatInBar: beatInBar(0xa6, 'beat in the bar, 0 unknown; not updated at the same moment as 0xa0 [C UE]'),
    speedAgain: speed(0xc1, 'Pitch3 = Pitch1 in every captured packet [C UE]'),
    audioSpeed: speed(0xc5, 'Pitch4: Pitch2 without the start and stop ramp [C UE]'),
    packetCounter: u32be(0xc8, 'rises by one per status; fixed 0 on CDJ-3000 [C, D]'),
    barLengthMs: whenLong(
      u16be(0x116, 'length of the bar in ms; frozen unless it changes [C UE]; unknown on the unit'),
    ),
    barPositionMs: whenLong(u16be(0x11a, 'place in the bar in ms; as above [C UE]')),
  },
});

/** A status is sent in these lengths: nexus, newer firmware, nxs2, CDJ-3000 [C, D]. The unit's own is not on record. */
export const STATUS_SIZES = [0xd4, 0x11c, 0x124, 0x200] as const;

export const lightingHello = link('lighting-hello', {
  port: PORTS.status,
  type: 0x10,
  minBytes: 0x24,
  constants: [{ offset: 0x20, hex: '00', doc: 'structure [C]' }],
  doc: 'the unit to a lighting peer that has not asked for status yet [C]; stops once it has [I BL]',
  fields: {},
});

export const statusRequest = link('status-request', {
  port: PORTS.status,
  type: 0x11,
  minBytes: 0x128,
  constants: [
    { offset: 0x20, hex: '01', doc: 'structure [C]' },
    { offset: 0x25, hex: '01 00 00', doc: 'constant [C]' },
  ],
  doc: 'asks the unit for status; once is enough, repeating does no harm [I KA, BL]',
  fields: {
    numberAgain: u8(0x24, 'device number again [C]'),
    computerName: utf16be(0x28, 256, 'computer name, UTF-16BE, at most 127 characters; not checked by the unit [I BL]'),
  },
});

export const rekordboxGreeting = link('rekordbox-greeting', {
  port: PORTS.status,
  type: 0x16,
  minBytes: 0x30,
  constants: [{ offset: 0x20, hex: '01', doc: 'structure [C]' }],
  doc: 'sent ten times by rekordbox, purpose unknown [C KA]; not ours to send',
  length: null,
  fields: {},
});

export const rekordboxStatus = link('rekordbox-status', {
  port: PORTS.status,
  type: 0x29,
  minBytes: 0x38,
  constants: [
    { offset: 0x20, hex: '01', doc: 'structure 01: the length counts the whole packet [I BL]' },
    { offset: 0x2c, hex: '80 00', doc: 'constant [C]' },
    { offset: 0x30, hex: '00 10 00 00 00 09', doc: 'constant [C]' },
  ],
  doc: 'rekordbox tells its tempo [I KA]',
  length: wholeLength,
  fields: {
    numberAgain: u8(0x24, 'device number again [C]'),
    flagsRaw: u8(0x27, 'F: c0 [I KA]'),
    speed: speed(0x29, 'pitch [C]'),
    masterTempoBpm: scaled(u16be(0x2e, 'master tempo × 100 [C]'), 0.01),
    handOff: u8(0x36, 'master hand-off, ff or 00 none [C]'),
    beatInBar: beatInBar(0x37, 'beat in the bar; not aligned with the master [C]'),
  },
});

export const mixerStatus = link('mixer-status', {
  port: PORTS.status,
  type: 0x29,
  minBytes: 0x38,
  constants: [
    { offset: 0x20, hex: '00', doc: 'structure [C]' },
    { offset: 0x2c, hex: '80 00', doc: 'constant [C]' },
    { offset: 0x30, hex: '00 10 00 00 00 09', doc: 'constant [C]' },
  ],
  doc: 'a mixer tells its tempo, about every 200 ms [C]',
  fields: rekordboxStatus.fields,
});

export const binaryRequest = link('binary-request', {
  port: PORTS.status,
  type: 0x55,
  minBytes: 0x2c,
  constants: [
    { offset: 0x20, hex: '00', doc: 'structure [C]' },
    { offset: 0x2a, hex: '03 01', doc: 'slot USB and type rekordbox [?]; copied as captured [C]' },
  ],
  doc: 'asks the unit for the song structure of a track [C KA]',
  fields: {
    trackId: u32le(0x24, 'track id: the one little-endian field of the protocol [C]'),
    dataType: u8(0x28, '0a, as in the answer [C]'),
    rawDeck: u8(0x29, 'raw deck number 9..12 [C]'),
  },
});

export const fragment = link('fragment', {
  port: PORTS.status,
  type: 0x56,
  minBytes: 0x34,
  constants: [
    { offset: 0x20, hex: '00', doc: 'structure [C]' },
    { offset: 0x26, hex: '00 01', doc: 'constant [C]' },
    { offset: 0x2e, hex: '01', doc: 'constant [C]' },
  ],
  doc: 'a piece of artwork, song structure or other data [C KA]',
  fields: {
    dataType: enumerated(
      u16be(0x24, 'type of data; documented as u8 at 0x25 [C]'),
      { 1: 'type-1', 2: 'artwork', 4: 'type-4', 6: 'type-6', 10: 'song-structure' } as const,
      0xffff,
    ),
    trackId: u32be(0x28, 'track id, big-endian [C]'),
    numberAgain: u8(0x2c, 'raw deck number again [C]'),
    index: u16be(0x30, 'place of this piece, from 0 [C]'),
    count: u16be(0x32, 'number of pieces [C]'),
    data: rest(0x34, 'to the end of the datagram [C]'),
  },
});

/** Every table, in the order in which a datagram of one port and type is tried: the longest first. */
export const LAYOUTS = [
  keepAlive,
  shortKeepAlive,
  announcement,
  claimStage1,
  claimStage2,
  claimStage3,
  assignmentOffer,
  assignment,
  assignmentDone,
  numberInUse,
  faderStart,
  onAirSix,
  onAirFour,
  position,
  beat,
  takeoverRequest,
  takeoverResponse,
  syncControl,
  status,
  lightingHello,
  statusRequest,
  rekordboxGreeting,
  rekordboxStatus,
  mixerStatus,
  binaryRequest,
  fragment,
] as const;

export type AnyLayout = (typeof LAYOUTS)[number];

/** Packets that exist and are passed over: their name, for counts. */
export const PASSED_OVER: Readonly<Record<string, string>> = {
  '50002/5': 'media-query',
  '50002/6': 'media-response',
  '50002/25': 'load-track',
  '50002/26': 'load-track-ack',
  '50002/52': 'load-settings',
  '50002/53': 'settings-request',
  '50002/54': 'settings-response',
};

export type StatusValue = ValueOf<typeof status>;
export type PositionValue = ValueOf<typeof position>;
export type FragmentValue = ValueOf<typeof fragment>;
export type KeepAliveValue = ValueOf<typeof keepAlive>;

/** Tells whether a keep-alive is that of rekordbox's lighting, byte for byte: that is how a unit is thought to know it [?]. */
export const isLightingKeepAlive = ({ deviceKind, structure, peers, reserved, generation }: KeepAliveValue): boolean =>
  deviceKind === 'rekordbox' && structure === 3 && peers === 4 && reserved.join() === '1,0,0' && generation === 8;
