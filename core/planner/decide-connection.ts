import { say } from '../messages.ts';
import { asksForCopy, usesPostCopy } from '../rules/policy/policy.ts';
import type { MigrationView } from '../rules/rule.ts';
import type { MigrateOptions } from '../virsh/migrate.ts';
import type { PolicyContext } from './decide-policy.ts';

/** Who carries the migration, with what that excludes. */
export function decideConnection(
  view: MigrationView,
  context: PolicyContext,
): NonNullable<MigrateOptions['connection']> {
  const connection = view.model.policy?.connection?.value ?? 'peer-to-peer';
  if (connection === 'managed') checkManaged(view, context);
  if (connection === 'tunnelled') checkTunnelled(view, context);
  return connection;
}

/** Here the migration lives and dies with virsh, and a broken link is noticed by nobody but a timer. */
function checkManaged({ model, ...view }: MigrationView, { assume, refuse }: PolicyContext): void {
  assume(
    say(
      'virsh on the source carries the migration: when it is killed, libvirt aborts, and the guest goes on on the source.',
    ),
  );
  if (model.policy?.completionTimeout === undefined) {
    refuse(
      'connection',
      'not-carried-out',
      say(
        'A managed migration can wait without end when the link breaks; give it a completionTimeout, or use peer-to-peer.',
      ),
    );
  }
  if (usesPostCopy({ model, ...view })) {
    refuse(
      'connection',
      'not-carried-out',
      say('Post-copy is carried out peer-to-peer only: it must not end with virsh.'),
    );
  }
}

/** All memory goes through the daemons' one connection; everything that needs another is excluded. */
function checkTunnelled(view: MigrationView, { refuse }: PolicyContext): void {
  const policy = view.model.policy;
  const excluded: readonly (readonly [boolean, string, string])[] = [
    [asksForCopy(view), 'copy-tunnelled', 'storage'],
    [policy?.parallel !== undefined, 'tunnelled-parallel', 'parallel'],
    [usesPostCopy(view), 'tunnelled-postcopy', 'post-copy'],
    [policy?.migrateUri !== undefined, 'tunnelled-uri', 'migrateUri'],
    [policy?.tls !== undefined, 'tunnelled-tls', 'tls'],
  ];
  for (const [used, code, what] of excluded) {
    if (used) refuse('connection', code, say('A tunnelled migration excludes {0}.', what));
  }
}
