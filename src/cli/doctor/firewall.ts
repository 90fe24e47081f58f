/** Firewall of a Linux machine, as far as this user may see it: it may stand in the way of the decks. Changes nothing. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Firewall {
  readonly name: 'ufw' | 'firewalld' | 'nftables' | 'iptables';
  /** True if the firewall keeps something out. */
  readonly isOn: boolean;
  /** True if the rules speak of UDP port 50000: a hint that somebody has thought of the decks. */
  readonly namesPorts: boolean;
}

/** Time that a command may take to answer. */
const ANSWER_WITHIN_MS = 1500;

/**
 * The firewall that stands in front, asked without any right beyond this user's; null: none found that may be seen.
 *
 * ufw and firewalld write the rules that nft and iptables show, so the first that is on says most.
 */
export async function readFirewall(): Promise<Firewall | null> {
  const [ufw, ufwConfig, firewalld, ports, nft, iptables] = await Promise.all([
    answerOf('ufw', ['status']),
    readFile('/etc/ufw/ufw.conf', 'utf8').catch(() => ''),
    answerOf('firewall-cmd', ['--state']),
    answerOf('firewall-cmd', ['--list-ports']),
    answerOf('nft', ['list', 'ruleset']),
    answerOf('iptables', ['-S']),
  ]);
  const found = [
    readUfw(ufw) ?? readUfwConfig(ufwConfig),
    readFirewalld(firewalld, ports),
    readNft(nft),
    readIptables(iptables),
  ].filter(firewall => firewall !== null);
  return found.find(({ isOn }) => isOn) ?? found[0] ?? null;
}

/** Output of a command; empty where the command is missing, fails, or has no right to look. */
function answerOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise(done => {
    // Root's commands are not on everyone's path.
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    const options = { timeout: ANSWER_WITHIN_MS, env: { ...process.env, PATH, LC_ALL: 'C' } };
    execFile(command, args, options, (error, stdout) => done(error === null ? stdout : ''));
  });
}

const namesPorts = (text: string): boolean => /\b50000\b/.test(text);

/** @param text what `ufw status` prints, see ufw(8); null: it has not answered */
export function readUfw(text: string): Firewall | null {
  const state = /^Status: (active|inactive)$/m.exec(text)?.[1];
  return state === undefined ? null : { name: 'ufw', isOn: state === 'active', namesPorts: namesPorts(text) };
}

/** @param text /etc/ufw/ufw.conf, which everyone may read; the rules are root's */
export function readUfwConfig(text: string): Firewall | null {
  const state = /^ENABLED=(yes|no)$/im.exec(text)?.[1]?.toLowerCase();
  return state === undefined ? null : { name: 'ufw', isOn: state === 'yes', namesPorts: false };
}

/** @param state what `firewall-cmd --state` prints @param ports what `firewall-cmd --list-ports` prints */
export function readFirewalld(state: string, ports: string): Firewall | null {
  return state.trim() === 'running' ? { name: 'firewalld', isOn: true, namesPorts: namesPorts(ports) } : null;
}

/** @param text what `nft list ruleset` prints, see nft(8): a chain hooked to input that drops or rejects */
export function readNft(text: string): Firewall | null {
  if (text.trim() === '') return null;
  const chains = text.match(/hook input [\s\S]*?\n\s*\}/g) ?? [];
  const isOn = chains.some(chain => /\b(drop|reject)\b/.test(chain));
  return { name: 'nftables', isOn, namesPorts: namesPorts(text) };
}

/** @param text what `iptables -S` prints, see iptables(8) */
export function readIptables(text: string): Firewall | null {
  if (!text.includes('-P INPUT')) return null;
  const isOn = /^-P INPUT DROP|^-A INPUT .*-j (DROP|REJECT)/m.test(text);
  return { name: 'iptables', isOn, namesPorts: namesPorts(text) };
}
