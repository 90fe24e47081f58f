/** ArtTimeCode as a table. Sources: [ART] Art-Net 4 protocol specification, "ArtTimeCode"; [OLA] `ArtNetPackets.h`. */
import { enumerated, u8 } from '../../src/bytes/fields.ts';
import { layout } from '../../src/bytes/packet-layout.ts';

/** The UDP port of Art-Net [ART]. */
export const ARTNET_PORT = 6454;

export const artTimeCode = layout('ArtTimeCode', {
  doc: 'the label of the frame that begins; nobody answers it',
  minBytes: 19,
  length: null,
  constants: [
    { offset: 0, hex: '41 72 74 2d 4e 65 74 00', doc: '"Art-Net" and a NUL [ART, OLA]' },
    { offset: 8, hex: '00 97', doc: 'OpTimeCode 0x9700, low byte first [ART, OLA]' },
    { offset: 10, hex: '00 0e', doc: 'protocol revision 14, high byte first [ART, OLA]' },
  ],
  fields: {
    streamId: u8(13, '0 is the master stream; a filler in older editions [ART]'),
    frames: u8(14, '0..29, by the rate [ART, OLA]'),
    seconds: u8(15, '0..59 [ART, OLA]'),
    minutes: u8(16, '0..59 [ART, OLA]'),
    hours: u8(17, '0..23 [ART, OLA]'),
    type: enumerated(
      u8(18, 'Film, EBU, DF and SMPTE in the words of the specification [ART, OLA]'),
      { 0: '24', 1: '25', 2: '29.97df', 3: '30' },
      0xff,
    ),
  },
});
