/** IPv4 addresses: what is one, and what is said of those that are none. */
import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFault, isPlainIpv4 } from '../../src/text/ipv4.ts';

describe('a text that the system would take for an address, and is no plain one, is a fault', () => {
  test.each<readonly [text: string, meant: string, reason: RegExp]>([
    ['10.0.0.256', '256', /^256 is more than 255$/],
    ['300.0.0.1', '300', /^300 is more than 255$/],
    ['10.0.0.20.5', '10.0.0.20.5', /expected four numbers .* found 5$/],
    ['10.0.20', '10.0.20', /found three$/],
    ['10.20', '10.20', /found two$/],
    ['42', '42', /found one$/],
    ['167772180', '167772180', /found one$/],
    ['10.0.0.020', '020', /zero in front .* write 20$/],
    ['10.00.0.20', '00', /write 0$/],
    ['10.0.0.', '.', /a number is missing/],
    ['10..0.20', '.', /a number is missing/],
    ['.10.0.0', '.', /a number is missing/],
    ['10.0.0.20:8000', ':8000', /a port has a place of its own/],
    ['10,0,0,20', '10,0,0,20', /dots between its numbers: 10\.0\.0\.20/],
    ['10.0.0.0/24', '/24', /not a subnet/],
    ['0x0a000014', '0x0a000014', /ends with a number/],
    ['0xa.0.0.0x14', '0xa.0.0.0x14', /ends with a number/],
    ['desk.5', 'desk.5', /ends with a number/],
  ])('%s', (text, meant, reason) => {
    const fault = addressFault(text);
    expect(fault?.reason).toMatch(reason);
    expect(text.slice(fault?.offset, (fault?.offset ?? 0) + (fault?.length ?? 0))).toBe(meant);
  });
});

test.each(['console.local', 'localhost', 'desk5', '10-0-0-20.example', 'a', ''])('the name %s is no fault', name => {
  expect(addressFault(name)).toBeNull();
});

test('an address is plain exactly where Node says so', () => {
  const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('00', '01', '', '0x1', '256', '1e1', ' 1'));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), parts => {
      const text = parts.join('.');
      expect(isPlainIpv4(text)).toBe(isIPv4(text));
      if (isIPv4(text)) expect(addressFault(text)).toBeNull();
      else if (/^[\d.]+$/.test(text)) expect(addressFault(text)).not.toBeNull();
    }),
  );
});
