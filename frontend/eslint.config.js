import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// The folders of the buyer's page, lowest first. A folder imports only lower folders, so that
// a part that is loaded later pulls in only what it needs, and there are no import cycles.
const reviewFolders = ['base', 'comments', 'preview', 'compare', 'files', 'talk', 'decision', 'sharing'];
const reviewRules = reviewFolders.slice(0, -1).map((folder, n) => {
  const higher = reviewFolders.slice(n + 1).join('|');
  const upward = { regex: `^(\\.\\./)+(${higher})/`, message: `src/review/${folder} imports only lower folders.` };
  return { files: [`src/review/${folder}/**`], rules: { 'no-restricted-imports': ['error', { patterns: [upward] }] } };
});

export default ts.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'test-results',
      '.svelte-check',
      'src/lib/paraglide',
      'src/lib/api/bound.ts',
      'src/lib/api/schema.d.ts',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      'no-undef': 'off', // TypeScript knows
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'svelte/prefer-svelte-reactivity': 'off', // local Dates and Maps are values, not state
    },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines': ['error', { max: 150 }] } },
  ...reviewRules,
);
