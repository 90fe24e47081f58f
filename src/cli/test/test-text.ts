/** Report of a test: for people a few lines each, for machines one object. */
import type { Coverage, CoveredLine } from './coverage.ts';
import type { ExpectationVerdict } from './judge-expectation.ts';
import type { Tested } from './play-scene.ts';

export function verdictLines(
  file: string,
  { expected, text, difference, rules }: ExpectationVerdict,
): readonly string[] {
  const at = `${file}:${expected.line}`;
  if (difference === null) return [`ok    ${at}  ${text}`];
  return [
    `FAIL  ${at}  ${text}`,
    `      ${difference.what}`,
    ...rules.map(({ name, line }) => `      rule: ${file}:${line}  ${name}`),
    ...difference.instead.map(line => `      there: ${line}`),
    ...difference.why.map(line => `      why: ${line}`),
  ];
}

export function coverageLines({ file }: Tested, { rules, tracks }: Coverage): readonly string[] {
  const place = ({ line }: CoveredLine): string => (line === null ? file : `${file}:${line}`);
  return [
    ...rules.unfired.map(each => `note  ${place(each)}  nothing fired the rule "${each.name}"`),
    ...tracks.unplayed.map(each => `note  ${place(each)}  nothing played ${each.name}`),
    `coverage: ${rules.all - rules.unfired.length} of ${rules.all} rules fired, ${tracks.all - tracks.unplayed.length} of ${tracks.all} tracks played`,
  ];
}

/** As docs/json.md promises it. */
export const testJson = ({ file }: Tested, verdicts: readonly ExpectationVerdict[], { rules, tracks }: Coverage) => ({
  file,
  ok: verdicts.every(({ difference }) => difference === null),
  expectations: verdicts.map(({ expected, text, difference, rules: named }) => ({
    line: expected.line,
    text,
    ok: difference === null,
    rules: named,
    difference,
  })),
  coverage: { rules: rules.all, unfired: rules.unfired, tracks: tracks.all, unplayed: tracks.unplayed },
});
