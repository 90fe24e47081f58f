/** The part of the `osc` package that the codec uses; it brings no types of its own. */
declare module 'osc' {
  export interface OscArgument {
    readonly type: string;
    readonly value?: unknown;
  }
  export interface OscPacket {
    readonly address?: string;
    readonly args?: readonly OscArgument[];
    readonly timeTag?: { readonly raw: readonly [number, number] };
    readonly packets?: readonly OscPacket[];
  }
  const osc: {
    writePacket(packet: OscPacket, options: { metadata: boolean }): Uint8Array;
    readPacket(bytes: Uint8Array, options: { metadata: boolean; unpackSingleArgs: boolean }): OscPacket;
  };
  export default osc;
}
