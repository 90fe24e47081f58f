import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { doctorCommand, report } from '../../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { listen, said } from './doctor-rig.ts';

describe('the report', () => {
  const ok: Finding = { level: 'ok', topic: 'MIDI', what: 'outputs: none' };
  const warn: Finding = { level: 'warn', topic: 'disk', what: 'only 1 GB free', advice: 'make room' };
  const fail: Finding = { level: 'fail', topic: 'unit', what: 'not heard', advice: 'switch it on' };

  it('is a line for each finding with what to do, and the sum', () => {
    expect(said([ok, warn, fail])).toEqual([
      'ok    MIDI: outputs: none',
      'warn  disk: only 1 GB free; make room',
      'fail  unit: not heard; switch it on',
      'not ready: 1 failed, 1 warning',
    ]);
  });

  it('ends with exit code 3 when something failed, and with 0 for warnings alone', () => {
    expect(report([ok, fail], listen())).toBe(3);
    expect(report([ok, warn], listen())).toBe(0);
  });

  it('a wrong profile: its problems, exit code 2, and nothing is looked at', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'decklight-')), 'wrong.yaml');
    writeFileSync(file, 'decklight: 1\nbridges: { opus: { type: opus-quod } }\n');
    const out = listen();
    expect(await doctorCommand(file, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(2);
    expect(out.errors[0]).toContain(`${file}:2:26: error: `);
    expect(out.lines).toEqual([]);
  });
});
