/** Runs inside the emulated machine: imports the device tests that its words name, or all, so that one process runs them one by one. */
import { readdirSync } from 'node:fs';

const here = new URL('./', import.meta.url);
const words = process.argv.slice(2);
const files = readdirSync(here)
  .filter(file => file.endsWith('.rig.test.js'))
  .filter(file => words.length === 0 || words.some(word => file.includes(word)))
  .sort();
if (files.length === 0) throw new Error(`no device test has a name with ${words.join(' or ')}`);
for (const file of files) await import(new URL(file, here).href);
