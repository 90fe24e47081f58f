/** An evening with a relay: a WebSocket client reads what the simulated unit said, byte for byte. */
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { toHex } from '../../src/bytes/hex.ts';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';
import { openEvening } from './hour-show.ts';

const SET = `
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:00, deck: 2, load: Copper Awning }
  - { at: 0:02, deck: 1, play }
  - { at: 0:03, deck: 2, play }
`;

it('statuses of four decks reach a client in order, with the bytes that the unit sent and nothing between them', async () => {
  const port = await freePort();
  const profile = `
decklight: 1
name: relay
bridges:
  opus: { type: opus-quad }
  relay: { type: relay, port: ${port} }
`;
  const evening = await openEvening(profile, SET);
  const sent: string[] = [];
  const decks = new Set<number>();
  evening.onDatagram(({ port: to, bytes }) => {
    // Type 0x0a on port 50002 is a CDJ status; byte 0x21 says whose.
    if (to !== 50002 || bytes[0x0a] !== 0x0a) return;
    sent.push(toHex(bytes));
    decks.add(bytes[0x21] ?? 0);
  });
  await until(() => evening.show.status().some(({ name, state }) => name === 'relay' && state === 'ready'));
  const heard: string[] = [];
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on('message', (data: Buffer) => heard.push(toHex(data)));
  await new Promise(done => client.on('open', done));

  evening.pass(10_000);
  await until(() => heard.length >= sent.length);
  expect(heard).toEqual(sent);
  expect([...decks].sort((a, b) => a - b)).toEqual([9, 10, 11, 12]);
  client.terminate();
  await evening.close();
});
