import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { TextEdit } from '../problems.ts';
import { contains } from '../text/span.ts';
import type { Span } from '../text/span.ts';
import { yamlText } from './complete-items.ts';
import type { ServiceContext } from './context.ts';
import { allOccurrences, sameThing } from './occurrences.ts';
import type { Occurrence } from './occurrences.ts';

/** The name at an offset that can be changed everywhere; undefined where nothing is named. */
export function renamable(
  context: ServiceContext,
  offset: number,
  descriptors: readonly string[],
): { readonly span: Span; readonly name: string } | undefined {
  const one = occurrenceAt(context, offset, descriptors)?.one;
  if (one === undefined || one.kind === 'interface') return undefined;
  return { span: withoutQuotes(context, one), name: one.name };
}

export type Renaming =
  | { readonly edits: readonly TextEdit[] }
  /** Why this name cannot be taken. */
  | { readonly refused: Message };

/**
 * Gives a host, a domain or a disk another name in every file that names it: migrations, the
 * inventory, the linked domain XML. Undefined where nothing is named. Hosts themselves are not
 * touched: renaming a domain in files does not rename it in libvirt.
 */
export function rename(
  context: ServiceContext,
  { offset, name }: { readonly offset: number; readonly name: string },
  descriptors: readonly string[],
): Renaming | undefined {
  const found = occurrenceAt(context, offset, descriptors);
  if (found === undefined || found.one.kind === 'interface') return undefined;
  const { one, all } = found;
  const places = sameThing(all, one);
  const refused = refusalOf(one, name, { places, all });
  if (refused !== undefined) return { refused };
  return {
    edits: places.map((place) => ({
      uri: place.uri,
      span: place.span,
      newText: written(context, place, name),
    })),
  };
}

/** What is named at an offset, and every place that names anything. */
export function occurrenceAt(
  context: ServiceContext,
  offset: number,
  descriptors: readonly string[],
): { readonly one: Occurrence; readonly all: readonly Occurrence[] } | undefined {
  const { workspace, cache, uri } = context;
  const all = allOccurrences({ workspace, cache, descriptors: [...descriptors, uri] });
  const one = all.find((each) => each.uri === uri && contains(each.span, offset));
  return one === undefined ? undefined : { one, all };
}

function refusalOf(
  one: Occurrence,
  name: string,
  known: { readonly places: readonly Occurrence[]; readonly all: readonly Occurrence[] },
): Message | undefined {
  if (name === one.name) return undefined;
  switch (one.kind) {
    case 'host':
      if (name === '' || /[\s/]/.test(name)) {
        return say('“{0}” cannot be the name of a host: it holds white space or a slash.', name);
      }
      break;
    case 'domain':
      // libvirt refuses a slash and white space alone (virXMLCheckIllegalChars, virDomainDefPostParse).
      if (name.trim() === '' || /[\n/]/.test(name)) {
        return say(
          '“{0}” cannot be the name of a domain: libvirt takes no slash and no empty name.',
          name,
        );
      }
      break;
    default:
      // The pattern of diskTarget in libvirt's grammar (domaincommon.rng).
      if (!/^(ioemu:)?(fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+$/.test(name)) {
        return say(
          '“{0}” is no target of a disk: libvirt takes vda, sda, hda, fda, xvda and the like.',
          name,
        );
      }
  }
  const files = new Set(known.places.map(({ uri }) => uri));
  const taken = known.all.some(
    (other) =>
      other.kind === one.kind &&
      other.name === name &&
      other.defines &&
      files.has(other.uri) &&
      !known.places.includes(other),
  );
  return taken ? say('“{0}” is the name of another one here.', name) : undefined;
}

/** The name as this place has to write it. */
function written(
  context: ServiceContext,
  { uri, span, language }: Occurrence,
  name: string,
): string {
  const text = context.workspace.read(uri) ?? '';
  if (language !== 'yaml') {
    const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const quote = text.charAt(span.start - 1);
    if (language === 'xml-text') return escaped;
    return quote === "'" ? escaped.replaceAll("'", '&apos;') : escaped.replaceAll('"', '&quot;');
  }
  const quote = text.charAt(span.start);
  if (quote === "'") return `'${name.replaceAll("'", "''")}'`;
  return quote === '"' ? JSON.stringify(name) : yamlText(name);
}

function withoutQuotes(context: ServiceContext, { uri, span, language }: Occurrence): Span {
  const text = context.workspace.read(uri) ?? '';
  const quoted = language === 'yaml' && /["']/.test(text.charAt(span.start));
  return quoted ? { start: span.start + 1, end: span.end - 1 } : span;
}
