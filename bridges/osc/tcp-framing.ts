/** The marks of a packet's end over TCP. Pure. Source: OSC 1.0 ("stream-based protocol"), OSC 1.1 (SLIP, RFC 1055). */

/** `length`: its size before it, int32 big-endian (OSC 1.0); `slip`: END at both ends (OSC 1.1). */
export type Framing = 'length' | 'slip';

const END = 0xc0;
const ESC = 0xdb;
/** Codes that stand for the two after an ESC. */
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** A packet as it goes into a connection. */
export const frame = (framing: Framing, packet: Uint8Array): Uint8Array =>
  framing === 'length' ? withLength(packet) : slip(packet);

function withLength(packet: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + packet.length);
  new DataView(framed.buffer).setInt32(0, packet.length);
  framed.set(packet, 4);
  return framed;
}

function slip(packet: Uint8Array): Uint8Array {
  const framed: number[] = [END];
  for (const byte of packet) {
    if (byte === END) framed.push(ESC, ESC_END);
    else if (byte === ESC) framed.push(ESC, ESC_ESC);
    else framed.push(byte);
  }
  framed.push(END);
  return Uint8Array.from(framed);
}
