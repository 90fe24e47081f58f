/** A night masked: its recording written anew and its tracks, with other words for titles, names and addresses. Pure. */
import type { StoredTrack } from '../../../bridges/rekordbox-media/store/store.ts';
import type { Datagram } from '../../network/network.ts';
import {
  datagramBlock,
  readItems,
  recordBlocks,
  recordingHead,
  type StartRecord,
  showRecord,
  type TimeBase,
} from '../../recording/recording-format.ts';
import type { BundledTrack } from '../replay/bundle-file.ts';
import { maskPacket } from './mask-packet.ts';
import { learnProfile, maskProfile } from './mask-profile.ts';
import type { MaskWords } from './mask-words.ts';

export interface MaskedNight {
  readonly recording: Uint8Array;
  readonly tracks: readonly BundledTrack[];
  /** Packets that could not be masked, and are left out. */
  readonly leftOut: number;
  /** All texts of its records, to search in. */
  readonly texts: string;
}

/** Name of the profile in a masked night: its own may be that of a folder, or of somebody. */
const PROFILE_FILE = 'profile.yaml';

/** Masks a night. @param recording read as far as it goes */
export function maskNight(
  {
    start,
    recording,
    tracks,
  }: { readonly start: StartRecord; readonly recording: Uint8Array; readonly tracks: readonly BundledTrack[] },
  mask: MaskWords,
): MaskedNight {
  learnNight(start, recording, tracks, mask);
  const base: TimeBase = { startedAtMs: start.startedAtMs, startedAtUnixNs: BigInt(start.startedAtUnixNs) };
  const blocks: Uint8Array[] = [...recordingHead()];
  const texts: string[] = [];
  let leftOut = 0;
  for (const item of readItems(recording)) {
    if (item.kind === 'datagram') {
      const block = datagramBlock(
        base,
        maskedDatagram(item.datagram, item.stamp, mask),
        mask.host(item.datagram.to.address),
      );
      if (block === null) leftOut++;
      else blocks.push(block);
    } else if (item.kind === 'value') {
      const record = showRecord(maskRecord(item.value, mask));
      if (record === null) {
        leftOut++;
        continue;
      }
      eachString(record, text => texts.push(text));
      blocks.push(...recordBlocks(base, record.decklight === 'start' ? record.startedAtMs : record.at, record));
    } else if (item.kind === 'passed-over') leftOut++;
  }
  const masked = tracks.map(track => maskTrack(track, mask));
  eachString(masked, text => texts.push(text));
  return { recording: Buffer.concat(blocks), tracks: masked, leftOut, texts: texts.join('\n') };
}

function maskedDatagram(
  { from, to, bytes }: { readonly from: Datagram['from']; readonly to: Datagram['from']; readonly bytes: Uint8Array },
  stamp: Datagram['stamp'],
  mask: MaskWords,
): Datagram {
  return {
    from: { address: mask.host(from.address), port: from.port },
    port: to.port,
    bytes: maskPacket(to.port, bytes, mask),
    stamp,
  };
}

/** Takes in every word before any text is masked: one may stand in a text before it stands in its own place. */
function learnNight(start: StartRecord, recording: Uint8Array, tracks: readonly BundledTrack[], mask: MaskWords): void {
  for (const { address, netmask } of start.interfaces) mask.subnet(address, netmask);
  for (const track of tracks) maskTrack(track, mask);
  for (const { name } of start.sticks ?? []) mask.name('Stick', name);
  const sources = new Set([start.profile.source]);
  for (const item of readItems(recording)) {
    if (item.kind !== 'value') continue;
    const record = showRecord(item.value);
    if (record?.decklight === 'profile') sources.add(record.source);
    if (record?.decklight === 'interfaces')
      for (const { address, netmask } of record.interfaces) mask.subnet(address, netmask);
  }
  for (const source of sources) learnProfile(source, mask);
  // Paths of the machine, and whoever's folder it is.
  const bare = start.profile.file.replace(/^.*[\\/]/, '');
  if (!/^(?:profile|show|demo)\.ya?ml$/i.test(bare)) mask.path(start.profile.file);
}

