import { readFileSync } from 'node:fs';

// The libraries as package.json names them (#domain/*): the tests run their sources, not dist/.
const { imports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const libs = Object.keys(imports).map((pattern) => pattern.slice(1, -'/*'.length));

// CommonJS packages that require() an ESM-only one: jest's loader cannot do that on Node < 24.9, so these are down-levelled.
const esmRequiredByCjs = ['content-disposition', 'cookie'];

const longer = ['/test/engines/.*-(faults|kill|model)\\.spec\\.ts$'];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // The longer ones of the server engines: npm run test:engines.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.GATEHOUSE_ENGINES ? [] : longer)],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    [`^#(${libs.join('|')})/(.*)\\.js$`]: '<rootDir>/libs/$1/$2.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmRequiredByCjs.join('|')})/)`],
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
      },
    ],
  },
  workerIdleMemoryLimit: '700MB',
  testTimeout: 30_000,
};
