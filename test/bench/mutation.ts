/** Small changes to a source text, of the kind that a slip of the hand makes. Pure. */

export interface Mutation {
  /** Where `from` stands in the source. */
  readonly offset: number;
  readonly from: string;
  readonly to: string;
  /** 1-based. */
  readonly line: number;
  /** The line as it was, without its indent. */
  readonly text: string;
}

/** What is replaced by what; operators stand between spaces, so that no type argument is taken for a comparison. */
const SWAPS: readonly (readonly [from: RegExp, to: string])[] = [
  [/ <(?=\s)/g, ' <='],
  [/ <=(?=\s)/g, ' <'],
  [/ >(?=\s)/g, ' >='],
  [/ >=(?=\s)/g, ' >'],
  [/ ===(?=\s)/g, ' !=='],
  [/ !==(?=\s)/g, ' ==='],
  [/ &&(?=\s)/g, ' ||'],
  [/ \|\|(?=\s)/g, ' &&'],
  [/ \+(?=\s)/g, ' -'],
  [/ -(?=\s)/g, ' +'],
  [/ \*(?=\s)/g, ' /'],
  [/ \/(?=\s)/g, ' *'],
  [/\bMath\.max\b/g, 'Math.min'],
  [/\bMath\.min\b/g, 'Math.max'],
  [/\bMath\.floor\b/g, 'Math.ceil'],
  [/\bMath\.ceil\b/g, 'Math.floor'],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/(?<=[ (])!(?=[a-zA-Z(])/g, ''],
  // A way out that is never taken, and one that always is.
  [/\bif \((?=.*\) (?:return|continue|break)\b)/g, 'if (false && '],
  [/\bif \((?=.*\) (?:return|continue|break)\b)/g, 'if (true || '],
];

const NUMBER = /(?<![\w.$])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?![\w.])/g;

/** Twice as much; of nothing, one. */
const otherNumber = (text: string): string => {
  const value = Number(text.replaceAll('_', ''));
  return String(value === 0 ? 1 : value * 2);
};

/** Every change that could be made to a source, in no order. */
export function mutationsOf(source: string): readonly Mutation[] {
  const code = codeOf(source);
  const found: Omit<Mutation, 'line' | 'text'>[] = [];
  for (const [from, to] of SWAPS) {
    for (const match of code.matchAll(from)) found.push({ offset: match.index, from: match[0], to });
  }
  for (const match of code.matchAll(NUMBER)) {
    found.push({ offset: match.index, from: match[0], to: otherNumber(match[0]) });
  }
  const lines = source.split('\n');
  return found.map(each => {
    const line = source.slice(0, each.offset + 1).split('\n').length;
    return { ...each, line, text: (lines[line - 1] ?? '').trim() };
  });
}

export const withMutation = (source: string, { offset, from, to }: Mutation): string =>
  source.slice(0, offset) + to + source.slice(offset + from.length);

/** The source with all that is no code blanked out, as long as before: comments, texts, imports and declarations of types. */
function codeOf(source: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, '\0');
  return source
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/\/\/.*$/gm, blank)
    .replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`/g, blank)
    .replace(/^import [\s\S]*?;$/gm, blank)
    .replace(/^export (?:\*|\{)[\s\S]*?;$/gm, blank)
    .replace(/^(?:export )?interface [\s\S]*?^\}/gm, blank)
    .replace(/^(?:export )?type [\s\S]*?;$/gm, blank);
}
