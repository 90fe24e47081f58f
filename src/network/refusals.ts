/** Refusals of a server, told: each kind once for an address, and not for ever new ones. */
/** So many are told: a flood of addresses must not bury the log. */
const TOLD_MOST = 50;

/** Address of a client that is gone before it could be asked. */
const NOBODY = 'an unknown address';

/** @param from address of the client
 * @param why ends a sentence about it */
export type TellRefusal = (from: string | undefined, why: string) => void;

export function refusalTeller(log: {
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
}): TellRefusal {
  const told = new Set<string>();
  return (from = NOBODY, why) => {
    const text = `a request from ${from} was refused: ${why}`;
    if (told.has(text) || told.size > TOLD_MOST) return;
    told.add(text);
    if (told.size <= TOLD_MOST) log.warn({ from }, text);
    else log.warn({}, `${TOLD_MOST} kinds of requests were refused: further ones are not told`);
  };
}
