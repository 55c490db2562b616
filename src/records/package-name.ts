/** `@scope/name` or `name` of a specifier, or of what a manual mock stands for. */
export function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The name of an installed package, by the stored path of its folder. */
export function installedName(folder: string): string {
  return folder.replace(/^.*node_modules\//, '');
}
