import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { IgnoreRules, Limits, WorkFolder } from '$lib/api/views';
import { Folder } from './folder.svelte';
import { parseParallel, parseSpan, parseUp, texts } from './limits';
import { LimitsForm } from './limits.svelte';
import { Password } from './password.svelte';
import { Rules } from './rules.svelte';

const off: WorkFolder = {
  folder: '/home/mara/Handover',
  enabled: false,
  watched: false,
  there: false,
  asked: false,
  scanned: false,
  move: { to: '', done: 0, total: 0 },
  problems: [],
};
const on: WorkFolder = { ...off, enabled: true, watched: true, there: true, asked: true };
const fail = (code: string) => Promise.reject(new Failure(code, ''));

function folder(answers: Partial<Record<string, (...args: never[]) => unknown>> = {}) {
  const calls: unknown[][] = [];
  const call =
    (name: string, fallback: unknown) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve(answers[name] ? answers[name](...(args as never[])) : fallback);
    };
  const made = new Folder({
    Status: call('look', off) as () => Promise<WorkFolder>,
    Choose: call('choose', '/srv/work') as () => Promise<string>,
    Enable: call('enable', on) as () => Promise<WorkFolder>,
    Disable: call('disable', { ...off, asked: true }) as () => Promise<WorkFolder>,
    Skip: call('skip', { ...off, asked: true }) as () => Promise<WorkFolder>,
    Move: call('move', { ...on, folder: '/srv/work' }) as () => Promise<WorkFolder>,
    CancelMove: call('stop', on) as () => Promise<WorkFolder>,
    Open: call('open', undefined) as () => Promise<void>,
  });
  const failures: string[] = [];
  made.onfailure = ({ code }) => failures.push(code);
  return { folder: made, calls, failures };
}

describe('the work folder', () => {
  it('is turned on where it was chosen, and then where the program says', async () => {
    const { folder: f, calls } = folder({ enable: (dir: string) => ({ ...on, folder: dir || on.folder }) });
    await f.load();
    expect(f.place).toBe(off.folder);
    await f.choose();
    expect(f.place).toBe('/srv/work');
    expect(await f.enable()).toBe(true);
    expect([f.state?.enabled, f.place]).toEqual([true, '/srv/work']);
    await f.disable();
    await f.enable();
    expect(calls.filter(([name]) => name === 'enable')).toEqual([
      ['enable', '/srv/work', false],
      ['enable', '', false],
    ]);
  });

  it('keeps what was chosen when the dialog is cancelled', async () => {
    const answers = ['/srv/work', ''];
    const { folder: f } = folder({ choose: () => answers.shift() });
    await f.choose();
    await f.choose();
    expect(f.place).toBe('/srv/work');
  });

  it('asks once before it takes a folder that holds more than work', async () => {
    const { folder: f, failures } = folder({
      enable: (_: string, anyway: boolean) => (anyway ? on : fail('folder_wide')),
    });
    await f.load();
    expect(await f.enable()).toBe(false);
    expect([f.wide, failures]).toEqual([off.folder, []]);
    f.decline();
    expect(f.wide).toBe('');
    await f.enable();
    expect(await f.enable(true)).toBe(true);
    expect([f.wide, failures]).toEqual(['', []]);
  });

  it('says what is refused, and stays as it was', async () => {
    const { folder: f, failures } = folder({ enable: () => fail('folder_read_only') });
    await f.load();
    expect(await f.enable()).toBe(false);
    expect([failures, f.state, f.busy]).toEqual([['folder_read_only'], off, false]);
  });

  it('says whether it was moved', async () => {
    const moved = folder();
    await moved.folder.load();
    expect(await moved.folder.move()).toBe(true);
    const cancelled = folder({ look: () => on, move: () => on });
    await cancelled.folder.load();
    expect(await cancelled.folder.move()).toBe(false);
  });

  it('looks again when moving failed, and is quiet when the seller stopped it', async () => {
    const left = folder({ move: () => fail('folder_left_behind'), look: () => ({ ...on, folder: '/srv/work' }) });
    expect(await left.folder.move()).toBe(false);
    expect([left.failures, left.folder.place]).toEqual([['folder_left_behind'], '/srv/work']);
    const stopped = folder({ move: () => fail('cancelled') });
    expect(await stopped.folder.move()).toBe(false);
    expect(stopped.failures).toEqual([]);
  });

  it('says how far a move is', async () => {
    let move = { to: '', done: 0, total: 0 };
    const { folder: f } = folder({ look: () => ({ ...on, move }) });
    await f.load();
    expect(f.moved).toBe(null);
    move = { to: '/srv/work', done: 0, total: 0 };
    await f.load();
    expect(f.moved).toBe(0);
    move = { to: '/srv/work', done: 1, total: 4 };
    await f.load();
    expect(f.moved).toBe(0.25);
  });

  it('takes no older answer for the newest', async () => {
    const waiting: ((state: WorkFolder) => void)[] = [];
    const { folder: f } = folder({ look: () => new Promise((resolve) => waiting.push(resolve)) });
    const first = f.load();
    await f.skip();
    waiting[0]?.(off);
    await first;
    expect(f.state?.asked).toBe(true);
  });

  it('forgets all with the session', async () => {
    const { folder: f } = folder();
    await f.load();
    await f.choose();
    f.clear();
    expect([f.state, f.place]).toEqual([null, '']);
  });
});

