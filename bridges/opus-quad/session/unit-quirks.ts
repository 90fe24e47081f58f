/**
 * What a real unit may do otherwise than its published analyses say, as values that a profile may override (`quirks:`): an answer
 * of `decklight probe opus-quad` then changes what is read, without a change of the program.
 */

/** Byte of a status that tells its deck: 0x24 [I BL 05ddaa2], or 0x21 as BL reads it [I BL DeviceUpdate]. */
export const DECK_BYTES = ['0x24', '0x21'] as const;
/** Whether the bit "on air" of a status is believed; on a unit where it never changes it tells nothing. */
export const ON_AIR_BITS = ['believed', 'ignored'] as const;

export interface UnitQuirks {
  readonly deckByte: (typeof DECK_BYTES)[number];
  readonly onAir: (typeof ON_AIR_BITS)[number];
}

export const USUAL_UNIT_QUIRKS: UnitQuirks = { deckByte: '0x24', onAir: 'believed' };
