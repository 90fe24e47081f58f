/** Debian's stock kernel, unpacked from its package and never installed: the build machine's own may have neither sound nor HID. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** The kernel without what this machine has no use for: 100 MB of 400. */
const UNPACKED = [
  './boot/vmlinuz*',
  './lib/modules/*/modules.*',
  ...['sound', 'drivers/hid', 'drivers/usb', 'drivers/virtio', 'drivers/char', 'drivers/input', 'drivers/media/mc'].map(
    folder => `./lib/modules/*/kernel/${folder}/*`,
  ),
  ...['fs', 'net/9p', 'lib', 'crypto'].map(folder => `./lib/modules/*/kernel/${folder}/*`),
];

export interface GuestKernel {
  /** `6.1.0-57-amd64` */
  readonly version: string;
  /** Folder that holds `lib/modules/<version>`. */
  readonly root: string;
  /** File with the kernel itself, an ELF image. */
  readonly image: string;
}

/**
 * Finds the kernel in the cache, or fetches it there.
 *
 * @throws Error with one line on what is missing, where the packages of this machine have none
 */
export function guestKernel(cache: string): GuestKernel {
  const name = packageName();
  const root = join(cache, name);
  if (!existsSync(root)) fetchInto(root, name);
  const [version = ''] = readdirSync(join(root, 'lib/modules'));
  return { version, root, image: join(root, 'vmlinux') };
}

const output = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** `linux-image-amd64` is a name for whichever kernel is current; that one is named by its dependency. */
function packageName(): string {
  try {
    const found = /Depends: (linux-image-[\w.+-]+)/.exec(output('apt-cache', 'depends', 'linux-image-amd64'))?.[1];
    if (found !== undefined) return found;
  } catch {
    // No apt here: the same as a list without a kernel.
  }
  throw new Error(
    'no package linux-image-amd64 here; the emulated machine needs Debian on x86-64, after "apt-get update"',
  );
}

/** The folder appears only once it is whole. */
function fetchInto(root: string, name: string): void {
  mkdirSync(join(root, '..'), { recursive: true });
  const work = mkdtempSync(`${root}-`);
  try {
    execFileSync('apt-get', ['download', '-qq', name], { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    const deb = readdirSync(work).find(file => file.endsWith('.deb')) ?? '';
    const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', join(work, deb)], { maxBuffer: 2 ** 30 });
    rmSync(join(work, deb));
    execFileSync('tar', ['-x', '--wildcards', ...UNPACKED], { cwd: work, input: tar });
    const [version = ''] = readdirSync(join(work, 'lib/modules'));
    execFileSync('depmod', ['-b', work, version]);
    writeFileSync(join(work, 'vmlinux'), uncompressed(readFileSync(join(work, 'boot', `vmlinuz-${version}`))));
    renameSync(work, root);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Takes the ELF image out of a `vmlinuz`, which saves seconds of emulated decompression. Source: the kernel's
 * Documentation/x86/boot.rst, fields setup_sects, payload_offset, payload_length.
 */
function uncompressed(vmlinuz: Buffer): Buffer {
  const sectors = vmlinuz.readUInt8(0x1f1) || 4;
  const start = (sectors + 1) * 512 + vmlinuz.readUInt32LE(0x248);
  // The last four bytes are the size of what comes out, and no part of the xz stream.
  const payload = vmlinuz.subarray(start, start + vmlinuz.readUInt32LE(0x24c) - 4);
  return execFileSync('xz', ['-dc', '--single-stream'], { input: payload, maxBuffer: 2 ** 30 });
}
