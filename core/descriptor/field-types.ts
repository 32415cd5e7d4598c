import type { Message } from '../messages.ts';
import type { Located, Span } from '../text/span.ts';
import type { Dimension, Quantity } from '../units/quantity.ts';

/** What a field says of itself to a reader: hover, completion, JSON schema and docs print this. */
export interface FieldInfo {
  readonly doc: Message;
  /** Value that is used when the key is absent, as one would write it. */
  readonly default?: string;
  readonly example?: string;
  /** virsh option it becomes. */
  readonly option?: string;
  /** QMP command or parameter it ends up in. */
  readonly qmp?: string;
  /** First libvirt or QEMU version that has it. */
  readonly since?: string;
}

export interface TextField extends FieldInfo {
  readonly kind: 'text';
  /** What the text names, so that completion and definition know where to look. */
  readonly names?:
    'domain' | 'host' | 'disk-target' | 'file' | 'path' | 'uri' | 'mac' | 'network' | 'cpus';
  readonly pattern?: RegExp;
}
export interface EnumField<V extends string> extends FieldInfo {
  readonly kind: 'enum';
  readonly values: Readonly<Record<V, Message>>;
}
export interface IntegerField extends FieldInfo {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}
export interface BooleanField extends FieldInfo {
  readonly kind: 'boolean';
}
export interface QuantityField extends FieldInfo {
  readonly kind: 'quantity';
  readonly dimension: Dimension;
  /** In the base unit: bytes, bytes per second or milliseconds. */
  readonly min?: number;
  readonly max?: number;
  /**
   * Id of the rule that judges the range. The value then binds even outside of it, so that the
   * finding has libvirt’s own words, a page and a level.
   */
  readonly rangeRule?: string;
}
export interface ObjectField<S extends Shape> extends FieldInfo {
  readonly kind: 'object';
  readonly fields: S;
  readonly required: readonly (keyof S & string)[];
  /** `true` may stand for the object with all defaults, `false` for its absence. */
  readonly switchable: boolean;
}
export interface ListField<F extends Field> extends FieldInfo {
  readonly kind: 'list';
  readonly item: F;
  /** Key of the items whose value tells them apart, e.g. `target`. */
  readonly identity?: string;
}
/** Free keys, one kind of value. */
export interface MapField<F extends Field> extends FieldInfo {
  readonly kind: 'map';
  readonly value: F;
  readonly keys: 'rule-id' | 'label' | 'parameter';
}
/** Any scalar, kept as written: raw QMP parameters. */
export interface ScalarField extends FieldInfo {
  readonly kind: 'scalar';
}

// The constraints below use `any`-free recursive defaults so that a table's types can be inferred.
export type Field =
  | TextField
  | EnumField<string>
  | IntegerField
  | BooleanField
  | QuantityField
  | ScalarField
  | AnyObjectField
  | AnyListField
  | AnyMapField;
export interface AnyObjectField extends FieldInfo {
  readonly kind: 'object';
  readonly fields: Shape;
  readonly required: readonly string[];
  readonly switchable: boolean;
}
export interface AnyListField extends FieldInfo {
  readonly kind: 'list';
  readonly item: Field;
  readonly identity?: string;
}
export interface AnyMapField extends FieldInfo {
  readonly kind: 'map';
  readonly value: Field;
  readonly keys: 'rule-id' | 'label' | 'parameter';
}
export interface Shape {
  readonly [key: string]: Field;
}

/** The typed model that a table of fields binds to. */
export type Bound<F> = F extends TextField
  ? Located<string>
  : F extends EnumField<infer V>
    ? Located<V>
    : F extends IntegerField
      ? Located<number>
      : F extends BooleanField
        ? Located<boolean>
        : F extends QuantityField
          ? Located<Quantity>
          : F extends ScalarField
            ? Located<string | number | boolean>
            : F extends { readonly kind: 'object'; readonly fields: infer S }
              ? BoundObject<S>
              : F extends { readonly kind: 'list'; readonly item: infer I }
                ? BoundList<Bound<I>>
                : F extends { readonly kind: 'map'; readonly value: infer V }
                  ? BoundMap<Bound<V>>
                  : never;

/** `span` is the whole value; a key that is absent or does not bind is absent. */
export type BoundObject<S> = { readonly span: Span } & { readonly [K in keyof S]?: Bound<S[K]> };

export interface BoundList<T> {
  readonly span: Span;
  readonly items: readonly T[];
}

export interface BoundMap<T> {
  readonly span: Span;
  readonly entries: readonly { readonly key: Located<string>; readonly value: T }[];
}

export function text(info: Omit<TextField, 'kind'>): TextField {
  return { kind: 'text', ...info };
}
export function oneOf<const V extends string>(
  values: Readonly<Record<V, Message>>,
  info: FieldInfo,
): EnumField<V> {
  return { kind: 'enum', values, ...info };
}
export function integer(min: number, max: number, info: FieldInfo): IntegerField {
  return { kind: 'integer', min, max, ...info };
}
export function boolean(info: FieldInfo): BooleanField {
  return { kind: 'boolean', ...info };
}
export function quantity(
  dimension: Dimension,
  info: FieldInfo & { min?: number; max?: number; rangeRule?: string },
): QuantityField {
  return { kind: 'quantity', dimension, ...info };
}
export function scalar(info: FieldInfo): ScalarField {
  return { kind: 'scalar', ...info };
}
export function object<const S extends Shape>(
  fields: S,
  info: FieldInfo & { required?: readonly (keyof S & string)[]; switchable?: boolean },
): ObjectField<S> {
  return {
    kind: 'object',
    fields,
    ...info,
    required: info.required ?? [],
    switchable: info.switchable ?? false,
  };
}
export function list<const F extends Field>(
  item: F,
  info: FieldInfo & { identity?: string },
): ListField<F> {
  return { kind: 'list', item, ...info };
}
export function map<const F extends Field>(
  value: F,
  info: FieldInfo & { keys: AnyMapField['keys'] },
): MapField<F> {
  return { kind: 'map', value, ...info };
}
