/** The least that answers a press: reads a player by node-hid and sends a datagram for each PLAY that goes down. For comparison. */
import { createSocket } from 'node:dgram';
import { HIDAsync } from 'node-hid';

const [path = '', port = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
const device = await HIDAsync.open(path);
let wasDown = false;
device.on('data', (report: Uint8Array) => {
  // PLAY/PAUSE is bit 7 of byte 2 of a report of type 0x20.
  if (report[1] !== 0x20) return;
  const isDown = ((report[2] ?? 0) & 0x80) !== 0;
  if (isDown && !wasDown) socket.send('bare', Number(port), '127.0.0.1');
  wasDown = isDown;
});
device.on('error', () => process.exit(0));
process.stdout.write('reading\n');
