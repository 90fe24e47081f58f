/** MIDI port: kept open while it is there, handed what leaves, and rid of every note. Decides nothing. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { retryingConnection } from '../../src/network/retrying-connection.ts';
import { isRunning, locatedAgain } from '../../src/output/anchor-list.ts';
import { countsText, NO_COUNTS, type StreamCounts, together } from '../../src/output/lateness-histogram.ts';
import type { TimedPort } from '../../src/output/output-port.ts';
import { encode, type MidiMessage } from './codec.ts';
import type { MidiSystem } from './port.ts';
import { LOOK_EVERY_MS, type OpenedMidiPort, othersText, type PortSearch, searchPort } from './port-search.ts';
import { letGo, letGoOfAll, letGoOfEnded, NO_NOTES, type NotesChange, nextEndOf, strike } from './sounding-notes.ts';

export interface MidiDeviceOptions extends Pick<PortSearch, 'device' | 'isVirtual'> {
  /** Time that what lies behind the port takes; timecode and clock leave so much earlier. Below 0: later. */
  readonly latencyMs: Ms;
}

/** The last anchors, whether the port is there or not; null: there has been none. */
interface StandingStreams {
  readonly timecode: TimecodeAnchor | null;
  readonly clock: StreamAnchor | null;
}

export function openMidi(
  { device, isVirtual }: Omit<MidiDeviceOptions, 'latencyMs'>,
  host: BridgeHost,
  load: () => Promise<MidiSystem>,
  toMessage: (message: unknown) => MidiMessage | null,
): OpenBridge {
  const { clock, log } = host;
  const notes = notesOn(clock, (message, at) => connection.current()?.port.send({ at, bytes: encode(message) }));
  let standing: StandingStreams = { timecode: null, clock: null };
  let sent = 0;
  const connection = retryingConnection<OpenedMidiPort>({
    clock,
    retryAfterMs: LOOK_EVERY_MS,
    failureEnding: '',
    opened,
    lost() {
      notes.forget();
      host.lost();
    },
    begin: searchPort({ device, isVirtual, clock, load, searchAgain: () => connection.tryNow() }),
    warn: text => log.warn({ device }, text),
  });

  function opened(mine: OpenedMidiPort): void {
    connection.forgetTrouble();
    log.info({ device: mine.name }, `MIDI goes to ${mine.name}`);
    const known = standing;
    host.ready();
    if (connection.current() === mine) sayAgain(known, standing, mine.port, clock.now());
  }

  return {
    send(filled, at) {
      const message = toMessage(filled);
      if (connection.current() === null) return false;
      if (message === null) {
        log.warn({ message: filled }, 'a value of this message came out as no number: it is not sent');
        return true;
      }
      sent++;
      notes.send(message, at);
      // A port that failed just now has been given up.
      return connection.current() !== null;
    },
    timecode(anchor) {
      standing = { ...standing, timecode: anchor };
      connection.current()?.port.run(anchor);
    },
    clock(anchor) {
      standing = { ...standing, clock: anchor };
      connection.current()?.port.tick(anchor);
    },
    release: notes.letGoOfAll,
    status() {
      const current = connection.current();
      if (current === null) return { state: 'waiting', text: connection.trouble() ?? `opening ${device}` };
      const { timecodeCounts, clockCounts } = current;
      const mtc = punctualText('MTC', standing.timecode, timecodeCounts);
      const ticks = punctualText('clock', standing.clock, clockCounts);
      const others = current.others.length === 0 ? '' : `, ${othersText(current.others)}`;
      const text = `${current.name}, ${sent} sent${mtc}${ticks}${others}`;
      const isCounted = timecodeCounts !== null || clockCounts !== null;
      const frames = [timecodeCounts, clockCounts].reduce(together, NO_COUNTS);
      return { state: 'ready', text, ...(isCounted ? { frames } : {}) };
    },
    async close() {
      notes.letGoOfAll();
      await connection.close();
    },
  };
}

/** Says to a port where its streams are by now; a second full frame for what the show has just resent would disturb. */
function sayAgain(known: StandingStreams, resent: StandingStreams, port: TimedPort, now: Ms): void {
  const timecode =
    known.timecode === null || known.timecode !== resent.timecode ? null : locatedAgain(known.timecode, now);
  if (timecode !== null) port.run(timecode);
  const tick = known.clock === null || known.clock !== resent.clock ? null : locatedAgain(known.clock, now);
  if (tick !== null) port.tick(tick);
}

/** Sends messages, and ends each note after its length. */
function notesOn(clock: Clock, transmit: (message: MidiMessage, at: Ms) => void) {
  let notes = NO_NOTES;
  let cancelEnd: Cancel = () => {};

  /** @param at the moment that the message which asks for it is meant for */
  function change({ notes: after, leaves }: NotesChange, asking: MidiMessage | null = null, at: Ms = 0): void {
    notes = after;
    waitForEnd();
    for (const message of leaves) transmit(message, message === asking ? at : clock.now());
  }

  function waitForEnd(): void {
    cancelEnd();
    const endsAt = nextEndOf(notes);
    if (endsAt !== null) cancelEnd = clock.at(endsAt, () => change(letGoOfEnded(notes, clock.now())));
  }

  return {
    send(message: MidiMessage, at: Ms): void {
      if (message.kind === 'note') change(strike(notes, message, at), message, at);
      else if (message.kind === 'note-off') change(letGo(notes, message), message, at);
      else transmit(message, at);
    },
    letGoOfAll: (): void => change(letGoOfAll(notes)),
    /** The port is gone, and with it whatever sounded. */
    forget(): void {
      notes = NO_NOTES;
      cancelEnd();
    },
  };
}

/** `, MTC late p99 0.3 ms`; empty while it does not run, and until something has been counted. */
function punctualText(name: string, anchor: StreamAnchor | null, counts: StreamCounts | null): string {
  if (anchor === null || !isRunning(anchor)) return '';
  const punctual = counts === null ? null : countsText(counts);
  return punctual === null ? '' : `, ${name} ${punctual}`;
}
