import { importX } from 'eslint-plugin-import-x'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import tseslint from 'typescript-eslint'

/** Who may import whom. A folder that is not named here may import nothing but itself. */
const mayImport = {
  core: [],
  config: ['core'],
  store: ['config', 'core'],
  'sip/edge': ['core'],
  'sip/agent': ['sip/edge', 'config', 'core'],
  'media/engine': ['media', 'core'],
  'media/freeswitch': ['media', 'config', 'core'],
  media: ['config', 'core'],
  routing: ['core'],
  calls: ['sip/agent', 'media', 'routing', 'store', 'config', 'core'],
  voicemail: ['calls', 'media', 'store', 'config', 'core'],
  queues: ['calls', 'media', 'store', 'config', 'core'],
  fax: ['calls', 'media', 'store', 'config', 'core'],
  messaging: ['calls', 'media', 'store', 'config', 'core'],
  integrations: ['calls', 'media', 'store', 'config', 'core'],
  'admin-api': [
    'voicemail',
    'queues',
    'fax',
    'messaging',
    'integrations',
    'calls',
    'routing',
    'store',
    'config',
    'core',
  ],
}

const subfolders = { media: ['media/engine', 'media/freeswitch'] }

/** The files of a folder: `media` means the contract in it, not the substrates below it. */
function filesOf(folder) {
  const below = subfolders[folder]
  return below ? [`./${folder}/*.ts`] : [`./${folder}/**/*.ts`]
}

const folders = Object.keys(mayImport)
const zones = folders.map((folder) => ({
  target: filesOf(folder),
  from: [
    ...folders.filter((other) => other !== folder && !mayImport[folder].includes(other)),
    'app',
    'test',
    'web',
  ].flatMap(filesOf),
  message: `${folder}/ may import only ${mayImport[folder].join(', ') || 'nothing'}`,
}))

const onlyHere = (name, folder) => ({
  files: ['**/*.ts'],
  ignores: [`${folder}/**/*.ts`, 'test/**/*.ts'],
  rules: { 'no-restricted-imports': ['error', { paths: [{ name, message: `only ${folder}/ talks to ${name}` }] }] },
})

const noTimers = ['setTimeout', 'setInterval'].map((name) => ({ name, message: 'time is injected: use core/clock.ts' }))

export default tseslint.config(
  { ignores: ['dist/', 'data/', 'node_modules/', 'web/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['core/clock.ts', 'media/engine/**/*.ts', 'test/**/*.ts', '**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', ...noTimers] },
  },
  onlyHere('drachtio-srf', 'sip/agent'),
  onlyHere('drachtio-fsmrf', 'media/freeswitch'),
  {
    files: ['test/**/*.ts', '**/*.test.ts'],
    rules: {
      // tap's t.test() and t.teardown() return promises that tap itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [{ from: 'package', package: '@tapjs/core', name: ['test'] }],
          allowForKnownSafePromises: [],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['app/cli.ts', 'app/cli/**/*.ts', 'test/demo/**/*.ts', 'test/bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
)
