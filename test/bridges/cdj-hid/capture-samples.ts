/** Captures of this bridge by what they show; the files are in test/captures/cdj-hid. */
import { REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import type { Login } from '../../../bridges/cdj-hid/login/login-data.ts';
import type { Stage } from '../../../bridges/cdj-hid/login-codec.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import { type Capture, readCaptures } from '../../capture-folders.ts';

export const CDJ_CAPTURES: readonly Capture[] = readCaptures('cdj-hid');

interface LoginFile {
  readonly form: 'hid' | 'sysex';
  readonly login: Exclude<Login, 'none'>;
  readonly product: string;
  readonly productId: number;
  readonly firmware: { readonly major: number; readonly minor: number };
  readonly hostSeed: string;
  readonly playerSeed: string;
  readonly secret: string;
  readonly playerHash: string;
  readonly hostHash: string;
  readonly deviceId: string;
  readonly packets: readonly { readonly from: 'host' | 'player'; readonly stage: Stage }[];
}

/** A whole login: what each side knows, and what each side says in turn. */
export interface LoginSample extends Omit<LoginFile, 'packets'> {
  readonly name: string;
  readonly packets: readonly { readonly from: 'host' | 'player'; readonly stage: Stage; readonly bytes: Uint8Array }[];
}

/** Sysex messages end with F7, HID packets after 64 bytes. */
function packetsOf(bytes: Uint8Array, form: LoginFile['form']): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = form === 'hid' ? start + REPORT_BYTES : bytes.indexOf(0xf7, start) + 1;
    packets.push(bytes.slice(start, end));
    start = end;
  }
  return packets;
}

export const LOGIN_SAMPLES: readonly LoginSample[] = CDJ_CAPTURES.filter(({ name }) => name.startsWith('login-')).map(
  ({ name, bytes, expected }) => {
    const file = expected as LoginFile;
    const packets = packetsOf(bytes, file.form);
    if (packets.length !== file.packets.length) throw new Error(`${name}: ${packets.length} packets`);
    return {
      ...file,
      name,
      packets: file.packets.map((each, i) => ({ ...each, bytes: packets[i] as Uint8Array })),
    };
  },
);

export const HID_LOGINS = LOGIN_SAMPLES.filter(({ form }) => form === 'hid');

export const bytesOf = (hex: string): Uint8Array => fromHex(hex);
