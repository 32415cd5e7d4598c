import type { AnyMapField, AnyObjectField, Field } from '../descriptor/field-types.ts';
import type { Message } from '../messages.ts';
import { allRules } from '../rules/all.ts';
import { literal, missingNote } from './completion-item.ts';
import type { CompletionItem, CompletionPlace } from './completion-item.ts';
import { fieldCard } from './field-card.ts';

/** Keys that the mapping at the cursor can still take: required ones first, in the table's order. */
export function keyCompletions(place: CompletionPlace): readonly CompletionItem[] {
  const { field } = place;
  if (field.kind === 'object') return fieldKeys(place, field);
  if (field.kind === 'map') return freeKeys(place, field);
  return [];
}

function fieldKeys(place: CompletionPlace, object: AnyObjectField): readonly CompletionItem[] {
  const present = presentKeys(place);
  return Object.entries(object.fields)
    .filter(([key]) => !present.has(key))
    .map(([key, field], index) => {
      const required = object.required.includes(key);
      const snippet = place.cursor.colonFollows
        ? literal(key)
        : literal(key) + opening(place, field);
      return {
        ...keyItem(place, key, snippet, `${required ? '1' : '2'}${String(index).padStart(3, '0')}`),
        detail: missingNote(required),
        documentation: fieldCard(field),
      };
    });
}

function freeKeys(place: CompletionPlace, map: AnyMapField): readonly CompletionItem[] {
  const present = presentKeys(place);
  return namesFor(place, map)
    .filter(({ name }) => !present.has(name))
    .map(({ name, doc }, index) => ({
      ...keyItem(
        place,
        name,
        place.cursor.colonFollows ? literal(name) : `${literal(name)}: `,
        `2${String(index).padStart(3, '0')}`,
      ),
      kind: map.keys === 'rule-id' ? ('rule' as const) : ('key' as const),
      documentation: doc === undefined ? [map.doc] : [doc],
    }));
}

function namesFor(
  { around }: CompletionPlace,
  map: AnyMapField,
): readonly { name: string; doc: Message | undefined }[] {
  switch (map.keys) {
    case 'rule-id':
      return allRules.map((rule) => ({ name: rule.id, doc: rule.summary }));
    case 'parameter': {
      const said = around?.facts['source.domain'];
      const parameters = said?.known === true ? said.value.parameters : undefined;
      return Object.keys(parameters ?? {}).map((name) => ({ name, doc: undefined }));
    }
    case 'label':
      return [];
  }
}

/** Keys of the mapping, without the one that is being edited. */
function presentKeys({ cursor, context }: CompletionPlace): ReadonlySet<string> {
  const text = context.workspace.read(context.uri) ?? '';
  const edited = text.slice(cursor.span.start, cursor.span.end);
  const keys = new Set(cursor.scopes.at(-1)?.keys() ?? []);
  if (cursor.colonFollows) keys.delete(edited);
  return keys;
}

function keyItem(
  place: CompletionPlace,
  label: string,
  newText: string,
  order: string,
): CompletionItem {
  return {
    label,
    kind: 'key',
    span: place.cursor.span,
    newText,
    snippet: true,
    order,
    preselect: false,
    detail: undefined,
    documentation: [],
    continues: true,
  };
}

/** What follows a new key, up to where its value is typed. */
function opening({ cursor, newline }: CompletionPlace, field: Field): string {
  switch (field.kind) {
    case 'object':
    case 'map':
      if (cursor.flow) return ': { $1 }';
      return field.kind === 'object' && field.switchable ? ': ' : `:${newline}  $1`;
    case 'list':
      return cursor.flow ? ': [$1]' : `:${newline}  - $1`;
    default:
      return ': ';
  }
}
