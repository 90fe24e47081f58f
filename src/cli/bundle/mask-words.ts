/**
 * Words that stand for titles, names and addresses in a masked bundle: the same word for the same thing wherever it stands,
 * numbered as they first come. What compared as equal compares as equal still, and an address stays on its subnet.
 */
import { artistNames, plain, titleParts } from '../../core/track/track-match.ts';

export interface MaskWords {
  title(text: string): string;
  artist(text: string): string;
  playlist(text: string): string;
  path(text: string): string;
  /** A name of another kind: `Stick-1` for `name('Stick', …)`. */
  name(kind: NameKind, text: string): string;
  /** IPv4, or the name of a host. */
  host(text: string): string;
  mac(text: string): string;
  /** An address on a subnet that is not met yet stays beside its neighbours. */
  subnet(address: string, netmask: string): void;
  /** Any text, with every known word in it replaced, and whatever has the form of an address. */
  text(text: string): string;
  /** The same in bytes, which stay as long as they are. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Single words that are left alone in running text, since a profile would mean something else without them. */
  spare(words: ReadonlySet<string>): void;
  /** Every text that was replaced, as it was. */
  originals(): readonly string[];
  /** What was replaced, and how often: `12 titles`. */
  counts(): readonly string[];
}

export type NameKind =
  | 'Tag'
  | 'Label'
  | 'Comment'
  | 'History'
  | 'Album'
  | 'Stick'
  | 'Cue-point'
  | 'Show'
  | 'Machine'
  | 'Device'
  | 'Interface'
  | 'Token';

const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
const MAC = /(?<![0-9a-f:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-f:-])/gi;

