/** OSC timecode over the loopback of this machine, from a thread of its own. Nothing here asserts how fast anything is. */
import { describe, expect, it } from 'vitest';
import { decode, type OscMessage } from '../../../bridges/osc/codec.ts';
import { udpEar } from '../../output/udp-receiver.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';
import { clock, openOnThread } from './osc-thread-rig.ts';

describe('OSC timecode in a thread of its own', () => {
  it('goes on while the main thread is blocked: both messages of each frame, once and in order', async () => {
    const oscIn = await udpEar();
    const bridge = await openOnThread(oscIn.port);
    bridge.timecode(runAt(rateNamed('30'), '01:00:00:00', clock.now() + 10));
    const from = clock.now();
    while (clock.now() < from + 200);
    const to = clock.now();
    await bridge.close();
    const packets = await oscIn.heard();
    expect(packets.filter(({ at }) => at > from && at < to).length).toBeGreaterThan(0);
    const messages = packets.map(({ bytes }): OscMessage => {
      const decoded = decode(bytes);
      if (!decoded.ok) throw new Error(decoded.reason);
      return decoded.message;
    });
    expect(messages.map(({ address }) => address)).toEqual(
      messages.map((_, i) => (i % 2 === 0 ? '/timecode' : '/timecode/hmsf')),
    );
    const texts = messages.filter((_, i) => i % 2 === 0).map(({ args }) => String(args[0]?.value));
    const numbers = messages.filter((_, i) => i % 2 === 1).map(({ args }) => args.map(({ value }) => Number(value)));
    expect(numbers.map(label => label.map(n => String(n).padStart(2, '0')).join(':'))).toEqual(texts);
    const counts = numbers.map(([, , seconds = 0, frames = 0]) => 30 * seconds + frames);
    // The last one says where it stands, as when the deck stops.
    const stands = counts.pop();
    expect(stands).toBeGreaterThanOrEqual(counts.at(-1) ?? 0);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  });
});
