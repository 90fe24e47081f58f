import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { TROUBLE_SHOWN_MS } from '../../src/network/network-errors.ts';
import { type Attempt, retryingConnection, whenConnected } from '../../src/network/retrying-connection.ts';
import { rounds } from '../rounds.ts';

const RETRY_AFTER_MS = 5000;

/** A device whose attempts are decided by hand. */
function bench(isThere = () => true) {
  const clock = virtualClock();
  const attempts: Attempt<string>[] = [];
  const begunAt: number[] = [];
  const closed: number[] = [];
  const log: string[] = [];
  const connection = retryingConnection<string>({
    ...{ clock, retryAfterMs: RETRY_AFTER_MS, failureEnding: '; trying again' },
    begin(attempt) {
      begunAt.push(clock.now());
      if (!isThere()) throw new Error('no such device');
      const index = attempts.push(attempt) - 1;
      return { close: () => void closed.push(index) };
    },
    opened: name => void log.push(`opened ${name}`),
    lost: name => void log.push(`lost ${name}`),
    warn: text => void log.push(text),
  });
  const attempt = (index: number): Attempt<string> => attempts[index] as Attempt<string>;
  return { clock, attempts, attempt, begunAt, closed, log, connection };
}

describe('a retrying connection', () => {
  it('is tried at once, and again each time so long after a failure, until it stands', () => {
    const { clock, attempts, attempt, begunAt, log, connection } = bench();
    for (let i = 0; i < 3; i++) {
      clock.advance(700);
      attempt(i).failed('nobody answers');
      expect(connection.current()).toBe(null);
      clock.advance(RETRY_AFTER_MS);
    }
    attempt(3).opened('the desk');
    expect(connection.current()).toBe('the desk');
    clock.advance(100 * RETRY_AFTER_MS);
    expect(begunAt).toEqual([0, 5700, 11_400, 17_100]);
    expect(attempts).toHaveLength(4);
    expect(log).toEqual(['nobody answers; trying again', 'opened the desk']);
    expect(clock.pending()).toBe(0);
  });

  it('that is lost says so after it is known to be gone, and is tried again', () => {
    const { clock, attempt, begunAt, log, connection } = bench();
    attempt(0).opened('the desk');
    clock.advance(60_000);
    attempt(0).failed('it has closed');
    expect(log).toEqual(['opened the desk', 'lost the desk', 'it has closed; trying again']);
    expect([connection.current(), connection.trouble()]).toEqual([null, 'it has closed; trying again']);
    clock.advance(RETRY_AFTER_MS);
    attempt(1).opened('the desk');
    expect([begunAt, connection.current()]).toEqual([[0, 65_000], 'the desk']);
  });

  it('whose attempt throws has failed with its message', () => {
    let isThere = false;
    const { clock, attempt, log, connection } = bench(() => isThere);
    clock.advance(2 * RETRY_AFTER_MS);
    expect(log).toEqual(['no such device; trying again']);
    isThere = true;
    clock.advance(RETRY_AFTER_MS);
    attempt(0).opened('the desk');
    expect(connection.current()).toBe('the desk');
  });

  it('says the same trouble once, another one again, and the same one once more when it was forgotten', () => {
    const { clock, attempt, log, connection } = bench();
    attempt(0).opened('the desk');
    for (const text of ['does not read', 'does not read', 'refuses', 'does not read']) attempt(0).troubled(text);
    connection.forgetTrouble();
    expect(connection.trouble()).toBe(null);
    attempt(0).troubled('does not read');
    expect(log.slice(1)).toEqual(['does not read', 'refuses', 'does not read', 'does not read']);
    expect([connection.current(), clock.pending()]).toEqual(['the desk', 0]);
  });

  it('shows trouble as long as it does not stand, and while it stands until it has not come again for a while', () => {
    const { clock, attempt, connection } = bench();
    attempt(0).failed('gone');
    clock.advance(RETRY_AFTER_MS);
    clock.advance(100 * TROUBLE_SHOWN_MS);
    expect(connection.trouble()).toBe('gone; trying again');
    attempt(1).opened('the desk');
    attempt(1).troubled('refuses');
    clock.advance(TROUBLE_SHOWN_MS - 1);
    attempt(1).troubled('refuses');
    clock.advance(TROUBLE_SHOWN_MS - 1);
    expect(connection.trouble()).toBe('refuses');
    clock.advance(1);
    expect(connection.trouble()).toBe(null);
  });

  it('hears nothing more from an attempt that has failed', () => {
    const { clock, attempt, log, connection } = bench();
    attempt(0).failed('gone');
    clock.advance(RETRY_AFTER_MS);
    attempt(0).opened('a ghost');
    attempt(0).troubled('a ghost');
    attempt(0).failed('a ghost');
    expect([connection.current(), log, clock.pending()]).toEqual([null, ['gone; trying again'], 0]);
  });

  it('is told of each opening, though it stands already', () => {
    const { attempt, log } = bench();
    attempt(0).opened('the desk');
    attempt(0).opened('the desk');
    expect(log).toEqual(['opened the desk', 'opened the desk']);
  });

  it('tries at once when asked, but not beside an attempt that is being made or after its end', async () => {
    const { clock, attempt, begunAt, connection } = bench();
    connection.tryNow();
    attempt(0).failed('gone');
    clock.advance(10);
    connection.tryNow();
    connection.tryNow();
    expect([begunAt, clock.pending()]).toEqual([[0, 10], 0]);
    await connection.close();
    connection.tryNow();
    expect(begunAt).toHaveLength(2);
  });

  it('closed, it closes what is open or being opened once, leaves no timer and hears nothing', async () => {
    for (const isOpen of [false, true]) {
      const { clock, attempt, closed, log, connection } = bench();
      if (isOpen) attempt(0).opened('the desk');
      await connection.close();
      await connection.close();
      const said = log.length;
      attempt(0).opened('the desk');
      attempt(0).failed('gone');
      expect([closed, log.length, connection.current(), clock.pending()]).toEqual([[0], said, null, 0]);
    }
    const waiting = bench();
    waiting.attempt(0).failed('gone');
    await waiting.connection.close();
    expect([waiting.closed, waiting.clock.pending()]).toEqual([[], 0]);
  });

  it('makes one attempt at a time and stands exactly from an opening to a failure, whatever happens', () => {
    const happening = fc.oneof(
      fc.record({ kind: fc.constantFrom('opened', 'failed', 'troubled', 'tryNow') }),
      fc.record({ kind: fc.constant('advance'), ms: fc.integer({ min: 0, max: 7000 }) }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), happenings => {
        const { clock, attempts, connection } = bench();
        /** An attempt is being made or has led to a connection; whether it has. */
        let expected: { attempts: number; isOpen: boolean; dueAt: number | null } = {
          attempts: 1,
          isOpen: false,
          dueAt: null,
        };
        for (const each of happenings) {
          const last = attempts.at(-1) as Attempt<string>;
          const isHeld = expected.dueAt === null;
          if (each.kind === 'opened') last.opened('it');
          else if (each.kind === 'failed') last.failed('gone');
          else if (each.kind === 'troubled') last.troubled('odd');
          else if (each.kind === 'tryNow') connection.tryNow();
          else clock.advance('ms' in each ? each.ms : 0);
          const begun = { attempts: expected.attempts + 1, isOpen: false, dueAt: null };
          if (each.kind === 'opened' && isHeld) expected = { ...expected, isOpen: true };
          else if (each.kind === 'failed' && isHeld) {
            expected = { ...expected, isOpen: false, dueAt: clock.now() + RETRY_AFTER_MS };
          } else if (each.kind === 'tryNow' && !isHeld) expected = begun;
          else if (each.kind === 'advance' && expected.dueAt !== null && clock.now() >= expected.dueAt)
            expected = begun;
          expect(attempts.length).toBe(expected.attempts);
          expect(connection.current()).toBe(expected.isOpen ? 'it' : null);
          expect(clock.pending()).toBe(expected.dueAt === null ? 0 : 1);
        }
      }),
      { numRuns: rounds(100) },
    );
  });
});

