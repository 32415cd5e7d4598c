/** The directions of the house: core <- hosts <- {client, cli}, core <- server. */
const only = (from, allowed, comment) => ({
  name: `${from}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    path: '^(core|hosts|server|client|cli|scripts|test)/',
    pathNot: `^(${[from, ...allowed].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    only('core', [], 'core is the innermost part'),
    only('hosts', ['core'], 'hosts knows core alone'),
    only('server', ['core'], 'the server knows no ssh and no editor'),
    only('client', ['core', 'hosts'], 'the client knows core and hosts'),
    only(
      'cli',
      ['core', 'hosts', 'server'],
      'the command line also starts the server (livemigrate lsp)',
    ),
    {
      name: 'core-is-pure',
      comment: 'core imports yaml and nothing else',
      severity: 'error',
      from: { path: '^core/' },
      to: {
        dependencyTypes: [
          'core',
          'npm',
          'npm-dev',
          'npm-optional',
          'npm-peer',
          'undetermined',
          'npm-no-pkg',
          'npm-unknown',
        ],
        pathNot: 'node_modules/yaml/',
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^(core|hosts|server|client|cli)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(vscode|cpu-features)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
