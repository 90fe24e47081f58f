/**
 * Form of `/state`, version 1: every field with its meaning, unit, and when it is null. `npm run schema` writes it as
 * `state.schema.json`, which programs of others check with. Fields may be added within a version, so these let others pass.
 */
import { z } from 'zod';
import { CONFIDENCES } from '../../src/core/track/track-identity.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

const text = z.string();
const textOrNull = z.string().nullable();
const numberOrNull = z.number().nullable();
const deckNumber = z.int().min(1).max(4);

/** @param isClosed whether a field that is not named here is a fault: for our own tests */
export function stateSchema(isClosed: boolean): z.ZodType {
  const form = (shape: Shape): z.ZodType => (isClosed ? z.strictObject(shape) : z.looseObject(shape));
  const line = form({
    kind: z.enum(['sent', 'held-back', 'log', 'answer']),
    at: z.number().meta({ description: 'ms, on the clock of the show' }),
    text: text.meta({ description: 'all of it in one line' }),
    what: text.meta({ description: 'the message that left, or what was due' }),
    why: textOrNull.meta({ description: 'reason why it left, or why not' }),
    lateMs: numberOrNull.meta({
      description: 'ms from the moment of the place to the moment it left; null: it did not',
    }),
  });
  return form({
    version: z.literal(1).meta({ description: 'of this form; fields may be added within a version' }),
    profile: text.meta({ description: 'name of the profile' }),
    notices: z.array(text).meta({ description: 'what stands on the screen: simulated devices, a broken profile' }),
    simulated: z.record(text, z.array(text)).meta({ description: 'lines of simulated devices, by bridge' }),
    bridges: z.array(bridge(form)),
    timecodes: z.array(timecode(form)),
    lists: z.array(list(form)),
    pinned: deckNumber.nullable().meta({ description: 'deck that timecode follows by hand; null: none' }),
    muted: z
      .union([z.literal('all'), z.array(text)])
      .meta({ description: 'all, or the bridges that are muted by name' }),
    panic: z.boolean().meta({ description: 'all is muted since a panic' }),
    locked: z.boolean().meta({ description: 'keys and pages do nothing but panic and unlock' }),
    latencies: z.record(text, z.number()).meta({ description: 'ms that operators have added, by bridge' }),
    decks: z.array(deck(form)),
    holds: z.array(text).meta({ description: 'rules whose levels stand' }),
    next: z.array(text).meta({ description: 'the next cues, a line each' }),
    coming: z.array(coming(form)).meta({ description: 'the next cues, soonest first' }),
    moments: z.record(text, z.int()).meta({ description: 'number of moments that came, by outcome' }),
    tracks: z.array(track(form)).meta({ description: 'loaded tracks' }),
    outline: outline(form).meta({ description: 'names that can be touched' }),
    lines: z.array(line).max(50).meta({ description: 'the last of what was sent and held back, oldest first' }),
    log: z.array(line).max(50).meta({ description: 'the last lines of the log, oldest first' }),
  });
}

type Form = (shape: Shape) => z.ZodType;

const bridge = (form: Form): z.ZodType =>
  form({
    name: text,
    type: text.meta({ description: 'as in the profile: osc, midi …' }),
    state: z.enum(['ready', 'waiting', 'failed']),
    text: text.meta({ description: 'how it stands, for people' }),
    frames: form({
      lateness: z.array(z.int()).meta({ description: 'messages that left up to 0.1, 0.2, 0.3, 0.5 … 50 ms late' }),
      sumMs: z.number(),
      gaps: z.int().meta({ description: 'messages that were left out, being too late' }),
    })
      .optional()
      .meta({ description: 'punctuality of its timecode and clock; absent: it has none' }),
  });

const timecode = (form: Form): z.ZodType =>
  form({
    name: text,
    label: text.meta({ description: 'HH:MM:SS:FF; drop-frame with ; before the frames; dashes: it is nowhere' }),
    rate: text.meta({ description: '24, 25, 29.97df, 29.97ndf or 30' }),
    run: z.enum(['stopped', 'running', 'locating', 'freewheeling', 'lost']),
    deck: textOrNull.meta({ description: 'unit/number of the deck that leads it' }),
    nudge: z.int().meta({ description: 'frames that operators have added' }),
  });