describe('ignore rules', () => {
  const answer = (text: string, lines: number[] = []): IgnoreRules => ({
    text,
    faults: lines.map((line) => ({ line, text: '[' })),
    builtIns: [{ reason: 'hidden', patterns: ['.*'] }],
  });

  it('are saved over what was seen', async () => {
    const saved: string[][] = [];
    const rules = new Rules({
      Rules: () => Promise.resolve(answer('*.psd\n')),
      SaveRules: (...args) => (saved.push(args), Promise.resolve(answer(args[1]))),
    });
    expect(rules.changed).toBe(false);
    await rules.load();
    rules.text = '*.ai\n';
    expect([rules.changed, await rules.save(), rules.changed]).toEqual([true, true, false]);
    rules.text = '';
    await rules.save();
    expect(saved).toEqual([
      ['*.psd\n', '*.ai\n'],
      ['*.ai\n', ''],
    ]);
  });

  it('say which lines can never match, and stay changed', async () => {
    const rules = new Rules({
      Rules: () => Promise.resolve(answer('')),
      SaveRules: () => Promise.resolve(answer('', [2])),
    });
    await rules.load();
    rules.text = 'a\n[';
    expect(await rules.save()).toBe(false);
    expect([rules.faults.map(({ line }) => line), rules.changed, rules.text]).toEqual([[2], true, 'a\n[']);
  });

  it('keep what was typed when another program was faster', async () => {
    const rules = new Rules({
      Rules: () => Promise.resolve(answer('theirs')),
      SaveRules: () => fail('conflict'),
    });
    await rules.load();
    rules.text = 'mine';
    expect(await rules.save()).toBe(false);
    expect([rules.overtaken, rules.text]).toEqual([true, 'mine']);
    await rules.load();
    expect([rules.overtaken, rules.text]).toEqual([false, 'theirs']);
  });
});

describe('the password', () => {
  const form = (change: () => Promise<void>) => {
    const made = new Password({ ChangePassword: change });
    made.current = 'before';
    made.next = made.again = 'a new password';
    return made;
  };

  it('is checked before anything is sent', async () => {
    let sent = 0;
    const password = form(() => (sent++, Promise.resolve()));
    Object.assign(password, { current: '', next: 'short', again: 'shirt' });
    expect([password.currentFault, password.nextFault, password.againFault]).toEqual(['', '', '']);
    expect(await password.change()).toBe(false);
    expect([password.currentFault, password.nextFault, password.againFault]).toEqual(['missing', 'short', 'different']);
    expect(sent).toBe(0);
  });

  it('is not kept once it is changed', async () => {
    const password = form(() => Promise.resolve());
    expect(await password.change()).toBe(true);
    expect([password.current, password.next, password.again, password.nextFault]).toEqual(['', '', '', '']);
  });

  it('says when the current one is wrong, until the next attempt', async () => {
    let answer: () => Promise<void> = () => fail('wrong_password');
    const password = form(() => answer());
    expect(await password.change()).toBe(false);
    expect(password.currentFault).toBe('wrong');
    answer = () => fail('unreachable');
    const failures: string[] = [];
    password.onfailure = ({ code }) => failures.push(code);
    await password.change();
    expect([password.currentFault, failures]).toEqual(['', ['unreachable']]);
  });
});

describe('the limits of uploads', () => {
  const limits: Limits = { up: 0, parallel: 3, schedule: [], yield: false, metered: false, pauseMetered: false };

  it('are whole numbers', () => {
    expect(['', ' 250 ', '1'].map(parseUp)).toEqual([0, 250_000, 1_000]);
    expect(['0', '-1', '1.5', '1,5', 'x', '99999999'].map(parseUp)).toEqual([null, null, null, null, null, null]);
    expect(['1', '16', '0', '17', '', 'x', '2.5'].map(parseParallel)).toEqual([1, 16, null, null, null, null, null]);
    expect(texts({ ...limits, up: 250_000 })).toEqual({ up: '250', parallel: '3', spans: [] });
    expect(texts(limits).up).toBe('');
  });

  it('hold at times of the day', () => {
    const span = (from: string, to: string, up = '') => parseSpan({ from, to, up });
    expect(span('9:00', '18:00', '1')).toEqual({ from: '09:00', to: '18:00', up: 1_000 });
    expect(span('22:30', '00:00')).toEqual({ from: '22:30', to: '24:00', up: 0 });
    expect([span('', '18:00'), span('09:00', '09:00'), span('09:00', '24:30'), span('1:00', '2:00', 'x')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('are read from the form, and go back into it', () => {
    const full: Limits = {
      ...{ up: 2_000_000, parallel: 4, yield: true, metered: false, pauseMetered: true },
      schedule: [{ from: '18:00', to: '24:00', up: 0 }],
    };
    expect(new LimitsForm(full).read()).toEqual(full);
  });

  it('say what is wrong once they were tried', () => {
    const form = new LimitsForm(limits);
    form.addSpan();
    const [span] = form.spans;
    form.up = form.parallel = 'x';
    span!.to = span!.from;
    expect([form.upWrong, form.parallelWrong, form.spanWrong(span!)]).toEqual([false, false, false]);
    expect(form.read()).toBe(null);
    expect([form.upWrong, form.parallelWrong, form.spanWrong(span!)]).toEqual([true, true, true]);
    form.removeSpan(span!);
    form.up = '';
    form.parallel = '2';
    expect(form.read()).toEqual({ ...limits, parallel: 2 });
  });
});
