/** Two players by USB beside a unit, for ten minutes in which everything happens to their cables and their logins. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dishonesty } from '../../bridges/cdj-hid/simulator/dishonesty.ts';
import type { PluggedPlayer } from '../../bridges/cdj-hid/simulator/memory-hid.ts';
import { isPlayerOnline, openPlayer } from '../../bridges/cdj-hid/simulator/player.ts';
import { HOST_PATIENCE_MS } from '../../bridges/cdj-hid/simulator/player-login.ts';
import { USUAL_PLAYER } from '../../bridges/cdj-hid/simulator/player-options.ts';
import { seededRandom } from '../../src/core/random.ts';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { type Evening, openEvening } from './hour-show.ts';

const MINUTES = 10;
const STEPS = 400;
/** Promises of the HID handles are kept between two steps of time. */
const STEP_MS = 20;
const NAMES = ['left', 'right'] as const;
type Name = (typeof NAMES)[number];

const PROFILE = `
decklight: 1
name: two surfaces
bridges:
  opus: { type: opus-quad }
  left: { type: cdj-hid, serial: L }
  right: { type: cdj-hid, serial: R, login: serato }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  step: [{ console: /left }]
  other: [{ console: /right }]
cue-lists:
  left: [${Array(STEPS).fill('step').join(', ')}]
  right: [${Array(STEPS).fill('other').join(', ')}]
panic: step
controls:
  left: { buttons: { play-pause: { press: go left } } }
  right: { buttons: { play-pause: { press: go right } } }
rules:
  - name: phrase
    when: phrase
    do: [{ console: { address: /phrase, args: ["\${track.id}", "\${round(phrase.index)}"] } }]
  - name: bar
    when: downbeat
    do: [{ console: { address: /bar, args: ["\${round(deck.beat)}"] } }]
  - name: lamp
    while: deck.beatInBar == 1 or deck.beatInBar == 2
    do: [{ left: { sync: on } }, { right: { master: on } }]
    undo: [{ left: { sync: off } }, { right: { master: off } }]
`;

const SET = `
set: ten minutes
seed: 5
length: 3:00
repeat: true
acts:
  - { at: 0:01, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:03, deck: 1, play }
  - { at: 1:20, deck: 1, jump: by 32 beats }
  - { at: 1:40, deck: 2, load: Copper Awning }
  - { at: 2:00, deck: 2, play, on-air: on }
  - { at: 2:04, deck: 1, on-air: off }
  - { at: 2:06, deck: 1, pause }
  - { at: 2:50, deck: 2, pause, on-air: off }
`;

const LAMPS = { left: 'sync-led', right: 'master-led' } as const;
const SERIALS = { left: 'L', right: 'R' } as const;

/** One player and what a test knows of it. */
interface Watched {
  readonly name: Name;
  plugged: PluggedPlayer | null;
  plugs: number;
  /** Since when it has been logged in without a break; null: it is not. */
  readySince: number | null;
  /** Since when nothing stands in the way of its login; null: something does. */
  soundSince: number | null;
  presses: number;
}

