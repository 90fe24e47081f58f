/** `decklight plan`: the cue sheet, what would leave when in each track. As text, or as CSV for whoever programs by it. */
import { writeFileSync } from 'node:fs';
import { type CueLine, type CueSheet, cueSheet } from '../../core/planning/cue-sheet.ts';
import type { Unplanned } from '../../core/planning/planned-cue.ts';
import { ofMedia, ofNumber, type SheetSubject, saidOf } from '../../core/planning/sheet-subject.ts';
import type { Profile } from '../../core/profile.ts';
import { clockText } from '../../core/rules/moments.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import type { TrackBook } from '../../core/track/track-book.ts';
import { identify } from '../../core/track/track-identity.ts';
import { know } from '../../core/track/track-knowledge.ts';
import { matchName, nearTitles, plain } from '../../core/track/track-match.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { readProfile } from '../../files/profile-file.ts';
import { readTrackBook, trackBookOf } from '../../files/track-book-file.ts';
import { csvLine, csvText } from '../../text/csv.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { type Speaker, speaker } from '../command-line/step-text.ts';
import { type PicturedTrack, planPicture } from '../pictures/plan-picture.ts';
import { writePicture } from '../pictures/write-picture.ts';

export interface PlanOptions {
  /** A part of a title, artist or file, or the number of a track; null: all that the profile prepares. */
  readonly track: string | null;
  /** Every imported track, prepared or not. */
  readonly all: boolean;
  /** File for the CSV, `-` for standard output; null: text for people. */
  readonly csv: string | null;
  /** File for the picture, `-` for standard output; null or absent: none. */
  readonly html?: string | null;
  /** One JSON object in place of lines. */
  readonly json: boolean;
}

export const PLAN_COLUMNS = [
  'track',
  'artist',
  'timecode',
  'label',
  'position',
  'bar',
  'beat',
  'phrase',
  'cue',
  'message',
] as const;

/** A track that is planned, or cannot be. */
interface Planned {
  readonly title: string;
  readonly artist: string | null;
  /** null: only the profile knows of it. */
  readonly media: MediaTrack | null;
  /** null: no imported track is what the profile means, and without that nothing can be said. */
  readonly subject: SheetSubject | null;
}

/**
 * Plans the tracks that the profile prepares, those of the library that are meant, or all.
 *
 * @returns the exit code: 0 done; 1 the CSV cannot be written; 2 the profile is wrong, or no track is called so; 3 a track
 *          has no media and needs them
 */
