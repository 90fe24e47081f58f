/**
 * What hands do to a simulated player, as lines of text:
 *
 * ```
 * 0:02    press play-pause             # for 100 ms, unless it says how long
 * 0:04    press cue for 700 ms
 * 0:05.5  turn browse-encoder by -3    # steps
 * 0:06    put tempo-slider to 40 %     # dials 0 to 100 %, sliders -100 to 100 %
 * 0:07    touch needle at 50 %         # for 200 ms
 * 0:08    jog by 0.5 turns in 900 ms   # touched meanwhile
 * 0:10    unplug for 2 s
 * 0:15    reset                        # it ends the session by itself
 * 0:16    leave for 3 s                # control mode off, and on again
 * ```
 *
 * Times are m:ss or m:ss.mmm from the start.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { didYouMean } from '../../../src/text/did-you-mean.ts';
import { INPUT_IDS, type InputId, inputControl, JOG_STEPS_PER_TURN } from '../controls/input-controls.ts';
import type { PlayerAct } from './player.ts';

/** What happens to a simulated player at a moment: a hand, or its cable and its own doing. */
export type ScriptedAct =
  | PlayerAct
  | { readonly kind: 'unplug' }
  | { readonly kind: 'plug' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'control-mode'; readonly isOn: boolean };

export interface TimedScriptAct {
  /** From the start of the script. */
  readonly at: Ms;
  readonly act: ScriptedAct;
  /** The line that begins with it, without its time; null: its line has begun before. */
  readonly text: string | null;
}

export type ParsedSurfaceScript =
  | { readonly ok: true; readonly acts: readonly TimedScriptAct[] }
  /** Every mistake, one line each: `file:line: error: what, what was expected`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

const PRESS_MS: Ms = 100;
const TOUCH_MS: Ms = 200;
const JOG_STEP_MS: Ms = 10;

const LINE = /^(?:(\d+):)(\d\d(?:\.\d+)?)\s+(\S.*)$/;
const DURATION = '(\\d+(?:\\.\\d+)?) ?(ms|s)';
const NUMBER = '([+-]?\\d+(?:\\.\\d+)?)';

const durationMs = (size: string | undefined, unit: string | undefined, usual: Ms): Ms =>
  size === undefined ? usual : Number(size) * (unit === 's' ? 1000 : 1);

/** What a line comes to: acts, each so long after its time; or what is wrong with it. */
export type LineActs = readonly (readonly [after: Ms, act: ScriptedAct])[] | string;

