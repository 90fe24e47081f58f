/** Report of a test as JUnit XML, which build servers read. Source of the form: the schema that Jenkins publishes. */
import { xmlText } from '../../text/xml-text.ts';
import type { ExpectationVerdict } from './judge-expectation.ts';
import type { Tested } from './play-scene.ts';
import { verdictLines } from './test-text.ts';

export function junitText({ file, profile }: Tested, verdicts: readonly ExpectationVerdict[]): string {
  const failures = verdicts.filter(({ difference }) => difference !== null).length;
  const cases = verdicts.flatMap(verdict => {
    const { expected, text, difference } = verdict;
    const head = `    <testcase name="${xmlText(text)}" classname="${xmlText(file)}" file="${xmlText(file)}" line="${expected.line}"`;
    if (difference === null) return [`${head}/>`];
    const told = verdictLines(file, verdict).join('\n');
    return [
      `${head}>`,
      `      <failure message="${xmlText(difference.what)}">${xmlText(told)}</failure>`,
      '    </testcase>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${xmlText(profile.name)}" tests="${verdicts.length}" failures="${failures}" errors="0" skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
