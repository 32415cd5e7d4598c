import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preflightTreeSource } from '../../../client/views/preflight/preflight-nodes.ts';
import { passedRules, refuses } from '../../../client/views/preflight/result.ts';
import type { PreflightResult } from '../../../client/views/preflight/result.ts';
import { render, say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';
import type { Problem } from '../../../core/problems.ts';

const uri = 'file:///w/web01.migration.yaml';

function problem(code: string, severity: Problem['severity']): Problem {
  return {
    uri,
    span: { start: 0, end: 3 },
    code,
    severity,
    message: say('{0} is wrong', code),
    related: [],
    evidence: [],
    fixes: [],
  };
}

function result(changes: Partial<PreflightResult>): PreflightResult {
  return {
    uri,
    domain: 'web01',
    source: 'kvm01',
    destination: 'kvm02',
    at: 1000,
    problems: [],
    waiting: [],
    ran: [],
    off: [],
    ignored: [],
    refusals: [],
    ...changes,
  };
}

function shown(value: string | Message | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : render(value);
}

async function tree(of: PreflightResult | undefined): Promise<Record<string, readonly string[]>> {
  const source = preflightTreeSource({
    result: () => of,
    summaryOf: (rule) => (rule === 'a-rule' ? say('It must be so.') : undefined),
  });
  const groups: Record<string, readonly string[]> = {};
  for (const group of await source.roots()) {
    const children = await source.children(group);
    groups[`${shown(group.label)} ${shown(group.description)}`] = children.map(({ label }) =>
      shown(label),
    );
  }
  return groups;
}

test('without a preflight the view is empty, so that its welcome shows', async () => {
  assert.deepEqual(await tree(undefined), {});
});

test('errors come first and what passed comes last', async () => {
  const found = result({
    problems: [problem('size-differs', 'error'), problem('slow', 'warning')],
    ran: ['size-differs', 'slow', 'a-rule'],
    waiting: [
      {
        id: 'later',
        severity: 'error',
        facts: [{ name: 'destination.cpu', why: say('kvm02 is silent'), host: 'kvm02' }],
      },
    ],
    off: ['never'],
  });
  const groups = await tree(found);
  assert.deepEqual(Object.keys(groups), [
    'Errors 1',
    'Warnings 1',
    'Waiting 1',
    'Switched off 1',
    'Passed 1',
  ]);
  assert.deepEqual(groups['Errors 1'], ['size-differs is wrong']);
  assert.deepEqual(groups['Waiting 1'], ['kvm02 is silent']);
  assert.deepEqual(groups['Passed 1'], ['It must be so.']);
});

test('a rule that found something has not passed', () => {
  const found = result({ problems: [problem('slow', 'warning')], ran: ['slow', 'a-rule'] });
  assert.deepEqual(passedRules(found), ['a-rule']);
});

test('what a comment ignores is shown with its reason, and has not passed', async () => {
  const found = result({
    ran: ['slow', 'a-rule'],
    ignored: [
      {
        problem: problem('slow', 'warning'),
        reason: 'the link is new',
        at: { uri, span: { start: 5, end: 9 } },
      },
    ],
  });
  const source = preflightTreeSource({ result: () => found, summaryOf: () => undefined });
  const [ignored, passed] = await source.roots();
  assert.ok(ignored && passed);
  assert.equal(shown(ignored.label), 'Ignored by a comment');
  const [row] = await source.children(ignored);
  assert.equal(shown(row?.description), 'slow: the link is new');
  assert.deepEqual(row?.command?.arguments, [uri, { start: 5, end: 9 }]);
  assert.equal((await source.children(passed)).length, 1);
});

test('what the planner repeats from the rules is shown once, what it adds is shown too', async () => {
  const error = problem('size-differs', 'error');
  const groups = await tree(
    result({
      problems: [error],
      refusals: [
        { path: [], code: 'size-differs', message: error.message },
        { path: ['source'], code: 'same-host', message: say('One host.') },
      ],
    }),
  );
  assert.deepEqual(groups, { 'Errors 2': ['size-differs is wrong', 'One host.'] });
});

test('an error or a refusal stands against a launch, a warning does not', () => {
  assert.equal(refuses(result({ problems: [problem('slow', 'warning')] })), false);
  assert.equal(refuses(result({ problems: [problem('bad', 'error')] })), true);
  assert.equal(
    refuses(result({ refusals: [{ path: [], code: 'same-host', message: say('One host.') }] })),
    true,
  );
});

test('every row has an id of its own', async () => {
  const source = preflightTreeSource({
    result: () =>
      result({ problems: [problem('a', 'error'), problem('a', 'error'), problem('a', 'info')] }),
    summaryOf: () => undefined,
  });
  const roots = await source.roots();
  const all = [...roots];
  for (const root of roots) all.push(...(await source.children(root)));
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
});
