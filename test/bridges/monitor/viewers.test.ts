/** Pages that look on at a monitor: what each is told, and what becomes of one that reads slowly. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { viewers } from '../../../bridges/monitor/viewers.ts';

/** A page that reads as long as it is told to. */
function page() {
  const told: string[] = [];
  const state = { reads: true };
  const response = Object.assign(new EventEmitter(), {
    write(bytes: Buffer) {
      told.push(...bytes.toString().split('\n\n').filter(Boolean));
      return state.reads;
    },
    end() {},
  });
  return { told, state, response: response as unknown as ServerResponse, drain: () => response.emit('drain') };
}

it('each page is told the very same bytes, encoded once', () => {
  const written: Buffer[] = [];
  const looking = viewers(() => ({}));
  for (let i = 0; i < 20; i++) {
    const { response } = page();
    looking.add(Object.assign(response, { write: (bytes: Buffer) => written.push(bytes) > 0 }), {});
  }
  written.splice(0);
  looking.tellChanged('state', { a: 1 });
  expect(written).toHaveLength(20);
  expect(new Set(written).size).toBe(1);
});

it('a page that reads slowly is told the newest of what it missed when it reads again, and nothing twice', () => {
  let now = 0;
  const looking = viewers(() => ({ state: { now }, tracks: ['a', 'b'], lines: [`line ${now}`] }));
  const [quick, slow] = [page(), page()];
  looking.add(quick.response, null);
  looking.add(slow.response, null);
  slow.state.reads = false;
  for (now = 1; now <= 100; now++) looking.tellChanged('state', { now });
  looking.tell('line', 'a line', 'lines');
  expect(quick.told.filter(text => text.startsWith('event: state'))).toHaveLength(101);
  expect(slow.told.filter(text => text.startsWith('event: state'))).toHaveLength(2);
  slow.told.splice(0);
  slow.state.reads = true;
  slow.drain();
  expect(slow.told).toEqual(['event: state\ndata: {"now":101}', 'event: lines\ndata: ["line 101"]']);
  looking.tell('line', 'another', 'lines');
  expect(slow.told.at(-1)).toBe('event: line\ndata: "another"');
});

it('a page that has gone is told nothing more', () => {
  const looking = viewers(() => ({}));
  const { response, told } = page();
  looking.add(response, null);
  response.emit('close');
  looking.tellChanged('state', 1);
  expect(looking.count()).toBe(0);
  expect(told).toEqual(['event: hello\ndata: null']);
});
