import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_PACKET } from '../../../bridges/cdj-hid/codec.ts';
import { cutMessage } from '../../../bridges/cdj-hid/fragments.ts';
import {
  type HostLogin,
  LOGIN_PATIENCE_MS,
  loginDueAt,
  openLogin,
  stepLogin,
} from '../../../bridges/cdj-hid/host-login.ts';
import { PACKETS, REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import type { Login } from '../../../bridges/cdj-hid/login/login-data.ts';
import { encodeLogin, type LoginMessage } from '../../../bridges/cdj-hid/login-codec.ts';
import {
  openPlayerLogin,
  type PlayerLogin,
  playerLoginDueAt,
  stepPlayerLogin,
} from '../../../bridges/cdj-hid/simulator/player-login.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { bytesOf, HID_LOGINS, type LoginSample } from './capture-samples.ts';

const USUAL = { announceLength: 6, acceptedIndex: 'echo' } as const;
const hostOf = (login: Login, seed = '0011223344556677', deviceId: string | null = null): HostLogin =>
  openLogin({ login, deviceId, seed: bytesOf(seed) }, 0);

const playerOf = (change: Partial<PlayerLogin['options']> = {}): PlayerLogin =>
  openPlayerLogin(
    {
      product: 'CDJ2000NXS2',
      firmware: { major: 1, minor: 85 },
      deck: 0,
      seed: bytesOf('000053DC'),
      checksId: true,
      hostPatienceMs: 2000,
      quirks: USUAL,
      ...change,
    },
    0,
  );

const packetsOf = (message: LoginMessage, deck = 0): readonly Uint8Array[] =>
  cutMessage({ deck, type: PACKETS.handshake.type, payload: encodeLogin(message) });

/** A host and a player that hear each other at once; every packet of either side, in order. */
function talk(host: HostLogin, player: PlayerLogin, rounds = 30) {
  const said: { readonly from: 'host' | 'player'; readonly bytes: Uint8Array }[] = [];
  const notes: string[] = [];
  const toHost: Uint8Array[] = [];
  const toPlayer: Uint8Array[] = [];
  let [ours, theirs] = [host, player];
  let at = 0;
  for (let i = 0; i < rounds; i++) {
    if (toHost.length === 0 && toPlayer.length === 0) {
      at = playerLoginDueAt(theirs) ?? at;
      const woken = stepPlayerLogin(theirs, null, at);
      theirs = woken.login;
      toHost.push(...woken.send);
    }
    for (const packet of toHost.splice(0)) {
      said.push({ from: 'player', bytes: packet });
      const step = stepLogin(ours, packet, at);
      ours = step.login;
      notes.push(...step.notes.map(({ text }) => text));
      toPlayer.push(...step.send);
    }
    for (const packet of toPlayer.splice(0)) {
      said.push({ from: 'host', bytes: packet });
      const step = stepPlayerLogin(theirs, packet, at);
      theirs = step.login;
      toHost.push(...step.send);
    }
  }
  return { host: ours, player: theirs, said, notes };
}

const words = (packets: LoginSample['packets']) => packets.map(({ from, bytes }) => `${from} ${toHex(bytes)}`);

describe.each(HID_LOGINS.map(each => [each.name, each] as const))('%s', (_, sample) => {
  const mine = (from: 'host' | 'player') =>
    sample.packets.filter(each => each.from === from).map(({ bytes }) => toHex(bytes));

  it('the host says each packet byte for byte, when it hears those of the player', () => {
    let host = hostOf(sample.login, sample.hostSeed);
    const sent: string[] = [];
    for (const { from, bytes } of sample.packets) {
      if (from === 'host') continue;
      const step = stepLogin(host, bytes, 10);
      host = step.login;
      sent.push(...step.send.map(toHex));
    }
    expect(sent).toEqual(mine('host'));
    expect(host).toMatchObject({ stage: 'online', product: sample.product, firmware: sample.firmware });
  });

  it('the player says each packet byte for byte, when it hears those of the host', () => {
    const { product, firmware, playerSeed } = sample;
    let player = playerOf({ product, firmware, seed: bytesOf(playerSeed) });
    const sent: string[] = [];
    const take = (packet: Uint8Array | null): void => {
      const step = stepPlayerLogin(player, packet, 0);
      player = step.login;
      sent.push(...step.send.map(toHex));
    };
    take(null);
    for (const { from, bytes } of sample.packets) if (from === 'host') take(bytes);
    expect(sent).toEqual(mine('player'));
    expect(player.stage).toBe('online');
  });

  it('both together say the whole of it', () => {
    const { product, firmware, playerSeed } = sample;
    const { said } = talk(
      hostOf(sample.login, sample.hostSeed),
      playerOf({ product, firmware, seed: bytesOf(playerSeed) }),
      4,
    );
    expect(words(said.map(each => ({ ...each, stage: 'announce' })))).toEqual(words(sample.packets));
  });
});

describe('a login', () => {
  it('succeeds with any seeds, decks, lengths and numbers', () => {
    const seed8 = fc.uint8Array({ minLength: 8, maxLength: 8 });
    const seed4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
    const options = fc.record({
      login: fc.constantFrom<Login>('rekordbox', 'serato', 'traktor'),
      deck: fc.nat(4),
      announceLength: fc.constantFrom(4 as const, 6 as const),
      acceptedIndex: fc.constantFrom('echo' as const, 'single' as const),
    });
    fc.assert(
      fc.property(seed8, seed4, options, (hostSeed, playerSeed, { login, deck, ...quirks }) => {
        const host = openLogin({ login, deviceId: null, seed: hostSeed }, 0);
        const ended = talk(host, playerOf({ seed: playerSeed, deck, quirks }), 4);
        expect([ended.host.stage, ended.player.stage, ended.host.deck]).toEqual(['online', 'online', deck]);
        expect(ended.notes).toEqual([]);
      }),
    );
  });

  it('with a wrong answer is reset and announced anew, and the host asks with another seed', () => {
    const first = talk(hostOf('rekordbox'), playerOf(), 2);
    const answer = {
      ...packetsOf({
        stage: 'answer',
        manufacturer: 'PioneerDJ',
        product: 'rekordbox',
        hash: 0,
        deviceId: new Uint8Array(10),
      }),
    };
    let player = playerOf();
    player = stepPlayerLogin(player, null, 0).login;
    const challenge = first.said.find(({ from }) => from === 'host')?.bytes ?? EMPTY_PACKET;
    player = stepPlayerLogin(player, challenge, 0).login;
    const refused = stepPlayerLogin(player, answer[0] ?? EMPTY_PACKET, 0);
    expect(refused.send[0]).toEqual(EMPTY_PACKET);
    expect(refused.send).toHaveLength(2);

    let host = hostOf('rekordbox');
    const challenges: string[] = [];
    for (const packet of [first.said[0]?.bytes ?? EMPTY_PACKET, ...refused.send]) {
      const step = stepLogin(host, packet, 100);
      host = step.login;
      challenges.push(...step.send.map(toHex));
    }
    expect(challenges).toHaveLength(2);
    expect(new Set(challenges).size).toBe(2);
  });

  const announced = packetsOf({ stage: 'announce', firmware: null });

  /** The host after it has asked, and what it answers to this. */
  function answered(change: Partial<LoginMessage & { stage: 'response' }>, login: Login = 'rekordbox') {
    const host = stepLogin(hostOf(login, '02664E6EA8E7A2CB'), announced[0] ?? EMPTY_PACKET, 0).login;
    const response: LoginMessage = {
      stage: 'response',
      manufacturer: 'PioneerDJ',
      product: 'CDJ2000NXS2',
      hash: 0x147ffb4b,
      seed: bytesOf('000053DC'),
      ...change,
    };
    return stepLogin(host, packetsOf(response)[0] ?? EMPTY_PACKET, 10);
  }

  it('whose proof is wrong is not answered, and the line says both proofs and what to do', () => {
    expect(answered({}).send).toHaveLength(1);
    const { send, notes, login } = answered({ hash: 0x147ffb4a });
    expect(send).toEqual([]);
    expect(login.stage).toBe('waiting');
    expect(notes.map(({ text }) => text)).toEqual([
      'CDJ2000NXS2 does not prove itself: it says 147FFB4A, expected 147FFB4B; it is not answered. Switch its control mode off and on; should it stay so, try "login: serato" or "login: traktor"',
    ]);
  });

  it('to a player whose id is not known says which logins would do', () => {
    const { send, notes } = answered({ product: 'CDJ3000' });
    expect(send).toEqual([]);
    expect(notes[0]?.text).toBe(
      'no id is known with which CDJ3000 takes rekordbox; write "login: serato" or "login: traktor"',
    );
    expect(answered({ product: 'CDJ9000' }).notes[0]?.text).toContain('quirks: { device-id: … }');
  });

  it('takes the id of the profile instead of the table', () => {
    const host = hostOf('rekordbox', '02664E6EA8E7A2CB', '02F0F4510ED30A2C1042');
    const { said } = talk(host, playerOf({ checksId: false }), 4);
    const answer = said.filter(({ from }) => from === 'host').at(-1);
    expect(toHex(answer?.bytes ?? EMPTY_PACKET)).toContain('05 16 00 02 0f 00 0f 04');
  });

  it('is begun once though its announcement comes twice, and both answers of a player that resends are right', () => {
    const [packet = EMPTY_PACKET] = announced;
    const once = stepLogin(hostOf('rekordbox'), packet, 0);
    expect(stepLogin(once.login, packet, 20).send).toEqual([]);
    expect(stepLogin(once.login, packet, 1000).send).toHaveLength(1);
    // An answer to the question before the last is right as well.
    const twice = stepLogin(stepLogin(hostOf('rekordbox', '02664E6EA8E7A2CB'), packet, 0).login, packet, 1000).login;
    const late = packetsOf({
      stage: 'response',
      manufacturer: 'PioneerDJ',
      product: 'CDJ2000NXS2',
      hash: 0x147ffb4b,
      seed: bytesOf('000053DC'),
    });
    expect(stepLogin(twice, late[0] ?? EMPTY_PACKET, 1001)).toMatchObject({ notes: [], login: { stage: 'answered' } });
  });

  it('that gets no answer for two seconds waits for the next announcement, and says so', () => {
    const asked = stepLogin(hostOf('rekordbox'), announced[0] ?? EMPTY_PACKET, 0).login;
    expect(loginDueAt(asked)).toBe(LOGIN_PATIENCE_MS);
    expect(stepLogin(asked, null, LOGIN_PATIENCE_MS - 1).login.stage).toBe('challenged');
    const given = stepLogin(asked, null, LOGIN_PATIENCE_MS);
    expect(given.login.stage).toBe('waiting');
    expect(given.notes[0]?.text).toContain('switch its control mode off and on');
  });

  it('that fails three times lets the device rest, longer each time, and is not given up', () => {
    let host = hostOf('rekordbox');
    const rests: number[] = [];
    for (let i = 0; i < 18; i++) {
      host = stepLogin(host, announced[0] ?? EMPTY_PACKET, i * 10_000).login;
      const { login, restMs } = stepLogin(host, EMPTY_PACKET, i * 10_000 + 5);
      host = login;
      if (restMs !== null) rests.push(restMs);
    }
    expect(rests).toEqual([1000, 1000, 2000, 4000, 8000, 8000]);
    expect(stepLogin(host, announced[0] ?? EMPTY_PACKET, 300_000).send).toHaveLength(1);
  });

  it('of none is online with the first report of controls, and says so when the player wants one', () => {
    const report = new Uint8Array(REPORT_BYTES);
    report[1] = PACKETS['control-input'].type;
    expect(stepLogin(hostOf('none'), report, 0).login.stage).toBe('online');
    expect(stepLogin(hostOf('rekordbox'), report, 0).login.stage).toBe('waiting');
    const { send, notes } = stepLogin(hostOf('none'), announced[0] ?? EMPTY_PACKET, 0);
    expect(send).toEqual([]);
    expect(notes[0]?.text).toContain('"login: traktor"');
  });

  it('never throws, whatever the player sends in whatever order', () => {
    const [announce = EMPTY_PACKET] = announced;
    const known = HID_LOGINS.flatMap(({ packets }) => packets.map(({ bytes }) => bytes));
    const packet = fc.oneof(
      fc.constantFrom(announce, EMPTY_PACKET, ...known),
      fc.tuple(fc.constantFrom(...known), fc.nat(63), fc.nat(255)).map(([bytes, at, byte]) => {
        const changed = bytes.slice();
        changed[at] = byte;
        return changed;
      }),
      fc.uint8Array({ maxLength: 70 }),
    );
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 20 }),
        fc.constantFrom<Login>('rekordbox', 'none'),
        (packets, login) => {
          let host = hostOf(login, '02664E6EA8E7A2CB');
          let player = playerOf();
          packets.forEach((each, i) => {
            host = stepLogin(host, each, i).login;
            player = stepPlayerLogin(player, each, i).login;
          });
          expect(['waiting', 'challenged', 'answered', 'online']).toContain(host.stage);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
