/** Needs of a profile: what its bridges ask of this machine and its network. Opens nothing. */

import type { ArtnetDeviceOptions } from '../../../bridges/artnet/device.ts';
import type { MeantPlayer } from '../../../bridges/cdj-hid/hid-port.ts';
import type { MidiDeviceOptions } from '../../../bridges/midi/device.ts';
import { type MODES, modeOf } from '../../../bridges/opus-quad/choose-mode.ts';
import type { UnitModel } from '../../../bridges/opus-quad/models.ts';
import type { Mode, SessionOptions } from '../../../bridges/opus-quad/session/session-state.ts';
import type { OscDeviceOptions } from '../../../bridges/osc/device.ts';
import type { Profile } from '../../core/profile.ts';
import { requiredData as askedOf } from '../../core/required-data.ts';
import { NO_KNOWLEDGE } from '../../core/track/track-knowledge.ts';

/** Need of one bridge; `bridge` is its name in the profile. */
export type HostNeed =
  /** A unit on the network; addresses as the profile gives them. */
  | {
      readonly kind: 'unit';
      readonly bridge: string;
      readonly interface: 'auto' | string;
      readonly unitAddress: 'auto' | string;
      readonly model: UnitModel;
      /** Mode in which the unit will be joined. */
      readonly mode: Mode;
    }
  /** A machine, by IPv4 address or name. */
  | { readonly kind: 'host'; readonly bridge: string; readonly host: string }
  /** A MIDI output whose name is or holds `device`; `isVirtual`: we make it ourselves. */
  | { readonly kind: 'midi-output'; readonly bridge: string; readonly device: string; readonly isVirtual: boolean }
  /** A player by USB; null where the profile does not say which. */
  | { readonly kind: 'player'; readonly bridge: string; readonly serial: string | null; readonly path: string | null };

/** In the order of the profile; a kind of bridge that is not known here needs nothing that could be looked at before. */
export function hostNeedsOf(profile: Profile): readonly HostNeed[] {
  return profile.bridges.flatMap(({ name: bridge, type, options }): readonly HostNeed[] => {
    switch (type) {
      case 'opus-quad': {
        const {
          interface: ours,
          unitAddress,
          model,
          mode: asked,
        } = options as Pick<SessionOptions, 'interface' | 'unitAddress'> & {
          readonly model: UnitModel;
          readonly mode: (typeof MODES)[number];
        };
        const mode = modeOf(asked, askedOf(profile, NO_KNOWLEDGE));
        return [{ kind: 'unit', bridge, interface: ours, unitAddress, model, mode }];
      }
      case 'osc':
        return (options as Pick<OscDeviceOptions, 'receivers'>).receivers.map(({ address: host }) => ({
          kind: 'host',
          bridge,
          host,
        }));
      case 'artnet':
        return [{ kind: 'host', bridge, host: (options as Pick<ArtnetDeviceOptions, 'to'>).to.address }];
      case 'midi': {
        const { device, isVirtual } = options as Pick<MidiDeviceOptions, 'device' | 'isVirtual'>;
        return [{ kind: 'midi-output', bridge, device, isVirtual }];
      }
      case 'cdj-hid': {
        const { serial, path } = options as MeantPlayer;
        return [{ kind: 'player', bridge, serial, path }];
      }
      default:
        return [];
    }
  });
}
