/** `decklight devices`: what this machine and its network have to offer, and what is in the way. Only listens. */
import { decode } from '../../bridges/opus-quad/codec.ts';
import { OPUS_NAME, PORTS } from '../../bridges/opus-quad/layout.ts';
import type { Ms } from '../core/clock.ts';
import { isLoopback, PortHeld, type Wire } from '../wire.ts';
import { liveWire } from './live-wire.ts';
import type { Out } from './out.ts';

/** Makers whose players speak USB HID, by USB vendor id: Pioneer, and Pioneer DJ that became AlphaTheta. */
const HID_VENDORS: ReadonlySet<number> = new Set([0x08e4, 0x2b73]);

export async function devicesCommand(listenMs: Ms, out: Out): Promise<number> {
  const wire = liveWire();
  out.line('Interfaces');
  const interfaces = wire.interfaces();
  for (const { name, address, netmask, mac } of interfaces) {
    const note = address.startsWith('169.254.') ? '  (link-local: as a unit without a router has)' : '';
    out.line(`  ${name}  ${address}  netmask ${netmask}${isLoopback(address) ? '' : `  ${mac}`}${note}`);
  }
  if (interfaces.every(({ address }) => isLoopback(address))) out.line('  no network: plug in a cable or join one');

  out.line('DJ Link ports');
  const heard = await listen(wire, listenMs, line => out.line(`  ${line}`));
  out.line(`Units and players on the network (listened for ${(listenMs / 1000).toFixed(0)} s)`);
  for (const line of heard) out.line(`  ${line}`);
  if (heard.length === 0) out.line(`  none heard: is the ${OPUS_NAME} on, its network cable in, on the same subnet?`);

  out.line('MIDI ports');
  for (const line of await midiPorts()) out.line(`  ${line}`);
  out.line('USB HID players');
  for (const line of await hidPlayers()) out.line(`  ${line}`);
  return 0;
}

/** Whether the three ports are free, and who makes itself known on them. */
async function listen(wire: Wire, listenMs: Ms, say: (line: string) => void): Promise<string[]> {
  const heard = new Set<string>();
  const sockets = [];
  for (const port of Object.values(PORTS)) {
    try {
      const socket = await wire.open(
        { address: '0.0.0.0', port },
        {
          datagram({ from, bytes }) {
            const decoded = decode({ port }, bytes);
            if (!decoded.ok || decoded.packet === null) return;
            const { packet } = decoded;
            const number = 'number' in packet ? packet.number : null;
            if (port === PORTS.presence)
              heard.add(`${packet.name}  ${from.address}${number === null ? '' : `  number ${number}`}`);
          },
          failed() {},
        },
      );
      sockets.push(socket);
      say(`${port} free`);
    } catch (error) {
      say(error instanceof PortHeld ? error.message : `${port}: ${(error as Error).message}`);
    }
  }
  await new Promise(done => setTimeout(done, listenMs));
  await Promise.all(sockets.map(socket => socket.close()));
  return [...heard].sort();
}

/** Loaded only here: where there is no sound system the package cannot even list. */
async function midiPorts(): Promise<string[]> {
  try {
    const { default: easymidi } = await import('easymidi');
    const ports = [
      ...easymidi.getInputs().map(name => `in   ${name}`),
      ...easymidi.getOutputs().map(name => `out  ${name}`),
    ];
    return ports.length === 0 ? ['none'] : ports;
  } catch (error) {
    return [`not to be had: ${(error as Error).message}; on Debian install libasound2, and see that /dev/snd is there`];
  }
}

async function hidPlayers(): Promise<string[]> {
  try {
    const { default: hid } = await import('node-hid');
    const players = hid.devices().filter(({ vendorId }) => HID_VENDORS.has(vendorId));
    const hex = (n: number): string => n.toString(16).padStart(4, '0');
    return players.length === 0
      ? ['none']
      : players.map(
          ({ product, vendorId, productId, path }) => `${product}  ${hex(vendorId)}:${hex(productId)}  ${path}`,
        );
  } catch (error) {
    return [`not to be had: ${(error as Error).message}; on Debian install libusb-1.0-0 and libudev1`];
  }
}
