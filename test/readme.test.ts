/** What the pages say is run: every profile in them loads, every command in them works. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../bridges/index.ts';
import { decklightProgram } from '../src/cli/program.ts';
import { DECK_FACTS, PHRASE_FACTS, TRACK_FACTS } from '../src/core/rules/facts.ts';
import { NO_LIBRARY } from '../src/core/track/media-library.ts';
import { loadProfile } from '../src/profile/load.ts';
import { listen } from './cli/doctor/doctor-rig.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(match => match[1] ?? '');

/** A block that shows a part of a profile is completed with the parts it takes for granted. */
function completed(block: string): string {
  const has = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(block);
  return [
    has('decklight') ? '' : 'decklight: 1\nname: a page\n',
    has('bridges') && /console:/.test(block) ? '' : has('bridges') ? '' : BRIDGE_BLOCK,
    block,
    /do: drop/.test(block) && !/^ {2}drop:/m.test(block) ? 'cues: { drop: [ { console: /go } ] }\n' : '',
    has('panic') && !has('cues') ? 'cues: { safe: [ { console: /safe } ] }\n' : '',
  ].join('');
}
const BRIDGE_BLOCK = 'bridges:\n  opus: { type: opus-quad }\n  console: { type: osc, host: 127.0.0.1, port: 9000 }\n';

describe.each([
  'README.md',
  'docs/profile.md',
  'docs/osc.md',
  'docs/receivers.md',
  'bridges/osc/README.md',
  'bridges/opus-quad/README.md',
  'bridges/midi/README.md',
  'bridges/ltc/README.md',
  'bridges/artnet/README.md',
  'bridges/cdj-hid/README.md',
  'bridges/relay/README.md',
  'bridges/monitor/README.md',
])('%s', page => {
  it.each(blocks(read(page), 'yaml').map((block, i) => [i + 1, block] as const))('profile %i loads', (_, block) => {
    const loaded = loadProfile(completed(block), page, BRIDGES, NO_LIBRARY);
    expect(loaded.ok ? [] : loaded.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });
});

describe('profiles that people copy', () => {
  const files = readdirSync(new URL('../profiles', import.meta.url)).filter(file => file.endsWith('.yaml'));
  it.each(files)('%s loads without a warning', file => {
    const loaded = loadProfile(read(`profiles/${file}`), file, BRIDGES, NO_LIBRARY);
    expect(loaded.ok && loaded.warnings).toEqual([]);
  });
});

/** The rows of the table of facts that stands right under a heading. */
function factRows(page: string, heading: string): readonly string[] {
  const head = `\n### ${heading}\n\n| name | is |\n| --- | --- |\n`;
  const start = page.indexOf(head);
  if (start < 0) throw new Error(`no table of facts under ${heading}`);
  const lines = page.slice(start + head.length).split('\n');
  const end = lines.findIndex(line => !line.startsWith('|'));
  return lines.slice(0, end < 0 ? lines.length : end);
}

describe('pages and code', () => {
  it('the README begins with the two commands, and they are scripts', () => {
    const [commands = ''] = blocks(read('README.md'), '');
    expect(commands).toMatch(/^npm ci && npm start .*\nnpm ci && npm test /);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'check', 'build', 'fix', 'schema']));
  });

  it('the README lists every command there is, and no other', () => {
    const told = [...read('README.md').matchAll(/^decklight ([\w-]+)/gm)].map(match => match[1]);
    const terminal = listen();
    const real = decklightProgram({ out: terminal, aside: terminal }).commands.map(command => command.name());
    expect([...told].sort()).toEqual([...real].sort());
  });

  it('the language page lists every fact with its meaning', () => {
    const page = read('docs/profile.md');
    for (const [heading, facts] of Object.entries({ deck: DECK_FACTS, track: TRACK_FACTS, phrase: PHRASE_FACTS })) {
      const rows = Object.entries(facts).map(([name, { doc }]) => `| \`${name}\` | ${doc} |`);
      expect(factRows(page, heading), heading).toEqual(rows);
    }
  });

  it('every path that a page names is there', () => {
    const pages = [
      'README.md',
      'bridges/README.md',
      ...readdirSync(new URL('../docs/', import.meta.url))
        .filter(file => file.endsWith('.md'))
        .map(file => `docs/${file}`),
    ];
    const missing = pages.flatMap(page =>
      [...read(page).matchAll(/`((?:src|bridges|test|profiles|docs)\/[\w./-]+)`/g)].flatMap(([, path = '']) =>
        existsSync(new URL(`../${path}`, import.meta.url)) ? [] : [`${page}: ${path}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it('the architecture page names files and functions that are there', () => {
    const page = read('docs/architecture.md');
    const rows = [...page.matchAll(/^\| \d+ \|.*\| (.*) \| (.*) \|$/gm)];
    expect(rows.length).toBeGreaterThan(10);
    for (const [, functions = '', files = ''] of rows) {
      const paths: string[] = [];
      for (const [, file = ''] of files.matchAll(/`([\w/.-]+\.ts)`/g)) {
        const folder = paths[0]?.slice(0, paths[0].lastIndexOf('/'));
        paths.push(file.includes('/') ? file : `${folder}/${file}`);
      }
      const code = paths.map(read).join('\n');
      for (const [, name = ''] of functions.matchAll(/`(\w+)`/g)) {
        expect(code, `${name} in ${files}`).toMatch(new RegExp(`\\b${name}\\b\\s*[(:=]|function ${name}\\b`));
      }
    }
  });
});
