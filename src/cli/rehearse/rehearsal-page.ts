/** Report of a rehearsal as one page of HTML that needs nothing else. */
import { FINDINGS } from '../../rehearsal/findings.ts';
import { showTime } from '../terminal/transcript.ts';
import type { Found, RehearsalReport } from './rehearsal-report.ts';
import { countText, namesText, type RehearsalAsked } from './rehearsal-text.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8884; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
.small { font-size: .9em; opacity: .8; }
`;

export function rehearsalPage(report: RehearsalReport, asked: RehearsalAsked): string {
  const { evenings, found, unreached, messages, moments } = report;
  const title = `Rehearsal of ${asked.file}`;
  const cut = evenings < asked.asked ? `; stopped before ${asked.asked}` : '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
<p>Simulated: ${evenings} evenings of ${asked.minutes} minutes${cut}. ${escaped(asked.mode)} mode, ${moments} moments, ${messages} messages.
No real unit was met.</p>
<p class="small">Tracks: ${escaped(asked.tracks.join(', '))}</p>
<h2>${found.length === 0 ? 'Nothing was found' : 'What was found, the worst first'}</h2>
${found.length === 0 ? '' : `<table><tr><th>What<th>Of<th>How often<th>First<th>Play it again</tr>\n${found.map(each => row(each, asked)).join('\n')}\n</table>`}
${unreached.length === 0 ? '' : `<h2>What no evening reached</h2>\n<ul>\n${unreached.map(({ rule, line, text }) => `<li><code>${escaped(rule)}</code>${line === null ? '' : `, line ${line}`}: ${escaped(text)}`).join('\n')}\n</ul>`}
</html>
`;
}

function row(found: Found, { again }: RehearsalAsked): string {
  const { kind, line, text, example, seed, weather } = found;
  const at =
    example === null ? '' : `${showTime(example.atMs)}${example.deck === null ? '' : `, deck ${example.deck}`}: `;
  const incident = example?.incident == null ? '' : ` (${example.incident})`;
  const command = seed === null ? '' : `<code>decklight rehearse ${escaped(again)} --seed ${seed}</code>`;
  return `<tr><td>${FINDINGS[kind]}<td>${escaped(namesText(found))}${line === null ? '' : `, line ${line}`}<td>${countText(found)}<td>${escaped(`${at}${text}${incident}`)}<div class="small">${escaped(weather ?? '')}</div><td>${command}</tr>`;
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, sign => SIGNS[sign] ?? sign);
