/** The one shape that every bridge has: a room between the show and one kind of device. */
import type { ZodType } from 'zod';
import type { Cancel, Clock, Ms, Stamp } from './core/clock.ts';
import type { DeckNumber } from './core/deck-report.ts';
import type { FeedValue } from './core/engine/feed-facts.ts';
import type { ShowEvent } from './core/events.ts';
import type { RequiredData } from './core/required-data.ts';
import type { Filled } from './core/rules/template.ts';
import type { StreamAnchor, TimecodeAnchor } from './core/timecode/stream-anchor.ts';
import type { Network } from './network/network.ts';

/**
 * A kind of bridge, as `bridges/index.ts` lists it.
 *
 * `options` and `message` are schemas over the profile's source texts (`Text` in src/profile/yaml/source-text.ts): the loader is handed them
 * and knows nothing else of a bridge.
 */
export interface Bridge {
  /** The word in the profile: `type: osc`. */
  readonly type: string;
  /** Its part of the profile, without `type`. */
  readonly options: ZodType;
  /** Form of the message an action may send to it; null: it takes no messages. */
  readonly message: ZodType | null;
  /** A message as one line for people: `/cue/7/go ,i 1`. */
  describe(message: Filled): string;
  /** `run` means something to it: `timecode: { main: { to: [it] } }`. */
  readonly takesTimecode: boolean;
  /** `tick` means something to it: `clock: { tempo: { to: [it] } }`. */
  readonly takesClock: boolean;
  /** Whether it answers programs that connect to it: it is opened only where something may leave. */
  readonly serves: boolean;
  /** Lead of its timecode and clock, to make up for delay behind the bridge; below 0: later. */
  latencyMs(options: unknown): Ms;
  /** Time for which what a message begins goes on by itself; absent: nothing of it does. */
  lastsMs?(message: unknown): Ms;
  /** Form of a fact of the state feed as a message; null: it cannot send any. */
  readonly feedMessage: ((told: FeedValue) => Filled) | null;
  /** Controls of a surface; null: it has none. */
  readonly controls: SurfaceControls | null;
  /**
   * Resources that it needs for itself alone, in words for people: `UDP port 50000`, `the MIDI port "Show Control"`. Two bridges of a
   * profile that claim the same, letter by letter, cannot both be right.
   */
  claims(options: unknown): readonly string[];
  /** What is allowed and comes out otherwise than meant at whoever is out there: `check` tells it as warnings. */
  doubts(options: unknown, use: BridgeUse): readonly BridgeDoubt[];
  /**
   * Puts a simulated device of this kind within reach, on loopback or, where that cannot be had, in memory; null: there is
   * none of this kind.
   */
  readonly simulate: ((request: SimulationRequest) => Promise<Simulation>) | null;
  /** Opens it. Never throws and never waits: what is not there yet shows in `status`, and is tried again. */
  open(name: string, options: unknown, host: BridgeHost): OpenBridge;
}

/** A use that a profile makes of a bridge. `message` is one as the profile writes it, its templates not filled. */
export type BridgeUse =
  | { readonly kind: 'entry' | 'timecode' | 'feed' }
  | { readonly kind: 'message'; readonly message: unknown };

export interface BridgeDoubt {
  /** Where it stands: in the message, in the bridge's entry of `feed:`, else in the bridge's own part of the profile. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Controls of a surface, by the names that its events and profiles call them; each with its label. */
export interface SurfaceControls {
  readonly buttons: Readonly<Record<string, string>>;
  /** Controls that turn, step by step. */
  readonly wheels: Readonly<Record<string, string>>;
  /** Controls that stand somewhere, or are turned in steps that no hand feels. */
  readonly values: Readonly<Record<string, SurfaceValue>>;
  /** Lamps, by their ids. */
  readonly lamps: Readonly<Record<string, string>>;
  /** Controls without a lamp where one could be expected, each with the reason. */
  readonly unlit: Readonly<Record<string, string>>;
  /** null: it has no screen. */
  readonly screen: SurfaceScreen | null;
  /** Controls that are there and cannot be bound, each with the reason. */
  readonly unbindable: Readonly<Record<string, string>>;
  /** null: nobody has drawn it. */
  readonly panel: SurfacePanel | null;
}

export interface SurfaceValue {
  readonly label: string;
  /** Steps of a turn, of a control that turns; null: it stands somewhere. */
  readonly stepsPerTurn: number | null;
}

/** A surface as seen from above, in units of its own, from the upper left corner. */
export interface SurfacePanel {
  readonly width: number;
  readonly height: number;
  /** By control. */
  readonly spots: Readonly<Record<string, SurfaceSpot>>;
  /** What is there and cannot be used. */
  readonly outlines: readonly (SurfaceSpot & { readonly label: string })[];
}

export interface SurfaceSpot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isRound: boolean;
}

