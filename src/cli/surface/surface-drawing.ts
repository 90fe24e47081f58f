/**
 * A surface as a drawing (SVG) to print and lay beside it: black on white alone, readable without colours. What is used has a
 * thick outline and a number; the list below says for each number what it does. Pure.
 */
import type { SurfaceControls, SurfacePanel, SurfaceSpot } from '../../bridge.ts';
import { xmlText } from '../../text/xml-text.ts';
import { type BoundControl, controlLabels } from './bound-controls.ts';

export interface DrawnSurface {
  /** Title of the page. */
  readonly title: string;
  readonly controls: SurfaceControls;
  readonly panel: SurfacePanel;
  readonly bound: readonly BoundControl[];
}

const MARGIN = 20;
const HEADER = 60;
/** Lines of the list below. */
const LINE = 22;
const FONT = 'font-family="Helvetica, Arial, sans-serif"';
/** Width of a character at size 1, on average. */
const CHARACTER = 0.56;

export function surfaceDrawing({ title, controls, panel, bound }: DrawnSurface): string {
  const numbers = new Map(bound.map(({ control }, i) => [control, i + 1]));
  const byControl = new Map(bound.map(each => [each.control, each]));
  const labels = controlLabels(controls);
  const spots = Object.entries(panel.spots);
  // Whatever contains another is drawn first.
  const inOrder = spots.toSorted(([, a], [, b]) => b.width * b.height - a.width * a.height);
  const list = legend(bound, panel);
  const height = HEADER + panel.height + list.length * LINE + 3 * MARGIN;
  const width = panel.width + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="190mm" ${FONT} fill="black" stroke="none">`,
    `<title>${xmlText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(title, { x: MARGIN, y: 40, size: 26, isBold: true }),
    `<g transform="translate(${MARGIN} ${HEADER})">`,
    shape({ x: 0, y: 0, width: panel.width, height: panel.height, isRound: false }, 1),
    ...panel.outlines.flatMap(outline => [
      shape(outline, 1),
      text(outline.label, { x: outline.x + outline.width / 2, y: outline.y + 20, size: 13, isCentred: true }),
    ]),
    ...inOrder.flatMap(([control, spot]) =>
      drawn(spot, {
        label: labels[control] ?? control,
        number: numbers.get(control) ?? null,
        does: byControl.get(control) ?? null,
      }),
    ),
    '</g>',
    ...list.map((line, i) =>
      text(line, { x: MARGIN, y: HEADER + panel.height + 2 * MARGIN + i * LINE, size: 16, isBold: /^\d/.test(line) }),
    ),
    '</svg>',
    '',
  ].join('\n');
}

interface DrawnControl {
  readonly label: string;
  /** In the list; null: nothing is bound to it. */
  readonly number: number | null;
  readonly does: BoundControl | null;
}

/** A control: thin with its label, or thick with its number and what its first gesture does, as much as fits. */
function drawn(spot: SurfaceSpot, { label, number, does }: DrawnControl): readonly string[] {
  const { x, y, width, height } = spot;
  const middle = x + width / 2;
  const [name = ''] = label.split(' (');
  if (number === null || does === null) {
    const isBig = width > 200 && height > 200;
    return [
      shape(spot, 1),
      text(fitting(name, width - 6, 10), {
        x: middle,
        y: isBig ? y + 40 : y + height / 2 + 4,
        size: 10,
        isCentred: true,
      }),
    ];
  }
  const first = does.gestures[0]?.does ?? '';
  const size = width < 60 ? 11 : 14;
  const top = y + height / 2;
  return [
    shape(spot, 4),
    text(String(number), { x: middle, y: top - 6, size: size + 4, isBold: true, isCentred: true }),
    text(fitting(first, width - 10, size), { x: middle, y: top + 12, size, isCentred: true }),
  ];
}

/** Each control on a line of its own, cut into several where it is too long for the page. */
function legend(bound: readonly BoundControl[], { width }: SurfacePanel): readonly string[] {
  const most = Math.floor(width / (16 * CHARACTER));
  return bound.flatMap(({ label, gestures }, i) => {
    const words =
      `${i + 1}  ${label}:  ${gestures.map(({ gesture, does }) => `${gesture}: ${does}`).join(';  ')}`.split(' ');
    const lines: string[] = [];
    let line = '';
    for (const word of words) {
      if (line !== '' && line.length + 1 + word.length > most) {
        lines.push(line);
        line = `     ${word}`;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}

function shape({ x, y, width, height, isRound }: SurfaceSpot, stroke: number): string {
  const line = `fill="white" stroke="black" stroke-width="${stroke}"`;
  if (isRound)
    return `<ellipse cx="${x + width / 2}" cy="${y + height / 2}" rx="${width / 2}" ry="${height / 2}" ${line}/>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" ${line}/>`;
}

interface Written {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly isBold?: boolean;
  readonly isCentred?: boolean;
}

function text(content: string, { x, y, size, isBold = false, isCentred = false }: Written): string {
  if (content === '') return '';
  const marks = `${isBold ? ' font-weight="bold"' : ''}${isCentred ? ' text-anchor="middle"' : ''}`;
  return `<text x="${x}" y="${y}" font-size="${size}"${marks} xml:space="preserve">${xmlText(content)}</text>`;
}

/** As much of a text as there is room for. */
function fitting(content: string, room: number, size: number): string {
  const most = Math.max(1, Math.floor(room / (size * CHARACTER)));
  return content.length <= most ? content : `${content.slice(0, Math.max(1, most - 1))}…`;
}
