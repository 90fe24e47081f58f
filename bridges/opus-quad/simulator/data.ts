/** Data of a simulated unit beside status: artwork, two kinds of data nobody has decoded, and song structures. */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { encodeSongStructure } from '../../rekordbox-media/analysis/song-structure.ts';
import { FRAGMENT_DATA_MOST_BYTES, type FragmentValue, fragment } from '../layout.ts';
import { nameOfModel } from '../models.ts';
import type { DemoTrack } from './demo-tracks.ts';
import type { UnitClient } from './peers.ts';
import type { Quirks } from './quirks.ts';
import { rawNumber } from './status.ts';
import { deckOf, happens, post, statusPortOf, type UnitDraft } from './unit-draft.ts';

export type DataType = Exclude<FragmentValue['dataType'], 'unknown' | 'type-1'>;

/** Lengths of the opaque kinds; the real ones are not on record [?]. */
const OPAQUE_BYTES = { 'type-4': 900, 'type-6': 2400 } as const;
/** The unit lets zeros follow a song structure [I BL trims them]; how many is not on record [?]. */
const PADDING_BYTES = 16;
/** Length of the answer for a track without phrases: something short that is no song structure [D KA]. */
const NO_PHRASES_BYTES = 16;
/** Gap between two fragments of one answer; not on record [?]. */
const FRAGMENT_GAP_MS: Ms = 0.5;

function dataOf(track: DemoTrack, type: DataType): Uint8Array {
  switch (type) {
    case 'artwork':
      return track.artwork;
    case 'song-structure': {
      if (track.structure === null) return new Uint8Array(NO_PHRASES_BYTES);
      // Exported media hold it masked, and the unit hands it on as it is stored.
      const tag = encodeSongStructure(track.structure, { masked: true });
      const padded = new Uint8Array(tag.length + PADDING_BYTES);
      padded.set(tag);
      return padded;
    }
    case 'type-4':
    case 'type-6': {
      const random = seededRandom(track.id);
      return Uint8Array.from({ length: OPAQUE_BYTES[type] }, () => Math.floor(random() * 256));
    }
  }
}

/** A track's data as the datagrams it takes. */
function fragmentsOf(track: DemoTrack, type: DataType, deck: DeckNumber, quirks: Quirks): readonly Uint8Array[] {
  const data = dataOf(track, type);
  const number = rawNumber(deck, quirks);
  const count = Math.ceil(data.length / FRAGMENT_DATA_MOST_BYTES);
  return Array.from({ length: count }, (_, index) =>
    fragment.encode({
      ...{
        name: nameOfModel(quirks.model),
        number,
        numberAgain: number,
        dataType: type,
        trackId: track.id,
        index,
        count,
      },
      data: data.subarray(index * FRAGMENT_DATA_MOST_BYTES, (index + 1) * FRAGMENT_DATA_MOST_BYTES),
    }),
  );
}

/** Data of the track on a deck, of one kind: its receiver, and the time from which it is sent. */
interface DataToSend {
  readonly deck: DeckNumber;
  readonly type: DataType;
  readonly to: readonly UnitClient[];
  readonly due: Ms;
}

/** Sends data from `due` on; answers when the next may begin. */
export function sendData(draft: UnitDraft, { deck, type, to, due }: DataToSend, at: Ms): Ms {
  const { track } = deckOf(draft, deck);
  if (track === null) return due;
  let time = due;
  for (const bytes of fragmentsOf(track, type, deck, draft.settings.quirks)) {
    for (const peer of to) {
      if (!happens(draft, draft.settings.quirks.loseFragment)) {
        post(draft, { to: statusPortOf(peer), fromPort: null, bytes, at: time }, at);
      }
    }
    time += FRAGMENT_GAP_MS;
  }
  return time;
}
