/** What a simulated player shows, drawn as text: lamps, numbers, texts and rows. */
import type { Ms } from '../../../src/core/clock.ts';
import { OUTPUT_IDS, type OutputId, outputControl } from '../controls/output-controls.ts';
import type { OutputValues } from '../layout.ts';
import { isPlayerOnline, type SimulatedPlayer } from './player.ts';

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');

/** `1:23.456` */
const timeText = (ms: Ms): string =>
  `${Math.floor(ms / 60_000)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;

const lampText = (id: OutputId, shown: OutputValues): string => {
  const name = id.replace(/-led$/, '');
  return shown[id] === 1 ? `[${name.toUpperCase()}]` : ` ${name} `;
};

/** Choices and switches that are not as in the dark: `loop-size 4, jog-display-enable`. */
function settingsText(shown: OutputValues): string {
  const set = OUTPUT_IDS.flatMap(id => {
    const { kind, names } = outputControl(id);
    const raw = shown[id];
    if (raw === 0) return [];
    if (kind === 'switch') return [id];
    return kind === 'choice' ? [`${id} ${names[raw] ?? raw}`] : [];
  });
  return set.join(', ');
}

/** Lines without colour, what matters most first; texts, settings and rows only where there are some. */
export function drawPlayer(player: SimulatedPlayer): readonly string[] {
  const { shown, screen, options, login } = player;
  const lamps = OUTPUT_IDS.filter(id => outputControl(id).kind === 'light').map(id => lampText(id, shown));
  const half = Math.ceil(lamps.length / 2);
  const state = !player.isOn
    ? 'control mode off'
    : isPlayerOnline(player)
      ? `logged in by ${login.manufacturer}`
      : 'dark';
  const bpm = shown['bpm-visible'] === 1 ? `${shown['bpm-integer']}.${shown['bpm-tenths']} BPM` : 'no BPM';
  const { texts } = screen;
  const words = [texts.title, texts.artist, texts.album, texts.genre].filter(text => text !== undefined && text !== '');
  const rows = screen.rows.map(row => {
    if (row === null || row.text === '') return '|';
    const sign = row.icon === 'none' ? '' : `(${row.icon}) `;
    return `|${row.isSelected ? '>' : ' '} ${sign}${row.text}${row.color === 'white' ? '' : ` {${row.color}}`}`;
  });
  const lastRow = rows.findLastIndex(row => row !== '|');
  return [
    `${options.product}: ${state}`,
    lamps.slice(0, half).join(''),
    lamps.slice(half).join(''),
    `${timeText(shown['elapsed-time'])} of ${timeText(shown['track-length'])}  ${bpm}  ${(shown['tempo-delta'] / 100).toFixed(2)} %`,
    ...[words.concat(screen.key === '' ? [] : [`key ${screen.key}`]).join(' - '), settingsText(shown)].filter(Boolean),
    ...rows.slice(0, lastRow + 1),
  ];
}
