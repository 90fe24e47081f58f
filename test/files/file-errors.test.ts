import { describe, expect, it } from 'vitest';
import { whyUnreadable, whyUnwritable } from '../../src/files/file-errors.ts';

describe('what the system says about a file', () => {
  const error = (code: string): Error => Object.assign(new Error(`${code}: the system's own words`), { code });
  const kind = { what: 'a profile (YAML)', ifMissing: 'check its name' };

  // Of errno(3), those that open(2), read(2) and write(2) name for files.
  it.each(['ENOENT', 'EISDIR', 'EACCES', 'EPERM', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])('of %s are our own', code => {
    expect(whyUnreadable(error(code), kind)).not.toContain(code);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EIO'])(
    'of %s, in writing, are our own',
    code => {
      expect(whyUnwritable(error(code))).not.toContain(code);
    },
  );

  it('of what nobody has foreseen are those of the system, so that it can be looked up', () => {
    expect(whyUnreadable(error('EXDEV'), kind)).toBe("it cannot be read: EXDEV: the system's own words");
    expect(whyUnwritable(error('EXDEV'))).toBe("it cannot be written: EXDEV: the system's own words");
  });
});
