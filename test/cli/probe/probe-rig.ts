/** A probe in simulated time, at a simulated unit with any quirk, and with hands that follow the steps, or do not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import { probeUnit } from '../../../src/cli/probe/probe-opus-quad.ts';
import { UNIT_PLAN } from '../../../src/cli/probe/unit-plan.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../../src/network/memory-network.ts';
import { sendingThrough } from '../../../src/network/sending-through.ts';

const [US, UNIT] = ['10.0.0.1', '10.0.0.2'];
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

/** What is done at a step: acts of a set, with times from the beginning of the step, and keys. */
export interface Hands {
  readonly acts?: readonly string[];
  /** Keys, each after so many seconds. */
  readonly keys?: readonly (readonly [number, string])[];
  /** Our cable, out from and in again at so many seconds. */
  readonly cable?: readonly [number, number];
}

/** Hands that do what each step says. */
export const RIGHT_HANDS: Readonly<Record<string, Hands>> = {
  load: { acts: ['deck: 1, load: Night Tram, on-air: on'] },
  second: { acts: ['deck: 3, load: Glass Quay'] },
  play: { acts: ['deck: 1, play'] },
  'fader-down': { acts: ['deck: 1, on-air: off'], keys: [[3, '\r']] },
  'fader-up': { acts: ['deck: 1, on-air: on'], keys: [[3, '\r']] },
  loop: { acts: ['deck: 1, loop: 4 beats'], keys: [[9, '\r']] },
  streamed: { acts: ['deck: 1, loop: out', 'deck: 2, load: Slow Lantern as streamed with number 0'] },
  unanalysed: { acts: ['deck: 4, load: Copper Awning as unanalysed'] },
  positions: { acts: ['deck: 2, eject', 'deck: 4, eject'] },
  pause: { acts: ['deck: 1, pause'] },
};

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

export interface Probed {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  /** Answer of each question, as the result says it. */
  readonly answers: ReadonlyMap<string, string>;
  /** The part of a profile. */
  readonly profile: string;
  /** Kinds of packets that have left. */
  readonly left: readonly string[];
  readonly files: readonly string[];
  readonly folder: string;
}

/** @param quirks as a set writes them: `reports-on-air: off` */
export async function probed(
  quirks: string,
  hands: Readonly<Record<string, Hands>> = RIGHT_HANDS,
  { hasUnit = true } = {},
): Promise<Probed> {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const clock = virtualClock(1000);
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 2 });
  const [ours, theirs] = [memory.host(nic(US)), memory.host(nic(UNIT))];
  const left: string[] = [];
  const network = sendingThrough(ours, (to, bytes, send) => {
    const decoded = decode(to, bytes);
    left.push(decoded.ok ? (decoded.packet?.kind ?? 'passed over') : decoded.reason);
    send();
  });
  const parsed = parseDjScript(`quirks: { ${quirks} }\nacts: []\n`, 'set.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const unit = hasUnit
    ? await openSimulatedUnit({ network: theirs, clock, interfaceAddress: UNIT, peer: null, set: parsed.set })
    : null;
  const lines: string[] = [];
  const errors: string[] = [];
  const out: Terminal = {
    ...{ isTerminal: false, columns: () => 80, rows: () => 24, redraw() {} },
    line(text) {
      lines.push(text);
      const [, number] = /^(\d+) of \d+ {2}/.exec(text) ?? [];
      const step = number === undefined ? undefined : UNIT_PLAN.steps[Number(number) - 1]?.id;
      if (step !== undefined) follow(hands[step] ?? {});
    },
    error: text => void errors.push(text),
  };
  let press: (key: string) => void = () => {};
  function follow({ acts = [], keys = [], cable }: Hands): void {
    for (const [i, text] of acts.entries()) {
      const act = parseDjScript(
        `acts:\n  - { at: 0:00, deck: 1, load: Night Tram }\n  - { at: 0:00, deck: 2, load: Night Tram }\n  - { at: 0:00, deck: 4, load: Night Tram }\n  - { at: 0:01, ${text} }\n`,
        text,
      );
      if (!act.ok) throw new Error(act.mistakes.join('\n'));
      const own = act.set.acts.slice(3);
      clock.at(clock.now() + 500 + 100 * i, () => {
        for (const each of own) unit?.act(each.act);
      });
    }
    for (const [seconds, key] of keys) clock.at(clock.now() + 1000 * seconds, () => press(key));
    if (cable !== undefined) {
      clock.at(clock.now() + 1000 * cable[0], () => ours.plug(false));
      clock.at(clock.now() + 1000 * cable[1], () => ours.plug(true));
    }
  }
  let isDone = false;
  const running = probeUnit(
    { interface: null, unit: null, to: folder, computerName: 'booth' },
    {
      ...{ network, clock, out, stop: new AbortController().signal, unixMs: at => Date.UTC(2026, 10, 21) + at },
      contextFor: async () => ({ out, bridges: BRIDGES, library: NO_LIBRARY }),
      keys(heard) {
        press = heard;
        return () => {};
      },
    },
  ).finally(() => {
    isDone = true;
  });
  for (let i = 0; i < 1800 && !isDone; i++) {
    clock.advance(500);
    await settled();
    await new Promise(done => setImmediate(done));
  }
  const code = await running;
  await unit?.close();
  const answers = new Map(
    lines.flatMap(line => {
      const [, question, answer] = /^# ([\w-]+): (.*)$/.exec(line) ?? [];
      return question === undefined || answer === undefined ? [] : [[question, answer] as const];
    }),
  );
  const profile = readFileSync(join(folder, 'opus-quad-probe.yaml'), 'utf8');
  return { code, lines, errors, answers, profile, left: [...new Set(left)], files: readdirSync(folder).sort(), folder };
}
