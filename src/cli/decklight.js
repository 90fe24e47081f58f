#!/usr/bin/env node
/**
 * The command `decklight`: runs the build, or the sources through tsx where nothing is built.
 *
 * This file is committed because npm links a command only to a file that is already there: a link to the build would be
 * missing in a new clone, and `npx` does not make it later.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = new URL('../../', import.meta.url);
const built = new URL('dist/src/cli/main.js', top);
const source = new URL('src/cli/main.ts', top);

/** Lets Node read TypeScript. @returns whether it can now */
async function readsTypeScript() {
  try {
    const { register } = await import('tsx/esm/api');
    register();
    return true;
  } catch {
    return false;
  }
}

if (existsSync(built)) await import(built.href);
else if (await readsTypeScript()) await import(source.href);
else {
  const folder = fileURLToPath(top);
  process.stderr.write(
    `decklight: nothing is built in ${folder}, and tsx, which runs the sources, is not installed; run npm ci there\n`,
  );
  process.exitCode = 1;
}
