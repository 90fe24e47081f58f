/**
 * As whom a program logs in to a player: names, the constant that goes with each manufacturer, and the ids that players
 * expect. Facts published in CDJHidProtocol (handshake; CHP#10 for the CDJ3000), ddj_link (DDJ1000) and djm250, as of
 * 2025; they name products of others, and posing as one of them is the only way in that anybody has found.
 */

/** Words of the profile: `login: traktor`. */
export const LOGINS = ['rekordbox', 'serato', 'traktor', 'none'] as const;
export type Login = (typeof LOGINS)[number];

/** How a program names itself [C]. */
export interface LoginNames {
  readonly manufacturer: string;
  readonly product: string;
}

export const LOGIN_NAMES: Readonly<Record<Exclude<Login, 'none'>, LoginNames>> = {
  rekordbox: { manufacturer: 'PioneerDJ', product: 'rekordbox' },
  serato: { manufacturer: 'Serato', product: 'serato DJ' },
  // Traktor Pro 3 names itself like this too [C CHP#10].
  traktor: { manufacturer: 'NativeInstruments', product: 'Traktor Pro 2' },
};

/** The constant of each manufacturer, with which a secret is made of a player's seed [D handshake]. */
export const MANUFACTURER_CONSTANTS: Readonly<Record<string, number>> = {
  PioneerDJ: 0x680131fb,
  Serato: 0x0d6f55ab,
  NativeInstruments: 0x8c5b3f5d,
  Atomix: 0x97779123,
  Algoriddim: 0x384b522b,
  Mixvibes: 0x9ea1a8b6,
  Numark: 0x889127c7,
  Dolby: 0x7a2b59ab,
};

/** By the name that a player says, and by manufacturer: the id that answers for the program [D handshake; as marked]. */
export const DEVICE_IDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CDJ2000NXS2: {
    NativeInstruments: '02F2F4510ED30A2C1042',
    Serato: 'C0BD940FB700BB8FC75B',
    // The same as Traktor's since 2020: perhaps a cell of the table that was filled twice [U].
    PioneerDJ: '02F2F4510ED30A2C1042',
  },
  CDJ3000: { NativeInstruments: '0B540B224A0AD0F73177', Serato: '390EAC84A745F29D7F74' },
  CDJTOUR1: { NativeInstruments: '768DCEDA0DD7F010434E' },
  XDJ1000MK2: { NativeInstruments: 'ABA778D3B506E22EBBAE' },
  XDJXZ: { Serato: '2D99858D0A5A913D4EBD' },
  DJM900NXS2: {
    NativeInstruments: '43F4CDEE2C07C9590742',
    Serato: 'D557CE8F5EF07BC27E98',
    PioneerDJ: 'C03251EE5DF69245025B',
  },
  DJMTOUR1: { NativeInstruments: '502876738F3DC7CF1DA7' },
  DJM450: { NativeInstruments: '08EF3F2F1E7A9017F6AF', PioneerDJ: '99D555432C70537A6F02' },
  DJM250MK2: { NativeInstruments: 'D2F58B612C6206819139', PioneerDJ: '59B54BFEE44A5AC8E4C5' },
  DJM750MK2: { NativeInstruments: '866E33BD04852E71ED21', PioneerDJ: '490A44496383029BF371' },
  DJMV10: {
    NativeInstruments: '3C83DB259C76FE8DB2AB',
    Serato: '1D3EAC55C613D297623D',
    PioneerDJ: '70014D05BEF2E4DE60D6',
  },
  DDJ1000: { PioneerDJ: '87A08EEAC09034760B90' },
};

/** A player's name as the tables have it: names with and without hyphens are one [I]. */
export const plainProductName = (product: string): string => product.replace(/[^A-Za-z0-9]/g, '').toUpperCase();

/** The id for a player, 20 hex digits; null: none is known for this program. */
export function deviceIdFor(product: string, manufacturer: string): string | null {
  const ids = DEVICE_IDS[plainProductName(product)];
  return ids === undefined || !Object.hasOwn(ids, manufacturer) ? null : (ids[manufacturer] ?? null);
}

/** Logins for which an id of this player is known. */
export const loginsFor = (product: string): readonly Login[] =>
  LOGINS.filter(login => login !== 'none' && deviceIdFor(product, LOGIN_NAMES[login].manufacturer) !== null);
