/**
 * A program that poses as rekordbox's lighting on a real network: its keep-alive every 2 s, byte for byte, by broadcast, until it is killed.
 *
 *   node --import tsx test/show/rekordbox-lighting.ts ADDRESS MAC
 */
import { createSocket } from 'node:dgram';
import { keepAlive, PORTS } from '../../bridges/opus-quad/layout.ts';

const [, , address = '', mac = ''] = process.argv;
const bytes = keepAlive.encode({
  ...{ name: 'rekordbox', structure: 3, number: 0x17, seniority: 1, mac, address, peers: 4 },
  ...{ reserved: Uint8Array.of(1, 0, 0), deviceKind: 'rekordbox', generation: 8 },
});
const socket = createSocket('udp4');
socket.bind({ address }, () => {
  socket.setBroadcast(true);
  const say = (): void => socket.send(bytes, PORTS.presence, '169.254.255.255');
  say();
  setInterval(say, 2000);
  process.stdout.write('posing\n');
});
