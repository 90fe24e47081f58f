import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordingWriter } from '../../src/recording/recording-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writerOf(name: string, mostFileBytes = 1e9) {
  const reasons: string[] = [];
  const file = join(folder, name);
  return {
    file,
    reasons,
    writer: recordingWriter({ file, mostFileBytes, leastFreeBytes: 0, failed: reason => reasons.push(reason) }),
  };
}
const block = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);

describe('the writer of a recording', () => {
  it('writes the blocks that it takes in their order, those beyond its bunches too, and makes the folder', async () => {
    const { file, writer } = writerOf('new/one.bin');
    const blocks = Array.from({ length: 40 }, (_, i) => block(i, 20_000));
    for (const each of blocks) writer.take([each]);
    expect(writer.fileBytes()).toBe(800_000);
    await writer.close();
    expect(readFileSync(file).equals(Buffer.concat(blocks))).toBe(true);
    expect(writer.trouble()).toBeNull();
  });

  it('has no room while more waits than memory may hold, and has it again when that is written', async () => {
    const { writer } = writerOf('busy.bin');
    const half = 4 * 1024 * 1024;
    writer.take([block(1, half)]);
    expect(writer.hasRoomFor(half)).toBe(true);
    expect(writer.hasRoomFor(half + 1)).toBe(false);
    await writer.close();
    expect(writer.hasRoomFor(half + 1)).toBe(true);
  });

  it('fails once when the file would grow beyond its size, and keeps what it had taken', async () => {
    const { file, reasons, writer } = writerOf('full.bin', 1000);
    writer.take([block(7, 900)]);
    expect(writer.hasRoomFor(100)).toBe(true);
    expect(writer.hasRoomFor(101)).toBe(false);
    expect(writer.hasRoomFor(1)).toBe(false);
    expect(reasons).toEqual(['the file has reached 0.0 MB; start again for a new one']);
    await writer.close();
    expect(readFileSync(file)).toHaveLength(900);
  });

  it('fails once where the folder cannot be made, and says why', async () => {
    writeFileSync(join(folder, 'plain'), '');
    const { reasons, writer } = writerOf('plain/one.bin');
    writer.take([block(1, 10)]);
    await writer.close();
    writer.take([block(1, 10)]);
    await writer.close();
    expect(reasons).toEqual(['a part of this path is no folder; rename what stands in the way, or choose another']);
    expect(writer.trouble()).toBe(reasons[0]);
  });
});
