/** The head of a WAV file: one channel of 16-bit samples. Pure. Source: Microsoft's RIFF description of 1991. */

export const WAV_HEADER_BYTES = 44;

const BYTES_OF_SAMPLE = 2;
/** After `RIFF` and its size. */
const BYTES_BEFORE_RIFF_SIZE_COUNTS = 8;
const MOST_BYTES = 0xffff_ffff;

/** @param dataBytes of samples that follow; more than fit into its 32 bits (12 hours) are said as the most */
export function wavHeader(sampleRateHz: number, dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const ascii = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  const size = (at: number, value: number): void => view.setUint32(at, Math.min(value, MOST_BYTES), true);
  ascii(0, 'RIFF');
  size(4, WAV_HEADER_BYTES - BYTES_BEFORE_RIFF_SIZE_COUNTS + dataBytes);
  ascii(8, 'WAVEfmt ');
  size(16, 16);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  size(24, sampleRateHz);
  size(28, sampleRateHz * BYTES_OF_SAMPLE);
  view.setUint16(32, BYTES_OF_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_OF_SAMPLE, true);
  ascii(36, 'data');
  size(40, dataBytes);
  return bytes;
}

/** Samples as they stand in a file or a pipe, low byte first. */
export function bytesOf(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * BYTES_OF_SAMPLE);
  const view = new DataView(bytes.buffer);
  for (const [i, sample] of samples.entries()) view.setInt16(i * BYTES_OF_SAMPLE, sample, true);
  return bytes;
}
