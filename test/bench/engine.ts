/**
 * What the way from packet to intent costs. Prints figures; compares within this one run, judges nothing.
 *
 *   node --expose-gc --import tsx test/bench/engine.ts
 */
import { decode } from '../../bridges/opus-quad/codec.ts';
import { PORTS, status } from '../../bridges/opus-quad/layout.ts';
import { step as stepSession } from '../../bridges/opus-quad/session/session.ts';
import { openSession, type SessionState, USUAL_OPTIONS } from '../../bridges/opus-quad/session/session-state.ts';
import { toReport } from '../../bridges/opus-quad/session/status-report.ts';
import { EMPTY_SHOW, reduce } from '../../src/core/deck/decks.ts';
import type { DeckNumber } from '../../src/core/deck-report.ts';
import { begin, FRESH_START, prepare } from '../../src/core/engine/engine-state.ts';
import { step } from '../../src/core/engine/step.ts';
import type { Rule } from '../../src/core/rules/rule.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { readCaptures } from '../capture-folders.ts';
import {
  momentRule,
  profileOf,
  report,
  reportEvent,
  stampAt,
  stateRule,
  structureEvent,
} from '../core/core-samples.ts';
import { quantile } from './quantile.ts';

const sample = readCaptures('opus-quad').find(({ name }) => name === 'opus-status-playing');
if (sample === undefined) throw new Error('no sample');
const value = status.decode(sample.bytes);
if (!value.ok) throw new Error(value.reason);

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const microseconds = (samples: number[]): string => {
  const each = samples.map(ms => ms * 1000);
  return [0.5, 0.99, 0.999].map(q => `p${q * 100} ${quantile(each, q).toFixed(1)}`).join(', ');
};

/** Statuses of four decks in turn, 50 ms apart, as bytes. */
const packets = Array.from({ length: 4000 }, (_, i) => {
  const number = 9 + (i % 4);
  const beat = 1 + (Math.floor((i * 50 * 128) / 60000) % 400);
  const beatInBar = (((beat - 1) % 4) + 1) as 1 | 2 | 3 | 4;
  return status.encode(
    { ...value.value, number, numberAgain: number, trackId: 7, beat, beatInBar, packetCounter: i },
    0x11c,
  );
});

function decodeAndReduce(count: number): void {
  let show = EMPTY_SHOW;
  const heap: number[] = [];
  const from = nowMs();
  for (let i = 0; i < count; i++) {
    const bytes = packets[i % packets.length] as Uint8Array;
    const decoded = decode({ port: PORTS.status }, bytes);
    if (!decoded.ok || decoded.packet?.kind !== 'status') throw new Error('not a status');
    const deck = { unit: 'opus', number: ((i % 4) + 1) as DeckNumber };
    const event = {
      kind: 'deck.report',
      deck,
      report: toReport(decoded.packet, {
        isOrderProved: true,
        isAfterLoss: false,
        trackKind: 'trusted',
        onAir: 'believed',
      }),
    } as const;
    show = reduce(show, { source: 'opus', event, stamp: stampAt(i * 50) });
    if (i % (count / 4) === count / 8) {
      globalThis.gc?.();
      heap.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
  }
  const each = ((nowMs() - from) * 1000) / count;
  say(
    `decode and reduce one status: ${each.toFixed(2)} µs each over ${count}; heap ${heap.map(mib => mib.toFixed(1)).join(', ')} MiB`,
  );
}

function session(count: number): void {
  let state: SessionState = openSession({ ...USUAL_OPTIONS, unit: 'opus', computerName: 'bench', mode: 'lighting' });
  const nic = { name: 'eth0', address: '10.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
  state = stepSession(state, { kind: 'interfaces', interfaces: [nic], absence: 'unknown' }, 0).state;
  const from = nowMs();
  for (let i = 0; i < count; i++) {
    const bytes = packets[i % packets.length] as Uint8Array;
    const datagram = { from: { address: '10.0.0.2', port: 9 }, port: PORTS.status, bytes, stamp: stampAt(i * 50) };
    state = stepSession(state, { kind: 'datagram', datagram }, i * 50).state;
  }
  say(`the session's step for one status: ${(((nowMs() - from) * 1000) / count).toFixed(2)} µs`);
}

function engine(rules: readonly Rule[], name: string, count: number): void {
  const program = prepare(profileOf(rules), NO_LIBRARY);
  let state = begin(program, FRESH_START, 0);
  const samples: number[] = [];
  let intents = 0;
  for (let i = 0; i < count; i++) {
    const number = ((i % 4) + 1) as DeckNumber;
    const at = i * 50;
    const beat = 1 + (Math.floor((at * 120) / 60000) % 76);
    const events = [reportEvent(number, report({ beat, beatInBar: ((beat - 1) % 4) + 1 }))];
    if (i < 4) events.push(structureEvent(number));
    for (const event of events) {
      const from = nowMs();
      const stepped = step(program, state, { source: 'opus', event, stamp: stampAt(at) }, at);
      samples.push(nowMs() - from);
      state = stepped.state;
      intents += stepped.intents.length;
    }
  }
  say(`the engine's step, ${name}: ${microseconds(samples)} µs over ${samples.length} packets, ${intents} intents`);
}

const chorus = { kind: 'phrase-kind', phraseKind: 'chorus', nth: null } as const;
const many = (count: number): Rule[] =>
  Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? momentRule(`moment ${i}`, { kind: 'beat', beat: 1 + (i % 76) })
      : stateRule(`state ${i}`, i % 4 === 1 ? 'phrase.kind == chorus' : `track.id == ${i}`),
  );

decodeAndReduce(2_000_000);
session(500_000);
engine([momentRule('one', chorus)], 'one rule', 40_000);
engine(many(1000), '1000 rules', 40_000);
