/**
 * How well the beats of real players are predicted from their statuses alone: the beat packets of a capture, which the
 * estimator never sees, say when each beat was. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/real-players.ts --capture FILE
 *
 * Exit code: 0 printed, 1 not a capture, or nothing in it to compare, 2 no file named.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decode } from '../../bridges/opus-quad/codec.ts';
import { toReport } from '../../bridges/opus-quad/session/status-report.ts';
import { type CapturedDatagram, readCapture } from '../../src/capture/capture.ts';
import { type Deck, emptyDeck } from '../../src/core/deck/deck.ts';
import { reduceReport } from '../../src/core/deck/deck-from-status.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import { NOTHING_KNOWN } from '../../src/core/track/track-knowledge.ts';
import { quantile } from './quantile.ts';

/** One beat of a player that was playing, as predicted from its statuses before. */
interface Predicted {
  /** Since its play began. */
  readonly sinceStartMs: number;
  /** Predicted less true: positive when the prediction comes late. */
  readonly lateMs: number;
  /** Half-width of the bar. */
  readonly barMs: number;
}

interface Player {
  /** Each peer gets its own copy of a status; those to one of them are taken. */
  readonly receiver: string;
  deck: Deck;
  lastCounter: number | null;
  lastBeatAt: number;
  readonly predicted: Predicted[];
}

/** A beat packet that comes again this soon is a copy: of another interface, or of the capture. */
const COPY_WITHIN_MS = 50;
/** The first seconds after a start are printed apart: the phase is being found. */
const SETTLED_AFTER_MS = 4000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function takeDatagram(players: Map<string, Player>, { from, to, bytes, sinceFirstMs: at }: CapturedDatagram): void {
  const decoded = decode(to, bytes);
  if (!decoded.ok || at === null) return;
  const { packet } = decoded;
  if (packet?.kind === 'status') {
    const key = `${from.address} player ${packet.numberAgain}`;
    const player = players.get(key) ?? newPlayer(to.address);
    players.set(key, player);
    if (player.receiver !== to.address || player.lastCounter === packet.packetCounter) return;
    const isAfterLoss = player.lastCounter !== null && packet.packetCounter > player.lastCounter + 1;
    player.lastCounter = packet.packetCounter;
    const report = toReport(packet, { isOrderProved: true, isAfterLoss, trackKind: 'trusted', onAir: 'believed' });
    player.deck = reduceReport(player.deck, report, { notBefore: at, at }, () => NOTHING_KNOWN);
  }
  if (packet?.kind === 'beat') {
    const player = players.get(`${from.address} player ${packet.number}`);
    if (player === undefined || at - player.lastBeatAt < COPY_WITHIN_MS) return;
    player.lastBeatAt = at;
    const { playingSince, track, runSpeed } = player.deck;
    const { beat, beatUncertainty } = positionAt(player.deck, at);
    if (playingSince === null || track?.tempoBpm == null || beat === null || beatUncertainty === null) return;
    const beatMs = 60000 / (track.tempoBpm * runSpeed);
    player.predicted.push({
      sinceStartMs: at - playingSince,
      lateMs: (Math.round(beat) - beat) * beatMs,
      barMs: beatUncertainty * beatMs,
    });
  }
}

const newPlayer = (receiver: string): Player => ({
  receiver,
  deck: emptyDeck({ unit: 'capture', number: 1 }),
  lastCounter: null,
  lastBeatAt: -Infinity,
  predicted: [],
});

const share = (values: readonly number[], q: number): string => quantile(values, q).toFixed(1).padStart(6);

function row(name: string, beats: readonly Predicted[]): void {
  if (beats.length === 0) return say(`${name.padEnd(40)} no beats`);
  const late = beats.map(({ lateMs }) => lateMs);
  const bias = late.reduce((sum, each) => sum + each, 0) / late.length;
  const sizes = late.map(each => Math.abs(each));
  const spread = late.map(each => Math.abs(each - bias));
  const inside = beats.filter(({ lateMs, barMs }) => Math.abs(lateMs) <= barMs).length;
  const bars = beats.map(({ barMs }) => barMs);
  say(
    `${name.padEnd(40)} ${String(beats.length).padStart(5)} ${bias.toFixed(1).padStart(6)} ` +
      `${[0.5, 0.95, 0.99].map(q => share(spread, q)).join(' ')}  ` +
      `${[0.5, 0.95, 0.99].map(q => share(sizes, q)).join(' ')}  ${share(bars, 0.5)}   ${inside} of ${beats.length}`,
  );
}

function run(file: string): number {
  const players = new Map<string, Player>();
  for (const item of readCapture(readFileSync(file))) {
    if (item.kind === 'datagram') takeDatagram(players, item);
    if (item.kind === 'end' && item.how === 'not-a-capture') {
      say(`${file}: ${item.message}`);
      return 1;
    }
  }
  const heard = [...players].filter(([, { predicted }]) => predicted.length > 0);
  if (heard.length === 0) {
    say(`${file}: no player in it sends both statuses and beats while it plays`);
    return 1;
  }
  say('beats predicted from statuses alone, against the beat packets; ms of play, positive: predicted late');
  say(
    'player                                   beats   bias   spread p50 p95 p99   error p50 p95 p99   bar p50   in bar',
  );
  for (const [name, { predicted }] of heard) {
    row(
      `${name}, up to 4 s after a start`,
      predicted.filter(({ sinceStartMs }) => sinceStartMs < SETTLED_AFTER_MS),
    );
    row(
      `${name}, later`,
      predicted.filter(({ sinceStartMs }) => sinceStartMs >= SETTLED_AFTER_MS),
    );
  }
  return 0;
}

const { values } = parseArgs({ options: { capture: { type: 'string' } } });
if (values.capture === undefined) {
  say('usage: node --import tsx test/bench/real-players.ts --capture FILE');
  process.exitCode = 2;
} else {
  process.exitCode = run(values.capture);
}
