import { describe, expect, it } from 'vitest';
import { keepAlive, statusRequest } from '../../../bridges/opus-quad/layout.ts';
import { deviceLine } from '../../../src/cli/doctor/devices.ts';
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

  it('whatever speaks DJ Link is listed: players, programs, units nobody has tried, and packets nobody can read', async () => {
    const clock = virtualClock();
    const network = memoryNetwork(clock);
    const presence = await listenForPeers(network.host(ETHERNET));
    const from = async (address: string, port: number, ...packets: readonly Uint8Array[]): Promise<void> => {
      const socket = await network.host(nic('eth0', address)).open({ address: '0.0.0.0', port: 0 }, DEAF);
      for (const bytes of packets) socket.send({ address: '10.0.0.255', port }, bytes);
    };
    const alive = (name: string, number: number, deviceKind: 'player' | 'rekordbox' = 'player'): Uint8Array =>
      keepAlive.encode({
        ...{ name, structure: 3, number, seniority: 1, mac: '02:00:00:00:00:07', address: '10.0.0.9', peers: 4 },
        ...{ reserved: Uint8Array.of(1, 0, 0), deviceKind, generation: 8 },
      });
    const request = statusRequest.encode({
      ...{ name: 'rekordbox', number: 0x17, numberAgain: 0x17, computerName: 'Decklight on booth for 5 s' },
    });
    const strange = alive('XDJ-QQ', 3).slice(0, 0x24);
    strange[0x0a] = 0x77;
    await from('10.0.0.7', 50000, unitKeepAlive);
    await from('10.0.0.8', 50000, alive('OMNIS-DUO', 9));
    await from('10.0.0.9', 50000, alive('rekordbox', 0x17, 'rekordbox'));
    await from('10.0.0.11', 50002, request);
    await from('10.0.0.12', 50000, alive('CDJ-3000', 2), strange);
    await from('10.0.0.13', 50000, Uint8Array.of(1, 2, 3));
    clock.advance(1);
    expect(presence.devices().map(deviceLine)).toEqual([
      'rekordbox  10.0.0.11  Decklight on "booth"',
      'CDJ-3000  10.0.0.12  number 2',
      'XDJ-QQ  10.0.0.12',
      'OPUS-QUAD  10.0.0.7  number 9',
      'OMNIS-DUO (never tried)  10.0.0.8  number 9  all-in-one unit: "model: omnis-duo" in the profile follows it',
      "rekordbox  10.0.0.9  number 23  poses as rekordbox's lighting",
    ]);
  });
});
