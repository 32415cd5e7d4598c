import type { Span } from '../text/span.ts';
import { migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';

export interface DocumentLink {
  readonly span: Span;
  readonly target: string;
}

/** The `domainXml` path as a link to the file; none for a file that is not there. */
export function documentLinks(context: ServiceContext): readonly DocumentLink[] {
  const around = migrationOf(context);
  const path = around?.descriptor.migration.domainXml;
  if (path === undefined || around?.domainXml === undefined) return [];
  return [{ span: path.span, target: around.domainXml.uri }];
}
