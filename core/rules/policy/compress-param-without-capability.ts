import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView } from '../rule.ts';

const idle = /^(compress-(level|threads|wait-thread|method)|decompress-threads)$/;

/** Compression parameters in a file that does not switch QEMU's compression on. */
function idleKeys({ model }: MigrationView): readonly Located<string>[] {
  if (model.policy?.compression?.method?.value === 'mt') return [];
  return (model.policy?.parameters?.entries ?? []).flatMap(({ key }) =>
    idle.test(key.value) ? [key] : [],
  );
}

function removal(key: string): FixSpec {
  return { title: say('Remove “{0}”', key), remove: ['policy', 'parameters', key] };
}

export default defineRule({
  id: 'compress-param-without-capability',
  severity: 'error',
  summary: say('Compression parameters take effect only with compression switched on.'),
  needs: ['source.domain', 'source.versions'],
  check(migration, facts, report) {
    const { libvirt } = facts['source.versions'];
    for (const key of idleKeys(migration)) {
      report({
        at: key.span,
        message: say(
          'The parameter {0} has no effect: libvirt {1} on {2} switches QEMU’s compression off unless the migration asks for the method mt, so openEuler’s recipe of setting it beforehand changes nothing. Use policy.compression.',
          key.value,
          libvirt,
          migration.sourceName,
        ),
        evidence: ['source.versions'],
        fix: removal(key.value),
      });
    }
    const { parameters, name } = facts['source.domain'];
    const set = parameters?.['compress-method'];
    if (set === undefined || set === 'zlib') return;
    if (migration.model.policy?.compression?.method?.value === 'mt') return;
    report({
      severity: 'info',
      at: migration.at(['domain']),
      message: say(
        'QEMU of {0} has compress-method {1}, set by hand as in openEuler’s manual. It stays set and has no effect: libvirt {2} switches QEMU’s compression off. Use policy.compression with parallel.',
        name,
        String(set),
        libvirt,
      ),
    });
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      for (const key of idleKeys(migration)) {
        report({
          at: key.span,
          message: say(
            'The parameter {0} has no effect: libvirt switches QEMU’s compression off unless the migration asks for the method mt, so openEuler’s recipe of setting it beforehand changes nothing. Use policy.compression.',
            key.value,
          ),
          fix: removal(key.value),
        });
      }
    }),
  ],
});
