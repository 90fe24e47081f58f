/** A night full of titles, names and addresses, all made up, and where each of them stands. */
import { DEMO_TRACKS } from '../../../bridges/opus-quad/simulator/demo-tracks.ts';

/** As an operator may have it: in a folder of a user, with remarks, and names of people and machines. */
export const PROFILE_FILE = '/home/wilhelmina/Wedding Ostrava/ostrava.yaml';

export const NAMED_PROFILE = `decklight: 1 # for Wilhelmina, call +420 555 0199
name: Wedding in Ostrava
# the house of Bartholomew has no router
bridges:
  opus: { type: opus-quad, unit: 10.9.8.66, device-name: zuzana-pc }
  console: { type: osc, host: 10.9.8.120, port: 9000 }
  visuals: { type: osc, host: media-ostrava.local, port: 9001, timecode: { address: /timecode, as: text } }
timecode:
  main: { follow: on-air, rate: 30, to: [visuals] }
tracks:
  - match: { title: Night Tram, artist: Decklight Demo }
    timecode: { main: "01:00:00:00" }
    cues:
      - { at: 0:10.500, do: drop }
  - match: { title: "Slow Lantern" }
  - match: { id: 829 }
    title: Copper Awning
    artist: 'Decklight Demo'
  - match: { playlist: Folder/Opening }
cues:
  drop:
    - console: /drop
rules:
  - name: look of Night Tram
    when: phrase
    do:
      - console: { address: /look, args: ["\${phrase.kind}"] }
  - name: only that one
    when: phrase
    if: track.title == "Slow Lantern" or track.artist == "Somebody Else"
    do:
      - visuals: { address: /name, args: ["\${track.title}", "Night Tram it is"] }
`;

export const STICK = 'Bartholomew 64 GB';

/** Everything that a masked bundle of that night must not have. */
export const NAMES: readonly string[] = [
  ...DEMO_TRACKS.map(({ title }) => title),
  ...['Decklight Demo', 'Last Tram', 'Opening', STICK, 'Somebody Else'],
  ...['wilhelmina', 'Wedding', 'Ostrava', 'Bartholomew', '+420', 'media-ostrava.local', 'zuzana-pc'],
  ...['10.9.8.66', '10.9.8.120', '10.9.8.7', '02:11:22:33:44:55'],
];
