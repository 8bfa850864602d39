import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import de from '../../../messages/de.json' with { type: 'json' };
import en from '../../../messages/en.json' with { type: 'json' };

type Message = string | { match: Record<string, string> }[];
const messages = { de: de as unknown as Record<string, Message>, en: en as unknown as Record<string, Message> };

const texts = (message: Message | undefined): string[] =>
  typeof message === 'string' ? [message] : (message ?? []).flatMap((variant) => Object.values(variant.match));
const inputs = (message: Message | undefined) =>
  [...new Set(texts(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(svelte|ts)$/.test(path) && !/paraglide|\.test\.ts$|\.d\.ts$/.test(path))
  .map((path) => ({ path, code: readFileSync(`src/${path}`, 'utf8') }));

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(messages.de).sort()).toEqual(Object.keys(messages.en).sort());
  });

  it('have the same inputs in both languages', () => {
    for (const key of Object.keys(messages.en))
      expect([key, inputs(messages.de[key])]).toEqual([key, inputs(messages.en[key])]);
  });

  it('say something', () => {
    for (const all of Object.values(messages))
      for (const [key, message] of Object.entries(all))
        for (const text of texts(message)) expect([key, text.trim()]).not.toEqual([key, '']);
  });

  // Go code uses the desktop messages; a test in messages/ compares them.
  it('are all used', () => {
    const code = sources.map((source) => source.code).join('\n');
    const unused = Object.keys(messages.en).filter(
      (key) => key !== '$schema' && !key.startsWith('desktop_') && !new RegExp(`\\bm\\.${key}\\b`).test(code),
    );
    expect(unused).toEqual([]);
  });

  it('use the terms of the product', () => {
    expect([messages.de.draft_deliver, messages.en.draft_deliver]).toEqual(['Arbeit liefern', 'Deliver work']);
    expect(messages.de.draft_deliver_revised).toBe('Überarbeitete Arbeit liefern');
    expect(messages.de.draft_save).toBe('Als Entwurf speichern');
    expect(messages.de.draft_description).toBe('Beschreibe deine Lieferung im Detail');
    expect(messages.de.status_in_revision).toBe('In Überarbeitung');
  });
});

describe('components', () => {
  for (const { path, code } of sources.filter((source) => source.path.endsWith('.svelte')))
    it(`${path} has no words of its own`, () => {
      expect(literals(parse(code, { modern: true }).fragment)).toEqual([]);
    });
});

/** Attributes whose value is shown or read out. */
const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint', 'text']);

function literals(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literals);
  if (typeof node !== 'object' || node === null) return [];
  const { type, name, value, data } = node as { type?: string; name?: string; value?: unknown; data?: string };
  if (type === 'StyleDirective') return [];
  if (type === 'Text') return words(data ?? '');
  if (type === 'Attribute') return spoken.has(name ?? '') ? attribute(value) : [];
  const skipped = new Set(['metadata', 'loc', 'expression', 'attributes']);
  const children = Object.entries(node).filter(([key]) => !skipped.has(key) || key === 'attributes');
  return children.flatMap(([, child]) => literals(child));
}

function attribute(value: unknown): string[] {
  return Array.isArray(value)
    ? value.flatMap((part: { type: string; data?: string }) => (part.type === 'Text' ? words(part.data ?? '') : []))
    : [];
}

function words(text: string): string[] {
  return /\p{L}/u.test(text) ? [text.trim()] : [];
}
