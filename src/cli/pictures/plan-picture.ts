/** The cue sheet of an evening as a picture: each track with its phrases, cues and regions, and regions that overlap. Pure. */
import type { CueLine, CueSheet } from '../../core/planning/cue-sheet.ts';
import { clockText } from '../../core/rules/moments.ts';
import type { TimecodeEntry } from '../../core/timecode/stream-entry.ts';
import { countOf, framesOfMs, readLabel } from '../../core/timecode/timecode.ts';
import { xmlText } from '../../text/xml-text.ts';
import {
  box,
  caption,
  DRAWING_WIDTH,
  drawing,
  htmlPage,
  htmlTable,
  mark,
  paragraph,
  phraseColour,
} from './html-page.ts';

export interface PicturedTrack {
  readonly name: string;
  /** null: nothing is known of it. */
  readonly sheet: CueSheet | null;
  readonly notes: readonly string[];
  /** Messages of a cue as lines for people. */
  readonly messagesOf: (line: CueLine) => readonly string[];
}

/** @param timecodes of the profile, in its order */
export function planPicture(
  title: string,
  tracks: readonly PicturedTrack[],
  timecodes: readonly TimecodeEntry[],
): string {
  const overlaps = timecodes.flatMap((timecode, i) => overlapsIn(regionsIn(tracks, timecode, i)));
  return htmlPage(title, [
    ...(tracks.length === 0 ? [paragraph('no track is planned')] : []),
    ...overlaps.map(text => paragraph(text, 'bad')),
    ...timecodes.map((timecode, i) => dayOf(timecode, regionsIn(tracks, timecode, i))),
    ...tracks.flatMap(trackPart),
  ]);
}

interface Region {
  readonly timecode: string;
  readonly name: string;
  readonly label: string;
  /** Parts of a day, 0..1. */
  readonly from: number;
  readonly to: number;
}

/** The stretch of the day that each track fills: where its length is not known its start alone; none without a region of its own. */
function regionsIn(
  tracks: readonly PicturedTrack[],
  { name: timecode, rate }: TimecodeEntry,
  i: number,
): readonly Region[] {
  const day = countOf(rate, { hours: 23, minutes: 59, seconds: 59, frames: 0 }) ?? 1;
  return tracks.flatMap(({ name, sheet }) => {
    const start = sheet?.starts[i];
    const durationMs = sheet?.known.durationMs ?? null;
    const label = start === undefined || start.isUnknownTrack ? null : readLabel(start.label);
    const from = label === null ? null : countOf(rate, label);
    if (start === undefined || from === null) return [];
    return [
      { timecode, name, label: start.label, from: from / day, to: (from + framesOfMs(rate, durationMs ?? 0)) / day },
    ];
  });
}

const overlapsIn = (regions: readonly Region[]): readonly string[] =>
  regions.flatMap((a, i) =>
    regions
      .slice(i + 1)
      .filter(b => a.from < b.to && b.from < a.to)
      .map(b => `overlap in ${a.timecode}: ${a.name} (${a.label}) and ${b.name} (${b.label})`),
  );

const HOURS = 24;

function dayOf({ name, rate }: TimecodeEntry, regions: readonly Region[]): string {
  const hours = Array.from({ length: HOURS }, (_, hour) => (hour / HOURS) * DRAWING_WIDTH);
  return [
    `<section><h2>${xmlText(`Timecode ${name}, ${rate.name} fps: the day`)}</h2>`,
    drawing(`Regions of ${name}`, 70, [
      ...hours.map((x, hour) => mark(x, [16, 66], '#bbb', `${hour}:00`) + caption(x + 2, 12, String(hour))),
      ...regions.map((region, i) => {
        const width = Math.max(2, (region.to - region.from) * DRAWING_WIDTH);
        const isOver = regions.some(other => other !== region && region.from < other.to && other.from < region.to);
        const place = { x: region.from * DRAWING_WIDTH, y: 20 + (i % 2) * 23, width, height: 21 };
        return box(place, isOver ? '#ff8080' : '#a5e5cd', `${region.label} ${region.name}`);
      }),
    ]),
    '</section>',
  ].join('\n');
}

