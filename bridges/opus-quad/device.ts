/** The unit on the network: opens the three ports, carries datagrams to and from the session, and wakes it. Decides nothing. */
import { type BridgeHost, type BridgeStatus, type OpenBridge, TAKES_NOTHING } from '../../src/bridge.ts';
import type { Cancel, Ms, Stamp } from '../../src/core/clock.ts';
import { linkPorts } from './link-ports.ts';
import { type SessionInput, step } from './session/session.ts';
import { openSession, type SessionOptions } from './session/session-state.ts';
import { describeSession } from './session/session-text.ts';

/** Longest time between two looks at the machine's interfaces: a cable that is plugged in is used within this time. */
const LOOK_EVERY_MS: Ms = 500;

export function openOpusQuad(options: SessionOptions, host: BridgeHost): OpenBridge {
  const live = liveSession(options, host);
  return {
    // A unit is only ever listened to.
    ...TAKES_NOTHING,
    ...live,
  };
}

/** The session on its ports, woken when it asks for it, and told of the interfaces. */
function liveSession(options: SessionOptions, host: BridgeHost): Pick<OpenBridge, 'status' | 'close'> {
  const { clock, network, log, packets } = host;
  const ports = linkPorts({
    ...{ clock, network, log, interface: options.interface },
    datagram: datagram => feed({ kind: 'datagram', datagram }, datagram.stamp),
  });
  let state = openSession(options);
  let isClosed = false;
  let cancelWake: Cancel = () => {};
  let cancelLook: Cancel = () => {};

  function feed(input: SessionInput, stamp: Stamp): void {
    const stepped = step(state, input, stamp.at);
    state = stepped.state;
    for (const packet of stepped.heard) packets.heard(packet);
    for (const { to, bytes } of stepped.send) ports.send(to, bytes);
    for (const { level, facts, text } of stepped.notes) log[level](facts, text);
    for (const event of stepped.events) host.emit(event, stamp);
    cancelWake();
    cancelWake = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, wake);
  }

  function feedNow(input: SessionInput): void {
    const at = clock.now();
    feed(input, { notBefore: at, at });
  }

  /** Looks before it lets the session speak, so that no packet carries an address that is ours no more. */
  function wake(): void {
    if (!lookAround()) feedNow({ kind: 'wake' });
  }

  function look(): void {
    cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, look);
    if (ports.areOpen()) lookAround();
    else void ports.open().then(lookAround);
  }

  /** Tells the session of the interfaces if they are not what it knows; false: they are. */
  function lookAround(): boolean {
    if (isClosed || !ports.areOpen()) return false;
    const interfaces = network.interfaces();
    const { reachedBy } = state;
    const isMissing = reachedBy !== null && !interfaces.some(({ name }) => name === reachedBy.name);
    const absence = isMissing ? network.absenceOf(reachedBy.name) : state.absence;
    if (absence === state.absence && JSON.stringify(interfaces) === JSON.stringify(state.interfaces)) return false;
    feedNow({ kind: 'interfaces', interfaces, absence });
    return true;
  }

  function status(): BridgeStatus {
    const portTrouble = ports.portTrouble();
    if (portTrouble !== null) return { state: 'waiting', text: portTrouble };
    const at = clock.now();
    const { isReady, text } = describeSession(state, at);
    const trouble = ports.linkTrouble(at);
    return { state: isReady ? 'ready' : 'waiting', text: trouble === null ? text : `${text} (${trouble})` };
  }

  look();
  return {
    status,
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelLook();
      feedNow({ kind: 'close' });
      await ports.close();
    },
  };
}
