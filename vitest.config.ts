import { defineConfig } from 'vitest/config';

/** Simulated hours, many values of one law, real processes and sockets, programs of others: the names say why a file takes long. */
const LONG = ['test/**/*.{evening,sweep,process,oracle}.test.ts'];
/** Tests of an emulated machine, which `npm run test:rig` runs inside it, by Node's own runner: a tenth of this one's start. */
const RIG = ['test/rig/*.rig.test.ts'];

export default defineConfig({
  test: {
    // No measure of speed: a machine under any load keeps them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    pool: 'threads',
    setupFiles: ['test/setup.ts'],
    projects: [
      {
        extends: true,
        // One load of mathjs and zod per worker: what a file leaves behind the next one finds.
        test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: [...LONG, ...RIG], isolate: false },
      },
      {
        extends: true,
        test: {
          ...{ name: 'long', include: LONG, pool: 'forks', testTimeout: 1_200_000 },
          execArgv: ['--max-semi-space-size=64'],
        },
      },
    ],
  },
});
