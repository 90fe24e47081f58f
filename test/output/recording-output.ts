/** An output for a port's thread that keeps what leaves, and when, in a file of the name it is opened by. */
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { clockStream } from '../../bridges/midi/midi-clock.ts';
import { type MtcCursor, mtcStream } from '../../bridges/midi/mtc.ts';
import { toHex } from '../../src/bytes/hex.ts';
import type { OutputModule } from '../../src/output/thread-worker.ts';

type Recording = OutputModule<{ readonly name: string }, MtcCursor>;

export const streamFor: Recording['streamFor'] = () => mtcStream;

export const clockFor: NonNullable<Recording['clockFor']> = () => clockStream;

/** Opens a file; one line a message, `moment bytes`, written when the output is closed. A name of `gone` cannot be had. */
export const openOutput: Recording['openOutput'] = ({ name }, { troubled, failed }) => {
  if (name === 'gone') throw new Error('No MIDI output found with name: gone');
  const lines: string[] = [];
  const file = openSync(name, 'w');
  return {
    send(bytes) {
      if (bytes[0] === BROKEN) throw new Error('the device is gone');
      if (bytes[0] === DOUBTED) setImmediate(() => troubled('nobody listens there'));
      if (bytes[0] === LOST) setImmediate(() => failed('no network leads there'));
      lines.push(`${Number(process.hrtime.bigint()) / 1e6} ${toHex(bytes)}\n`);
    },
    close() {
      writeSync(file, lines.join(''));
      closeSync(file);
      appendFileSync(name, 'closed\n');
    },
  };
};

/** A message that this output fails on. */
export const BROKEN = 0xff;
/** Messages of which this output hears only afterwards that they have not left: for now, and for good. */
export const DOUBTED = 0xfe;
export const LOST = 0xfd;
