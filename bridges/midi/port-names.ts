/**
 * Names of MIDI ports. Linux ends them in the numbers of client and port, `UM-ONE:UM-ONE MIDI 1 24:0`, which are others after
 * the next start, or when another program was there first. Pure.
 */

const NUMBERS = / \d+:\d+$/;

/** The name that stays: without numbers. */
export const lastingName = (fullName: string): string => fullName.replace(NUMBERS, '');

const plain = (name: string): string => lastingName(name.trim()).toLowerCase();

export type PortChoice<P> = { readonly ok: true; readonly port: P } | { readonly ok: false; readonly text: string };

/**
 * Chooses the port that a profile means: of this name or else with it as a part, whatever the case. Numbers count only to tell
 * apart those that have the same name.
 *
 * @param ports each with its name in full
 */
export function choosePort<P extends { readonly fullName: string }>(
  ports: readonly P[],
  device: string,
): PortChoice<P> {
  const wanted = plain(device);
  const whole = ports.filter(({ fullName }) => plain(fullName) === wanted);
  const fitting = whole.length > 0 ? whole : ports.filter(({ fullName }) => plain(fullName).includes(wanted));
  const inFull = fitting.filter(({ fullName }) => fullName.toLowerCase() === device.trim().toLowerCase());
  const [port, second] = inFull.length === 1 ? inFull : fitting;
  if (port === undefined) {
    const names = [...new Set(ports.map(({ fullName }) => lastingName(fullName)))];
    return { ok: false, text: `no MIDI output is called "${device}"; there are: ${names.join(', ') || 'none'}` };
  }
  if (second === undefined) return { ok: true, port };
  const text = `"${device}" fits ${fitting.length} MIDI outputs: ${tellingNames(fitting).join(', ')}; name one of them in full`;
  return { ok: false, text };
}

/** Names that tell these ports apart: with numbers where it takes them. */
export function tellingNames(ports: readonly { readonly fullName: string }[]): readonly string[] {
  const lasting = ports.map(({ fullName }) => lastingName(fullName));
  return ports.map(({ fullName }, i) => {
    const name = lasting[i] ?? fullName;
    return lasting.indexOf(name) === lasting.lastIndexOf(name) ? name : fullName;
  });
}
