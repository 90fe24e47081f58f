/** A scalar of the profile as the author wrote it, before anything takes it for a number, a date or a truth value. */

/** How a scalar is written: decides whether an offset in its text is an offset in the file. */
export type Style = 'plain' | 'single' | 'double' | 'block';

/**
 * One scalar: its text and where it stands. YAML's own idea of its type is never asked, so `1.10`, `1999`, `on` and `~`
 * are just words here.
 *
 * A class, so that zod does not take it for a map.
 */
export class Text {
  /** Exactly as written for a plain scalar, what the quotes hold for a quoted one. */
  readonly source: string;
  /** In quotes, or a block: a text and nothing else. */
  readonly isQuoted: boolean;
  /** Characters from the start of the file, quotes included; `end` is the first one after it. */
  readonly start: number;
  readonly end: number;
  /** The scalar in the file, quotes included. */
  readonly #raw: string;
  readonly #style: Style;

  constructor(source: string, style: Style, start: number, raw: string) {
    this.source = source;
    this.isQuoted = style !== 'plain';
    this.start = start;
    this.end = start + raw.length;
    this.#raw = raw;
    this.#style = style;
  }

  /**
   * Where a part of the text stands in the file.
   *
   * Exact for a scalar on one line without escapes; else the whole scalar, since folding and escapes move the letters.
   */
  rangeOf(offset: number, length: number): { readonly start: number; readonly end: number } {
    const inner = this.#style === 'plain' ? this.#raw : this.#raw.slice(1, -1);
    const isOneLine = this.#style !== 'block' && !/[\r\n]/.test(inner);
    if (isOneLine && this.#style === 'single') {
      const before = (to: number): number => this.source.slice(0, to).replaceAll("'", "''").length;
      return { start: this.start + 1 + before(offset), end: this.start + 1 + before(offset + length) };
    }
    if (isOneLine && inner === this.source) {
      const start = this.start + (this.isQuoted ? 1 : 0) + offset;
      return { start, end: start + length };
    }
    return { start: this.start, end: this.end };
  }
}
