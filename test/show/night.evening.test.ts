/** A scripted night: two hours of four decks in simulated time, cues by OSC and MIDI, timecode by MTC. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEMO_TRACKS, trackTempoAt } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { countOfHeard, type HeardLabel, mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { type Evening, openEvening } from './hour-show.ts';

const WEATHER = { ...IDEAL_NETWORK, delayMinMs: 0, delayMaxMs: 10 };
const TWO_HOURS_MS = 2 * 3_600_000;
const FPS = 30;
const HOUR_FRAMES = 3600 * FPS;

/** The set of an hour, played twice: every act that a set can name happens. */
const set = readFileSync(new URL('../../profiles/sets/one-hour.yaml', import.meta.url), 'utf8').replace(
  'length: 1:00:00',
  'length: 1:00:00\nrepeat: true',
);

/** Every track has an hour of its own. */
const tracks = DEMO_TRACKS.map(
  ({ id }, i) => `  - { match: { id: ${id} }, timecode: { main: "${String(i + 1).padStart(2, '0')}:00:00:00" } }`,
).join('\n');

const profile = `
decklight: 1
name: a night
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: ${FPS}, to: [daw] }
tracks:
${tracks}
cues:
  drop:
    - daw: { note: C3, velocity: 127, channel: 1, for: 100 ms }
  safe:
    - console: /safe
panic: safe
rules:
  - name: phrase
    when: phrase
    do: [ { console: { address: /phrase, args: ["\${track.id}", "\${phrase.kind}"] } } ]
  - name: drop
    when: chorus
    do: drop
  - name: chorus look
    while: phrase.kind == chorus
    do: [ { console: /look/chorus/on }, { daw: { control: 7, value: 127 } } ]
    undo: [ { console: /look/chorus/off }, { daw: { control: 7, value: 0 } } ]
`;

/** What left, a line each, by OSC and by MIDI, quarter frames too. */
function transcriptOf(evening: Evening): string {
  const osc = evening.received.map(({ at, text }) => ({ at, line: `${at.toFixed(6)} osc ${text}` }));
  const midi = evening.midi.map(({ at, bytes }) => ({ at, line: `${at.toFixed(6)} midi ${toHex(bytes)}` }));
  return [...osc, ...midi]
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
    .join('\n');
}

/** When a deck is taken off air, and when the unit has been silent: as the set says, in both hours. */
const SET_MS = 3_600_000;
const announced = [...set.matchAll(/at: (\d+):([\d.]+), (?:deck: \d, on-air: off|silence: (\d+) s)/g)].flatMap(
  ([, minutes, seconds, silenceS = '0']) => {
    const at = (Number(minutes) * 60 + Number(seconds) + Number(silenceS)) * 1000;
    return [at, at + SET_MS];
  },
);

/** Without a grid timecode counts from beat 1 at the tempo first told: this track's own pace is another one later. */
const CHANGES_TEMPO = 'The Hill and the Bend';

const LOOK_EVERY_MS = 100;

/** Moments at which a playhead was moved, stopped or started, by track id: from where it truly was, every 100 ms. */
type Moves = ReadonlyMap<number, readonly number[]>;

async function night(): Promise<{ evening: Evening; moves: Moves; offMs: readonly number[] }> {
  const evening = await openEvening(profile, set, WEATHER);
  const moves = new Map<number, number[]>(DEMO_TRACKS.map(({ id }) => [id, []]));
  const offMs: number[] = [];
  const receiver = mtcReceiver();
  let heard = 0;
  let before = evening.truth();
  for (let at = 0; at < TWO_HOURS_MS; at += LOOK_EVERY_MS) {
    evening.pass(LOOK_EVERY_MS);
    const now = evening.truth();
    for (const [i, { trackId, positionMs, playing }] of now.entries()) {
      const was = before[i];
      if (trackId === null || was === undefined) continue;
      const expectedMs = (was.positionMs ?? 0) + (was.playing ? LOOK_EVERY_MS : 0);
      // More than 12 % beside its course within 100 ms is no pitch and no hand on the jog wheel.
      const isMoved =
        was.trackId !== trackId || was.playing !== playing || Math.abs((positionMs ?? 0) - expectedMs) > 12;
      if (isMoved) moves.get(trackId)?.push(evening.clock.now());
    }
    before = now;
    for (; heard < evening.midi.length; heard++) {
      const { at: leftAt, bytes } = evening.midi[heard] as Evening['midi'][number];
      receiver.hear(leftAt, bytes);
    }
    // How far the last label is from where the playhead of its track truly is.
    const label = receiver.labels.at(-1);
    if (label === undefined || evening.clock.now() - label.at > 150) continue;
    const frames = countOfHeard(label, FPS, false);
    const track = DEMO_TRACKS[Math.floor(frames / HOUR_FRAMES) - 1];
    const truth = now.find(({ trackId, playing }) => playing && trackId === track?.id);
    if (track === undefined || truth?.beat == null) continue;
    if (track.title === CHANGES_TEMPO) continue;
    const trueMs = ((truth.beat - 1) * 60_000) / trackTempoAt(track, 1);
    const saidMs = ((frames % HOUR_FRAMES) * 1000) / FPS + (evening.clock.now() - label.at);
    offMs.push(Math.abs(saidMs - trueMs));
  }
  return { evening, moves, offMs };
}

