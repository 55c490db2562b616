/** `@scope/name` or `name` of a specifier, or of what a manual mock stands for. */
export function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
