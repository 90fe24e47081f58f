/** Line about the session with the unit, for the status of the show. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS } from '../../../src/core/deck-report.ts';
import { isLoopback } from '../../../src/network/network.ts';
import { PLAYER_NUMBERS } from '../layout.ts';
import { modelText, shownName } from '../models.ts';
import { absenceText, NO_INTERFACE } from './interface-route.ts';
import { LISTEN_MOST_MS } from './lighting-turn.ts';
import { isOurs, WATCH_MS } from './player-mode.ts';
import { rivalText } from './rival-hearing.ts';
import { quietUntil, type SessionState, STATUS_PATIENCE_MS } from './session-state.ts';

/** Longer than a unit is silent by itself. */
const LONG_SILENCE_MS: Ms = 3000;

interface Standing {
  readonly isReady: boolean;
  readonly text: string;
}

/** Describes the session with the unit in one line. */
export function describeSession(state: SessionState, at: Ms): Standing {
  const { unit, turn, options, decks, mode } = state;
  const not = (text: string): Standing => ({ isReady: false, text });
  const rivals = [...turn.rivals.values()].map(rivalText).join(' and ');
  if (turn.beganAt === null && rivals !== '') {
    return not(`yielding to ${rivals}, which poses as rekordbox's lighting: joins by itself when that is gone`);
  }
  if (unit === null) {
    const missing = interfaceTrouble(state);
    if (missing !== null) return not(missing);
    const where = options.unitAddress === 'auto' ? '' : ` at ${options.unitAddress}`;
    return not(`waiting for an ${modelText(options.model)}${where}: switch it on, check the cable`);
  }
  if (state.way?.nic === null) return not(state.way.warning);
  const who = `${shownName(unit.name)} at ${unit.address}`;
  const quietMs = quietUntil(state) - at;
  if (quietMs > (mode === 'cdj' ? WATCH_MS : LISTEN_MOST_MS) && quietMs < Infinity) {
    return not(
      `${who} found, silent for ${seconds(quietMs)} more: it takes this machine for something else until then`,
    );
  }
  const isArriving = unit.statusAt !== null && at - unit.statusAt <= STATUS_PATIENCE_MS;
  const joining = mode === 'cdj' ? describePlayer(state) : null;
  if (joining !== null) return { isReady: isArriving, text: `${who} found, ${joining}` };
  if (unit.statusAt === null) {
    if (mode === 'lighting' && quietMs > 0) return not(`${who} found, listening for other programs first`);
    return not(`${who} ${mode === 'cdj' ? 'joined, waiting for its status' : 'found, asking it for status'}`);
  }
  if (!isArriving) {
    const next = mode === 'cdj' ? 'waiting for it' : 'asking again';
    const silentMs = at - unit.statusAt;
    const question = silentMs < LONG_SILENCE_MS ? '' : ': is it on, and its network cable in?';
    return not(`${who} silent for ${seconds(silentMs)}, ${next}${question}`);
  }
  const loaded = DECK_NUMBERS.filter(number => decks.get(number)?.trackId != null).length;
  const { refused } = state.counts;
  const stray = refused === 0 ? '' : `, ${refused} stray datagrams passed over`;
  const how =
    mode === 'cdj'
      ? `cdj mode (player ${state.player.number}: positions, but no song structures and no artwork)`
      : 'lighting mode';
  const beside = rivals === '' ? '' : `; ${rivals} poses as lighting too`;
  return { isReady: true, text: `${who}, ${how}, ${loaded} of 4 decks loaded${stray}${beside}` };
}

/** Describes the trouble with the interface by which the unit would be heard; null: none, or nobody has looked. */
function interfaceTrouble({ options, interfaces, reachedBy, absence }: SessionState): string | null {
  if (reachedBy !== null) {
    return interfaces.some(({ name }) => name === reachedBy.name) ? null : absenceText(reachedBy, absence);
  }
  const isHere = isLoopback(options.interface) || isLoopback(options.unitAddress);
  const isNothingUp = interfaces.length > 0 && interfaces.every(({ address }) => isLoopback(address));
  return isNothingUp && !isHere ? NO_INTERFACE : null;
}

/** Describes the obstacle to our number among players; null: the number is ours. */
function describePlayer({ player }: SessionState): string | null {
  const { number, challenge, others, address } = player;
  if (challenge !== null) {
    return `silent: "${challenge.by.name}" at ${challenge.by.address} uses player number ${number} too`;
  }
  if (number !== null) return isOurs(player) ? null : `joining as player ${number}`;
  if (address === null) return 'listening for the numbers of other players';
  const takers = [...others.values()].filter(other => (PLAYER_NUMBERS as readonly number[]).includes(other.number));
  const list = takers.map(other => `"${other.name}" at ${other.address} has ${other.number}`).join(', ');
  return `silent: no player number is free (${list}); switch one of them off`;
}

const seconds = (ms: Ms): string => `${(ms / 1000).toFixed(0)} s`;
