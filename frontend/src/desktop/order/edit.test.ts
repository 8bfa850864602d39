import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { OrderEdit, OrderPage } from '$lib/api/views';
import { Edit } from './edit.svelte';

const NOW = new Date(2026, 10, 24, 15, 20).getTime();
const due = new Date(2026, 10, 30, 18);

function pageOf(version: number, more: Partial<OrderPage['order']> = {}, notes = 'Pays late.'): OrderPage {
  const order = { id: 'o', title: 'Film', status: 'active', dueAt: due.toISOString(), ...more };
  return { order, notes, version, allowed: order.status === 'active' ? ['change_order'] : [] } as unknown as OrderPage;
}

function setUp(answer: (edit: OrderEdit) => Promise<OrderPage>, now = pageOf(2)) {
  const sent: OrderEdit[] = [];
  const api = {
    Change: (_: string, edit: OrderEdit) => {
      sent.push(edit);
      return answer(edit);
    },
    Order: () => Promise.resolve(now),
  };
  return { edit: new Edit(api, pageOf(1), () => NOW), sent };
}
const stale = () => Promise.reject(new Failure('stale_version', ''));

describe('editing an order', () => {
  it('sends what was changed, with the version that was seen', async () => {
    const { edit, sent } = setUp(() => Promise.resolve(pageOf(2)));
    edit.title = ' The film ';
    edit.due = '2026-12-01T09:30';
    expect(await edit.save()).toMatchObject({ version: 2 });
    expect(sent[0]).toEqual({
      ...{ version: 1, changed: ['title', 'due_at'], title: 'The film', notes: 'Pays late.' },
      dueAt: new Date(2026, 11, 1, 9, 30).toISOString(),
    });
  });

  it('sends nothing when nothing was changed', async () => {
    const { edit, sent } = setUp(stale);
    edit.notes += ' ';
    expect([await edit.save(), sent.length]).toEqual([edit.seen, 0]);
  });

  it('says what is wrong, but lets a date stay that has passed', async () => {
    const { edit, sent } = setUp(() => Promise.resolve(pageOf(2)));
    edit.due = '2026-11-24T15:20';
    edit.title = '';
    expect(edit.faults).toEqual({});
    expect(await edit.save()).toBe('title');
    expect([edit.faults, sent.length]).toEqual([{ title: 'missing', due: 'past' }, 0]);
    const late = new Edit({ Change: stale, Order: stale }, pageOf(1, { dueAt: '2020-01-01T00:00:00Z' }), () => NOW);
    late.title = 'Late';
    await late.save();
    expect(late.faults).toEqual({});
  });

  it('says what others changed, keeps what was typed, and saves over what was seen', async () => {
    const now = pageOf(7, { title: 'Film, shorter', dueAt: '2026-12-24T17:00:00Z' });
    const { edit, sent } = setUp(({ version }) => (version === 7 ? Promise.resolve(pageOf(8)) : stale()), now);
    edit.title = 'Film, longer';
    expect(await edit.save()).toBe(null);
    expect(edit.meanwhile?.aspects).toEqual(['title', 'due']);
    expect([edit.title, new Date(edit.due).getTime(), edit.open]).toEqual([
      ...['Film, longer', Date.parse('2026-12-24T17:00:00Z'), true],
    ]);
    expect(await edit.save()).toMatchObject({ version: 8 });
    expect(sent[1]).toMatchObject({ version: 7, changed: ['title'] });
  });

  it('is over when the order was delivered meanwhile', async () => {
    const { edit } = setUp(stale, pageOf(3, { status: 'delivered' }));
    edit.notes = '';
    await edit.save();
    expect([edit.meanwhile?.aspects, edit.open, edit.failure]).toEqual([['status'], false, null]);
  });

  it('keeps what was typed when it could not be saved', async () => {
    const { edit } = setUp(() => Promise.reject(new Failure('unreachable', '')));
    edit.notes = 'x';
    expect([await edit.save(), edit.notes, edit.failure?.code, edit.busy]).toEqual([null, 'x', 'unreachable', false]);
  });
});
