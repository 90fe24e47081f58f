/** The module of the `@7mind.io/sqlcipher-wasm` package that holds SQLite itself; it brings no types of its own. */
declare module '@7mind.io/sqlcipher-wasm/dist/sqlcipher.mjs' {
  const init: (options: { print(text: string): void; printErr(text: string): void }) => Promise<unknown>;
  export default init;
}
