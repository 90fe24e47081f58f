/** `decklight doctor`: is this machine ready for the show, and what to do if not. Only looks and listens. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Ms } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import { packageFile } from '../../files/package-file.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { recordingsFolder } from '../../recording/recording-files.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Finding } from './finding.ts';
import { findings } from './findings.ts';
import { gatherFacts } from './machine-facts.ts';
import { hostNeedsOf } from './needs.ts';

/** A unit makes itself known every 1.5 s; twice that hears it though one is lost. */
const LISTEN_MS: Ms = 3000;
const WATCH_MS: Ms = 2000;

/**
 * One line per check: `ok`, `warn` or `fail`, what was found, and what to do. Takes about four seconds.
 *
 * @param profileFile null: the machine alone
 * @returns the exit code: 0 nothing failed, 2 the profile is wrong, 3 something needed is not there
 */
export async function doctorCommand(
  profileFile: string | null,
  { json }: DoctorOptions,
  { out, bridges, library }: ProfileContext,
): Promise<number> {
  const read = profileFile === null ? null : readProfile(profileFile, bridges, library);
  for (const line of read?.lines ?? []) out.error(line);
  const profile = read?.profile ?? null;
  if (read !== null && profile === null) return 2;
  const found = await examine(profile, profileFile === null ? process.cwd() : folderFor(resolve(profileFile)), out);
  return json ? reportJson(found, out) : report(found, out);
}

/** Looks at this machine and listens. @param folder of the recordings */
export async function examine(profile: Profile | null, folder: string, out: Terminal): Promise<readonly Finding[]> {
  const clock = liveClock();
  const { engines } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { engines: { node: string } };
  out.error(`looking and listening for about ${(LISTEN_MS / 1000).toFixed(0)} s`);
  const facts = await gatherFacts({
    network: liveNetwork(clock),
    clock,
    nodeWants: engines.node,
    folder,
    needs: profile === null ? null : hostNeedsOf(profile),
    listenMs: LISTEN_MS,
    watchMs: WATCH_MS,
  });
  return findings(facts);
}

export interface DoctorOptions {
  /** One JSON object in place of lines. */
  readonly json: boolean;
}

/** Says every finding as one value. @returns the exit code, as `report` does */
export function reportJson(findings: readonly Finding[], out: Terminal): number {
  const isReady = !findings.some(({ level }) => level === 'fail');
  const told = findings.map(each => ({ ...each, advice: each.level === 'ok' ? null : each.advice }));
  out.line(JSON.stringify({ ready: isReady, findings: told }));
  return isReady ? 0 : 3;
}

/** Folder of a profile's recordings. Before the first recording only the folder around it exists. */
function folderFor(profileFile: string): string {
  const recordings = recordingsFolder(profileFile);
  return existsSync(recordings) ? recordings : dirname(profileFile);
}

/** Says every finding on a line of its own, and the sum. @returns the exit code: 0 nothing failed, 3 something did */
export function report(findings: readonly Finding[], out: Terminal): number {
  for (const finding of findings) {
    const { level, topic, what } = finding;
    out.line(`${level.padEnd(4)}  ${topic}: ${what}${finding.level === 'ok' ? '' : `; ${finding.advice}`}`);
  }
  const count = (level: Finding['level']): number => findings.filter(finding => finding.level === level).length;
  const [failed, warned] = [count('fail'), count('warn')];
  const warnings = warned === 1 ? '1 warning' : `${warned} warnings`;
  out.line(failed === 0 ? `ready, ${warnings}` : `not ready: ${failed} failed, ${warnings}`);
  return failed === 0 ? 0 : 3;
}
