/** The command line as a whole: what it loads before a command is called, and that each command can be called. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { decklightProgram } from '../../src/cli/program.ts';
import { listen } from './doctor/doctor-rig.ts';

const TOP = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that is loaded with a module, but for what it loads later by `import()`; types are not loaded. */
function loadedWith(entry: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const look = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const source = readFileSync(join(TOP, file), 'utf8');
    for (const [, names = '', from = ''] of source.matchAll(/^(?:import|export) ([^;]*?)\bfrom '([^']+)';/gm)) {
      if (names.startsWith('type ')) continue;
      if (from.startsWith('.')) look(normalize(join(dirname(file), from)));
      else if (!from.startsWith('node:')) packages.add(from);
    }
  };
  look(entry);
  return { files: [...files], packages: [...packages] };
}

describe('decklight --version and --help', () => {
  const { files, packages } = loadedWith('src/cli/main.ts');

  it('load of all packages the one that reads a command line', () => {
    expect(packages).toEqual(['commander']);
  });

  it('load the words of the commands and nothing that a command does', () => {
    const words = /^src\/cli\/(main|program|.*-command|command-line\/[\w-]+|terminal\/(terminal|stop-signal))\.ts$/;
    expect(files.filter(file => !words.test(file))).toEqual([
      'src/files/package-file.ts',
      'src/text/ipv4.ts',
      'src/live/log-levels.ts',
    ]);
  });
});

describe('a command line that is wrong', () => {
  const terminals = { out: listen(), aside: listen() };
  const withOwn = ({ commands }: Command): readonly Command[] => commands.flatMap(each => [each, ...withOwn(each)]);
  const pathOf = (command: Command): readonly string[] =>
    command.parent === null ? [] : [...pathOf(command.parent), command.name()];
  const paths = withOwn(decklightProgram(terminals))
    .filter(({ commands }) => commands.length === 0)
    .map(pathOf);

  it.each(paths.map(path => [path.join(' '), path] as const))(
    '%s throws what is wrong, after it was said',
    async (_, path) => {
      const program = decklightProgram(terminals);
      const said: string[] = [];
      for (const each of withOwn(program)) each.configureOutput({ writeErr: text => void said.push(text) });
      const error = await program
        .parseAsync([...path, '--nonsense'], { from: 'user' })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CommanderError);
      expect(said.join('')).toMatch(/^error: (unknown|required) option .*\n\(decklight --help, or /);
    },
  );
});
