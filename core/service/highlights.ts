import type { Span } from '../text/span.ts';
import { domainXmlOf, isEditable } from './context.ts';
import type { ServiceContext } from './context.ts';
import { highlights } from './domain-xml/references.ts';
import { highlightsInDescriptor } from './references.ts';
import { tagPairAt } from './domain-xml/tag-pair.ts';

/** What is highlighted with the place of the cursor; empty where nothing belongs to it. */
export function documentHighlights(context: ServiceContext, offset: number): readonly Span[] {
  if (!isEditable(context)) return [];
  const xml = domainXmlOf(context);
  return xml === undefined ? highlightsInDescriptor(context, offset) : highlights(xml, offset);
}

/** Ranges that change together while one of them is typed over: the names of a tag pair. */
export function linkedRanges(context: ServiceContext, offset: number): readonly Span[] {
  if (!isEditable(context)) return [];
  const xml = domainXmlOf(context);
  const pair = xml === undefined ? undefined : tagPairAt(xml, offset);
  return pair === undefined || pair.spans.length < 2 ? [] : pair.spans;
}
