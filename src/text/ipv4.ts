/** IPv4 addresses as people write them, and what is wrong with one that is none. */

/** Fault that keeps a text from being a plain address, and the part of it that is meant, in characters. */
export interface AddressFault {
  /** Completes "10.0.0.256 is no IPv4 address: …". */
  readonly reason: string;
  readonly offset: number;
  readonly length: number;
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const PLAIN = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** Four numbers of 0 to 255 with dots between them, none with a zero in front. */
export const isPlainIpv4 = (text: string): boolean => PLAIN.test(text);

/**
 * Tells whether a text is meant as an address, or would be taken for one by the system, and is no plain one.
 *
 * Source: inet_aton(3), to which systems hand texts that end with a number: `10.0.20` is 10.0.0.20 there, and `020` is 16.
 *
 * @returns null: it is a plain address, or something else, as a name is
 */
export function addressFault(text: string): AddressFault | null {
  if (isPlainIpv4(text)) return null;
  const whole = (reason: string): AddressFault => ({ reason, offset: 0, length: text.length });
  const port = /^([\d.]+):(\d*)$/.exec(text);
  if (port !== null && isPlainIpv4(port[1] ?? '')) {
    const offset = (port[1] ?? '').length;
    return { reason: 'a port has a place of its own', offset, length: text.length - offset };
  }
  if (/^\d+(?:,\d+){3}$/.test(text)) return whole(`write dots between its numbers: ${text.replaceAll(',', '.')}`);
  if (/^\d[\d.]*\/\d+$/.test(text)) {
    const offset = text.indexOf('/');
    return { reason: 'expected one address, not a subnet', offset, length: text.length - offset };
  }
  if (!/^[\d.]+$/.test(text)) {
    return /(?:^|\.)(?:0x[\da-f]*|\d+)$/i.test(text) ? whole('it ends with a number, as no name does') : null;
  }
  return wrongNumber(text) ?? whole(`expected four numbers with dots between them, found ${countOf(text)}`);
}

/** The first number of the text that is not one of 0 to 255, plainly written. */
function wrongNumber(text: string): AddressFault | null {
  let offset = 0;
  for (const number of text.split('.')) {
    const { length } = number;
    if (number === '')
      return { reason: 'a number is missing beside this dot', offset: Math.max(0, offset - 1), length: 1 };
    if (length > 1 && number.startsWith('0')) {
      const plain = String(Number(number));
      return { reason: `a zero in front makes another number of it to some systems; write ${plain}`, offset, length };
    }
    // 10.0.20 and 167772180 are addresses to the system, whatever the size of their last number.
    if (Number(number) > 255 && text.includes('.')) return { reason: `${number} is more than 255`, offset, length };
    offset += length + 1;
  }
  return null;
}

const COUNTS = ['none', 'one', 'two', 'three'];

const countOf = (text: string): string => {
  const count = text.split('.').length;
  return COUNTS[count] ?? String(count);
};
