/**
 * The units of the family, by what they are called and by what they do. Pure.
 *
 * An all-in-one announces itself once and speaks for several decks from one address. Public reports of 2026 say so of the
 * OMNIS-DUO (dysentery issue 72) and the XDJ-XZ (SuperTimecodeConverter issue 12); how much else they have in common with an
 * OPUS-QUAD nobody has published. So all but the OPUS-QUAD are followed only where a profile names them, and are said to be
 * untried wherever they are named.
 */
import type { Packet } from './codec.ts';
import { OPUS_NAME } from './layout.ts';

/** As the profile writes them. */
export const MODELS = ['opus-quad', 'omnis-duo', 'xdj-az', 'xdj-xz', 'xdj-rx3', 'other'] as const;
export type UnitModel = (typeof MODELS)[number];

/** Name of each model on the network, where it is known; null: the profile's address says which device it is. */
const NAMES: Readonly<Record<UnitModel, string | null>> = {
  'opus-quad': OPUS_NAME,
  'omnis-duo': 'OMNIS-DUO',
  'xdj-az': 'XDJ-AZ',
  'xdj-xz': 'XDJ-XZ',
  'xdj-rx3': 'XDJ-RX3',
  other: null,
};

/** Gives the name of a model on the network. */
export const nameOfModel = (model: UnitModel): string => NAMES[model] ?? 'UNKNOWN';

/** A unit's name with what must be known of it wherever it is shown: `OMNIS-DUO (never tried)`. */
export const shownName = (name: string): string => (modelOfName(name) === 'opus-quad' ? name : `${name} (never tried)`);

/** Gives the name of a model before it has been heard. */
export const modelText = (model: UnitModel): string => shownName(NAMES[model] ?? 'all-in-one unit');

/** The model that is called so, whatever signs stand between the letters; null: none of the family. */
export function modelOfName(name: string): UnitModel | null {
  const bare = bareName(name);
  return MODELS.find(model => NAMES[model] !== null && bareName(NAMES[model]) === bare) ?? null;
}

const bareName = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/** Signs that a device has given so far. */
export interface DeviceSigns {
  readonly name: string;
  /** Numbers that its keep-alives announce. */
  readonly announced: ReadonlySet<number>;
  /** Numbers of which it sent statuses or positions. */
  readonly decks: ReadonlySet<number>;
}

export const noSigns = (name: string): DeviceSigns => ({ name, announced: new Set(), decks: new Set() });

/** The signs with a packet of the device taken in; the same object where it shows nothing new. */
export function withSigns(signs: DeviceSigns, packet: Packet): DeviceSigns {
  switch (packet.kind) {
    case 'keep-alive':
    case 'short-keep-alive':
      return signs.announced.has(packet.number)
        ? signs
        : { ...signs, announced: new Set(signs.announced).add(packet.number) };
    case 'status':
    case 'position': {
      const number = packet.kind === 'status' ? packet.numberAgain : packet.number;
      return signs.decks.has(number) ? signs : { ...signs, decks: new Set(signs.decks).add(number) };
    }
    default:
      return signs;
  }
}

/** Tells whether a device acts as an all-in-one: it speaks for decks 9 to 12, or for more numbers than it announces. */
export const isAllInOne = ({ announced, decks }: DeviceSigns): boolean =>
  [...decks].some(number => number >= 9 && number <= 12) || decks.size > Math.max(1, announced.size);

/** Tells whether a device is of the family, by its actions or by its name. */
export const isOfFamily = (signs: DeviceSigns): boolean => modelOfName(signs.name) !== null || isAllInOne(signs);

/** Wishes of a profile for the unit to follow. */
export interface WantedUnit {
  readonly model: UnitModel;
  readonly unitAddress: 'auto' | string;
}

/**
 * Tells whether a profile wants a device to be followed. An OPUS-QUAD is known by its name to the letter [I BL]. Of the others no
 * name is certain: where the profile gives model and address, whoever is at that address will do.
 */
export function isWanted({ model, unitAddress }: WantedUnit, name: string, address: string): boolean {
  if (model === 'opus-quad') return name === OPUS_NAME;
  return modelOfName(name) === model || address === unitAddress;
}

/** Gives the line for the profile by which an unwanted device would be followed; `address` of the device. */
export function profileLineFor({ name }: DeviceSigns, address: string): string {
  const model = modelOfName(name);
  return model === null ? `model: other, unit: ${address}` : `model: ${model}`;
}
