/** A picture as one HTML file: opens without a network, loads nothing, runs nothing, and prints on white paper. Pure. */
import { xmlText } from '../../text/xml-text.ts';

/** Width of a drawing in its own units: the width of the page. */
export const DRAWING_WIDTH = 1000;

const STYLE = `
body { margin: 1rem auto; max-width: 70rem; padding: 0 1rem; color: #000; background: #fff; font: 0.9rem/1.4 Helvetica, Arial, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 0.3rem; }
p { margin: 0.2rem 0; } .bad { color: #a00018; font-weight: bold; }
svg { display: block; width: 100%; height: auto; font: 11px Helvetica, Arial, sans-serif; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.1rem 0.5rem 0.1rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr, section > h2 { break-inside: avoid; } h2 { break-after: avoid; }
@page { margin: 12mm; }
@media print { body { margin: 0; max-width: none; padding: 0; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/** @param body markup, its texts written by `xmlText` */
export const htmlPage = (title: string, body: readonly string[]): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta http-equiv="content-security-policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${xmlText(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${xmlText(title)}</h1>`,
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');

/** @param rows of plain text */
export const htmlTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map(cell => `<${tag}>${xmlText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${row(head, 'th')}</thead><tbody>${rows.map(cells => row(cells, 'td')).join('\n')}</tbody></table>`;
};

export const paragraph = (text: string, className: 'plain' | 'bad' = 'plain'): string =>
  `<p class="${className}">${xmlText(text)}</p>`;

/** @param label text for who does not see it @param parts markup */
export const drawing = (label: string, height: number, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${DRAWING_WIDTH} ${height}" role="img" aria-label="${xmlText(label)}">`,
    ...parts,
    '</svg>',
  ].join('\n');

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const number = (value: number): string => String(Number(value.toFixed(2)));

/** A box with as much of its text as has room, and all of it as its title. */
export function box({ x, y, width, height }: Box, fill: string, text: string): string {
  const room = Math.floor((width - 4) / 6);
  const shown = room < 2 ? '' : [...text].slice(0, room).join('');
  const place = `x="${number(x)}" y="${number(y)}" width="${number(Math.max(0.5, width))}" height="${number(height)}"`;
  return (
    `<g><title>${xmlText(text)}</title><rect ${place} fill="${fill}" stroke="#fff"/>` +
    `<text x="${number(x + 3)}" y="${number(y + height / 2 + 4)}">${xmlText(shown)}</text></g>`
  );
}

/** A line from top to bottom, with what it means as its title. */
export const mark = (x: number, [top, bottom]: readonly [number, number], colour: string, text: string): string =>
  `<g><title>${xmlText(text)}</title><line x1="${number(x)}" x2="${number(x)}" y1="${top}" y2="${bottom}" stroke="${colour}" stroke-width="1.5"/></g>`;

export const caption = (x: number, y: number, text: string): string =>
  `<text x="${number(x)}" y="${y}">${xmlText(text)}</text>`;

/** Fill of a phrase, light enough for black text on it and on paper. */
export const phraseColour = (kind: string): string => PHRASE_COLOURS[kind] ?? '#dddddd';
const PHRASE_COLOURS: Readonly<Record<string, string>> = {
  ...{ intro: '#cfc4ff', up: '#ffcf9e', down: '#aed8ff', chorus: '#ffb3c1', verse: '#a5e5cd', bridge: '#ece0a0' },
  outro: '#d3d8de',
};
