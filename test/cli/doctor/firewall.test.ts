import { describe, expect, it } from 'vitest';
import { readFirewalld, readIptables, readNft, readUfw, readUfwConfig } from '../../../src/cli/doctor/firewall.ts';

describe('firewalls', () => {
  it('ufw says active or inactive, and everyone may read whether it is enabled', () => {
    const rules =
      'Status: active\n\nTo                         Action      From\n--                         ------      ----\n';
    const decks = `${rules}50000:50002/udp            ALLOW       Anywhere\n`;
    expect(readUfw(rules)).toEqual({ name: 'ufw', isOn: true, namesPorts: false });
    expect(readUfw(decks)).toEqual({ name: 'ufw', isOn: true, namesPorts: true });
    expect(readUfw('Status: inactive\n')).toEqual({ name: 'ufw', isOn: false, namesPorts: false });
    expect(readUfw('ERROR: You need to be root to run this script\n')).toBeNull();
    expect(readUfwConfig('# comment\nENABLED=yes\nLOGLEVEL=low\n')).toMatchObject({ isOn: true });
    expect(readUfwConfig('ENABLED=no\n')).toMatchObject({ isOn: false });
    expect(readUfwConfig('')).toBeNull();
  });

  it('firewalld is on while it runs', () => {
    expect(readFirewalld('running\n', '50000-50002/udp\n')).toEqual({
      name: 'firewalld',
      isOn: true,
      namesPorts: true,
    });
    expect(readFirewalld('running\n', '')).toEqual({ name: 'firewalld', isOn: true, namesPorts: false });
    expect(readFirewalld('not running\n', '')).toBeNull();
  });

  it('nftables is on where an input chain drops or rejects, by its policy or by a rule', () => {
    const table = (policy: string, rule: string): string =>
      `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n\t\ttcp dport { 22, 80 } accept\n\t\t${rule}\n\t}\n\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n`;
    expect(readNft(table('drop', ''))).toMatchObject({ isOn: true, namesPorts: false });
    expect(readNft(table('accept', 'reject with icmp type port-unreachable'))).toMatchObject({ isOn: true });
    expect(readNft(table('accept', ''))).toMatchObject({ isOn: false });
    expect(readNft(table('drop', 'udp dport 50000-50002 accept'))).toMatchObject({ isOn: true, namesPorts: true });
    expect(readNft('')).toBeNull();
  });

  it('iptables is on where INPUT drops or rejects', () => {
    const rules = (input: string, more: string): string =>
      `-P INPUT ${input}\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n${more}`;
    expect(readIptables(rules('DROP', ''))).toMatchObject({ isOn: true });
    expect(readIptables(rules('ACCEPT', ''))).toMatchObject({ isOn: false });
    expect(readIptables(rules('ACCEPT', '-A INPUT -j REJECT --reject-with icmp-host-prohibited\n'))).toMatchObject({
      isOn: true,
    });
    expect(readIptables(rules('DROP', '-A INPUT -p udp -m udp --dport 50000:50002 -j ACCEPT\n'))).toMatchObject({
      namesPorts: true,
    });
    expect(readIptables('')).toBeNull();
  });
});
