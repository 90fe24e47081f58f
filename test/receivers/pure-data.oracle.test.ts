/** Pure Data with oscparse, which prints what it made of each message. Prints what was sent and what it reported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OscArg, describe as spell } from '../../bridges/osc/codec.ts';
import { until } from '../until.ts';
import { becauseOf, openRoom, type ReceiverRoom, type RoomProcess, tell, whyNot } from './receiver-room.ts';

const reason = whyNot('pd');
const PORT = 9001;
const PATCH = `#N canvas 0 0 400 300 12;
#X obj 10 10 netreceive -u -b ${PORT};
#X obj 10 40 oscparse;
#X obj 10 70 print heard;
#X connect 0 0 1 0;
#X connect 1 0 2 0;
`;

let room: ReceiverRoom;
let folder = '';
let pd: RoomProcess;
let mark = 0;

const int = (value: number): OscArg => ({ type: 'int', value });
const lines = (): readonly string[] =>
  pd
    .output()
    .split('\n')
    .filter(line => line.startsWith('heard: ') && !line.endsWith(' there'));

/** Lines that came of a message: those before a mark that was sent behind it. */
async function heard(args: readonly OscArg[]): Promise<readonly string[]> {
  const before = lines().length;
  await room.say(PORT, { address: '/a', args });
  const end = `heard: list mark ${++mark}`;
  await room.say(PORT, { address: '/mark', args: [int(mark)] });
  await until(() => lines().includes(end), pd.output);
  return lines().slice(before, -1);
}

describe.skipIf(reason !== null)(`Pure Data${becauseOf(reason)}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'decklight-pd-'));
    const patch = join(folder, 'listen.pd');
    writeFileSync(patch, PATCH);
    room = await openRoom();
    pd = room.start(['pd', '-nogui', '-noaudio', '-nomidi', '-stderr', '-open', patch], { HOME: folder });
    let isThere = false;
    let isAsking = false;
    await until(() => {
      isThere ||= pd.output().includes('heard: symbol there');
      if (!isThere && !isAsking) {
        isAsking = true;
        void room.say(PORT, { address: '/there', args: [] }).then(() => {
          isAsking = false;
        });
      }
      return isThere;
    }, pd.output);
  });
  afterAll(async () => {
    await room.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    [
      'whole numbers, floats and texts arrive',
      [int(7), { type: 'float', value: 0.5 }, { type: 'string', value: 'up' }],
      'list a 7 0.5 up',
    ],
    ['a message without an argument arrives', [], 'symbol a'],
    ['true and false are left out', [{ type: 'bool', value: true }, int(7)], 'list a 7'],
    [
      'a blob arrives as its length and its bytes',
      [{ type: 'blob', value: Uint8Array.of(1, 2, 3) }, int(7)],
      'list a 3 1 2 3 7',
    ],
  ] as readonly [string, readonly OscArg[], string][])('%s', async (_, args, expected) => {
    const found = await heard(args);
    tell(`sent ${spell({ address: '/a', args })}; Pure Data reports ${found.join(' | ')}`);
    expect(found).toEqual([`heard: ${expected}`]);
  });

  it.each([
    ['a double', { type: 'double', value: 0.1 }],
    ['a 64-bit number', { type: 'int64', value: 12345678901234n }],
  ] as readonly [string, OscArg][])('%s is nonsense, and so is what stands behind it', async (_, arg) => {
    const found = await heard([arg, int(7)]);
    tell(`sent ${spell({ address: '/a', args: [arg, int(7)] })}; Pure Data reports ${found.join(' | ')}`);
    expect(found.join()).not.toMatch(/ 7$/);
  });

  it('a whole number beyond 2^24 loses digits', async () => {
    const [line = ''] = await heard([int(16_777_217)]);
    tell(`sent 16777217; Pure Data reports ${line}`);
    expect(line).not.toContain('16777217');
  });
});