describe('an attempt of a promise', () => {
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };

  function told() {
    const log: string[] = [];
    const attempt: Attempt<{ close(): void }> = {
      opened: () => void log.push('opened'),
      troubled: text => void log.push(text),
      failed: reason => void log.push(reason),
    };
    return { log, attempt, found: { close: () => void log.push('closed') } };
  }

  it('opens with what the promise brings, and closes that once', async () => {
    const { log, attempt, found } = told();
    const closable = whenConnected(Promise.resolve(found), attempt);
    await settled();
    await closable.close();
    await closable.close();
    expect(log).toEqual(['opened', 'closed']);
  });

  it('fails with what the error means to an operator', async () => {
    const { log, attempt } = told();
    whenConnected(Promise.reject(Object.assign(new Error('connect'), { code: 'ENETDOWN' })), attempt);
    whenConnected(Promise.reject(new Error('of an unknown kind')), attempt);
    await settled();
    expect(log).toEqual(['the network is down; check the cable', 'of an unknown kind']);
  });

  it('closed before the promise brings anything, it closes what comes and opens nothing', async () => {
    const { log, attempt, found } = told();
    const closable = whenConnected(
      settled().then(() => found),
      attempt,
    );
    await closable.close();
    for (let i = 0; i < 3; i++) await settled();
    expect(log).toEqual(['closed']);
  });
});
