/** The emulated machine: boots with this machine's files, runs one command, and is gone. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GuestRun {
  /** File of the kernel, an ELF image. */
  readonly image: string;
  /** File of its first file system. */
  readonly initrd: string;
  /** Lines for a shell inside. */
  readonly command: string;
  /** After this it is switched off, whatever it does. */
  readonly limitMs: number;
  /** Told each line that the machine prints. */
  readonly line: (text: string) => void;
}

/** A machine that has not begun by then hangs: it is switched off and tried once more. */
const BEGINS_WITHIN_MS = 60_000;

/** @returns the exit code of the command; null: the machine ended without saying, or was switched off */
export async function runInGuest(run: GuestRun): Promise<number | null> {
  const first = await boot(run);
  return first === 'never began' ? endOf(await boot(run)) : endOf(first);
}

type End = number | 'never began' | 'cut off';

const endOf = (end: End): number | null => (typeof end === 'number' ? end : null);

function boot({ image, initrd, command, limitMs, line }: GuestRun): Promise<End> {
  const shared = mkdtempSync(join(tmpdir(), 'decklight-rig-'));
  writeFileSync(join(shared, 'command.sh'), command);
  const machine = spawn('qemu-system-x86_64', wordsOf(image, initrd, shared), { stdio: ['ignore', 'pipe', 'inherit'] });
  let end: End = 'never began';
  let rest = '';

  function take(text: string): void {
    if (text === 'RIG init') {
      end = 'cut off';
      return clearTimeout(begin);
    }
    const code = /^RIG_EXIT=(\d+)/.exec(text)?.[1];
    if (code !== undefined) end = Number(code);
    else line(text);
  }

  machine.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text.replaceAll('\r', '')).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  const off = (): void => void machine.kill('SIGKILL');
  const begin = setTimeout(off, BEGINS_WITHIN_MS);
  const limit = setTimeout(off, limitMs);
  return new Promise((resolve, reject) => {
    machine.on('error', reject);
    machine.on('close', () => {
      clearTimeout(begin);
      clearTimeout(limit);
      rmSync(shared, { recursive: true, force: true });
      resolve(end);
    });
  });
}

/** Emulated in software: it must run where there is no other way, and the same everywhere. */
function wordsOf(image: string, initrd: string, shared: string): readonly string[] {
  const share = (id: string, path: string, options: string): readonly string[] => [
    ...['-fsdev', `local,id=${id},path=${path},security_model=none,multidevs=remap${options}`],
    ...['-device', `virtio-9p-pci,fsdev=${id},mount_tag=${id}`],
  ];
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-M', 'pc', '-smp', '2', '-m', '1536'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', image, '-initrd', initrd],
    ...['-append', 'console=ttyS0 quiet panic=-1 reboot=t mitigations=off tsc=reliable no_timer_check'],
    ...share('host', '/', ',readonly=on'),
    ...share('out', shared, ''),
  ];
}