function maskTrack({ stick, track }: BundledTrack, mask: MaskWords): BundledTrack {
  const { title, artist, album, artworkFile, analysis } = track;
  const given = <T>(text: string | null, by: (text: string) => T): T | null =>
    text === null || text === '' ? null : by(text);
  const masked: StoredTrack = {
    ...track,
    file: mask.path(track.file),
    title: given(title, mask.title),
    artist: given(artist, mask.artist),
    album: given(album, text => mask.name('Album', text)),
    playlists: track.playlists.map(mask.playlist),
    artworkFile: given(artworkFile, mask.path),
    ...(track.notes === undefined ? {} : { notes: maskNotes(track.notes, mask) }),
    analysis:
      analysis === null
        ? null
        : {
            ...analysis,
            key: '',
            lines: [],
            audioPath: given(analysis.audioPath, mask.path),
            cuePoints: analysis.cuePoints.map(cue => ({
              ...cue,
              name: given(cue.name, text => mask.name('Cue-point', text)),
            })),
          },
  };
  return { stick: mask.name('Stick', stick), track: masked };
}

/** Keys whose values are words of the format and never a name. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  ...['decklight', 'kind', 'gesture', 'phase', 'by', 'version', 'startedAtUnixNs', 'hash', 'exact', 'loose', 'netmask'],
  ...['what', 'per', 'direction', 'mood', 'bank', 'vocabulary', 'label', 'alternativeLabel', 'fingerprint'],
]);

function maskRecord(value: unknown, mask: MaskWords): unknown {
  const record = showRecord(value);
  if (record === null) return null;
  switch (record.decklight) {
    case 'start': {
      const { profile, interfaces, allocated, sticks } = record;
      return {
        ...(maskValue({ ...record, profile: null, interfaces: null }, mask) as object),
        profile: { file: PROFILE_FILE, source: maskProfile(profile.source, mask) },
        interfaces: interfaces.map(each => maskInterface(each, mask)),
        allocated: allocated.map(each => maskAllocated(each, mask)),
        sticks: sticks?.map(each => ({ ...each, name: mask.name('Stick', each.name) })),
      };
    }
    case 'profile':
      return {
        ...record,
        file: PROFILE_FILE,
        source: maskProfile(record.source, mask),
        allocated: record.allocated.map(each => maskAllocated(each, mask)),
      };
    case 'interfaces':
      return { ...record, interfaces: record.interfaces.map(each => maskInterface(each, mask)) };
    default:
      return maskValue(record, mask);
  }
}

function eachString(value: unknown, take: (text: string) => void): void {
  if (typeof value === 'string') take(value);
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) eachString(each, take);
}

/** Replaces known words in every text of a value. */
function maskValue(value: unknown, mask: MaskWords, key = ''): unknown {
  if (typeof value === 'string') return OWN_WORDS.has(key) ? value : mask.text(value);
  if (Array.isArray(value)) return value.map(each => maskValue(each, mask, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, maskValue(each, mask, name)]));
}

type RecordedInterface = StartRecord['interfaces'][number];

const maskInterface = ({ name, address, netmask, mac }: RecordedInterface, mask: MaskWords): RecordedInterface => ({
  name: mask.name('Interface', name),
  address: mask.host(address),
  netmask,
  mac: mask.mac(mac),
});

/** What the DJ and the shop have written; stars, colours, years and days stay. */
function maskNotes(notes: NonNullable<StoredTrack['notes']>, mask: MaskWords): NonNullable<StoredTrack['notes']> {
  const { comment, label, tags, histories } = notes;
  return {
    ...notes,
    ...(comment === undefined ? {} : { comment: mask.name('Comment', comment) }),
    ...(label === undefined ? {} : { label: mask.name('Label', label) }),
    ...(tags === undefined ? {} : { tags: tags.map(text => mask.name('Tag', text)) }),
    ...(histories === undefined ? {} : { histories: histories.map(text => mask.name('History', text)) }),
  };
}

function maskAllocated(entry: StartRecord['allocated'][number], mask: MaskWords): StartRecord['allocated'][number] {
  const { title, artist, file, playlist } = entry.match;
  return {
    ...entry,
    timecode: mask.text(entry.timecode),
    match: {
      ...entry.match,
      title: title === null ? null : mask.title(title),
      artist: artist === null ? null : mask.artist(artist),
      file: file === null ? null : mask.path(file),
      playlist: playlist === null ? null : mask.playlist(playlist),
    },
  };
}
