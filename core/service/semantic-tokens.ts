import type { Span } from '../text/span.ts';
import { allRules } from '../rules/all.ts';
import { documentOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { diskOf, domainOf } from './disk-facts.ts';
import { ofInventory, ofMigration } from './occurrences.ts';
import type { tokenTypes } from './semantic-legend.ts';

export interface SemanticToken {
  readonly span: Span;
  /** host, domain, disk or interface, rule. */
  readonly type: (typeof tokenTypes)[number];
  readonly declaration: boolean;
}

/**
 * Names that lead somewhere: to a host of an inventory, to the domain, to one of its disks or
 * interfaces, to a rule. A name that leads nowhere gets no token and keeps the colour of a text,
 * which a grammar cannot tell apart.
 */
export function semanticTokens(context: ServiceContext): readonly SemanticToken[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return [];
  const descriptor = context.cache.descriptor(context.uri, document.text);
  const tokens =
    descriptor.kind === 'HostInventory'
      ? ofInventory(descriptor).map(({ span, defines }): SemanticToken => ({
          span,
          type: 'namespace',
          declaration: defines,
        }))
      : ofMigrationFile(context);
  return tokens.toSorted((a, b) => a.span.start - b.span.start);
}

function ofMigrationFile(context: ServiceContext): readonly SemanticToken[] {
  const around = migrationOf(context);
  if (around === undefined) return [];
  const domain = domainOf(around);
  const listed = new Set(around.hosts.map(({ name }) => name));
  const asked = around.snapshot?.hosts ?? {};
  const rules = new Set(allRules.map(({ id }) => id));
  const names = ofMigration(around).flatMap(({ kind, name, span }): SemanticToken[] => {
    const token = (type: SemanticToken['type'], leads: boolean): SemanticToken[] =>
      leads ? [{ span, type, declaration: false }] : [];
    switch (kind) {
      case 'host':
        return token('namespace', listed.has(name) || Object.hasOwn(asked, name));
      case 'domain':
        return token('class', domain?.name?.value === name || domain?.uuid?.value === name);
      case 'disk':
        return token('variable', diskOf(around, name) !== undefined);
      case 'interface':
        return token(
          'variable',
          domain?.interfaces.some(({ mac }) => mac?.value.toLowerCase() === name.toLowerCase()) ===
            true,
        );
    }
  });
  const levels = around.descriptor.migration.rules?.entries ?? [];
  const ids = levels.flatMap(({ key }): SemanticToken[] =>
    rules.has(key.value) ? [{ span: key.span, type: 'enumMember', declaration: false }] : [],
  );
  return [...names, ...ids];
}
