/** A timecode label in digits that are read from across the booth: three lines of half blocks. */

/** Rows of five, three dots wide. */
const GLYPHS: Readonly<Record<string, readonly string[]>> = {
  '0': ['###', '# #', '# #', '# #', '###'],
  '1': [' # ', '## ', ' # ', ' # ', '###'],
  '2': ['###', '  #', '###', '#  ', '###'],
  '3': ['###', '  #', ' ##', '  #', '###'],
  '4': ['# #', '# #', '###', '  #', '  #'],
  '5': ['###', '#  ', '###', '  #', '###'],
  '6': ['###', '#  ', '###', '# #', '###'],
  '7': ['###', '  #', '  #', '  #', '  #'],
  '8': ['###', '# #', '###', '# #', '###'],
  '9': ['###', '# #', '###', '  #', '###'],
  '-': ['   ', '   ', '###', '   ', '   '],
  ':': [' ', '#', ' ', '#', ' '],
  ';': [' ', '#', ' ', '#', '#'],
};

const ROWS = 6;
const BLOCKS: Readonly<Record<string, string>> = { '  ': ' ', '# ': '▀', ' #': '▄', '##': '█' };

/** @returns three lines; characters that have no glyph are left out */
export function bigLabel(label: string): readonly string[] {
  const glyphs = [...label].flatMap(character => {
    const glyph = GLYPHS[character];
    return glyph === undefined ? [] : [glyph];
  });
  const dot = (glyph: readonly string[], row: number, column: number): string => glyph[row]?.[column] ?? ' ';
  const lines: string[] = [];
  for (let row = 0; row < ROWS; row += 2) {
    const texts = glyphs.map(glyph => {
      const width = glyph[0]?.length ?? 0;
      const blocks = Array.from({ length: width }, (_, column) => {
        const block = BLOCKS[dot(glyph, row, column) + dot(glyph, row + 1, column)] ?? ' ';
        // Characters are twice as high as wide.
        return block + block;
      });
      return blocks.join('');
    });
    lines.push(texts.join(' '));
  }
  return lines;
}

/** Columns that `01:02:03:04` takes. */
export const BIG_LABEL_COLUMNS = 8 * 6 + 3 * 2 + 10;
