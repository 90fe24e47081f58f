/** The unit on the network: opens the three ports, carries datagrams to and from the session, and wakes it. Decides nothing. */
import type { Host, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms, Stamp } from '../../src/core/clock.ts';
import { isLoopback, type Socket } from '../../src/wire.ts';
import { PORTS } from './layout.ts';
import { describeSession, openSession, type SessionInput, type SessionOptions, step } from './session.ts';

/** How often the machine's interfaces are looked at: a cable that is plugged in is used within this time. */
const LOOK_EVERY_MS: Ms = 2000;

export function openOpusQuad(options: SessionOptions, host: Host): OpenBridge {
  const { clock, wire, log } = host;
  // A socket bound to one address hears no broadcast; on loopback there is none to hear.
  const local = isLoopback(options.interface) ? options.interface : '0.0.0.0';
  const sockets = new Map<number, Socket>();
  let state = openSession(options);
  let trouble: string | null = null;
  let isClosed = false;
  let cancelWake: Cancel = () => {};
  let cancelLook: Cancel = () => {};

  function feed(input: SessionInput, stamp: Stamp): void {
    const stepped = step(state, input, stamp.at);
    state = stepped.state;
    // Everything is sent from the port that status comes to, as the field's other bridges do [I].
    for (const { to, bytes } of stepped.send) sockets.get(PORTS.status)?.send(to, bytes);
    for (const { level, facts, text } of stepped.notes) log[level](facts, text);
    for (const event of stepped.events) host.emit(event, stamp);
    cancelWake();
    cancelWake = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, wake);
  }

  function wake(): void {
    const at = clock.now();
    feed({ kind: 'wake' }, { notBefore: at, at });
  }

  async function look(): Promise<void> {
    cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => void look());
    await openSockets();
    if (isClosed) return;
    const interfaces = sockets.size < 3 ? [] : wire.interfaces();
    if (JSON.stringify(interfaces) === JSON.stringify(state.interfaces)) return;
    const at = clock.now();
    feed({ kind: 'interfaces', interfaces }, { notBefore: at, at });
  }

  async function openSockets(): Promise<void> {
    try {
      for (const port of Object.values(PORTS)) {
        if (sockets.has(port) || isClosed) continue;
        const socket = await wire.open(
          { address: local, port },
          {
            datagram: datagram => feed({ kind: 'datagram', datagram }, datagram.stamp),
            failed: error => complain(`the network refuses: ${error.message}`),
          },
        );
        if (isClosed) await socket.close();
        else sockets.set(port, socket);
      }
      if (sockets.size === 3) trouble = null;
    } catch (error) {
      complain((error as Error).message);
    }
  }

  /** Said once per kind of trouble, shown as long as it lasts. */
  function complain(text: string): void {
    if (text !== trouble) log.warn({}, text);
    trouble = text;
  }

  void look();
  return {
    send() {},
    status() {
      if (trouble !== null) return { state: 'waiting', text: trouble };
      const { isReady, text } = describeSession(state, clock.now());
      return { state: isReady ? 'ready' : 'waiting', text };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelLook();
      const at = clock.now();
      feed({ kind: 'close' }, { notBefore: at, at });
      await Promise.all([...sockets.values()].map(socket => socket.close()));
      sockets.clear();
    },
  };
}
