import tseslint from 'typescript-eslint';

/**
 * Which folders of src/ each folder may import from: the table in docs/architecture.md.
 * "geo", "wire" and "partition" may import each other's types only.
 */
const mayImport = {
  geo: [],
  wire: [],
  partition: [],
  model: ['partition'],
  broker: ['wire'],
  producer: ['geo', 'wire', 'partition', 'model', 'broker'],
  stage: ['geo', 'wire', 'partition', 'model', 'broker'],
  sink: ['geo', 'wire', 'partition', 'model', 'broker'],
  control: ['geo', 'wire', 'partition', 'model', 'broker'],
  observe: ['geo', 'wire', 'partition', 'model', 'broker'],
};
const typesOnly = {
  geo: ['wire', 'partition'],
  wire: ['geo', 'partition'],
  partition: ['geo', 'wire'],
};

/** The one folder (or file) that may import each library with a wide surface. */
const importedBy = {
  '@tensorflow': 'model',
  h5wasm: 'model',
  yauzl: 'model',
  kafkajs: 'broker',
  avsc: 'wire',
  'zstd-codec': 'wire',
  'prom-client': 'observe',
  pino: 'log.ts',
};

const folders = [...Object.keys(mayImport), 'cli'];

function libraryPatterns(owner) {
  return Object.entries(importedBy)
    .filter(([, only]) => only !== owner)
    .map(([library, only]) => ({
      group: [library, `${library}/**`],
      message: `Only src/${only} imports ${library}.`,
    }));
}

function boundary(folder) {
  const allowed = mayImport[folder];
  const patterns = libraryPatterns(folder);
  if (allowed !== undefined) {
    for (const other of folders) {
      if (other === folder || allowed.includes(other)) continue;
      const asType = typesOnly[folder]?.includes(other) ?? false;
      patterns.push({
        group: [`**/${other}/**`, `!./**`],
        allowTypeImports: asType,
        message: `src/${folder} may not import ${asType ? 'values ' : ''}from src/${other}.`,
      });
    }
  }
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', '.stagecoach/**', 'models/**', 'data/**'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
    },
  },
  ...folders.map(boundary),
  {
    files: ['src/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: libraryPatterns('') }],
    },
  },
  {
    files: ['src/log.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: libraryPatterns('log.ts') },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // node:test's describe and it return promises that its runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'suite'], package: 'node:test' },
          ],
        },
      ],
    },
  },
);
