/** Text about an imported track: its facts, its phrases as one line, its cues. Pure. */

import { clockText } from '../../core/rules/moments.ts';
import type { CuePoint, MediaTrack } from '../../core/track/media-track.ts';
import type { Phrase, PhraseKind, SongStructure } from '../../core/track/phrase.ts';
import { NO_TRACK_NOTES } from '../../core/track/track-notes.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Paint } from '../terminal/status-text.ts';

/** A track in one line, for a list: what one would name it by. */
export const trackLine = ({ stick, id, title, artist, file }: MediaTrack): string =>
  oneLine(
    [`${stick}  ${id === null ? '–' : id}`, [title ?? '(no title)', artist].filter(Boolean).join(' – '), file].join(
      '  ',
    ),
  );

/**
 * @param columns of the terminal
 * @param isColoured whether cues may have a spot of their colour beside its name
 */
export function trackLines(track: MediaTrack, columns: number, paint: Paint, isColoured: boolean): readonly string[] {
  const { title, artist, structure, fingerprint, cuePoints } = track;
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['stick', `${track.stick}, ${track.id === null ? 'by its phrases alone: it has no number' : `track ${track.id}`}`],
    ['file', track.file],
    ['album', track.album],
    ['genre', track.genre],
    ['key', track.musicalKey],
    ...noteLines(track),
    ['tempo', tempoOf(track)],
    ['length', track.durationMs === null ? null : clockText(track.durationMs)],
    ['playlists', track.playlists.join(', ') || null],
    ['artwork', track.artworkFile],
    ['grid', gridText(track)],
    ['fingerprint', fingerprint?.exact ?? null],
    ['loose', fingerprint?.loose ?? null],
    ['phrases', structure === null ? 'none: not analysed for them' : structureText(structure)],
  ];
  return [
    paint('bold', oneLine([title ?? '(no title)', artist].filter(Boolean).join(' – '))),
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`${paint('dim', name.padEnd(12))}${oneLine(value)}`])),
    ...(structure === null ? [] : timeline(structure, track.firstDownbeat, columns, paint)),
    ...cuePoints.map(cue => cueLine(cue, track, isColoured)),
  ];
}

/** What is noted of it; nothing is said of what nobody has noted. */
function noteLines({
  notes = NO_TRACK_NOTES,
  energy,
}: MediaTrack): readonly (readonly [name: string, value: string | null])[] {
  const { rating, colour, comment, label, year, playCount, dateAdded, tags, histories } = notes;
  return [
    ['rating', rating === null || rating === 0 ? null : `${'★'.repeat(rating)}${'☆'.repeat(5 - rating)}`],
    ['colour', colour],
    ['tags', tags.join(', ') || null],
    ['comment', comment],
    ['label', label],
    ['year', year === null ? null : String(year)],
    ['added', dateAdded],
    ['played', playCount === null || playCount === 0 ? null : playCount === 1 ? 'once' : `${playCount} times`],
    ['histories', histories.join(', ') || null],
    ['energy', energy === undefined ? null : `${energy.mean.toFixed(0)} of 100, at most ${energy.peak.toFixed(0)}`],
  ];
}

/** The headline figure, or where none is known those of the grid. */
function tempoOf({ tempoBpm, grid }: MediaTrack): string | null {
  const tempi = grid?.tempi ?? [];
  if (tempoBpm === null && tempi.length === 0) return null;
  const range = tempi.length < 2 ? '' : `, ${Math.min(...tempi).toFixed(2)} to ${Math.max(...tempi).toFixed(2)} in it`;
  return `${(tempoBpm ?? tempi[0] ?? 0).toFixed(2)} BPM${range}`;
}

function gridText({ grid, firstDownbeat }: MediaTrack): string {
  if (grid === null) return 'none';
  return `${grid.beats} beats from ${clockText(grid.msOfBeat(1))}, the first bar on beat ${firstDownbeat ?? '?'}`;
}

function structureText({ mood, bank, phrases, isLabelSuspect }: SongStructure): string {
  const doubt = isLabelSuspect ? '; its mood contradicts them, so their names are doubtful' : '';
  return `${phrases.length}, mood ${mood ?? 'unknown'}, bank ${bank ?? 'unknown'}${doubt}`;
}

