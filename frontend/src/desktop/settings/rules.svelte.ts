import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import type { Failure } from '$lib/api/failure';
import type { BuiltInRule, RuleFault } from '$lib/api/views';

type RulesApi = Pick<Bound['Folder'], 'Rules' | 'SaveRules'>;

/** Rules is the editor for the ignore rules of the work folder. */
export class Rules {
  #api: RulesApi;
  #before = $state('');
  #builtIns = $state.raw<BuiltInRule[]>([]);
  #faults = $state.raw<RuleFault[]>([]);
  #failure = $state.raw<Failure | null>(null);
  #loaded = $state(false);
  #action = new Action();

  /** The text of the text area. */
  text = $state('');

  constructor(api: RulesApi) {
    this.#api = api;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get builtIns(): readonly BuiltInRule[] {
    return this.#builtIns;
  }

  /** Lines that can never match, from the last attempt to save. */
  get faults(): readonly RuleFault[] {
    return this.#faults;
  }

  /** The error of the last load or save. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Whether another program has changed the rules. */
  get overtaken(): boolean {
    return this.#failure?.code === 'conflict';
  }

  get changed(): boolean {
    return this.#loaded && this.text !== this.#before;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** Loads the rules and discards unsaved input. */
  async load(): Promise<void> {
    await this.#doing(async () => {
      const { text, builtIns } = await this.#api.Rules();
      this.#before = this.text = text;
      this.#builtIns = builtIns;
      this.#faults = [];
      this.#loaded = true;
    });
  }

  /** Resolves to whether the rules were saved. */
  async save(): Promise<boolean> {
    const text = this.text;
    const done = await this.#doing(async () => {
      const { faults } = await this.#api.SaveRules(this.#before, text);
      this.#faults = faults;
      if (faults.length === 0) this.#before = text;
    });
    return done && this.#faults.length === 0;
  }

  #doing(act: () => Promise<void>): Promise<boolean> {
    const step = () => {
      this.#failure = null;
      return act();
    };
    return this.#action.run(step, (failure) => (this.#failure = failure));
  }
}
