/** The decks of an OPUS-QUAD, by way of its network. */
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Bridge, BridgeHost } from '../../src/bridge.ts';
import { ipv4OrAuto } from '../../src/profile/schema/address-fields.ts';
import { choice, fieldType, map } from '../../src/profile/schema/field-types.ts';
import { quote } from '../../src/text/quote.ts';
import { fittingMode, MODES, modeOf } from './choose-mode.ts';
import { openOpusQuad } from './device.ts';
import { PORTS } from './layout.ts';
import { MODELS, modelText } from './models.ts';
import { RIVAL_POLICIES } from './session/lighting-turn.ts';
import { type Mode, USUAL_OPTIONS } from './session/session-state.ts';
import { TRACK_KIND_POLICIES } from './session/status-report.ts';
import { DECK_BYTES, ON_AIR_BITS, USUAL_UNIT_QUIRKS } from './session/unit-quirks.ts';

/** A name that one line shows. */
const NAME = /^\P{C}{1,60}$/u;

const options = z
  .strictObject({
    interface: ipv4OrAuto()
      .meta({
        description: 'address of this machine towards the unit; auto: the interface on whose subnet the unit is',
      })
      .optional(),
    unit: ipv4OrAuto()
      .meta({ description: 'address of the unit; auto: the first one of the model that is heard' })
      .optional(),
    model: choice(MODELS, 'model')
      .meta({
        description:
          'which unit it is: opus-quad unless said; omnis-duo, xdj-az, xdj-xz, xdj-rx3 or, with the address under unit, other: nobody has tried these',
      })
      .optional(),
    mode: choice(MODES, 'mode')
      .meta({
        description:
          'how to join: lighting, as rekordbox does (status, phrases, artwork), or cdj, as a player (status and positions, no phrases, no artwork); auto: cdj where the profile needs positions, and either no phrases and beats or imported sticks or the track book know them; else lighting',
      })
      .optional(),
    'device-name': fieldType(
      'a name of 1 to 60 characters',
      { type: 'string', minLength: 1, maxLength: 60 },
      ({ source }) =>
        NAME.test(source)
          ? { ok: true, value: source }
          : {
              ok: false,
              message: `${quote(source)} is no name for this machine; expected 1 to 60 characters in one line`,
            },
    )
      .meta({
        description: "name of this machine as the unit and other programs are told; the computer's own unless said",
      })
      .optional(),
    'on-rival': choice(RIVAL_POLICIES, 'answer')
      .meta({
        description:
          "what to do in lighting mode when another program begins to pose as rekordbox's lighting: stay (unless said) and go on, or yield until it is gone; whoever comes second always yields to the one that runs",
      })
      .optional(),
    'track-kind': choice(TRACK_KIND_POLICIES, 'answer')
      .meta({
        description:
          'whether the unit is believed what it says of where a track comes from: trusted (unless said), so that a streamed, unanalysed, Link or CD track matches no track of the profile by its number; ignored, where the unit says so of tracks of a stick',
      })
      .optional(),
    quirks: map({
      'deck-byte': choice(DECK_BYTES, 'byte')
        .meta({ description: 'byte of a status that tells its deck: 0x24 unless said, or 0x21' })
        .optional(),
      'on-air': choice(ON_AIR_BITS, 'answer')
        .meta({ description: 'ignored: the bit "on air" never changes on this unit and tells nothing' })
        .optional(),
    })
      .meta({
        description:
          'what this unit does otherwise than the published analyses say; decklight probe opus-quad finds it',
      })
      .optional(),
  })
  .refine(({ model, unit = 'auto' }) => model !== 'other' || unit !== 'auto', {
    message: '"model: other" needs the address of the unit, such as "unit: 10.0.0.7"',
    path: ['model'],
  })
  .transform(given => ({
    interface: given.interface ?? USUAL_OPTIONS.interface,
    unitAddress: given.unit ?? USUAL_OPTIONS.unitAddress,
    model: given.model ?? USUAL_OPTIONS.model,
    mode: given.mode ?? 'auto',
    deviceName: given['device-name'] ?? null,
    onRival: given['on-rival'] ?? USUAL_OPTIONS.onRival,
    trackKind: given['track-kind'] ?? USUAL_OPTIONS.trackKind,
    quirks: {
      deckByte: given.quirks?.['deck-byte'] ?? USUAL_UNIT_QUIRKS.deckByte,
      onAir: given.quirks?.['on-air'] ?? USUAL_UNIT_QUIRKS.onAir,
    },
  }));

function modeFor(asked: z.output<typeof options>['mode'], { needs, log }: BridgeHost): Mode {
  if (asked === 'auto') {
    const { mode, why } = fittingMode(needs);
    log.info({ mode }, `mode auto: ${mode}, since the profile ${why}`);
  }
  return modeOf(asked, needs);
}

export const opusQuadBridge: Bridge = {
  type: 'opus-quad',
  options,
  message: null,
  describe: () => '',
  takesTimecode: false,
  serves: false,
  takesClock: false,
  latencyMs: () => 0,
  controls: null,
  feedMessage: null,
  claims: () => Object.values(PORTS).map(port => `UDP port ${port}`),
  doubts: () => [],
  simulate: null,
  open(name, opened, host) {
    const { mode, deviceName, ...where } = opened as z.output<typeof options>;
    if (where.model !== 'opus-quad') {
      host.log.warn(
        { model: where.model },
        `model ${where.model}: ${modelText(where.model)}; rehearse with it before a show`,
      );
    }
    return openOpusQuad(
      { unit: name, computerName: deviceName ?? hostname(), ...where, mode: modeFor(mode ?? 'lighting', host) },
      host,
    );
  },
};
