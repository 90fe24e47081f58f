import { describe, expect, it } from 'vitest';
import { mutationsOf, withMutation } from './mutation.ts';

const changed = (source: string): string[] => mutationsOf(source).map(mutation => withMutation(source, mutation));

describe('a change of a source', () => {
  it('each operator, constant and way out is changed in each way, one at a time', () => {
    expect(changed('if (a < b && !c) return 3;').sort()).toEqual(
      [
        'if (a <= b && !c) return 3;',
        'if (a < b || !c) return 3;',
        'if (a < b && c) return 3;',
        'if (a < b && !c) return 6;',
        'if (false && a < b && !c) return 3;',
        'if (true || a < b && !c) return 3;',
      ].sort(),
    );
    expect(changed('a ||\n  b')).toEqual(['a &&\n  b']);
    expect(changed('Math.max(x, 0) - y')).toEqual(['Math.max(x, 0) + y', 'Math.min(x, 0) - y', 'Math.max(x, 1) - y']);
  });

  it('comments, texts, types and imports are left as they are', () => {
    const source = [
      "import { a } from './a-2.ts';",
      '/** At most 3 < 4. */',
      "const text = 'a && b, 5'; // and 6 - 7",
      'interface A {\n  readonly b: 1 | 2;\n}',
      'export type B = 1 | 2;',
      'const map = new Map<string, number>();',
      'const f = (x: number): number => x;',
    ].join('\n');
    expect(changed(source)).toEqual([]);
  });

  it('a change says its line, and nothing else changes', () => {
    const source = 'const a = 1;\nconst b = a + 2;\n';
    expect(mutationsOf(source).map(({ line, from, to, text }) => [line, from, to, text])).toEqual([
      [2, ' +', ' -', 'const b = a + 2;'],
      [1, '1', '2', 'const a = 1;'],
      [2, '2', '4', 'const b = a + 2;'],
    ]);
  });
});
