/** Sends and asks from inside a network namespace, as it is told line by line. Ends with its standard input. */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const socket = createSocket('udp4');
/** The open connection to each address. */
const sockets = new Map();

function opened(url) {
  const known = sockets.get(url);
  if (known !== undefined && known.readyState <= WebSocket.OPEN) return known;
  const made = new WebSocket(url);
  made.on('error', () => {});
  sockets.set(url, made);
  return made;
}

/** One question over a WebSocket, and the next thing that is said there. */
function ask({ url, text }) {
  return new Promise((done, fail) => {
    const connection = opened(url);
    const put = () => {
      connection.once('message', data => done(String(data)));
      connection.send(text);
    };
    connection.once('error', fail);
    if (connection.readyState === WebSocket.OPEN) put();
    else connection.once('open', put);
  });
}

const DO = {
  send: ({ port, hex }) => new Promise(done => socket.send(Buffer.from(hex, 'hex'), port, '127.0.0.1', () => done(''))),
  get: async ({ url }) => (await fetch(url)).text(),
  ask,
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { id: request.id, text: await DO[request.kind](request) };
  } catch (error) {
    answer = { id: request.id, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
