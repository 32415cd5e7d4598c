import { documentKind } from './document-kind.ts';
import type { DomainXml, ParseCache } from './parse-cache.ts';
import type { Surroundings } from './surroundings.ts';
import { surroundingsOf } from './surroundings.ts';
import type { Workspace } from './workspace.ts';

/** The document that a feature is asked about, and the world around it. */
export interface ServiceContext {
  readonly uri: string;
  /** The editor's language id; undefined for a document known only by its name. */
  readonly languageId: string | undefined;
  readonly workspace: Workspace;
  readonly cache: ParseCache;
}

/** The document as text and kind; undefined when it is none of ours. */
export function documentOf(
  context: ServiceContext,
): { readonly kind: 'descriptor' | 'domain-xml'; readonly text: string } | undefined {
  const text = context.workspace.read(context.uri);
  if (text === undefined) return undefined;
  const kind = documentKind(context.uri, context.languageId, text);
  return kind === undefined ? undefined : { kind, text };
}

/** The document as a migration, with what it refers to. */
export function migrationOf(context: ServiceContext): Surroundings | undefined {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return undefined;
  const descriptor = context.cache.descriptor(context.uri, document.text);
  if (descriptor.kind !== 'Migration') return undefined;
  return surroundingsOf(descriptor, context.workspace, context.cache);
}

/**
 * Is this a text that somebody edits? Longer ones are refused by the parsers with one problem, and
 * nothing else is to be said of them.
 */
export function isEditable(context: ServiceContext): boolean {
  return (context.workspace.read(context.uri) ?? '').length <= editableLimit;
}

/** UTF-16 code units; the parsers' own limits are not above it. */
const editableLimit = 8 * 1024 * 1024;

export function domainXmlOf(context: ServiceContext): DomainXml | undefined {
  const document = documentOf(context);
  return document?.kind === 'domain-xml'
    ? context.cache.domainXml(context.uri, document.text)
    : undefined;
}
