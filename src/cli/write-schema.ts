/** Writes profiles/profile.schema.json, which editors check profiles with: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BRIDGES } from '../../bridges/index.ts';
import { profileJsonSchema } from '../profile/schema/profile-schema.ts';

writeFileSync(
  fileURLToPath(new URL('../../profiles/profile.schema.json', import.meta.url)),
  profileJsonSchema(BRIDGES),
);
