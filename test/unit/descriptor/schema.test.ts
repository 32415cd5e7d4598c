import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { AnyObjectField, Field } from '../../../core/descriptor/field-types.ts';
import { migrationFields } from '../../../core/descriptor/fields.ts';
import { inventoryFields } from '../../../core/descriptor/inventory-fields.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { generatedSchemas } from '../../../scripts/gen-schema.ts';

const schemas = generatedSchemas();

/** Values of the field's own kind, sometimes of another, so that both verdicts occur. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(7, true, 'zzz', [1], { k: 1 });
  return fc.oneof({ weight: 12, arbitrary: right(field) }, { weight: 1, arbitrary: wrong });
}

function right(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return fc.constant((field.example ?? 'name').replaceAll('"', ''));
    case 'enum':
      return fc.constantFrom(...Object.keys(field.values));
    case 'integer':
      return fc.integer({ min: field.min - 1, max: field.max + 1 });
    case 'boolean':
      return fc.boolean();
    case 'scalar':
      return fc.constantFrom<unknown>('64MiB', 3, true);
    case 'quantity':
      return fc.oneof(
        {
          weight: 10,
          arbitrary: fc.constant(
            { size: '20GiB', rate: '500MiB/s', duration: '5s' }[field.dimension],
          ),
        },
        { weight: 1, arbitrary: fc.constantFrom('500', 'x') },
      );
    case 'list':
      // Items that repeat an identity are a matter of meaning, which a schema does not see.
      return fc.array(valueOf(field.item), { maxLength: 1 });
    case 'map':
      return fc.dictionary(fc.constantFrom('a', 'b'), valueOf(field.value), {
        noNullPrototype: true,
      });
    case 'object':
      return objectOf(field);
  }
}

function objectOf(field: AnyObjectField): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(field.fields).map(([key, each]) => [key, valueOf(each)]),
  );
  return fc.record(members, { requiredKeys: [...field.required], noNullPrototype: true });
}

for (const [kind, path, table] of [
  ['Migration', 'schemas/migration.schema.json', migrationFields],
  ['HostInventory', 'schemas/host-inventory.schema.json', inventoryFields],
] as const) {
  test(`the JSON schema of ${kind} and the binder give one verdict`, () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(
      JSON.parse(schemas.get(path) ?? '{}') as object,
    );
    let accepted = 0;
    fc.assert(
      fc.property(objectOf(table), (value) => {
        const document = { ...(value as object), apiVersion: 'livemigrate/v1', kind };
        const text = stringify(document);
        const { problems } = loadDescriptor('file:///x.migration.yaml', text);
        const verdict = validate(parse(text));
        if (verdict) accepted++;
        assert.equal(
          problems.length === 0,
          verdict,
          `${text}\n${JSON.stringify(problems, null, 1)}\n${JSON.stringify(validate.errors)}`,
        );
      }),
      { seed: 3, numRuns: 400 },
    );
    assert.ok(accepted > 10, `only ${String(accepted)} documents were good`);
  });
}
