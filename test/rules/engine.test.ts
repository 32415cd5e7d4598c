import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { migrationFacts } from '../../core/facts/view.ts';
import { render, say } from '../../core/messages.ts';
import { checkMigration, unknownLevels } from '../../core/rules/engine.ts';
import type { CheckInput, CheckResult } from '../../core/rules/engine.ts';
import { raisingLevels } from '../../core/rules/levels.ts';
import { defineRule, meanwhile } from '../../core/rules/rule.ts';
import type { Report, RuleDefinition } from '../../core/rules/rule.ts';
import { collectedAt } from './kit/base-facts.ts';
import { mergeFacts } from './kit/merge-facts.ts';
import { judge, readScene } from './kit/fixture.ts';

const head =
  'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm1\nsource: kvm01\ndestination: kvm02\n';

interface Setting {
  readonly body?: string;
  readonly facts?: Parameters<typeof mergeFacts>[0];
  readonly secondsLater?: number;
  readonly levels?: CheckInput['levels'];
}

function run(
  rules: readonly RuleDefinition[],
  { body = '', facts, secondsLater = 0, levels }: Setting = {},
): CheckResult {
  const descriptor = loadDescriptor('file:///engine.migration.yaml', head + body);
  assert.equal(descriptor.kind, 'Migration');
  const snapshot = facts === undefined ? undefined : mergeFacts(facts);
  return checkMigration(
    {
      descriptor,
      facts: migrationFacts({ descriptor, domain: undefined, snapshot, prefer: 'file' }),
      now: collectedAt + secondsLater * 1000,
      levels,
    },
    rules,
  );
}

function rule(id: string, check: RuleDefinition['check'], more: Partial<RuleDefinition> = {}) {
  return defineRule({
    id,
    severity: 'error',
    summary: say('A rule of a test.'),
    needs: [],
    ...more,
    check,
  });
}

function finding(report: Partial<Report> = {}): Report {
  return { at: { start: 0, end: 5 }, message: say('Found.'), ...report };
}

const always = (id: string, more: Partial<RuleDefinition> = {}): RuleDefinition =>
  rule(
    id,
    (_migration, _facts, report) => {
      report(finding());
    },
    more,
  );

describe('a rule whose facts are not known', () => {
  const needy = always('needy', { needs: ['destination.capacity', 'source.cpu'] });

  test('waits with the reason of each fact and reports nothing', () => {
    const result = run([needy], { facts: { kvm02: { capacity: { unknown: 'no such command' } } } });
    assert.deepEqual(result.problems, []);
    assert.deepEqual(result.ran, []);
    const [waiting] = result.waiting;
    assert.equal(waiting?.id, 'needy');
    assert.deepEqual(
      waiting.facts.map(({ name, host, why }) => [name, host, render(why)]),
      [['destination.capacity', 'kvm02', '/proc/meminfo: no such command']],
    );
  });

  test('waits when no host was ever asked', () => {
    assert.equal(run([needy]).waiting[0]?.facts.length, 2);
  });

  test('waits when the host cannot be reached', () => {
    const { waiting } = run([needy], { facts: { kvm02: { unreachable: 'no route' } } });
    assert.match(render(waiting[0]?.facts[0]?.why ?? say('')), /no route/);
  });

  test('says meanwhile what it can, and still counts as waiting', () => {
    const both = always('both', {
      needs: ['source.cpu'],
      meanwhile: [
        meanwhile(['destination.cpu'], (_migration, _facts, report) => {
          report(finding({ message: say('With the destination.') }));
        }),
        meanwhile([], (_migration, _facts, report) => {
          report(finding({ message: say('With nothing.') }));
        }),
      ],
    });
    const texts = (result: CheckResult) => result.problems.map(({ message }) => render(message));
    const withoutSource = run([both], { facts: { kvm01: { cpu: { unknown: '?' } } } });
    assert.deepEqual(texts(withoutSource), ['With the destination.']);
    assert.equal(withoutSource.waiting.length, 1);
    assert.deepEqual(texts(run([both])), ['With nothing.']);
    const known = run([both], { facts: {} });
    assert.deepEqual(texts(known), ['Found.']);
    assert.deepEqual(known.ran, ['both']);
  });

  test('may itself wait for one part although its facts are known', () => {
    const partly = rule(
      'partly',
      (_migration, _facts, report, wait) => {
        report(finding());
        wait('source.cpu', say('that part was not looked at'));
      },
      { needs: ['source.cpu'] },
    );
    const result = run([partly], { facts: {} });
    assert.equal(result.problems.length, 1);
    assert.deepEqual(result.ran, []);
    assert.deepEqual(
      result.waiting[0]?.facts.map(({ host, why }) => [host, render(why)]),
      [['kvm01', 'that part was not looked at']],
    );
  });
});

