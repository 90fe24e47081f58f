/** Signs that look like others and are not: spaces that are none, curly quotes, commas in numbers. */

/** Spaces and invisible signs that are no spaces to YAML, to a place or to an expression. */
const ODD_SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/;
const NO_BREAK: ReadonlySet<string> = new Set(['\u00a0', '\u202f']);
const WITHOUT_WIDTH: ReadonlySet<string> = new Set(['\u200b', '\u2060', '\ufeff']);

export interface Lookalike {
  /** Characters from the start of the text. */
  readonly offset: number;
  readonly length: number;
  /** Name of the sign, and what to write. */
  readonly message: string;
}

/** The first space that is none; null: there is none. */
export function oddSpace(text: string): Lookalike | null {
  const offset = text.search(ODD_SPACE);
  if (offset < 0) return null;
  const sign = text.charAt(offset);
  const code = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const advice = 'if it belongs to a text, put that in quotes';
  const message = WITHOUT_WIDTH.has(sign)
    ? `an invisible sign (${code}) stands here; take it out, or, ${advice}`
    : `${NO_BREAK.has(sign) ? 'a no-break space' : 'a wide or narrow space'} (${code}) stands here, which is no space to a profile; type a space, or, ${advice}`;
  return { offset, length: 1, message };
}

const withoutOddSpaces = (text: string): string =>
  text.replaceAll(new RegExp(ODD_SPACE, 'g'), sign => (WITHOUT_WIDTH.has(sign) ? '' : ' ')).trim();

const CURLY = /[\u201c-\u201f\u00ab\u00bb\u2018-\u201b\u2039\u203a]/;
const DECIMAL_COMMA = /(\d),(?=\d)/;

/**
 * Finds what an author probably meant by a text that was refused: the same text in plain signs.
 *
 * @returns null: there is nothing to mend
 */
export function inPlainSigns(text: string): (Lookalike & { readonly plain: string }) | null {
  const odd = oddSpace(text);
  if (odd !== null) return { ...odd, plain: withoutOddSpaces(text) };
  const curly = text.search(CURLY);
  if (curly >= 0) {
    const plain = text.replaceAll(/[\u201c-\u201f\u00ab\u00bb]/g, '"').replaceAll(/[\u2018-\u201b\u2039\u203a]/g, "'");
    const message = `${text.charAt(curly)} is a curly quote, which is a letter here; write straight ones: ${plain}`;
    return { offset: curly, length: 1, message, plain };
  }
  const comma = text.search(DECIMAL_COMMA);
  if (comma < 0) return null;
  const plain = text.replaceAll(/(\d),(?=\d)/g, '$1.');
  return { offset: comma + 1, length: 1, message: `a number has a point and no comma; write ${plain}`, plain };
}

/** A text in curly quotes from end to end: to YAML they are a part of it. */
export const isInCurlyQuotes = (text: string): boolean =>
  text.length > 2 && CURLY.test(text.charAt(0)) && CURLY.test(text.charAt(text.length - 1));
