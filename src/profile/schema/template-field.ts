/** Reading texts with `${…}` in them. */
import { compileExpression } from '../../core/rules/compile-expression.ts';
import type { Expression } from '../../core/rules/expression.ts';
import type { Template } from '../../core/rules/template.ts';
import type { Parsed } from './schema-builder.ts';

const HOLE = `\${`;

/** Cuts a text at its `${…}` and compiles each; a text without any is given back. Faults are counted in the whole text. */
export function readTemplate(source: string): Parsed<string | Template> {
  const parts: (string | Expression)[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf(HOLE, at);
    if (open < 0) break;
    const close = endOfHole(source, open + HOLE.length);
    if (close < 0) {
      return { ok: false, message: `this ${HOLE} is never closed with }`, offset: open, length: HOLE.length };
    }
    if (open > at) parts.push(source.slice(at, open));
    const compiled = compileExpression(source.slice(open + HOLE.length, close));
    if (!compiled.ok) {
      // An empty pair of braces has no inside to point at.
      const isEmpty = close === open + HOLE.length;
      return {
        ...compiled,
        offset: isEmpty ? open : open + HOLE.length + compiled.offset,
        length: isEmpty ? 3 : compiled.length,
      };
    }
    parts.push(compiled.expression);
    at = close + 1;
  }
  if (parts.length === 0) return { ok: true, value: source };
  if (at < source.length) parts.push(source.slice(at));
  const [first] = parts;
  return {
    ok: true,
    value: { template: parts, isWhole: parts.length === 1 && typeof first === 'object' && first.isWhole },
  };
}

/** Where the `}` stands that ends an expression, texts in quotes skipped; -1: nowhere. */
function endOfHole(source: string, from: number): number {
  let quoteSign: string | null = null;
  for (let i = from; i < source.length; i++) {
    const sign = source[i];
    if (sign === '\\' && quoteSign !== null) i++;
    else if (quoteSign !== null) quoteSign = sign === quoteSign ? null : quoteSign;
    else if (sign === '"' || sign === "'") quoteSign = sign;
    else if (sign === '}') return i;
  }
  return -1;
}
