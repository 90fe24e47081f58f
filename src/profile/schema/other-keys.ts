/** Keys that people write who have used other programs, and what they are called here. */

const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  host: ['ip', 'address', 'addr', 'hostname', 'server', 'target', 'ip-address'],
  port: ['udp-port', 'tcp-port', 'osc-port'],
  transport: ['protocol'],
  device: ['port', 'midi-port', 'output', 'name'],
  type: ['kind', 'protocol', 'bridge'],
  when: ['at', 'on', 'trigger', 'event', 'place', 'moment'],
  while: ['during', 'state', 'as-long-as'],
  at: ['when', 'on', 'time', 'position', 'place'],
  if: ['condition', 'only-if', 'where', 'unless', 'and'],
  do: ['action', 'actions', 'then', 'cue', 'cues', 'send', 'sends', 'fire', 'run'],
  undo: ['else', 'after', 'on-end', 'off', 'stop'],
  args: ['arg', 'arguments', 'values', 'params', 'parameters', 'value'],
  address: ['path', 'osc', 'url', 'message'],
  title: ['name', 'track', 'song'],
  artist: ['by', 'artists'],
  match: ['id', 'track', 'fingerprint', 'identify'],
  id: ['number', 'track-id', 'trackid', 'no'],
  file: ['path', 'filename'],
  tempo: ['bpm', 'speed'],
  'first-beat': ['offset', 'start', 'downbeat', 'beat'],
  follow: ['source', 'deck', 'from', 'follows'],
  rate: ['fps', 'framerate', 'frame-rate', 'frames'],
  to: ['output', 'outputs', 'bridge', 'bridges', 'targets', 'out'],
  timecode: ['smpte', 'tc', 'region', 'start'],
  tracks: ['songs', 'playlist'],
  cues: ['looks', 'scenes', 'actions'],
  rules: ['triggers', 'events', 'cue-list'],
  bridges: ['devices', 'outputs', 'connections', 'targets'],
  channel: ['ch', 'chan', 'midi-channel'],
  velocity: ['vel', 'level'],
  for: ['length', 'duration', 'len', 'hold'],
  control: ['cc', 'controller', 'control-change'],
  value: ['val', 'level'],
  program: ['pc', 'program-change', 'preset'],
  note: ['key', 'pitch', 'note-on'],
  decks: ['deck', 'on-deck'],
  every: ['interval', 'rate'],
  interface: ['nic', 'network', 'adapter', 'ip', 'host'],
};

/** Finds the known key that is meant by another word; null: none. */
export function keyMeant(key: string, known: readonly string[]): string | null {
  const said = key.toLowerCase().replaceAll(/[ _]/g, '-');
  return known.find(each => OTHER_WORDS[each]?.includes(said)) ?? null;
}
