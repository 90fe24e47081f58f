/** A probe finds each quirk of a simulated CDJ by hands and eyes that do what it says, and of the rest says that it is not known. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CdjQuirks, USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { memoryHid } from '../../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer, type PlayerAct } from '../../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import { BRIDGES } from '../../../bridges/index.ts';
import { CDJ_PLAN } from '../../../src/cli/probe/cdj-plan.ts';
import { CDJ_TALK, probeCdj } from '../../../src/cli/probe/probe-cdj.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { collect } from '../replay/recorded-show.ts';

interface CdjHands {
  readonly acts?: readonly PlayerAct[];
  readonly keys?: readonly string[];
  readonly isUnplugged?: boolean;
}

const press = (control: PlayerAct['control']): CdjHands => ({
  acts: [
    { kind: 'hold', control },
    { kind: 'let-go', control },
  ],
});

/** Hands and eyes that do what each step says, at a player with these quirks. */
const rightHands = (quirks: CdjQuirks): Readonly<Record<string, CdjHands>> => ({
  'view-open': { acts: [{ kind: 'hold', control: 'library-view' }], keys: ['\r'] },
  'view-closed': { acts: [{ kind: 'let-go', control: 'library-view' }], keys: ['\r'] },
  slider: { acts: [{ kind: 'put', control: 'tempo-slider', to: 1000 }], keys: ['\r'] },
  jog: {
    acts: [
      { kind: 'put', control: 'jog-direction', to: 3 },
      ...Array.from({ length: 48 }, (): PlayerAct => ({ kind: 'turn', control: 'jog-position', by: 608 })),
    ],
    keys: ['\r'],
  },
  needle: {
    acts: [
      ...(quirks.needle === 'always' ? [] : [{ kind: 'hold', control: 'needle-search-touch' } as const]),
      ...[100, 200, 300].map((to): PlayerAct => ({ kind: 'put', control: 'needle-search-position', to })),
      { kind: 'let-go', control: 'needle-search-touch' },
    ],
    keys: ['\r'],
  },
  'track-search-reverse': press('track-search-reverse'),
  'call-half': press('cue-loop-call-half'),
  'call-double': press('cue-loop-call-double'),
  'time-mode': { keys: [quirks.timeMode === 'usual' ? 'y' : 'n'] },
  'tempo-delta': { keys: [quirks.tempoDelta === 'signed' ? 'y' : 'n'] },
  'longest-minutes': { keys: [quirks.longestMinutes > 200 ? 'y' : 'n'] },
});

