import { contains } from '../text/span.ts';
import type { Location, Span } from '../text/span.ts';
import type { XmlElement } from '../xml/tree.ts';
import { domainXmlOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { elementAt } from './domain-hover.ts';
import { mentionsInDomain } from './domain-xml/references.ts';
import { allOccurrences, sameThing } from './occurrences.ts';
import type { Occurrence } from './occurrences.ts';

/**
 * Places that name what is named at an offset: a host, a domain, a disk or an interface. In domain
 * XML the whole element of a disk or interface stands for it. `declarations` adds the places that
 * give it its name.
 */
export function references(
  context: ServiceContext,
  offset: number,
  {
    descriptors,
    declarations,
  }: { readonly descriptors: readonly string[]; readonly declarations: boolean },
): readonly Location[] {
  const { workspace, cache, uri } = context;
  const xml = domainXmlOf(context);
  const inFile = xml === undefined ? [] : mentionsInDomain(xml, offset, declarations);
  if (inFile.length > 0) return inFile.map((span) => ({ uri, span }));
  const all = allOccurrences({ workspace, cache, descriptors: [...descriptors, uri] });
  const here = all.filter((each) => each.uri === uri);
  const one = here.find(({ span }) => contains(span, offset)) ?? ofDevice(context, offset, here);
  if (one === undefined) return [];
  return sameThing(all, one)
    .filter(({ defines }) => declarations || !defines)
    .map(({ uri: file, span }) => ({ uri: file, span }));
}

/** Places of a descriptor that name the same thing as the one at an offset, this one included. */
export function highlightsInDescriptor(context: ServiceContext, offset: number): readonly Span[] {
  const { workspace, cache, uri } = context;
  const all = allOccurrences({ workspace, cache, descriptors: [uri] }).filter(
    (each) => each.uri === uri,
  );
  const one = all.find(({ span }) => contains(span, offset));
  return one === undefined ? [] : sameThing(all, one).map(({ span }) => span);
}

/** The name of the disk or interface whose element holds an offset. */
function ofDevice(
  context: ServiceContext,
  offset: number,
  here: readonly Occurrence[],
): Occurrence | undefined {
  const xml = domainXmlOf(context);
  if (xml === undefined) return undefined;
  let element: XmlElement | undefined = elementAt(xml.document.root, offset);
  while (element !== undefined && element.name !== 'disk' && element.name !== 'interface') {
    element = element.parent;
  }
  const { start, end } = element?.span ?? { start: 0, end: -1 };
  return here.find(({ span }) => span.start >= start && span.end <= end);
}