describe('the level of a rule', () => {
  for (const level of ['error', 'warning', 'info'] as const) {
    test(`${level} is the severity of its findings`, () => {
      const { problems } = run([always('some-rule')], { body: `rules: { some-rule: ${level} }\n` });
      assert.deepEqual(
        problems.map(({ severity }) => severity),
        [level],
      );
    });
  }

  test('off: the rule is neither run nor waiting, but named', () => {
    const result = run([always('some-rule', { needs: ['source.cpu'] })], {
      body: 'rules: { some-rule: off }\n',
    });
    assert.deepEqual(result, {
      problems: [],
      waiting: [],
      ran: [],
      off: ['some-rule'],
      lowered: [{ id: 'some-rule', own: 'error', level: 'off', by: 'file' }],
      suppressed: [],
      elsewhere: new Set(),
    });
  });

  test('does not make a finding graver that calls itself milder', () => {
    const mild = rule('mild', (_migration, _facts, report) => {
      report(finding({ severity: 'info' }));
    });
    const severity = (body: string) => run([mild], { body }).problems[0]?.severity;
    assert.equal(severity(''), 'info');
    assert.equal(severity('rules: { mild: warning }\n'), 'info');
  });

  test('is a ceiling for a finding that calls itself graver than the level', () => {
    const grave = rule(
      'grave',
      (_migration, _facts, report) => {
        report(finding({ severity: 'error' }));
      },
      { severity: 'warning' },
    );
    const severity = (body: string) => run([grave], { body }).problems[0]?.severity;
    assert.equal(severity(''), 'error');
    assert.equal(severity('rules: { grave: info }\n'), 'info');
  });

  test('of a rule that does not exist is an error with the nearest name as its fix', () => {
    const body = 'rules:\n  some-rul: off\n  nothing-like-it: off\n';
    const { problems } = run([always('some-rule', { needs: ['source.cpu'] })], { body });
    assert.deepEqual(
      problems.map(({ code, severity, fixes }) => [
        code,
        severity,
        fixes.flatMap(({ edits }) => edits.map(({ newText }) => newText)),
      ]),
      [
        ['unknown-rule', 'error', ['some-rule']],
        ['unknown-rule', 'error', []],
      ],
    );
    const text = head + body;
    const [first] = problems;
    assert.equal(text.slice(first?.span.start, first?.span.end), 'some-rul');
  });
});

describe('a level chosen outside the file', () => {
  const some = [always('some-rule'), always('other-rule')];
  const severities = (result: CheckResult) => result.problems.map(({ severity }) => severity);

  test('stands in for the rule’s own', () => {
    const result = run(some, { levels: new Map([['some-rule', 'info']]) });
    assert.deepEqual(severities(result), ['info', 'error']);
    assert.deepEqual(result.lowered, [
      { id: 'some-rule', own: 'error', level: 'info', by: 'outside' },
    ]);
  });

  test('yields to the file’s own', () => {
    const levels = new Map([['some-rule', 'off'] as const]);
    const result = run(some, { levels, body: 'rules: { some-rule: warning }\n' });
    assert.deepEqual(severities(result), ['warning', 'error']);
    assert.deepEqual(
      result.lowered.map(({ by }) => by),
      ['file'],
    );
  });

  test('that is graver than the rule’s own lowers nothing', () => {
    const mild = always('mild', { severity: 'info' });
    const result = run([mild], { levels: new Map([['mild', 'error']]) });
    assert.deepEqual(severities(result), ['error']);
    assert.deepEqual(result.lowered, []);
  });

  test('for a rule that does not exist is told to whoever chose it, not to the file', () => {
    const levels = new Map([
      ['some-rul', 'off'],
      ['quite-another', 'info'],
      ['some-rule', 'off'],
    ] as const);
    assert.deepEqual(run([], { levels }).problems, []);
    assert.deepEqual(
      unknownLevels(levels, some).map(({ id, near }) => [id, near]),
      [
        ['some-rul', 'some-rule'],
        ['quite-another', undefined],
      ],
    );
  });

  test('reaches a launch only where it makes a rule stricter', () => {
    const rules = [always('strict'), always('mild', { severity: 'info' })];
    const levels = new Map([
      ['strict', 'off'],
      ['mild', 'warning'],
      ['no-such-rule', 'error'],
    ] as const);
    assert.deepEqual([...raisingLevels(levels, rules)], [['mild', 'warning']]);
  });
});