const list = (form: Form): z.ZodType =>
  form({
    name: text,
    step: textOrNull.meta({ description: 'the step that has begun last' }),
    next: textOrNull.meta({ description: 'the step that the next GO begins; null: the list is done' }),
    done: z.boolean(),
    followsInMs: numberOrNull.meta({
      description: 'ms until it goes on by itself; null: it does not, or counts beats',
    }),
    beatsLeft: numberOrNull.meta({ description: 'beats until it goes on by itself; null: it does not, or counts ms' }),
    place: textOrNull.meta({ description: 'place at which the next step begins by itself' }),
  });

const deck = (form: Form): z.ZodType =>
  form({
    deck: deckNumber,
    unit: text.meta({ description: 'bridge of its unit' }),
    joinedAtBeat: numberOrNull.meta({ description: 'beat at which it was met in mid-track' }),
    trackId: z.int().nullable().meta({ description: 'number that the unit gives the track; null: nothing is loaded' }),
    title: textOrNull,
    artist: textOrNull,
    confidence: z.enum(CONFIDENCES).nullable().meta({ description: 'how sure it is that this is the track' }),
    advice: textOrNull.meta({ description: 'what to do about it' }),
    playState: text,
    playing: z.boolean(),
    onAir: z.boolean().nullable().meta({ description: 'null: nobody says' }),
    master: z.boolean(),
    tempoBpm: numberOrNull.meta({ description: 'with pitch' }),
    pitchPercent: numberOrNull,
    silent: z.boolean().meta({ description: 'nothing is heard of it any more' }),
    phrase: textOrNull.meta({ description: 'Chorus 1; null: not known, or none' }),
    nextPhrase: textOrNull,
    beatsLeft: z.int().nullable().meta({ description: 'beats until the next phrase begins, or the last one ends' }),
    beat: numberOrNull.meta({ description: 'from 1, with its fraction' }),
    beatUncertainty: numberOrNull.meta({ description: 'half-width of the error bar in beats' }),
    beatInBar: z.int().min(1).max(4).nullable(),
    bar: z.int().nullable().meta({ description: 'from 1; 0 before the first downbeat' }),
    positionMs: numberOrNull,
    uncertaintyMs: numberOrNull.meta({ description: 'half-width of the error bar in ms' }),
    basis: textOrNull.meta({ description: 'what ms are counted by' }),
    barsLacking: z.enum(['beats', 'bars']).nullable().meta({ description: 'what it plays without' }),
  });

const coming = (form: Form): z.ZodType =>
  form({
    inMs: z.number(),
    deck: deckNumber,
    place: text,
    rule: text,
    condition: form({ isTrue: z.boolean(), text: text.meta({ description: 'each part and what it is' }) })
      .nullable()
      .meta({ description: 'as it stands now; null: it has none' }),
  });

const track = (form: Form): z.ZodType =>
  form({
    deck: deckNumber,
    unit: text,
    trackId: z.int(),
    title: textOrNull,
    artist: textOrNull,
    durationMs: numberOrNull,
    hasArtwork: z.boolean().meta({ description: '/artwork/UNIT/DECK has it' }),
    endBeat: numberOrNull.meta({ description: 'beat at which the last phrase ends; null: its phrases are not known' }),
    phrases: z.array(form({ label: text, kind: text, startBeat: z.number(), endBeat: z.number() })),
    cuePoints: z.array(form({ name: text, positionMs: z.number(), beat: numberOrNull })),
  });

const outline = (form: Form): z.ZodType =>
  form({
    cues: z.array(text),
    lists: z.array(form({ name: text, steps: z.array(text) })),
    timecodes: z.array(text),
    outputs: z.array(text).meta({ description: 'bridges whose latency can be set' }),
    mutable: z.array(text).meta({ description: 'bridges that can be muted by name' }),
    panic: textOrNull.meta({ description: 'cue that leaves at a panic' }),
  });

/** JSON Schema of `/state` as text. */
export const stateJsonSchema = (): string =>
  `${JSON.stringify({ title: 'Decklight /state', ...z.toJSONSchema(stateSchema(false)) }, null, 2)}\n`;
