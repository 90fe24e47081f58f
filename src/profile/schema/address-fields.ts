/** Addresses of machines in a profile: plain IPv4 addresses, and names that a look-up may know. */
import { addressFault, isPlainIpv4 } from '../../text/ipv4.ts';
import { quote } from '../../text/quote.ts';
import { type FieldType, fieldType, type Parsed, type Refused } from './schema-builder.ts';

/** An IPv4 address. */
export const ipv4Address = (what = 'an IPv4 address (10.0.0.20)'): FieldType<string> =>
  fieldType(what, { type: 'string', format: 'ipv4' }, ({ source }) => readAddress(source, what));

/** An IPv4 address, or `auto`. */
export const ipv4OrAuto = (what = 'an IPv4 address (10.0.0.20) or auto'): FieldType<string> =>
  fieldType(what, { anyOf: [{ const: 'auto' }, { type: 'string', format: 'ipv4' }] }, ({ source }) =>
    source === 'auto' ? { ok: true, value: source } : withAdvice(readAddress(source, what)),
  );

const withAdvice = (read: Parsed<string>): Parsed<string> =>
  read.ok
    ? read
    : {
        ...read,
        note: 'decklight devices lists the interfaces of this machine and the units it hears, with their addresses',
      };

const HOST = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** An IPv4 address or the name of a machine. A text that the system would take for an address has to be a plain one. */
export const host = (): FieldType<string> =>
  fieldType('a host: an IPv4 address (10.0.0.20) or a name (console.local)', { type: 'string' }, ({ source }) => {
    if (addressFault(source) !== null) return readAddress(source, 'an IPv4 address (10.0.0.20)');
    return HOST.test(source) ? { ok: true, value: source } : noHost(source);
  });

function readAddress(source: string, expected: string): Parsed<string> {
  if (isPlainIpv4(source)) return { ok: true, value: source };
  const fault = addressFault(source);
  if (fault === null) return { ok: false, message: `expected ${expected}, found ${quote(source)}` };
  const { reason, offset, length } = fault;
  return { ok: false, message: `${quote(source)} is no IPv4 address: ${reason}; expected ${expected}`, offset, length };
}

/** Finds what keeps a text from being a name that a look-up could know. */
function noHost(source: string): Refused {
  const scheme = /^[a-z]+:\/+/i.exec(source)?.[0];
  if (scheme !== undefined) {
    return { ok: false, message: `expected a host alone, without ${quote(scheme)}`, offset: 0, length: scheme.length };
  }
  const port = /:\d*$/.exec(source);
  if (port !== null) {
    const message = `${quote(source)} is no host name: a port has a place of its own (port: ${port[0].slice(1)})`;
    return { ok: false, message, offset: port.index, length: port[0].length };
  }
  const [sign] = /[^A-Za-z0-9.-]/u.exec(source) ?? [];
  if (sign === undefined) {
    return {
      ok: false,
      message: `${quote(source)} is no IPv4 address and no host name; a name begins and ends with a letter or digit`,
    };
  }
  return {
    ok: false,
    message: `${quote(source)} is no host name: ${quote(sign)} cannot stand in one, only letters from a to z, digits, - and . can; write the name that the machine gives itself on the network, or its IPv4 address`,
    offset: source.indexOf(sign),
    length: sign.length,
  };
}
