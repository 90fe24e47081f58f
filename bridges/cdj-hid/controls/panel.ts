/** Sketch of the panel of a CDJ-2000NXS2 from above, with the place of each control: the order is right, the measures are not. */
import type { SurfacePanel, SurfaceSpot } from '../../../src/bridge.ts';
import type { InputId } from './input-controls.ts';

const box = (x: number, y: number, width: number, height: number): SurfaceSpot => ({
  ...{ x, y, width, height },
  isRound: false,
});
const disc = (x: number, y: number, across: number): SurfaceSpot => ({ ...box(x, y, across, across), isRound: true });

/** A row of equal boxes from the left. */
const row = (ids: readonly InputId[], x: number, y: number, [width, height]: readonly [number, number]) =>
  Object.fromEntries(ids.map((id, i) => [id, box(x + i * (width + 8), y, width, height)]));

const WIDE: readonly [number, number] = [84, 52];
const SMALL: readonly [number, number] = [98, 44];

const SPOTS: Readonly<Partial<Record<InputId, SurfaceSpot>>> = {
  ...row(['eject', 'time-mode'], 24, 40, WIDE),
  ...row(['quantize', 'slip'], 24, 100, WIDE),
  ...row(['search-reverse', 'search-forward'], 24, 570, WIDE),
  ...row(['track-search-reverse', 'track-search-forward'], 24, 630, WIDE),
  ...row(['direction-reverse', 'direction-slip-reverse'], 24, 690, WIDE),
  'hot-cue-call-delete': box(24, 250, 176, 44),
  ...row(['hot-cue-a', 'hot-cue-b'], 24, 302, WIDE),
  ...row(['hot-cue-c', 'hot-cue-d'], 24, 362, WIDE),
  ...row(['hot-cue-e', 'hot-cue-f'], 24, 422, WIDE),
  ...row(['hot-cue-g', 'hot-cue-h'], 24, 482, WIDE),
  cue: disc(52, 768, 120),
  'play-pause': disc(52, 908, 120),
  // The screen, with the buttons that it has while their panel is open.
  ...row(['loop-1-4', 'loop-1-2', 'loop-1', 'loop-2', 'loop-4'], 232, 130, SMALL),
  ...row(['loop-8', 'loop-16', 'loop-32', 'loop-4-8-beat'], 232, 182, SMALL),
  ...row(
    ['beat-jump-back-16', 'beat-jump-back-8', 'beat-jump-back-4', 'beat-jump-back-2', 'beat-jump-back-1'],
    ...([232, 234, SMALL] as const),
  ),
  ...row(
    [
      'beat-jump-forward-1',
      'beat-jump-forward-2',
      'beat-jump-forward-4',
      'beat-jump-forward-8',
      'beat-jump-forward-16',
    ],
    ...([232, 286, SMALL] as const),
  ),
  ...row(['needle-search-touch', 'needle-search-position'], 232, 362, [257, 34]),
  ...row(['loop-in', 'loop-out', 'reloop-exit', 'cue-loop-call-half', 'cue-loop-call-double'], 232, 408, SMALL),
  ...row(['memory', 'delete'], 232, 460, SMALL),
  'jog-touch': disc(280, 530, 440),
  'browse-encoder': disc(792, 28, 108),
  'browse-press': box(786, 142, 120, 44),
  back: box(914, 40, 72, 44),
  'tag-track': box(914, 92, 72, 44),
  'track-filter': box(786, 194, 200, 44),
  ...row(['master', 'sync'], 786, 330, [96, 52]),
  'jog-mode': box(786, 392, 200, 52),
  'tempo-range': box(786, 480, 96, 52),
  'master-tempo': box(890, 480, 96, 52),
  'tempo-reset': box(786, 972, 96, 52),
  'tempo-slider': box(906, 560, 64, 464),
  ...row(['vinyl-speed-touch', 'vinyl-speed-release'], 786, 252, [96, 52]),
  'library-view': box(232, 92, 522, 30),
  ...row(['jog-position', 'jog-direction', 'jog-speed'], 252, 1004, [160, 38]),
};

export const PANEL: SurfacePanel = {
  width: 1010,
  height: 1052,
  spots: SPOTS,
  outlines: [
    { ...box(224, 40, 538, 304), label: 'screen' },
    { ...disc(252, 502, 496), label: '' },
  ],
};