async function probed(change: Partial<CdjQuirks>, hands?: Readonly<Record<string, CdjHands>>) {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const clock = virtualClock(1000);
  const quirks = { ...USUAL_QUIRKS, ...change };
  const hid = memoryHid(clock);
  const plugged = hid.plug(openPlayer({ ...USUAL_PLAYER, quirks, reportEveryMs: 50 }, clock.now()), { path: 'usb1' });
  const { out, lines, errors } = collect();
  let heard: (key: string) => void = () => {};
  const does = hands ?? rightHands(quirks);
  const told: typeof out = {
    ...out,
    line(text) {
      lines.push(text);
      const [, number] = /^(\d+) of \d+ {2}/.exec(text) ?? [];
      const { acts = [], keys = [], isUnplugged } = does[CDJ_PLAN.steps[Number(number) - 1]?.id ?? ''] ?? {};
      for (const [i, act] of acts.entries()) {
        clock.at(clock.now() + 400 + 60 * i, () => plugged.feed({ kind: 'act', act }));
      }
      for (const key of keys) clock.at(clock.now() + 1000 + 60 * acts.length, () => heard(key));
      if (isUnplugged) clock.at(clock.now() + 400, () => plugged.unplug());
    },
  };
  let isDone = false;
  const running = probeCdj(
    { serial: null, path: null, login: 'traktor', to: folder },
    {
      ...{ clock, out: told, hid: async () => hid, stop: new AbortController().signal },
      unixMs: at => Date.UTC(2026, 10, 21) + at,
      keys(listener) {
        heard = listener;
        return () => {};
      },
      contextFor: async () => ({ out, bridges: BRIDGES, library: NO_LIBRARY }),
    },
  ).finally(() => {
    isDone = true;
  });
  for (let i = 0; i < 4000 && !isDone; i++) {
    clock.advance(250);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    if (i % 8 === 0) await new Promise(done => setImmediate(done));
  }
  const code = await running;
  const answers = new Map(
    lines
      .flatMap(line => /^# ([\w-]+): (.*)$/.exec(line)?.slice(1, 3).join('\n') ?? [])
      .map(each => each.split('\n') as [string, string]),
  );
  const profile = readFileSync(join(folder, 'cdj-probe.yaml'), 'utf8');
  const entry = profile.split('\n').find(line => line.startsWith('  device:')) ?? '';
  return {
    code,
    lines,
    errors,
    answers,
    profile,
    entry,
    files: readdirSync(folder).sort(),
    player: plugged.player(),
    plugged,
  };
}

describe('a probe at a CDJ', () => {
  it('without quirks finds none, writes what it listed alone, and names what no table has', async () => {
    const { code, errors, answers, entry, files, player, lines } = await probed({});
    expect([code, errors]).toEqual([0, []]);
    expect([...answers].filter(([, answer]) => answer.startsWith('not known'))).toEqual([
      ['track-search-reverse', 'not known: no bit rose and fell in time'],
    ]);
    expect(entry).toBe('  device: { type: cdj-hid }');
    expect(player.violations).toEqual([]);
    const [, sent = ''] = /sent: (.*)$/.exec(lines.find(line => line.includes('; sent: ')) ?? '') ?? [];
    expect(
      sent
        .split(', ')
        .map(each => each.replace(/^\d+ /, ''))
        .filter(kind => !(kind in CDJ_TALK)),
    ).toEqual([]);
    expect(files).toEqual(['cdj-probe.bundle.pcapng.gz', 'cdj-probe.yaml']);
  });

  it.each([
    [{ libraryView: 'inverted' }, 'library-view: inverted'],
    [{ tempoSlider: 'inverted' }, 'tempo-slider: inverted'],
    [{ jogWrap: 'turn' }, 'jog-wrap: turn'],
    [{ needle: 'always' }, 'needle: always'],
    [{ timeMode: 'inverted' }, 'time-mode: inverted'],
    [{ tempoDelta: 'unsigned' }, 'tempo-delta: unsigned'],
    [{ longestMinutes: 127 }, 'longest-minutes: 127'],
    [{ announceLength: 4 }, 'announce-length: 4'],
    [{ acceptedIndex: 'single' }, 'accepted-index: single'],
    [
      {
        buttons: {
          'track-search-reverse': { offset: 2, bytes: 1, mask: 4 },
          'cue-loop-call-half': { offset: 3, bytes: 1, mask: 8 },
        },
      },
      'buttons: { track-search-reverse: 0x02/0x04, cue-loop-call-half: 0x03/0x08 }',
    ],
  ] as const)('with %o finds it', async (change, setting) => {
    const { entry, profile, errors } = await probed(change);
    expect(errors).toEqual([]);
    expect(entry).toBe(`  device: { type: cdj-hid, quirks: { ${setting} } }`);
    const loaded = loadProfile(`decklight: 1\n${profile}`, 'probe.yaml', BRIDGES, NO_LIBRARY);
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });

  it('whose operator presses Enter and does nothing, or skips, says what is not known and why', async () => {
    const enter = { keys: ['\r'] };
    const { answers, entry } = await probed(
      { libraryView: 'inverted' },
      {
        'view-open': enter,
        'view-closed': enter,
        slider: enter,
        jog: enter,
        needle: { keys: ['s'] },
        'call-half': enter,
      },
    );
    expect(Object.fromEntries(answers)).toMatchObject({
      'library-view': 'not known: the bit did not change',
      'tempo-slider': 'not known: it stands at 0, near the middle',
      'jog-wrap': 'not known: it turned 0.0 times, which is too little',
      needle: 'not known: its step was skipped',
      'call-half': 'not known: no bit rose and fell',
      'time-mode': 'not known: nobody answered',
    });
    expect(entry).toBe('  device: { type: cdj-hid }');
  });

  it('whose cable is pulled for good tells it, waits a minute, and gives a result of what was seen', async () => {
    const { lines, answers } = await probed({}, { 'view-open': { isUnplugged: true } });
    expect(lines.join('\n')).toContain('is its cable in, is it on? The step waits 60 s for it');
    expect(answers.get('login')).toMatch(/^CDJ2000NXS2, firmware 1\.85/);
    expect(answers.get('jog-wrap')).toBe('not known: the device was gone');
  });
});
