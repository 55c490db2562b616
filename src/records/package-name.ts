/** Returns the package name, `@scope/name` or `name`, of an import specifier or of a manual mock's name. */
export function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Returns the name of an installed package.
 * @param folder Stored path of its folder.
 */
export function installedName(folder: string): string {
  return folder.replace(/^.*node_modules\//, '');
}
