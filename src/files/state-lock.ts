/**
 * Lock of a state file: one program at a time keeps it. The lock is a socket that only this machine can reach, named after
 * the file; the system takes it away from a program that ends, however it ends.
 */
import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

export type StateLock =
  | { readonly isOurs: true; release(): Promise<void> }
  /** `holder` as `pid 123`; null: it did not say. */
  | { readonly isOurs: false; readonly holder: string | null };

/** A program that is stopped in a debugger holds the lock and does not answer. */
const ANSWERS_WITHIN_MS = 500;

/** Takes the lock. If none can be had the file is ours: a show does without a lock rather than its state. Never throws. */
export const lockState = (stateFile: string): Promise<StateLock> => lockDoor(doorOf(stateFile));

/** By every path that leads to the file its name is the same. */
function doorOf(stateFile: string): string {
  const file = resolve(stateFile);
  const path = join(realFolder(dirname(file)), basename(file));
  const name = `decklight-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  switch (process.platform) {
    case 'linux':
      // A name that is no file, see unix(7).
      return `\0${name}`;
    case 'win32':
      return `\\\\.\\pipe\\${name}`;
    default:
      return join(tmpdir(), `${name}.lock`);
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** @param door  path of a socket, or a name of the system for one */
export async function lockDoor(door: string): Promise<StateLock> {
  for (let isFirstTry = true; ; isFirstTry = false) {
    const server = await listening(door);
    if (server !== 'taken') return { isOurs: true, release: () => closed(server) };
    const answer = await answerOf(door);
    if (answer.isThere || !isFirstTry) return { isOurs: false, holder: answer.text };
    // A socket that is a file outlives a program that was killed; nobody is behind it.
    try {
      rmSync(door, { force: true });
    } catch {
      // It is somebody else's, and stays taken.
    }
  }
}

/** null: this system gives no such socket here. */
function listening(door: string): Promise<Server | null | 'taken'> {
  return new Promise(done => {
    const server = createServer(caller => {
      caller.on('error', () => {});
      caller.end(`pid ${process.pid}`);
    });
    server.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'EADDRINUSE' ? 'taken' : null));
    server.listen(door, () => done(server));
    server.unref();
  });
}

interface Answer {
  readonly isThere: boolean;
  readonly text: string | null;
}

function answerOf(door: string): Promise<Answer> {
  return new Promise(done => {
    let isThere = false;
    let text = '';
    const caller = connect(door);
    const end = (): void => {
      caller.destroy();
      done({ isThere, text: text === '' ? null : text });
    };
    caller.setTimeout(ANSWERS_WITHIN_MS, () => {
      isThere = true;
      end();
    });
    caller.on('connect', () => {
      isThere = true;
    });
    caller.on('data', bytes => {
      text += bytes.toString('utf8');
    });
    caller.on('error', (error: NodeJS.ErrnoException) => {
      // Somebody else's may not be entered, and is there.
      if (error.code === 'EACCES' || error.code === 'EPERM') isThere = true;
      end();
    });
    caller.on('end', end);
  });
}

const closed = (server: Server | null): Promise<void> =>
  new Promise(done => (server === null ? done() : server.close(() => done())));
