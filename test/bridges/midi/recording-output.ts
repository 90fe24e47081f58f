/** An output for a port's thread that keeps what leaves, and when, in a file of the name it is opened by. */
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import type { OpenOutput } from '../../../bridges/midi/worker.ts';
import { toHex } from '../../../src/layout.ts';

/** Opens a file; one line a message, `moment bytes`, written when the output is closed. A name of `gone` cannot be had. */
export const openOutput: OpenOutput = name => {
  if (name === 'gone') throw new Error('No MIDI output found with name: gone');
  const lines: string[] = [];
  const file = openSync(name, 'w');
  return {
    send(bytes) {
      if (bytes[0] === BROKEN) throw new Error('the device is gone');
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
