/** Two made-up shows to rehearse: one with a fault of each kind planted, one without. */
const HEAD = (secondRegion: string): string => `decklight: 1
name: rehearsed
bridges:
  opus: { type: opus-quad, mode: lighting }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: 30, to: [daw], unknown-track: 23:00:00:00 }
tracks:
  - { match: { id: 829 }, title: Night Tram, timecode: { main: 01:00:00:00 }, grid: { first-beat: 123 ms, tempo: 128 } }
  - { match: { id: 1203 }, title: Copper Awning, timecode: { main: ${secondRegion} }, grid: { first-beat: 24 ms, tempo: 125 } }
  - { match: { id: 77 }, title: Paper Satellites, timecode: { main: 03:00:00:00 }, grid: { first-beat: 441 ms, tempo: 132 } }
cues:
  drop: [{ console: /cue/7/go }]
  ready: [{ console: /cue/8/go }]
  strobe_on: [{ console: { address: /strobe, args: [1] } }]
  strobe_off: [{ console: { address: /strobe, args: [0] } }]
  safe: [{ console: /safe }]
panic: safe
rules:
`;

export const PLANTED = `${HEAD('01:02:00:00')}  - { name: doubles in a loop, when: chorus, do: drop }
  - { name: can never leave, when: phrase, if: deck.tempoBpm > 400, do: drop }
  - { name: strobe on, when: chorus, do: strobe_on }
  - { name: strobe off, when: 60 beats after chorus, do: strobe_off }
  - { name: wash off, when: phrase, do: [{ console: { address: /wash, args: [0] } }] }
  - { name: wash on, when: chorus, do: [{ console: { address: /wash, args: [1] } }] }
`;

export const CLEAN = `${HEAD('02:00:00:00')}  - { name: drop, when: chorus, once: per load, do: drop }
  - { name: get ready, when: 4 beats before chorus, on-loop: again, do: ready }
  - { name: phrases, when: phrase, on-loop: again, do: [{ console: { address: /phrase, args: ["\${round(phrase.index)}"] } }] }
  - { name: bars, when: every 8 bars, do: [{ console: /bars }] }
  - name: chorus look
    while: phrase.kind == chorus and deck.isPlaying
    do: [{ console: { address: /look/chorus, args: [1] } }]
    undo: [{ console: { address: /look/chorus, args: [0] } }]
`;
