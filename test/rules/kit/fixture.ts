import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type {
  InventoryDescriptor,
  MigrationDescriptor,
} from '../../../core/descriptor/descriptor.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { readDomain } from '../../../core/domain/read.ts';
import type { Domain } from '../../../core/domain/domain.ts';
import type { FactsSnapshot } from '../../../core/facts/snapshot.ts';
import { migrationFacts } from '../../../core/facts/view.ts';
import type { Problem } from '../../../core/problems.ts';
import { claimsOf } from '../../../core/rules/claims.ts';
import type { Claims } from '../../../core/rules/claims.ts';
import { checkMigration } from '../../../core/rules/engine.ts';
import type { CheckResult } from '../../../core/rules/engine.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { collectedAt } from './base-facts.ts';
import { mergeFacts } from './merge-facts.ts';

const shared = join(import.meta.dirname, '..', 'fixtures', '_shared');

/** A migration with what it is judged by. */
export interface Scene {
  readonly text: string;
  readonly domain: Domain | undefined;
  readonly facts: FactsSnapshot | undefined;
  readonly inventories: readonly InventoryDescriptor[] | undefined;
  /** What the migration file `<stem>.neighbour.yaml` in the same folder claims. */
  readonly neighbours: readonly Claims[];
  /** Ids that the fixture expects to wait (`# waiting: id id`). */
  readonly waiting: readonly string[];
}

/**
 * Reads a scene from text. Its first comment lines may name shared parts: `# domain: two-disks`,
 * `# facts: base`; `<stem>.domain.xml`, `<stem>.facts.yaml` and `<stem>.inventory.yaml` beside the
 * file come before them.
 */
export function readScene(text: string, stem?: string): Scene {
  const directive = (name: string): string | undefined =>
    new RegExp(`^# ${name}: (.+)$`, 'm').exec(text)?.[1]?.trim();
  const find = (name: string, extension: string): { path: string; text: string } | undefined => {
    const named = directive(name);
    const candidates = [
      ...(stem === undefined ? [] : [`${stem}.${extension}`]),
      ...(named === undefined ? [] : [join(shared, `${named}.${extension}`)]),
    ];
    const path = candidates.find((candidate) => existsSync(candidate));
    if (path === undefined) {
      if (named !== undefined) throw new Error(`there is no ${named}.${extension}`);
      return undefined;
    }
    return { path, text: readFileSync(path, 'utf8') };
  };
  const xml = find('domain', 'domain.xml');
  const facts = find('facts', 'facts.yaml');
  const inventory = find('inventory', 'inventory.yaml');
  const neighbour = find('neighbour', 'neighbour.yaml');
  return {
    text,
    domain: xml === undefined ? undefined : domainOf(xml.path, xml.text),
    facts:
      facts === undefined
        ? undefined
        : mergeFacts((parse(facts.text) ?? {}) as Parameters<typeof mergeFacts>[0]),
    inventories:
      inventory === undefined ? undefined : [inventoryOf(inventory.path, inventory.text)],
    neighbours: neighbour === undefined ? [] : [claimsOfText(neighbour.path, neighbour.text)],
    waiting: directive('waiting')?.split(/\s+/) ?? [],
  };
}

function domainOf(path: string, text: string): Domain {
  const { domain, problems } = readDomain(`file://${path}`, parseXml(text));
  if (domain === undefined || problems.length > 0) {
    throw new Error(`${path}: ${JSON.stringify(problems)}`);
  }
  return domain;
}

function inventoryOf(path: string, text: string): InventoryDescriptor {
  const descriptor = loadDescriptor(`file://${path}`, text);
  if (descriptor.kind !== 'HostInventory' || descriptor.problems.length > 0) {
    throw new Error(`${path} is not an inventory`);
  }
  return descriptor;
}

function claimsOfText(path: string, text: string): Claims {
  const descriptor = loadDescriptor(`file://${path}`, text);
  if (descriptor.kind !== 'Migration' || descriptor.problems.length > 0) {
    throw new Error(`${path} is not a migration`);
  }
  return claimsOf(descriptor, undefined);
}

export const sceneUri = 'file:///scene.migration.yaml';

export interface Judged {
  readonly descriptor: MigrationDescriptor;
  readonly result: CheckResult;
  /** Of parsing, binding and rules together. */
  readonly problems: readonly Problem[];
}

/** Loads and checks a scene, `secondsLater` after its facts were collected. */
export function judge(scene: Scene, secondsLater = 60): Judged {
  const descriptor = loadDescriptor(sceneUri, scene.text);
  if (descriptor.kind !== 'Migration') throw new Error('the scene is not a migration');
  const facts = migrationFacts({
    descriptor,
    domain: scene.domain,
    snapshot: scene.facts,
    prefer: 'file',
  });
  const now = collectedAt + secondsLater * 1000;
  const result = checkMigration({
    descriptor,
    facts,
    now,
    inventories: scene.inventories,
    neighbours: scene.neighbours,
  });
  return { descriptor, result, problems: [...descriptor.problems, ...result.problems] };
}
