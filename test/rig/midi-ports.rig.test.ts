/** The search for a port and the watch over it, on the sequencer of the kernel. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { until } from '../until.ts';
import { startAseqdump } from './aseqdump.ts';
import { openOn, readyOn, sequencer, sequencerPort } from './midi-port.ts';

const clients = (): number => Number(/cur +clients : (\d+)/.exec(sequencer())?.[1]);

describe('the search for a port', () => {
  it('takes no place in the sequencer while it searches, and gives back those of a port that it leaves', async () => {
    const before = clients();
    const absent = openOn('No Such Port');
    await until(() => absent.status().text.includes('no MIDI output is called "No Such Port"'));
    assert.equal(clients(), before);
    await absent.close();
    for (let i = 0; i < 2; i++) await (await readyOn('VirMIDI 0-0')).close();
    assert.equal(clients(), before);
    const made = await readyOn('Decklight Rig', true);
    await made.close();
    assert.equal(sequencerPort('Decklight Rig'), undefined);
    assert.equal(clients(), before);
  });

  it('finds a port by its name with the numbers of yesterday, in part, and in another case', async () => {
    const receiver = await startAseqdump();
    const bridge = await readyOn('ASEQDUMP:aseq 200:3');
    assert.equal(bridge.status().text, 'aseqdump:aseqdump, 0 sent');
    await bridge.close();
    await receiver.stop();
  });

  it('refuses a name that fits several ports, and names them', async () => {
    const bridge = openOn('virmidi');
    await until(() => bridge.status().text.includes('fits 4 MIDI outputs'));
    assert.equal(
      bridge.status().text,
      '"virmidi" fits 4 MIDI outputs: Virtual Raw MIDI 0-0:VirMIDI 0-0, Virtual Raw MIDI 0-1:VirMIDI 0-1, ' +
        'Virtual Raw MIDI 0-2:VirMIDI 0-2, Virtual Raw MIDI 0-3:VirMIDI 0-3; name one of them in full',
    );
    await bridge.close();
  });
});

describe('the watch over a port', () => {
  it('names whoever else sends to it, another one of ours or a program, for as long as it is there', async () => {
    const bridge = await readyOn('VirMIDI 0-0');
    const alone = 'Virtual Raw MIDI 0-0:VirMIDI 0-0, 0 sent';
    assert.equal(bridge.status().text, alone);
    const port = sequencerPort('VirMIDI 0-0')?.address ?? '';
    execFileSync('aconnect', ['14:0', port]);
    await until(() => bridge.status().text === `${alone}, Midi Through (14:0) sends to it too`, bridge.status.toString);
    execFileSync('aconnect', ['-d', '14:0', port]);
    await until(() => bridge.status().text === alone);
    const second = await readyOn('Virtual Raw MIDI 0-0');
    await until(() => /, RtMidi Output Client \(\d+:0\) sends to it too$/.test(bridge.status().text));
    await until(() => /, RtMidi Output Client \(\d+:0\) sends to it too$/.test(second.status().text));
    assert.equal(bridge.log.filter(line => line.includes('what both send is mixed')).length, 2);
    await second.close();
    await until(() => bridge.status().text === alone);
    await bridge.close();
  });

  it('finds the port again when its connection is cut and its name stays, and says so to the show', async () => {
    const receiver = await startAseqdump();
    const bridge = await readyOn('aseqdump');
    const ours = sequencerPort('aseqdump')?.senders[0] ?? '';
    execFileSync('aconnect', ['-d', ours, receiver.address]);
    await until(() => bridge.news.length >= 3);
    assert.deepEqual(bridge.news, ['ready', 'lost', 'ready']);
    assert.ok(bridge.log.some(line => line.includes('it was unplugged for a moment, or its connection was cut')));
    bridge.sendNow({ kind: 'program', program: 3, channel: 1 });
    await until(() => receiver.events().some(({ event }) => event === 'Program change'));
    await bridge.close();
    await receiver.stop();
  });
});