/** Screen of a surface: `rows`, `elapsed-time` and `artwork` are told to it by these names, and each field by its own. */
export interface SurfaceScreen {
  readonly rowsMost: number;
  readonly fields: readonly string[];
  /** @returns the reason why a field cannot show a value; null: it can */
  problem(field: string, value: string): string | null;
}

export interface SimulationRequest {
  /** Name of the bridge that will meet it. */
  readonly name: string;
  /** Names of all bridges of this kind in the profile. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly network: Network;
  /** The bridge's options as the profile gives them. */
  readonly options: unknown;
  /** Set that the simulated DJ plays, with hands at simulated surfaces among its acts. */
  readonly set: { readonly file: string; readonly source: string };
  /** Told of each thing that is done at it. */
  readonly acted: (text: string) => void;
}

export interface Simulation {
  /** Options and wire with which the bridge meets the simulated device instead of a real one. */
  readonly options: unknown;
  readonly network: Network;
  /** Opens the bridge towards it; null: the bridge's own `open` does, by these options and this network. */
  readonly open: Bridge['open'] | null;
  /** Name of the place, for people. */
  readonly text: string;
  /** Tells the true playheads. */
  truth(at: Ms): readonly DeckTruth[];
  /** Picture of the device as lines of text, the most important first; empty: it shows nothing. */
  drawn(): readonly string[];
  /** Keys of a terminal that are hands at it; null: it has no controls. */
  readonly keys: SimulationKeys | null;
  close(): Promise<void>;
}

export interface SimulationKeys {
  /** Keys and their controls, as one line. */
  readonly help: string;
  /** @param key as a terminal sends it; false: this key is none of its controls */
  press(key: string): boolean;
}

/** True playhead of a simulated deck. */
export interface DeckTruth {
  readonly deck: DeckNumber;
  readonly trackId: number | null;
  /** By the track's grid, with its fraction. */
  readonly beat: number | null;
  readonly positionMs: Ms | null;
  readonly isPlaying: boolean;
  readonly tempoBpm: number | null;
}

/** Kind of a packet that a unit sends: `metadata` is the data that follows a load, such as artwork and phrases. */
export const UNIT_PACKET_KINDS = ['status', 'position', 'metadata', 'keep-alive'] as const;
export type UnitPacketKind = (typeof UNIT_PACKET_KINDS)[number];

/** Packet of the unit that is followed, unchanged. */
export interface UnitPacket {
  readonly kind: UnitPacketKind;
  readonly bytes: Uint8Array;
}

/** Packets of the unit, handed from the bridge that hears it to bridges that pass them on. */
export interface PacketTap {
  /** Hands a packet to all that listen, in the same turn. */
  heard(packet: UnitPacket): void;
  /** Calls `listener` for each packet from now on, until the returned function is called. */
  listen(listener: (packet: UnitPacket) => void): Cancel;
}

/** Line about the show, for people; `answer`: what came of an act that asked for a text, as a capture does. */
export interface ShownLine {
  readonly kind: 'sent' | 'held-back' | 'log' | 'answer';
  readonly at: Ms;
  /** All of it in one line. */
  readonly text: string;
  /** Message that left, or what was due; of other lines all there is to say. */
  readonly what: string;
  /** Reason why it left, or why not; null: there is none to tell. */
  readonly why: string | null;
  /** Time from the moment of the place to the moment it left; null: it did not leave, or it is a line of the log. */
  readonly lateMs: Ms | null;
}

