import { join } from 'node:path';
import { projectDir } from '../../src/project-dir.js';

/** The reference job's network: the seed's 21 layers. */
export const modelFolder = join(projectDir(), 'models', 'daejeon');

/** Candidates in a prediction. */
export const topK = 5;
