import tseslint from 'typescript-eslint';

/** What may not appear in the domain: decisions are pure, so time, ids and randomness arrive with the command. */
const impure = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The clock arrives as env.now.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock arrives as env.now.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness arrives with the command.',
  },
  { selector: ':function[async=true]', message: 'The domain does no I/O.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', 'data'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['apps/cli/**', 'scripts/**', 'test/**', '**/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['apps/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['libs/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
);
