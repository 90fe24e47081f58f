import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings } from '../../../src/cli/doctor/findings.ts';
import { gatherFacts } from '../../../src/cli/doctor/machine-facts.ts';
import type { HostNeed } from '../../../src/cli/doctor/needs.ts';
import type { Cancel } from '../../../src/core/clock.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { DEAF, ETHERNET, nic, said, TOPICS, UNIT, unitKeepAlive, unitNeed } from './doctor-rig.ts';

describe('looking at this machine', () => {
  it('every topic gets a line from what is really here, and nothing is sent', async () => {
    const clock = liveClock();
    const memory = memoryNetwork(clock);
    const sent: unknown[] = [];
    const host = memory.host(ETHERNET);
    const network: Network = {
      ...host,
      open: async (local, listener) => {
        const socket = await host.open(local, listener);
        return { ...socket, send: (to, bytes) => void sent.push({ to, bytes }) };
      },
    };
    const unit = await memory.host(nic('eth0', UNIT.address)).open({ address: '0.0.0.0', port: 50000 }, DEAF);
    let stop: Cancel = () => {};
    const call = (): void => {
      unit.send({ address: '10.0.0.255', port: 50000 }, unitKeepAlive);
      stop = clock.at(clock.now() + 20, call);
    };
    call();
    const folder = mkdtempSync(join(tmpdir(), 'decklight-'));
    const needs: readonly HostNeed[] = [
      unitNeed(),
      { kind: 'host', bridge: 'console', host: '127.0.0.1' },
      { kind: 'midi-output', bridge: 'daw', device: 'no such port', isVirtual: false },
    ];
    const facts = await gatherFacts({
      ...{ network, clock, folder, needs },
      ...{ nodeWants: '>=20.19', listenMs: 120, watchMs: 60 },
    });
    stop();
    expect(facts.peers).toEqual([UNIT]);
    expect(facts.lateness.mostMs).toBeGreaterThanOrEqual(facts.lateness.p99Ms);
    expect(facts.disk).toMatchObject({ folder, isWritable: true });
    expect(facts.disk.freeBytes).toBeGreaterThan(0);
    const found = findings(facts);
    expect(new Set(found.map(({ topic }) => topic))).toEqual(new Set([...TOPICS, 'opus', 'console', 'daw']));
    const lines = said(found);
    expect(lines).toContain('ok    unit: OPUS-QUAD at 10.0.0.7, by eth0 10.0.0.5');
    expect(lines).toContain('ok    console: 127.0.0.1, this machine');
    expect(lines.find(line => line.includes('daw: '))).toMatch(/^fail {2}daw: no /);
    expect(sent).toEqual([]);
  }, 30_000);
});
