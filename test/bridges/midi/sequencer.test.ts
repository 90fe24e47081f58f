import { describe, expect, it } from 'vitest';
import { distinct, seenPorts } from '../../../bridges/midi/port.ts';
import { choosePort, lastingName, tellingNames } from '../../../bridges/midi/port-names.ts';
import { parseSequencer } from '../../../bridges/midi/sequencer.ts';

/** Printed by Linux 6.1 with a through port, a card of one port, aseqdump, and two programs that send: shortened. */
const CLIENTS = `Client info
  cur  clients : 7
  peak clients : 7
  max  clients : 192

Client   0 : "System" [Kernel Legacy]
  Port   0 : "Timer" (Rwe-)
  Port   1 : "Announce" (R-e-)
    Connecting To: 142:0
Client  14 : "Midi Through" [Kernel Legacy]
  Port   0 : "Midi Through Port-0" (RWe-)
Client  16 : "Virtual Raw MIDI 0-0" [Kernel Legacy]
  Port   0 : "VirMIDI 0-0" (RWeX)
    Connected From: 128:0, 129:0
Client 128 : "RtMidi Output Client" [User Legacy]
  Port   0 : "RtMidi Output" (R-e-)
    Connecting To: 16:0
  Output pool :
    Pool size          : 500
Client 129 : "PipeWire-RT-Event" [User Legacy]
  Port   0 : "input" (RWe-)
    Connecting To: 16:0[r:1]
Client 130 : "aseqdump" [User Legacy]
  Port   0 : "aseqdump" (-We-)
    Connected From: 14:0[real:0]
Client 131 : "a "quoted" one" [User]
  Port   2 : "hidden" (-W--) [In]
`;

describe("the list of the kernel's sequencer", () => {
  it('says which ports there are, whether others may send to them, and who is connected', () => {
    expect(
      parseSequencer(CLIENTS).map(({ address, client, name, takesSenders, senders }) =>
        [address, client, name, takesSenders ? 'takes' : '-', ...senders].join('|'),
      ),
    ).toEqual([
      '0:0|System|Timer|-',
      '0:1|System|Announce|-',
      '14:0|Midi Through|Midi Through Port-0|takes',
      '16:0|Virtual Raw MIDI 0-0|VirMIDI 0-0|takes|128:0|129:0',
      '128:0|RtMidi Output Client|RtMidi Output|-',
      '129:0|PipeWire-RT-Event|input|takes',
      '130:0|aseqdump|aseqdump|takes|14:0',
      '131:2|a "quoted" one|hidden|-',
    ]);
  });

  it('that is empty, cut off or another text is a list without ports', () => {
    for (const text of ['', 'Client info\n', '  Port   0 : "x" (RWe-)\n', 'Client 128 : "x', '\0\0']) {
      expect(parseSequencer(text)).toEqual([]);
    }
    for (let length = 0; length < CLIENTS.length; length++) parseSequencer(CLIENTS.slice(0, length));
  });

  it('gives each port the name that the package opens it by, and each sender its program', () => {
    const ports = seenPorts(parseSequencer(CLIENTS));
    expect(ports.map(({ fullName }) => fullName)).toEqual([
      'Midi Through:Midi Through Port-0 14:0',
      'Virtual Raw MIDI 0-0:VirMIDI 0-0 16:0',
      'PipeWire-RT-Event:input 129:0',
      'aseqdump:aseqdump 130:0',
    ]);
    expect(ports[1]?.senders).toEqual([
      { connection: '128:0', program: 'RtMidi Output Client' },
      { connection: '129:0', program: 'PipeWire-RT-Event' },
    ]);
  });
});

describe('the name of a port', () => {
  const ports = [
    'Midi Through:Midi Through Port-0 14:0',
    'UM-ONE:UM-ONE MIDI 1 24:0',
    'UM-ONE:UM-ONE MIDI 1 28:0',
    'Show Control:Show Control MIDI 1 32:0',
    'Show Control:Show Control MIDI 2 32:1',
    'Pad 9:1',
  ].map(fullName => ({ fullName }));
  const chosen = (device: string): string => {
    const choice = choosePort(ports, device);
    return choice.ok ? choice.port.fullName : choice.text;
  };

  it('stays without its numbers', () => {
    expect(lastingName('UM-ONE:UM-ONE MIDI 1 24:0')).toBe('UM-ONE:UM-ONE MIDI 1');
    expect(lastingName('IAC Driver Bus 1')).toBe('IAC Driver Bus 1');
  });

  it('is taken whole or in part, whatever the case and whatever numbers it had', () => {
    const through = 'Midi Through:Midi Through Port-0 14:0';
    for (const device of [through, 'Midi Through:Midi Through Port-0 20:0', 'midi through', ' Port-0 ']) {
      expect(chosen(device), device).toBe(through);
    }
    expect(chosen('show control midi 2')).toBe('Show Control:Show Control MIDI 2 32:1');
  });

  it('that fits several is refused and they are named; numbers tell apart those of one name', () => {
    expect(chosen('Show Control')).toBe(
      '"Show Control" fits 2 MIDI outputs: Show Control:Show Control MIDI 1, Show Control:Show Control MIDI 2; name one of them in full',
    );
    expect(chosen('um-one')).toBe(
      '"um-one" fits 2 MIDI outputs: UM-ONE:UM-ONE MIDI 1 24:0, UM-ONE:UM-ONE MIDI 1 28:0; name one of them in full',
    );
    expect(chosen('UM-ONE:um-one MIDI 1 28:0')).toBe('UM-ONE:UM-ONE MIDI 1 28:0');
    expect(chosen('UM-ONE:UM-ONE MIDI 1 40:0')).toContain('fits 2 MIDI outputs');
  });

  it('that none has is refused and all are named, each once', () => {
    expect(chosen('Console')).toBe(
      'no MIDI output is called "Console"; there are: Midi Through:Midi Through Port-0, UM-ONE:UM-ONE MIDI 1, ' +
        'Show Control:Show Control MIDI 1, Show Control:Show Control MIDI 2, Pad',
    );
    expect(choosePort([], 'x')).toEqual({ ok: false, text: 'no MIDI output is called "x"; there are: none' });
  });

  it('is printed with its numbers only where it takes them to tell two apart', () => {
    expect(tellingNames(ports)).toEqual([
      'Midi Through:Midi Through Port-0',
      'UM-ONE:UM-ONE MIDI 1 24:0',
      'UM-ONE:UM-ONE MIDI 1 28:0',
      'Show Control:Show Control MIDI 1',
      'Show Control:Show Control MIDI 2',
      'Pad',
    ]);
  });

  it('that a system gives twice is numbered', () => {
    expect(distinct(['A', 'B', 'A', 'A'])).toEqual(['A', 'B', 'A1', 'A2']);
  });
});
