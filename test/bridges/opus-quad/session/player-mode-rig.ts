/** A session as a player on a bench, and what other players say to it. */
import {
  claimStage2,
  claimStage3,
  keepAlive,
  numberInUse,
  OPUS_NAME,
  PORTS,
  position,
} from '../../../../bridges/opus-quad/layout.ts';
import { describeSession } from '../../../../bridges/opus-quad/session/session-text.ts';
import { type Bench, bench as benchAfter, nic, opusKeepAlive, statusOf } from './session-rig.ts';

/** A session that has only just come to the network. */
export const bench = (change: Parameters<typeof benchAfter>[0], interfaces = [nic]): Bench =>
  benchAfter(change, interfaces, 0);

export const RIVAL = '10.0.0.9';
export const RIVAL_MAC = '02:00:00:00:00:09';

export const cdjKeepAlive = (number: number, name = 'CDJ-3000', address = RIVAL): Uint8Array =>
  keepAlive.encode({
    ...{ name, structure: 2, number, seniority: 1, mac: RIVAL_MAC, address, peers: 2 },
    ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0x64 },
  });
export const cdjClaim2 = (number: number, name = 'CDJ-3000'): Uint8Array =>
  claimStage2.encode({
    ...{ name, assignment: 0, structure: 3, address: RIVAL, mac: RIVAL_MAC, number, attempt: 1 },
    ...{ deviceKind: 1, auto: 2 },
  });
export const cdjClaim3 = (number: number): Uint8Array =>
  claimStage3.encode({ name: 'CDJ-3000', structure: 3, number, attempt: 1 });
export const inUse = (number: number): Uint8Array =>
  numberInUse.encode({ name: 'CDJ-3000', structure: 2, number, address: RIVAL });
export const positionOf = (playheadMs: number, number = 9): Uint8Array =>
  position.encode({ name: OPUS_NAME, number, trackLengthS: 300, playheadMs, pitchPercent: 0, tempoBpm: 128 });

let counter = 0;
/** The next status of deck 1. */
export const nextStatus = (): Uint8Array => statusOf({ number: 9, numberAgain: 9, packetCounter: ++counter });

/** Lets time pass with the unit there: its keep-alive every 2 s, and a status from each deck every 200 ms if it serves. */
export function passWithUnit(session: Bench, ms: number, serves = true): void {
  for (let elapsed = 0; elapsed < ms; elapsed += 200) {
    if (elapsed % 2000 === 0) session.hear(PORTS.presence, opusKeepAlive);
    const hasJoined = session.kinds().includes('keep-alive');
    if (serves && hasJoined) session.hear(PORTS.status, nextStatus());
    session.pass(Math.min(200, ms - elapsed));
  }
}

/** A session that has its number: 4 s of listening, 3.6 s of claiming. */
export function joined(): Bench {
  const session = bench({ mode: 'cdj' });
  passWithUnit(session, 7800);
  return session;
}
export const numbers = (session: Bench): number[] =>
  session.sent.flatMap(({ packet }) => (packet.kind === 'keep-alive' ? [packet.number] : []));
export const textOf = (session: Bench): string => describeSession(session.state(), session.now()).text;
