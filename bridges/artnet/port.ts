/** The two ways to a receiver: through a thread of its own, and in line on the wire of a simulated evening. */
import type { Host } from '../../src/bridge.ts';
import { meaningOf } from '../../src/network-errors.ts';
import { portInLine } from '../../src/timed/in-line.ts';
import type { PortListener, TimedPort } from '../../src/timed/port.ts';
import { portOnThread } from '../../src/timed/thread.ts';
import type { Socket } from '../../src/wire.ts';
import { artnetStream } from './stream.ts';

/** Who gets which stream. */
export interface ArtnetRequest {
  /** IPv4 address of a receiver, or the broadcast address of its subnet. */
  readonly host: string;
  readonly port: number;
  /** 0..255; 0 is the master stream. */
  readonly streamId: number;
}

/** Begins to open a port; the listener is told how that went. */
export type OpenArtnetPort = (request: ArtnetRequest, host: Host, listener: PortListener) => TimedPort;

/** What that means for an operator. */
export const NOBODY_THERE = 'nobody listens on that port; is the receiver on, and its Art-Net input?';

/** Nobody listens there yet: the way itself is good. */
export const isNobodyThere = (error: Error): boolean => (error as { code?: string }).code === 'ECONNREFUSED';

/** The module that the thread sends with. */
const OUTPUT_MODULE = new URL(import.meta.url.endsWith('.ts') ? './output.ts' : './output.js', import.meta.url).href;

/** The live one: what the main thread is doing does not delay it. */
export const threadPort: OpenArtnetPort = (request, { clock }, listener) =>
  portOnThread(OUTPUT_MODULE, request, clock, listener);

/** Waits on the host's clock and sends through its wire. */
export const wirePort: OpenArtnetPort = ({ host: address, port, streamId }, { clock, wire }, listener) => {
  const to = { address, port };
  let socket: Socket | null = null;
  let isOver = false;
  const inLine = portInLine(
    artnetStream(streamId),
    { send: bytes => socket?.send(to, bytes), close: () => socket?.close() },
    clock,
    { ...listener, opened() {} },
  );

  async function close(): Promise<void> {
    isOver = true;
    await inLine.close();
  }

  function fail(error: Error): void {
    if (isOver) return;
    if (isNobodyThere(error)) return listener.troubled(NOBODY_THERE);
    void close();
    listener.failed(meaningOf(error));
  }

  wire.dial(to, fail).then(dialled => {
    if (isOver) return dialled.close();
    socket = dialled;
    return listener.opened();
  }, fail);
  return { ...inLine, close };
};
