/** A fault of a profile's text, and how far it reaches. */

/** Fault in a file; offsets count characters from its start. `note`: a second line, or null. */
export interface YamlError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly note: string | null;
}

/**
 * Reach of a fault:
 *
 * - `line`: what stands on other lines is read as meant;
 * - `tree`: lines may belong to another map or list than meant;
 * - `rest`: what follows is not read at all.
 */
export type Spoils = 'line' | 'tree' | 'rest';

/** A fault of the YAML itself. */
export interface YamlFault extends YamlError {
  readonly spoils: Spoils;
}

export const unreadable = (start: number, length: number, message: string, spoils: Spoils): YamlFault => ({
  start,
  end: start + Math.max(1, length),
  message,
  note: null,
  spoils,
});
