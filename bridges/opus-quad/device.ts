/** The unit on the network: opens the three ports, carries datagrams to and from the session, and wakes it. Decides nothing. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms, Stamp } from '../../src/core/clock.ts';
import { isLoopback, type Socket } from '../../src/network/network.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from '../../src/network/network-errors.ts';
import { PORTS } from './layout.ts';
import { type SessionInput, step } from './session/session.ts';
import { openSession, type SessionOptions } from './session/session-state.ts';
import { describeSession } from './session/session-text.ts';

/** How often the machine's interfaces are looked at: a cable that is plugged in is used within this time. */
const LOOK_EVERY_MS: Ms = 2000;

export function openOpusQuad(options: SessionOptions, host: BridgeHost): OpenBridge {
  const { clock, network, log } = host;
  // A socket bound to one address hears no broadcast; on loopback there is none to hear.
  const local = isLoopback(options.interface) ? options.interface : '0.0.0.0';
  const sockets = new Map<number, Socket>();
  let state = openSession(options);
  /** Why a port is not ours; null: all three are. */
  let portTrouble: string | null = null;
  /** What went wrong last in sending or receiving, and when. */
  let trouble: { readonly text: string; readonly at: Ms } | null = null;
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
    await openSockets();
    if (isClosed) return;
    cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => void look());
    const interfaces = sockets.size < 3 ? [] : network.interfaces();
    if (JSON.stringify(interfaces) === JSON.stringify(state.interfaces)) return;
    const at = clock.now();
    feed({ kind: 'interfaces', interfaces }, { notBefore: at, at });
  }

  async function openSockets(): Promise<void> {
    try {
      for (const port of Object.values(PORTS)) {
        if (sockets.has(port) || isClosed) continue;
        const socket = await network.open(
          { address: local, port },
          {
            datagram: datagram => feed({ kind: 'datagram', datagram }, datagram.stamp),
            failed: error => complain(meaningOf(error)),
          },
        );
        if (isClosed) await socket.close();
        else sockets.set(port, socket);
      }
      if (sockets.size === 3) portTrouble = null;
    } catch (error) {
      const { message } = error as Error;
      if (message !== portTrouble) log.warn({}, message);
      portTrouble = message;
    }
  }

  /** Said once per kind of trouble, and again when it comes back after it was over. */
  function complain(text: string): void {
    const at = clock.now();
    const isNews = trouble === null || trouble.text !== text || at - trouble.at > TROUBLE_SHOWN_MS;
    if (isNews) log.warn({}, text);
    trouble = { text, at };
  }

  void look();
  return {
    // A unit takes no cues and no timecode: it is only ever listened to.
    send: () => false,
    timecode() {},
    clock() {}, // it takes no clock
    release() {},
    status() {
      if (portTrouble !== null) return { state: 'waiting', text: portTrouble };
      const at = clock.now();
      const { isReady, text } = describeSession(state, at);
      const isTroubled = trouble !== null && at - trouble.at < TROUBLE_SHOWN_MS;
      return { state: isReady ? 'ready' : 'waiting', text: isTroubled ? `${text} (${trouble?.text})` : text };
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
