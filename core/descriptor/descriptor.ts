import type { Problem } from '../problems.ts';
import type { Span } from '../text/span.ts';
import type { YamlTree } from '../yaml/tree.ts';
import type { InventoryModel, MigrationModel } from './model.ts';
import type { Reached } from './path.ts';

/** A path into a descriptor: keys, and for list items their identity (`['storage','disks','sda']`). */
export type FieldPath = readonly string[];

interface DescriptorBase {
  readonly uri: string;
  readonly text: string;
  readonly tree: YamlTree;
  /** What parsing and binding found: syntax, unknown keys, wrong values, missing keys. */
  readonly problems: readonly Problem[];
  /** How far the path leads into the tree. */
  reach(path: FieldPath): Reached;
  /** The value at the path; where it is absent, the nearest key above it; else the first line. */
  at(path: FieldPath): Span;
  /** True when the path itself is there. */
  has(path: FieldPath): boolean;
}

/** A descriptor read from text. `kind` decides the model; an unreadable file is `unknown`. */
export type Descriptor =
  | (DescriptorBase & { readonly kind: 'Migration'; readonly migration: MigrationModel })
  | (DescriptorBase & { readonly kind: 'HostInventory'; readonly inventory: InventoryModel })
  | (DescriptorBase & { readonly kind: 'MigrationPlan' })
  | (DescriptorBase & { readonly kind: 'unknown' });

export type MigrationDescriptor = Extract<Descriptor, { kind: 'Migration' }>;
export type InventoryDescriptor = Extract<Descriptor, { kind: 'HostInventory' }>;
