/** Tracks that begin at one place of a timecode, or so close that one of usual length would run into the other. */
import { USUAL_TRACK_MINUTES, usualTrackFrames, usualUnknownTrack } from '../../core/timecode/regions.ts';
import { countOf, type FrameRate, framesPerDay, labelOf, labelText, readLabel } from '../../core/timecode/timecode.ts';
import { child, itemsOf, type Names, textOf } from '../schema/declared-names.ts';
import { type Issue, issue, type Path } from '../schema/issues.ts';
import type { Text } from '../yaml/source-text.ts';
import type { Node } from '../yaml/yaml-reader.ts';

export interface Overlaps {
  /** Two at one place. */
  readonly errors: readonly Issue[];
  /** Two that are close. */
  readonly warnings: readonly Issue[];
}

/** Of all timecodes; what is wrong by itself is not looked at. */
export function readOverlaps(root: Node, names: Names, lineOf: (offset: number) => number): Overlaps {
  const found = [...names.timecodes].flatMap(([name, rate]) =>
    rate === null ? [] : [overlapsIn(root, name, rate, lineOf)],
  );
  return { errors: found.flatMap(({ errors }) => errors), warnings: found.flatMap(({ warnings }) => warnings) };
}

interface Beginning {
  readonly frames: number;
  /** `track 414`. */
  readonly who: string;
  /** null: the profile does not say it. */
  readonly written: { readonly text: Text; readonly path: Path } | null;
}

function overlapsIn(root: Node, name: string, rate: FrameRate, lineOf: (offset: number) => number): Overlaps {
  const beginnings = beginningsIn(root, name, rate).sort((a, b) => a.frames - b.frames || startOf(a) - startOf(b));
  const errors: Issue[] = [];
  const warnings: Issue[] = [];
  const day = framesPerDay(rate);
  for (const [i, beginning] of beginnings.entries()) {
    const next = beginnings[(i + 1) % beginnings.length];
    if (next === undefined || next === beginning) continue;
    const apart = (next.frames - beginning.frames + day) % day;
    if (apart >= usualTrackFrames(rate)) continue;
    const isLater = startOf(next) > startOf(beginning);
    const [first, second] = isLater ? [beginning, next] : [next, beginning];
    const path = second.written?.path ?? [];
    const where =
      first.written === null ? labelText(rate, labelOf(rate, first.frames)) : `line ${lineOf(startOf(first))}`;
    const isRoundAgain = i === beginnings.length - 1;
    if (apart === 0 && isRoundAgain) continue;
    if (apart === 0) errors.push(issue(`${second.who} begins where ${first.who} does: ${where}`, { path }));
    else {
      const message = `${second.who} begins within ${USUAL_TRACK_MINUTES} minutes of ${first.who} (${where})`;
      warnings.push(issue(`${message}: a track of usual length would run from one into the other`, { path }));
    }
  }
  return { errors, warnings };
}

const startOf = ({ written }: Beginning): number => written?.text.start ?? -1;

function beginningsIn(root: Node, name: string, rate: FrameRate): Beginning[] {
  const tracks = itemsOf(child(root, 'tracks')).flatMap((track, i): readonly Beginning[] => {
    const id = textOf(child(track, 'match'), 'id');
    // Without an id a track is never met.
    if (id === null) return [];
    return beginningAt(
      textOf(child(track, 'timecode'), name),
      ['tracks', i, 'timecode', name],
      `track ${id.source}`,
      rate,
    );
  });
  const unknown = textOf(child(child(root, 'timecode'), name), 'unknown-track');
  const who = 'the region of unknown tracks';
  if (unknown !== null) return [...tracks, ...beginningAt(unknown, ['timecode', name, 'unknown-track'], who, rate)];
  const frames = usualUnknownTrack(
    rate,
    tracks.map(track => track.frames),
  );
  return [...tracks, { frames, who, written: null }];
}

function beginningAt(text: Text | null, path: Path, who: string, rate: FrameRate): readonly Beginning[] {
  const label = text === null ? null : readLabel(text.source);
  const frames = label === null ? null : countOf(rate, label);
  return text === null || frames === null ? [] : [{ frames, who, written: { text, path } }];
}
