/** Words about a bundle that is replayed, and whether the night is the same here as where it was made. */
import { createHash } from 'node:crypto';
import { packageVersion } from '../../files/package-file.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { BundleInfo, ReplayDigest } from './bundle-file.ts';

/** Takes in the lines of a replay and keeps their hash. */
export function digester(): { readonly terminal: Terminal; digest(): ReplayDigest } {
  const hash = createHash('sha256');
  let lines = 0;
  return {
    terminal: {
      isTerminal: false,
      columns: () => 80,
      rows: () => 24,
      line(text) {
        lines++;
        hash.update(text).update('\n');
      },
      error() {},
      redraw() {},
    },
    digest: () => ({ lines, sha256: hash.copy().digest('hex') }),
  };
}

/** Lines that are said before the night. */
export function bundleLines({ version, machine, tracks, masked, findings, probed }: BundleInfo): readonly string[] {
  const known = tracks.count === 1 ? '1 imported track' : `${tracks.count} imported tracks`;
  const failed = (findings ?? []).filter(({ level }) => level !== 'ok');
  return [
    `BUNDLE made by Decklight ${version} on ${machine.platform} with Node ${machine.node}; ${known} that this night asked for`,
    ...(probed ?? []),
    ...(masked === null ? [] : [`MASKED: ${masked.join(', ')}`]),
    ...failed.map(({ level, topic, what }) => `doctor there: ${level} ${topic}: ${what}`),
  ];
}

/** Line that is said after the night. */
export function agreementLine(file: string, { version, replay }: BundleInfo, here: ReplayDigest): string {
  if (here.sha256 === replay.sha256) return `the same as where the bundle was made, to the byte (${here.lines} lines)`;
  const ours = packageVersion();
  const why =
    ours === version
      ? `both are Decklight ${ours}: tell those who keep Decklight`
      : `Decklight ${version} there, ${ours} here: use ${version} for the same`;
  return `${file}: warning: what left here is not what left where the bundle was made; ${why}`;
}
