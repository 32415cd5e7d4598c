import * as vscode from 'vscode';

/** Thrown through a wizard when the user closes it. */
export class WizardClosed extends Error {}

const back = Symbol('back');
type Answer<T> = T | typeof back;

/** What a step returns that has nothing to ask after the answers so far. */
export const skipped = Symbol('skipped');

/** What every step shows: the wizard's title and how far one has come. */
export interface StepFrame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly icon?: string;
  readonly value: T;
}

/** One question; it gets the answers so far and returns them with its own. */
export type Step<S> = (state: S, ask: Ask) => Promise<S | typeof back | typeof skipped>;

export interface Ask {
  choose<T>(placeholder: string, choices: readonly Choice<T>[]): Promise<Answer<T>>;
  chooseMany<T>(
    placeholder: string,
    choices: readonly (Choice<T> & { readonly picked: boolean })[],
  ): Promise<Answer<readonly T[]>>;
  text(question: TextQuestion): Promise<Answer<string>>;
}

export interface TextQuestion {
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  /** What is wrong with the text, or undefined when it will do. */
  readonly check?: (value: string) => string | undefined;
}

export function isBack(answer: unknown): answer is typeof back {
  return answer === back;
}

/**
 * Asks one question after the other; each can go back to the one before. Undefined when the user
 * closes the wizard: then nothing has happened.
 */
export async function runWizard<S>(
  title: string,
  start: S,
  steps: readonly Step<S>[],
): Promise<S | undefined> {
  const asked: { readonly index: number; readonly state: S }[] = [];
  let state = start;
  let index = 0;
  try {
    for (let step = steps[0]; step !== undefined; step = steps[index]) {
      const frame = { title, step: index + 1, totalSteps: steps.length };
      const answer = await step(state, askWithin(frame));
      if (answer === skipped) {
        index++;
      } else if (isBack(answer)) {
        const before = asked.pop();
        index = before?.index ?? 0;
        state = before?.state ?? start;
      } else {
        asked.push({ index, state });
        state = answer;
        index++;
      }
    }
    return state;
  } catch (error) {
    if (error instanceof WizardClosed) return undefined;
    throw error;
  }
}

function askWithin(frame: StepFrame): Ask {
  return {
    choose: (placeholder, choices) => pick(frame, placeholder, choices),
    chooseMany: (placeholder, choices) => pickMany(frame, placeholder, choices),
    text: (question) => input(frame, question),
  };
}

type ChoiceItem<T> = vscode.QuickPickItem & { readonly value: T };

function toItem<T>(choice: Choice<T>): ChoiceItem<T> {
  return {
    label: choice.label,
    value: choice.value,
    ...(choice.description === undefined ? {} : { description: choice.description }),
    ...(choice.detail === undefined ? {} : { detail: choice.detail }),
    ...(choice.icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(choice.icon) }),
  };
}

function pick<T>(
  frame: StepFrame,
  placeholder: string,
  choices: readonly Choice<T>[],
): Promise<Answer<T>> {
  const quickPick = vscode.window.createQuickPick<ChoiceItem<T>>();
  quickPick.items = choices.map(toItem);
  quickPick.placeholder = placeholder;
  return answered<T>(quickPick, frame, (resolve) => {
    quickPick.onDidAccept(() => {
      const chosen = quickPick.selectedItems[0];
      if (chosen !== undefined) resolve(chosen.value);
    });
  });
}

function pickMany<T>(
  frame: StepFrame,
  placeholder: string,
  choices: readonly (Choice<T> & { readonly picked: boolean })[],
): Promise<Answer<readonly T[]>> {
  const quickPick = vscode.window.createQuickPick<ChoiceItem<T>>();
  quickPick.canSelectMany = true;
  quickPick.items = choices.map(toItem);
  quickPick.selectedItems = quickPick.items.filter((_, index) => choices[index]?.picked === true);
  quickPick.placeholder = placeholder;
  return answered<readonly T[]>(quickPick, frame, (resolve) => {
    quickPick.onDidAccept(() => {
      resolve(quickPick.selectedItems.map((item) => item.value));
    });
  });
}

function input(frame: StepFrame, question: TextQuestion): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  box.prompt = question.prompt;
  box.value = question.value;
  if (question.placeholder !== undefined) box.placeholder = question.placeholder;
  const check = (): string | undefined => question.check?.(box.value.trim());
  return answered<string>(box, frame, (resolve) => {
    box.onDidChangeValue(() => (box.validationMessage = undefined));
    box.onDidAccept(() => {
      const wrong = check();
      if (wrong === undefined) resolve(box.value.trim());
      else box.validationMessage = wrong;
    });
  });
}

type Box = Pick<
  vscode.InputBox,
  | 'title'
  | 'step'
  | 'totalSteps'
  | 'ignoreFocusOut'
  | 'buttons'
  | 'onDidTriggerButton'
  | 'onDidHide'
  | 'show'
  | 'dispose'
>;

function answered<T>(
  box: Box,
  { title, step, totalSteps }: StepFrame,
  listen: (resolve: (answer: Answer<T>) => void) => void,
): Promise<Answer<T>> {
  box.title = title;
  box.step = step;
  box.totalSteps = totalSteps;
  // A wizard survives a look at another window, e.g. to read an address there.
  box.ignoreFocusOut = true;
  if (step > 1) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<Answer<T>>((resolve, reject) => {
    listen(resolve);
    box.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) resolve(back);
    });
    box.onDidHide(() => {
      reject(new WizardClosed());
    });
    box.show();
  }).finally(() => {
    box.dispose();
  });
}
