/** Files that come with the package, from the sources as well as from the build. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param path from the top of the package: `profiles/demo.yaml` */
export function packageFile(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  return join(folder, path);
}
