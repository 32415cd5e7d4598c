/** What the language service makes of a document. */
export type DocumentKind = 'descriptor' | 'domain-xml';

/** Language ids of the two kinds in editors. */
export const languageIds = { descriptor: 'live-migration', domainXml: 'libvirt-domain' } as const;

/**
 * The kind of a document, or undefined for one that is none of ours. Names decide first; any other
 * `xml` document counts only when its root element is `domain`.
 */
export function documentKind(
  uri: string,
  languageId: string | undefined,
  text: string,
): DocumentKind | undefined {
  if (languageId === languageIds.descriptor) return 'descriptor';
  if (languageId === languageIds.domainXml) return 'domain-xml';
  // A query or a fragment begins after what names the file.
  const end = uri.includes('?') || uri.includes('#') ? uri.search(/[?#]/) : uri.length;
  const path = uri.slice(0, end);
  if (isDescriptorName(path)) return 'descriptor';
  if (isDomainXmlName(path)) return 'domain-xml';
  const isXml = endsLike(path, '.xml');
  if (isXml && /\/libvirt\/qemu\/[^/]*$/i.test(path)) return 'domain-xml';
  if (languageId === 'xml' || (languageId === undefined && isXml)) {
    return rootElementName(text) === 'domain' ? 'domain-xml' : undefined;
  }
  return undefined;
}

export function isDescriptorName(path: string): boolean {
  return endsLike(path, '.migration.yaml') || endsLike(path, '.migration.yml');
}

/** By its name alone; other XML counts only when its root element is `domain`. */
export function isDomainXmlName(path: string): boolean {
  return endsLike(path, '.domain.xml');
}

/** Does the path end so, whatever its case? */
function endsLike(path: string, end: string): boolean {
  if (path.endsWith(end)) return true;
  // Most names end in another way altogether, which a few letters show.
  const last = path.length - 3;
  const isAlike = (path.charCodeAt(last) | 0x20) === end.charCodeAt(end.length - 3);
  return isAlike && path.slice(-end.length).toLowerCase() === end;
}

/** Characters of a prologue that are looked at; a longer one is nobody's domain XML. */
const prologueLimit = 64 * 1024;

/** Name of the first element, behind the declaration, comments and a document type. */
export function rootElementName(text: string): string | undefined {
  const head = text.slice(0, prologueLimit);
  let at = head.startsWith('\uFEFF') ? 1 : 0;
  for (;;) {
    while (/\s/.test(head.charAt(at))) at++;
    if (head.startsWith('<!--', at)) at = after(head, '-->', at + 4);
    else if (head.startsWith('<?', at)) at = after(head, '?>', at + 2);
    else if (head.startsWith('<!', at)) at = afterDoctype(head, at);
    else break;
  }
  const name = /^<([A-Za-z_][\w.:-]*)(?=[\s/>]|$)/.exec(head.slice(at, at + 256));
  return name?.[1];
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}

/** Skips `<!DOCTYPE … [ … ]>`: the first `>` outside the brackets of the internal subset. */
function afterDoctype(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '[') depth++;
    else if (character === ']') depth--;
    else if (character === '>' && depth <= 0) return i + 1;
  }
  return text.length;
}
