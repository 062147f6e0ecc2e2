import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that set-up and the broker write outside node_modules and dist; safe to delete. */
export const stateDir = join(root, '.stagecoach');