function trackPart({ name, sheet, notes, messagesOf }: PicturedTrack): readonly string[] {
  const lines = sheet?.lines ?? [];
  const starts = (sheet?.starts ?? []).map(
    ({ timecode, label, isUnknownTrack }) => `${timecode} ${label}${isUnknownTrack ? ' (as an unknown track)' : ''}`,
  );
  const rows = lines.map((line, i) => [
    String(i + 1),
    line.labels.map(({ label }) => label).join(' '),
    line.positionMs === null ? '' : clockText(line.positionMs),
    line.bar === null ? '' : `${line.bar}.${line.beatInBar}`,
    line.phrase ?? '',
    `${line.rule}${line.phase === 'undo' ? ' ends' : ''}${line.condition === null ? '' : ` (if ${line.condition})`}`,
    line.place,
    messagesOf(line).join('; '),
  ]);
  const head = ['', 'timecode', 'position', 'bar', 'phrase', 'cue', 'place', 'leaves'];
  return [
    `<section><h2>${xmlText(name)}</h2>`,
    ...(starts.length === 0 ? [] : [paragraph(`begins at ${starts.join(', ')}`)]),
    ...(sheet === null || isBlank(sheet) ? [] : [trackDrawing(name, sheet)]),
    rows.length === 0 ? paragraph('nothing leaves') : htmlTable(head, rows),
    ...notes.map(note => paragraph(note)),
    '</section>',
  ];
}

const isBlank = ({ known, lines }: CueSheet): boolean => lines.length === 0 && known.structure === null;

const PHRASES = { y: 4, height: 28 };
/** Numbers of cues close to each other stand in rows below one another. */
const ROWS = 4;
const ROW_HEIGHT = 13;

/** The track from its start to its end, by ms where a grid carries beats into ms, else by beats. */
function trackDrawing(name: string, { known, lines }: CueSheet): string {
  const phrases = known.structure?.phrases ?? [];
  const { grid, durationMs, firstDownbeat } = known;
  const placeOfBeat = (beat: number): number => grid?.msOfBeat(beat) ?? beat - 1;
  const placeOf = ({ positionMs, bar, beatInBar }: CueLine): number | null =>
    grid !== null || phrases.length === 0
      ? positionMs
      : bar === null || beatInBar === null
        ? null
        : (bar - 1) * 4 + beatInBar + (firstDownbeat ?? 1) - 2;
  const places = lines.map(placeOf);
  const last = Math.max(
    0,
    ...places.filter(place => place !== null),
    ...phrases.map(({ endBeat }) => placeOfBeat(endBeat)),
  );
  const end = Math.max(1, grid !== null || phrases.length === 0 ? (durationMs ?? last) : last);
  const x = (place: number): number => (Math.min(Math.max(0, place), end) / end) * DRAWING_WIDTH;
  const bottom = PHRASES.y + PHRASES.height;
  return drawing(`Phrases and cues of ${name}`, bottom + ROWS * ROW_HEIGHT + 8, [
    ...phrases.map(({ kind, label, startBeat, endBeat }) => {
      const [from, to] = [x(placeOfBeat(startBeat)), x(placeOfBeat(endBeat))];
      return box({ x: from, y: PHRASES.y, width: to - from, height: PHRASES.height }, phraseColour(kind), label);
    }),
    ...lines.flatMap((line, i) => {
      const place = places[i] ?? null;
      if (place === null) return [];
      const y = bottom + ((i % ROWS) + 1) * ROW_HEIGHT;
      const colour = line.phase === 'undo' ? '#777' : '#000';
      const text = `${i + 1} ${line.rule}, ${line.place}`;
      return [
        mark(x(place), [PHRASES.y, y], colour, text),
        caption(Math.min(x(place) + 2, DRAWING_WIDTH - 18), y, String(i + 1)),
      ];
    }),
  ]);
}