export function parseSurfaceScript(source: string, file: string): ParsedSurfaceScript {
  const acts: TimedScriptAct[] = [];
  const mistakes: string[] = [];
  for (const [i, line] of source.split('\n').entries()) {
    const text = line.replace(/(^|\s)#.*$/, '').trim();
    const read = text === '' ? [] : readLine(text);
    if (typeof read === 'string') mistakes.push(`${file}:${i + 1}: error: ${read}`);
    else acts.push(...read);
  }
  acts.sort((a, b) => a.at - b.at);
  return mistakes.length === 0 ? { ok: true, acts } : { ok: false, mistakes };
}

/** The acts of a line, or what is wrong with it. */
function readLine(text: string): readonly TimedScriptAct[] | string {
  const [, minutes, seconds, words = ''] = LINE.exec(text) ?? [];
  if (minutes === undefined) return 'expected a time and what is done, such as "0:02 press cue"';
  const at = Math.round((Number(minutes) * 60 + Number(seconds)) * 1000);
  const done = readActs(words);
  return typeof done === 'string' ? done : timedActs(done, at, words);
}

/** Acts of a line from its moment on. */
export const timedActs = (acts: Exclude<LineActs, string>, at: Ms, text: string): readonly TimedScriptAct[] =>
  acts.map(([after, act], i) => ({ at: at + after, act, text: i === 0 ? text : null }));

type Reader = (parts: readonly (string | undefined)[]) => LineActs;

/** Words that a line begins with. */
export const HAND_WORDS = ['press', 'turn', 'put', 'touch', 'jog', 'unplug', 'leave', 'reset'];

/** Forms of a line, each with what it comes to. */
const FORMS: readonly (readonly [form: RegExp, read: Reader])[] = [
  [
    new RegExp(`^press (\\S+)(?: for ${DURATION})?$`),
    ([, name, size, unit]) => withControl(name, ['button'], control => held(control, durationMs(size, unit, PRESS_MS))),
  ],
  [
    /^turn (\S+) by ([+-]?\d+)$/,
    ([, name, by]) => withControl(name, ['counter'], control => [[0, { kind: 'turn', control, by: Number(by) }]]),
  ],
  [
    new RegExp(`^put (\\S+) to ${NUMBER} ?%$`),
    ([, name, percent]) =>
      withControl(name, ['dial', 'slider'], control => {
        const { least, most } = inputControl(control);
        const to = Math.round((Number(percent) / 100) * most);
        return to < least || to > most
          ? `${control}: expected ${least < 0 ? '-100' : '0'} to 100 %`
          : [[0, { kind: 'put', control, to }]];
      }),
  ],
  [
    new RegExp(`^touch needle at ${NUMBER} ?%(?: for ${DURATION})?$`),
    ([, percent, size, unit]) => {
      const { most } = inputControl('needle-search-position');
      const to = Math.min(Math.max(Math.round((Number(percent) / 100) * most), 0), most);
      return [
        [0, { kind: 'put', control: 'needle-search-position', to }],
        ...held('needle-search-touch', durationMs(size, unit, TOUCH_MS)),
      ];
    },
  ],
  [
    new RegExp(`^jog by ${NUMBER} turns? in ${DURATION}$`),
    ([, turns, size, unit]) => jogged(Number(turns), durationMs(size, unit, 0)),
  ],
  [
    new RegExp(`^unplug for ${DURATION}$`),
    ([, size, unit]) => [
      [0, { kind: 'unplug' }],
      [durationMs(size, unit, 0), { kind: 'plug' }],
    ],
  ],
  [/^reset$/, () => [[0, { kind: 'reset' }]]],
  [
    new RegExp(`^leave for ${DURATION}$`),
    ([, size, unit]) => [
      [0, { kind: 'control-mode', isOn: false }],
      [durationMs(size, unit, 0), { kind: 'control-mode', isOn: true }],
    ],
  ],
];

/** Reads a line without its time: `press cue for 700 ms`. */
export function readActs(words: string): LineActs {
  for (const [form, read] of FORMS) {
    const match = form.exec(words);
    if (match !== null) return read(match);
  }
  return `"${words}" is nothing that hands do; expected "press cue", "turn browse-encoder by 3", "put tempo-slider to 40 %", "touch needle at 50 %", "jog by 1 turn in 900 ms", "unplug for 2 s", "leave for 2 s" or "reset"`;
}

function withControl(
  name: string | undefined,
  kinds: readonly string[],
  acts: (control: InputId) => LineActs,
): LineActs {
  const fitting = INPUT_IDS.filter(id => kinds.includes(inputControl(id).kind) && inputControl(id).place !== null);
  const control = fitting.find(id => id === name);
  if (control !== undefined) return acts(control);
  return `there is no ${kinds.join(' or ')} "${name}"${didYouMean(name ?? '', fitting)}`;
}

const held = (control: InputId, forMs: Ms): readonly (readonly [Ms, PlayerAct])[] => [
  [0, { kind: 'hold', control }],
  [forMs, { kind: 'let-go', control }],
];

/** The wheel touched, turned evenly, and let go. */
function jogged(turns: number, inMs: Ms): LineActs {
  const count = Math.max(1, Math.floor(inMs / JOG_STEP_MS));
  const steps = Math.round(turns * JOG_STEPS_PER_TURN);
  const upTo = (i: number): number => Math.round((steps * i) / count);
  const turning = Array.from({ length: count }, (_, i): readonly [Ms, PlayerAct] => [
    (i + 1) * JOG_STEP_MS,
    { kind: 'turn', control: 'jog-position', by: upTo(i + 1) - upTo(i) },
  ]);
  return [
    [0, { kind: 'put', control: 'jog-direction', to: turns < 0 ? 2 : 3 }],
    ...held('jog-touch', count * JOG_STEP_MS),
    ...turning,
    [count * JOG_STEP_MS, { kind: 'put', control: 'jog-direction', to: 1 }],
  ];
}
