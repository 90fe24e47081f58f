import { describe, expect, it } from 'vitest';
import { broadcastOf, isOnSubnet } from '../../src/network/network.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

describe('addresses', () => {
  it('the broadcast address comes from the netmask the interface really has', () => {
    expect(broadcastOf({ ...nic('192.168.1.20') })).toBe('192.168.1.255');
    expect(broadcastOf({ ...nic('169.254.7.8'), netmask: '255.255.0.0' })).toBe('169.254.255.255');
    expect(broadcastOf({ ...nic('10.1.2.3'), netmask: '255.255.252.0' })).toBe('10.1.3.255');
    expect(isOnSubnet({ ...nic('10.1.2.3'), netmask: '255.255.252.0' }, '10.1.0.9')).toBe(true);
    expect(isOnSubnet(nic('10.1.2.3'), '10.1.3.9')).toBe(false);
  });
});
