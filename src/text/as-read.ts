/** Text as people read it: without case, accents, and spaces at its ends. */

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

export const asRead = (text: string): string =>
  PLAIN.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFD')
        .replaceAll(/\p{M}+/gu, '')
        .trim()
        .toLowerCase();