export async function planCommand(
  file: string,
  { track: wanted, all, csv, html = null, json }: PlanOptions,
  { out, bridges, library }: ProfileContext,
): Promise<number> {
  const { profile, lines } = readProfile(file, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const book = readTrackBook(trackBookOf(file), text => out.error(text));
  const candidates = plannedOf(profile, library, book, all || wanted !== null);
  const chosen = wanted === null ? candidates : candidates.filter(each => isCalled(each, wanted));
  if (wanted !== null && chosen.length === 0) {
    const titles = candidates.map(({ title }) => title);
    const near = nearTitles(wanted, titles).map(title => `"${title}"`);
    const hint = near.length === 0 ? 'check its title, or import its stick' : `did you mean ${near.join(' or ')}?`;
    out.error(`no track is called "${wanted}"; ${hint}`);
    return 2;
  }
  if (chosen.length === 0) out.error(`${file} prepares no track; --all plans every imported one`);
  const speak = speaker(profile, bridges);
  const rows: (readonly string[])[] = [PLAN_COLUMNS];
  const tracks: object[] = [];
  const pictured: PicturedTrack[] = [];
  let lacksMedia = false;
  for (const planned of chosen) {
    const sheet = planned.subject === null ? null : cueSheet(profile, planned.subject);
    const isLacking = planned.media === null && (sheet === null || isIncomplete(sheet));
    lacksMedia ||= isLacking;
    const notes = [
      ...notesOf(planned, sheet, library),
      ...(isLacking ? ['no imported track is this one: import its stick (decklight media import <folder>)'] : []),
    ];
    if (html !== null) {
      const messagesOf = ({ actions }: CueLine): readonly string[] => actions.map(speak);
      pictured.push({ name: nameOf(planned), sheet, notes, messagesOf });
    } else if (json) tracks.push(toJson(planned, sheet, notes, speak));
    else if (csv === null) for (const line of [...textOf(planned, sheet, speak), ...notes, '']) out.line(line);
    else for (const note of notes) out.error(`${nameOf(planned)}: ${note}`);
    if (csv !== null && html === null && !json && sheet !== null)
      rows.push(...sheet.lines.flatMap(line => rowsOf(planned, line, speak)));
  }
  if (html !== null) {
    const picture = planPicture(`${profile.name}: the plan`, pictured, profile.timecodes);
    if (!writePicture(html, picture, out)) return 1;
  } else if (json) out.line(JSON.stringify({ tracks }));
  else if (csv === '-') for (const row of rows) out.line(csvLine(row, ','));
  else if (csv !== null) {
    try {
      writeFileSync(csv, csvText(rows, ','));
    } catch (error) {
      out.error(`${csv}: error: ${whyUnwritable(error)}`);
      return 1;
    }
    out.line(`wrote ${csv}: ${rows.length - 1} lines of ${chosen.length} tracks`);
  }
  return lacksMedia ? 3 : 0;
}

/** Prepared tracks in the order of the profile, those of a playlist as the library has them; then the others. */
function plannedOf(profile: Profile, library: MediaLibrary, book: TrackBook, isAll: boolean): readonly Planned[] {
  const byEntry = new Map<number | null, Planned[]>();
  for (const media of library.all()) {
    const subject = ofMedia(profile, media);
    const { entry, title, artist } = know(subject.knowledge, subject.said);
    const planned = { title: title ?? media.title ?? media.file, artist: artist ?? media.artist, media, subject };
    const group = byEntry.get(entry);
    if (group === undefined) byEntry.set(entry, [planned]);
    else group.push(planned);
  }
  const prepared = profile.tracks.flatMap(({ match, title, artist }, i): readonly Planned[] => {
    const found = byEntry.get(i);
    if (found !== undefined) return found;
    const name = title ?? match.title ?? (match.id === null ? matchName(match) : `track ${match.id}`);
    const subject = match.id === null ? null : ofNumber(profile, match.id, book);
    return [{ title: name, artist: artist ?? match.artist, media: null, subject }];
  });
  return [...prepared, ...(isAll ? (byEntry.get(null) ?? []) : [])];
}

function isCalled({ title, artist, media, subject }: Planned, wanted: string): boolean {
  const texts = [title, artist, media?.title, media?.artist, media?.file].map(text => plain(text ?? ''));
  const isNumber = subject !== null && subject.said.id > 0 && String(subject.said.id) === wanted;
  const name = plain(wanted);
  return isNumber || (name !== '' && texts.some(text => text.includes(name)));
}

/** Something of it would be known from media. */
const isIncomplete = ({ lines, unplanned }: CueSheet): boolean =>
  unplanned.some(({ kind }) => kind === 'unknown') || lines.some(({ positionMs }) => positionMs === null);

const nameOf = ({ title, artist }: Planned): string => [artist, title].filter(part => part !== null).join(' - ');

function textOf(planned: Planned, sheet: CueSheet | null, speak: Speaker): readonly string[] {
  const { media } = planned;
  const length = media?.durationMs == null ? '' : `, ${clockText(media.durationMs)}`;
  const name = `${nameOf(planned)}${media === null ? '' : `  (${media.stick} ${media.file}${length})`}`;
  if (sheet === null) return [name];
  const starts = sheet.starts.map(
    ({ timecode, label, isUnknownTrack }) => `${timecode} ${label}${isUnknownTrack ? ' (as an unknown track)' : ''}`,
  );
  const header = [
    ...sheet.starts.map(({ timecode }) => timecode),
    'position',
    'bar',
    'phrase',
    'cue',
    'place',
    'leaves',
  ];
  const body = sheet.lines.flatMap((line): (readonly string[])[] => {
    const bar = line.bar === null ? '' : `${line.bar}.${line.beatInBar}`;
    const labels = sheet.starts.map((_, i) => line.labels[i]?.label ?? '');
    const [first = '', ...more] = line.actions.map(speak);
    const cells = [...labels, positionText(line), bar, line.phrase ?? '', cueText(line), line.place, first];
    return [cells, ...more.map(message => [...cells.slice(0, -1).map(() => ''), message])];
  });
  const table = body.length === 0 ? ['nothing leaves'] : aligned([header, ...body]);
  return [name, ...(starts.length === 0 ? [] : [`begins at ${starts.join(', ')}`]), ...table];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => [...(row[i] ?? '')].length)));
  const padded = (cell: string, i: number): string => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length);
  return rows.map(row => row.map(padded).join('  ').trimEnd());
}