describe('evidence', () => {
  const rests = always('rests', { needs: ['source.cpu', 'destination.capacity'] });

  test('names fact, host, command and time of everything the rule read', () => {
    const { problems } = run([rests], { facts: {} });
    assert.deepEqual(problems[0]?.evidence, [
      { fact: 'source.cpu', host: 'kvm01', from: 'virsh capabilities', at: collectedAt },
      { fact: 'destination.capacity', host: 'kvm02', from: '/proc/meminfo', at: collectedAt },
    ]);
  });

  test('older than ten minutes makes a finding a hint', () => {
    const severity = (secondsLater: number) =>
      run([rests], { facts: {}, secondsLater }).problems[0]?.severity;
    assert.equal(severity(600), 'error');
    assert.equal(severity(601), 'hint');
  });

  test('ages as preflight.maxAge says', () => {
    const severity = (secondsLater: number) =>
      run([rests], { facts: {}, secondsLater, body: 'preflight: { maxAge: 30s }\n' }).problems[0]
        ?.severity;
    assert.equal(severity(30), 'error');
    assert.equal(severity(31), 'hint');
  });

  test('counts only where the finding rests on it', () => {
    const narrow = rule(
      'narrow',
      (_migration, _facts, report) => {
        report(finding({ evidence: ['source.cpu'] }));
      },
      { needs: ['source.cpu', 'destination.capacity'] },
    );
    const { problems } = run([narrow], { facts: { kvm02: { age: 3600 } } });
    assert.equal(problems[0]?.severity, 'error');
    assert.equal(problems[0].evidence.length, 1);
  });
});

describe('a rule that fails', () => {
  const broken = rule('broken', (_migration, _facts, report) => {
    report(finding());
    throw new Error('it fell over');
  });

  test('becomes an error of its own, and what it found before stays', () => {
    const result = run([broken, always('other')]);
    assert.deepEqual(
      result.problems.map(({ code, severity }) => [code, severity]),
      [
        ['rule-crashed', 'error'],
        ['broken', 'error'],
        ['other', 'error'],
      ],
    );
    const crash = result.problems[0];
    assert.match(render(crash?.message ?? say('')), /“broken” failed .* it fell over/);
    assert.deepEqual(result.ran, ['other']);
  });

  test('stays an error when its level is lower', () => {
    const { problems } = run([broken], { body: 'rules: { broken: info }\n' });
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ['error', 'info'],
    );
  });

  const wrongReports: readonly [string, Report][] = [
    ['a range behind the end of the text', finding({ at: { start: 0, end: 100_000 } })],
    ['a range that ends before it begins', finding({ at: { start: 5, end: 0 } })],
    ['a negative range', finding({ at: { start: -1, end: 0 } })],
    ['a range that is no number', finding({ at: { start: Number.NaN, end: 0 } })],
    ['evidence that it does not need', finding({ evidence: ['source.cpu'] })],
    [
      'a fix outside the text',
      finding({
        fix: {
          title: say('Mend'),
          edits: [
            {
              uri: 'file:///engine.migration.yaml',
              span: { start: 0, end: 100_000 },
              newText: '',
            },
          ],
        },
      }),
    ],
  ];
  for (const [what, report] of wrongReports) {
    test(`is one that reports ${what}`, () => {
      const wrong = rule('wrong', (_migration, _facts, say_) => {
        say_(report);
      });
      const { problems } = run([wrong], { facts: {} });
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['rule-crashed'],
      );
    });
  }
});

describe('a fix', () => {
  const fixing = (fix: NonNullable<Report['fix']>) =>
    run(
      [
        rule('fixing', (_migration, _facts, report) => {
          report(finding({ fix }));
        }),
      ],
      { body: 'policy: { mode: pre-copy }\n' },
    ).problems[0]?.fixes;

  test('that does not apply to the text is not offered', () => {
    assert.deepEqual(fixing({ title: say('Remove'), remove: ['policy', 'tls'] }), []);
  });

  test('that changes several places is one fix', () => {
    const [fix] =
      fixing({
        title: say('Both'),
        changes: [{ set: [['domain'], 'vm2'] }, { set: [['policy', 'mode'], 'pre-copy'] }],
      }) ?? [];
    assert.equal(fix?.edits.length, 2);
  });

  test('whose changes collide is not offered', () => {
    const changes = [{ set: [['domain'], 'vm2'] }, { set: [['domain'], 'vm3'] }] as const;
    assert.deepEqual(fixing({ title: say('Both'), changes }), []);
  });
});

test('no rule crashes on a file that has nothing but its kind, with or without facts', () => {
  for (const directive of ['', '# facts: base\n', '# facts: base\n# domain: two-disks\n']) {
    const { result } = judge(readScene(`${directive}kind: Migration\n`));
    assert.deepEqual(
      result.problems.filter(({ code }) => code === 'rule-crashed'),
      [],
    );
  }
});
