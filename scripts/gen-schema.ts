/** JSON schemas (draft-07) of the descriptor kinds, from the one table of fields. */
import type {
  AnyObjectField,
  Field,
  FieldInfo,
  TextField,
} from '../core/descriptor/field-types.ts';
import { migrationFields } from '../core/descriptor/fields.ts';
import { apiVersion } from '../core/descriptor/head-fields.ts';
import { inventoryFields } from '../core/descriptor/inventory-fields.ts';
import { render } from '../core/messages.ts';
import type { Dimension } from '../core/units/quantity.ts';
import type { GeneratedFiles } from './gen.ts';

type Schema = Record<string, unknown>;

export function generatedSchemas(): GeneratedFiles {
  return new Map([
    ['schemas/migration.schema.json', print('migration', 'Migration', migrationFields)],
    [
      'schemas/host-inventory.schema.json',
      print('host-inventory', 'HostInventory', inventoryFields),
    ],
  ]);
}

function print(name: string, kind: string, table: AnyObjectField): string {
  const schema = schemaOf(table);
  const properties = schema['properties'] as Record<string, Schema>;
  properties['apiVersion'] = { ...properties['apiVersion'], const: apiVersion };
  properties['kind'] = {
    description: properties['kind']?.['description'],
    type: 'string',
    const: kind,
  };
  return JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://live-migrate.dev/schemas/${name}.schema.json`,
    title: kind,
    ...schema,
  });
}

function schemaOf(field: Field): Schema {
  const described = { description: describe(field) };
  switch (field.kind) {
    case 'text':
      return textSchema(field, described);
    case 'enum':
      return { ...described, type: 'string', enum: Object.keys(field.values) };
    case 'integer':
      return { ...described, type: 'integer', minimum: field.min, maximum: field.max };
    case 'boolean':
      return { ...described, type: 'boolean' };
    case 'scalar':
      return { ...described, type: ['string', 'number', 'boolean'] };
    case 'quantity':
      return { ...described, type: 'string', pattern: quantityPatterns[field.dimension] };
    case 'list':
      return { ...described, type: 'array', items: schemaOf(field.item) };
    case 'map':
      return { ...described, type: 'object', additionalProperties: schemaOf(field.value) };
    case 'object': {
      const object = {
        ...described,
        type: field.switchable ? ['object', 'boolean'] : 'object',
        properties: Object.fromEntries(
          Object.entries(field.fields).map(([key, value]) => [key, schemaOf(value)]),
        ),
        additionalProperties: false,
      };
      return field.required.length === 0 ? object : { ...object, required: field.required };
    }
  }
}

/** A plain number is a text too (`domain: 7`), where the text may look like one. */
function textSchema({ pattern }: TextField, described: Schema): Schema {
  if (pattern === undefined) return { ...described, type: ['string', 'number'], minLength: 1 };
  const type = pattern.test('7') ? ['string', 'integer'] : 'string';
  return { ...described, type, pattern: pattern.source };
}

const quantityPatterns: Readonly<Record<Dimension, string>> = {
  size: '^\\s*\\d+(\\.\\d+)?\\s*([KMGTP]i|[kKMGTP])?B\\s*$',
  rate: '^\\s*\\d+(\\.\\d+)?\\s*([KMGTP]i|[kKMGTP])?(B|bit)/s\\s*$',
  duration: '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|min|h)\\s*$',
};

function describe(field: FieldInfo): string {
  const parts = [render(field.doc)];
  if (field.default !== undefined) parts.push(`Default: ${field.default}.`);
  if (field.example !== undefined) parts.push(`Example: ${field.example}.`);
  if (field.option !== undefined) parts.push(`virsh: ${field.option}.`);
  if (field.qmp !== undefined) parts.push(`QMP: ${field.qmp}.`);
  if (field.since !== undefined) parts.push(`Since ${field.since}.`);
  return parts.join(' ');
}
