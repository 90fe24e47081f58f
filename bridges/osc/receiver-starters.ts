/**
 * First messages to each kind of receiver, as a profile writes them. `decklight init --receiver` puts them in.
 *
 * Numbers of cues, clips and sequences are examples for their owner to change; the forms are those of OSC_RECEIVERS' sources.
 */

export interface StarterMessages {
  readonly drop: string;
  readonly safe: string;
  readonly arm: string;
  readonly lookOn: string;
  readonly lookOff: string;
  readonly phrase: string;
}

const TEMPO = '"${round(deck.tempoBpm)}"';
const PHRASE = '"${round(phrase.index)}"';
const told = (address: string, ...args: readonly string[]): string =>
  `{ address: ${address.includes('${') ? `"${address}"` : address}, args: [${args.join(', ')}] }`;

/** The addresses of profiles/qlcplus.qxw, and good for whoever learns them: a level each. */
const LEVELS: StarterMessages = {
  drop: told('/cue/7/go', '1.0'),
  safe: told('/cue/1/go', '1.0'),
  arm: told('/strobe/arm', TEMPO),
  lookOn: told('/look/chorus', '1.0'),
  lookOff: told('/look/chorus', '0.0'),
  phrase: told('/phrase', PHRASE),
};

/** By the word in the profile, as OSC_RECEIVERS has them. */
export const STARTER_MESSAGES: Readonly<Record<string, StarterMessages>> = {
  qlcplus: LEVELS,
  puredata: LEVELS,
  liblo: LEVELS,
  touchdesigner: LEVELS,
  ola: {
    drop: told('/dmx/universe/1/1', '1.0'),
    safe: told('/dmx/universe/1/2', '1.0'),
    arm: told('/dmx/universe/1/3', TEMPO),
    lookOn: told('/dmx/universe/1/4', '1.0'),
    lookOff: told('/dmx/universe/1/4', '0.0'),
    phrase: told('/dmx/universe/1/5', PHRASE),
  },
  eos: {
    drop: '/eos/cue/1/10/fire',
    safe: '/eos/cue/1/1/fire',
    arm: '/eos/macro/1/fire',
    lookOn: told('/eos/sub/1', '1.0'),
    lookOff: told('/eos/sub/1', '0.0'),
    phrase: '"/eos/sc/phrase/${phrase.kind}"',
  },
  grandma3: {
    drop: told('/cmd', '"Go+ Sequence 1"'),
    safe: told('/cmd', '"Go+ Sequence 2"'),
    arm: told('/cmd', '"Go+ Sequence 3"'),
    lookOn: told('/Page1/Fader201', '100'),
    lookOff: told('/Page1/Fader201', '0'),
    phrase: told('/cmd', '"Go+ Sequence 4"'),
  },
  magicq: {
    drop: '/pb/1/go',
    safe: '/pb/2/go',
    arm: '/pb/3/go',
    lookOn: told('/pb/4', '1.0'),
    lookOff: told('/pb/4', '0.0'),
    phrase: '"/pb/5/${round(phrase.index)}"',
  },
  resolume: {
    drop: told('/composition/columns/2/connect', '1'),
    safe: told('/composition/columns/1/connect', '1'),
    arm: told('/composition/layers/2/clips/1/connect', '1'),
    lookOn: told('/composition/layers/1/video/opacity', '1.0'),
    lookOff: told('/composition/layers/1/video/opacity', '0.0'),
    phrase: told('/composition/layers/3/clips/${round(phrase.index)}/connect', '1'),
  },
  madmapper: {
    drop: told('/cues/Bank-1/scenes/by_name/Drop', '1'),
    safe: told('/cues/Bank-1/scenes/by_name/Safe', '1'),
    arm: told('/cues/Bank-1/scenes/by_name/Strobe', '1'),
    lookOn: told('/cues/Bank-1/scenes/by_name/Chorus', '1'),
    lookOff: told('/cues/Bank-1/scenes/by_name/Others', '1'),
    phrase: told('/cues/Bank-1/scenes/by_name/${phrase.kind}', '1'),
  },
  reaper: {
    drop: '/action/40157',
    safe: '/stop',
    arm: told('/tempo/raw', '"${deck.tempoBpm}"'),
    lookOn: '/action/_CHORUS_ON',
    lookOff: '/action/_CHORUS_OFF',
    phrase: '/action/40157',
  },
  abletonosc: {
    drop: told('/live/clip/fire', '0', '0'),
    safe: '/live/song/stop_playing',
    arm: told('/live/song/set/tempo', '"${deck.tempoBpm}"'),
    lookOn: told('/live/clip/fire', '1', '0'),
    lookOff: told('/live/clip/fire', '1', '1'),
    phrase: told('/live/scene/fire', '"${round(phrase.index - 1)}"'),
  },
};