/** Show as people see it, for bridges that show it elsewhere. */
export interface ShowView {
  /** Gives the status as plain data, with the keys of `run --json`; null: the show is not open yet. */
  status(at: Ms): Readonly<Record<string, unknown>> | null;
  /** Gives every bridge and how it stands. */
  bridges(): readonly (BridgeStatus & { readonly name: string })[];
  /** Gives the tracks that are loaded, as plain data: phrases and cue points by beat and ms. */
  tracks(): readonly Readonly<Record<string, unknown>>[];
  /** Gives what operators can touch by name, as plain data: cues, cue lists with their steps, outputs; null: the show is not open yet. */
  outline(): Readonly<Record<string, unknown>> | null;
  /** Gives the artwork of the track on a deck, as JPEG; null: nobody has sent one. */
  artwork(unit: string, deck: DeckNumber): Uint8Array | null;
  /** Shows lines once to whoever sits at this machine. */
  announce(lines: readonly string[]): void;
  /** Calls `listener` for each line from now on, until the returned function is called. */
  listen(listener: (line: ShownLine) => void): Cancel;
}

/** View of a show that nobody looks at. */
export const NO_VIEW: ShowView = {
  status: () => null,
  bridges: () => [],
  tracks: () => [],
  outline: () => null,
  artwork: () => null,
  announce() {},
  listen: () => () => {},
};

/** World of a bridge: the parts it may use. */
export interface BridgeHost {
  readonly clock: Clock;
  readonly network: Network;
  readonly log: Log;
  /** false: this is a line check, and nobody is to be heard. */
  readonly hears: boolean;
  /** Data of the decks that the profile needs. */
  readonly needs: RequiredData;
  /** Wall-clock time of a moment, in ms since 1970, for time tags that other machines read. */
  unixMs(at: Ms): number;
  readonly packets: PacketTap;
  readonly view: ShowView;
  /** Puts an event into the inbox of the show. */
  emit(event: ShowEvent, stamp: Stamp): void;
  /** Says that from now on something can be sent, or again: levels that were missed meanwhile come back. */
  ready(): void;
  /** Says that the device has gone, and with it all that it was told: every level comes back once it is ready. */
  lost(): void;
}

export interface OpenBridge {
  /**
   * Sends now. A failure is logged and counted, never thrown.
   *
   * @param at the moment it is meant for, for time tags
   * @returns false: nothing could leave, the device is not there
   */
  send(message: Filled, at: Ms): boolean;
  /** Takes in how its timecode goes on; of no meaning to a bridge that takes none. */
  timecode(anchor: TimecodeAnchor): void;
  /** Takes in how its MIDI clock goes on; of no meaning to a bridge that takes none. */
  clock(anchor: StreamAnchor): void;
  /** Lets go of whatever sounds, at a mute and at a panic. */
  release(): void;
  status(): BridgeStatus;
  /** Leaves cleanly: nothing is sent afterwards and no timer stays. Closing twice is no mistake. */
  close(): Promise<void>;
}

/** The part of an open bridge that nothing can be sent to. */
export const TAKES_NOTHING: Pick<OpenBridge, 'send' | 'timecode' | 'clock' | 'release'> = {
  send: () => false,
  timecode() {},
  clock() {},
  release() {},
};

export interface BridgeStatus {
  /** `waiting`: something that may still come is not there; the text says what and what to do. */
  readonly state: 'ready' | 'waiting' | 'failed';
  readonly text: string;
  /** Punctuality of its timecode and clock since its ports were opened; absent: it has none. */
  readonly frames?: FrameCounts;
}

/** How late the messages of streams left. */
export interface FrameCounts {
  /** Number of messages by class, as `src/output/lateness-histogram.ts` has them. */
  readonly lateness: readonly number[];
  readonly sumMs: Ms;
  /** Number of messages that had become too late and were left out. */
  readonly gaps: number;
}

/** Log of a bridge's news; never called for each packet. */
export interface Log {
  info(facts: Readonly<Record<string, unknown>>, text: string): void;
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  error(facts: Readonly<Record<string, unknown>>, text: string): void;
}
