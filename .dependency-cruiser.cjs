/** The house's rules: who may import whom. docs/architecture.md shows the picture. */
const TEST_CODE = ['\\.spec\\.ts$', '\\.contract\\.ts$', '/testing\\.ts$', '/testing-[a-z]+\\.ts$', '/testing/'];
const lib = (name) => `^libs/${name}/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing-but-class-validator',
      comment: 'Decisions are pure: no framework, no I/O, no store.',
      severity: 'error',
      from: { path: lib('domain'), pathNot: TEST_CODE },
      to: { pathNot: [lib('domain'), 'node_modules/class-validator/'] },
    },
    {
      name: 'nest-only-in-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'libs-do-not-know-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'only-wiring-knows-adapters',
      comment: 'Ports everywhere; the apps choose the adapters in one place.',
      severity: 'error',
      from: {
        pathNot: ['^libs/[^/]+/(sqlite|mongodb|eventstoredb)/', ...TEST_CODE, '^apps/engines/'],
      },
      to: { path: '^libs/[^/]+/(sqlite|mongodb|eventstoredb)/' },
    },
    {
      name: 'server-adapters-are-loaded-only-where-they-are-configured',
      severity: 'error',
      from: { path: '^apps/engines/' },
      to: { path: '^libs/[^/]+/(mongodb|eventstoredb)/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^libs/([^/]+)/(sqlite|mongodb|eventstoredb)/', pathNot: TEST_CODE },
      to: { path: '^libs/([^/]+)/(sqlite|mongodb|eventstoredb)/', pathNot: '^libs/$1/$2/' },
    },
    {
      name: 'only-the-adapter-knows-the-eventstore-client',
      comment: 'Loaded lazily there: whoever has no server never loads it.',
      severity: 'error',
      from: { pathNot: ['^libs/event-store/eventstoredb/', ...TEST_CODE] },
      to: { path: 'node_modules/@eventstore/' },
    },
    {
      name: 'only-adapters-speak-to-mongodb',
      comment: 'The driver is loaded lazily there, in libs/mongodb/connection.ts.',
      severity: 'error',
      from: { pathNot: ['^libs/mongodb/', '^libs/[^/]+/mongodb/', ...TEST_CODE] },
      to: { path: ['^libs/mongodb/', 'node_modules/mongodb/'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { path: ['^test/', ...TEST_CODE] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    webpackConfig: { fileName: '.dependency-cruiser.resolve.cjs' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
