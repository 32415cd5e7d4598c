import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv-draft-04';
import { files, inFolder, migration, runCheck } from './run-check.ts';

/** OASIS’s schema of SARIF 2.1.0, as Microsoft’s SARIF SDK ships it. */
const schema = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve(
      '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    ),
    'utf8',
  ),
) as object;

const validate = new Ajv({
  strict: false,
  allErrors: true,
  // One pattern of the schema is none in the Unicode mode.
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => URL.canParse(text, 'file:///'),
    'date-time': true,
  },
}).compile(schema);

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region: Region;
  };
}

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly rules: readonly {
          readonly id: string;
          readonly help?: { readonly markdown: string };
          readonly defaultConfiguration: { readonly level: string };
        }[];
      };
    };
    readonly columnKind: string;
    readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>;
    readonly invocations: readonly { readonly exitCode: number }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly locations: readonly Location[];
      readonly relatedLocations?: readonly Location[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly fixes?: readonly {
        readonly artifactChanges: readonly {
          readonly replacements: readonly {
            readonly deletedRegion: Region;
            readonly insertedContent?: { readonly text: string };
          }[];
        }[];
      }[];
      readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
    }[];
  }[];
}

async function runOf(folder: string, ...words: string[]) {
  const { out, code } = await runCheck(folder, '--format', 'sarif', ...words);
  const log = JSON.parse(out) as Log;
  assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)));
  const run = log.runs[0];
  assert.ok(run);
  assert.equal(run.invocations[0]?.exitCode, code);
  return run;
}

const named = { ...files, 'with space/ü.migration.yaml': migration.replace('./', '../') };

describe('the SARIF log', () => {
  it('is valid, also for a clean folder', () =>
    inFolder(files, async (folder) => {
      assert.equal((await runOf(folder, 'hosts.migration.yaml')).results.length, 0);
    }));

  it('tells of each rule its level and its page', () =>
    inFolder(files, async (folder) => {
      const run = await runOf(folder);
      const result = run.results.find(({ ruleId }) => ruleId === 'shareable-disk-copied');
      const rule = run.tool.driver.rules[result?.ruleIndex ?? -1];
      assert.equal(rule?.id, 'shareable-disk-copied');
      assert.equal(rule.defaultConfiguration.level, 'error');
      assert.match(rule.help?.markdown ?? '', /^# shareable-disk-copied\n/);
      assert.ok(!JSON.stringify(run.tool).includes('file:'));
    }));

  it('gives places by line and UTF-16 column below one base, related places and fixes', () =>
    inFolder(named, async (folder) => {
      const run = await runOf(folder, 'with space');
      assert.equal(run.columnKind, 'utf16CodeUnits');
      const result = run.results.find(({ ruleId }) => ruleId === 'shareable-disk-copied');
      const place = result?.locations[0]?.physicalLocation;
      assert.ok(place);
      const base = run.originalUriBaseIds[place.artifactLocation.uriBaseId ?? '']?.uri;
      const path = fileURLToPath(new URL(place.artifactLocation.uri, base));
      assert.equal(path, join(folder, 'with space/ü.migration.yaml'));
      assert.deepEqual(place.region, {
        startLine: 10,
        startColumn: 15,
        endLine: 10,
        endColumn: 18,
      });
      const related = result.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri;
      assert.equal(related, 'web.domain.xml');
      const replacement = result.fixes?.[0]?.artifactChanges[0]?.replacements[0];
      assert.equal(replacement?.insertedContent?.text, 'shared');
      assert.equal(replacement.deletedRegion.startLine, 11);
    }));

  it('marks what a baseline or a comment accepts as suppressed', () =>
    inFolder(files, async (folder) => {
      await runCheck(folder, '--write-baseline', 'baseline.json');
      const accepted = await runOf(folder, '--baseline', 'baseline.json');
      assert.ok(accepted.results.length > 0);
      assert.ok(
        accepted.results.every(({ suppressions }) => suppressions?.[0]?.kind === 'external'),
      );
      writeFileSync(
        join(folder, 'web.migration.yaml'),
        migration.replace(
          '    - target',
          '    # livemigrate-ignore shareable-disk-copied: the cluster is off\n    - target',
        ),
      );
      const ignored = await runOf(folder);
      const result = ignored.results.find(({ ruleId }) => ruleId === 'shareable-disk-copied');
      assert.deepEqual(result?.suppressions?.[0], {
        kind: 'inSource',
        status: 'accepted',
        justification: 'the cluster is off',
      });
    }));

  it('keeps a finding’s fingerprint while its lines move', () =>
    inFolder(files, async (folder) => {
      const prints = async () => {
        const { results } = await runOf(folder);
        return results.map(({ partialFingerprints }) => partialFingerprints['livemigrate/v1']);
      };
      const before = await prints();
      writeFileSync(join(folder, 'web.migration.yaml'), `# a line more\n${migration}`);
      assert.deepEqual(await prints(), before);
      assert.equal(new Set(before).size, before.length);
    }));
});
