/** Levels that messages set: an address or a control with a number, of which 0 is off. Read from the text of a message. */

export interface MessageLevel {
  /** Bridge and address, without the value. */
  readonly key: string;
  readonly value: number;
}

const OSC = /^(\/\S+) ,[ifsd]*[ifd] (?:(.*) )?(-?\d+(?:\.\d+)?)$/;
const CONTROL = /^control (\d+) = (\d+) (ch \d+)$/;
const NOTE = /^note (\S+) (\d+) (ch \d+)$/;
const NOTE_OFF = /^note off (\S+) (ch \d+)$/;

/** @returns null: it sets no level. A note with a length ends by itself. */
export function levelOfMessage(bridge: string, text: string): MessageLevel | null {
  const osc = OSC.exec(text);
  if (osc !== null)
    return { key: `${bridge} ${osc[1]}${osc[2] === undefined ? '' : ` ${osc[2]}`}`, value: Number(osc[3]) };
  const control = CONTROL.exec(text);
  if (control !== null) return { key: `${bridge} control ${control[1]} ${control[3]}`, value: Number(control[2]) };
  const note = NOTE.exec(text);
  if (note !== null) return { key: `${bridge} note ${note[1]} ${note[3]}`, value: Number(note[2]) };
  const off = NOTE_OFF.exec(text);
  return off === null ? null : { key: `${bridge} note ${off[1]} ${off[2]}`, value: 0 };
}

/** Keys that are set and taken back by these messages: one that is never 0 is no level but a value. */
export function levelKeys(levels: readonly MessageLevel[]): ReadonlySet<string> {
  const offs = new Set(levels.filter(({ value }) => value === 0).map(({ key }) => key));
  return new Set(levels.filter(({ key, value }) => value !== 0 && offs.has(key)).map(({ key }) => key));
}
