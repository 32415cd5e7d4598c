import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * One spelling for each URI. Editors encode `file:` URIs differently from Node (`c%3A`, `%40`…);
 * everything that is kept by URI is kept under this spelling.
 */
export function canonicalUri(uri: string): string {
  const known = canonical.get(uri);
  if (known !== undefined) return known;
  const path = filePath(uri);
  const found = path === undefined ? uri : pathToFileURL(path).href;
  if (canonical.size >= 16_384) canonical.clear();
  canonical.set(uri, found);
  return found;
}

/** Answers of `canonicalUri`, which is asked thousands of times for each document. */
const canonical = new Map<string, string>();

/**
 * Path of a `file:` URI on this machine; undefined for other schemes and for other machines: on
 * Windows, opening `//host/share` sends credentials, so a file must not be able to ask for it.
 */
export function filePath(uri: string): string | undefined {
  if (!/^file:\/\//i.test(uri)) return undefined;
  try {
    const url = new URL(uri);
    return url.host === '' || url.host === 'localhost' ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

/** Where a path written in the document `base` leads. */
export function resolvePath(
  base: string,
  path: string,
  fallbackFolder: string | undefined,
): string {
  if (/^file:\/\//i.test(path)) return canonicalUri(path);
  const basePath = filePath(base);
  const folder = basePath === undefined ? fallbackFolder : dirname(basePath);
  if (folder !== undefined) return pathToFileURL(resolve(folder, path)).href;
  if (isAbsolute(path)) return pathToFileURL(path).href;
  try {
    return new URL(encodeURI(path), base).href;
  } catch {
    return `unresolved:${encodeURIComponent(path)}`;
  }
}
