/**
 * A network of its own for receivers that listen on every address and on ports that cannot be chosen: a namespace that is gone
 * with the test. What is inside can be sent to and asked through an agent.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encode, type OscMessage } from '../../bridges/osc/codec.ts';
import { until } from '../until.ts';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));

const isThere = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Why these programs cannot be run in a room here; null: they can. */
export function whyNot(...commands: readonly string[]): string | null {
  const missing = commands.filter(command => !isThere(command));
  if (missing.length > 0) return `${missing.join(' and ')} not installed`;
  const made = spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' });
  return made.status === 0 ? null : 'no network namespace can be made here: that needs root';
}

/** The same as the end of a title. */
export const becauseOf = (reason: string | null): string => (reason === null ? '' : ` (skipped: ${reason})`);

export interface RoomProcess {
  readonly child: ChildProcess;
  /** Everything that it has written so far. */
  output(): string;
}

export interface ReceiverRoom {
  start(command: readonly string[], env?: Readonly<Record<string, string>>): RoomProcess;
  /** Sends a datagram to a port of the room. */
  send(port: number, packet: Uint8Array): Promise<void>;
  say(port: number, message: OscMessage): Promise<void>;
  /** Body of a page. */
  get(url: string): Promise<string>;
  /** Answer to a text over a WebSocket. */
  ask(url: string, text: string): Promise<string>;
  close(): Promise<void>;
}

export async function openRoom(): Promise<ReceiverRoom> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const started: ChildProcess[] = [];
  const start: ReceiverRoom['start'] = (command, env) => {
    const child = spawn('nsenter', [`--net=/proc/${holder.pid}/ns/net`, ...command], {
      cwd: TOP,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += String(chunk)));
    return { child, output: () => output };
  };

  const agent = start([process.execPath, 'test/receivers/agent.mjs']).child;
  const waiting = new Map<number, { done: (text: string) => void; fail: (error: Error) => void }>();
  if (agent.stdout !== null) {
    createInterface({ input: agent.stdout }).on('line', line => {
      const { id, text, error } = JSON.parse(line) as { id: number; text?: string; error?: string };
      if (error === undefined) waiting.get(id)?.done(text ?? '');
      else waiting.get(id)?.fail(new Error(error));
      waiting.delete(id);
    });
  }
  let last = 0;
  const request = (what: Readonly<Record<string, unknown>>): Promise<string> =>
    new Promise((done, fail) => {
      const id = ++last;
      waiting.set(id, { done, fail });
      agent.stdin?.write(`${JSON.stringify({ id, ...what })}\n`);
    });
  const send: ReceiverRoom['send'] = async (port, packet) => {
    await request({ kind: 'send', port, hex: Buffer.from(packet).toString('hex') });
  };
  return {
    start,
    send,
    say: (port, message) => send(port, encode(message)),
    get: url => request({ kind: 'get', url }),
    ask: (url, text) => request({ kind: 'ask', url, text }),
    async close() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      holder.stdin.end();
      await once(holder, 'exit');
    },
  };
}

/** Waits until an answer is as it should be, asking again and again. */
export async function answered<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  let answer: T | undefined;
  let isAsking = false;
  await until(
    () => {
      if (!isAsking && (answer === undefined || !isRight(answer))) {
        isAsking = true;
        ask()
          .then(found => {
            answer = found;
          })
          .catch(() => {})
          .finally(() => {
            isAsking = false;
          });
      }
      return answer !== undefined && isRight(answer);
    },
    () => `last answer: ${JSON.stringify(answer)}`,
  );
  return answer as T;
}

/** One line into the output of the test: what was sent, and what was reported back. */
export const tell = (text: string): void => void process.stdout.write(`${text}\n`);
