/** Profiles that people copy, each run as they start it, against the simulated unit; nothing leaves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** What leaves in the first chorus of the demo set, Night Tram at 128 BPM: phrase 5. By profile. */
const IN_THE_CHORUS: Readonly<Record<string, readonly string[]>> = {
  'demo.yaml': ['console  /look/chorus ,f 1.0', 'visuals  /phrase ,si "chorus" 5'],
  'qlcplus.yaml': ['qlc  /cue/7/go ,f 1.0', 'qlc  /look/chorus ,f 1.0', 'qlc  /phrase ,i 5', 'qlc  /strobe/arm ,i 128'],
  'grandma3-mtc.yaml': ['ma  /cmd ,s "Go+ Sequence 1"', 'ma  /Page1/Fader201 ,i 100', 'timecode main 01:0'],
  'resolume.yaml': [
    'video  /composition/columns/2/connect ,i 1',
    'video  /composition/layers/1/video/opacity ,f 1.0',
    'video  /composition/tempocontroller/resync ,i 1',
  ],
  'reaper.yaml': ['daw  /action/40157', 'timecode main 20:0'],
};

it('every profile that names a receiver is run here', () => {
  const there = readdirSync(`${TOP}/profiles`)
    .filter(file => file.endsWith('.yaml'))
    .filter(file => readFileSync(`${TOP}/profiles/${file}`, 'utf8').includes('receiver: '));
  expect(there.sort()).toEqual(Object.keys(IN_THE_CHORUS).sort());
});

it.each(Object.entries(IN_THE_CHORUS))('profiles/%s says what it should in the chorus', async (file, expected) => {
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', '--simulate', '--dry-run', '--no-record'];
  const child = spawn(process.execPath, [...args, `profiles/${file}`], { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let hasAll = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
      if (hasAll || !expected.every(text => output.includes(text))) return;
      hasAll = true;
      child.kill('SIGINT');
    });
  }
  // Nothing is waited for that never comes: the demo set ends by itself.
  const limit = setTimeout(() => child.kill('SIGINT'), 120_000);
  await once(child, 'exit');
  clearTimeout(limit);
  expect(
    expected.filter(text => !output.includes(text)),
    output,
  ).toEqual([]);
  expect(child.exitCode, output).toBe(0);
});