describe('a night of two hours', () => {
  it('is the same twice, to the byte; its timecode is where the decks are and never jumps but with them', async () => {
    const { evening: first, moves, offMs } = await night();
    const transcript = transcriptOf(first);
    const hash = createHash('sha256').update(transcript).digest('hex');

    // Cues: an id names a moment of one pass of one load, none leaves twice; notes that begin also end.
    const fires = first.departures.map(({ intent }) => intent).filter(({ kind }) => kind === 'fire');
    expect(fires.length).toBeGreaterThan(200);
    expect(new Set(fires.map(({ id }) => id)).size).toBe(fires.length);
    const count = (status: number): number => first.midi.filter(({ bytes }) => bytes[0] === status).length;
    expect(count(0x90)).toBeGreaterThan(20);
    expect(count(0x80)).toBe(count(0x90));
    const controls = first.midi.filter(({ bytes }) => bytes[0] === 0xb0).map(({ bytes }) => bytes[2]);
    expect(controls.every((value, i) => value === (i % 2 === 0 ? 127 : 0))).toBe(true);

    // Timecode, as a receiver puts it together that knows nothing of us.
    const receiver = mtcReceiver();
    for (const { at, bytes } of first.midi) receiver.hear(at, bytes);
    expect(receiver.strays).toEqual([]);
    expect(receiver.labels.length).toBeGreaterThan(80_000);
    expect(new Set(receiver.labels.map(({ rateCode }) => rateCode))).toEqual(new Set([3]));

    const steps = receiver.labels.slice(1).map((label, i) => {
      const before = receiver.labels[i] as HeardLabel;
      const [from, to] = [countOfHeard(before, FPS, false), countOfHeard(label, FPS, false)];
      const hours = [Math.floor(from / HOUR_FRAMES), Math.floor(to / HOUR_FRAMES)] as const;
      return { at: label.at, frames: to - from, ms: label.at - before.at, hours };
    });
    // A label that is not two frames on: another deck is followed, or this one was moved at most a second before.
    const odd = steps.filter(({ frames }) => frames !== 2);
    const handOvers = odd.filter(({ hours: [from, to] }) => from !== to);
    const jumps = odd.filter(({ hours: [from, to] }) => from === to);
    const unexplained = jumps.filter(({ at, ms, hours: [hour] }) => {
      const moved = [...(moves.get(DEMO_TRACKS[hour - 1]?.id ?? 0) ?? []), ...announced];
      return !moved.some(time => time >= at - ms - 1000 && time <= at + LOOK_EVERY_MS);
    });
    expect(unexplained).toEqual([]);
    // Twenty tracks an hour are mixed into one another.
    expect(handOvers.length).toBeGreaterThan(30);
    expect(handOvers.length).toBeLessThan(80);
    // Between jumps the pace is that of the deck: 8 % of pitch, and the 2 % and a bit of a correction.
    const changing = DEMO_TRACKS.findIndex(({ title }) => title === CHANGES_TEMPO) + 1;
    const steady = steps.filter(({ frames, hours: [hour] }) => frames === 2 && hour !== changing);
    const pace = steady.map(({ ms }) => ms / (2000 / FPS));
    pace.sort((a, b) => a - b);
    expect(pace[Math.floor(pace.length * 0.001)]).toBeGreaterThan(0.88);
    expect(pace[Math.floor(pace.length * 0.999)]).toBeLessThan(1.12);

    // And it is where the playhead is, to the beat that a unit tells after each move, mostly far nearer.
    const sorted = [...offMs].sort((a, b) => a - b);
    const off = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
    process.stdout.write(
      `MTC of a night against the truth, ms: p50 ${off(0.5)}, p95 ${off(0.95)}, p99 ${off(0.99)}, ${sorted.length} samples\n`,
    );
    expect(sorted.length).toBeGreaterThan(40_000);
    expect(off(0.5)).toBeLessThan(60);
    expect(off(0.99)).toBeLessThan(500);

    // Each track runs in its own hour, and never beyond it.
    const hours = new Set(receiver.labels.map(label => Math.floor(countOfHeard(label, FPS, false) / HOUR_FRAMES)));
    expect([...hours].every(hour => hour >= 1 && hour <= DEMO_TRACKS.length)).toBe(true);
    expect(hours.size).toBeGreaterThan(6);

    await first.close();
    const { evening: second } = await night();
    expect(createHash('sha256').update(transcriptOf(second)).digest('hex')).toBe(hash);
    await second.close();
  });
});