export function maskWords(): MaskWords {
  const numbers = new Map<string, Map<string, string>>();
  /** Running text: by what is searched for, in small letters. */
  const words = new Map<string, { readonly word: string; readonly rank: number }>();
  let spared: ReadonlySet<string> = new Set();
  let pattern: RegExp | null = null;
  const addresses = addressMask();

  function numbered(kind: string, key: string, written = key): string {
    const known = numbers.get(kind) ?? new Map<string, string>();
    numbers.set(kind, known);
    const word = known.get(key) ?? `${kind}-${known.size + 1}`;
    known.set(key, word);
    learn(kind, written, word);
    return word;
  }

  function learn(kind: string, written: string, word: string): void {
    const key = written.trim().toLowerCase();
    const rank = RANKS.indexOf(kind);
    if (key.length < 2 || /^\d{1,3}$/.test(key) || (words.get(key)?.rank ?? -2) >= rank) return;
    words.set(key, { word, rank });
    pattern = null;
  }

  const wordFor = (text: string): string => words.get(text.toLowerCase())?.word ?? text;

  function running(): RegExp | null {
    const known = [...words.keys()].filter(word => !spared.has(word)).sort((a, b) => b.length - a.length);
    if (known.length === 0) return null;
    pattern ??= new RegExp(`(?<![\\p{L}\\p{N}])(?:${known.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'giu');
    return pattern;
  }

  const segments = (kind: string, text: string): string =>
    text
      .split(/([\\/])/)
      .map(each => (each === '' || each === '/' || each === '\\' ? each : segment(kind, each)))
      .join('');

  function segment(kind: string, text: string): string {
    const [, ending = ''] = kind === 'File' ? (/(\.[a-z0-9]{2,5})$/i.exec(text) ?? []) : [];
    const bare = text.slice(0, text.length - ending.length);
    return numbered(kind, plain(bare) === '' ? bare : bare.normalize('NFC').toLowerCase(), bare) + ending.toLowerCase();
  }

  const mask: MaskWords = {
    title(text) {
      const { base, mix, isOriginal } = titleParts(text);
      const word = numbered('Title', plain(base) || text, base);
      const whole = mix === '' ? word : isOriginal ? `${word} (${mix})` : `${word} (${numbered('Mix', mix)} remix)`;
      learn('Title', text, whole);
      return whole;
    },
    artist(text) {
      const names = artistNames(text);
      const whole =
        names.length === 0
          ? numbered('Artist', text)
          : names.map(each => numbered('Artist', plain(each), each)).join(' & ');
      learn('Artist', text, whole);
      return whole;
    },
    playlist: text => segments('Playlist', text),
    path(text) {
      const whole = segments('File', text);
      learn('File', text, whole);
      return whole;
    },
    name: (kind, text) => numbered(kind, text),
    host: text => (isIpv4(text) ? addresses.ip(text) : numbered('Host', text.toLowerCase(), text)),
    mac: addresses.mac,
    subnet: addresses.subnet,
    text(text) {
      const found = running();
      const said = found === null ? text : text.replace(found, each => wordFor(each));
      return said.replace(IPV4, addresses.ip).replace(MAC, addresses.mac);
    },
    bytes(bytes) {
      const found = running();
      const text = Buffer.from(bytes).toString('utf8');
      // What is no text has no words, and would not come back as it was.
      if (found === null || !Buffer.from(text, 'utf8').equals(Buffer.from(bytes))) return inLatin(bytes, found);
      return Buffer.from(text.replace(found, each => filled(wordFor(each), Buffer.byteLength(each))));
    },
    spare(given) {
      spared = given;
      pattern = null;
    },
    originals: () => [...words.keys(), ...addresses.originals()],
    counts: () =>
      [...[...numbers].map(([kind, known]) => [kind, known.size] as const), ...addresses.counts()]
        .filter(([, count]) => count > 0)
        .map(([kind, count]) => counted(kind, count)),
  };

  /** Bytes between which texts stand, as in OSC and MIDI: letters beyond ASCII are searched for as their bytes. */
  function inLatin(bytes: Uint8Array, found: RegExp | null): Uint8Array {
    if (found === null) return bytes;
    const text = Buffer.from(bytes).toString('latin1');
    const said = text.replace(found, each => filled(wordFor(each), each.length));
    return Buffer.from(said, 'latin1');
  }
  return mask;
}

/** Kinds whose word stands for a text that several have, the last first: a file is called like its title. */
const RANKS: readonly string[] = ['Playlist', 'Album', 'Artist', 'Title'];

const COUNTED: Readonly<Record<string, string>> = {
  Title: 'title',
  Artist: 'artist',
  Mix: 'mix',
  Album: 'album',
  Playlist: 'playlist',
  Stick: 'stick name',
  File: 'file or folder name',
  'Cue-point': 'cue point name',
  Tag: 'tag',
  Label: 'record label',
  Comment: 'comment',
  History: 'session name',
  Show: 'show name',
  Machine: 'computer name',
  Device: 'device name',
  Interface: 'interface name',
  Host: 'host name',
  Token: 'token',
};

function counted(kind: string, count: number): string {
  const one = COUNTED[kind] ?? kind;
  return count === 1 ? `1 ${one}` : `${count} ${one.replace(/(x|s)$/, '$1e')}s`;
}

/** Finds a word where no letter and no digit is beside it; no capitals are looked for. */
export const wholeWord = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, 'u');

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const filled = (word: string, bytes: number): string => word.slice(0, bytes).padEnd(bytes, 'x');

export const isIpv4 = (text: string): boolean => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text);

/** Addresses that say nothing of anybody: of this machine, of everybody, masks and groups. */
const isCommon = (address: string): boolean => {
  const first = Number(address.split('.')[0]);
  return first === 0 || first === 127 || first >= 224;
};

interface AddressMask {
  ip(address: string): string;
  mac(address: string): string;
  subnet(address: string, netmask: string): void;
  originals(): readonly string[];
  counts(): readonly (readonly [string, number])[];
}

/** The usual mask of a home or a club: an address that no interface explains has neighbours within it. */
const USUAL_MASK = 0xffffff00;
/** Nets of 198.18/15, which are for tests alone [RFC 2544]. */
const FIRST_NET = 0xc6120000;

function addressMask(): AddressMask {
  /** By mask and net, the net that stands for it. */
  const nets = new Map<string, { readonly mask: number; readonly net: number; readonly stands: number }>();
  const ips = new Map<string, string>();
  const macs = new Map<string, string>();
  let next = FIRST_NET;

  function subnet(address: string, netmask: string): void {
    const bits = numberOf(netmask);
    // A net larger than those for tests keeps no more than the lower half of an address.
    const mask = bits >>> 16 === 0xffff ? bits : 0xffff0000;
    const net = (numberOf(address) & mask) >>> 0;
    const key = `${mask}/${net}`;
    if (nets.has(key)) return;
    const size = (~mask >>> 0) + 1;
    next = (Math.ceil(next / size) * size) >>> 0;
    if (next === net) next += size;
    nets.set(key, { mask, net, stands: next });
    next += size;
  }

  function ip(address: string): string {
    const known = ips.get(address);
    if (known !== undefined) return known;
    if (isCommon(address) || address.split('.').some(part => Number(part) > 255)) return address;
    const value = numberOf(address);
    if (![...nets.values()].some(({ mask, net }) => (value & mask) >>> 0 === net)) subnet(address, textOf(USUAL_MASK));
    const home = [...nets.values()].find(({ mask, net }) => (value & mask) >>> 0 === net);
    const masked = home === undefined ? address : textOf((home.stands | (value & ~home.mask)) >>> 0);
    ips.set(address, masked);
    return masked;
  }

  return {
    ip,
    subnet,
    mac(address) {
      const key = address.toLowerCase().replaceAll('-', ':');
      if (/^(?:00:){5}00$|^(?:ff:){5}ff$/.test(key)) return address;
      const known = macs.get(key);
      if (known !== undefined) return known;
      const n = macs.size + 1;
      // A locally administered address.
      const masked = `02:00:5e:00:${hex(n >> 8)}:${hex(n & 0xff)}`;
      macs.set(key, masked);
      return masked;
    },
    originals: () => [...ips.keys(), ...macs.keys()].filter(each => ips.get(each) !== each),
    counts: () => [
      ['IPv4 address', ips.size],
      ['MAC address', macs.size],
    ],
  };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => ((sum << 8) | (Number(part) & 0xff)) >>> 0, 0);
const textOf = (value: number): string => [24, 16, 8, 0].map(shift => (value >>> shift) & 0xff).join('.');
