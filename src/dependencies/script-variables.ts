/**
 * Matches variables that npm, pnpm and Yarn set for the scripts that they run, such as `npm_package_version`. They
 * count where code reads one by its name. Which of them exist differs between `npm test` and `npx jest-testmon`.
 */
export const OF_SCRIPTS = /^npm_/;
