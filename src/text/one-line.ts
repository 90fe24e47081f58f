/**
 * A text of others in a line of ours: it neither ends the line, nor moves the cursor of a terminal, nor turns the direction in
 * which what follows is read (Unicode Standard Annex #9: marks, embeddings, overrides and isolates).
 */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
