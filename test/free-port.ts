/** A TCP port for a server of a test. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Finds a TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}
