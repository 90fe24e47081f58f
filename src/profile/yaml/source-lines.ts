/** Lines of a profile's text: where one begins, what stands on it, and with which others it should line up. */

export const lineStart = (source: string, at: number): number => source.lastIndexOf('\n', at - 1) + 1;

/** From here to the end of the line, without a comment and the blanks before it. */
export function restOfLine(source: string, at: number): string {
  const end = source.indexOf('\n', at);
  const line = source.slice(at, end < 0 ? source.length : end);
  return line.replace(/[ \t]#.*$/, '').trimEnd();
}

/** 1-based. Called for messages only: it counts from the start of the file. */
export function lineNumber(source: string, at: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) line++;
  return line;
}

/** As it should have been written; a long text is cut. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return shown.includes('"') || shown.includes('\\') ? `'${shown.replaceAll("'", "''")}'` : `"${shown}"`;
}

/** A key or an item above a line, in whose column the line may have to stand. */
interface Column {
  readonly spaces: number;
  readonly isItem: boolean;
  /** Text of the line: `match`, `- name`. */
  readonly label: string;
  readonly line: number;
}

/** More lines than one looks up for the key above. */
const MOST_LOOKED_AT = 500;

/** Columns of the maps and lists that are open above a line, the innermost first. */
function columnsAbove(source: string, start: number): readonly Column[] {
  const columns: Column[] = [];
  let innermost = Number.POSITIVE_INFINITY;
  const add = (spaces: number, text: string, line: number): void => {
    const label = /^(?:- +)?[^:#]*/.exec(text)?.[0].trim().slice(0, 40) ?? '';
    columns.push({ spaces, isItem: text.startsWith('-'), label, line });
  };
  let line = lineNumber(source, start);
  for (let end = start - 1, seen = 0; end > 0 && innermost > 0 && seen < MOST_LOOKED_AT; seen++) {
    const from = lineStart(source, end);
    const [, blanks = '', text = ''] = /^( *)(.*)/.exec(source.slice(from, end)) ?? [];
    line--;
    end = from - 1;
    const isKeyOrItem = /^(?:- |-$|[\w<"'-]+ *:)/.test(text);
    if (!isKeyOrItem || blanks.length >= innermost) continue;
    const dash = /^- +(?=\S)/.exec(text)?.[0].length ?? 0;
    if (dash > 0 && blanks.length + dash < innermost) add(blanks.length + dash, text.slice(dash), line);
    add(blanks.length, text, line);
    innermost = blanks.length;
  }
  return columns;
}

const spacesOf = (count: number): string => (count === 1 ? '1 space' : `${count === 0 ? 'no' : count} spaces`);

/** A line that stands in a wrong column: where its text begins, and where it should. */
export function outOfLine(source: string, at: number): { readonly start: number; readonly message: string } {
  const lineFrom = lineStart(source, at);
  const spaces = /^ */.exec(source.slice(lineFrom))?.[0].length ?? 0;
  const start = lineFrom + spaces;
  const isItem = /^-(?: |\r?\n|$)/.test(source.slice(start, start + 3));
  const above = columnsAbove(source, lineFrom);
  const alike = above.filter(column => column.isItem === isItem);
  const [nearest] = [...(alike.length > 0 ? alike : above)].sort(
    (a, b) => Math.abs(a.spaces - spaces) - Math.abs(b.spaces - spaces),
  );
  if (nearest === undefined) return { start, message: 'a profile begins without spaces before its keys' };
  const { label, line } = nearest;
  if (nearest.spaces === spaces) {
    return { start, message: `a list item cannot stand among keys, as "${label}" in line ${line} is one` };
  }
  const found = `this line begins after ${spacesOf(spaces)}, and "${label}" in line ${line} after ${spacesOf(nearest.spaces)}; line them up`;
  // Two spaces more than a key: what `- ` before that key would have made right.
  const asItem = !isItem && !nearest.isItem && spaces === nearest.spaces + 2;
  return { start, message: asItem ? `${found}, or, where a list belongs, write "- ${label}"` : found };
}
