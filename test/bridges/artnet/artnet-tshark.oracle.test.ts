import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../bridges/artnet/codec.ts';
import { ARTNET_PORT } from '../../../bridges/artnet/layout.ts';
import { FRAME_RATES } from '../../../src/core/timecode/timecode.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '../../../src/recording/pcapng-writer.ts';
import { udpPacket } from '../../../src/recording/udp-packet.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
/** LINKTYPE_RAW: packets begin with their IP header. */
const RAW_IP = 101;

// tshark is a program of its own, part of Wireshark; where it is not installed there is nothing to ask.
describe.skipIf(!hasTshark)(
  `Art-Net timecode in tshark${hasTshark ? '' : ' (skipped: tshark is not installed)'}`,
  () => {
    it('is Art-Net, and of the kind that carries timecode, at every rate', () => {
      const from = { address: '10.0.0.1', port: 40_000 };
      const to = { address: '10.0.0.255', port: ARTNET_PORT };
      const blocks = FRAME_RATES.map((rate, i) => {
        const bytes = udpPacket(from, to, encode(rate, { hours: 1, minutes: 2, seconds: 3, frames: 4 }, 0));
        if (bytes === null) throw new Error('no packet');
        return packetBlock({ interfaceNumber: 0, timeNs: BigInt(i), bytes, comment: null });
      });
      const folder = mkdtempSync(join(tmpdir(), 'decklight-artnet-'));
      try {
        const path = join(folder, 'timecode.pcapng');
        writeFileSync(path, Buffer.concat([sectionBlock('test'), interfaceBlock('any', RAW_IP), ...blocks]));
        const fields = [
          '-T',
          'fields',
          '-e',
          '_ws.col.Protocol',
          '-e',
          'artnet.header.opcode',
          '-e',
          'artnet.header.protver',
        ];
        const { stdout } = spawnSync('tshark', ['-n', '-r', path, ...fields], { encoding: 'utf8' });
        expect(stdout.trimEnd().split('\n')).toEqual(FRAME_RATES.map(() => 'ARTNET\t0x9700\t14'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
);
