import type { Field } from '../descriptor/field-types.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { allRules } from '../rules/all.ts';
import { ignoresInYaml } from '../rules/ignore-comments.ts';
import { contains } from '../text/span.ts';
import type { Span } from '../text/span.ts';
import { parseQuantity } from '../units/quantity.ts';
import { entry } from '../yaml/tree.ts';
import type { YamlNode, YamlScalar } from '../yaml/tree.ts';
import { domainXmlOf, documentOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { otherWritings } from './conversions.ts';
import { diskCard, diskOf, domainOf } from './disk-facts.ts';
import { hoverDomainXml } from './domain-hover.ts';
import { vocabularyOf } from './domain-xml/vocabulary-of.ts';
import { fieldCard } from './field-card.ts';
import { fieldAt, placeAt, tableFor } from './field-table.ts';
import type { TreePlace } from './field-table.ts';
import { hostCard } from './host-card.ts';
import type { Surroundings } from './surroundings.ts';

export interface Hover {
  readonly span: Span;
  /** One sentence each; the arguments are code (names, values, paths). */
  readonly lines: readonly Message[];
  /** Address of a page with more. */
  readonly reference?: string;
}

/** What the text at an offset means; undefined where there is nothing to say. */
export function hover(context: ServiceContext, offset: number): Hover | undefined {
  const xml = domainXmlOf(context);
  if (xml !== undefined) {
    const grammar = context.workspace.grammar?.();
    return hoverDomainXml(xml, offset, grammar === undefined ? undefined : vocabularyOf(grammar));
  }
  const document = documentOf(context);
  if (document === undefined) return undefined;
  const { tree } = context.cache.descriptor(context.uri, document.text);
  const ignored = ignoresInYaml(context.uri, document.text, tree)
    .flatMap(({ ids }) => ids)
    .find(({ span }) => contains(span, offset));
  if (ignored !== undefined) {
    const lines = ruleLines(ignored.value);
    return lines.length === 0 ? undefined : { span: ignored.span, lines };
  }
  const place = placeAt(tree.root, offset);
  if (place === undefined) return undefined;
  const table = tableFor(scalarSource(entry(tree.root, 'kind')?.value));
  const field = fieldAt(table, place.path);
  if (field === undefined) return undefined;
  const parent = fieldAt(table, place.path.slice(0, -1));
  const around = migrationOf(context);
  const lines =
    place.on === 'key' ? keyLines(place, field, parent) : valueLines(place, field, around);
  return lines.length === 0 ? undefined : { span: place.node.span, lines };
}

function keyLines(place: TreePlace, field: Field, parent: Field | undefined): readonly Message[] {
  const name = String(place.path.at(-1));
  if (parent?.kind === 'map' && parent.keys === 'rule-id') {
    return ruleLines(name);
  }
  if (parent?.kind === 'map') return [parent.doc];
  const path = place.path.filter((step) => typeof step === 'string').join('.');
  return [say('{0}', path), ...fieldCard(field)];
}

function ruleLines(id: string): readonly Message[] {
  const rule = allRules.find((candidate) => candidate.id === id);
  return rule === undefined ? [] : [rule.summary, say('Its own level: {0}', rule.severity)];
}

function valueLines(
  place: TreePlace,
  field: Field,
  around: Surroundings | undefined,
): readonly Message[] {
  if (place.node.kind !== 'scalar') return [];
  const { source } = place.node;
  switch (field.kind) {
    case 'enum': {
      const doc = Object.hasOwn(field.values, source) ? field.values[source] : undefined;
      return doc === undefined ? fieldCard(field) : [doc];
    }
    case 'quantity': {
      const result = parseQuantity(source, field.dimension);
      if (!result.ok) return fieldCard(field);
      const others = otherWritings(result.quantity).join(' = ');
      return [say('{0} = {1}', source, others), field.doc];
    }
    case 'text':
      return textLines(place, field.names, place.node, around) ?? fieldCard(field);
    default:
      return fieldCard(field);
  }
}

function textLines(
  place: TreePlace,
  names: string | undefined,
  { source }: YamlScalar,
  around: Surroundings | undefined,
): readonly Message[] | undefined {
  if (around === undefined) return undefined;
  switch (names) {
    case 'disk-target': {
      const disk = diskOf(around, source);
      return disk === undefined ? undefined : diskCard(around, disk);
    }
    case 'file': {
      const linked = around.domainXml?.domain;
      return linked === undefined
        ? undefined
        : [
            say('Domain {0}', linked.name?.value ?? '–'),
            ...linked.disks.flatMap((disk) => diskCard(around, disk)),
          ];
    }
    case 'domain': {
      const domain = domainOf(around);
      return domain === undefined
        ? undefined
        : [say('Domain {0}', source), ...domain.disks.flatMap((disk) => diskCard(around, disk))];
    }
    case 'host':
      return place.path.length === 1 ? hostCard(around, source) : undefined;
    case 'mac': {
      const found = domainOf(around)?.interfaces.find(
        (each) => each.mac?.value.toLowerCase() === source.toLowerCase(),
      );
      return found === undefined
        ? undefined
        : [
            say(
              'Interface of type {0}, connected to {1}',
              found.type.value,
              found.source?.value ?? '–',
            ),
          ];
    }
    default:
      return undefined;
  }
}

function scalarSource(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.source : undefined;
}
