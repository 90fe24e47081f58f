import { describe, expect, it } from 'vitest';
import { listenForPeers } from '../../../src/cli/doctor/dj-link-peers.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import { DEAF, ETHERNET, nic, SOUND, UNIT, unitKeepAlive } from './doctor-rig.ts';

describe('who is on the network', () => {
  it('whoever makes itself known is heard once, ports are given back, and a held one is said', async () => {
    const clock = virtualClock();
    const network = memoryNetwork(clock);
    const ours = network.host(ETHERNET);
    const unit = await network.host(nic('eth0', UNIT.address)).open({ address: '0.0.0.0', port: 50000 }, DEAF);
    const presence = await listenForPeers(ours);
    expect(presence.ports).toEqual(SOUND.ports);
    const again = await listenForPeers(ours);
    expect(again.ports).toMatchObject([50000, 50001, 50002].map(port => ({ kind: 'held', port, holder: null })));
    for (const bytes of [unitKeepAlive, unitKeepAlive, Uint8Array.of(), unitKeepAlive.slice(0, 20)]) {
      unit.send({ address: '10.0.0.255', port: 50000 }, bytes);
    }
    clock.advance(1);
    expect(presence.peers()).toEqual([UNIT]);
    await presence.close();
    const after = await listenForPeers(ours);
    expect(after.ports).toEqual(SOUND.ports);
  });
});
