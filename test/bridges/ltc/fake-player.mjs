// Plays nothing: reads samples and keeps them. Arguments: a file to append to, and what it does: keep, die, deaf, hang.
import { appendFileSync } from 'node:fs';

const [, , file, act] = process.argv;
let bytes = 0;
if (act === 'hang') process.on('SIGTERM', () => {});
if (act === 'deaf') setInterval(() => {}, 1000);
else {
  process.stdin.on('data', chunk => {
    appendFileSync(file, chunk);
    bytes += chunk.length;
    if (act === 'die' && bytes > 9600) {
      process.stderr.write('no more of this\n');
      process.exit(3);
    }
  });
}
