import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView } from '../rule.ts';
import { asksForCopy } from './policy.ts';

interface NeededOption {
  readonly path: readonly string[];
  readonly option: string;
  /** libvirt version that brought the option. */
  readonly since: string;
}

function optionsOf(migration: MigrationView): readonly NeededOption[] {
  const { policy } = migration.model;
  const needed: NeededOption[] = [];
  const need = (used: boolean, path: string, option: string, since: string): void => {
    if (used) needed.push({ path: path.split('.'), option, since });
  };
  const mode = policy?.mode?.value;
  const postCopy = mode !== undefined && mode !== 'pre-copy';
  need(postCopy, 'policy.mode', 'postcopy', '1.3.3');
  need(mode === 'post-copy-after-first-pass', 'policy.mode', 'postcopy-after-precopy', '1.3.3');
  need(policy?.bandwidth !== undefined, 'policy.bandwidth', 'bandwidth', '5.7.0');
  need(policy?.migrateUri !== undefined, 'policy.migrateUri', 'migrateuri', '0.3.2');
  need(policy?.autoConverge !== undefined, 'policy.autoConverge', 'auto-converge', '1.2.3');
  need(
    policy?.autoConverge?.initial !== undefined,
    'policy.autoConverge.initial',
    'auto-converge-initial',
    '2.0.0',
  );
  need(
    policy?.autoConverge?.increment !== undefined,
    'policy.autoConverge.increment',
    'auto-converge-increment',
    '2.0.0',
  );
  need(policy?.parallel !== undefined, 'policy.parallel', 'parallel', '5.2.0');
  need(
    policy?.parallel?.connections !== undefined,
    'policy.parallel.connections',
    'parallel-connections',
    '5.2.0',
  );
  need(policy?.compression !== undefined, 'policy.compression.method', 'comp-methods', '1.3.4');
  need(policy?.tls !== undefined, 'policy.tls', 'tls', '3.2.0');
  need(
    policy?.tls?.destination !== undefined,
    'policy.tls.destination',
    'tls-destination',
    '6.0.0',
  );
  need(asksForCopy(migration), 'storage', 'migrate-disks', '1.2.17');
  return needed;
}

export default defineRule({
  id: 'virsh-option-missing',
  severity: 'error',
  summary: say('virsh on the source has every option that the file needs.'),
  needs: ['source.versions'],
  check(migration, facts, report, wait) {
    const listed = facts['source.versions'].migrateOptions;
    if (listed.length === 0) {
      wait(
        'source.versions',
        say('{0} did not list the options of virsh migrate', migration.sourceName),
      );
      return;
    }
    for (const { path, option, since } of optionsOf(migration)) {
      if (listed.includes(option)) continue;
      report({
        at: migration.at(path),
        message: say(
          'virsh on {0} (libvirt {1}) has no option --{2}; it came with libvirt {3}.',
          migration.sourceName,
          facts['source.versions'].libvirt,
          option,
          since,
        ),
      });
    }
  },
});
