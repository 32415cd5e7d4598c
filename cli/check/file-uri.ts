import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Makes URIs of absolute paths; of the files of one folder only the first costs more than its name. */
export function fileUris(): (path: string) => string {
  const folders = new Map<string, string>();
  return (path) => {
    const name = path.slice(path.lastIndexOf(sep) + 1);
    // What a URI spells as the file system does.
    if (!/^[\w-][\w.-]*$/.test(name)) return pathToFileURL(path).href;
    const folder = path.slice(0, -name.length - 1);
    const known = folders.get(folder);
    if (known !== undefined) return `${known}/${name}`;
    const uri = pathToFileURL(path).href;
    folders.set(folder, uri.slice(0, -name.length - 1));
    return uri;
  };
}
