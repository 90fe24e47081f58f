/** The emulated machine itself: what every other device test takes for granted. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

describe('the emulated machine', () => {
  it('has a MIDI sequencer with a through port and four ports of a card', () => {
    const clients = readFileSync('/proc/asound/seq/clients', 'utf8');
    for (const port of ['Midi Through Port-0', 'VirMIDI 0-0', 'VirMIDI 0-3'])
      assert.match(clients, new RegExp(`"${port}"`));
  });

  it('has two sound cards back to back, HID devices by user programs, and a USB bus with a device side', () => {
    assert.match(readFileSync('/proc/asound/cards', 'utf8'), /Loopback/);
    assert.ok(existsSync('/dev/uhid'));
    assert.deepEqual(readdirSync('/sys/class/udc'), ['dummy_udc.0']);
    assert.ok(existsSync('/sys/kernel/config/usb_gadget'));
  });
});
