import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { FactName } from '../facts/keys.ts';
import type { Message } from '../messages.ts';
import { allRules } from '../rules/all.ts';
import type { MigrationView, Report, RuleCheck, RuleDefinition } from '../rules/rule.ts';

/** What a rule said of one descriptor, and the facts that it was given. */
interface Recording {
  readonly facts: readonly unknown[];
  readonly reports: readonly Report[];
  readonly waits: readonly (readonly [FactName, Message])[];
}

/**
 * The members of a rule's view that say nothing but what the descriptor says. The others come from
 * other files; a member that is new in the view does not compile before it is put in its place.
 */
const ofTheDescriptor = {
  descriptor: true,
  model: true,
  domainName: true,
  sourceName: true,
  destinationName: true,
  at: true,
  has: true,
  disk: true,
  atDisk: true,
  storageMode: true,
  copies: true,
  copiedDisks: true,
  destinationPath: true,
} satisfies Record<Exclude<keyof MigrationView, 'hosts' | 'neighbours'>, true>;

/** What is remembered of one descriptor. */
interface Memory {
  readonly recordings: Map<RuleCheck, Recording>;
  /** Rules that looked at other files when they ran last. */
  readonly lookedElsewhere: Set<RuleDefinition>;
}

export interface RememberingRules {
  readonly rules: readonly RuleDefinition[];
  /** Those of `rules` that looked at other files than the descriptor when they ran over it. */
  lookedElsewhere(descriptor: MigrationDescriptor): readonly RuleDefinition[];
}

/**
 * Rules that remember what they said of a descriptor and say it again while the descriptor and the
 * facts they need are the same objects. Only rules that looked at other files (inventories,
 * neighbours) run again then.
 */
export function rememberingRules(
  definitions: readonly RuleDefinition[] = allRules,
): RememberingRules {
  const memories = new WeakMap<MigrationDescriptor, Memory>();
  const memoryOf = (descriptor: MigrationDescriptor): Memory => {
    const known = memories.get(descriptor);
    if (known !== undefined) return known;
    const memory: Memory = { recordings: new Map(), lookedElsewhere: new Set() };
    memories.set(descriptor, memory);
    return memory;
  };
  const remembering = (body: RuleCheck, rule: RuleDefinition): RuleCheck => ({
    needs: body.needs,
    check(view, facts, report, wait) {
      const { recordings, lookedElsewhere } = memoryOf(view.descriptor);
      const given = body.needs.map((name) => facts[name]);
      const known = recordings.get(body);
      if (known?.facts.every((value, index) => value === given[index]) === true) {
        known.reports.forEach(report);
        known.waits.forEach(([fact, why]) => {
          wait(fact, why);
        });
        return;
      }
      recordings.delete(body);
      const reports: Report[] = [];
      const waits: [FactName, Message][] = [];
      const looked = { elsewhere: false };
      const watched = watch(view, () => {
        looked.elsewhere = true;
        lookedElsewhere.add(rule);
      });
      body.check(
        watched,
        facts,
        (finding) => {
          reports.push(finding);
          report(finding);
        },
        (fact, why) => {
          waits.push([fact, why]);
          wait(fact, why);
        },
      );
      if (!looked.elsewhere) recordings.set(body, { facts: given, reports, waits });
    },
  });
  const wrapped = new Map(
    definitions.map((rule): [RuleDefinition, RuleDefinition] => {
      const others = rule.meanwhile?.map((body) => remembering(body, rule));
      const meanwhile = others === undefined ? {} : { meanwhile: others };
      return [rule, { ...rule, ...remembering(rule, rule), ...meanwhile }];
    }),
  );
  return {
    rules: [...wrapped.values()],
    lookedElsewhere: (descriptor) =>
      [...memoryOf(descriptor).lookedElsewhere].flatMap((rule) => wrapped.get(rule) ?? []),
  };
}

/** The view, which tells when something is read that does not come from the descriptor. */
function watch(view: MigrationView, looked: () => void): MigrationView {
  return new Proxy(view, {
    get(target, name): unknown {
      if (!Object.hasOwn(ofTheDescriptor, name)) looked();
      return Reflect.get(target, name);
    },
  });
}
