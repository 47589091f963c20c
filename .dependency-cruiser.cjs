/** The house's rules: who may import whom. docs/architecture.md shows the picture. */
const lib = (name) => `^libs/${name}/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing-but-class-validator',
      comment: 'Decisions are pure: no framework, no I/O, no store.',
      severity: 'error',
      from: { path: lib('domain'), pathNot: '\\.spec\\.ts$|/testing/' },
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
      comment: 'Ports everywhere; apps choose the adapter in one place each.',
      severity: 'error',
      from: { pathNot: ['^libs/[^/]+/sqlite/', '\\.spec\\.ts$', '^apps/[^/]+/(wiring|worker|embedded|in-process)\\.ts$', '^apps/cli/'] },
      to: { path: '^libs/[^/]+/sqlite/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^libs/([^/]+)/sqlite/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/([^/]+)/sqlite/', pathNot: '^libs/$1/sqlite/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|contract)\\.ts$|/testing/|/testing\\.ts$' },
      to: { path: ['^test/', '\\.(spec|contract)\\.ts$'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
