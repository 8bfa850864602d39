import type { ImportPreview } from '$lib/api/views';
import * as samples from './samples.ts';

const order = { id: '', price: '1480.00', currency: 'EUR', url: '', dueAt: samples.at(72) };

export const spring: ImportPreview = {
  id: 'spring',
  name: 'aufträge-frühjahr.csv',
  count: 3,
  orders: [
    {
      ...order,
      line: 2,
      title: 'Hochzeitsfilm in 4K mit Luftaufnahmen und Trailer',
      buyer: 'Bea Müller',
      email: 'bea@example.org',
    },
    { ...order, line: 3, title: '=SUM(A1:A9)', buyer: 'Café Größe', email: 'cafe@example.org', price: '' },
    { ...order, line: 5, title: 'Logo', buyer: 'Kontor Nord GmbH & Co. KG', email: 'einkauf@kontor-nord.example.org' },
  ],
  wrong: 0,
  errors: [],
};

export const wrong: ImportPreview = {
  ...{ id: '', name: 'orders.csv', count: 0, orders: [], wrong: 4 },
  errors: [
    { line: 1, field: 'colour', code: 'unknown_column', message: 'there is no column "colour"' },
    { line: 3, field: 'due', code: 'wrong_value', message: '"soon" is no date' },
    { line: 7, field: 'client_email', code: 'wrong_value', message: 'the address is wrong' },
    { line: 9, field: 'weather', code: 'of_a_newer_server', message: 'the weather is bad' },
  ],
};
