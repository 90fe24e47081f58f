/** The profile that `decklight init` writes: short, runs as it is, and says in its comments what else there is. */

/** The console of a starter profile, and what it is told, each as a profile writes it. */
export interface StarterConsole {
  readonly entry: string;
  /** A remark behind the entry. */
  readonly remark: string;
  readonly drop: string;
  readonly safe: string;
  readonly arm: string;
  readonly lookOn: string;
  readonly lookOff: string;
  readonly phrase: string;
}

export const starterProfile = ({
  entry,
  remark,
  drop,
  safe,
  arm,
  lookOn,
  lookOff,
  phrase,
}: StarterConsole): string => `# yaml-language-server: $schema=./profile.schema.json
#
# A show profile: what leaves when the DJ plays.
#   decklight check <this file>            finds its mistakes, each with line and column
#   decklight run --simulate <this file>   plays it against a simulated OPUS-QUAD
#   decklight run <this file>              the show
decklight: 1
name: My show

# The devices, each with a name of your own: small letters, digits and _.
bridges:
  opus:    { type: opus-quad }                        # the decks; the unit is found by itself
  console: ${entry} # ${remark}
  # daw:   { type: midi, device: Show Control }       # a MIDI output, for notes and for timecode (see below)

# Lists of actions that have a name. An action is a bridge and what it is told.
cues:
  drop:
    - console: ${drop}
  safe:
    - console: ${safe}

# The cue that makes the stage safe: key P sends it, after everything else has been muted.
panic: safe

# What leaves when. Every rule has a name of its own.
rules:
  # when: a moment. Places are written: chorus, chorus 2, phrase, phrase 5, fill, end, downbeat, beat 512, every 8 bars,
  # 3:27.500. Kinds of phrases: intro, verse, up, down, bridge, chorus, outro.
  - name: drop at the chorus
    when: chorus
    do: drop

  # Something may stand before or after a place: beats, bars, ms or s.
  - name: arm the strobe
    when: 4 beats before chorus
    if: deck.uncertaintyMs < 20             # only when the position is known this well
    do:
      - console: ${arm}
    drop-if-late-by: 100 ms                 # 500 ms when nothing is said
    on-loop: again                          # again: each time round; once: once at each place and load
    on-jump: skip                           # skip it when the DJ jumps over it, or fire it

  # while: a state. do when it begins to hold, undo when it ends, however the DJ got there.
  - name: chorus look
    while: phrase.kind == chorus
    do:   [ { console: ${lookOn} } ]
    undo: [ { console: ${lookOff} } ]

  # \${…} puts a value into a message. Rules hear the decks that are on air; decks: any hears all.
  - name: tell the phrase
    when: phrase
    do:
      - console: ${phrase}

# Timecode: runs with the deck that is on air. Each track has its own region of the day, or shares that of unknown tracks.
# Take away the # here, and at the bridge named in to:.
# timecode:
#   main:
#     follow: on-air                        # or master, or deck 1
#     rate: 30                              # 24, 25, 29.97df (drop-frame), 29.97ndf or 30
#     to: [daw]
#     unknown-track: 23:00:00:00

# Single tracks: decklight run shows the number of each track that is loaded. Take away the # to use it.
# tracks:
#   - match: { id: 1203 }
#     title: Strobe
#     artist: deadmau5
#     grid: { first-beat: 0.123 s, tempo: 128 }
#     # timecode: { main: 01:00:00:00 }     # with the timecode above
#     cues:
#       - { at: 3:27.500, do: drop }
#       - { at: 16 beats before end, do: safe }
`;

/** For a console that nothing is known of. */
export const STARTER = starterProfile({
  entry: '{ type: osc, host: 127.0.0.1, port: 8000 }',
  remark: 'address and OSC port of your lighting console',
  drop: '/eos/cue/1/10/fire',
  safe: '/eos/cue/1/1/fire',
  arm: '{ address: /strobe/arm, args: [1, "${round(deck.tempoBpm)}"] }',
  lookOn: '/look/chorus/on',
  lookOff: '/look/chorus/off',
  phrase: '{ address: /phrase, args: ["${phrase.kind}", "${round(phrase.index)}"] }',
});
