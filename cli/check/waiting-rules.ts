import type { Message } from '../../core/messages.ts';
import type { WaitingRule } from '../../core/rules/engine.ts';

/** Why rules wait, and which. */
export interface Wait {
  readonly why: Message;
  readonly ids: ReadonlySet<string>;
}

/** Rules that wait in any number of migrations, by their reason: one missing host is told once. */
export class WaitingRules {
  private readonly byReason = new Map<
    string,
    { readonly why: Message; readonly ids: Set<string> }
  >();

  get waits(): readonly Wait[] {
    return [...this.byReason.values()];
  }

  /** Takes the rules that wait in one migration; each counts for the first fact that it waits for. */
  add(waiting: readonly WaitingRule[]): void {
    // Rules of one migration share the reason itself.
    const shared = new Map<Message, Set<string>>();
    for (const { id, facts } of waiting) {
      const why = facts[0]?.why;
      if (why === undefined) continue;
      let ids = shared.get(why);
      if (ids === undefined) shared.set(why, (ids = this.idsOf(why)));
      ids.add(id);
    }
  }

  private idsOf(why: Message): Set<string> {
    const key = JSON.stringify([why.text, why.args]);
    const known = this.byReason.get(key);
    if (known !== undefined) return known.ids;
    const ids = new Set<string>();
    this.byReason.set(key, { why, ids });
    return ids;
  }
}
