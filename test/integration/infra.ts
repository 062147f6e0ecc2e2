import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Testing from '../../infra/broker/testing.mjs';
import { projectDir } from '../../src/project-dir.js';

const file = pathToFileURL(join(projectDir(), 'infra/broker/testing.mjs'));

/** infra/ is plain JavaScript and isn't copied to dist/: it is loaded from where it lies. */
export const infra = (await import(file.href)) as typeof Testing;
