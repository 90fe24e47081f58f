/**
 * The live show on loopback: from a unit's first keep-alive to its first status, from a packet in to the datagram that it
 * causes beside a bare socket that does the same, and what four decks with four timecodes cost. Prints figures.
 *
 * The unit is a process of its own.
 *
 *   node --import tsx test/bench/live.ts [lighting|cdj] [seconds]
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { NO_WATCHER } from '../../src/live/engine.ts';
import { clock, network, openLiveShow, openReceiver, profileOf, US, unitBridge } from './live-show.ts';
import { quantile } from './quantile.ts';
import { openUnitProcess } from './unit-process.ts';

const MODE = process.argv[2] ?? 'lighting';
const SECONDS = Number(process.argv[3] ?? 30);
const [CONSOLE_PORT, OTHER_PORT, ARTNET_PORT] = [47_912, 47_913, 47_914];
const RULES = 1000;

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const quantiles = (values: readonly number[]): string => {
  const at = (q: number): string => quantile(values, q).toFixed(3);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms (${values.length})`;
};

/** A socket that answers each datagram with another one, and how long that takes. */
async function bare(count: number): Promise<readonly number[]> {
  const [from, through, to] = [createSocket('udp4'), createSocket('udp4'), createSocket('udp4')];
  for (const socket of [from, through, to]) socket.bind(0, US);
  await Promise.all([from, through, to].map(socket => once(socket, 'listening')));
  through.connect(to.address().port, US);
  await once(through, 'connect');
  const gate = createSocket('udp4');
  gate.bind(0, US);
  await once(gate, 'listening');
  gate.on('message', () => through.send(new Uint8Array(28)));
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const sentAt = clock.now();
    from.send(new Uint8Array(284), gate.address().port, US);
    await once(to, 'message');
    took.push(clock.now() - sentAt);
    await pause(20);
  }
  for (const socket of [from, through, to, gate]) socket.close();
  return took;
}

const set = `set: cost
acts:
${[1, 2, 3, 4].map((deck, i) => `  - { at: 0:00, deck: ${deck}, load: ${['Night Tram', 'Glass Quay', 'Fast Allotment', 'Second Platform'][i]}, on-air: on }\n  - { at: 0:0${deck}.1, deck: ${deck}, play }`).join('\n')}
`;
const rules = Array.from(
  { length: RULES - 1 },
  (_, i) => `  - { name: r${i}, while: track.id == ${i + 100_000}, do: [{ console: /never }] }`,
);
const profile = profileOf(`decklight: 1
bridges:
  opus: ${unitBridge(MODE)}
  console: { type: osc, host: ${US}, port: ${CONSOLE_PORT} }
  desk: { type: osc, host: ${US}, port: ${OTHER_PORT} }
  media: { type: artnet, host: ${US}, port: ${ARTNET_PORT} }
  sound: { type: ltc, player: [sh, -c, "cat > /dev/null"] }
timecode:
  one: { follow: deck 1, to: [console] }
  two: { follow: deck 2, to: [desk], rate: 25 }
  three: { follow: deck 3, to: [media] }
  four: { follow: deck 4, to: [sound], rate: 25 }
rules:
  - { name: playing, while: deck1.isPlaying, do: [{ console: /playing }], undo: [{ console: /standing }] }
${rules.join('\n')}
`);

/** When a datagram came that a packet had caused. */
const causedAt: number[] = [];
const deaf = { datagram() {}, failed() {} };
const receivers = [
  await openReceiver(CONSOLE_PORT, ({ address }, at) => {
    if (['/playing', '/standing'].includes(address)) causedAt.push(at);
  }),
  await network.open({ address: US, port: OTHER_PORT }, deaf),
  await network.open({ address: US, port: ARTNET_PORT }, deaf),
];
let firstStatusAt: number | null = null;
const show = openLiveShow(profile, {
  ...NO_WATCHER,
  received({ event }) {
    if (event.kind === 'deck.report') firstStatusAt ??= clock.now();
  },
});
await pause(500);
const unit = await openUnitProcess(set);
await pause(14_000);
const before = process.cpuUsage();
const beganAt = clock.now();
await pause(SECONDS * 1000);
const { user, system } = process.cpuUsage(before);
const share = ((user + system) / 1000 / (clock.now() - beganAt)) * 100;
say(
  `${MODE}: four decks, four timecodes (OSC, OSC, Art-Net, LTC), ${RULES} rules, with the receivers in this process: ` +
    `${share.toFixed(1)} % of a core, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
);
for (let i = 0; i < 200; i++) {
  unit.act({ kind: i % 2 === 0 ? 'pause' : 'play', deck: 1 });
  await pause(97);
}
const { firstKeepAliveAt, statusAt } = await unit.close();
say(`first keep-alive to first status ${((firstStatusAt ?? Number.NaN) - firstKeepAliveAt).toFixed(0)} ms`);
const caused = causedAt.map(at => at - (statusAt.findLast(sentAt => sentAt <= at) ?? Number.NaN));
say(`packet in to the datagram it causes, ${RULES} rules: ${quantiles(caused)}`);
say(`a bare socket that answers: ${quantiles(await bare(200))}`);
await show.close();
await Promise.all(receivers.map(receiver => receiver.close()));
process.exit();
