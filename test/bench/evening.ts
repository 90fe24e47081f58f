/**
 * Hours of four decks in simulated time, with one generator of timecode a deck (MTC twice, Art-Net, OSC) and MIDI clock:
 * how long that takes, and whether the same input gives the same bytes. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/evening.ts [hours] [four|one]
 *
 * `one`: one generator and the cues of a night, as an evening has them.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { openEvening } from '../show/hour-show.ts';

const HOURS = Number(process.argv[2] ?? 1);
const IS_FOUR = (process.argv[3] ?? 'four') === 'four';
const HOUR_MS = 3_600_000;
const DESK = { address: '10.0.0.20', port: 6454 };

const set = readFileSync(new URL('../../profiles/sets/one-hour.yaml', import.meta.url), 'utf8').replace(
  'length: 1:00:00',
  'length: 1:00:00\nrepeat: true',
);

const four = `
  lasers: { type: midi, device: Lasers }
  media: { type: artnet, host: ${DESK.address} }
timecode:
  one: { follow: deck 1, rate: 30, to: [daw] }
  two: { follow: deck 2, rate: 25, to: [lasers] }
  three: { follow: deck 3, rate: 30, to: [media] }
  four: { follow: deck 4, rate: 25, to: [console] }
clock:
  tempo: { follow: master, to: [daw] }`;
const one = `
timecode:
  main: { follow: on-air, rate: 30, to: [daw] }`;
const profile = `decklight: 1
name: hours
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }${IS_FOUR ? four : one}
rules:
  - { name: chorus, when: chorus, do: [{ console: /chorus }] }
  - { name: phrase, when: phrase, do: [{ console: { address: /phrase, args: ["\${phrase.kind}"] } }] }
`;

async function run(): Promise<string> {
  const startedAt = performance.now();
  const evening = await openEvening(profile, set, { ...IDEAL_NETWORK, delayMinMs: 0, delayMaxMs: 10 });
  const hash = createHash('sha256');
  const counts = { midi: 0, osc: 0, artnet: 0 };
  const desk = evening.memory.host({
    ...{ name: 'eth0', address: DESK.address, netmask: '255.255.255.0', mac: '02:00:00:00:00:02' },
  });
  await desk.open(
    { address: '0.0.0.0', port: DESK.port },
    {
      datagram({ bytes }) {
        counts.artnet++;
        hash.update(`${evening.clock.now().toFixed(6)} `).update(bytes);
      },
      failed() {},
    },
  );
  // What is opened meanwhile is there a minute later: simulated time waits for no promise.
  for (let minute = 0; minute < HOURS * 60; minute++) {
    evening.pass(HOUR_MS / 60);
    await new Promise(resolve => setImmediate(resolve));
  }
  for (const { at, bytes } of evening.midi) hash.update(`${at.toFixed(6)} `).update(bytes);
  for (const { at, text } of evening.received) hash.update(`${at.toFixed(6)} ${text}\n`);
  counts.midi = evening.midi.length;
  counts.osc = evening.received.length;
  const seconds = (performance.now() - startedAt) / 1000;
  await evening.close();
  process.stdout.write(
    `${HOURS} h in ${seconds.toFixed(1)} s: ${counts.midi} MIDI, ${counts.artnet} Art-Net, ${counts.osc} OSC messages\n`,
  );
  return hash.digest('hex');
}

const [first, second] = [await run(), await run()];
process.stdout.write(`SHA-256 ${first}\n${first === second ? 'the same' : `and ${second}: NOT THE SAME`} twice\n`);