interface Outcome {
  readonly evening: Evening;
  readonly watched: readonly Watched[];
  /** ms from when a player was sound again until it was logged in, with the trouble before it. */
  readonly returns: readonly { readonly after: string; readonly ms: number }[];
  /** Lamps that were not what they should be though there was time for it, and lamps of a player that is not logged in. */
  readonly lies: readonly string[];
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

async function tenMinutes(hasPlayers: boolean): Promise<Outcome> {
  const evening = await openEvening(PROFILE, SET, { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 4 });
  const { clock, hid, show } = evening;
  const random = seededRandom(11);
  const returns: { after: string; ms: number }[] = [];
  const lies: string[] = [];
  const trouble = new Map<Name, string>();
  const watched: Watched[] = NAMES.map(name => ({
    ...{ name, plugged: null, plugs: 0, readySince: null, soundSince: null, presses: 0 },
  }));
  let isLit = false;
  let litSince = 0;

  function look(): void {
    const now = clock.now();
    const lit = show.engine.state().sent.has('lamp');
    if (lit !== isLit) litSince = now;
    isLit = lit;
    for (const one of watched) {
      const player = one.plugged?.player();
      // A player that has left control mode without a word is taken for there until it announces itself again.
      const isThere = player !== undefined && isPlayerOnline(player);
      const isReady = isThere && show.status().find(({ name }) => name === one.name)?.state === 'ready';
      if (isReady && one.readySince === null && one.soundSince !== null) {
        returns.push({ after: trouble.get(one.name) ?? 'the start', ms: now - one.soundSince });
      }
      one.readySince = isReady ? (one.readySince ?? now) : null;
      if (player === undefined) continue;
      const lamp = player.shown[LAMPS[one.name]];
      if (!isPlayerOnline(player) && lamp !== 0) lies.push(`${one.name} is lit and not logged in at ${now}`);
      const hadTime = one.readySince !== null && now - Math.max(one.readySince, litSince) > 100;
      if (hadTime && lamp !== (isLit ? 1 : 0)) lies.push(`${one.name} shows ${lamp}, should be ${isLit} at ${now}`);
    }
  }

  async function pass(ms: number): Promise<void> {
    if (!hasPlayers) return evening.pass(ms);
    for (let left = ms; left > 0; left -= STEP_MS) {
      evening.pass(STEP_MS);
      await settled();
      look();
    }
  }

  function plug(one: Watched, dishonesty: Dishonesty | null = null): void {
    const options = { ...USUAL_PLAYER, reportEveryMs: 50, dishonesty, dishonestLogins: 1 };
    const where = { path: `/dev/hidraw${one.plugs++}`, serial: SERIALS[one.name] };
    one.plugged = hid.plug(openPlayer(options, clock.now()), where);
    // One whose first login goes wrong waits for so long before it announces itself again.
    one.soundSince = clock.now() + (dishonesty === null ? 0 : HOST_PATIENCE_MS);
  }

  /** A press that is heard if it is told to begin with: the player was logged in well before and stays so until it is let go. */
  async function press(one: Watched, holdMs: number): Promise<void> {
    const { plugged } = one;
    const isHeard = one.readySince !== null && clock.now() - one.readySince > 200;
    if (plugged === null || !isHeard) return;
    plugged.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
    one.presses++;
    await pass(holdMs);
    one.plugged?.feed({ kind: 'act', act: { kind: 'let-go', control: 'play-pause' } });
    await pass(100);
  }

  async function disturb(one: Watched): Promise<void> {
    const kind = ['unplug', 'unplug-held', 'reset', 'leave', 'bad-hash', 'silence'][Math.floor(random() * 6)] ?? '';
    const isHeld = kind === 'unplug-held';
    trouble.set(one.name, kind);
    if (isHeld && one.readySince !== null && clock.now() - one.readySince > 200) {
      one.plugged?.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
      one.presses++;
      await pass(50);
    }
    one.readySince = null;
    if (kind === 'reset') {
      one.plugged?.feed({ kind: 'reset' });
      one.soundSince = clock.now();
    } else if (kind === 'leave') {
      one.soundSince = null;
      one.plugged?.feed({ kind: 'control-mode', isOn: false });
      await pass(200 + 2000 * random());
      one.plugged?.feed({ kind: 'control-mode', isOn: true });
      one.soundSince = clock.now();
    } else {
      one.plugged?.unplug();
      one.plugged = null;
      one.soundSince = null;
      await pass(100 + 3000 * random());
      plug(one, kind === 'bad-hash' || kind === 'silence' ? kind : null);
    }
  }

  if (hasPlayers) for (const one of watched) plug(one);
  while (clock.now() < MINUTES * 60_000) {
    const one = watched[random() < 0.5 ? 0 : 1];
    if (!hasPlayers || one === undefined) {
      await pass(1000);
      continue;
    }
    if (random() < 0.7) await press(one, 40 + 400 * random());
    else await disturb(one);
    await pass(200 + 1500 * random());
  }
  await pass(4000);
  await evening.close();
  return { evening, watched, returns, lies };
}

describe('ten minutes of two players that are plugged, unplugged, reset and lie, with a unit playing', () => {
  let outcome: Outcome;
  let alone: Outcome;
  beforeAll(async () => {
    alone = await tenMinutes(false);
    outcome = await tenMinutes(true);
  }, 1_200_000);

  // As they left: the network puts what leaves at one moment into any order.
  const ofDecks = ({ evening }: Outcome): readonly string[] =>
    evening.departures.flatMap(({ intent: { because, bridge } }) =>
      bridge === 'console' && because.deck !== null ? [`${because.rule} ${because.place}`] : [],
    );

  it('the cues of the decks are those of the same ten minutes without players: none missed, none doubled', () => {
    const until = Math.min(ofDecks(alone).length, ofDecks(outcome).length);
    expect(until).toBeGreaterThan(150);
    expect(ofDecks(outcome).slice(0, until)).toEqual(ofDecks(alone).slice(0, until));
    expect(Math.abs(ofDecks(outcome).length - ofDecks(alone).length)).toBeLessThanOrEqual(4);
  });

  it('GO is never lost and never twice', () => {
    for (const { name, presses } of outcome.watched) {
      expect(presses, name).toBeGreaterThan(30);
      expect(outcome.evening.received.filter(({ text }) => text === `/${name}`)).toHaveLength(presses);
    }
  });

  it('each session is back by itself within two seconds of when nothing is in its way', () => {
    const troubles = ['bad-hash', 'leave', 'reset', 'silence', 'the start', 'unplug', 'unplug-held'];
    expect([...new Set(outcome.returns.map(({ after }) => after))].sort()).toEqual(troubles);
    expect(outcome.returns.filter(({ ms }) => ms > 2000)).toEqual([]);
  });

  it('no lamp is left in a false state, and none is lit on a player that nobody is logged in to', () => {
    expect(outcome.lies).toEqual([]);
  });

  it('nothing was written to a player that must not have been', () => {
    for (const { plugged } of outcome.watched) expect(plugged?.player().violations ?? []).toEqual([]);
  });
});
