/** Report of a test as JUnit XML, which build servers read. Source of the form: the schema that Jenkins publishes. */
import type { ExpectationVerdict } from './judge-expectation.ts';
import type { Tested } from './play-scene.ts';
import { verdictLines } from './test-text.ts';

export function junitText({ file, profile }: Tested, verdicts: readonly ExpectationVerdict[]): string {
  const failures = verdicts.filter(({ difference }) => difference !== null).length;
  const cases = verdicts.flatMap(verdict => {
    const { expected, text, difference } = verdict;
    const head = `    <testcase name="${escaped(text)}" classname="${escaped(file)}" file="${escaped(file)}" line="${expected.line}"`;
    if (difference === null) return [`${head}/>`];
    const told = verdictLines(file, verdict).join('\n');
    return [
      `${head}>`,
      `      <failure message="${escaped(difference.what)}">${escaped(told)}</failure>`,
      '    </testcase>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escaped(profile.name)}" tests="${verdicts.length}" failures="${failures}" errors="0" skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Signs that XML 1.0 has no way to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to leave out
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escaped = (text: string): string =>
  text.replaceAll(UNWRITABLE, '?').replaceAll(/[&<>"]/g, sign => SIGNS[sign] ?? sign);