const positionText = ({ positionMs }: CueLine): string => (positionMs === null ? '' : clockText(positionMs));

const cueText = ({ rule, phase, condition }: CueLine): string =>
  `${rule}${phase === 'undo' ? ' ends' : ''}${condition === null ? '' : ` (if ${condition})`}`;

/** A track and its sheet, for other programs. Labels are those of the timecodes in `starts`, in their order. */
const toJson = (
  { title, artist, media }: Planned,
  sheet: CueSheet | null,
  notes: readonly string[],
  speak: Speaker,
) => ({
  title,
  artist,
  media: media === null ? null : { stick: media.stick, file: media.file, durationMs: media.durationMs },
  starts: sheet?.starts ?? [],
  cues: (sheet?.lines ?? []).map(
    ({ labels, positionMs, bar, beatInBar, phrase, rule, phase, condition, place, actions }) => ({
      labels: labels.map(({ label }) => label),
      ...{ positionMs, bar, beatInBar, phrase, rule, phase, condition, place },
      messages: actions.map(speak),
    }),
  ),
  notes,
});

/** A row for each message in each timecode. */
function rowsOf({ title, artist }: Planned, line: CueLine, speak: Speaker): readonly (readonly string[])[] {
  const places = line.labels.length === 0 ? [{ timecode: '', label: '' }] : line.labels;
  const messages = line.actions.length === 0 ? [''] : line.actions.map(speak);
  const { bar, beatInBar, phrase } = line;
  return places.flatMap(({ timecode, label }) =>
    messages.map(message => [
      ...[title, artist ?? '', timecode, label, positionText(line)],
      ...[bar === null ? '' : String(bar), beatInBar === null ? '' : String(beatInBar), phrase ?? ''],
      ...[cueText(line), message],
    ]),
  );
}

/** Notes on a sheet for the operator, a line each. */
function notesOf({ media }: Planned, sheet: CueSheet | null, library: MediaLibrary): readonly string[] {
  const unplanned = sheet?.unplanned ?? [];
  const line = (words: string, of: (each: Unplanned) => boolean): readonly string[] => {
    const parts = unplanned.filter(of).map(({ what, rule }) => `${what} [${rule}]`);
    return parts.length === 0 ? [] : [`${words}: ${parts.join('; ')}`];
  };
  const lacking = new Set(unplanned.map(each => each.lacking).filter(each => each !== null));
  return [
    ...line('not in this track', ({ kind }) => kind === 'absent'),
    ...line('never reached', ({ kind }) => kind === 'outside'),
    ...[...lacking].flatMap(what => line(`not known (${what})`, each => each.lacking === what)),
    ...line('depends on the deck', ({ kind }) => kind === 'live'),
    ...(media === null ? [] : doubtsOf(media, library)),
  ];
}

/** Reasons for which the show might not take a deck's track for this one. */
function doubtsOf(media: MediaTrack, library: MediaLibrary): readonly string[] {
  if (media.id === null && media.fingerprint === null) {
    return ['neither its number nor phrases are known: no deck can tell that it plays this track'];
  }
  const { track, advice } = identify(library, saidOf(media));
  return track === null && advice !== null ? [`in the show: ${advice}`] : [];
}
