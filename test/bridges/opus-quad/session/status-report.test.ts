/** What a status says of where a track comes from, and of a deck that plays one without a number. */
import { describe, expect, it } from 'vitest';
import { PORTS, type StatusValue, status } from '../../../../bridges/opus-quad/layout.ts';
import { toReport } from '../../../../bridges/opus-quad/session/status-report.ts';
import { bench, opusKeepAlive, statusOf } from './session-rig.ts';

const read = (change: Partial<StatusValue>): StatusValue => {
  const decoded = status.decode(statusOf(change));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
};
const reportOf = (change: Partial<StatusValue>, trackKind: 'trusted' | 'ignored' = 'trusted') =>
  toReport(read(change), { isOrderProved: true, isAfterLoss: false, trackKind, onAir: 'believed' });

const STOPPED = { isPlaying: false, isMaster: false, isSynced: false, isOnAir: false, isTempoSyncOnly: false };

describe('where a track comes from', () => {
  it.each([
    ['usb', 'rekordbox', { slot: 'usb', kind: 'rekordbox' }],
    ['usb-2', 'rekordbox', { slot: 'usb', kind: 'rekordbox' }],
    ['sd', 'unanalysed', { slot: 'sd', kind: 'unanalysed' }],
    ['rekordbox', 'rekordbox', { slot: 'link', kind: 'rekordbox' }],
    ['cd', 'audio-cd', { slot: 'cd', kind: 'audio-cd' }],
    ['streaming', 'streaming', { slot: 'streaming', kind: 'streaming' }],
    ['beatport', 'none', { slot: 'streaming', kind: null }],
    ['none', 'rekordbox', { slot: null, kind: 'rekordbox' }],
    ['none', 'none', null],
    ['unknown', 'unknown', null],
  ] as const)('slot %s and type %s is told as %j', (sourceSlot, trackType, source) => {
    expect(reportOf({ sourceSlot, trackType }).source).toEqual(source);
  });

  it('is told of no track where the unit is not believed, and of none where there is none', () => {
    const streamed = { sourceSlot: 'streaming', trackType: 'streaming' } as const;
    expect(reportOf(streamed, 'ignored').source).toBeNull();
    expect(
      reportOf({ ...streamed, trackId: null, playState: 'empty', flags: STOPPED, trackTempoBpm: null }).source,
    ).toBeNull();
  });
});

describe('a deck whose track has the number 0', () => {
  const unnumbered = { trackId: null } as const;
  it.each([
    ['that plays', { playState: 'playing' }, 0],
    ['that plays and shows no tempo', { playState: 'playing', trackTempoBpm: null }, 0],
    ['that is paused and shows a tempo', { playState: 'paused', flags: STOPPED }, 0],
    ['that is cued and shows a tempo', { playState: 'cued', flags: STOPPED }, 0],
    ['that is empty', { playState: 'empty', flags: STOPPED }, null],
    ['that is paused without a tempo', { playState: 'paused', flags: STOPPED, trackTempoBpm: null }, null],
    ['on which a load failed', { playState: 'load-failed', flags: STOPPED }, null],
    ['that loads', { playState: 'loading', flags: STOPPED, beatInBar: null }, null],
  ] as const)('%s has track %j', (_, change, trackId) => {
    expect(reportOf({ ...unnumbered, ...change }).trackId).toBe(trackId);
  });

  it('is said once for each load, counted as loaded, and its phrases are not asked for', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    for (let i = 0; i < 20; i++) {
      session.hear(PORTS.status, statusOf({ number: 9, numberAgain: 9, trackId: null, packetCounter: i }));
      session.pass(200);
    }
    expect(session.notes).toEqual([
      'deck 1 has a track without a number: it is not known, and no track of the profile fits it',
    ]);
    expect(session.kinds()).not.toContain('binary-request');
    const [first] = session.events.filter(event => event.kind === 'deck.report');
    expect(first).toMatchObject({ report: { trackId: 0, playState: 'playing', trackTempoBpm: 128 } });
  });
});
