import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { holderOfUdpPort } from '../../src/live/port-holder.ts';

describe('who holds a port', () => {
  it.skipIf(process.platform !== 'linux').each(['udp4', 'udp6'] as const)(
    'who holds a port is told, also behind a socket of %s',
    async family => {
      const socket = createSocket(family);
      socket.bind(0, family === 'udp4' ? '127.0.0.1' : '::1');
      await once(socket, 'listening');
      const { port } = socket.address();
      expect(holderOfUdpPort(port, '0.0.0.0')).toContain(`(pid ${process.pid})`);
      await new Promise<void>(done => socket.close(() => done()));
      expect(holderOfUdpPort(port, '0.0.0.0')).toBeNull();
    },
  );
});
