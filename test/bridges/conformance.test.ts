/** What every bridge in the list must do, whatever it talks to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { memoryNetwork } from '../../src/network/memory-network.ts';
import { type Network, PortHeld } from '../../src/network/network.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { testHost } from './fake-host.ts';

/** The smallest entry of each type in a profile; a new bridge needs a line here. */
const ENTRIES: Readonly<Record<string, string>> = {
  'opus-quad': '{ type: opus-quad }',
  osc: '{ type: osc, host: 10.0.0.9, port: 9000, listen: 9001, trust: [10.0.0.8] }',
  midi: '{ type: midi, device: nowhere }',
  ltc: '{ type: ltc, player: [no-such-player] }',
  artnet: '{ type: artnet, host: 127.0.0.1 }',
  'cdj-hid': '{ type: cdj-hid }',
  relay: '{ type: relay, port: 50813 }',
  monitor: '{ type: monitor, port: 50814 }',
};

/** Types that open no socket: nothing comes in for them. */
const WITHOUT_SOCKETS: readonly string[] = ['midi', 'ltc', 'artnet', 'cdj-hid', 'relay', 'monitor'];

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe.each(BRIDGES.map(bridge => [bridge.type, bridge] as const))('%s', (type, bridge) => {
  function optionsOf(): unknown {
    const source = `decklight: 1\nname: test\nbridges:\n  it: ${ENTRIES[type] ?? '{}'}\n`;
    const loaded = loadProfile(source, 'test.yaml', BRIDGES, NO_LIBRARY);
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    return loaded.profile.bridges[0]?.options;
  }

  function bench(change: (network: Network) => Network = network => network) {
    const clock = virtualClock();
    const memory = memoryNetwork(clock);
    const { host, log } = testHost(clock, change(memory.host(nic('10.0.0.1'))));
    return { clock, memory, host, log, open: () => bridge.open('it', optionsOf(), host) };
  }

  it('opens, closes twice without complaint, and leaves no timer', async () => {
    const { clock, open } = bench();
    const opened = open();
    await settled();
    clock.advance(5000);
    await settled();
    await opened.close();
    await opened.close();
    clock.advance(1000);
    await settled();
    expect(clock.pending()).toBe(0);
  });

  it('closed at once, before it is open, it leaves nothing behind either', async () => {
    const { clock, open } = bench();
    await open().close();
    await settled();
    clock.advance(10_000);
    await settled();
    expect(clock.pending()).toBe(0);
  });

  it('without what it needs it waits and says for what, in one line', async () => {
    let asked = 0;
    const refuse = async (): Promise<never> => {
      asked++;
      throw new PortHeld(50000, 'rekordbox (pid 7)');
    };
    const { clock, open, log } = bench(network => ({ ...network, open: refuse, dial: refuse }));
    const opened = open();
    await settled();
    clock.advance(20_000);
    await settled();
    expect(opened.status().state).toBe('waiting');
    expect(opened.status().text).not.toMatch(/\n/);
    if (asked > 0) {
      expect(opened.status().text).toMatch(/rekordbox \(pid 7\)/);
      // Each trouble is said once, however often it is tried again.
      const lines = log.filter(line => line.includes('rekordbox'));
      expect(new Set(lines).size).toBe(lines.length);
    }
    await opened.close();
  });

  const itWithSockets = WITHOUT_SOCKETS.includes(type) ? () => {} : it;
  itWithSockets('survives arbitrary bytes on every port it opened', async () => {
    const listeners: Parameters<Network['open']>[1][] = [];
    const { clock, open } = bench(network => ({
      ...network,
      open(local, listener) {
        listeners.push(listener);
        return network.open(local, listener);
      },
    }));
    const opened = open();
    await settled();
    expect(listeners).not.toEqual([]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        clock.advance(1);
        const stamp = { notBefore: clock.now(), at: clock.now() };
        for (const listener of listeners) {
          listener.datagram({ from: { address: '10.0.0.8', port: 9 }, port: 50002, bytes, stamp });
        }
      }),
    );
    await opened.close();
  });

  it('says what state it is in, and describes what it sends', () => {
    const { open } = bench();
    const opened = open();
    expect(['ready', 'waiting', 'failed']).toContain(opened.status().state);
    expect(opened.status().text).not.toBe('');
    void opened.close();
  });
});
