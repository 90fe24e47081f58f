/**
 * Counts of a capture by decklight and by tshark, side by side, and whether what the decks say is plausible.
 *
 *     node --import tsx test/bench/capture-counts.ts --capture FILE
 *
 * Exit code: 0 equal, 1 not equal or no capture, 2 no file named or no tshark to compare with.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decode } from '../../bridges/opus-quad/codec.ts';
import { PORTS, type StatusValue } from '../../bridges/opus-quad/layout.ts';
import { type CapturedDatagram, readCapture } from '../../src/capture/capture.ts';

type Counts = Map<string, number>;

const DJ_LINK_PORTS: ReadonlySet<number> = new Set(Object.values(PORTS));

/** Longest tshark output taken in. */
const MOST_OUTPUT_BYTES = 1 << 30;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const add = (counts: Counts, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** Destination port and type byte; `--` for a datagram too short to have one. */
const keyOf = (port: number, type: string | undefined): string => `${port}  ${type ?? '--'}`;

function ourCounts(datagrams: readonly CapturedDatagram[]): Counts {
  const counts: Counts = new Map();
  for (const { to, bytes } of datagrams) {
    if (DJ_LINK_PORTS.has(to.port)) add(counts, keyOf(to.port, bytes[10]?.toString(16).padStart(2, '0')));
  }
  return counts;
}

/**
 * null when there is no tshark, or it fails. What its guesses make of a payload does not matter: the payload is a field
 * of UDP itself, of which the first in a frame is taken.
 */
function tsharkCounts(file: string): Counts | null {
  const fields = ['-T', 'fields', '-E', 'occurrence=f', '-e', 'udp.dstport', '-e', 'udp.payload'];
  const filter = 'udp.dstport in {50000..50002} && !icmp && !icmpv6';
  const run = spawnSync('tshark', ['-n', '-r', file, '-Y', filter, ...fields], {
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  if (run.error !== undefined) return null;
  const counts: Counts = new Map();
  for (const row of run.stdout.split('\n')) {
    const [port, payload] = row.split('\t');
    if (port === undefined || port === '') continue;
    const type = (payload ?? '').replaceAll(':', '').slice(20, 22);
    add(counts, keyOf(Number(port), type === '' ? undefined : type));
  }
  return counts;
}

// ---- plausibility

interface Player {
  statuses: number;
  playing: number;
  /** Pairs of consecutive statuses, both playing, both with a valid beat number, of one track. */
  pairs: number;
  /** Those of which the beat number rises by 0 or 1. */
  steady: number;
  readonly tempoBpm: [least: number, most: number];
  readonly pitchPercent: [least: number, most: number];
  last: StatusValue | null;
}

/** Statuses by sender's address and number; each peer gets its own copy, so the receiver is part of the key. */
function playersOf(datagrams: readonly CapturedDatagram[]): ReadonlyMap<string, Player> {
  const players = new Map<string, Player>();
  for (const { from, to, bytes } of datagrams) {
    const decoded = decode(to, bytes);
    if (!decoded.ok || decoded.packet?.kind !== 'status') continue;
    const key = `${from.address} number ${decoded.packet.numberAgain} -> ${to.address}`;
    let player = players.get(key);
    if (player === undefined) {
      const none = (): [number, number] => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      player = { statuses: 0, playing: 0, pairs: 0, steady: 0, tempoBpm: none(), pitchPercent: none(), last: null };
      players.set(key, player);
    }
    takeStatus(player, decoded.packet);
  }
  return players;
}

const isValid = (status: StatusValue): boolean =>
  status.flags?.isPlaying === true && status.beatInBar !== null && status.beat !== null;

function takeStatus(player: Player, status: StatusValue): void {
  const { last } = player;
  player.last = status;
  player.statuses++;
  if (status.flags?.isPlaying === true) player.playing++;
  if (last !== null && isValid(last) && isValid(status) && last.trackId === status.trackId) {
    player.pairs++;
    const rise = (status.beat ?? 0) - (last.beat ?? 0);
    if (rise === 0 || rise === 1) player.steady++;
  }
  // Pitch and tempo mean nothing without a track.
  if (status.trackId === null || status.trackTempoBpm === null) return;
  widen(player.tempoBpm, status.trackTempoBpm * status.pitchSpeed);
  widen(player.pitchPercent, (status.pitchSpeed - 1) * 100);
}

function widen(range: [least: number, most: number], value: number): void {
  range[0] = Math.min(range[0], value);
  range[1] = Math.max(range[1], value);
}

const rangeText = ([least, most]: readonly [number, number], unit: string): string =>
  least > most ? 'none' : `${least.toFixed(2)} .. ${most.toFixed(2)} ${unit}`;

// ---- the comparison

function compare(file: string): number {
  const datagrams: CapturedDatagram[] = [];
  for (const item of readCapture(readFileSync(file))) {
    if (item.kind === 'datagram') datagrams.push(item);
    if (item.kind !== 'end') continue;
    print(`${item.packets} packets, end of file: ${item.message}`);
    if (item.how === 'not-a-capture') return 1;
  }
  const ours = ourCounts(datagrams);
  const theirs = tsharkCounts(file);
  if (theirs === null) {
    print('nothing to compare with: tshark is not installed, or could not be run');
    return 2;
  }

  print('port   type  decklight  tshark');
  let isEqual = true;
  for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const [our, their] = [ours.get(key) ?? 0, theirs.get(key) ?? 0];
    if (our !== their) isEqual = false;
    print(`${key}    ${String(our).padStart(9)}  ${String(their).padStart(6)}${our === their ? '' : '  differs'}`);
  }
  print(isEqual ? 'equal' : 'NOT equal');

  for (const [key, player] of playersOf(datagrams)) {
    const { statuses, playing, pairs, steady, tempoBpm, pitchPercent } = player;
    const share = pairs === 0 ? '' : ` (${((100 * steady) / pairs).toFixed(1)} %)`;
    print(`${key}: ${statuses} statuses, ${playing} playing`);
    print(`  beat number rises by 0 or 1 in ${steady} of ${pairs} pairs while playing${share}`);
    print(`  tempo ${rangeText(tempoBpm, 'BPM')}, pitch ${rangeText(pitchPercent, '%')}`);
  }
  return isEqual ? 0 : 1;
}

const { values } = parseArgs({ options: { capture: { type: 'string' } } });
if (values.capture === undefined) {
  print('usage: node --import tsx test/bench/capture-counts.ts --capture FILE');
  process.exitCode = 2;
} else {
  process.exitCode = compare(values.capture);
}
