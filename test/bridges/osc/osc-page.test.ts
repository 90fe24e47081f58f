/** The page about OSC and the code say the same, row by row. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oscBridge } from '../../../bridges/osc/index.ts';
import { OSC_IN_ROWS } from '../../../bridges/osc/osc-in-addresses.ts';
import { FEED, MASTER_DECK, MASTER_TEMPO } from '../../../src/core/engine/feed-facts.ts';
import { LIST_FEED } from '../../../src/core/engine/list-facts.ts';
import { jsonSchemaOf } from '../../../src/profile/schema/field-types.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The cells of each row of the table that begins with these headings. */
function table(page: string, ...headings: readonly string[]): string[][] {
  const head = `| ${headings.join(' | ')} |\n`;
  const start = page.indexOf(head);
  if (start < 0) throw new Error(`no table of ${headings.join(', ')}`);
  const [, ...lines] = page.slice(start + head.length).split('\n');
  const end = lines.findIndex(line => !line.startsWith('|'));
  return lines.slice(0, end).map(line => line.slice(2, -2).split(' | '));
}

const LETTER = { int: 'i', float: 'f', string: 's' } as const;
const told = (moves: boolean): string => (moves ? 'every so often' : 'at once');

describe('docs/osc.md', () => {
  const page = read('docs/osc.md');

  it('lists every address of OSC in, and no other', () => {
    expect(table(page, 'address', 'arguments', 'does')).toEqual(
      OSC_IN_ROWS.map(({ address, args, doc }) => [`\`${address}\``, args, doc]),
    );
  });

  it('lists every fact of the feed, in its order', () => {
    expect(table(page, 'fact', 'type', 'meaning', 'told')).toEqual(
      FEED.map(({ name, type, doc, moves }) => [`\`${name}\``, LETTER[type], doc, told(moves)]),
    );
    expect(table(page, 'address', 'type', 'meaning', 'told')).toEqual([
      [`\`${MASTER_DECK.address}\``, 'i', MASTER_DECK.doc, told(false)],
      [`\`${MASTER_TEMPO.address}\``, 'f', MASTER_TEMPO.doc, told(true)],
    ]);
    expect(table(page, 'fact of a list', 'type', 'meaning', 'told')).toEqual(
      LIST_FEED.map(({ name, type, doc }) => [`\`${name}\``, LETTER[type], doc, told(false)]),
    );
  });
});

describe('the page of the bridge', () => {
  it('names every option there is', () => {
    const named = table(read('bridges/osc/README.md'), 'option', 'meaning').flatMap(
      ([cell = '']) => cell.match(/[a-z]+/g) ?? [],
    );
    const { properties } = jsonSchemaOf(oscBridge.options) as { readonly properties: object };
    expect(named.sort()).toEqual(Object.keys(properties).sort());
  });
});
