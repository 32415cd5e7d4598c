import type { Span } from '../text/span.ts';
import type { Lookahead } from './lookahead.ts';

export interface DocumentType {
  readonly span: Span;
  /** It names a file outside: as its own external subset or in an entity. */
  readonly external: boolean;
}

/**
 * Finds where a `<!DOCTYPE …>` ends and whether it refers to anything outside. Nothing of it is ever
 * read: libvirt's domain XML has none, and what a document type can declare is dangerous. When its
 * end is missing it ends with its line, so that what is behind it is still seen.
 */
export function scanDocumentType(text: string, open: number, ahead: Lookahead): DocumentType {
  let depth = 0;
  let external = false;
  let at = open + '<!DOCTYPE'.length;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quotation || code === apostrophe) {
      at = ahead.next(String.fromCharCode(code), at + 1) + 1;
    } else if (code === lessThan && text.startsWith('<!--', at)) {
      at = ahead.next('-->', at + 4) + 3;
    } else if (code === lessThan && text.startsWith('<?', at)) {
      at = ahead.next('?>', at + 2) + 2;
    } else if (code === openBracket) {
      depth++;
      at++;
    } else if (code === closeBracket) {
      depth--;
      at++;
    } else if (code === greaterThan && depth <= 0) {
      return { span: { start: open, end: at + 1 }, external };
    } else {
      external ||= text.startsWith('SYSTEM', at) || text.startsWith('PUBLIC', at);
      at++;
    }
  }
  const line = ahead.next('\n', open);
  return { span: { start: open, end: line }, external };
}

const quotation = 0x22;
const apostrophe = 0x27;
const lessThan = 0x3c;
const greaterThan = 0x3e;
const openBracket = 0x5b;
const closeBracket = 0x5d;
