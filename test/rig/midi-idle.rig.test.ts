/** Three devices and one that is not there, left alone for two minutes: what each look at the ports leaves behind. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSequencer } from '../../bridges/midi/sequencer.ts';
import { openOn, readyOn, sequencer, waitMs } from './midi-port.ts';

const IDLE_MS = 120_000;
/** Opened by easymidi a port may take two places until the collector runs: it lists the ports once. */
const PLACES_OF_PORT = 2;
const PORTS = ['VirMIDI 0-1', 'VirMIDI 0-2', 'VirMIDI 0-3'];

const places = (): number => parseSequencer(sequencer()).filter(({ client }) => client.startsWith('RtMidi')).length;

describe('three devices that nothing is sent to', () => {
  it('take no more places in the sequencer after two idle minutes than when they were opened', async t => {
    const before = places();
    const absent = openOn('No Such Port');
    const bridges = await Promise.all(PORTS.map(port => readyOn(port)));
    const opened = places();
    await waitMs(IDLE_MS);
    const idle = places();
    t.diagnostic(`places: ${before} before, ${opened} with three ports open, ${idle} two minutes later`);
    assert.ok(idle <= opened, sequencer());
    assert.ok(opened - before <= PORTS.length * PLACES_OF_PORT, sequencer());
    assert.ok(bridges.every(bridge => bridge.news.length === 1));
    await Promise.all([...bridges, absent].map(bridge => bridge.close()));
    assert.equal(places(), before);
  });
});
