/** Errors of the system about files, in words that say what to do. */

/** A kind of file, as people know it. */
export interface FileKind {
  /** `a profile (YAML)` */
  readonly what: string;
  /** Advice if there is no such file. */
  readonly ifMissing: string;
}

/** Explains why a file cannot be read. @param error as node:fs and TextDecoder throw it */
export function whyUnreadable(error: unknown, { what, ifMissing }: FileKind): string {
  const { code, message } = said(error);
  switch (code) {
    case 'ENOENT':
      return `there is no such file; ${ifMissing}`;
    case 'EISDIR':
      return `this is a directory; expected ${what}`;
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read; check its rights';
    case 'ENOTFILE':
      return `this is a pipe, a socket or a device; expected ${what}`;
    case 'ENOTDIR':
      return `a part of this path is no directory; expected the path of ${what}`;
    case 'ENAMETOOLONG':
      return `this name is too long for a file; expected the name of ${what}`;
    case 'ELOOP':
      return `this link leads to itself; expected ${what}`;
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return `this is not text in UTF-8; expected ${what}`;
    case 'ERR_FS_FILE_TOO_LARGE':
      return `this file is larger than 2 GiB; expected ${what} below that`;
    default:
      return `it cannot be read: ${message}`;
  }
}

/** Explains why a file cannot be written. @param error as node:fs throws it */
export function whyUnwritable(error: unknown): string {
  const { code, message } = said(error);
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full; make room and start again';
    case 'EDQUOT':
      return 'the disk quota is used up; make room and start again';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be written; check its rights and those of its folder';
    case 'EROFS':
      return 'the disk is read-only; choose a folder on another';
    case 'EISDIR':
      return 'this is a directory; expected the name of a file';
    case 'ENOTFILE':
      return 'this is a pipe, a socket or a device; expected the name of a file';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of this path is no folder; rename what stands in the way, or choose another';
    case 'ENOENT':
      return 'its folder is not there; make it first';
    case 'ENAMETOOLONG':
      return 'this name is too long for a file; choose another';
    case 'EIO':
      return 'the disk does not answer as it should; choose a folder on another';
    default:
      return `it cannot be written: ${message}`;
  }
}

function said(error: unknown): { readonly code: string; readonly message: string } {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  return { code, message };
}
