import type { Policy } from '../descriptor/model.ts';
import { say } from '../messages.ts';
import type { MigrateOptions } from '../virsh/migrate.ts';
import type { PolicyContext } from './decide-policy.ts';

export interface TimeoutDecisions {
  readonly postCopy: MigrateOptions['postCopy'];
  /** What virsh does by itself. */
  readonly timeout: MigrateOptions['timeout'];
  /** Milliseconds until the run aborts the migration. */
  readonly abortAfter: number | undefined;
}

/** How memory moves, and what happens when `completionTimeout` ends. */
export function decideTimeout(
  policy: Policy | undefined,
  context: PolicyContext,
): TimeoutDecisions {
  const postCopy = postCopyOf(policy?.mode?.value);
  const action = actionOf(policy, context);
  if (postCopy !== undefined) warnOfPostCopy(postCopy, context);
  const timeout = policy?.completionTimeout?.value;
  if (timeout === undefined) {
    if (policy?.onTimeout !== undefined || postCopy === 'on-timeout') {
      context.refuse(
        policy?.onTimeout === undefined ? 'mode' : 'onTimeout',
        'timeout-action-needs-timeout',
        say('onTimeout says what happens when completionTimeout ends, and there is none.'),
      );
    }
    return { postCopy, timeout: undefined, abortAfter: undefined };
  }
  // Both the watchdog beside virsh and virsh itself count whole seconds.
  const seconds = Math.max(1, Math.ceil(timeout.amount / 1000));
  if (seconds * 1000 !== timeout.amount) {
    context.assume(
      say('virsh counts the timeout in whole seconds: {0} becomes {1} s.', timeout.source, seconds),
    );
  }
  if (action === 'abort') return { postCopy, timeout: undefined, abortAfter: seconds * 1000 };
  if (action === 'suspend') {
    context.assume(
      say(
        'After {0} s the guest is paused until the migration ends; that pause has no bound.',
        seconds,
      ),
    );
  }
  return { postCopy, timeout: { seconds, action }, abortAfter: undefined };
}

function postCopyOf(mode: NonNullable<Policy['mode']>['value'] | undefined) {
  switch (mode) {
    case 'post-copy-on-timeout':
      return 'on-timeout';
    case 'post-copy-after-first-pass':
      return 'after-first-pass';
    case 'post-copy-by-hand':
      return 'by-hand';
    case 'pre-copy':
    case undefined:
      return undefined;
  }
}

/** `post-copy` and the other two exclude each other, and each fits only one kind of mode. */
function actionOf(policy: Policy | undefined, { refuse }: PolicyContext) {
  const mode = policy?.mode?.value ?? 'pre-copy';
  const action = policy?.onTimeout?.value;
  if (mode === 'post-copy-on-timeout') {
    if (action === undefined || action === 'post-copy') return 'post-copy';
    refuse(
      'onTimeout',
      'timeout-actions-exclusive',
      say('The mode {0} switches to post-copy at the timeout; onTimeout says {1}.', mode, action),
    );
    return 'abort';
  }
  if (action === 'post-copy') {
    refuse(
      'onTimeout',
      'postcopy-subopts',
      say('onTimeout says post-copy; that needs the mode post-copy-on-timeout.'),
    );
    return 'abort';
  }
  if (action === 'suspend' && mode !== 'pre-copy') {
    // After the switch there is nothing left to pause on the source.
    refuse(
      'onTimeout',
      'timeout-actions-exclusive',
      say('The mode {0} and a pause at the timeout exclude each other.', mode),
    );
  }
  return action ?? 'abort';
}

function warnOfPostCopy(
  postCopy: NonNullable<TimeoutDecisions['postCopy']>,
  { assume }: PolicyContext,
): void {
  if (postCopy === 'by-hand') {
    assume(say('The run can be switched to post-copy by hand; until then it is pre-copy.'));
  }
  assume(
    say(
      'After the switch to post-copy the memory is on two hosts: the run cannot be cancelled, and when a host or the link between them fails for good, the guest is lost.',
    ),
  );
}
