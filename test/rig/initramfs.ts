/** The first file system of the emulated machine: busybox, its first program, and the modules it loads. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuestKernel } from './guest-kernel.ts';

/** Modules that bring the files of this machine in. */
const BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/**
 * Modules that are loaded for the tests: the sequencer with its through port and four ports of a card without hardware, a
 * pair of sound cards back to back, HID devices from user space, and a USB bus with a device side.
 */
const DEVICE_MODULES = [
  ...['snd_seq', 'snd_seq_midi', 'snd_seq_dummy', 'snd_virmidi', 'snd_hrtimer', 'snd_aloop'],
  ...['hid_generic', 'uhid', 'usbhid', 'snd_usb_audio', 'dummy_hcd', 'libcomposite', 'usb_f_midi', 'usb_f_hid'],
];

interface Entry {
  readonly path: string;
  /** Type and permissions. */
  readonly mode: number;
  readonly bytes: Buffer;
}

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const FILE = 0o100644;

/** @throws Error where busybox or kmod is not installed */
export function initramfs({ version, root }: GuestKernel): Buffer {
  const folder = `lib/modules/${version}`;
  const modules = modulesOf(version, root).map(path => path.slice(root.length + 1));
  const lists = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order', 'modules.dep', 'modules.dep.bin'];
  const more = ['modules.alias', 'modules.alias.bin', 'modules.symbols', 'modules.symbols.bin', 'modules.softdep'];
  const files: readonly Entry[] = [
    { path: 'bin/busybox', mode: PROGRAM, bytes: readFileSync(busybox()) },
    { path: 'init', mode: PROGRAM, bytes: readFileSync(fileURLToPath(new URL('init.sh', import.meta.url))) },
    { path: 'etc/boot-modules', mode: FILE, bytes: Buffer.from(BOOT_MODULES.join(' ')) },
    { path: 'etc/device-modules', mode: FILE, bytes: Buffer.from(DEVICE_MODULES.join(' ')) },
    ...[...modules, ...[...lists, ...more].map(list => `${folder}/${list}`)].map(path => ({
      path,
      mode: FILE,
      bytes: readFileSync(join(root, path)),
    })),
  ];
  const empty = ['proc', 'sys', 'dev', 'lower', 'upper', 'new', 'out'];
  return archive([...foldersOf([...files.map(({ path }) => path), ...empty.map(path => `${path}/.`)]), ...files]);
}

function busybox(): string {
  return execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
}

/** Files of all modules with those they depend on. */
function modulesOf(version: string, root: string): readonly string[] {
  const shown = execFileSync(
    'modprobe',
    ['-a', '-d', root, '-S', version, '--show-depends', ...BOOT_MODULES, ...DEVICE_MODULES],
    { encoding: 'utf8' },
  );
  return [...new Set([...shown.matchAll(/^insmod (\S+)/gm)].map(([, path = '']) => path))];
}

/** Each folder before what is in it. */
function foldersOf(paths: readonly string[]): readonly Entry[] {
  const folders = new Set<string>();
  const add = (path: string): void => {
    const parent = dirname(path);
    if (parent === '.' || folders.has(parent)) return;
    add(parent);
    folders.add(parent);
  };
  for (const path of paths) add(path);
  return [...folders].map(path => ({ path, mode: DIRECTORY, bytes: Buffer.alloc(0) }));
}

/** Source: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst, "newc". */
function archive(entries: readonly Entry[]): Buffer {
  const end: Entry = { path: 'TRAILER!!!', mode: 0, bytes: Buffer.alloc(0) };
  return Buffer.concat(
    [...entries, end].flatMap(({ path, mode, bytes }, index) => {
      const name = Buffer.from(`${path}\0`);
      const fields = [index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length, 0];
      const head = Buffer.from(`070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`);
      return [padded(Buffer.concat([head, name])), padded(bytes)];
    }),
  );
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
