import type { FieldPath, MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { DescriptorEdit, NewValue } from '../descriptor/edit.ts';
import type { InventoryHost, MigrationModel } from '../descriptor/model.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import type { FactName, FactTypes } from '../facts/keys.ts';
import type { Message } from '../messages.ts';
import type { Severity, TextEdit } from '../problems.ts';
import type { Location, Span } from '../text/span.ts';
import type { Claims } from './claims.ts';

/** The migration as a rule sees it: the bound descriptor, and questions rules share. */
export interface MigrationView {
  readonly descriptor: MigrationDescriptor;
  readonly model: MigrationModel;
  /** Names as the file writes them; empty while the key is missing. */
  readonly domainName: string;
  readonly sourceName: string;
  readonly destinationName: string;
  /** Hosts of the inventories that apply; undefined when there is no inventory at hand. */
  readonly hosts: readonly InventoryHost[] | undefined;
  /** Other migrations that claim something that this one claims; undefined when none was looked for. */
  readonly neighbours: readonly Claims[] | undefined;
  /** Where the path (or its nearest ancestor) stands in the descriptor. */
  at(path: FieldPath): Span;
  has(path: FieldPath): boolean;
  /** The entry of `storage.disks` for this target. */
  disk(
    target: string,
  ): NonNullable<NonNullable<MigrationModel['storage']>['disks']>['items'][number] | undefined;
  /** Where a finding about this disk belongs: its entry, else storage, else the domain. */
  atDisk(target: string): Span;
  /** `storage.mode`, `auto` when absent. */
  readonly storageMode: 'auto' | 'shared' | 'copy-all' | 'copy-incremental' | 'mixed';
  /**
   * Does this migration copy the disk? Follows the entry's `action`; without an entry it is what
   * `virsh migrate --copy-storage-*` would do by itself for copy-all and copy-incremental.
   * For `auto` without an entry the answer is unknown until facts decide: `undefined`.
   */
  copies(disk: Disk): boolean | undefined;
  /** All disks that are copied for certain. */
  copiedDisks(domain: Domain): readonly Disk[];
  /** Path on the destination: the entry's `destination.path`, else the source path. */
  destinationPath(disk: Disk): string | undefined;
}

/** An edit of the descriptor by path, several at once, or plain text edits anywhere. */
export type FixSpec =
  | { readonly title: Message; readonly set: readonly [FieldPath, NewValue] }
  | { readonly title: Message; readonly remove: FieldPath }
  | { readonly title: Message; readonly edits: readonly TextEdit[] }
  | { readonly title: Message; readonly changes: readonly DescriptorEdit[] };

export interface Report {
  /** In the descriptor, or with a `uri` in another document (domain XML, inventory). */
  readonly at: Span | Location;
  readonly message: Message;
  readonly related?: readonly (Location & { readonly message: Message })[];
  /** Facts the finding rests on; only facts in `needs` can be named. */
  readonly evidence?: readonly FactName[];
  readonly fix?: FixSpec | readonly FixSpec[];
  /** For a finding that is milder than the rule's own severity. */
  readonly severity?: Severity;
}

export type Reporter = (finding: Report) => void;

/**
 * Says that a part could not be judged although the facts are known, e.g. two images that cannot be
 * told apart. The rule then counts as waiting for that fact, for this reason.
 */
export type Wait<N extends FactName = FactName> = (fact: N, why: Message) => void;

/** One body of a rule: the facts it reads and what it does with them. */
export interface RuleCheck<N extends FactName = FactName> {
  readonly needs: readonly N[];
  check(migration: MigrationView, facts: Pick<FactTypes, N>, report: Reporter, wait: Wait<N>): void;
}

export interface RuleDefinition<N extends FactName = FactName> extends RuleCheck<N> {
  /** Never reused, English, lower-kebab; the diagnostic's `code`, the page's name. */
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence that states the constraint. */
  readonly summary: Message;
  /** Libvirt or QEMU version that brought the behaviour, for the docs. */
  readonly since?: string;
  /**
   * The definition of the domain shows it, whatever the migration: domain XML by itself is told, too.
   * Words of which the definition must hold one, as the name of an element or the value of an
   * attribute: another one is not looked at.
   */
  readonly byDefinition?: readonly string[];
  /**
   * What can be said while some of `needs` are unknown, the better informed first. One of them runs
   * instead of `check`, never beside it, and the rule still counts as waiting.
   */
  readonly meanwhile?: readonly RuleCheck[];
}

/**
 * Defines a rule. `facts` holds exactly what `needs` names; reading another is a compile error. A
 * rule runs only when every fact it needs is known, so it never guesses.
 */
export function defineRule<const N extends FactName>(rule: RuleDefinition<N>): RuleDefinition<N> {
  return rule;
}

/** One entry of a rule's `meanwhile`, with the same promise about `needs`. */
export function meanwhile<const N extends FactName>(
  needs: readonly N[],
  check: RuleCheck<N>['check'],
): RuleCheck {
  return { needs, check };
}
