/** Act of an operator at a page: read from the body of a request, put into the inbox, told in the log. */
import type { IncomingMessage } from 'node:http';
import type { BridgeHost } from '../../src/bridge.ts';
import { operatorActionText } from '../../src/core/operator-action.ts';
import { readOperatorAction } from '../../src/recording/recording-format.ts';

const ACT_MOST_BYTES = 4096;

/** Answer to an act: 202 taken, 400 no act, 413 too long. */
export interface ActAnswer {
  readonly status: 202 | 400 | 413;
  readonly text: string;
}

export async function takeAct(
  request: IncomingMessage,
  { clock, log, emit }: Pick<BridgeHost, 'clock' | 'log' | 'emit'>,
): Promise<ActAnswer> {
  const body = await bodyOf(request);
  if (body === null) return { status: 413, text: `an act has at most ${ACT_MOST_BYTES} bytes` };
  const act = readOperatorAction(body);
  if (act === null) return { status: 400, text: 'this is no act of an operator' };
  const by = request.socket.remoteAddress ?? 'an unknown address';
  const at = clock.now();
  log.info({ act, by }, `${operatorActionText(act)}, asked for at ${by}`);
  emit({ kind: 'operator.act', act }, { notBefore: at, at });
  return { status: 202, text: 'taken' };
}

/** Reads a body; null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // The rest is read and thrown away: a client hears an answer only once it has said all.
    if (bytes <= ACT_MOST_BYTES) parts.push(part);
  }
  return bytes > ACT_MOST_BYTES ? null : Buffer.concat(parts).toString('utf8');
}
