/** Waiting for what other processes, threads and disks do: until it is so, never for a time. */

/** So long nothing takes that goes on at all, whatever else the machine does. */
const LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 10;

/** @param saying said when it never came to be: what the other side has printed */
export async function until(isSo: () => boolean, saying: () => string = () => ''): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error(`never so: ${isSo}\n${saying()}`);
    await new Promise(done => setTimeout(done, LOOK_EVERY_MS));
  }
}
