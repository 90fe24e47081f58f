/** A run as it stands at its start: what it was asked for, its profile, its clock, and where it speaks. */
import type { Bridge, Simulation } from '../../bridge.ts';
import type { Clock, Ms } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { ShowLog } from '../../live/log.ts';
import type { LogLevel } from '../../live/log-levels.ts';
import type { Network } from '../../network/network.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface RunOptions {
  /** The unit is a simulated one, within this program. */
  readonly simulate: boolean;
  /** DJ set that is played; null: the demo set. */
  readonly set: string | null;
  readonly dryRun: boolean;
  readonly trace: string | null;
  /** Length of the run; null: until stopped. */
  readonly forMs: Ms | null;
  readonly json: boolean;
  readonly require: boolean;
  /** File of the log; null: none is written. */
  readonly log: string | null;
  readonly logLevel: LogLevel;
  /** Everything that comes in is recorded, beside the profile. */
  readonly record: boolean;
}

export interface RunSetup {
  readonly options: RunOptions;
  /** The profile as a file, and its text at the start. */
  readonly file: string;
  readonly source: string;
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
  readonly clock: Clock;
  readonly startedAt: Ms;
  readonly unixMs: (at: Ms) => number;
  readonly network: Network;
  /** By the name of the bridge that meets it. */
  readonly simulations: ReadonlyMap<string, Simulation>;
  readonly log: ShowLog;
  readonly out: Terminal;
}
