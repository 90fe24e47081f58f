/** Machines on one: network namespaces of our own, joined by cables or a switch, and the programs that run in them. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Why no namespace can be made here, or which of these programs is not installed; null: all is there. */
export function namespacesMissing(...programs: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const program of ['ip', ...programs]) {
    if (spawnSync(program, ['--version']).error !== undefined) return `${program} not installed`;
  }
  return spawnSync('unshare', ['--net', 'true']).status === 0 ? null : 'no network namespace can be made here';
}

/** One end of a cable. */
export interface CableEnd {
  /** Name of the namespace, as it was given to `networkNamespaces`. */
  readonly machine: string;
  readonly nic: string;
  /** In 169.254.0.0/16; null: it carries frames and has no address. */
  readonly address: string | null;
}

export interface StartedProgram {
  readonly child: ChildProcess;
  /** All that it has printed so far, on either output. */
  output(): string;
  /** Ends it, if it has not ended by itself, and waits for that. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface NetworkNamespaces {
  /** Joins two of them by a cable, and switches both ends on. */
  cable(one: CableEnd, other: CableEnd): void;
  /** Makes a switch of what is plugged into this machine. */
  bridge(machine: string, nics: readonly string[]): void;
  /** The words that begin a command which runs in there. */
  inside(machine: string): readonly string[];
  start(machine: string, command: readonly string[], cwd: string): StartedProgram;
  /** Kills what still runs, and takes all of them away. */
  close(): void;
}

/** @param machines names that no other test uses */
export function networkNamespaces(machines: readonly string[]): NetworkNamespaces {
  const started: ChildProcess[] = [];
  const nameOf = (machine: string): string => `dl-${machine}-${process.pid}`;
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args);
  for (const machine of machines) {
    ip('netns', 'add', nameOf(machine));
    ip('-n', nameOf(machine), 'link', 'set', 'lo', 'up');
  }

  const inside = (machine: string): readonly string[] => ['ip', 'netns', 'exec', nameOf(machine)];
  return {
    inside,
    cable(one, other) {
      const [from, to] = [nameOf(one.machine), nameOf(other.machine)];
      ip('link', 'add', one.nic, 'netns', from, 'type', 'veth', 'peer', 'name', other.nic, 'netns', to);
      for (const { machine, nic, address } of [one, other]) {
        if (address !== null) {
          ip('-n', nameOf(machine), 'addr', 'add', `${address}/16`, 'broadcast', '169.254.255.255', 'dev', nic);
        }
        ip('-n', nameOf(machine), 'link', 'set', nic, 'up');
      }
    },
    bridge(machine, nics) {
      const name = nameOf(machine);
      ip('-n', name, 'link', 'add', 'switch0', 'type', 'bridge');
      for (const nic of nics) ip('-n', name, 'link', 'set', nic, 'master', 'switch0');
      ip('-n', name, 'link', 'set', 'switch0', 'up');
    },
    start(machine, command, cwd) {
      const [program = '', ...args] = [...inside(machine), ...command];
      const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
      started.push(child);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
      const ended = once(child, 'close');
      return {
        child,
        output: () => output,
        async end(signal) {
          if (child.exitCode === null && child.signalCode === null) child.kill(signal);
          await ended;
        },
      };
    },
    close() {
      for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
      for (const machine of machines) spawnSync('ip', ['netns', 'del', nameOf(machine)]);
    },
  };
}
