/** No show takes up what another has left. */
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { besideProfile } from '../../src/files/beside-profile.ts';
import { stateFileOf } from '../../src/files/state-file.ts';
import { recordingsFolder } from '../../src/recording/recording-files.ts';

const names = ['show', 'show.yaml', 'show.yml', 'show.YAML', 'show.show', 'show.yaml.yaml', '.yaml', 'main.room.yaml'];

it('profiles of other names share neither recordings nor state, however alike the names are', () => {
  const besides = names.flatMap(name => [recordingsFolder(name), stateFileOf(name)]);
  expect(new Set(besides).size).toBe(2 * names.length);
  const word = fc.constantFrom('show', 'a', '.', '.yaml', '.yml', '.recordings', '.state.json');
  const anyName = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(''));
  fc.assert(
    fc.property(anyName, anyName, (one, other) => {
      fc.pre(one !== other);
      expect(recordingsFolder(one)).not.toBe(recordingsFolder(other));
      expect(stateFileOf(one)).not.toBe(stateFileOf(other));
    }),
  );
});

it.each(['show.yaml', './show.yaml', 'shows.d/show', '/srv/shows/show.yml'])('lies in the folder of %s', profile => {
  for (const ending of ['recordings', 'state.json']) {
    expect(dirname(besideProfile(profile, ending))).toBe(dirname(profile));
  }
});
