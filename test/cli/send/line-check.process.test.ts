/** The line check on a network of its own: a machine that is there, and an address that nobody has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../../src/cli/decklight.js', import.meta.url));
const PATIENCE_MS = 180_000;

/** Two ends of a cable, the other one in a network namespace of its own; neither is seen outside. */
const CABLE = `set -e
ip link set lo up
ip link add near type veth peer name far
ip addr add 10.77.0.1/24 dev near
unshare -n sleep 170 & other=$!
trap 'kill $other' EXIT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
ip link set far netns $other
nsenter -t $other -n ip addr add 10.77.0.2/24 dev far
nsenter -t $other -n ip link set far up
nsenter -t $other -n ip link set lo up
ip link set near up
"$@"
`;

const mayMakeNetworks = (): boolean => {
  try {
    execFileSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' });
    execFileSync('nsenter', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

function onTheCable(words: readonly string[], host: string) {
  const folder = mkdtempSync(join(tmpdir(), 'line-check-'));
  const profile = join(folder, 'show.yaml');
  writeFileSync(
    profile,
    `decklight: 1
bridges: { console: { type: osc, host: ${host}, port: 8000 } }
cues: { safe: [{ console: /safe }] }
panic: safe
`,
  );
  const [command = '', ...rest] = words;
  const called = [process.execPath, COMMAND, command, profile, ...rest];
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'bash', '-c', CABLE, 'bash', ...called], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.skipIf(!mayMakeNetworks())('the line check on a cable', () => {
  it(
    'an address that nobody has is not there: exit code 3, whatever the system took',
    () => {
      const { status, stdout, stderr } = onTheCable(['send', 'safe'], '10.77.0.9');
      expect(stdout).toContain('console  /safe');
      expect(stderr).toContain(
        'console: 10.77.0.9 does not answer on near; is it on, its cable in, its address right?',
      );
      expect(status).toBe(3);
      const { stdout: found, status: code } = onTheCable(['doctor', '--json'], '10.77.0.9');
      const { findings } = JSON.parse(found) as { findings: { topic: string; level: string }[] };
      expect(findings.find(({ topic }) => topic === 'console')?.level).toBe('fail');
      expect(code).toBe(3);
    },
    PATIENCE_MS,
  );

  it(
    'a machine that is there answers, and that it does not listen is told as well',
    () => {
      const { status, stdout, stderr } = onTheCable(['send', 'safe'], '10.77.0.2');
      expect(stdout).toContain('console  10.77.0.2 is there: it answers on near');
      expect(stderr).toContain('OSC to 10.77.0.2:8000: nobody listens on that port');
      expect(status).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'a broadcast leaves, and that somebody hears it is not proven',
    () => {
      const { status, stdout } = onTheCable(['send', 'safe'], '10.77.0.255');
      expect(stdout).toContain('10.77.0.255 is for everybody on near: that somebody hears it is not proven');
      expect(status).toBe(0);
    },
    PATIENCE_MS,
  );
});
