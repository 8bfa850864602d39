import { describe, expect, it } from 'vitest';
import { addressIn, found, hashOf, Viewing, type Place } from './viewing.svelte';

const file = (id: string) => ({ id, path: `${id}.png`, size: 1, sha256: '' });
const delivery = (number: number, ...ids: string[]) => ({
  number,
  delivered_at: '',
  description: '',
  files: ids.map(file),
  links: [],
});

/** A fake browser history of one page. */
class Tab {
  entries = [{ state: null as unknown, hash: '' }];
  at = 0;
  #heard = new Set<() => void>();

  constructor(hash = '') {
    this.entries[0]!.hash = hash;
  }

  place(): Place {
    const write = (state: unknown, url: string) => ({ state, hash: url.startsWith('#') ? url : '' });
    const entry = () => this.entries[this.at]!;
    return {
      location: {
        get hash() {
          return entry().hash;
        },
        pathname: '/review/order/logo',
        search: '',
      },
      history: {
        get state() {
          return entry().state;
        },
        back: () => this.go(-1),
        pushState: (state, _, url) => {
          this.entries = [...this.entries.slice(0, ++this.at), write(state, String(url))];
        },
        replaceState: (state, _, url) => (this.entries[this.at] = write(state, String(url))),
      },
      addEventListener: (_, heard) => this.#heard.add(heard),
      removeEventListener: (_, heard) => this.#heard.delete(heard),
    };
  }

  go(by: number) {
    this.at += by;
    this.#heard.forEach((heard) => heard());
  }
}

describe('the file that is viewed', () => {
  it('is closed by Back, however many were looked at', () => {
    const tab = new Tab();
    const viewing = new Viewing(tab.place());
    const stop = viewing.start();
    viewing.open({ delivery: 2, file: 'a' });
    viewing.open({ delivery: 2, file: 'b' });
    expect(tab.entries.map(({ hash }) => hash)).toEqual(['', '#file=b&delivery=2']);
    tab.go(-1);
    expect(viewing.at).toBeNull();
    tab.go(1);
    expect(viewing.at).toEqual({ delivery: 2, file: 'b' });
    viewing.close();
    expect([viewing.at, tab.at]).toEqual([null, 0]);
    stop();
    tab.go(1);
    expect(viewing.at).toBeNull();
  });

  it('that a link opened is closed without leaving the page', () => {
    const tab = new Tab('#file=a');
    const viewing = new Viewing(tab.place());
    expect(viewing.at).toEqual({ delivery: 0, file: 'a' });
    viewing.close();
    expect([viewing.at, tab.entries]).toEqual([null, [{ state: null, hash: '' }]]);
  });

  it('has an address', () => {
    for (const at of [
      { delivery: 3, file: 'f1' },
      { delivery: 0, file: 'a&b=ü#' },
    ])
      expect(addressIn(hashOf(at))).toEqual(at);
    for (const none of ['', '#', '#own', '#file=', '#delivery=2'])
      expect([none, addressIn(none)]).toEqual([none, null]);
    for (const odd of ['-1', 'x', '1e99', '1.5'])
      expect(addressIn(`#file=a&delivery=${odd}`)).toEqual({ delivery: 0, file: 'a' });
  });

  it('is that of the latest delivery, unless the address says which', () => {
    const all = [delivery(1, 'a', 'b'), delivery(2, 'b', 'c')];
    const number = (delivery: number, file: string) => found({ delivery, file }, all)?.delivery.number;
    expect([number(0, 'b'), number(1, 'b'), number(0, 'a'), number(2, 'a'), number(9, 'b'), number(0, 'x')]).toEqual([
      2,
      1,
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has beside it the files of its list, or all when the list hides it', () => {
    const one = delivery(1, 'c', 'a', 'b');
    const viewing = new Viewing(new Tab().place());
    const beside = (id: string) => viewing.beside(one, id).map(({ id }) => id);
    expect(beside('a')).toEqual(['a', 'b', 'c']);
    viewing.order(1, [file('c'), file('a')]);
    expect(beside('a')).toEqual(['c', 'a']);
    expect(beside('b')).toEqual(['a', 'b', 'c']);
  });
});
