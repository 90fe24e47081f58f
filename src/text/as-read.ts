/** Text as people read it: without case, the accents of Latin letters, spaces at its ends or several in a row, and signs that nothing is seen of. */

const PLAIN = /^(?! )(?:[\x21-\x7e]| (?! |$))+$/;

export const asRead = (text: string): string =>
  PLAIN.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFD')
        .replaceAll(/(?<=\p{Script=Latin})\p{M}+|\p{Cf}+/gu, '')
        .normalize('NFC')
        .replaceAll(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .toLowerCase();
