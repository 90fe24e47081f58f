/** Writes the schemas that others check with: profiles/profile.schema.json for editors, and that of `/state`: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BRIDGES } from '../../bridges/index.ts';
import { stateJsonSchema } from '../../bridges/monitor/state-schema.ts';
import { profileJsonSchema } from '../profile/schema/profile-schema.ts';

const write = (path: string, text: string): void =>
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);

write('profiles/profile.schema.json', profileJsonSchema(BRIDGES));
write('bridges/monitor/state.schema.json', stateJsonSchema());
