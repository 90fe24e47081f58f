import { describe, expect, it } from 'vitest';
import { reach } from '../../../src/cli/doctor/hosts.ts';

describe('the machines of a profile', () => {
  it('a host is found by its address or name, and one that is nowhere is not', async () => {
    expect(await reach('127.0.0.1', [])).toEqual({
      host: '127.0.0.1',
      address: '127.0.0.1',
      from: '127.0.0.1',
      neighbour: null,
    });
    expect(await reach('localhost', [])).toEqual({
      host: 'localhost',
      address: '127.0.0.1',
      from: '127.0.0.1',
      neighbour: null,
    });
    // RFC 6761: no name under .invalid ever exists.
    expect(await reach('desk.invalid', [])).toEqual({
      host: 'desk.invalid',
      address: null,
      from: null,
      neighbour: null,
    });
  });
});