const KIND_COLOURS: Readonly<Record<PhraseKind, Parameters<Paint>[0]>> = {
  intro: ['bgBlue', 'whiteBright'],
  verse: ['bgGreen', 'black'],
  up: ['bgMagenta', 'whiteBright'],
  down: ['bgCyan', 'black'],
  bridge: ['bgYellow', 'black'],
  chorus: ['bgRed', 'whiteBright'],
  outro: ['bgBlue', 'whiteBright'],
  unknown: ['bgGray', 'whiteBright'],
};

/**
 * The phrases of a track as one line, each as wide as it is long, its fill as strokes; below it the bars they begin on.
 *
 * @param firstDownbeat the beat that bar 1 begins on; null: not known, taken as the first
 */
export function timeline(
  { phrases, endBeat }: SongStructure,
  firstDownbeat: number | null,
  columns: number,
  paint: Paint,
): readonly string[] {
  const columnOf = (beat: number): number => Math.round(((beat - 1) / Math.max(1, endBeat - 1)) * columns);
  let bar = '';
  let ruler = '';
  let drawn = 0;
  for (const phrase of phrases) {
    const from = columnOf(phrase.startBeat);
    const to = columnOf(phrase.endBeat);
    bar +=
      ' '.repeat(Math.max(0, from - drawn)) + paint(KIND_COLOURS[phrase.kind], cellText(phrase, from, to, columnOf));
    drawn = Math.max(drawn, to);
    const number = Math.floor((phrase.startBeat - (firstDownbeat ?? 1)) / 4) + 1;
    // Where two would run into each other the later one is left out.
    if (number >= 1 && ruler.length <= from && from + String(number).length <= columns) {
      ruler = `${ruler.padEnd(from)}${number} `;
    }
  }
  return [bar, paint('dim', ruler.trimEnd())];
}

function cellText({ label, fillBeat }: Phrase, from: number, to: number, columnOf: (beat: number) => number): string {
  const width = to - from;
  if (width <= 0) return '';
  const fill = fillBeat === null ? 0 : Math.min(width - 1, Math.max(1, to - columnOf(fillBeat)));
  return `|${label}`.slice(0, width - fill).padEnd(width - fill) + '/'.repeat(fill);
}

function cueLine(
  { kind, button, positionMs, loopEndMs, name, colour }: CuePoint,
  track: MediaTrack,
  isColoured: boolean,
): string {
  const called = kind === 'memory' || button === null ? 'memory cue' : `hot cue ${String.fromCharCode(64 + button)}`;
  const parts = [
    called.padEnd(11),
    clockText(positionMs).padStart(9),
    barText(positionMs, track).padEnd(10),
    loopEndMs === null ? '' : `loop to ${clockText(loopEndMs)}`,
    name === null ? '' : `"${oneLine(name)}"`,
    colour === null ? '' : `${isColoured ? spot(colour) : ''}${colour}`,
  ];
  return parts
    .filter(part => part !== '')
    .join(' ')
    .trimEnd();
}

/** Bar and beat of a cue; empty without a grid. Cues are set to the beat: a little before it is meant as on it. */
function barText(positionMs: number, { grid, firstDownbeat }: MediaTrack): string {
  if (grid === null) return '';
  const beat = Math.floor(grid.beatOfMs(positionMs) + 0.05) - (firstDownbeat ?? 1);
  return `bar ${Math.floor(beat / 4) + 1}.${(((beat % 4) + 4) % 4) + 1}`;
}

/** The eight colours of memory cues, as players show them more or less. */
const NAMED_COLOURS: Readonly<Record<string, string>> = {
  pink: '#ff69b4',
  red: '#ff0000',
  orange: '#ff8c00',
  yellow: '#ffd700',
  green: '#00c800',
  aqua: '#00ced1',
  blue: '#3c78ff',
  purple: '#a020f0',
};

function spot(colour: string): string {
  const hex = /^#([0-9a-f]{6})$/.exec(NAMED_COLOURS[colour] ?? colour)?.[1];
  if (hex === undefined) return '';
  const [red, green, blue] = [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16));
  return `\u001b[38;2;${red};${green};${blue}m●\u001b[0m `;
}
